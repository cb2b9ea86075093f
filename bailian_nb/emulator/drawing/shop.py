"""A shop front: windows full of what the prompt sells, an awning, a wooden door, neighbours left and right.

`scene` calls `shop`.
"""

from __future__ import annotations

import random

from .canvas import Canvas, Colour, darker, lighter, mix, named_colours, says
from .land import bloom, sky
from .light import Light

_WALLS: tuple[Colour, ...] = (
    (62, 104, 104),
    (190, 100, 78),
    (74, 92, 130),
    (206, 162, 92),
    (122, 142, 112),
    (168, 92, 104),
    (214, 186, 160),
)
_WARM: Colour = (255, 222, 150)


def shop(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint a shop: windows full of what the prompt sells, a wooden door between them, flowers outside."""
    w, h = canvas.w, canvas.h
    unit = min(w, h * 0.98)
    floor, left = h * 0.9, (w - unit) / 2
    sky(canvas, light, rng, h * 0.5)
    walls = list(_WALLS)
    rng.shuffle(walls)
    named = named_colours(prompt)
    x, side = left - unit * 0.62, 1
    while x > -unit:
        _neighbour(canvas, light, rng, (x, floor, unit * 0.62, unit), walls[side % 6])
        x, side = x - unit * 0.62, side + 1
    x = left + unit
    while x < w:
        _neighbour(canvas, light, rng, (x, floor, unit * 0.62, unit), walls[side % 6])
        x, side = x + unit * 0.62, side + 1
    _pavement(canvas, light, floor, unit)
    _front(canvas, light, rng, prompt, left, floor, unit, walls[6], named[0] if named else light.accents[0])


def _front(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    prompt: str,
    left: float,
    floor: float,
    unit: float,
    wall: Colour,
    accent: Colour,
) -> None:
    u, wall = unit, _lit(wall, light)
    top = floor - u * 1.02 if floor - u * 1.02 > 0.02 * canvas.h else -0.05 * u
    top = min(top, floor - u * 0.86)
    if canvas.h > canvas.w * 1.15:
        top = floor - min(canvas.h * 0.8, u * 1.35)
    canvas.shaded(
        [(left, top), (left + u, top), (left + u, floor), (left, floor)], lighter(wall, 0.08), darker(wall, 0.12)
    )
    _bricks(canvas, rng, left, top, left + u, floor, wall)
    trim = lighter(wall, 0.62)
    canvas.rect(left - u * 0.012, top - u * 0.02, left + u * 1.012, top + u * 0.016, trim)
    canvas.rect(left, top + u * 0.016, left + u, top + u * 0.026, darker(wall, 0.35), alpha=0.5)
    sign = floor - u * 0.66
    y = sign - u * 0.05
    while y - u * 0.24 > top:
        for i in range(3):
            _upper_window(canvas, light, rng, left + u * (0.2 + 0.3 * i), y, u, trim, accent)
        y -= u * 0.34
    wood = mix((112, 66, 42), light.near, 0.3 if light.dark else 0.0)
    canvas.rect(left + u * 0.03, sign + u * 0.12, left + u * 0.97, floor, darker(accent, 0.45))
    _window(canvas, light, rng, prompt, (left + u * 0.07, sign + u * 0.15, left + u * 0.37, floor - u * 0.1), u, accent)
    _window(canvas, light, rng, prompt, (left + u * 0.63, sign + u * 0.15, left + u * 0.93, floor - u * 0.1), u, accent)
    _door(canvas, rng, left + u * 0.5, sign + u * 0.16, floor, u, wood)
    _awning(canvas, left + u * 0.01, left + u * 0.99, sign + u * 0.08, u, accent)
    _sign(canvas, rng, left, sign, u, accent, light)
    for x in (0.045, 0.3, 0.7, 0.955):
        _planter(canvas, rng, left + u * x, floor + u * 0.02, u * 0.055, light)
    for x in (0.4, 0.6):
        _lamp(canvas, left + u * x, sign + u * 0.21, u, light)


def _lit(wall: Colour, light: Light) -> Colour:
    return mix(wall, light.near, 0.55) if light.dark else mix(wall, light.sky[2], 0.12)


def _bricks(canvas: Canvas, rng: random.Random, x0: float, y0: float, x1: float, y1: float, wall: Colour) -> None:
    high = (x1 - x0) * 0.018
    for row in range(int((y1 - y0) / high)):
        for _ in range(5):
            x = rng.uniform(x0, x1 - high * 2.6)
            shade = darker(wall, 0.14) if rng.random() < 0.6 else lighter(wall, 0.1)
            canvas.rect(x, y0 + row * high, x + high * 2.3, y0 + (row + 0.82) * high, shade, alpha=0.45)


def _upper_window(
    canvas: Canvas, light: Light, rng: random.Random, x: float, y: float, u: float, trim: Colour, accent: Colour
) -> None:
    half, high = u * 0.05, u * 0.17
    for side in (-1, 1):
        a, b = sorted((x + side * half * 1.1, x + side * half * 1.95))
        canvas.rect(a, y - high, b, y, darker(accent, 0.25), radius=u * 0.003)
        for i in range(7):
            at = y - high + high * (i + 0.6) / 7.4
            canvas.rect(a + u * 0.005, at, b - u * 0.005, at + u * 0.004, darker(accent, 0.45))
    canvas.rect(x - half * 1.12, y - high * 1.05, x + half * 1.12, y + u * 0.006, trim)
    glass = (_WARM, mix(_WARM, (220, 130, 70), 0.5)) if light.dark or rng.random() < 0.3 else _glass(light)
    canvas.ramp((x - half * 0.94, y - high * 0.98, x + half * 0.94, y), *glass)
    canvas.rect(x - u * 0.003, y - high, x + u * 0.003, y, trim)
    canvas.rect(x - half, y - high * 0.55, x + half, y - high * 0.55 + u * 0.006, trim)
    canvas.rect(x - half * 1.4, y + u * 0.002, x + half * 1.4, y + u * 0.03, (122, 82, 56))
    for _ in range(11):
        bx, by = x + rng.uniform(-1.3, 1.3) * half, y - rng.uniform(-0.004, 0.02) * u
        canvas.ellipse(bx, by, u * 0.013, u * 0.01, mix((70, 120, 76), light.near, 0.2))
    for _ in range(8):
        bx, by = x + rng.uniform(-1.3, 1.3) * half, y - rng.uniform(0.0, 0.03) * u
        bloom(canvas, bx, by, u * rng.uniform(0.008, 0.013), rng.choice(light.accents), rng)


def _glass(light: Light) -> tuple[Colour, Colour]:
    return mix(light.sky[0], (60, 80, 96), 0.35), mix(light.sky[2], (120, 150, 160), 0.35)


def _window(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    prompt: str,
    box: tuple[float, float, float, float],
    u: float,
    accent: Colour,
) -> None:
    x0, y0, x1, y1 = box
    frame = lighter(accent, 0.72)
    canvas.rect(x0 - u * 0.014, y0 - u * 0.014, x1 + u * 0.014, y1 + u * 0.014, frame, radius=u * 0.006)
    canvas.ramp(box, (255, 236, 190), (246, 198, 128), (176, 112, 74))
    canvas.glow((x0 + x1) / 2, y0 + u * 0.05, u * 0.2, (255, 250, 226), 0.7)
    sells_flowers = says(prompt, "flower", "florist", "plant", "花")
    for level in (0.42, 0.72, 1.0):
        y = y0 + (y1 - y0) * level
        canvas.rect(x0, y - u * 0.012, x1, y, (126, 78, 48))
        slots = 4
        for i in range(slots):
            x = x0 + (x1 - x0) * (i + 0.5) / slots + rng.uniform(-0.004, 0.004) * u
            _ware(canvas, rng, x, y - u * 0.012, u, light, sells_flowers)
    for i in range(1, 3):
        x = x0 + (x1 - x0) * i / 3
        canvas.rect(x - u * 0.003, y0, x + u * 0.003, y1, frame)
    canvas.rect(x0, y0 + u * 0.075, x1, y0 + u * 0.081, frame)
    shine = [(x0 + (x1 - x0) * a, y0 if b else y1) for a, b in ((0.18, 1), (0.34, 1), (0.06, 0), (0.0, 0))]
    canvas.polygon(shine, (255, 255, 255), 0.13)
    canvas.rect(x0 - u * 0.02, y1 + u * 0.014, x1 + u * 0.02, y1 + u * 0.032, darker(accent, 0.2), radius=u * 0.004)


def _ware(canvas: Canvas, rng: random.Random, x: float, y: float, u: float, light: Light, sells_flowers: bool) -> None:
    colour = rng.choice(light.accents)
    kind = "flowers" if sells_flowers or rng.random() < 0.25 else rng.choice(("bottle", "box", "bowl"))
    if kind == "flowers":
        pot = rng.choice(((196, 110, 72), (232, 222, 204), (92, 116, 132)))
        for _ in range(9):
            angle = rng.uniform(35, 145)
            canvas.leaf(
                x,
                y - u * 0.026,
                u * rng.uniform(0.02, 0.045),
                u * 0.011,
                angle,
                mix((64, 116, 72), (30, 70, 50), rng.random()),
            )
        for _ in range(7):
            bloom(
                canvas,
                x + rng.uniform(-0.024, 0.024) * u,
                y - u * rng.uniform(0.04, 0.078),
                u * rng.uniform(0.01, 0.016),
                rng.choice((colour, colour, *light.accents)),
                rng,
            )
        canvas.polygon(
            [(x - u * 0.02, y - u * 0.032), (x + u * 0.02, y - u * 0.032), (x + u * 0.015, y), (x - u * 0.015, y)], pot
        )
    elif kind == "bottle":
        canvas.rect(x - u * 0.013, y - u * 0.055, x + u * 0.013, y, colour, radius=u * 0.006)
        canvas.rect(x - u * 0.005, y - u * 0.075, x + u * 0.005, y - u * 0.05, darker(colour, 0.3))
    elif kind == "box":
        canvas.rect(x - u * 0.024, y - u * 0.04, x + u * 0.024, y, colour, radius=u * 0.003)
        canvas.rect(x - u * 0.004, y - u * 0.04, x + u * 0.004, y, lighter(colour, 0.5))
    else:
        canvas.polygon(
            [(x - u * 0.026, y - u * 0.028), (x + u * 0.026, y - u * 0.028), (x + u * 0.014, y), (x - u * 0.014, y)],
            lighter(colour, 0.3),
        )
        canvas.ellipse(x, y - u * 0.034, u * 0.02, u * 0.012, mix(colour, (240, 180, 90), 0.6))


def _door(canvas: Canvas, rng: random.Random, x: float, top: float, floor: float, u: float, wood: Colour) -> None:
    half = u * 0.075
    canvas.rect(x - half * 1.2, top - u * 0.015, x + half * 1.2, floor, darker(wood, 0.45))
    canvas.shaded([(x - half, top), (x + half, top), (x + half, floor), (x - half, floor)], lighter(wood, 0.12), wood)
    canvas.ramp((x - half * 0.72, top + u * 0.03, x + half * 0.72, top + u * 0.22), (255, 232, 178), (226, 164, 98))
    canvas.rect(x - u * 0.003, top + u * 0.03, x + u * 0.003, top + u * 0.22, wood)
    canvas.rect(x - half * 0.72, top + u * 0.122, x + half * 0.72, top + u * 0.128, wood)
    for side in (-1, 1):
        a, b = sorted((x + side * half * 0.1, x + side * half * 0.72))
        canvas.rect(a, top + u * 0.26, b, floor - u * 0.03, darker(wood, 0.25), radius=u * 0.004)
        canvas.rect(
            a + u * 0.006, top + u * 0.267, b - u * 0.006, floor - u * 0.037, lighter(wood, 0.06), radius=u * 0.003
        )
    canvas.ellipse(x + half * 0.84, top + u * 0.25, u * 0.008, u * 0.008, (240, 204, 116))
    for i in range(22):
        angle = i / 22 * 360
        canvas.leaf(x, top + u * 0.11, u * 0.034, u * 0.014, angle, mix((60, 116, 74), (34, 76, 54), rng.random()))
    canvas.ellipse(x, top + u * 0.11, u * 0.017, u * 0.017, (226, 164, 98))
    canvas.rect(x - half * 1.4, floor - u * 0.012, x + half * 1.4, floor + u * 0.014, (196, 186, 172))


def _awning(canvas: Canvas, x0: float, x1: float, y: float, u: float, accent: Colour) -> None:
    stripes, drop = 15, u * 0.085
    wide = (x1 - x0) / stripes
    canvas.rect(x0, y + drop, x1, y + drop * 1.75, (20, 14, 24), alpha=0.28)
    for i in range(stripes):
        tint = accent if i % 2 == 0 else (250, 244, 232)
        a, b = x0 + i * wide, x0 + (i + 1) * wide
        pull = (i - stripes / 2) * u * 0.0016
        canvas.shaded(
            [(a - pull, y), (b - pull, y), (b, y + drop), (a, y + drop)], darker(tint, 0.08), lighter(tint, 0.08)
        )
        canvas.ellipse((a + b) / 2, y + drop, wide / 2, u * 0.02, darker(tint, 0.12))


def _sign(canvas: Canvas, rng: random.Random, left: float, y: float, u: float, accent: Colour, light: Light) -> None:
    board = darker(accent, 0.55)
    canvas.rect(left + u * 0.04, y - u * 0.015, left + u * 0.96, y + u * 0.078, board, radius=u * 0.008)
    canvas.rect(left + u * 0.05, y - u * 0.007, left + u * 0.95, y + u * 0.07, (222, 184, 104), radius=u * 0.006)
    canvas.rect(left + u * 0.053, y - u * 0.004, left + u * 0.947, y + u * 0.067, board, radius=u * 0.006)
    for i in range(11):
        x, lift = left + u * (0.2 + 0.06 * i), u * (0.006 if i % 2 else -0.006)
        for angle in (20, 160, 200, 340):
            canvas.leaf(x, y + u * 0.032 + lift, u * 0.03, u * 0.011, angle, (196, 164, 98))
        bloom(
            canvas, x, y + u * 0.032 + lift, u * (0.021 if i % 2 else 0.015), light.accents[i % len(light.accents)], rng
        )


def _planter(canvas: Canvas, rng: random.Random, x: float, floor: float, s: float, light: Light) -> None:
    canvas.ellipse(x, floor + s * 0.04, s * 1.1, s * 0.16, (20, 14, 24), 0.3)
    for _ in range(26):
        canvas.leaf(
            x,
            floor - s * 0.9,
            s * rng.uniform(0.6, 1.5),
            s * 0.3,
            rng.uniform(15, 165),
            mix((58, 112, 70), (28, 66, 48), rng.random()),
        )
    for _ in range(12):
        at = (x + rng.uniform(-1.0, 1.0) * s, floor - s * rng.uniform(1.2, 2.3))
        bloom(canvas, *at, s * rng.uniform(0.18, 0.32), rng.choice(light.accents), rng)
    pot = rng.choice(((188, 104, 70), (214, 204, 190), (84, 104, 116)))
    canvas.shaded(
        [(x - s * 0.72, floor - s), (x + s * 0.72, floor - s), (x + s * 0.5, floor), (x - s * 0.5, floor)],
        lighter(pot, 0.12),
        darker(pot, 0.22),
    )
    canvas.rect(x - s * 0.8, floor - s * 1.08, x + s * 0.8, floor - s * 0.86, lighter(pot, 0.16), radius=s * 0.05)


def _lamp(canvas: Canvas, x: float, y: float, u: float, light: Light) -> None:
    canvas.glow(x, y, u * (0.16 if light.dark else 0.09), _WARM, 0.75)
    canvas.rect(x - u * 0.009, y - u * 0.02, x + u * 0.009, y + u * 0.014, (255, 240, 196), radius=u * 0.004)
    canvas.polygon([(x - u * 0.014, y - u * 0.018), (x + u * 0.014, y - u * 0.018), (x, y - u * 0.036)], (44, 38, 44))
    canvas.rect(x - u * 0.01, y + u * 0.012, x + u * 0.01, y + u * 0.018, (44, 38, 44))


def _pavement(canvas: Canvas, light: Light, floor: float, u: float) -> None:
    stone = mix((204, 194, 182), light.near, 0.5 if light.dark else 0.08)
    canvas.ramp((0, floor, canvas.w, canvas.h), darker(stone, 0.12), lighter(stone, 0.1), darker(stone, 0.15))
    middle = canvas.w / 2
    for i in range(-24, 25):
        x = middle + i * u * 0.1
        canvas.line([(x, floor), (middle + (x - middle) * 1.6, canvas.h)], u * 0.0016, darker(stone, 0.22))
    for t in (0.3, 0.68):
        y = floor + (canvas.h - floor) * t
        canvas.line([(0, y), (canvas.w, y)], u * 0.0016, darker(stone, 0.22))
    canvas.rect(0, floor, canvas.w, floor + u * 0.012, (20, 14, 24), alpha=0.25)


def _neighbour(
    canvas: Canvas, light: Light, rng: random.Random, place: tuple[float, float, float, float], wall: Colour
) -> None:
    x, floor, wide, u = place
    wall = mix(_lit(wall, light), light.haze, 0.15)
    top = floor - u * rng.uniform(0.72, 0.98)
    canvas.shaded([(x, top), (x + wide, top), (x + wide, floor), (x, floor)], lighter(wall, 0.1), darker(wall, 0.1))
    _bricks(canvas, rng, x, top, x + wide, floor, wall)
    canvas.rect(x - u * 0.006, top - u * 0.016, x + wide + u * 0.006, top + u * 0.012, lighter(wall, 0.55))
    rows = max(1, int((floor - top) / (u * 0.3)))
    for row in range(rows):
        for i in range(2):
            at = (x + wide * (0.28 + 0.44 * i), floor - u * 0.12 - row * u * 0.3)
            _upper_window(canvas, light, rng, *at, u, lighter(wall, 0.6), rng.choice(light.accents))
