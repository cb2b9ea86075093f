"""Write a painting as Python: calls of Mask that build the same mask to the bit, without a browser.

Called by `MaskPainter.as_code`. Only names of the public package appear in what it writes.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ..masks import Mask
from .ops import Op, Wand, load_op, wand_area

_WIDTH = 100


def python_of(size: tuple[int, int], ops: Sequence[Op], source: str = "", picture: Image.Image | None = None) -> str:
    """Return the source; it leaves the result in `mask`.

    A wand is written with the picture's file, `source`; where there is none, the area that it picks in `picture` is.
    """
    code = code_of(size, ops, source, picture)
    return f"{_imports(code)}\n{code}"


def call_of(mask: str, source: str, function: str, prompt: str, values: Mapping[str, Any]) -> str:
    """Return the source of an edit; `mask` is what `code_of` gave, "" for a function that takes none."""
    named = {**({"mask": _Name("mask")} if mask else {}), **values}
    more = "".join(f", {name}={value!r}" for name, value in named.items())
    call = f"job = edit({source!r}, {function!r}, {prompt!r}{more})\n"
    names = "Mask, edit" if mask else "edit"
    return f"{_imports(mask, names)}\n{mask}{call}"


def rerun_of(path: Path) -> str:
    """Return the source that makes a saved picture again."""
    return f"from bailian_nb import rerun\n\njob = rerun({str(path)!r})\n"


def code_of(size: tuple[int, int], ops: Sequence[Op], source: str = "", picture: Image.Image | None = None) -> str:
    """Return the lines of a mask without its imports."""
    needed = _needed(ops)
    lines = [f"image = {source!r}"] if source and any(op["op"] == "wand" for op in needed) else []
    if not needed or needed[0]["op"] != "load":
        lines.append(f"mask = Mask.like(({size[0]}, {size[1]}))")
    for op in needed:
        if op["op"] == "wand" and not source:
            lines += _picked(op, wand_area(size, op, picture))
        else:
            lines += _lines(op, f"Mask.like(({size[0]}, {size[1]}))")
    return "\n".join(lines) + "\n"


class _Name(str):
    """A name in the source that is written, not a text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _imports(code: str, names: str = "Mask") -> str:
    png = "import base64\nimport io\n\nfrom PIL import Image\n\n" if "b64decode(" in code else ""
    return f"{png}from bailian_nb import {names}\n"


def _needed(ops: Sequence[Op]) -> list[Op]:
    """Leave out the ops before the last clear, fill or load, which replaces the whole mask."""
    start = max((number for number, op in enumerate(ops) if op["op"] in ("clear", "fill", "load")), default=None)
    if start is None:
        return list(ops)
    return list(ops[start + 1 :] if ops[start]["op"] == "clear" else ops[start:])


def _lines(op: Op, blank: str) -> list[str]:
    match op["op"]:
        case "stroke":
            return _shape("stroke", f"[{_points(op['points'])}], r={_number(op['r'])}", op["erase"], blank)
        case "group":
            return [line for part in op["ops"] for line in _lines(part, blank)]
        case "polygon":
            return _shape("polygon", f"[{_points(op['points'])}]", op["erase"], blank)
        case "rect" | "ellipse":
            return _shape(op["op"], ", ".join(map(_number, op["box"])), op["erase"], blank)
        case "clear":
            return [f"mask = {blank}"]
        case "fill":
            return [f"mask = ~{blank}"]
        case "invert":
            return ["mask = ~mask"]
        case "flood":
            at = ", ".join(map(str, op["at"]))
            return [f"mask = ~(~mask).flood({at})" if op["erase"] else f"mask = mask.flood({at})"]
        case "wand":
            more = f"image, {op['at'][0]}, {op['at'][1]}, tolerance={op['tolerance']}, contiguous={op['contiguous']}"
            return _shape("wand", more, op["erase"], blank)
        case "grow" | "shrink" | "smooth":
            return [f"mask = mask.{op['op']}({_number(op['px'])})"]
        case "load":
            return _loaded("mask", op["png"])


def _picked(op: Wand, area: Mask) -> list[str]:
    sign = "-" if op["erase"] else "|"
    return [*_loaded("area", load_op(area)["png"]), f"mask = mask {sign} area"]


def _loaded(name: str, png: str) -> list[str]:
    return [
        "png = (",
        *(f"    {json.dumps(piece)}" for piece in textwrap.wrap(png, _WIDTH)),
        ")",
        f"{name} = Mask.from_image(Image.open(io.BytesIO(base64.b64decode(png))))",
    ]


def _shape(name: str, arguments: str, erase: bool, blank: str) -> list[str]:
    head = f"mask = mask - {blank}.{name}(" if erase else f"mask = mask.{name}("
    if len(head) + len(arguments) < _WIDTH:
        return [f"{head}{arguments})"]
    return [head, *textwrap.wrap(arguments, _WIDTH, initial_indent="    ", subsequent_indent="    "), ")"]


def _points(points: Sequence[Sequence[float]]) -> str:
    return ", ".join(f"({_number(x)}, {_number(y)})" for x, y in points)


def _number(value: float) -> str:
    """Write a double so that Python reads the same one."""
    return str(int(value)) if value == int(value) else repr(float(value))
