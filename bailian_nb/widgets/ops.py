"""The ops that change a mask, as plain JSON; the list of them is the painter's truth, here and in js/src/pixels/ops.ts.

`painting` applies them; `as_code` writes them as Python. Points and radii are pixels of the
picture, rounded to 1/64 by the browser, so that JSON carries them exactly.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, Literal, NotRequired, TypedDict, cast

from PIL import Image

from ..errors import InvalidRequest
from ..images import decode
from ..masks import Mask
from ..masks.mask import painted, to_bits
from ..masks.shapes import Span, ellipse_spans, polygon_spans, rect_spans
from ..masks.strokes import stroke_spans
from ..system.language import sentence

MAX_POINTS = 200_000
"""Far more than a hand can draw in one op; a longer list is refused before anything is drawn."""


class Stroke(TypedDict):
    """A round brush of radius `r` along a line."""

    op: Literal["stroke"]
    points: list[list[float]]
    r: float
    erase: bool


class Group(TypedDict):
    """Strokes of one gesture, for instance of a pen whose pressure changed."""

    op: Literal["group"]
    ops: list[Stroke]


class Polygon(TypedDict):
    """A closed line, filled by the even-odd rule."""

    op: Literal["polygon"]
    points: list[list[float]]
    erase: bool


class Box(TypedDict):
    """A rectangle, or the ellipse in it: x0, y0, x1, y1."""

    op: Literal["rect", "ellipse"]
    box: list[float]
    erase: bool


class WholeMask(TypedDict):
    """Every pixel at once."""

    op: Literal["clear", "fill", "invert"]


class Edge(TypedDict):
    """Grow, shrink or smooth by a disc."""

    op: Literal["grow", "shrink", "smooth"]
    px: float


class Flood(TypedDict):
    """A bucket: the area about a pixel that is not painted yet, or with `erase` the one that is."""

    op: Literal["flood"]
    at: list[int]
    erase: bool


class Wand(TypedDict):
    """Where the picture has about the colour that it has at a pixel; only Python has the picture's exact pixels."""

    op: Literal["wand"]
    at: list[int]
    tolerance: int
    contiguous: bool
    erase: bool


class Load(TypedDict):
    """A mask as a 1-bit PNG in base64. The browser sends the op without it; the bitmap is in the message's buffer."""

    op: Literal["load"]
    png: NotRequired[str]


Op = Stroke | Group | Polygon | Box | WholeMask | Edge | Flood | Wand | Load


def checked(value: object) -> Op:
    """Return an op from the browser as it will be kept, or refuse it.

    Raises
    ------
    InvalidRequest
        When it has not the form of an op.
    """
    if not isinstance(value, Mapping):
        raise InvalidRequest(sentence("an op is a mapping, got {name}", name=type(value).__name__))
    name = value.get("op")
    match name:
        case "stroke":
            return _stroke(value)
        case "group":
            return {"op": "group", "ops": [_stroke(part) for part in _list(value.get("ops"), "ops")]}
        case "polygon":
            return {"op": "polygon", "points": _points(value.get("points")), "erase": value.get("erase") is True}
        case "rect" | "ellipse":
            box = [_number(side) for side in _list(value.get("box"), "box")]
            if len(box) != 4:
                raise InvalidRequest(sentence("a box is x0, y0, x1, y1, got {count} numbers", count=len(box)))
            return {"op": name, "box": box, "erase": value.get("erase") is True}
        case "clear" | "fill" | "invert":
            return {"op": name}
        case "grow" | "shrink" | "smooth":
            return {"op": name, "px": _number(value.get("px"))}
        case "flood":
            return {"op": "flood", "at": _pixel(value.get("at")), "erase": value.get("erase") is True}
        case "wand":
            return {
                "op": "wand",
                "at": _pixel(value.get("at")),
                "tolerance": int(_number(value.get("tolerance"))),
                "contiguous": value.get("contiguous") is not False,
                "erase": value.get("erase") is True,
            }
        case "load":
            return {"op": "load"}
        case _:
            raise InvalidRequest(sentence("unknown op {name!r}", name=name))


