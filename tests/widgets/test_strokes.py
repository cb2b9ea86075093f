"""Python paints as the browser does: both are held to one file, and the file to the rule written out plainly."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bailian_nb.masks import Mask
from bailian_nb.widgets import mask_codec
from bailian_nb.widgets.as_code import python_of
from bailian_nb.widgets.ops import checked, drawn

from ..world.each import each

FILE = Path(__file__).parent.parent / "data" / "strokes.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stroke_vectors", Path(__file__).with_name("stroke_vectors.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sha256(mask: Mask) -> str:
    return hashlib.sha256(mask_codec.pack(mask)).hexdigest()


@pytest.mark.seldom
def test_the_vectors_are_what_the_plain_rule_gives() -> None:
    assert reference().text() == FILE.read_text(encoding="utf-8")


@each("vector", VECTORS, ids=lambda vector: vector["name"])
def test_ops_give_the_bitmap_that_the_browser_gives(vector: dict[str, Any]) -> None:
    mask = Mask.like(tuple(vector["size"]))
    for op in vector["ops"]:
        mask = drawn(mask, checked(op))
    assert sha256(mask) == vector["sha256"]


@each("vector", VECTORS, ids=lambda vector: vector["name"])
def test_ops_written_as_python_give_the_same_bitmap(vector: dict[str, Any]) -> None:
    names: dict[str, Any] = {}
    exec(python_of(tuple(vector["size"]), [checked(op) for op in vector["ops"]]), names)
    assert sha256(names["mask"]) == vector["sha256"]
