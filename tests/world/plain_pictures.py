"""Files of one colour that tests start from, written once: to pack pixels takes longer than most of what reads them."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image


@cache
def plain_png(mode: str, size: tuple[int, int], colour: str | int = 0) -> bytes:
    return packed(Image.new(mode, size, colour))


def packed(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def write(**files: bytes) -> None:
    """Write files into the current folder, each under its name with `.png` behind it."""
    for name, data in files.items():
        Path(f"{name}.png").write_bytes(data)
