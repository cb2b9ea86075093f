"""What stands in a room: a cat, a fox, a rabbit or a bear that looks at you, in the colours and with the things of the
prompt; or an easel, where no scene is known for the prompt.

`scene` calls both; `edit` and `mask` borrow `sunglasses` and `hat`.
"""

from __future__ import annotations

import random

from .canvas import Canvas, Colour, darker, lighter, mix, named_colours, says
from .land import flower
from .light import Light

GLASSES = ("sunglasses", "glasses", "墨镜", "眼镜", "太阳镜")
HAT = ("hat", "cap", "帽")

_FURS: tuple[Colour, ...] = ((226, 150, 84), (148, 152, 162), (92, 84, 88), (238, 218, 188), (176, 128, 92))
_FOX: Colour = (216, 112, 54)
_GLAZE: Colour = (52, 92, 166)


def animal(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint one animal in the middle of a room."""
    w, h = canvas.w, canvas.h
    unit = min(w, h)
    ceramic = says(prompt, "ceramic", "porcelain", "陶瓷", "瓷")
    colours = named_colours(prompt)
    fox = says(prompt, "fox", "狐")
    fur = (244, 242, 236) if ceramic else colours[0] if colours else _FOX if fox else rng.choice(_FURS)
    back = mix(rng.choice(light.accents[len(colours) :]), light.sky[0] if ceramic else light.sky[1], 0.5)
    _room(canvas, light, rng, back, unit)
    rabbit, bear = says(prompt, "rabbit", "bunny", "兔"), says(prompt, "bear", "panda", "熊")
    x, floor, s = w * 0.5 + rng.uniform(-0.04, 0.04) * unit, h * 0.9, unit * (0.265 if rabbit else 0.3)
    shade = darker(fur, 0.16)
    canvas.ellipse(x, floor, s * 1.05, s * 0.13, (20, 14, 24), 0.3)
    if not rabbit and not bear:
        _tail(canvas, x, floor, s, shade, bushy=fox)
    canvas.ellipse(x, floor - s * 0.62, s * 0.66, s * 0.74, fur)
    canvas.ellipse(x, floor - s * 0.5, s * 0.4, s * 0.52, lighter(fur, 0.4))
    for side in (-1, 1):
        canvas.ellipse(x + side * s * 0.46, floor - s * 0.12, s * 0.3, s * 0.17, shade)
        canvas.ellipse(x + side * s * 0.2, floor - s * 0.18, s * 0.13, s * 0.2, fur)
        canvas.ellipse(x + side * s * 0.2, floor - s * 0.05, s * 0.16, s * 0.09, lighter(fur, 0.3))
    head = floor - s * 1.55
    _ears(canvas, x, head, s, fur, rabbit=rabbit, bear=bear)
    canvas.ellipse(x, head, s * 0.66, s * 0.54, fur)
    if ceramic:
        _glaze(canvas, rng, x, floor, head, s)
    elif not rabbit and not bear and not fox:
        for dx in (-0.13, 0.0, 0.13):
            canvas.leaf(x + dx * s, head - s * 0.28, s * 0.22, s * 0.07, 90, shade)
    _face(canvas, x, head, s, fur, rng, rabbit=rabbit)
    if says(prompt, *GLASSES):
        sunglasses(canvas, x, head - s * 0.04, s * 0.6)
    if says(prompt, *HAT):
        hat(canvas, x, head - s * 0.42, s * 0.62, light.accents[0])
    if says(prompt, "flower", "rose", "花"):
        petal = _GLAZE if ceramic else light.accents[0]
        flower(
            canvas, x + s * 0.12, floor - s * 0.85, s * 0.22, petal, rng, ground=floor - s * 0.16, green=(74, 128, 84)
        )
        for paw in (-0.02, 0.22):
            canvas.ellipse(x + paw * s, floor - s * 0.3, s * 0.1, s * 0.12, lighter(fur, 0.22))


def easel(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint an easel in a room, on it a picture of shapes: nobody here can draw what the prompt asks for."""
    w, h = canvas.w, canvas.h
    unit = min(w, h)
    colours = [*named_colours(prompt), *light.accents]
    _room(canvas, light, rng, mix(colours[0], light.sky[1], 0.6), unit)
    x, floor, half, top = w * 0.5, h * 0.92, unit * 0.27, h * 0.9 - unit * 0.74
    wood: Colour = (150, 102, 66)
    canvas.ellipse(x, floor, unit * 0.3, unit * 0.03, (20, 14, 24), 0.25)
    for foot in (-0.26, 0.0, 0.26):
        canvas.line([(x + foot * unit * 0.25, top - unit * 0.06), (x + foot * unit, floor)], unit * 0.022, wood)
    low = top + half * 2
    canvas.rect(x - half * 1.1, low, x + half * 1.1, low + unit * 0.03, darker(wood, 0.15), radius=unit * 0.01)
    canvas.rect(x - half - unit * 0.012, top - unit * 0.012, x + half + unit * 0.012, low, darker(wood, 0.35))
    canvas.ramp((x - half, top, x + half, low - unit * 0.012), (250, 246, 236), (238, 230, 214))
    for k in range(5):
        tint, size = colours[k % len(colours)], half * rng.uniform(0.2, 0.42)
        at = (x + rng.uniform(-0.5, 0.5) * half, top + half + rng.uniform(-0.5, 0.5) * half)
        if k % 2:
            canvas.rect(at[0] - size, at[1] - size * 0.6, at[0] + size, at[1] + size * 0.6, tint, radius=size * 0.3)
        else:
            canvas.ellipse(*at, size, size, tint, 0.85)


def sunglasses(canvas: Canvas, x: float, y: float, half: float) -> None:
    """Paint sunglasses `half` wide to each side of (x, y)."""
    frame = (24, 22, 30)
    canvas.line([(x - half * 1.05, y - half * 0.12), (x + half * 1.05, y - half * 0.12)], half * 0.08, frame)
    for side in (-1, 1):
        cx = x + side * half * 0.5
        canvas.rect(cx - half * 0.4, y - half * 0.24, cx + half * 0.4, y + half * 0.3, frame, radius=half * 0.2)
        canvas.ramp((cx - half * 0.3, y - half * 0.14, cx + half * 0.3, y + half * 0.12), (58, 66, 92), (34, 36, 54))
        canvas.leaf(cx - half * 0.24, y + half * 0.08, half * 0.3, half * 0.08, 35, (150, 164, 196))


def hat(canvas: Canvas, x: float, y: float, half: float, colour: Colour) -> None:
    """Paint a hat with a brim `half` wide to each side of (x, y)."""
    canvas.ellipse(x, y, half * 1.15, half * 0.2, darker(colour, 0.25))
    canvas.rect(x - half * 0.66, y - half * 0.85, x + half * 0.66, y + half * 0.04, colour, radius=half * 0.26)
    canvas.rect(x - half * 0.67, y - half * 0.24, x + half * 0.67, y + half * 0.02, darker(colour, 0.45))
    canvas.rect(
        x - half * 0.5, y - half * 0.74, x - half * 0.36, y - half * 0.3, lighter(colour, 0.3), radius=half * 0.06
    )


def _room(canvas: Canvas, light: Light, rng: random.Random, back: Colour, unit: float) -> None:
    w, h = canvas.w, canvas.h
    canvas.ramp((0, 0, w, h), lighter(back, 0.35), lighter(back, 0.12))
    canvas.ellipse(w / 2, h * 0.5, unit * 0.42, unit * 0.42, lighter(back, 0.5), 0.6)
    canvas.glow(w * 0.3, h * 0.15, unit * 0.7, (255, 250, 232), 0.5)
    wood = mix((196, 142, 98), light.near, 0.4 if light.dark else 0.0)
    canvas.ramp((0, h * 0.8, w, h), wood, darker(wood, 0.25))
    for i in range(-9, 10):
        canvas.line([(w / 2 + i * w * 0.11, h * 0.8), (w / 2 + i * w * 0.2, h)], unit * 0.0018, darker(wood, 0.2))
    canvas.ellipse(w / 2, h * 0.905, unit * 0.46, unit * 0.07, mix(light.accents[0], light.accents[-1], 0.5))
    canvas.ellipse(w / 2, h * 0.905, unit * 0.4, unit * 0.055, lighter(light.accents[0], 0.45))
    for side in (-1, 1):
        x, foot = w / 2 + side * min(w * 0.4, unit * 0.62), h * 0.83
        for _ in range(11):
            green = mix((70, 128, 84), (34, 76, 60), rng.random())
            canvas.leaf(
                x, foot - unit * 0.07, unit * rng.uniform(0.12, 0.26), unit * 0.045, rng.uniform(35, 145), green
            )
        pot = rng.choice(((206, 122, 82), (240, 232, 218), (96, 122, 138)))
        shape = [
            (x - unit * 0.06, foot - unit * 0.09),
            (x + unit * 0.06, foot - unit * 0.09),
            (x + unit * 0.045, foot),
            (x - unit * 0.045, foot),
        ]
        canvas.shaded(shape, lighter(pot, 0.15), darker(pot, 0.15))


def _tail(canvas: Canvas, x: float, floor: float, s: float, shade: Colour, *, bushy: bool) -> None:
    points = [(0.5, -0.12), (0.8, -0.14), (0.98, -0.36), (0.96, -0.66), (0.86, -0.84)]
    canvas.line([(x + px * s, floor + py * s) for px, py in points], s * (0.34 if bushy else 0.17), shade)
    if bushy:
        canvas.ellipse(x + s * 0.86, floor - s * 0.86, s * 0.17, s * 0.16, (246, 238, 226))


def _ears(canvas: Canvas, x: float, head: float, s: float, fur: Colour, *, rabbit: bool, bear: bool) -> None:
    inner = mix(fur, (236, 150, 150), 0.55)
    for side in (-1, 1):
        if rabbit:
            canvas.leaf(x + side * s * 0.2, head - s * 0.3, s * 1.15, s * 0.34, 90 - side * 11, fur)
            canvas.leaf(x + side * s * 0.22, head - s * 0.36, s * 0.92, s * 0.17, 90 - side * 11, inner)
        elif bear:
            canvas.ellipse(x + side * s * 0.48, head - s * 0.42, s * 0.2, s * 0.2, fur)
            canvas.ellipse(x + side * s * 0.48, head - s * 0.42, s * 0.11, s * 0.11, inner)
        else:
            for size, tint in ((1.0, fur), (0.6, inner)):
                tip = (x + side * s * (0.56 + 0.02 * size), head - s * (0.5 + 0.34 * size))
                feet = [
                    (x + side * s * (0.42 - 0.26 * size), head - s * 0.4),
                    (x + side * s * (0.42 + 0.22 * size), head - s * 0.1),
                ]
                canvas.polygon([tip, *feet], tint)


def _face(canvas: Canvas, x: float, head: float, s: float, fur: Colour, rng: random.Random, *, rabbit: bool) -> None:
    iris = rng.choice(((96, 160, 96), (214, 158, 60), (84, 140, 190))) if not rabbit else (92, 60, 56)
    ink = darker(fur, 0.75)
    for side in (-1, 1):
        ex = x + side * s * 0.27
        canvas.ellipse(ex, head - s * 0.04, s * 0.125, s * 0.135, ink)
        canvas.ellipse(ex, head - s * 0.04, s * 0.105, s * 0.115, iris)
        canvas.ellipse(ex, head - s * 0.04, s * (0.05 if not rabbit else 0.07), s * 0.1, (18, 16, 22))
        canvas.ellipse(ex + s * 0.035, head - s * 0.085, s * 0.035, s * 0.035, (255, 255, 255))
        canvas.ellipse(x + side * s * 0.4, head + s * 0.17, s * 0.1, s * 0.06, (240, 140, 130), 0.4)
        canvas.ellipse(x + side * s * 0.1, head + s * 0.2, s * 0.14, s * 0.1, lighter(fur, 0.45))
        for i in range(3):
            y = head + s * (0.16 + 0.045 * i)
            canvas.line(
                [(x + side * s * 0.26, y), (x + side * s * 0.78, y + s * (i - 1.4) * 0.07)],
                s * 0.011,
                mix(ink, (255, 255, 255), 0.45),
            )
    canvas.polygon(
        [(x - s * 0.07, head + s * 0.09), (x + s * 0.07, head + s * 0.09), (x, head + s * 0.16)], (214, 118, 120)
    )
    canvas.line([(x, head + s * 0.15), (x, head + s * 0.21)], s * 0.018, ink)
    for side in (-1, 1):
        canvas.line(
            [(x, head + s * 0.21), (x + side * s * 0.06, head + s * 0.25), (x + side * s * 0.12, head + s * 0.22)],
            s * 0.018,
            ink,
        )


def _glaze(canvas: Canvas, rng: random.Random, x: float, floor: float, head: float, s: float) -> None:
    """Paint blue flowers and a shine, as on porcelain."""
    for dx, dy, size in ((-0.42, -0.84, 0.12), (0.47, -0.55, 0.09), (-0.3, -0.45, 0.09)):
        for i in range(6):
            canvas.leaf(x + dx * s, floor + dy * s, s * size, s * size * 0.6, i * 60 + rng.uniform(-8, 8), _GLAZE)
        canvas.ellipse(x + dx * s, floor + dy * s, s * size * 0.22, s * size * 0.22, (240, 240, 236))
    for i in range(7):
        canvas.leaf(x, head - s * 0.3, s * 0.13, s * 0.06, 30 + i * 20, _GLAZE)
    canvas.ellipse(x - s * 0.36, head - s * 0.22, s * 0.12, s * 0.07, (255, 255, 255), 0.7)
    canvas.ellipse(x - s * 0.42, floor - s * 0.95, s * 0.06, s * 0.2, (255, 255, 255), 0.6)
