"""Shapes paint exactly the pixels of their rule: every one is asked of the rule itself, one pixel after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks import shapes
from bailian_nb.masks.shapes import Span, ellipse_spans, polygon_spans, rect_spans

SIZE = (23, 17)
# Quarters hit pixel centres and edges exactly; the rest hits nothing in particular.
coordinate = st.one_of(st.integers(-40, 120).map(lambda quarters: quarters / 4), st.floats(-12, 35))
point = st.tuples(coordinate, coordinate)


def painted(spans: Iterable[Span], size: tuple[int, int] = SIZE) -> set[tuple[int, int]]:
    found = set()
    for row, start, stop in spans:
        assert 0 <= row < size[1]
        assert 0 <= start < stop <= size[0]
        found.update((column, row) for column in range(start, stop))
    return found


def every(rule: Callable[[float, float], bool], size: tuple[int, int] = SIZE) -> set[tuple[int, int]]:
    return {(column, row) for row in range(size[1]) for column in range(size[0]) if rule(column + 0.5, row + 0.5)}


@settings(max_examples=60, deadline=None)
@given(x0=coordinate, y0=coordinate, x1=coordinate, y1=coordinate)
def test_a_rectangle_holds_centres_from_its_low_to_below_its_high_edge(
    x0: float, y0: float, x1: float, y1: float
) -> None:
    (left, right), (top, bottom) = sorted((x0, x1)), sorted((y0, y1))
    expected = every(lambda px, py: left <= px < right and top <= py < bottom)
    assert painted(rect_spans(SIZE, x0, y0, x1, y1)) == expected


@settings(max_examples=60, deadline=None)
@given(x0=coordinate, y0=coordinate, x1=coordinate, y1=coordinate)
@example(x0=2, y0=2, x1=13, y1=13)
@example(x0=2, y0=2, x1=3, y1=9)
@example(x0=4.25, y0=0, x1=4.75, y1=17)
def test_an_ellipse_is_the_rule_to_the_bit(x0: float, y0: float, x1: float, y1: float) -> None:
    rx, ry = abs(x1 - x0) / 2, abs(y1 - y0) / 2
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2

    def inside(px: float, py: float) -> bool:
        if not (rx > 0 and ry > 0):
            return False
        u, v = (px - cx) / rx, (py - cy) / ry
        return u * u + v * v <= 1

    assert painted(ellipse_spans(SIZE, x0, y0, x1, y1)) == every(inside)


@settings(max_examples=60, deadline=None)
@given(points=st.lists(point, min_size=3, max_size=7))
@example(points=[(2.5, 2.5), (12.5, 2.5), (12.5, 9.5), (2.5, 9.5)])
@example(points=[(0, 0), (20, 0), (0, 15), (20, 15)])  # crosses itself
def test_a_polygon_follows_the_even_odd_rule(points: list[tuple[float, float]]) -> None:
    def inside(px: float, py: float) -> bool:
        odd = False
        for (ax, ay), (bx, by) in zip(points[-1:] + points[:-1], points, strict=True):
            if (ay > py) != (by > py) and px < (bx - ax) * (py - ay) / (by - ay) + ax:
                odd = not odd
        return odd

    assert painted(polygon_spans(SIZE, points)) == every(inside)


@settings(max_examples=40, deadline=None)
@given(points=st.lists(point, min_size=3, max_size=7))
def test_a_polygon_that_is_worked_out_in_pieces_is_the_same(points: list[tuple[float, float]]) -> None:
    at_once = list(polygon_spans(SIZE, points))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapes, "_CROSSINGS", 9)
        assert list(polygon_spans(SIZE, points)) == at_once


def test_polygons_that_share_an_edge_neither_overlap_nor_leave_a_gap() -> None:
    first = painted(polygon_spans(SIZE, [(1, 1), (20, 1), (4, 15)]))
    second = painted(polygon_spans(SIZE, [(20, 1), (20, 15), (4, 15)]))
    assert not first & second
    assert first | second == painted(polygon_spans(SIZE, [(1, 1), (20, 1), (20, 15), (4, 15)]))


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        (lambda: polygon_spans(SIZE, [(0, 0), (5, 5)]), "at least 3 points, got 2"),
        (lambda: rect_spans(SIZE, 0, 0, math.nan, 4), "finite"),
        (lambda: ellipse_spans(SIZE, 0, 0, None, 4), "numbers in pixels"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(spans: Callable[[], Iterable[Span]], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        list(spans())
