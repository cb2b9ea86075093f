"""The self-contained page for people without Jupyter: a grid, and before and after in four ways.

Written by a Sweep and by Compare, from JPEG previews that are made once. Nothing is fetched from elsewhere, every
text is escaped.
"""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any, TypedDict

from PIL import Image

from ..errors import InvalidRequest, printable
from ..images.thumbnail import thumbnail
from ..system.files import write_whole
from ..system.language import sentence
from ..system.paths import user_path
from ..texts.catalogue import say

_WORDS = {
    "slider": "page_slider",
    "side": "page_side",
    "blink": "page_blink",
    "difference": "page_difference",
    "wipe": "page_wipe",
}
"""Keys of the catalogue by the names that the template has for them."""


class PageCell(TypedDict):
    """One picture of the page, or the reason why there is none; `mark` is "winner", "star" or ""."""

    title: str
    labels: Mapping[str, str]
    reason: str
    picture: bytes | None
    mark: str


def save(
    path: Path,
    *,
    title: str,
    emulator: bool,
    cells: Sequence[PageCell],
    axes: Mapping[str, Sequence[Any]],
    original: bytes | None,
    names: tuple[str, str] = ("before", "after"),
    lang: str = "en",
) -> Path:
    """Write the page and return its path; pictures are JPEG bytes, `original` is what stands before each of them.

    The page's own words are of `lang` ("en" or "zh"); `names` call the two pictures that it compares.

    Raises
    ------
    InvalidRequest
        When the name is not that of an HTML file.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InvalidRequest(sentence("the page is an .html file, got {name}", name=path.name))
    data = {
        "axes": {name: [str(value) for value in values] for name, values in axes.items()},
        "cells": [
            {
                **cell,
                "title": printable(cell["title"], 200),
                "reason": printable(cell["reason"], 300),
                "picture": _data_url(cell["picture"]),
            }
            for cell in cells
        ],
        "original": _data_url(original),
        "names": [printable(name, 200) for name in names],
        "word": say("page_original", lang),
    }
    # "<" inside a script would let a prompt end it; JSON has an escape for that.
    spelled = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    page = Template(resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    badge = "EMULATOR" if emulator else ""
    words = {name: html.escape(say(key, lang)) for name, key in _WORDS.items()}
    filled = page.substitute(words, lang=lang, title=html.escape(printable(title, 300)), badge=badge, data=spelled)
    return write(path, filled.encode("utf-8", "replace"))


def write(path: Path, content: bytes) -> Path:
    """Write a file as a whole or not at all, folders included, and return its path with `~` filled in.

    A link of the user's own in its place stays and leads to the file; see `write_whole`.
    """
    path = user_path(path)
    write_whole(path, content, follow=True)
    return path


def _data_url(jpeg: bytes | None) -> str:
    return "" if jpeg is None else "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


THUMB, LARGE = 256, 1024
"""Longer side in pixels of what the grid shows small and large."""


class Previews:
    """JPEGs that were made before, by name and size; any thread may ask."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], bytes] = {}

    def jpeg(self, name: str, side: int, load: Callable[[], Image.Image | None]) -> bytes | None:
        """Return the JPEG of at most `side` pixels, None when `load` has no picture."""
        if (known := self._known.get((name, side))) is not None:
            return known
        image = load()
        if image is None:
            return None
        file = io.BytesIO()
        thumbnail(image, side).save(file, "JPEG", quality=85)
        return self._known.setdefault((name, side), file.getvalue())
