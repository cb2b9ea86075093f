"""New pictures from old ones: along the lines of a sketch, with a character cut out, or from several together.

`painters` calls these for `doodle`, `control_cartoon_feature` and the models that take pictures without a function.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .canvas import Canvas, Colour, dice
from .edit import instruct
from .scene import scene

_WORKING_SIDE = 1400
_FLOODED = 240
Box = tuple[int, int, int, int]


def doodle(image: Image.Image, prompt: str, seed: int, *, is_sketch: bool) -> Image.Image:
    """Return the prompt's scene drawn along the lines of `image`; a sketch already is lines, a picture has edges."""
    small = image.copy()
    small.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    grey, unit = ImageOps.grayscale(small), max(small.size) / 1280
    if is_sketch:
        ground = grey.filter(ImageFilter.GaussianBlur(40 * unit))
        lines = ImageChops.subtract(ground, grey).point([min(255, v * 4) for v in range(256)])
    else:
        edges = grey.filter(ImageFilter.GaussianBlur(1.6 * unit)).filter(ImageFilter.FIND_EDGES)
        ImageDraw.Draw(edges).rectangle((0, 0, small.width - 1, small.height - 1), outline=0, width=3)
        lines = edges.point([min(255, max(0, v - 6) * 12) for v in range(256)])
    view = scene(prompt, seed=seed, size=small.size)
    wash = view.filter(ImageFilter.GaussianBlur(7 * unit))
    form = Image.merge("RGB", (ImageOps.autocontrast(grey, cutoff=2),) * 3)
    painted = Image.blend(Image.blend(view, wash, 0.7), ImageChops.soft_light(wash, form), 0.75)
    ink = lines.filter(ImageFilter.GaussianBlur(0.9 * unit))
    drawn = Image.composite(Image.new("RGB", small.size, (46, 38, 58)), painted, ink)
    return drawn if drawn.size == image.size else drawn.resize(image.size, Image.Resampling.LANCZOS)


def cartoon(image: Image.Image, prompt: str, seed: int) -> Image.Image:
    """Return a new scene in which the character of `image` stands: what its corners' ground does not cover."""
    rng = dice("cartoon", prompt, seed)
    view = scene(prompt, seed=seed, size=image.size)
    small = image.copy()
    small.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    shape = cut_shape(small)
    box = shape.getbbox() or (0, 0, *small.size)
    figure, shape = small.crop(box), shape.crop(box)
    high = round(view.height * rng.uniform(0.5, 0.62))
    wide = max(1, round(figure.width * high / figure.height))
    if wide > view.width * 0.6:
        wide, high = round(view.width * 0.6), round(figure.height * view.width * 0.6 / figure.width)
    figure, shape = (part.resize((wide, high), Image.Resampling.LANCZOS) for part in (figure, shape))
    if rng.random() < 0.5:
        figure, shape = ImageOps.mirror(figure), ImageOps.mirror(shape)
    x, y = round((view.width - wide) * rng.uniform(0.15, 0.85)), view.height - high - round(view.height * 0.05)
    canvas = Canvas(view.size, over=view)
    canvas.ellipse(x + wide / 2, y + high * 0.98, wide * 0.42, high * 0.05, (16, 12, 24), 0.4)
    shaded = canvas.finish(rng, amount=0)
    shaded.paste(figure, (x, y), shape)
    return shaded


