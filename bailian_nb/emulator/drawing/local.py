"""One thing in the picture in another material: ice, cloud, lantern, wood, porcelain, fluff, yarn or balloon.

`painters` calls `restyle` for `stylization_local`. What the picture shows is not known: the thing is what stands in the
middle.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .canvas import Canvas, Colour, darker, dice, grain, lighter, mix, says

_WORKING_SIDE = 1200
Style = Callable[[Image.Image, random.Random], Image.Image]


def restyle(image: Image.Image, prompt: str, seed: int) -> tuple[Image.Image, Image.Image]:
    """Return `image` with its middle in the style that the prompt names, and the area that surely changed (255)."""
    rng = dice("local", prompt, seed)
    style = next((style for style, words in _STYLES if says(prompt, *words)), _wood)
    small = image.copy()
    small.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    styled = style(small, rng).resize(image.size, Image.Resampling.BICUBIC)
    width, height = image.size
    shape = Image.new("L", small.size)
    w, h = small.size
    x, y = w * (0.5 + rng.uniform(-0.03, 0.03)), h * (0.53 + rng.uniform(-0.03, 0.03))
    rx, ry = w * rng.uniform(0.3, 0.34), h * rng.uniform(0.33, 0.37)
    ImageDraw.Draw(shape).rounded_rectangle((x - rx, y - ry, x + rx, y + ry), min(rx, ry) * 0.75, fill=255)
    soft = shape.resize(image.size).filter(ImageFilter.GaussianBlur(max(width, height) / 110))
    return Image.composite(styled, image, soft), soft.point([255 if v > 250 else 0 for v in range(256)])


def _relief(image: Image.Image) -> Image.Image:
    """Return the picture's forms as light and shade around 128."""
    unit = max(image.size) / 640
    return ImageOps.grayscale(image).filter(ImageFilter.GaussianBlur(1.2 * unit)).filter(ImageFilter.EMBOSS)


def _lit(image: Image.Image, shade: Image.Image, amount: float = 1.0) -> Image.Image:
    level = shade.point([round(128 + (v - 128) * amount) for v in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (level,) * 3), 1.0, -128)


def _toned(image: Image.Image, dark: Colour, middle: Colour, light: Colour) -> Image.Image:
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=2)
    return ImageOps.colorize(grey, dark, light, middle)


def _ice(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=_toned(image, (38, 92, 148), (150, 206, 236), (240, 252, 255)))
    unit = min(canvas.w, canvas.h)
    for _ in range(70):
        x, y, s = rng.uniform(0, canvas.w), rng.uniform(0, canvas.h), unit * rng.uniform(0.05, 0.16)
        points = [(x + rng.uniform(-s, s), y + rng.uniform(-s, s)) for _ in range(3)]
        canvas.polygon(points, (255, 255, 255) if rng.random() < 0.6 else (120, 190, 230), rng.uniform(0.1, 0.28))
        canvas.line(points[:2], unit * 0.002, (244, 252, 255))
    return _lit(canvas.finish(rng, amount=0), _relief(image), 1.2)


def _cloud(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=_toned(image, (120, 168, 214), (188, 216, 238), (246, 250, 255)))
    unit = min(canvas.w, canvas.h)
    for _ in range(26):
        x, y = rng.uniform(0, canvas.w), rng.uniform(0, canvas.h)
        puffs = [
            (x + rng.gauss(0, unit * 0.06), y + rng.gauss(0, unit * 0.025), unit * 0.06, unit * 0.045) for _ in range(7)
        ]
        canvas.puffs(puffs, (255, 255, 255), 0.5)
    return canvas.finish(rng, amount=0).filter(ImageFilter.GaussianBlur(unit / 160))


def _lantern(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=_toned(image, (96, 10, 14), (206, 34, 30), (255, 176, 96)))
    unit = min(canvas.w, canvas.h)
    for i in range(15):
        x = canvas.w * (i + 0.5) / 15
        canvas.line([(x, 0), (x + (canvas.w / 2 - x) * 0.12, canvas.h)], unit * 0.006, (120, 14, 18))
    for level in (0.16, 0.9):
        canvas.rect(0, canvas.h * level, canvas.w, canvas.h * (level + 0.035), (232, 184, 76))
    canvas.glow(canvas.w / 2, canvas.h / 2, unit * 0.45, (255, 214, 120), 0.55)
    return _lit(canvas.finish(rng, amount=0), _relief(image), 0.7)


def _wood(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=_toned(image, (62, 34, 18), (156, 98, 54), (232, 188, 132)))
    unit, high = min(canvas.w, canvas.h), canvas.h / 9
    for plank in range(9):
        y = plank * high
        canvas.rect(0, y, canvas.w, y + high, rng.choice(((150, 96, 54), (176, 118, 70), (128, 78, 44))), alpha=0.35)
        for _ in range(9):
            at, start = y + rng.uniform(0.1, 0.9) * high, rng.uniform(-0.1, 0.8) * canvas.w
            bend = [(start + canvas.w * 0.1 * i, at + rng.uniform(-0.05, 0.05) * high) for i in range(5)]
            canvas.line(bend, unit * 0.0022, (104, 62, 34))
        canvas.line([(0, y), (canvas.w, y)], unit * 0.006, (58, 32, 18))
    return _lit(canvas.finish(rng, amount=3), _relief(image), 0.9)


