"""Read a size as people write it, for one SizeRule: "W*H", "16:9", "square", a word such as 2K. `check` calls it."""

from __future__ import annotations

import math
import re

from .size_rule import SizeRule

_SIZE = re.compile(r"\s*(\d{1,6})\s*[*xX×＊]\s*(\d{1,6})\s*")
_RATIO = re.compile(r"\s*(\d{1,4})\s*[:：]\s*(\d{1,4})\s*")  # the wide signs are what a Chinese keyboard types


def as_text(value: object) -> object:
    """Return two whole numbers (a tuple, a list, an array) as "W*H", anything else as it is."""
    sides = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(sides, tuple | list) and len(sides) == 2:
        whole = [int(side) if isinstance(side, float) and side.is_integer() else side for side in sides]
        return f"{whole[0]}*{whole[1]}"
    return value


def parse_size(text: str, rule: SizeRule) -> str | None:
    """Return ``"W*H"`` for `1280*720`, `1280x720`, `16:9` or `square`, a word such as `2K`; None for anything else.

    A ratio without a documented size is worked out from the default's pixels, with sides in multiples of 16.
    """
    named = dict(rule.named)
    ratio = _RATIO.fullmatch(text)
    word = f"{int(ratio[1])}:{int(ratio[2])}" if ratio else text.strip().lower()
    if word in named:
        return named[word]
    if word.upper() in dict(rule.words):
        return word.upper()
    if match := _SIZE.fullmatch(text):
        return f"{int(match[1])}*{int(match[2])}"
    if ratio and int(ratio[1]) and int(ratio[2]):
        return _of_ratio(int(ratio[1]) / int(ratio[2]), rule)
    return None


def _of_ratio(ratio: float, rule: SizeRule) -> str:
    """Work a size out, with sides in multiples of 16; where rounding leaves the bounds, the nearest that does not."""
    width, height = rule.pixels("")
    pixels = width * height
    if rule.max_side:
        pixels = min(pixels, round(rule.max_side**2 * min(ratio, 1 / ratio)))
    wide = round(math.sqrt(pixels * ratio) / 16) * 16
    high = math.ceil(pixels / max(wide, 1) / 16) * 16
    if outside(wide, high, rule):
        steps = range(-96, 17, 16)
        near = [(wide + x, high + y) for x in steps for y in steps if wide + x > 0 and high + y > 0]
        inside = [size for size in near if not outside(*size, rule)]
        wide, high = min(inside or [(wide, high)], key=lambda size: abs(math.log(size[0] / size[1] / ratio)))
    return f"{wide}*{high}"


def nearest_size(width: int, height: int, rule: SizeRule) -> tuple[int, int] | None:
    """Return the size itself, else the nearest of its proportions that the rule allows, None where there is none."""
    if not outside(width, height, rule):
        return width, height
    step = math.gcd(width, height)
    exact = (width // step, height // step)
    larger = width * height < rule.min_pixels
    bound = rule.min_pixels if larger else rule.max_pixels
    turn = math.ceil if larger else math.floor
    factor = math.sqrt(bound / (width * height))
    times = turn(math.sqrt(bound / (exact[0] * exact[1])))
    for found in ((exact[0] * times, exact[1] * times), (turn(width * factor), turn(height * factor))):
        # Steps of the exact proportions may be wide: 1999*1000 has no other size near it.
        if not outside(*found, rule) and 0.9 < found[0] / (width * factor) < 1.1:
            return found
    return None


def outside(width: int, height: int, rule: SizeRule) -> str:
    """Return which bound a size passes, "" when none."""
    pixels, ratio = width * height, width / height if height else 0.0
    if not rule.min_pixels <= pixels <= rule.max_pixels:
        return "pixels"
    if rule.max_ratio and not rule.min_ratio <= ratio <= rule.max_ratio:
        return "ratio"
    sides = min(width, height) < rule.min_side or (rule.max_side and max(width, height) > rule.max_side)
    return "sides" if sides else ""
