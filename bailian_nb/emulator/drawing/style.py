"""Whole pictures in another style: a French picture book, or gold leaf.

`painters` calls `stylize` for `stylization_all`.
"""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .canvas import Colour, dice, grain, mix, says

_WORKING_SIDE = 1400
"""Pixels of the longer side at which a style is worked out; a larger picture gains nothing."""


def stylize(image: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Return `image` in the style that the prompt names, at full strength."""
    rng = dice("style", seed)
    small = image.copy()
    small.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    gold = says(prompt, "gold", "golden", "gilded", "金")
    styled = _gold_leaf(small, rng) if gold else _picture_book(small, rng)
    return styled if styled.size == image.size else styled.resize(image.size, Image.Resampling.LANCZOS)


def _picture_book(image: Image.Image, rng: random.Random) -> Image.Image:
    """Flat pastel colours, ink lines and paper."""
    unit = max(image.size) / 1280
    half = image.reduce(2) if min(image.size) > 300 else image
    soft = ImageEnhance.Color(half.filter(ImageFilter.GaussianBlur(1.4 * unit))).enhance(rng.uniform(1.35, 1.6))
    soft = ImageEnhance.Contrast(soft).enhance(1.15)
    flat = soft.quantize(rng.choice((22, 26, 30)), method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    flat_rgb = flat.convert("RGB").filter(ImageFilter.MedianFilter(5)).resize(image.size, Image.Resampling.BICUBIC)
    paper: Colour = rng.choice(((252, 244, 226), (250, 240, 230), (246, 244, 228)))
    flat_rgb = Image.blend(flat_rgb, Image.new("RGB", image.size, paper), 0.14)
    wash = grain(image.size, rng, 60, side=64).resize(image.size).filter(ImageFilter.GaussianBlur(9 * unit))
    flat_rgb = _shade(flat_rgb, ImageOps.autocontrast(wash), 14)
    edges = ImageOps.grayscale(image.filter(ImageFilter.GaussianBlur(1.6 * unit))).filter(ImageFilter.FIND_EDGES)
    ImageDraw.Draw(edges).rectangle((0, 0, image.width - 1, image.height - 1), outline=0, width=3)
    lines = edges.filter(ImageFilter.GaussianBlur(0.9 * unit)).point([min(225, max(0, v - 5) * 17) for v in range(256)])
    inked = Image.composite(Image.new("RGB", image.size, (58, 44, 66)), flat_rgb, lines)
    return _shade(inked, grain(image.size, rng, 128), 9)


def _gold_leaf(image: Image.Image, rng: random.Random) -> Image.Image:
    """Tones of metal, a relief, the squares in which leaf is laid, and flecks."""
    unit = max(image.size) / 1280
    tone = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=1)
    relief = tone.filter(ImageFilter.GaussianBlur(1.4 * unit)).filter(ImageFilter.EMBOSS)
    ImageDraw.Draw(relief).rectangle((0, 0, image.width - 1, image.height - 1), outline=128, width=3)
    tone = ImageChops.add(tone, relief.point([128 + (v - 128) * 2 for v in range(256)]), 1.0, -128)
    tone = _shade_grey(tone, _leaves(image.size, rng), 26)
    warm = rng.uniform(0.0, 0.35)
    stops: tuple[Colour, ...] = (
        (30, 16, 10),
        (92, 54, 18),
        mix((186, 130, 42), (196, 112, 52), warm),
        (236, 192, 92),
        (255, 240, 186),
    )
    metal = Image.merge("RGB", [tone.point(_curve([stop[band] for stop in stops])) for band in range(3)])
    flecks = grain(image.size, rng, 128).point([255 if v > 252 else 0 for v in range(256)])
    flecks = flecks.filter(ImageFilter.GaussianBlur(0.8 * unit))
    metal.paste((255, 250, 214), (0, 0), flecks)
    return metal


def _leaves(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Return the squares of leaf as shades around 128, with bright seams."""
    side = max(24, max(size) // 9)
    sheet = Image.new("L", size, 128)
    pen = ImageDraw.Draw(sheet)
    for y in range(-side, size[1] + side, side):
        shift = rng.randint(0, side)
        for x in range(-side, size[0] + side, side):
            pen.rectangle((x + shift, y, x + shift + side, y + side), fill=rng.randint(84, 172))
            pen.line([(x + shift, y), (x + shift, y + side)], fill=232, width=2)
        pen.line([(0, y), (size[0], y + rng.randint(-3, 3))], fill=232, width=2)
    rough = grain(size, rng, 128, side=96).filter(ImageFilter.GaussianBlur(1.2))
    return ImageChops.add(sheet.filter(ImageFilter.GaussianBlur(1.0)), rough, 1.0, -128)


def _curve(levels: list[int]) -> list[int]:
    """Return 256 values through the levels, evenly spaced."""
    out = []
    for value in range(256):
        at = value / 255 * (len(levels) - 1)
        low = min(int(at), len(levels) - 2)
        out.append(round(levels[low] + (levels[low + 1] - levels[low]) * (at - low)))
    return out


def _shade_grey(image: Image.Image, shade: Image.Image, amount: int) -> Image.Image:
    """Lighten and darken `image` by `shade` (128 = not at all), at most by `amount`."""
    return ImageChops.add(image, shade.point([128 + (v - 128) * amount // 128 for v in range(256)]), 1.0, -128)


def _shade(image: Image.Image, shade: Image.Image, amount: int) -> Image.Image:
    return Image.merge("RGB", [_shade_grey(band, shade, amount) for band in image.split()])