def _porcelain(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=_toned(image, (52, 88, 160), (222, 230, 238), (255, 255, 252)))
    unit = min(canvas.w, canvas.h)
    for _ in range(24):
        x, y, s = rng.uniform(0, canvas.w), rng.uniform(0, canvas.h), unit * rng.uniform(0.025, 0.055)
        blue = mix((40, 78, 160), (96, 136, 204), rng.random())
        for petal in range(6):
            canvas.leaf(x, y, s, s * 0.55, petal * 60 + rng.uniform(-9, 9), blue)
        canvas.line([(x, y), (x + s * rng.uniform(-2, 2), y + s * 2)], unit * 0.003, blue)
        canvas.ellipse(x, y, s * 0.2, s * 0.2, (244, 246, 248))
    canvas.ellipse(canvas.w * 0.38, canvas.h * 0.34, unit * 0.03, unit * 0.1, (255, 255, 255), 0.7)
    return _lit(canvas.finish(rng, amount=0), _relief(image), 0.8)


def _strokes(image: Image.Image, rng: random.Random, count: int, length: float, width: float) -> Image.Image:
    """Paint over the picture with short strokes of its own colours."""
    canvas = Canvas(image.size, over=image.filter(ImageFilter.GaussianBlur(3)))
    unit = min(canvas.w, canvas.h)
    for _ in range(count):
        x, y = rng.randrange(image.width), rng.randrange(image.height)
        red, green, blue = image.getpixel((x, y))  # type: ignore[misc]  # mode RGB
        colour = (
            lighter((red, green, blue), rng.uniform(0, 0.35)) if rng.random() < 0.6 else darker((red, green, blue), 0.2)
        )
        canvas.leaf(x, y, unit * length * rng.uniform(0.7, 1.3), unit * width, rng.uniform(200, 340), colour)
    return canvas.finish(rng, amount=0)


def _fluffy(image: Image.Image, rng: random.Random) -> Image.Image:
    return _strokes(ImageEnhance.Color(image).enhance(1.2), rng, 5200, 0.055, 0.006)


def _yarn(image: Image.Image, rng: random.Random) -> Image.Image:
    canvas = Canvas(image.size, over=ImageEnhance.Brightness(image).enhance(0.6))
    columns = 34
    wide = canvas.w / columns
    rows = max(1, round(canvas.h / (wide * 0.8)))
    high = canvas.h / rows
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * wide, (row + 0.15) * high
            at = (min(image.width - 1, int(x)), min(image.height - 1, int(y + high / 2)))
            red, green, blue = image.getpixel(at)  # type: ignore[misc]  # mode RGB
            colour = lighter((red, green, blue), rng.uniform(0.05, 0.25))
            for side in (-1, 1):
                canvas.leaf(x, y + high, wide * 0.95, wide * 0.46, 90 - side * 38, colour)
                canvas.leaf(x, y + high, wide * 0.8, wide * 0.16, 90 - side * 38, lighter(colour, 0.3))
    return canvas.finish(rng, amount=4)


def _balloon(image: Image.Image, rng: random.Random) -> Image.Image:
    unit = max(image.size)
    smooth = image.filter(ImageFilter.GaussianBlur(unit / 45)).quantize(9, method=Image.Quantize.MAXCOVERAGE)
    flat = smooth.convert("RGB").filter(ImageFilter.GaussianBlur(unit / 110))
    canvas = Canvas(image.size, over=ImageEnhance.Color(flat).enhance(2.0))
    for _ in range(9):
        x, y = rng.uniform(0.2, 0.8) * canvas.w, rng.uniform(0.2, 0.8) * canvas.h
        canvas.glow(x, y, unit * rng.uniform(0.05, 0.12), (255, 255, 255), 0.55)
        canvas.ellipse(x - unit * 0.012, y - unit * 0.015, unit * 0.009, unit * 0.014, (255, 255, 255), 0.85)
    noise = grain(image.size, rng, 4)
    return _lit(canvas.finish(rng, amount=0), ImageChops.add(_relief(flat), noise, 1.0, -128), 2.0)


_STYLES: tuple[tuple[Style, tuple[str, ...]], ...] = (
    (_ice, ("ice", "ice sculpture", "冰雕", "冰")),
    (_cloud, ("cloud", "云朵", "云")),
    (_lantern, ("lantern", "花灯", "灯笼")),
    (_porcelain, ("porcelain", "青花瓷", "瓷")),
    (_fluffy, ("fluffy", "plush", "毛茸茸", "毛绒")),
    (_yarn, ("yarn", "weaving", "wool", "knitted", "毛线", "编织")),
    (_balloon, ("balloon", "气球")),
    (_wood, ("wooden", "wood", "board", "plank", "木板", "木")),
)
"""In the order in which words are looked for; the eight styles of the guide."""
