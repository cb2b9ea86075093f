"""Edits by instruction: a thing is added where the prompt names one, and colours go where it points.

`painters` calls `instruct` for `description_edit`; nothing here knows what the picture shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from .canvas import NAMED, Canvas, Colour, darker, dice, lighter, mix, named_colours, says
from .figures import GLASSES, HAT, hat, sunglasses
from .land import flower
from .light import DAY

Addition = Callable[[Canvas, random.Random, Colour], None]


def instruct(image: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Return `image` changed as the prompt says, at full strength."""
    rng = dice("edit", prompt, seed)
    named = named_colours(prompt)
    colour = named[0] if named else rng.choice(NAMED[:7])[2]
    if says(prompt, "night", "夜"):
        return _night(image, rng)
    added = [addition for addition, words in _ADDITIONS if says(prompt, *words)]
    changed = image if added and not named else _recoloured(image, colour, rng)
    for addition in added:
        changed = _with(changed, addition, rng, colour)
    return changed


def _recoloured(image: Image.Image, colour: Colour, rng: random.Random) -> Image.Image:
    """Turn the colours of the picture's middle towards `colour`, keeping light and shade."""
    grey = ImageOps.grayscale(image)
    tinted = ImageOps.colorize(grey, darker(colour, 0.8), lighter(colour, 0.82), mix(colour, lighter(colour, 0.2), 0.4))
    tinted = Image.blend(tinted, ImageChops.overlay(image, Image.new("RGB", image.size, colour)), 0.35)
    width, height = image.size
    round_light = Image.radial_gradient("L").resize((round(width * 1.5), round(height * 1.5)))
    x = round(width * (0.25 + rng.uniform(-0.1, 0.1)))
    y = round(height * (0.25 + rng.uniform(-0.1, 0.1)))
    area = round_light.crop((x, y, x + width, y + height)).point([max(60, 255 - v * 5 // 4) for v in range(256)])
    return Image.composite(tinted, image, area)


def _night(image: Image.Image, rng: random.Random) -> Image.Image:
    blue = Image.new("RGB", image.size, (44, 60, 128))
    dark = ImageEnhance.Brightness(ImageChops.multiply(image, blue)).enhance(1.25)
    glints = ImageOps.grayscale(image).point([max(0, v - 205) * 4 for v in range(256)])
    dark.paste((255, 226, 160), (0, 0), glints.filter(ImageFilter.GaussianBlur(max(image.size) / 400)))

    def stars(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
        unit = min(canvas.w, canvas.h)
        canvas.glow(canvas.w * 0.8, canvas.h * 0.16, unit * 0.25, (240, 236, 214), 0.5)
        canvas.ellipse(canvas.w * 0.8, canvas.h * 0.16, unit * 0.05, unit * 0.05, (252, 246, 220))
        for _ in range(70):
            r = unit * rng.choice((0.001, 0.0015, 0.0025))
            canvas.ellipse(rng.uniform(0, canvas.w), rng.uniform(0, 0.4) * canvas.h, r, r, (250, 250, 255))

    return _with(dark, stars, rng, (255, 255, 255))


def _snow(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    unit = min(canvas.w, canvas.h)
    for _ in range(260):
        r = unit * rng.uniform(0.002, 0.009)
        canvas.ellipse(
            rng.uniform(0, canvas.w), rng.uniform(0, canvas.h), r, r, (255, 255, 255), rng.uniform(0.6, 0.95)
        )


def _rain(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    unit = min(canvas.w, canvas.h)
    canvas.rect(0, 0, canvas.w, canvas.h, (50, 66, 92), alpha=0.35)
    for _ in range(220):
        x, y, s = rng.uniform(0, canvas.w), rng.uniform(0, canvas.h), unit * rng.uniform(0.02, 0.05)
        canvas.line([(x, y), (x - s * 0.25, y + s)], unit * 0.0018, (206, 220, 236))


def _balloons(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    unit = min(canvas.w, canvas.h)
    for _ in range(6):
        x, y, r = rng.uniform(0.08, 0.92) * canvas.w, rng.uniform(0.08, 0.4) * canvas.h, unit * rng.uniform(0.04, 0.07)
        tint = rng.choice((colour, *DAY.accents))
        string = [(x, y + r), (x + r * 0.2, y + r * 2), (x - r * 0.1, y + r * 3)]
        canvas.line(string, unit * 0.002, (240, 240, 236))
        canvas.ellipse(x, y, r, r * 1.18, tint)
        canvas.polygon(
            [(x, y + r * 1.1), (x - r * 0.14, y + r * 1.35), (x + r * 0.14, y + r * 1.35)], darker(tint, 0.2)
        )
        canvas.ellipse(x - r * 0.35, y - r * 0.45, r * 0.16, r * 0.26, lighter(tint, 0.65))


def _flowers(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    unit, count = min(canvas.w, canvas.h), round(11 * max(1.0, canvas.w / canvas.h))
    for i in range(count):
        x, y = (i + rng.uniform(0.1, 0.9)) / count * canvas.w, canvas.h * rng.uniform(0.76, 0.92)
        tint = rng.choice((colour, colour, *DAY.accents))
        flower(canvas, x, y, unit * rng.uniform(0.03, 0.055), tint, rng, ground=canvas.h * 1.02, green=(74, 130, 84))


def _sticker(canvas: Canvas, place: int, colour: Colour) -> tuple[float, float, float]:
    """Paint a round sticker in the upper right and return its middle and radius.

    Nothing here knows where a face is: what is worn lies on a sticker, and not beside the eyes.
    """
    r = min(canvas.w, canvas.h) * 0.17
    x, y = canvas.w - r * 1.25, r * (1.25 + 2.2 * place)
    canvas.ellipse(x + r * 0.04, y + r * 0.07, r * 1.05, r * 1.05, (20, 20, 26), 0.35)
    canvas.ellipse(x, y, r, r, (255, 255, 255))
    canvas.ellipse(x, y, r * 0.9, r * 0.9, lighter(colour, 0.45))
    return x, y, r


def _sunglasses(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    x, y, r = _sticker(canvas, 0, colour)
    sunglasses(canvas, x, y, r * 0.72)


def _hat(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    x, y, r = _sticker(canvas, 1, lighter(colour, 0.6))
    hat(canvas, x, y + r * 0.3, r * 0.6, colour)


_ADDITIONS: tuple[tuple[Addition, tuple[str, ...]], ...] = (
    (_snow, ("snow", "winter", "雪", "冬")),
    (_rain, ("rain", "rainy", "雨")),
    (_balloons, ("balloon", "气球")),
    (_flowers, ("flower", "花")),
    (_sunglasses, GLASSES),
    (_hat, HAT),
)


def _with(image: Image.Image, addition: Addition, rng: random.Random, colour: Colour) -> Image.Image:
    canvas = Canvas(image.size, over=image)
    addition(canvas, rng, colour)
    return canvas.finish(rng, amount=0)
