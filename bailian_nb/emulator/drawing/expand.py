"""Outpainting: a larger canvas around the picture, filled with what its edges and the prompt suggest.

`painters` calls `expand`.
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from ...specs import frames
from .scene import scene

_WORKING_SIDE = 1400
"""Pixels of the longer side at which the surroundings are worked out."""


def expand(
    image: Image.Image, prompt: str, seed: int, *, top: float, bottom: float, left: float, right: float
) -> tuple[Image.Image, Image.Image | None]:
    """Return the larger picture, and the area that is new (255), None when nothing grew."""
    scales = {"top_scale": top, "bottom_scale": bottom, "left_scale": left, "right_scale": right}
    new = frames.frame(image.size, scales)
    if new.size == image.size:
        return image.copy(), None
    at = (new.x, new.y)
    area = Image.new("L", new.size, 255)
    area.paste(0, (*at, new.x + image.width, new.y + image.height))
    grown = _surroundings(image, new.size, at, prompt, seed)
    grown.paste(image, at)
    return grown, area


def _surroundings(
    image: Image.Image, size: tuple[int, int], at: tuple[int, int], prompt: str, seed: int
) -> Image.Image:
    """Mirror the picture around itself, out of focus, in a breath of the colours of the prompt's scene."""
    scale = min(1.0, _WORKING_SIDE / max(size))
    canvas = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    x, y = round(at[0] * scale), round(at[1] * scale)
    small = image.resize(inner, Image.Resampling.LANCZOS)
    mirrored = Image.new("RGB", canvas)
    for column in (-1, 0, 1):
        for row in (-1, 0, 1):
            tile = ImageOps.mirror(small) if column else small
            mirrored.paste(ImageOps.flip(tile) if row else tile, (x + column * inner[0], y + row * inner[1]))
    unit = max(canvas)
    soft = mirrored.filter(ImageFilter.GaussianBlur(unit / 45))
    view = scene(prompt, seed=seed, size=canvas).filter(ImageFilter.GaussianBlur(unit / 20))
    far = Image.new("L", canvas, 255)
    ImageDraw.Draw(far).rectangle((x, y, x + inner[0] - 1, y + inner[1] - 1), fill=0)
    near = far.filter(ImageFilter.GaussianBlur(unit / 80)).point([min(255, max(0, v - 120) * 2) for v in range(256)])
    melted = Image.composite(Image.blend(soft, view, 0.4), mirrored, near)
    return melted if melted.size == size else melted.resize(size, Image.Resampling.BICUBIC)
