"""Small pictures to show: one picture, or several as one labelled sheet, as a JPEG of bounded size.

Called by Picture for its display and by the notebook for what stays in a saved cell.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from .encode import deep_to_grey
from .lettering import clipped, lettered

_GAP = 4
_LABEL = 16
_INK, _PAPER = (32, 32, 32), (255, 255, 255)
_QUALITIES = (88, 80, 70, 60, 50, 40, 30, 20)


def thumbnail(image: Image.Image, side: int = 512) -> Image.Image:
    """Return an RGB copy whose longer side is at most `side`; transparency shows a white and grey checker."""
    small = visible(_halved(image, side))
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def _halved(image: Image.Image, side: int) -> Image.Image:
    """Return an opaque picture that is far too large averaged over whole blocks: a copy of all of it takes longer."""
    factor = max(image.size) // side
    if factor < 2 or image.mode not in ("L", "RGB") or image.has_transparency_data:
        return image
    return image.reduce(factor)


def visible(image: Image.Image) -> Image.Image:
    """Return an RGB copy of any mode as a viewer would show it."""
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = checker(layer.size)
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    if image.mode.startswith("I;16"):
        return deep_to_grey(image).convert("RGB")
    return image.copy() if image.mode == "RGB" else image.convert("RGB")


def jpeg_thumbnail(
    images: Sequence[Image.Image], *, labels: Sequence[str] = (), side: int = 512, max_bytes: int = 60_000
) -> bytes:
    """Return one picture's thumbnail, or a sheet of several, as JPEG.

    Parameters
    ----------
    images
        At least one.
    labels
        One for each picture of a sheet; without them a sheet has none. One that no font of this system can draw, or
        that is empty, becomes the picture's number.
    side
        Longer side of the result in pixels, at most.
    max_bytes
        Quality falls, then the size, until the JPEG is no larger.
    """
    if not images:
        raise ValueError("no picture to show")
    while True:
        sheet = thumbnail(images[0], side) if len(images) == 1 else _sheet(images, labels, side)
        for quality in _QUALITIES:
            file = io.BytesIO()
            sheet.save(file, "JPEG", quality=quality, optimize=True)
            if file.tell() <= max_bytes or (side <= 64 and quality == _QUALITIES[-1]):
                return file.getvalue()
        side = side * 3 // 4


def _sheet(images: Sequence[Image.Image], labels: Sequence[str], side: int) -> Image.Image:
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    text = _LABEL if labels else 0
    cell = max(16, min((side - _GAP) // columns - _GAP, (side - _GAP) // rows - _GAP - text))
    small = [thumbnail(image, cell) for image in images]
    wide, high = max(image.width for image in small), max(image.height for image in small)
    sheet = Image.new("RGB", (columns * (wide + _GAP) + _GAP, rows * (high + text + _GAP) + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, image in enumerate(small):
        row, column = divmod(index, columns)
        left, top = _GAP + column * (wide + _GAP), _GAP + row * (high + text + _GAP)
        sheet.paste(image, (left + (wide - image.width) // 2, top + (high - image.height) // 2))
        if labels:
            label = lettered(labels[index] if index < len(labels) else "", index + 1, _LABEL - 4)
            draw.text((left, top + high + 1), clipped(label.text, label.font, wide), fill=_INK, font=label.font)
    return sheet


def checker(size: tuple[int, int], square: int = 8) -> Image.Image:
    """Return white and grey squares: the ground that means "nothing here"."""
    tile = Image.new("RGB", (2 * square, 2 * square), "white")
    grey = Image.new("RGB", (square, square), (204, 204, 204))
    tile.paste(grey, (square, 0))
    tile.paste(grey, (0, square))
    ground = Image.new("RGB", size)
    for left in range(0, size[0], 2 * square):
        ground.paste(tile, (left, 0))
    row = ground.crop((0, 0, size[0], 2 * square))
    for top in range(2 * square, size[1], 2 * square):
        ground.paste(row, (0, top))
    return ground


_LINE = (220, 60, 40)


def framed(image: Image.Image, size: tuple[int, int], at: tuple[int, int], *, side: int = 512) -> bytes:
    """Return a small JPEG: the picture at `at` in a canvas of `size` pixels, with a checker where it will be drawn."""
    scale = min(1.0, side / max(size))
    canvas = checker((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    small = thumbnail(image, max(1, round(max(image.size) * scale)))
    corner = (round(at[0] * scale), round(at[1] * scale))
    canvas.paste(small, corner)
    ends = (corner[0] + small.width - 1, corner[1] + small.height - 1)
    ImageDraw.Draw(canvas).rectangle((*corner, *ends), outline=_LINE)
    return jpeg_thumbnail([canvas], side=side)
