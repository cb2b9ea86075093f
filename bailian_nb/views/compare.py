"""Compare: two pictures side by side in the notebook, and one page beside them with slider, blink and difference.

Made by `Picture.compare(other)` and `wan.compare(a, b)`. What a saved notebook keeps is the static sheet.
"""

from __future__ import annotations

import base64
import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from ..errors import printable, readable
from ..gallery import Picture
from ..images import jpeg_thumbnail
from ..images.thumbnail import visible
from ..planning.inputs import first_picture
from ..session import front
from ..session.open_image import look
from ..system.language import spoken
from ..texts.catalogue import say
from . import page
from .page import LARGE, Previews
from .tables import link

SHEET_SIDE, SHEET_BYTES = 900, 100_000
"""Pixels of the longer side, and bytes, of the JPEG that a notebook keeps, at most."""
NOTICED = 8
"""Levels of 255 from which a pixel counts as another one: less is the rounding of a JPEG."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two pictures."""

    name: str
    """The file's name without folder and ending; "before" or "after" for what has no file."""
    words: str
    """Stable facts for text/plain: no path, no id."""
    small: Image.Image
    """RGB, its longer side at most 1024 pixels: as much as the page shows."""
    size: tuple[int, int]
    """(width, height) in pixels of the picture itself."""
    emulator: bool = False
    path: Path | None = None
    """Where it lies when it was saved by this package, else None."""


class Compare:
    """Two pictures, before and after.

    Attributes
    ----------
    before, after
        The two sides.
    changed
        Share of pixels that differ visibly, 0.0-1.0; None for pictures of different sizes.
    page
        The self-contained HTML file beside the pictures, None while there is none.
    """

    def __init__(self, before: Any, after: Any) -> None:
        first, image = _side(before, "before")
        second, other = _side(after, "after")
        self.before, self.after = first, second
        self.changed = _changed(image, other)
        self.page: Path | None = None

    @property
    def emulator(self) -> bool:
        """True when one of the two was drawn by the emulator."""
        return self.before.emulator or self.after.emulator

    def to_html(self, path: str | Path) -> Path:
        """Save one self-contained page with slider, side by side, blink and difference, and return its path.

        Raises
        ------
        InvalidRequest
            When the name is not that of an HTML file.
        """
        previews = Previews()
        before = previews.jpeg("before", LARGE, lambda: self.before.small)
        after = previews.jpeg("after", LARGE, lambda: self.after.small)
        cell: page.PageCell = {
            "title": self.after.name,
            "labels": {},
            "reason": "",
            "picture": after,
            "mark": "",
        }
        self.page = page.save(
            Path(path),
            title=f"{self.before.name} | {self.after.name}",
            emulator=self.emulator,
            cells=[cell],
            axes={},
            original=before,
            names=(self.before.name, self.after.name),
            lang=spoken(),
        )
        return self.page

    def static_view(self) -> dict[str, str]:
        """Return what a saved notebook shows: both pictures with labels as one JPEG, with stable text."""
        sides = (self.before, self.after)
        sheet = jpeg_thumbnail(
            [side.small for side in sides],
            labels=[f"{side.name} {side.size[0]}x{side.size[1]}" for side in sides],
            side=SHEET_SIDE,
            max_bytes=SHEET_BYTES,
        )
        return {"image/jpeg": base64.b64encode(sheet).decode("ascii"), "text/plain": repr(self)}

    def caption(self, lang: str = "en") -> dict[str, str]:
        """Return what differs, and where the page lies."""
        sizes = [f"{side.name} {side.size[0]}x{side.size[1]}" for side in (self.before, self.after)]
        parts = [" | ".join(sizes)]
        if self.changed is None:
            parts.append(say("compare_sizes", lang))
        else:
            parts.append(say("compare_changed", lang, share=f"{self.changed:.1%}"))
        parts += [say("not_billed", lang)] if self.emulator else []
        line = html.escape(printable(" · ".join(parts), 1000))
        page = "" if self.page is None else f"<div>{html.escape(say('compare_page', lang))} {link(self.page)}</div>"
        return {"text/html": f"<div>{line}</div>{page}", "text/plain": parts[1]}

    def __repr__(self) -> str:
        words = f"<Compare {self.before.words} | {self.after.words}"
        return printable(f"{words}{' EMULATOR' if self.emulator else ''}>")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.static_view()

    def _ipython_display_(self) -> None:
        display = front.here.display
        if display is None:
            raise NotImplementedError
        display.show_static(self)


def with_page(before: Any, after: Any) -> Compare:
    """Return the two side by side; beside the first of them that was saved by us lies the page."""
    made = Compare(before, after)
    beside = next((side.path for side in (made.before, made.after) if side.path is not None), None)
    if beside is not None and os.access(beside.parent, os.W_OK):
        made.to_html(beside.with_name(f"{made.before.name[:60]}_vs_{made.after.name[:60]}.html"))
    return made


def _side(value: Any, what: str) -> tuple[Side, Image.Image]:
    """Read one picture; `what` is its name where it has no file."""
    value = first_picture(value)
    if isinstance(value, Picture):
        image, record = value.image, value.record
        words = repr(value).removeprefix("<Picture ").removesuffix(">").removesuffix(" EMULATOR")
        side = Side(
            name=readable(value.path.stem),
            words=words,
            small=_small(image),
            size=image.size,
            emulator=record.emulator,
            path=value.path,
        )
        return side, image
    seen = look(value, what)
    width, height = seen.image.size
    side = Side(name=seen.name or what, words=f"{width}x{height}", small=_small(seen.image), size=(width, height))
    return side, seen.image


def _small(image: Image.Image) -> Image.Image:
    small = visible(image)
    small.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    return small


def _changed(before: Image.Image, after: Image.Image) -> float | None:
    """Return the share of pixels of which some channel differs by more than `NOTICED` levels."""
    if before.size != after.size:
        return None
    bands = ImageChops.difference(visible(before), visible(after)).split()
    widest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(widest.histogram()[NOTICED + 1 :]) / (before.width * before.height)
