"""Small pictures of files for a page, the latest few kept. The views of a batch ask here."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from pathlib import Path

from PIL import Image

from ..images import decode
from ..images.thumbnail import thumbnail


class Thumbs:
    """JPEGs of files by path and side; any thread may ask. `most` of them are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def jpeg(self, path: str, side: int) -> bytes | None:
        """Return a JPEG of at most `side` pixels, None where the file is gone or is no picture."""
        key = (path, side)
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return known
        try:
            image = decode(Path(path).read_bytes())
        except (OSError, ValueError):
            return None
        made = _jpeg(image, side)
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made


def _jpeg(image: Image.Image, side: int) -> bytes:
    file = io.BytesIO()
    thumbnail(image, side).convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()