def compose(
    images: Sequence[Image.Image], size: tuple[int, int], prompt: str, seed: int, boxes: Sequence[Sequence[Box]] = ()
) -> Image.Image:
    """Return the last picture at `size`, changed as the prompt says, with the others set into it.

    Where boxes are given, only they change.
    """
    rng = dice("compose", prompt, seed)
    last = images[-1].convert("RGB")
    base = ImageOps.fit(last, size, Image.Resampling.LANCZOS)
    changed = instruct(base, prompt, seed)
    chosen = boxes[-1] if boxes else ()
    if chosen:
        area = Image.new("L", size)
        scale = max(size[0] / last.width, size[1] / last.height)
        dx, dy = (last.width * scale - size[0]) / 2, (last.height * scale - size[1]) / 2
        for x0, y0, x1, y1 in chosen:
            ImageDraw.Draw(area).rectangle(
                (x0 * scale - dx, y0 * scale - dy, x1 * scale - dx, y1 * scale - dy), fill=255
            )
        changed = Image.composite(changed, base, area)
    unit = min(size)
    for number, image in enumerate(images[:-1]):
        side = round(unit * (0.42 if len(images) < 4 else 0.28))
        part = ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.LANCZOS)
        shape = Image.new("L", (side, side))
        ImageDraw.Draw(shape).ellipse((2, 2, side - 3, side - 3), fill=255)
        shape = shape.filter(ImageFilter.GaussianBlur(side / 60))
        across = (number + 0.5) / (len(images) - 1)
        x = round(size[0] * (0.1 + 0.8 * across) - side / 2)
        y = round(size[1] * (0.62 + rng.uniform(-0.06, 0.06)) - side / 2)
        changed.paste(part, (x, y), shape)
    return changed


def tinted(image: Image.Image, palette: Sequence[tuple[Colour, float]]) -> Image.Image:
    """Return `image` with its tones led through the colours of a palette, the dark ones first, by their shares."""
    ordered = sorted(palette, key=lambda entry: sum(entry[0]))
    table: list[Colour] = []
    for colour, share in ordered:
        table.extend([colour] * max(1, round(256 * share)))
    table = (table + [ordered[-1][0]] * 256)[:256]
    grey = ImageOps.equalize(ImageOps.grayscale(image))
    mapped = Image.merge("RGB", [grey.point([colour[band] for colour in table]) for band in range(3)])
    smooth = mapped.filter(ImageFilter.GaussianBlur(max(image.size) / 300))
    return Image.blend(ImageEnhance.Color(image).enhance(0.6), smooth, 0.62)


def cut_shape(image: Image.Image) -> Image.Image:
    """Return the figure's shape (255): all that a flood from the four corners, or from all around, does not reach."""
    small = image.convert("RGB")
    small.thumbnail((_FLOODED, _FLOODED), Image.Resampling.BOX)  # a flood is Python, pixel by pixel
    right, bottom = small.width - 1, small.height - 1
    corners = [(x, y) for x in (0, right) for y in (0, bottom)]
    around = [(x, y) for x in range(0, right, 9) for y in (0, bottom)]
    around += [(x, y) for y in range(0, bottom, 9) for x in (0, right)]
    shape = _unreached(small, corners, 60)
    if not _sizeable(shape):
        shape = _middle(_unreached(small.filter(ImageFilter.MedianFilter(5)), around, 45))
    if not _sizeable(shape):
        shape = Image.new("L", small.size)
        width, height = small.size
        ImageDraw.Draw(shape).ellipse((width * 0.18, height * 0.1, width * 0.82, height * 0.92), fill=255)
    smooth = shape.resize(image.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(max(image.size) / 400))
    return smooth.point([min(255, max(0, v - 96) * 2) for v in range(256)])


def _unreached(image: Image.Image, starts: list[tuple[int, int]], threshold: int) -> Image.Image:
    """Return what floods from these points do not reach: 255 there."""
    flooded, key = image.copy(), (255, 0, 254)
    for start in starts:
        if flooded.getpixel(start) != key:
            ImageDraw.floodfill(flooded, start, key, thresh=threshold)
    ground = [
        band.point([255 if v == wanted else 0 for v in range(256)])
        for band, wanted in zip(flooded.split(), key, strict=True)
    ]
    return ImageOps.invert(ImageChops.darker(ImageChops.darker(ground[0], ground[1]), ground[2]))


def _middle(shape: Image.Image) -> Image.Image:
    """Return the piece of a shape that lies in the middle, without specks; nothing where the middle is empty."""
    smooth = shape.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.MinFilter(11))
    middle = (smooth.width // 2, smooth.height // 2)
    if smooth.getpixel(middle) != 255:
        return Image.new("L", shape.size)
    ImageDraw.floodfill(smooth, middle, 128)
    return smooth.point([255 if v == 128 else 0 for v in range(256)]).filter(ImageFilter.MaxFilter(11))


def _sizeable(shape: Image.Image) -> bool:
    return 0.03 < shape.histogram()[255] / (shape.width * shape.height) < 0.8
