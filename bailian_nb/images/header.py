"""What the first bytes of a picture's file say, for plans of thousands of them: nothing is decoded, little is read.

`batch` compares it with a model's rule. What only the pixels know (a broken end, several frames) shows when the
picture is read to be sent.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from ..specs import ImageRule
from ..system.language import sentence
from .decode import describe, instead, open_header, other_format, picture_type
from .sources import MAX_FILE_BYTES

ENOUGH = 256 * 1024
"""Bytes in which a header has to stand; a JPEG's comes behind its EXIF preview."""
_FIRST = 4096
_FRAMES = frozenset([0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
"""JPEG's markers that a size stands behind."""


@dataclass(frozen=True, slots=True)
class Header:
    """Kind as in an ImageRule's formats, pixels as they lie in the file, bytes of the whole file."""

    kind: str
    width: int
    height: int
    alpha: bool
    size: int


def read_header(path: str) -> Header:
    """Read a file's header.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        With what it is, when it is no picture that can be read here, or too large a file.
    """
    with Path(path).open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE_BYTES:
            raise ValueError(sentence("{size} bytes; files up to {most} are read", size=size, most=MAX_FILE_BYTES))
        data = file.read(_FIRST)
        kind = picture_type(data)
        quick = _png(data) if kind == "png" else _jpeg(data) if kind == "jpeg" else None
        if quick is None and len(data) == _FIRST:
            data += file.read(ENOUGH - _FIRST)
            quick = _jpeg(data) if kind == "jpeg" else None
        if quick is not None:
            return Header(kind or "", *quick, size)
        kind = kind or other_format(data)
        if kind is None:
            raise ValueError(f"{sentence(describe(data))}{instead(data)}")
        data += file.read()  # a TIFF's may stand at its end
    image = open_header(data)
    return Header(kind, image.width, image.height, image.has_transparency_data, size)


def _png(data: bytes) -> tuple[int, int, bool] | None:
    if data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    place = 33
    alpha = data[25] in (4, 6)
    while not alpha and place + 8 <= len(data) and data[place + 4 : place + 8] != b"IDAT":
        alpha = data[place + 4 : place + 8] == b"tRNS"
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return width, height, alpha


def _jpeg(data: bytes) -> tuple[int, int, bool] | None:
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return (width, height, False) if width and height else None
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def misfit(header: Header, rule: ImageRule, *, fit: bool) -> tuple[str, str] | None:
    """Return what is wrong with a picture for a rule and what is allowed, None where nothing is seen to be wrong.

    With `fit` what can be shrunk or converted is right.
    """
    width, height = header.width, header.height
    sides = f"{rule.min_side}-{rule.max_side} px"
    if min(width, height) < rule.min_side or (max(width, height) > rule.max_side and not fit):
        return f"{width}x{height}", sides
    if rule.max_ratio and max(width, height) > rule.max_ratio * min(width, height):
        return f"{width}x{height}", f"<= {rule.max_ratio:g}:1"
    if max(width, height) * rule.min_side > min(width, height) * rule.max_side:
        return f"{width}x{height}", sides
    if fit:
        return None
    if header.kind not in rule.formats:
        return header.kind, ", ".join(rule.formats)
    if header.size > rule.max_bytes:
        return f"{header.size} bytes", f"<= {rule.max_bytes} bytes"
    if header.alpha and not rule.alpha:
        return sentence("transparency"), sentence("none")
    if rule.transparent and not header.alpha:
        return sentence("no transparency"), sentence("a PNG with alpha")
    return None
