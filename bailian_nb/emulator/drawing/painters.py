"""From an order to a PNG file: which painter a function has, strength, marks and label. Only Pillow, no clock.

`results` calls `draw` in a worker thread. A further function is one more painter in `PAINTERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageColor

from ... import specs
from ...specs import Value, whole
from ...specs.background import BY_INSTRUCTION
from ..inputs import white
from .canvas import says
from .edit import instruct
from .expand import expand
from .local import restyle
from .marks import mark, png, watermark
from .mask import inpaint, leak, roomiest
from .product import background, repainted, translated
from .quality import colorize, unmark, upscale
from .reference import cartoon, compose, cut_shape, doodle, tinted
from .scene import scene
from .style import stylize


@dataclass(frozen=True, kw_only=True)
class Order:
    """All that decides one picture; `seed` is this picture's own, `values` hold the table's defaults.

    `size` is the canvas ("W*H") of a picture that is not an edit of another one.
    """

    model: str
    function: str | None
    prompt: str
    values: Mapping[str, Value]
    seed: int
    size: str = ""
    images: tuple[Image.Image, ...] = ()
    mask: Image.Image | None = None
    leak: int = 0
    moved: str = ""

    @property
    def base(self) -> Image.Image:
        return self.images[0].convert("RGB")

    @property
    def strength(self) -> float:
        return self.number("strength", 1.0)

    @property
    def canvas(self) -> tuple[int, int]:
        width, height = (int(side) for side in (self.size or "1024*1024").split("*"))
        return width, height

    def number(self, name: str, default: float) -> float:
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) else default


@dataclass(frozen=True, kw_only=True)
class Painted:
    """A picture before its marks, and the area in which they may stand (None = everywhere)."""

    image: Image.Image
    area: Image.Image | None = None


Painter = Callable[[Order], Painted]


def draw(order: Order) -> bytes:
    """Return the PNG file for `order`: the same order, the same bytes."""
    row = specs.get(order.model)
    by_name = PAINTERS.get(order.function or "") or BY_MODEL.get(order.model)
    if by_name is None and order.images and scene_of(order.prompt) is not None:
        by_name = _background
    painter = by_name or (_instruct if order.function else _compose if order.images else _scene)
    painted = painter(order)
    image, area = painted.image, painted.area
    if row.transparent and says(order.prompt, "transparent", "透明"):
        image.putalpha(cut_shape(image.convert("RGB")))
    mark(image, roomiest(area) if area is not None else (0, 0, *image.size), area)
    if order.values.get("watermark") is True:
        watermark(image)
    values = sorted((name, value) for name, value in order.values.items() if name not in ("n", "seed"))
    parts = (order.model, order.function, order.prompt, values, order.seed)
    return png(image, parts)


def _scene(order: Order) -> Painted:
    return Painted(image=_in_colours(scene(order.prompt, seed=order.seed, size=order.canvas), order))


def _compose(order: Order) -> Painted:
    boxes: Any = order.values.get("bbox_list", ())
    image = compose([picture.convert("RGB") for picture in order.images], order.canvas, order.prompt, order.seed, boxes)
    return Painted(image=_in_colours(image, order))


def _in_colours(image: Image.Image, order: Order) -> Image.Image:
    palette: Any = order.values.get("color_palette", ())
    pairs = [(ImageColor.getrgb(each["hex"])[:3], float(each["ratio"].rstrip("%")) / 100) for each in palette]
    return tinted(image, pairs) if pairs else image


def _stylize(order: Order) -> Painted:
    return Painted(image=Image.blend(order.base, stylize(order.base, order.prompt, order.seed), order.strength))


def _instruct(order: Order) -> Painted:
    return Painted(image=Image.blend(order.base, instruct(order.base, order.prompt, order.seed), order.strength))


def _inpaint(order: Order) -> Painted:
    if order.mask is None:
        raise ValueError(f"function {order.function} was let through without a mask")
    area = white(order.mask)
    image = inpaint(order.base, area, order.prompt, order.seed)
    leak(image, area, order.leak, order.seed)
    return Painted(image=image, area=area)


def _unmark(order: Order) -> Painted:
    image, area = unmark(order.base)
    return Painted(image=image, area=area if _is_roomy(area) else None)


def _expand(order: Order) -> Painted:
    sides = {side: order.number(f"{side}_scale", 1.0) for side in ("top", "bottom", "left", "right")}
    image, area = expand(order.base, order.prompt, order.seed, **sides)
    return Painted(image=image, area=area)


def _restyle(order: Order) -> Painted:
    image, area = restyle(order.base, order.prompt, order.seed)
    return Painted(image=image, area=area)


def scene_of(prompt: str) -> str | None:
    """Return the scene that a background's instruction asks for, None for any other prompt."""
    for text in BY_INSTRUCTION.instruction or ():
        head = text.partition("{prompt}")[0].strip()
        if prompt.startswith(head):
            return prompt.removeprefix(head).strip()
    return None


def _background(order: Order) -> Painted:
    own = order.images[-1] if order.size else order.images[0]
    wanted = scene_of(order.prompt)
    guide = order.images[1] if order.values.get("ref_image_url") else None
    size = order.canvas if order.size else own.size
    prompt = order.prompt if wanted is None else wanted
    image, area = background(own, prompt, order.seed, size, guide=guide, moved=order.moved)
    return Painted(image=image, area=area if _is_roomy(area) else None)


def _translated(order: Order) -> Painted:
    return Painted(image=translated(order.images[0], str(order.values.get("target_lang", ""))))


def _repainted(order: Order) -> Painted:
    reference = order.images[1] if len(order.images) > 1 else None
    return Painted(image=repainted(order.images[0], order.seed, whole(order.values, "style_index", 0), reference))


def _is_roomy(area: Image.Image) -> bool:
    """Tell whether the mark would be readable in `area`; letters that were taken off leave little room."""
    x0, y0, x1, y1 = roomiest(area)
    return x1 - x0 > 90 and y1 - y0 > 20


PAINTERS: dict[str, Painter] = {
    "stylization_all": _stylize,
    "stylization_local": _restyle,
    "description_edit": _instruct,
    "description_edit_with_mask": _inpaint,
    "remove_watermark": _unmark,
    "expand": _expand,
    "super_resolution": lambda order: Painted(image=upscale(order.base, whole(order.values, "upscale_factor", 1))),
    "colorization": lambda order: Painted(image=colorize(order.base, order.prompt, order.seed)),
    "doodle": lambda order: Painted(
        image=doodle(order.base, order.prompt, order.seed, is_sketch=order.values.get("is_sketch") is True)
    ),
    "control_cartoon_feature": lambda order: Painted(image=cartoon(order.base, order.prompt, order.seed)),
}
"""By DashScope's function name; one that is not here is an edit by instruction."""

BY_MODEL: dict[str, Painter] = {
    "wanx-background-generation-v2": _background,
    "qwen-mt-image-2.0": _translated,
    "wanx-style-repaint-v1": _repainted,
}
"""Models that do one thing and have no function."""
