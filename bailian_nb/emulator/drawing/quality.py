"""Repairs: a sharper and larger picture, colour for a grey one, and text taken off.

`painters` calls these for `super_resolution`, `colorization` and `remove_watermark`.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageChops, ImageFilter, ImageOps

from .canvas import NAMED, Colour, darker, dice, lighter, mix, named_colours
from .mask import filled_in

_CONTRASTS = (34, 50, 66, 82)
"""Grey levels by which text stands out of what is around it; fur and grass do so at many places, but less."""
_MOST = 0.05
"""Share of a picture that is taken for text; where more of it looks so, it must stand out further."""
_PAIRS: tuple[tuple[Colour, Colour], ...] = (
    ((78, 128, 176), (216, 150, 92)),
    ((86, 134, 112), (222, 172, 120)),
    ((112, 104, 158), (226, 162, 130)),
)


def upscale(image: Image.Image, factor: int) -> Image.Image:
    """Return `image` with sides `factor` times as long, and sharper."""
    larger = image.resize((image.width * factor, image.height * factor), Image.Resampling.LANCZOS)
    return larger.filter(ImageFilter.UnsharpMask(radius=2 * factor, percent=170, threshold=2))


def colorize(image: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Return `image` in colours: the first that the prompt names lies behind, the others before it."""
    rng = dice("colour", prompt, seed)
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=1)
    named = named_colours(prompt)
    back, front = _PAIRS[rng.randrange(len(_PAIRS))]
    if named:
        back = named[0]
        front = named[1] if len(named) > 1 else rng.choice([colour for _, _, colour in NAMED[:7] if colour != back])
    behind, before = _tinted(grey, back), _tinted(grey, front)
    width, height = image.size
    # What stands in the middle, or out of its surroundings, is taken for the subject.
    light = Image.radial_gradient("L").resize(image.size).point([max(0, 255 - v * 7 // 4) for v in range(256)])
    stands_out = ImageChops.difference(grey, grey.filter(ImageFilter.GaussianBlur(max(width, height) / 9)))
    subject = ImageChops.add(light, stands_out.point([min(255, v * 3) for v in range(256)]))
    return Image.composite(before, behind, subject.filter(ImageFilter.GaussianBlur(max(width, height) / 70)))


def unmark(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return `image` without what looks like text, and the area that changed (255 = changed).

    Text is thin and lighter or darker than what surrounds it on both sides.
    """
    grey = ImageOps.grayscale(image)
    reach = max(2, round(max(image.size) / 180))
    opened = lightest(darkest(grey, reach), reach)
    closed = darkest(lightest(grey, reach), reach)
    strokes = ImageChops.lighter(ImageChops.difference(grey, opened), ImageChops.difference(closed, grey))
    counts = strokes.histogram()
    contrast = next((each for each in _CONTRASTS if sum(counts[each + 1 :]) <= _MOST * sum(counts) / 4), _CONTRASTS[-1])
    area = lightest(strokes.point([255 if v > contrast else 0 for v in range(256)]), 3)
    if area.getbbox() is None:
        return image.copy(), area
    return Image.composite(filled_in(image, area), image, area), area


def darkest(grey: Image.Image, reach: int) -> Image.Image:
    """Return for each pixel the darkest one at most `reach` away along either axis."""
    return _extreme(grey, reach, ImageChops.darker, 255)


def lightest(grey: Image.Image, reach: int) -> Image.Image:
    """Return for each pixel the lightest one at most `reach` away along either axis."""
    return _extreme(grey, reach, ImageChops.lighter, 0)


def _extreme(
    grey: Image.Image, reach: int, choose: Callable[[Image.Image, Image.Image], Image.Image], beyond: int
) -> Image.Image:
    # Shifts that double reach any distance in a few steps; Pillow's own rank filters take a hundred times as long.
    found = ImageOps.expand(grey, 2 * reach, fill=beyond)
    for across in (1, 0):
        seen, wanted = 1, 2 * reach + 1
        while seen < wanted:
            step = min(seen, wanted - seen)
            found = choose(found, ImageChops.offset(found, -step * across, -step * (1 - across)))
            seen += step
        found = ImageChops.offset(found, reach * across, reach * (1 - across))
    return found.crop((2 * reach, 2 * reach, 2 * reach + grey.width, 2 * reach + grey.height))


def _tinted(grey: Image.Image, colour: Colour) -> Image.Image:
    middle = mix(colour, (150, 150, 150), 0.12)
    return ImageOps.colorize(grey, darker(colour, 0.82), lighter(colour, 0.86), middle)
