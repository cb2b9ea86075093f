"""Land and water: hills with trees, the sea with sails, a meadow in flower.

`scene` calls one painter a picture; each fills the whole canvas and draws its chances from the given dice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from .canvas import Canvas, Colour, Point, darker, lighter, mix
from .light import Light


def sky(canvas: Canvas, light: Light, rng: random.Random, horizon: float) -> Point:
    """Paint the sky down to `horizon` and return where sun or moon stands."""
    w, unit = canvas.w, min(canvas.w, canvas.h)
    canvas.ramp((0, 0, w, canvas.h), *light.sky)
    x, y = rng.uniform(0.2, 0.8) * w, rng.uniform(0.3, 0.62) * horizon
    if light.dark:
        for _ in range(90):
            r = unit * rng.choice((0.0008, 0.0012, 0.0018))
            canvas.ellipse(rng.uniform(0, w), rng.uniform(0, horizon), r, r, (236, 240, 255), rng.uniform(0.4, 1.0))
    canvas.glow(x, y, unit * 0.55, light.sun, 0.55)
    r = unit * (0.05 if light.dark else 0.062)
    canvas.ellipse(x, y, r, r, light.sun)
    if light.dark:
        for dx, dy, size in ((-0.3, -0.2, 0.2), (0.25, 0.3, 0.26), (0.3, -0.35, 0.13)):
            canvas.ellipse(x + dx * r, y + dy * r, size * r, size * r, darker(light.sun, 0.12))
    for _ in range(rng.randint(2, 4)):
        _cloud(canvas, rng.uniform(0, w), rng.uniform(0.1, 0.7) * horizon, unit * rng.uniform(0.1, 0.2), light, rng)
    return x, y


def hills(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint ranges of hills, from haze far away to trees close by."""
    w, h, unit = canvas.w, canvas.h, min(canvas.w, canvas.h)
    sun_x, _ = sky(canvas, light, rng, h * 0.55)
    _birds(canvas, rng, light, h)
    ranges = 5
    for k in range(ranges):
        t = k / (ranges - 1)
        base, swing = h * (0.5 + 0.4 * t**1.15), unit * (0.11 - 0.05 * t)
        ridge = _ridge(rng, w, base, swing, sharp=k < 2)
        colour = mix(light.far, light.near, t**0.85)
        outline = [(x, ridge(x)) for x in _steps(w, 160)]
        canvas.shaded([(0, h), *outline, (w, h)], colour, mix(colour, light.haze, 0.38 * (1 - t)), colour)
        if k == 0:
            _snow_caps(canvas, outline, base - swing * 0.25, light)
        if k == 1:
            canvas.glow(sun_x, base, unit * 0.5, light.haze, 0.4)
        if k >= 2:
            tint = mix(darker(colour, 0.28), light.near, 0.3) if not light.snow else mix(light.far, (60, 86, 104), 0.7)
            _wood(canvas, ridge, rng, unit * (0.028 + 0.04 * (t - 0.5) * 2), tint, light, count=9 + 5 * (ranges - k))
        if k == 3:
            _house(canvas, ridge, rng.uniform(0.25, 0.75) * w, unit * 0.045, light)


