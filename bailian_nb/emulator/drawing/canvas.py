"""A canvas with smooth edges, and the colours that are drawn on it. Every other file of this folder paints with this.

Coordinates are pixels of the finished picture, as floats; the canvas is twice as large inside and shrunk at the end.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import re
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw

from . import COARSE

Colour = tuple[int, int, int]
Point = tuple[float, float]
_Paint = Callable[[ImageDraw.ImageDraw, list[Point]], None]

_LARGE = 4_500_000
"""Pixels above which the canvas is not doubled: enough detail is there, and memory is not."""

_SHADES = 96
"""Steps of a run of colours, before it is smoothed to the size asked for."""


def _petal(count: int) -> tuple[tuple[float, float], ...]:
    """Outline of a petal as (along, across), for length and width 1."""
    turns = [step / count * 2 * math.pi for step in range(count)]
    alongs = [(1 - math.cos(turn)) / 2 for turn in turns]
    return tuple((along, math.sin(turn) / 2 * (0.75 + 0.25 * along)) for turn, along in zip(turns, alongs, strict=True))


_SMALL_PETAL, _LARGE_PETAL = _petal(10), _petal(24)

NAMED: tuple[tuple[str, str, Colour], ...] = (
    ("red", "红", (198, 52, 52)),
    ("blue", "蓝", (52, 104, 190)),
    ("green", "绿", (62, 140, 88)),
    ("yellow", "黄", (238, 190, 60)),
    ("purple", "紫", (126, 82, 168)),
    ("pink", "粉", (234, 138, 166)),
    ("orange", "橙", (230, 126, 48)),
    ("black", "黑", (46, 44, 52)),
    ("white", "白", (240, 238, 232)),
    ("brown", "棕", (132, 90, 58)),
    ("gold", "金", (206, 164, 70)),
    ("silver", "银", (178, 184, 194)),
    ("teal", "青", (38, 132, 136)),
)


def fine() -> bool:
    """Tell whether scenes are drawn, with smooth edges and grain."""
    return os.environ.get(COARSE) != "1"


def dice(*parts: object) -> random.Random:
    """Return a generator that the same parts always set to the same start."""
    text = "|".join(str(part) for part in parts)
    return random.Random(int.from_bytes(hashlib.sha256(text.encode(errors="replace")).digest()[:8], "big"))


def says(prompt: str, *words: str) -> bool:
    """Tell whether `prompt` holds one of `words`: whole words (or their plurals) in Latin script, any part else."""
    lowered = prompt.lower()
    return any(
        re.search(rf"(?<![a-z]){word}(?:s|es)?(?![a-z])", lowered) is not None if word.isascii() else word in prompt
        for word in words
    )


def named_colours(prompt: str) -> list[Colour]:
    """Return the colours that a prompt names, in the order in which it names them."""
    found = []
    lowered = prompt.lower()
    for english, chinese, colour in NAMED:
        match = re.search(rf"(?<![a-z]){english}(?![a-z])|{chinese}", lowered)
        if match:
            found.append((match.start(), colour))
    return [colour for _, colour in sorted(found)]


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """Return the colour that lies at `t` (0 to 1) between two."""
    t = min(1.0, max(0.0, t))
    return (
        round(a[0] + (b[0] - a[0]) * t),
        round(a[1] + (b[1] - a[1]) * t),
        round(a[2] + (b[2] - a[2]) * t),
    )


def lighter(colour: Colour, t: float) -> Colour:
    return mix(colour, (255, 252, 244), t)


def darker(colour: Colour, t: float) -> Colour:
    return mix(colour, (18, 14, 30), t)


def ramp(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """Return a picture that runs from the first colour at the top to the last at the bottom."""
    steps, shades = len(stops) - 1, max(2, min(_SHADES, size[1]))
    data = bytearray()
    for y in range(shades):
        at = y / (shades - 1) * steps
        low = min(int(at), steps - 1)
        data += bytes(mix(stops[low], stops[low + 1], at - low))
    column = Image.frombytes("RGB", (1, shades), bytes(data)).resize((1, size[1]), Image.Resampling.BILINEAR)
    return column.resize(size, Image.Resampling.NEAREST)


def grain(size: tuple[int, int], rng: random.Random, amount: int, *, side: int = 256) -> Image.Image:
    """Return grey noise around 128, `amount` wide, tiled from one square."""
    levels = bytes(min(255, 128 - amount + value * 2 * amount // 255) for value in range(256))
    tile = Image.frombytes("L", (side, side), rng.randbytes(side * side).translate(levels))
    whole = Image.new("L", size)
    for y in range(0, size[1], side):
        for x in range(0, size[0], side):
            whole.paste(tile, (x, y))
    return whole


class Canvas:
    """A picture that is being painted."""

    def __init__(self, size: tuple[int, int], *, over: Image.Image | None = None) -> None:
        self.size = size
        self.w, self.h = float(size[0]), float(size[1])
        self.scale = 2 if fine() and size[0] * size[1] <= _LARGE else 1
        inner = (size[0] * self.scale, size[1] * self.scale)
        # Nearest and back by averages gives every untouched pixel back as it was.
        self.image = over.resize(inner, Image.Resampling.NEAREST) if over else Image.new("RGB", inner)
        self._pen = ImageDraw.Draw(self.image)

    def finish(self, rng: random.Random, *, amount: int = 5) -> Image.Image:
        """Return the picture in its own size, with a little grain so that flat areas live."""
        whole = self.image.reduce(self.scale) if self.scale > 1 else self.image
        if not (amount and fine()):
            return whole
        noise = grain(self.size, rng, amount)
        return ImageChops.add(whole, Image.merge("RGB", (noise,) * 3), 1.0, -128)

    def ramp(self, box: tuple[float, float, float, float], *stops: Colour) -> None:
        """Fill a box (x0, y0, x1, y1) with colours that run downwards."""
        x0, y0, x1, y1 = (round(value * self.scale) for value in box)
        if x1 > x0 and y1 > y0:
            self.image.paste(ramp((x1 - x0, y1 - y0), stops), (x0, y0))

    def polygon(self, points: Sequence[Point], fill: Colour, alpha: float = 1.0) -> None:
        if alpha >= 1:
            self._pen.polygon(self._scaled(points), fill=fill)
            return
        self._veil(points, lambda pen, moved: pen.polygon(moved, fill=round(255 * alpha)), fill)

    def shaded(self, points: Sequence[Point], *stops: Colour) -> None:
        """Fill a polygon with colours that run from its top to its bottom."""
        moved = self._scaled(points)
        x0, y0, x1, y1 = self._bounds(moved)
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0))
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in moved], fill=255)
        self.image.paste(ramp(mask.size, stops), (x0, y0), mask)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour, alpha: float = 1.0) -> None:
        box = [(x - rx, y - ry), (x + rx, y + ry)]
        if alpha >= 1:
            self._pen.ellipse(self._scaled(box), fill=fill)
            return
        self._veil(box, lambda pen, moved: pen.ellipse(moved, fill=round(255 * alpha)), fill)

    def puffs(self, puffs: Sequence[tuple[float, float, float, float]], fill: Colour, alpha: float) -> None:
        """Lay ellipses (x, y, rx, ry) over what is there as one veil, without seams where they overlap."""
        corners = [corner for x, y, rx, ry in puffs for corner in ((x - rx, y - ry), (x + rx, y + ry))]

        def paint(pen: ImageDraw.ImageDraw, moved: list[Point]) -> None:
            for low, high in zip(moved[::2], moved[1::2], strict=True):
                pen.ellipse([low, high], fill=round(255 * alpha))

        self._veil(corners, paint, fill)

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, fill: Colour, *, radius: float = 0.0, alpha: float = 1.0
    ) -> None:
        if x1 <= x0 or y1 <= y0:
            return
        box, round_by = [(x0, y0), (x1, y1)], radius * self.scale
        if alpha >= 1:
            self._pen.rounded_rectangle(self._scaled(box), round_by, fill=fill)
            return
        self._veil(box, lambda pen, moved: pen.rounded_rectangle(moved, round_by, fill=round(255 * alpha)), fill)

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        thick = max(1, round(width * self.scale))
        moved = self._scaled(points)
        self._pen.line(moved, fill=fill, width=thick, joint="curve")
        if thick > 3:
            for x, y in (moved[0], moved[-1]):
                self._pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=fill)

    def leaf(self, x: float, y: float, length: float, width: float, angle: float, fill: Colour) -> None:
        """Paint a petal or leaf that starts at (x, y) and points to `angle` (degrees, 0 = right, 90 = up)."""
        turn = math.radians(angle)
        ahead_x, ahead_y = math.cos(turn) * length, math.sin(turn) * length
        shape = _SMALL_PETAL if length < 12 else _LARGE_PETAL
        side_x, side_y = math.sin(turn) * width, math.cos(turn) * width
        outline = [(x + a * ahead_x - b * side_x, y - a * ahead_y - b * side_y) for a, b in shape]
        self.polygon(outline, fill)

    def glow(self, x: float, y: float, r: float, colour: Colour, alpha: float = 1.0) -> None:
        """Lay a soft round light over what is there."""
        side = max(2, round(2 * r * self.scale))
        light = Image.radial_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
        # Pillow's gradient reaches 255 in the corners, so about 181 on the circle that touches the sides.
        curve = [round(255 * alpha * max(0.0, 1 - value / 180) ** 2) for value in range(256)]
        corner = (round((x - r) * self.scale), round((y - r) * self.scale))
        self.image.paste(colour, (*corner, corner[0] + side, corner[1] + side), light.point(curve))

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _bounds(self, moved: Sequence[Point]) -> tuple[int, int, int, int]:
        """Return the box of `moved` that lies on the canvas."""
        xs, ys = [x for x, _ in moved], [y for _, y in moved]
        width, height = self.image.size
        return (
            max(0, math.floor(min(xs))),
            max(0, math.floor(min(ys))),
            min(width, math.ceil(max(xs)) + 1),
            min(height, math.ceil(max(ys)) + 1),
        )

    def _veil(self, points: Sequence[Point], paint: _Paint, fill: Colour) -> None:
        moved = self._scaled(points)
        x0, y0, x1, y1 = self._bounds(moved)
        if x1 <= x0 or y1 <= y0:
            return
        mask = Image.new("L", (x1 - x0, y1 - y0))
        paint(ImageDraw.Draw(mask), [(x - x0, y - y0) for x, y in moved])
        self.image.paste(fill, (x0, y0), mask)
