"""Where a picture lies in the larger one that expand's four scales give. Read by the plan and by the emulator.

Source: GUIDE, "setting all to 1.5 expands the image to 1.5 times its original size": so each side adds half of what
its scale is above 1, in parts of the picture's own width or height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .types import Function, Parameter

SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The larger picture's size, and where the upper left corner of the old one lies in it; all in pixels."""

    width: int
    height: int
    x: int
    y: int

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


def scale_rows(function: Function | None) -> tuple[Parameter, ...]:
    """Return the rows of the four scales, top, bottom, left and right; none where a function has not all of them."""
    rows = {row.name: row for row in function.parameters} if function is not None else {}
    names = [f"{side}_scale" for side in SIDES]
    return tuple(rows[name] for name in names) if all(name in rows for name in names) else ()


def frame(size: tuple[int, int], scales: Mapping[str, float]) -> Frame:
    """Return what a picture of `size` pixels becomes with these scales by name; one that is not there is 1.0.

    >>> frame((1024, 768), {"left_scale": 1.5, "right_scale": 1.5})
    Frame(width=1536, height=768, x=256, y=0)
    """
    top, bottom, left, right = ((scales.get(f"{side}_scale", 1.0) - 1) / 2 for side in SIDES)
    width, height = size
    return Frame(
        width=round(width * (1 + left + right)),
        height=round(height * (1 + top + bottom)),
        x=round(width * left),
        y=round(height * top),
    )
