"""Shapes paint exactly the pixels of their rule: every one is asked of the rule itself, one pixel after the other."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bailian_nb.errors import InvalidRequest
from bailian_nb.masks.shapes import Span, ellipse_spans, polygon_spans, rect_spans
from bailian_nb.masks.strokes import stroke_spans

SIZE = (23, 17)
# Quarters hit pixel centres and edges exactly; the rest hits nothing in particular.
coordinate = st.one_of(st.integers(-40, 120).map(lambda quarters: quarters / 4), st.floats(-12, 35))
point = st.tuples(coordinate, coordinate)
tiny = st.sampled_from([0.0, 1e-300, 5e-324, 1e-17, 1e-13, -1e-9, 1e-5])


def painted(spans: Iterable[Span], size: tuple[int, int] = SIZE) -> set[tuple[int, int]]:
    found = set()
    for row, start, stop in spans:
        assert 0 <= row < size[1]
        assert 0 <= start < stop <= size[0]
        found.update((column, row) for column in range(start, stop))
    return found


def every(rule: Callable[[float, float], bool], size: tuple[int, int] = SIZE) -> set[tuple[int, int]]:
    return {(column, row) for row in range(size[1]) for column in range(size[0]) if rule(column + 0.5, row + 0.5)}


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


def test_polygons_that_share_an_edge_neither_overlap_nor_leave_a_gap() -> None:
    first = painted(polygon_spans(SIZE, [(1, 1), (20, 1), (4, 15)]))
    second = painted(polygon_spans(SIZE, [(20, 1), (20, 15), (4, 15)]))
    assert not first & second
    assert first | second == painted(polygon_spans(SIZE, [(1, 1), (20, 1), (20, 15), (4, 15)]))


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        (lambda: stroke_spans(SIZE, [], 3), "at least one point"),
        (lambda: stroke_spans(SIZE, [(1, 2)], -1), "must not be negative, got -1"),
        (lambda: stroke_spans(SIZE, [(1, 2)], math.nan), "finite"),
        (lambda: stroke_spans(SIZE, [(1, math.inf)], 3), "finite"),
        (lambda: stroke_spans(SIZE, [(1, 2e6)], 3), "1e\\+06"),
        (lambda: stroke_spans(SIZE, [(1, 2, 3)], 3), r"points \(x, y\)"),
        (lambda: stroke_spans(SIZE, [("a", 2)], 3), "numbers in pixels"),
        (lambda: polygon_spans(SIZE, [(0, 0), (5, 5)]), "at least 3 points, got 2"),
        (lambda: rect_spans(SIZE, 0, 0, math.nan, 4), "finite"),
        (lambda: ellipse_spans(SIZE, 0, 0, None, 4), "numbers in pixels"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(spans: Callable[[], Iterable[Span]], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        list(spans())


def test_a_pen_stroke_over_the_largest_picture_takes_less_than_a_second() -> None:
    points = [(2048 + 1900 * math.cos(step / 20), 2048 + 1900 * math.sin(step / 13)) for step in range(300)]
    start = time.process_time()
    count = sum(1 for _ in stroke_spans((4096, 4096), points, 40))
    assert count > 10_000
    assert time.process_time() - start < 1
