"""The town: a skyline with lit windows, a street with trees before it.

`scene` calls `skyline`.
"""

from __future__ import annotations

import random

from .canvas import Canvas, Colour, darker, lighter, mix
from .land import sky
from .light import Light

_WARM: Colour = (255, 222, 150)


def skyline(canvas: Canvas, light: Light, rng: random.Random, prompt: str = "") -> None:
    """Paint three rows of houses before the sky, windows lit, a street with trees in front."""
    w, h, unit = canvas.w, canvas.h, min(canvas.w, canvas.h)
    sky(canvas, light, rng, h * 0.5)
    for k in range(3):
        x, colour = -unit * 0.05, mix(light.far, light.near, 0.15 + 0.38 * k)
        while x < w:
            wide, high = unit * rng.uniform(0.07, 0.15), unit * rng.uniform(0.22, 0.5) * (1.15 - 0.22 * k)
            tint = mix(mix(colour, rng.choice(light.accents), 0.12 + 0.1 * k), light.haze, 0.2 * (2 - k) / 2)
            _tower(canvas, light, rng, (x, h * (0.86 + 0.04 * k) - high, wide, high), tint, k)
            x += wide * rng.uniform(0.92, 1.08)
    road = mix(light.near, (70, 70, 84), 0.4)
    canvas.ramp((0, h * 0.92, w, h), road, darker(road, 0.35))
    canvas.ramp((0, h * 0.915, w, h * 0.928), lighter(road, 0.35), lighter(road, 0.2))
    for i in range(round(w / unit * 6) + 1):
        x = (i + 0.5) * unit / 6
        canvas.rect(x, h * 0.962, x + unit * 0.06, h * 0.966, lighter(road, 0.6))
        _tree(canvas, x - unit * 0.04, h * 0.918, unit * 0.05 * rng.uniform(0.85, 1.15), light, rng)


def _tower(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    place: tuple[float, float, float, float],
    tint: Colour,
    row: int,
) -> None:
    x, top, wide, high = place
    canvas.shaded(
        [(x, top), (x + wide, top), (x + wide, canvas.h), (x, canvas.h)], lighter(tint, 0.08), tint, darker(tint, 0.25)
    )
    canvas.rect(x + wide * 0.8, top, x + wide, canvas.h, (14, 12, 30), alpha=0.12)
    crown = rng.random()
    if crown < 0.3:
        canvas.polygon([(x, top), (x + wide / 2, top - wide * 0.45), (x + wide, top)], darker(tint, 0.2))
    elif crown < 0.5:
        canvas.line([(x + wide / 2, top), (x + wide / 2, top - wide * 0.6)], wide * 0.03, darker(tint, 0.2))
    else:
        canvas.rect(x - wide * 0.03, top - wide * 0.05, x + wide * 1.03, top + wide * 0.02, lighter(tint, 0.15))
    across, gap = rng.choice((3, 4)), wide * 0.1
    pane = (wide - gap * 2) / across
    share = 0.62 if light.dark else 0.3
    dim = mix(tint, light.sky[1], 0.35)
    for j in range(int(high / (pane * 1.3))):
        for i in range(across):
            px, py = x + gap + i * pane, top + gap + j * pane * 1.3
            lit = rng.random() < share
            canvas.rect(
                px + pane * 0.18,
                py,
                px + pane * 0.82,
                py + pane * 0.8,
                _WARM if lit else dim,
                alpha=1.0 if row else 0.7,
            )


def _tree(canvas: Canvas, x: float, y: float, s: float, light: Light, rng: random.Random) -> None:
    leaf = mix(mix((76, 128, 84), light.near, 0.35), light.accents[0], 0.12)
    canvas.rect(x - s * 0.08, y - s, x + s * 0.08, y, darker(leaf, 0.5))
    for _ in range(6):
        r = s * rng.uniform(0.4, 0.62)
        canvas.ellipse(
            x + rng.uniform(-0.4, 0.4) * s,
            y - s * rng.uniform(1.1, 1.9),
            r,
            r * 0.9,
            mix(leaf, light.near, rng.uniform(0, 0.3)),
        )
    canvas.ellipse(x - s * 0.2, y - s * 1.8, s * 0.3, s * 0.26, lighter(leaf, 0.2))
