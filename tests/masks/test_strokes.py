"""A stroke paints exactly the pixels of its rule: every one is asked of the rule itself, one pixel after the other."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import strokes
from bailian_nb.masks.strokes import stroke_spans

from ..world.each import each
from .test_shapes import SIZE, every, painted, point

tiny = st.sampled_from([0.0, 1e-300, 5e-324, 1e-17, 1e-13, -1e-9, 1e-5])
snapped = st.integers(-20 * 64, 90 * 64).map(lambda parts: parts / 64)  # what the browser sends
height = st.integers(-64, 64).map(lambda parts: 12.5 + parts / 64)  # rows that a line nearly runs along
size = st.tuples(st.integers(1, 70), st.integers(1, 40))


@contextmanager
def worked_out_in_pieces() -> Iterator[None]:
    """Have a few rows and pixels at a time, so that every stroke is put together of many pieces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strokes, "_ROWS", 7)
        patch.setattr(strokes, "_PIXELS", 5)
        yield


def stroke_rule(points: list[tuple[float, float]], r: float) -> Callable[[float, float], bool]:
    """The rule as it is published for the painter, written down a second time."""
    ends = list(itertools.pairwise(points)) or [(points[0], points[0])]

    def inside(px: float, py: float) -> bool:
        for (ax, ay), (bx, by) in ends:
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            ex, ey = px - ax, py - ay
            if length > 0:
                t = min(1, max(0, (ex * dx + ey * dy) / length))
                qx, qy = ex - t * dx, ey - t * dy
            else:
                qx, qy = ex, ey
            if qx * qx + qy * qy <= r * r:
                return True
        return False

    return inside


@settings(max_examples=150, deadline=None)
@given(points=st.lists(point, min_size=1, max_size=4), r=st.one_of(st.floats(0, 9), st.sampled_from([0, 0.5, 1, 2.5])))
@example(points=[(3.5, 4.5), (19.5, 4.5)], r=2)  # a flat rim that runs through pixel centres
@example(points=[(3.5, 4.5), (19.5, 4.5 + 1e-13)], r=2)
@example(points=[(4.5, 2.5), (4.5, 12.5)], r=3)
@example(points=[(0.5, 0.5), (16.5, 16.5)], r=math.sqrt(2) / 2)
@example(points=[(5.5, 5.5)], r=0)
@example(points=[(5.5, 5.5), (5.5, 5.5)], r=5)
def test_a_stroke_is_the_rule_to_the_bit(points: list[tuple[float, float]], r: float) -> None:
    assert painted(stroke_spans(SIZE, points, r)) == every(stroke_rule(points, r))


@settings(max_examples=60, deadline=None)
@given(start=point, dx=tiny, dy=tiny, r=st.one_of(st.floats(0, 9), st.sampled_from([0.5, 1.5, 2.0])))
def test_a_stroke_of_almost_no_length_is_the_rule_to_the_bit(
    start: tuple[float, float], dx: float, dy: float, r: float
) -> None:
    points = [start, (start[0] + dx, start[1] + dy)]
    assert painted(stroke_spans(SIZE, points, r)) == every(stroke_rule(points, r))


@settings(max_examples=40, deadline=None)
@given(far=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), near=point, r=st.floats(0, 900))
def test_a_stroke_that_comes_from_far_outside_is_the_rule_to_the_bit(
    far: tuple[float, float], near: tuple[float, float], r: float
) -> None:
    assert painted(stroke_spans(SIZE, [far, near], r)) == every(stroke_rule([far, near], r))


def test_a_dot_on_a_pixel_centre_with_radius_half_paints_one_pixel() -> None:
    assert painted(stroke_spans(SIZE, [(5.5, 6.5)], 0.5)) == {(5, 6)}


def test_pixels_exactly_at_the_radius_are_painted() -> None:
    assert painted(stroke_spans(SIZE, [(5.5, 6.5)], 1)) == {(5, 6), (4, 6), (6, 6), (5, 5), (5, 7)}


@settings(max_examples=80, deadline=None)
@given(
    size=size,
    points=st.lists(st.tuples(snapped, st.one_of(snapped, height)), min_size=1, max_size=12),
    r=st.integers(1, 40 * 64).map(lambda parts: parts / 64),
)
def test_what_the_browser_sends_is_the_rule_to_the_bit_on_any_size(
    size: tuple[int, int], points: list[tuple[float, float]], r: float
) -> None:
    assert painted(stroke_spans(size, points, r), size) == every(stroke_rule(points, r), size)


@settings(max_examples=60, deadline=None)
@given(points=st.lists(point, min_size=1, max_size=9), r=st.floats(0, 9))
def test_a_stroke_that_is_worked_out_in_pieces_is_the_same(points: list[tuple[float, float]], r: float) -> None:
    with worked_out_in_pieces():
        assert painted(stroke_spans(SIZE, points, r)) == every(stroke_rule(points, r))


@settings(max_examples=60, deadline=None)
@given(points=st.lists(point, min_size=1, max_size=9), r=st.floats(0, 9))
def test_spans_come_in_order_and_apart(points: list[tuple[float, float]], r: float) -> None:
    spans = list(stroke_spans(SIZE, points, r))
    assert all(a[0] < b[0] or a[2] < b[1] for a, b in itertools.pairwise(spans))


@each("seed", range(6))
def test_a_long_stroke_over_the_largest_picture_is_the_rule_to_the_bit(seed: int) -> None:
    dice = random.Random(seed)
    points = [(dice.uniform(0, 4096), dice.uniform(0, 4096))]
    turn = dice.uniform(0, 7)
    for _ in range(59):
        turn += dice.uniform(-0.6, 0.6)
        x, y = points[-1]
        points.append((round(64 * (x + 60 * math.cos(turn))) / 64, round(64 * (y + 60 * math.sin(turn))) / 64))
    r = dice.choice([0.5, 40, 128.015625, 300])
    inside = stroke_rule(points, r)
    rows: dict[int, list[tuple[int, int]]] = {}
    for row, start, stop in stroke_spans((4096, 4096), points, r):
        rows.setdefault(row, []).append((start, stop))
    for row in dice.sample(sorted(rows), min(40, len(rows))):
        rims = [rim + shift for span in rows[row] for rim in span for shift in (-2, -1, 0, 1)]
        for column in {*rims, *(dice.randrange(4096) for _ in range(20))}:
            if 0 <= column < 4096:
                white = any(start <= column < stop for start, stop in rows[row])
                assert white == inside(column + 0.5, row + 0.5), (row, column)


@each(
    ("points", "r", "message"),
    [
        ([], 3, "at least one point"),
        ([(1, 2)], -1, "must not be negative, got -1"),
        ([(1, 2)], math.nan, "finite"),
        ([(1, math.inf)], 3, "finite"),
        ([(1, 2e6)], 3, "1e\\+06"),
        ([(1, 2, 3)], 3, r"points \(x, y\)"),
        ([("a", 2)], 3, "numbers in pixels"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(points: list[tuple[float, float]], r: float, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        list(stroke_spans(SIZE, points, r))
