"""What a `size` may be: the shape of the rules in `sizes`, which `parse_size` reads and `check` holds."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SizeRule:
    """What a `size` ("W*H", pixels) may be.

    `min_pixels` and `max_pixels` are the widest documented bounds and are refused outside; between `min_pixels` and
    `warn_below_pixels` the documents disagree, so it is sent with a warning. Ratios are W/H. `words` are sizes that are
    sent as they are ("2K") with the pixels that they stand for; `basis` ("W*H") has the pixels that a ratio such as 3:2
    is worked out for, the default's where it is empty.
    """

    default: str
    min_pixels: int
    max_pixels: int
    warn_below_pixels: int = 0
    min_side: int = 1
    max_side: int = 0
    min_ratio: float = 0.0
    max_ratio: float = 0.0
    named: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    basis: str = ""

    def pixels(self, size: str) -> tuple[int, int]:
        """Return width and height of "W*H"; a word or nothing stands for a square of its pixels."""
        if "*" in size:
            width, height = (int(side) for side in size.split("*"))
            return width, height
        side = math.isqrt(dict(self.words).get(size, 0))
        return (side, side) if side else self.pixels(self.basis or self.default)
