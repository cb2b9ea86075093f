"""Small JPEGs of pictures for the grid, the slider and the page; each is made once."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

THUMB, LARGE = 256, 1024
"""Longer side in pixels of what the grid shows small and large."""


class Previews:
    """JPEGs by name and size. Two threads may make the same one at once; the result is the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], bytes] = {}

    def jpeg(self, name: str, side: int, load: Callable[[], Image.Image | None]) -> bytes | None:
        """Return the JPEG of at most `side` pixels, None when `load` has no picture."""
        if (known := self._known.get((name, side))) is not None:
            return known
        image = load()
        if image is None:
            return None
        small = image.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        small.save(file, "JPEG", quality=85)
        return self._known.setdefault((name, side), file.getvalue())
