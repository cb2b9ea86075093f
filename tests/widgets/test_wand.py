"""The wand of the page and of Python: both are held to one file, and both compare the very same colours."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bailian_nb.masks import Mask
from bailian_nb.masks.mask import to_bits
from bailian_nb.widgets import MaskPainter, canvas_picture

from ..world.each import each

FILE = Path(__file__).parent.parent / "data" / "wand.json"
FOUND: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
SMALL = pytest.mark.parametrize("vector", FOUND["small"], ids=[vector["name"] for vector in FOUND["small"]])


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wand_vectors", Path(__file__).with_name("wand_vectors.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def picture_of(vector: dict[str, Any]) -> Image.Image:
    return Image.frombytes("RGBA", tuple(vector["size"]), base64.b64decode(vector["rgba"]))


def colours_for_page(painter: MaskPainter) -> bytes:
    """Ask for rows as a page does until all are there, and undo what was done to them."""
    wire: Any = painter.comm
    width, height = painter.size
    rows: list[Any] = []
    while len(rows) < height:
        wire.receive({"kind": "colours", "picture": 0, "row": len(rows)})
        content, (deflated,) = wire.custom("colours")[-1]
        assert content == {"kind": "colours", "picture": 0, "row": len(rows)}
        steps = np.frombuffer(zlib.decompress(deflated), np.uint8).reshape(-1, width, 3)
        rows += list(np.cumsum(steps, axis=1, dtype=np.uint8))
    return np.stack(rows).tobytes()


def test_the_vectors_are_what_the_plain_rule_gives() -> None:
    assert reference().text(FOUND["rings"]) == FILE.read_text(encoding="utf-8")


@SMALL
def test_a_wand_picks_what_the_page_picks(vector: dict[str, Any]) -> None:
    picture = picture_of(vector)
    for pick in vector["picks"]:
        how = {name: pick[name] for name in ("tolerance", "contiguous")}
        mask = Mask.like(picture).wand(picture, *pick["at"], **how)
        assert hashlib.sha256(to_bits(mask)).hexdigest() == pick["sha256"], pick


@pytest.mark.slow
def test_a_wand_picks_what_the_page_picks_at_4096() -> None:
    found = [reference().large_sha256(pick) for pick in FOUND["rings"]]
    assert found == [pick["sha256"] for pick in FOUND["rings"]]


@SMALL
def test_a_page_is_sent_the_colours_that_python_compares(
    vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas_picture, "ROWS_BYTES", 400)  # several messages, and rows that are longer than one
    painter = MaskPainter(picture_of(vector), keep=False)
    assert colours_for_page(painter) == base64.b64decode(vector["rgb"])


@each("mode", ["L", "P", "1", "LA", "CMYK", "I;16"])
def test_a_page_is_sent_colours_of_a_picture_of_any_mode(mode: str) -> None:
    grey = Image.linear_gradient("L").resize((40, 30))
    picture = (
        grey.convert("RGB").convert(mode) if mode != "I;16" else Image.fromarray(np.asarray(grey, np.uint16) * 257)
    )
    painter = MaskPainter(picture, keep=False)
    rgb = np.frombuffer(colours_for_page(painter), np.uint8).reshape(30, 40, 3)
    for tolerance in (0, 40):
        near = (abs(rgb.astype(int) - rgb[12, 9].astype(int)) <= tolerance).all(axis=2)
        mask = Mask.like(picture).wand(picture, 9, 12, tolerance=tolerance, contiguous=False)
        assert (mask.to_numpy() == 255 * near).all()


def test_a_row_behind_the_last_is_an_empty_answer(picture: Image.Image) -> None:
    painter = MaskPainter(picture, keep=False)
    wire: Any = painter.comm
    for row in (painter.size[1], 10**9):
        wire.receive({"kind": "colours", "picture": 0, "row": row})
        assert zlib.decompress(wire.custom("colours")[-1][1][0]) == b""
    assert painter.fault == ""
