"""Grow the white of a mask by an exact disc, a row of pixels being one large integer. `mask` calls this."""

from __future__ import annotations

import math

import numpy as np

from ..errors import InvalidRequest
from ..system.language import sentence
from .bits import Bits


def grown(bits: Bits, width: int, px: float) -> Bits:
    """Return white where a white pixel's centre is at most `px` pixels away.

    Raises
    ------
    InvalidRequest
        When `px` is no number from 0 to the longer side.
    """
    height, stride = bits.shape
    radius = _checked(px, max(width, height))
    full = ((1 << width) - 1) << (stride * 8 - width)
    packed = bits.tobytes()
    grown_rows = [0] * height
    reaches = _reaches(radius)
    for row in range(height):
        line = int.from_bytes(packed[row * stride : (row + 1) * stride], "big")
        if not line:
            continue
        done = 0
        for offset, reach in reaches:
            # The farther row is reached by less of the disc, so widths only rise and each step goes on from the last.
            for step in range(done + 1, reach + 1):
                line |= _wider(line, full, step - done)
                done = step
            for target in {row - offset, row + offset}:
                if 0 <= target < height:
                    grown_rows[target] |= line
    out = b"".join(line.to_bytes(stride, "big") for line in grown_rows)
    return np.frombuffer(out, np.uint8).reshape(bits.shape)


def _reaches(radius: float) -> list[tuple[int, int]]:
    """Return (rows away, columns reached there), farthest row first."""
    square = radius * radius
    return [(offset, math.isqrt(math.floor(square - offset * offset))) for offset in range(math.floor(radius), -1, -1)]


def _wider(line: int, full: int, by: int) -> int:
    return ((line << by) | (line >> by)) & full


def _checked(px: float, most: int) -> float:
    try:
        radius = float(px)
    except (TypeError, ValueError):
        raise InvalidRequest(sentence("grow and shrink need pixels as a number, got {px!r}", px=px)) from None
    if not 0 <= radius <= most:
        raise InvalidRequest(sentence("grow and shrink take 0 to {most} pixels here, got {px!r}", most=most, px=px))
    return radius
