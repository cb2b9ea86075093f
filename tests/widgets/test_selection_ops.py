"""Bucket, wand and edge from the page: drawn in Python, undone, kept, and written as short code that gives the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.masks import Mask
from bailian_nb.widgets import MaskPainter

from .conftest import Page
from .test_painter import shown, stroke

OPS: list[Any] = [
    {"op": "flood", "at": [3, 40], "erase": False},
    {"op": "flood", "at": [14, 22], "erase": True},
    {"op": "wand", "at": [30, 20], "tolerance": 20, "contiguous": True, "erase": False},
    {"op": "wand", "at": [30, 20], "tolerance": 20, "contiguous": False, "erase": True},
    {"op": "grow", "px": 2.0},
    {"op": "shrink", "px": 2.0},
    {"op": "smooth", "px": 3.0},
]


def direct(picture: Image.Image, op: Any, mask: Mask) -> Mask:
    match op["op"]:
        case "flood":
            return ~(~mask).flood(*op["at"]) if op["erase"] else mask.flood(*op["at"])
        case "wand":
            area = Mask.like(mask.size).wand(picture, *op["at"], tolerance=op["tolerance"], contiguous=op["contiguous"])
            return mask - area if op["erase"] else mask | area
        case name:
            found: Mask = getattr(mask, name)(op["px"])
            return found


@pytest.mark.parametrize("op", OPS, ids=lambda op: f"{op['op']} {op.get('erase', '')}")
@pytest.mark.parametrize("from_file", [True, False])
def test_an_op_of_the_page_is_what_mask_gives_and_its_code_gives_it_too(
    picture: Image.Image, tmp_path: Path, op: Any, *, from_file: bool
) -> None:
    picture.save(tmp_path / "shop.png")
    painter = MaskPainter(tmp_path / "shop.png" if from_file else picture)
    page = Page(painter)
    page.paint(stroke(10))
    before = painter.mask
    page.send(op)
    assert painter.mask == direct(picture, op, before) == shown(painter)
    assert painter.ops == [stroke(10), op]
    names: dict[str, Any] = {}
    code = painter.as_code()
    exec(code, names)
    assert names["mask"] == painter.mask
    assert ("base64" in code) == (op["op"] == "wand" and not from_file)
    page.send({"op": "undo"})
    assert painter.mask == before
    page.send({"op": "redo"})
    assert painter.mask == direct(picture, op, before)
    assert painter.fault == ""


def test_a_number_that_is_turned_leaves_one_step_with_its_last_value(picture: Image.Image) -> None:
    painter = MaskPainter(picture)
    page = Page(painter)
    page.paint(stroke(10))
    before = painter.mask
    page.send({"op": "grow", "px": 1})
    for px in (2, 5, 3):
        page.send({"op": "grow", "px": px}, anew=True)
        assert painter.mask == before.grow(px) == shown(painter)
    assert painter.ops == [stroke(10), {"op": "grow", "px": 3.0}]
    page.send({"op": "grow", "px": -1}, anew=True)
    assert painter.mask == before.grow(3)
    page.send({"op": "undo"})
    assert painter.mask == before


def test_a_number_turned_on_a_step_that_is_not_the_last_changes_nothing(picture: Image.Image) -> None:
    painter = MaskPainter(picture)
    page = Page(painter)
    page.send({"op": "grow", "px": 1})
    seq = painter.shown["seq"] + 1
    painter.invert()
    page.send({"op": "grow", "px": 2}, seq=seq, anew=True)
    assert painter.ops == [{"op": "grow", "px": 1.0}, {"op": "invert"}]
    assert painter.shown["acks"] == {"page": 2}


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ({"op": "flood", "at": [3.5, 1]}, "two whole numbers"),
        ({"op": "wand", "at": [64, 1], "tolerance": 3}, "x in 0-63, y in 0-47, got 64, 1"),
        ({"op": "wand", "at": [1, 1], "tolerance": 300}, "0-255, got 300"),
        ({"op": "grow", "px": -1}, "-1"),
    ],
)
def test_an_op_that_cannot_be_is_said_and_changes_nothing(picture: Image.Image, op: Any, message: str) -> None:
    painter = MaskPainter(picture)
    Page(painter).send(op)
    assert message in painter.fault
    assert painter.ops == []
    assert painter.shown["acks"] == {"page": 1}


def test_python_has_the_same_tools(picture: Image.Image) -> None:
    painter = MaskPainter(picture)
    painter.wand(30, 20, tolerance=20)
    assert painter.mask == Mask.like((64, 48)).wand(picture, 30, 20, tolerance=20)
    painter.smooth(2)
    painter.wand(30, 20, tolerance=255, erase=True)
    assert painter.mask.coverage == 0
