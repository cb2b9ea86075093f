"""From an order to a PNG file: which painter a function has, strength, marks and label. Only Pillow, no clock.

`results` calls `draw` in a worker thread. A further function is one more painter in `PAINTERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from ..specs import Value
from .draw_edit import instruct
from .draw_marks import mark, png, watermark
from .draw_mask import inpaint, leak, roomiest
from .draw_scene import scene
from .draw_style import stylize
from .inputs import white


@dataclass(frozen=True, kw_only=True)
class Order:
    """All that decides one picture; `seed` is this picture's own, `values` hold the table's defaults."""

    model: str
    function: str | None
    prompt: str
    values: Mapping[str, Value]
    seed: int
    images: tuple[Image.Image, ...] = ()
    mask: Image.Image | None = None
    leak: int = 0

    @property
    def base(self) -> Image.Image:
        return self.images[0].convert("RGB")

    @property
    def strength(self) -> float:
        return float(self.values.get("strength", 1.0))


@dataclass(frozen=True, kw_only=True)
class Painted:
    """A picture before its marks, and the area in which they may stand (None = everywhere)."""

    image: Image.Image
    area: Image.Image | None = None


Painter = Callable[[Order], Painted]


def draw(order: Order) -> bytes:
    """Return the PNG file for `order`: the same order, the same bytes."""
    painter = PAINTERS.get(order.function or "", _instruct if order.images else _scene)
    painted = painter(order)
    image, area = painted.image, painted.area
    mark(image, roomiest(area) if area is not None else (0, 0, *image.size), area)
    if order.values.get("watermark") is True:
        watermark(image)
    values = sorted((name, value) for name, value in order.values.items() if name not in ("n", "seed"))
    parts = (order.model, order.function, order.prompt, values, order.seed)
    return png(image, parts)


def _scene(order: Order) -> Painted:
    width, height = (int(side) for side in str(order.values.get("size", "1024*1024")).split("*"))
    return Painted(image=scene(order.prompt, seed=order.seed, size=(width, height)))


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


PAINTERS: dict[str, Painter] = {
    "": _scene,
    "stylization_all": _stylize,
    "description_edit": _instruct,
    "description_edit_with_mask": _inpaint,
}
"""By DashScope's function name; "" draws from text alone."""