def sea(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint the sea: far islands, the light's road on the water, sails and a shore."""
    w, h, unit = canvas.w, canvas.h, min(canvas.w, canvas.h)
    horizon = h * rng.uniform(0.46, 0.54)
    sun_x, _ = sky(canvas, light, rng, horizon)
    _birds(canvas, rng, light, h)
    for k in range(2):
        middle, span = rng.uniform(0, 1) * w, rng.uniform(0.25, 0.5) * w
        peak = unit * rng.uniform(0.05, 0.1) * (1 - 0.3 * k)
        bumps = _ridge(rng, w, 0.0, peak * 0.25, sharp=True)
        shape = [(middle - span / 2, horizon)]
        for step in range(41):
            x = middle - span / 2 + span * step / 40
            shape.append(
                (x, horizon - peak * math.sin(math.pi * step / 40) ** 1.3 + bumps(x) * step * (40 - step) / 400)
            )
        canvas.polygon([*shape, (middle + span / 2, horizon)], mix(light.far, light.haze, 0.35 - 0.3 * k))
    deep = mix(light.near, (24, 74, 110), 0.55)
    canvas.ramp((0, horizon, w, h), mix(light.sky[1], deep, 0.25), mix(light.sky[0], deep, 0.5), deep)
    for _ in range(170):
        depth = rng.random() ** 1.4
        y = horizon + (h - horizon) * depth
        length, thick = unit * (0.012 + 0.07 * depth), unit * (0.0012 + 0.0035 * depth)
        near_sun = rng.random() < 0.55
        x = rng.gauss(sun_x, unit * (0.025 + 0.1 * depth)) if near_sun else rng.uniform(0, w)
        tint = light.sun if near_sun else lighter(mix(light.sky[1], deep, 0.4), 0.15)
        canvas.ellipse(x, y, length, thick, tint, 0.75 if near_sun else 0.35)
    for depth in sorted(rng.uniform(0.05, 0.5) for _ in range(3)):
        _boat(
            canvas,
            rng.uniform(0.08, 0.92) * w,
            horizon + (h - horizon) * depth,
            unit * (0.03 + 0.16 * depth),
            light,
            rng,
        )
    sand = mix((232, 206, 160), light.near, 0.45 if light.dark else 0.12)
    shore = _ridge(rng, w, h * 0.9, unit * 0.025, sharp=False)
    edge = [(x, shore(x) + (x / w - 0.5) * unit * 0.1) for x in _steps(w, 90)]
    canvas.polygon([(0, h), *((x, y - unit * 0.013) for x, y in edge), (w, h)], lighter(deep, 0.75), 0.8)
    canvas.shaded([(0, h), *edge, (w, h)], lighter(sand, 0.2), sand, darker(sand, 0.25))


def meadow(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint flowers up close before a soft field."""
    w, h, unit = canvas.w, canvas.h, min(canvas.w, canvas.h)
    sky(canvas, light, rng, h * 0.5)
    green = mix((92, 140, 84), light.near, 0.55 if light.dark else 0.25)
    far = _ridge(rng, w, h * 0.52, unit * 0.04, sharp=False)
    outline = [(x, far(x)) for x in _steps(w, 80)]
    canvas.shaded([(0, h), *outline, (w, h)], mix(green, light.haze, 0.55), green, darker(green, 0.45))
    for _ in range(130):
        y = rng.uniform(0.56, 0.8) * h
        r = unit * (0.002 + 0.012 * (y / h - 0.55))
        canvas.ellipse(rng.uniform(0, w), y, r * 1.6, r, rng.choice(light.accents), 0.8)
    for _ in range(20):
        r = unit * rng.uniform(0.012, 0.04)
        canvas.ellipse(
            rng.uniform(0, w), rng.uniform(0.35, 0.95) * h, r, r, lighter(rng.choice(light.accents), 0.4), 0.16
        )
    for _ in range(round(70 * max(1.0, w / h))):
        x = rng.uniform(-0.05, 1.05) * w
        canvas.leaf(
            x,
            h * 1.02,
            unit * rng.uniform(0.15, 0.38),
            unit * 0.014,
            rng.uniform(72, 108),
            mix(green, (20, 50, 40), rng.uniform(0.1, 0.6)),
        )
    count = round(16 * max(1.0, w / h))
    heads = sorted((rng.uniform(0.3, 0.82), (i + rng.uniform(0.1, 0.9)) / count) for i in range(count))
    for level, across in heads:
        size = unit * (0.045 + 0.06 * (level - 0.3))
        flower(canvas, across * w, level * h, size, rng.choice(light.accents), rng, ground=h * 1.02, green=green)


def flower(
    canvas: Canvas, x: float, y: float, size: float, colour: Colour, rng: random.Random, *, ground: float, green: Colour
) -> None:
    """Paint one flower whose head stands at (x, y) and whose stem reaches down to `ground`."""
    foot = x + rng.uniform(-0.8, 0.8) * size
    bend = [(x + (foot - x) * (s / 12) ** 2, y + (ground - y) * s / 12) for s in range(13)]
    stem = darker(green, rng.uniform(0.05, 0.3))
    canvas.line(bend, max(1.0, size * 0.09), stem)
    for step, side in ((5, 1), (7, -1)):
        at = bend[step]
        canvas.leaf(*at, size * 1.3, size * 0.4, 90 - side * rng.uniform(35, 60), lighter(stem, 0.12))
    bloom(canvas, x, y, size, colour, rng)


def bloom(canvas: Canvas, x: float, y: float, size: float, colour: Colour, rng: random.Random) -> None:
    """Paint the head of a flower, of one of four kinds."""
    kind, turn = rng.choice(("daisy", "round", "tulip", "double")), rng.uniform(0, 60)
    heart = (250, 206, 92) if sum(colour) < 640 else (238, 168, 62)
    if kind == "tulip":
        for angle, shade in ((120, 0.12), (60, 0.12), (90, -0.12)):
            tint = darker(colour, shade) if shade > 0 else lighter(colour, -shade)
            canvas.leaf(x, y + size * 0.8, size * 1.9, size * 0.95, angle, tint)
        return
    petals, width = (13, 0.34) if kind == "daisy" else (6, 0.8)
    if kind == "double":
        for i in range(8):
            canvas.leaf(x, y, size * 1.05, size * 0.66, turn + 22 + i * 45, darker(colour, 0.18))
        petals, width, size = 7, 0.66, size * 0.8
    for i in range(petals):
        canvas.leaf(x, y, size, size * width, turn + i * 360 / petals, lighter(colour, 0.14 * (i % 2)))
    canvas.ellipse(x, y, size * 0.27, size * 0.27, heart)
    canvas.ellipse(x - size * 0.05, y - size * 0.06, size * 0.14, size * 0.14, lighter(heart, 0.35))


def _ridge(rng: random.Random, w: float, base: float, swing: float, *, sharp: bool) -> Callable[[float], float]:
    waves = [
        (rng.uniform(0.6, 1.2) * f, rng.uniform(0, 6.3), 1 / f**0.9)
        for f in ((1, 2.1, 4.3, 9.1) if sharp else (1, 1.9, 3.1))
    ]
    total = sum(part for _, _, part in waves)

    def height(x: float) -> float:
        value = 0.0
        for rate, start, part in waves:
            wave = math.sin(x / w * 6.3 * rate + start)
            value += (1 - 2 * abs(wave) if sharp else wave) * part
        return base + swing * value / total

    return height


def _steps(w: float, count: int) -> list[float]:
    return [w * step / count for step in range(count + 1)]


def _cloud(canvas: Canvas, x: float, y: float, size: float, light: Light, rng: random.Random) -> None:
    puffs = [(x, y, size * 1.15, size * 0.09)]
    for i in range(6):
        t = i / 5 - 0.5
        r = size * (0.36 - 0.75 * t * t) * rng.uniform(0.75, 1.15)
        puffs.append((x + t * size * 1.7, y - r * 0.4, r * 1.05, r * 0.55))
    canvas.puffs(puffs, lighter(light.sky[2], 0.5), 0.14 if light.dark else 0.6)


def _birds(canvas: Canvas, rng: random.Random, light: Light, h: float) -> None:
    unit, x, y = min(canvas.w, canvas.h), rng.uniform(0.15, 0.75) * canvas.w, rng.uniform(0.1, 0.25) * h
    ink = mix(light.near, light.sky[1], 0.25)
    for _ in range(rng.randint(3, 6)):
        bx, by, s = x + rng.uniform(0, 0.14) * unit, y + rng.uniform(0, 0.08) * unit, unit * rng.uniform(0.008, 0.014)
        canvas.line([(bx - s, by - s * 0.5), (bx - s * 0.4, by - s * 0.55), (bx, by)], unit * 0.0022, ink)
        canvas.line([(bx, by), (bx + s * 0.4, by - s * 0.55), (bx + s, by - s * 0.5)], unit * 0.0022, ink)


def _snow_caps(canvas: Canvas, outline: list[Point], level: float, light: Light) -> None:
    """Whiten what rises above `level`, with a ragged lower edge."""
    ragged = [(x, y + max(0.0, level - y) * (0.55, 1.0, 0.75)[i % 3]) for i, (x, y) in enumerate(outline)]
    canvas.polygon([*outline, *reversed(ragged)], lighter(light.far, 0.6), 0.75)


def _house(canvas: Canvas, ridge: Callable[[float], float], x: float, s: float, light: Light) -> None:
    y = max(ridge(x - s), ridge(x + s)) + s * 0.1
    wall = mix((240, 226, 204), light.near, 0.5 if light.dark else 0.12)
    canvas.rect(x - s, y - s, x + s, y, wall)
    canvas.polygon([(x - s * 1.25, y - s), (x, y - s * 1.9), (x + s * 1.25, y - s)], light.accents[0])
    canvas.rect(x + s * 0.45, y - s * 1.9, x + s * 0.7, y - s * 1.2, darker(light.accents[0], 0.35))
    pane = (255, 220, 130)
    canvas.glow(x, y - s * 0.5, s * 2.2, pane, 0.35)
    for side in (-0.55, 0.2):
        canvas.rect(x + side * s, y - s * 0.72, x + (side + 0.36) * s, y - s * 0.36, pane)


def _wood(
    canvas: Canvas,
    ridge: Callable[[float], float],
    rng: random.Random,
    size: float,
    tint: Colour,
    light: Light,
    *,
    count: int,
) -> None:
    """Plant trees along a ridge, in groups: pines mostly, round ones between."""
    groups = [rng.uniform(0, canvas.w) for _ in range(3)]
    for _ in range(count):
        x = rng.gauss(rng.choice(groups), canvas.w * 0.09)
        y, s = ridge(x) + size * rng.uniform(0.0, 0.5), size * rng.uniform(0.6, 1.15)
        shade = mix(tint, light.haze, rng.uniform(0, 0.1))
        canvas.rect(x - s * 0.06, y - s * 0.4, x + s * 0.06, y + s * 0.12, darker(shade, 0.35))
        if rng.random() < 0.25:
            leafy = mix(shade, light.accents[0], 0.3)
            canvas.ellipse(x, y - s * 0.95, s * 0.48, s * 0.62, leafy)
            canvas.ellipse(x - s * 0.12, y - s * 1.12, s * 0.26, s * 0.32, lighter(leafy, 0.14))
            continue
        for tier in range(3):
            top, wide = y - s * (2.0 - 0.48 * tier), s * (0.3 + 0.16 * tier)
            canvas.polygon([(x, top), (x - wide, top + s * 0.85), (x + wide, top + s * 0.85)], shade)
            canvas.polygon(
                [(x, top), (x - wide, top + s * 0.85), (x - wide * 0.3, top + s * 0.85)],
                lighter(shade, 0.55 if light.snow else 0.1),
            )


def _boat(canvas: Canvas, x: float, y: float, s: float, light: Light, rng: random.Random) -> None:
    hull, sail = darker(light.accents[0], 0.25), lighter(light.accents[1 % len(light.accents)], 0.65)
    lean = rng.choice((-1, 1))
    canvas.ellipse(x, y + s * 0.2, s * 0.95, s * 0.09, darker(light.near, 0.2), 0.35)
    canvas.polygon(
        [(x - s * 0.8, y), (x + s * 0.8, y), (x + s * 0.5, y + s * 0.24), (x - s * 0.55, y + s * 0.24)], hull
    )
    canvas.line([(x, y), (x, y - s * 1.75)], s * 0.045, darker(hull, 0.3))
    canvas.polygon(
        [(x + lean * s * 0.05, y - s * 1.7), (x + lean * s * 0.05, y - s * 0.12), (x + lean * s * 0.75, y - s * 0.12)],
        sail,
    )
    canvas.polygon(
        [(x - lean * s * 0.05, y - s * 1.4), (x - lean * s * 0.05, y - s * 0.12), (x - lean * s * 0.45, y - s * 0.12)],
        darker(sail, 0.1),
    )
