"""Bits, ops, undo and redo of the painter's Python side, without a widget."""

from __future__ import annotations

import json
import random
import zlib
from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import Mask
from bailian_nb.widgets import mask_codec
from bailian_nb.widgets.as_code import python_of
from bailian_nb.widgets.ops import Op, checked, drawn, load_op
from bailian_nb.widgets.painting import Painting

from ..world.each import each


def stroke(x: float, y: float = 10, r: float = 4, *, erase: bool = False) -> Op:
    return {"op": "stroke", "points": [[x, y], [x + 6, y + 5]], "r": r, "erase": erase}


def noise(size: tuple[int, int]) -> Mask:
    dice = random.Random(3)
    return Mask(Image.frombytes("L", size, bytes(dice.choice((0, 255)) for _ in range(size[0] * size[1]))))


@pytest.mark.parametrize("width", [1, 7, 8, 9, 33])
def test_bits_come_back_as_they_went(width: int) -> None:
    mask = noise((width, 5))
    packed = mask_codec.pack(mask)
    assert len(packed) == (width + 7) // 8 * 5
    assert mask_codec.unpack(mask.size, mask_codec.inflate(mask.size, mask_codec.deflate(packed))) == mask


def test_the_first_pixel_is_the_highest_bit() -> None:
    assert mask_codec.pack(Mask.like((10, 2)).rect(0, 0, 1, 1).rect(9, 1, 10, 2)) == bytes([0x80, 0, 0, 0x40])


@pytest.mark.parametrize("data", [b"", b"no zlib", zlib.compress(b"\0" * 9), zlib.compress(b"\0" * 11)])
def test_a_bitmap_of_another_length_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRequest, match="bitmap"):
        mask_codec.inflate((10, 5), data)


def test_a_bomb_is_not_inflated() -> None:
    with pytest.raises(InvalidRequest, match="has 11 bytes"):
        mask_codec.inflate((10, 5), zlib.compress(bytes(10_000_000)))


@each(
    "op",
    [
        None,
        {},
        {"op": "explode"},
        {"op": "stroke", "points": [], "r": 4},
        {"op": "stroke", "points": [[1, 2, 3]], "r": 4},
        {"op": "stroke", "points": [[1, "2"]], "r": 4},
        {"op": "stroke", "points": [[1, True]], "r": 4},
        {"op": "stroke", "points": [[1, 2]], "r": 0},
        {"op": "stroke", "points": [[1, 2]], "r": float("nan")},
        {"op": "stroke", "points": [[1, float("inf")]], "r": 1},
        {"op": "rect", "box": [1, 2, 3]},
        {"op": "group", "ops": [{"op": "invert"}, 3]},
        {"op": "polygon", "points": 7},
    ],
)
def test_what_is_no_op_is_refused(op: Any) -> None:
    with pytest.raises(InvalidRequest):
        drawn(Mask.like((9, 9)), checked(op))


def test_an_op_from_outside_keeps_only_what_an_op_has() -> None:
    assert checked({"op": "clear", "png": "x", "evil": 1}) == {"op": "clear"}
    assert checked({"op": "load", "png": "x"}) == {"op": "load"}


def test_sixty_steps_are_undone_and_done_again() -> None:
    painting = Painting((64, 48))
    seen = [painting.mask]
    for number in range(60):
        painting.do({"op": "invert"} if number % 7 == 3 else stroke(number, erase=number % 4 == 1))
        seen.append(painting.mask)
    for mask in reversed(seen[:-1]):
        assert painting.undo()
        assert painting.mask == mask
    assert not painting.undo()
    for mask in seen[1:]:
        assert painting.redo()
        assert painting.mask == mask
    assert not painting.redo()
    assert painting.depth == 60


def test_a_step_after_an_undo_forgets_what_was_undone() -> None:
    painting = Painting((64, 48))
    painting.do(stroke(10))
    painting.undo()
    painting.do({"op": "fill"})
    assert painting.ahead == 0
    assert painting.mask.coverage == 1


def test_a_mask_to_begin_with_can_be_undone_and_done_again() -> None:
    start = noise((64, 48))
    painting = Painting((64, 48), start)
    painting.do(stroke(20))
    painting.undo()
    assert painting.mask == start
    painting.undo()
    assert painting.mask.coverage == 0
    painting.redo()
    assert painting.mask == start


def test_the_ops_alone_give_the_mask() -> None:
    painting = Painting((64, 48), noise((64, 48)))
    grow: Op = {"op": "grow", "px": 1.5}
    for op in (stroke(10), {"op": "invert"}, grow, stroke(30, erase=True), {"op": "shrink", "px": 2}):
        painting.do(op)  # type: ignore[arg-type]
    mask = Mask.like((64, 48))
    for op in painting.ops:
        mask = drawn(mask, op)
    assert mask == painting.mask


@each(
    "op",
    [
        stroke(10),
        {"op": "group", "ops": [stroke(10), stroke(20)]},
        {"op": "polygon", "points": [[1, 1], [9, 1], [5, 9]], "erase": False},
        {"op": "rect", "box": [1, 1, 9, 9], "erase": False},
        {"op": "invert"},
        load_op(noise((64, 48))),
    ],
    ids=lambda op: op["op"],
)
def test_ops_that_were_handed_out_are_a_copy(op: Any) -> None:
    painting = Painting((64, 48))
    painting.do(op)
    given = json.dumps(painting.ops)
    (copy,) = painting.ops
    for part in (copy, *copy.get("ops", [])):
        for point in part.get("points", []):
            point.clear()
        for value in part.values():
            if isinstance(value, list):
                value.clear()
    copy.clear()
    assert json.dumps(painting.ops) == given


def test_a_mask_of_another_size_is_no_painting() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Painting((64, 48)).put(Mask.like((48, 64)))
    with pytest.raises(InvalidRequest, match="another size"):
        drawn(Mask.like((9, 9)), load_op(Mask.like((9, 8))))


def test_code_leaves_out_what_was_covered() -> None:
    code = python_of((64, 48), [stroke(1), {"op": "clear"}, stroke(2), {"op": "invert"}])
    assert code == (
        "from bailian_nb import Mask\n\nmask = Mask.like((64, 48))\n"
        "mask = mask.stroke([(2, 10), (8, 15)], r=4)\nmask = ~mask\n"
    )


def test_code_of_a_loaded_mask_carries_it() -> None:
    mask = noise((64, 48))
    names: dict[str, Any] = {}
    code = python_of((64, 48), [stroke(1), load_op(mask), stroke(3.015625, erase=True)])
    exec(code, names)
    assert names["mask"] == drawn(mask, stroke(3.015625, erase=True))
    assert max(map(len, code.splitlines())) <= 120


def test_a_long_stroke_stays_within_a_line() -> None:
    op: Op = {"op": "stroke", "points": [[k / 64, k] for k in range(300)], "r": 3.5, "erase": True}
    code = python_of((64, 48), [{"op": "fill"}, op])
    assert max(map(len, code.splitlines())) <= 120
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["mask"] == drawn(~Mask.like((64, 48)), op)
