"""Find what a cut at mid grey would lose: areas of one grey, and faint paint that no white touches.

`mask_values` asks before it cuts the soft edges of a mask. A soft edge rises to white; what does not was painted for
its own sake, by a brush of less than full opacity or as another label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from PIL import Image, ImageChops

_RUN = re.compile(rb"[^\x00]+")
_MOST_RUNS = 2_000_000
_BLOCK, _RINGING = 8, 96
"""How far from white JPEG leaves rings of grey, in pixels, and how bright they get at the most."""


def flat_areas(grey: Image.Image, levels: range) -> Mapping[int, int]:
    """Return the levels that fill 3 x 3 pixels somewhere, with how many pixels are the middle of such a square.

    A soft edge has none: it rises from each pixel to the next, or its tail is nearly black.
    """
    if min(grey.size) < 3:
        return {}
    low, high = grey, grey
    for right, down in ((1, 0), (1, 0), (0, 1), (0, 1)):
        low = ImageChops.darker(*_shifted(low, right, down))
        high = ImageChops.lighter(*_shifted(high, right, down))
    flat = ImageChops.difference(low, high).point([255] + [0] * 255)
    counts = low.histogram(flat)
    return {level: counts[level] for level in levels if counts[level]}


def _shifted(image: Image.Image, right: int, down: int) -> tuple[Image.Image, Image.Image]:
    width, height = image.size
    return image.crop((0, 0, width - right, height - down)), image.crop((right, down, width, height))


def faint_areas(grey: Image.Image, *, least: int, exact: bool) -> Mapping[int, int]:
    """Return the brightest level of each connected area from `least` up that has no pixel of 128 and more.

    With how many pixels those areas have. Where the values are not `exact`, what surrounds white within a block of JPEG
    is its ringing and no paint.
    """
    painted = grey.point([0 if level < least else max(level, 1) for level in range(256)])
    areas = _components(painted)
    found: dict[int, int] = {}
    for brightest, pixels, (left, top, right, bottom) in areas:
        if brightest >= 128:
            continue
        if not exact and brightest < _RINGING and min(right - left, bottom - top) <= _BLOCK:
            around = (max(left - _BLOCK, 0), max(top - _BLOCK, 0), right + _BLOCK, bottom + _BLOCK)
            box = (*around[:2], min(around[2], grey.width), min(around[3], grey.height))
            if any(grey.crop(box).histogram()[128:]):
                continue
        found[brightest] = found.get(brightest, 0) + pixels
    return found


Box = tuple[int, int, int, int]


def _components(painted: Image.Image) -> list[tuple[int, int, Box]]:
    """Return brightest level, pixels and box of each area whose pixels touch by a side or a corner."""
    width, height = painted.size
    data = painted.tobytes()
    parent: list[int] = []
    level: list[int] = []
    pixels: list[int] = []
    boxes: list[Box] = []

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above: list[tuple[int, int, int]] = []
    for row in range(height):
        line = data[row * width : (row + 1) * width]
        here: list[tuple[int, int, int]] = []
        first = 0
        for match in _RUN.finditer(line):
            start, stop = match.span()
            run = len(parent)
            parent.append(run)
            level.append(max(match.group()))
            pixels.append(stop - start)
            boxes.append((start, row, stop, row + 1))
            while first < len(above) and above[first][1] < start:
                first += 1
            for left, _, other in above[first:]:
                if left > stop:
                    break
                one, two = root(run), root(other)
                if one != two:
                    parent[one] = two
                    level[two] = max(level[one], level[two])
                    pixels[two] += pixels[one]
                    (a, b, c, d), (e, f, g, h) = boxes[one], boxes[two]
                    boxes[two] = (min(a, e), min(b, f), max(c, g), max(d, h))
            here.append((start, stop, run))
        above = here
        if len(parent) > _MOST_RUNS:
            break
    return [(level[run], pixels[run], boxes[run]) for run in range(len(parent)) if parent[run] == run]