def drawn(mask: Mask, op: Op, picture: Image.Image | None = None) -> Mask:
    """Return the mask after one op, by the rules that the browser draws by; a wand needs the picture."""
    match op["op"]:
        case "stroke" | "polygon" | "rect" | "ellipse":
            return painted(mask, _spans(mask.size, op), erase=op["erase"])
        case "group":
            # In one go: a pen's stroke has a hundred parts, and each mask would be a copy of all pixels.
            for erase, parts in groupby(op["ops"], key=itemgetter("erase")):
                spans = chain.from_iterable(_spans(mask.size, part) for part in parts)
                mask = painted(mask, spans, erase=erase)
            return mask
        case "clear":
            return Mask.like(mask.size)
        case "fill":
            return ~Mask.like(mask.size)
        case "invert":
            return ~mask
        case "grow":
            return mask.grow(op["px"])
        case "shrink":
            return mask.shrink(op["px"])
        case "smooth":
            return mask.smooth(op["px"])
        case "flood":
            return ~(~mask).flood(*op["at"]) if op["erase"] else mask.flood(*op["at"])
        case "wand":
            area = wand_area(mask.size, op, picture)
            return mask - area if op["erase"] else mask | area
        case "load":
            return _loaded(mask, op)


def copied(op: Op) -> Op:
    """Return an op that shares no list with this one; `deepcopy` takes a second for a hundred long strokes."""
    match op["op"]:
        case "group":
            return {"op": "group", "ops": [cast("Stroke", copied(part)) for part in op["ops"]]}
        case "stroke":
            return {**op, "points": [[*point] for point in op["points"]]}
        case "polygon":
            return {**op, "points": [[*point] for point in op["points"]]}
        case "rect" | "ellipse":
            return {**op, "box": [*op["box"]]}
        case "flood":
            return {**op, "at": [*op["at"]]}
        case "wand":
            return {**op, "at": [*op["at"]]}
        case _:
            return op.copy()


def wand_area(size: tuple[int, int], op: Wand, picture: Image.Image | None) -> Mask:
    """Return what a wand picks, whatever is painted."""
    if picture is None:
        raise InvalidRequest(sentence("a wand picks colours in a picture, and this painting has none"))
    how: dict[str, Any] = {"tolerance": op["tolerance"], "contiguous": op["contiguous"]}
    return Mask.like(size).wand(picture, *op["at"], **how)


def load_op(mask: Mask) -> Load:
    """Return the op that puts this mask in place of what is there."""
    file = io.BytesIO()
    Image.frombytes("1", mask.size, to_bits(mask)).save(file, "PNG")  # `optimize` would take twice the time
    return {"op": "load", "png": base64.b64encode(file.getvalue()).decode("ascii")}


def _loaded(mask: Mask, op: Load) -> Mask:
    loaded = Mask.from_image(decode(base64.b64decode(op["png"])))
    if loaded.size != mask.size:
        raise InvalidRequest(sentence("a mask of another size cannot be loaded"))
    return loaded


def _spans(size: tuple[int, int], op: Stroke | Polygon | Box) -> Iterable[Span]:
    match op["op"]:
        case "stroke":
            return stroke_spans(size, _pairs(op["points"]), op["r"])
        case "polygon":
            return polygon_spans(size, _pairs(op["points"]))
        case "rect":
            return rect_spans(size, *op["box"])
        case "ellipse":
            return ellipse_spans(size, *op["box"])


def _stroke(value: object) -> Stroke:
    if not isinstance(value, Mapping):
        raise InvalidRequest(sentence("a stroke is a mapping, got {name}", name=type(value).__name__))
    r = _number(value.get("r"))
    if not 0 < r <= 32768:
        raise InvalidRequest(sentence("a stroke's radius lies in 0-32768 pixels, got {r:g}", r=r))
    return {"op": "stroke", "points": _points(value.get("points")), "r": r, "erase": value.get("erase") is True}


def _points(value: object) -> list[list[float]]:
    points = [[_number(x) for x in _list(point, "point")] for point in _list(value, "points")]
    if not points or any(len(point) != 2 for point in points):
        raise InvalidRequest(sentence("points are pairs of x and y, at least one"))
    return points


def _pixel(value: object) -> list[int]:
    at = [_number(each) for each in _list(value, "at")]
    if len(at) != 2 or any(each != int(each) for each in at):
        raise InvalidRequest(sentence("a pixel is two whole numbers, x and y, got {value!r}", value=value))
    return [int(each) for each in at]


def _pairs(points: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points]


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > MAX_POINTS:
        raise InvalidRequest(
            sentence("{what} must be a list of at most {MAX_POINTS}", what=what, MAX_POINTS=MAX_POINTS)
        )
    return list(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1_000_000:
        raise InvalidRequest(sentence("a coordinate is a number of pixels, got {value!r}", value=value))
    return float(value)
