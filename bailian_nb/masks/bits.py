"""A mask's pixels as bits: one array of bytes, a row on whole bytes, the first pixel the highest bit of its first byte.

`mask` keeps them so, which makes a step of the painter an eighth of the work. The bits behind the end of a row are 0.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .shapes import Span

Bits = NDArray[np.uint8]


def blank(size: tuple[int, int]) -> Bits:
    return np.zeros((size[1], (size[0] + 7) // 8), np.uint8)


def pack(image: Image.Image) -> Bits:
    """Return the bits of a picture of mode L with 0 and 255 only."""
    return np.packbits(np.frombuffer(image.tobytes(), np.uint8).reshape(image.height, image.width), axis=1)


def levels(bits: Bits, width: int) -> NDArray[np.uint8]:
    """Return 0 and 255, an array of (height, width)."""
    found = np.unpackbits(bits, axis=1, count=width)
    return np.negative(found, out=found)


def booleans(bits: Bits, width: int) -> NDArray[np.bool_]:
    """Return true where it is white, an array of (height, width)."""
    return np.unpackbits(bits, axis=1, count=width).view(np.bool_)


def picture(bits: Bits, width: int) -> Image.Image:
    """Return a new picture of mode L."""
    return Image.frombuffer("L", (width, len(bits)), levels(bits, width), "raw", "L", 0, 1)


def inverted(bits: Bits, width: int) -> Bits:
    turned = ~bits
    turned[:, -1] &= 0xFF << (-width % 8) & 0xFF
    return turned


def painted(bits: Bits, spans: Iterable[Span], *, erase: bool) -> Bits:
    """Return the bits with those of the spans set, or cleared; spans may lie over each other."""
    stride = bits.shape[1]
    if erase:
        return ~painted(~bits, spans, erase=False)  # the bits behind the end of a row come back as they were
    found = bytearray(bits.tobytes())
    line = b"\xff" * stride
    for row, start, stop in spans:
        if start == stop:  # its byte may lie behind the last one
            continue
        first, last = row * stride + (start >> 3), row * stride + (stop >> 3)
        head, tail = 0xFF >> (start & 7), 0xFF00 >> (stop & 7) & 0xFF
        if first == last:
            found[first] |= head & tail
            continue
        found[first] |= head
        found[first + 1 : last] = line[: last - first - 1]
        if tail:
            found[last] |= tail
    return np.frombuffer(found, np.uint8).reshape(bits.shape)


def count(bits: Bits) -> int:
    """Return how many pixels are white."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def box(bits: Bits) -> tuple[int, int, int, int] | None:
    """Return the smallest box (x0, y0, x1, y1) around the white, None when there is none."""
    rows = np.flatnonzero(bits.any(axis=1))
    if not len(rows):
        return None
    columns = np.flatnonzero(np.unpackbits(np.bitwise_or.reduce(bits, axis=0)))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def framed(bits: Bits, width: int) -> bool:
    """Tell whether all four edges are white."""
    white = inverted(np.zeros_like(bits[:1]), width)[0]
    if not ((bits[0] == white).all() and (bits[-1] == white).all()):
        return False
    last = 0x80 >> ((width - 1) & 7)
    return bool((bits[:, 0] & 0x80).all() and (bits[:, -1] & last).all())
