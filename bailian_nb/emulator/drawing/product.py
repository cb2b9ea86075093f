"""What the services around a product or a page do: a scene behind it, writing in another language, a portrait's style.

`painters` calls these for the models that have no function. The product is what is opaque, or what a flood from the
corners does not reach; it comes back a little relit, as a model's own drawing of it does.
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from .canvas import dice
from .reference import cut_shape
from .scene import scene
from .style import stylize
from .writing import rewritten, writing

_RELIT = 0.94
_PORTRAIT_SIDE = 1536


def background(
    image: Image.Image,
    prompt: str,
    seed: int,
    size: tuple[int, int],
    *,
    guide: Image.Image | None = None,
    moved: str = "",
) -> tuple[Image.Image, Image.Image]:
    """Return the product of `image` before a new scene, and the area around it.

    `guide` is a picture that the scene follows; `moved` ("dx:dy:percent") puts the product elsewhere, as a model may.
    """
    view = scene(prompt, seed=seed, size=size)
    if guide is not None:
        colours = guide.convert("RGB").resize(size).filter(ImageFilter.GaussianBlur(max(size) / 24))
        view = Image.blend(view, colours, 0.55)
    figure = image.convert("RGBA").resize(size) if image.size != size else image.convert("RGBA")
    shape = figure.getchannel("A") if image.has_transparency_data else cut_shape(figure.convert("RGB"))
    figure = ImageEnhance.Brightness(figure.convert("RGB")).enhance(_RELIT)
    if moved:
        dx, dy, percent = (int(part) for part in moved.split(":"))
        figure, shape = _moved(figure, shape, dx, dy, percent / 100)
    box = shape.point([0] * 128 + [255] * 128).getbbox() or (0, 0, *size)
    shadow = Image.new("L", size)
    wide, floor = box[2] - box[0], box[3]
    ImageDraw.Draw(shadow).ellipse(
        (box[0] - wide * 0.05, floor - wide * 0.06, box[2] + wide * 0.05, floor + wide * 0.08), fill=110
    )
    shadow = shadow.filter(ImageFilter.GaussianBlur(max(2.0, wide / 30)))
    view = Image.composite(Image.new("RGB", size, (20, 16, 26)), view, shadow)
    view.paste(figure, (0, 0), shape)
    area = shape.point([255] * 8 + [0] * 248)
    return view, area


def translated(image: Image.Image, target: str) -> Image.Image:
    """Return the picture with its writing in another language, unchanged where it has none."""
    plain = image.convert("RGB")
    box = writing(plain)
    return plain if box is None else rewritten(plain, box, target)


def repainted(image: Image.Image, seed: int, index: int, reference: Image.Image | None) -> Image.Image:
    """Return a portrait in another style, its shorter side 1536 pixels."""
    factor = _PORTRAIT_SIDE / min(image.size)
    size = (round(image.width * factor), round(image.height * factor))
    large = image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    styled = stylize(large, "gold leaf" if index % 2 else "picture book", seed + index)
    rng = dice("repaint", index)
    tint = reference.convert("RGB").resize((1, 1)).getpixel((0, 0)) if reference is not None else None
    colour = tint if isinstance(tint, tuple) else tuple(rng.randrange(90, 256) for _ in range(3))
    return Image.blend(styled, ImageChops.multiply(styled, Image.new("RGB", size, colour)), 0.5)


def _moved(figure: Image.Image, shape: Image.Image, dx: int, dy: int, scale: float) -> tuple[Image.Image, Image.Image]:
    """Scale around the middle of the shape, then shift."""
    box = shape.getbbox() or (0, 0, *shape.size)
    part, alpha = figure.crop(box), shape.crop(box)
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    at = (
        round((box[0] + box[2] - size[0]) / 2) + dx,
        round((box[1] + box[3] - size[1]) / 2) + dy,
    )
    moved, where = Image.new("RGB", figure.size), Image.new("L", figure.size)
    moved.paste(part.resize(size, Image.Resampling.BICUBIC), at)
    where.paste(alpha.resize(size, Image.Resampling.BICUBIC), at)
    return moved, where
