"""Which pixels a shape paints, to the bit, as spans of rows. The painter in the browser draws by the same rules.

A pixel belongs to a shape by its centre (column + 0.5, row + 0.5), in double arithmetic, in exactly the order of
operations below. `mask` calls this; a span is (row, first column, column after the last).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import repeat

from ..errors import InvalidRequest

Point = tuple[float, float]
Span = tuple[int, int, int]
FARTHEST = 1_000_000.0
"""Coordinates beyond this are refused: there doubles no longer tell pixels apart well enough."""
_NOTHING = 1e-200
"""A length that no distance can feel, and by which coordinates can be divided without overflow."""


def rect_spans(size: tuple[int, int], x0: float, y0: float, x1: float, y1: float) -> Iterator[Span]:
    """Paint where x0 <= x < x1 and y0 <= y < y1; corners may come in any order."""
    x0, y0, x1, y1 = checked("rect", (x0, y0, x1, y1))
    left, right = _between(min(x0, x1), max(x0, x1), size[0])
    top, bottom = _between(min(y0, y1), max(y0, y1), size[1])
    if left < right:
        for row in range(top, bottom):
            yield row, left, right


def ellipse_spans(size: tuple[int, int], x0: float, y0: float, x1: float, y1: float) -> Iterator[Span]:
    """Paint where u*u + v*v <= 1, u and v being the offsets from the box's centre in half axes."""
    x0, y0, x1, y1 = checked("ellipse", (x0, y0, x1, y1))
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    rx, ry = abs(x1 - x0) / 2, abs(y1 - y0) / 2
    if not (rx > 0 and ry > 0):
        return
    for row in range(max(0, math.floor(cy - ry) - 1), min(size[1], math.ceil(cy + ry) + 1)):
        v = (row + 0.5 - cy) / ry

        def inside(column: int, v: float = v) -> bool:
            u = (column + 0.5 - cx) / rx
            return u * u + v * v <= 1

        # Rounding keeps order, so the nearest centre is inside if any is, and the row has one span.
        nearest = next((column for column in _around(cx) if inside(column)), None)
        if nearest is None:
            continue
        half = rx * math.sqrt(max(0.0, 1 - v * v))
        first = min(nearest, math.ceil(cx - half - 0.5))
        last = max(nearest, math.floor(cx + half - 0.5))
        while inside(first - 1):
            first -= 1
        while not inside(first):
            first += 1
        while inside(last + 1):
            last += 1
        while not inside(last):
            last -= 1
        if max(first, 0) < min(last + 1, size[0]):
            yield row, max(first, 0), min(last + 1, size[0])


def polygon_spans(size: tuple[int, int], points: Sequence[Point]) -> Iterator[Span]:
    """Paint by the even-odd rule.

    An edge counts for a row when one end has y > row + 0.5 and the other has not; it toggles every pixel with
    x < (bx - ax) * (y - ay) / (by - ay) + ax.
    """
    if len(points) < 3:
        raise InvalidRequest(f"polygon needs at least 3 points, got {len(points)}")
    corners = [tuple(checked("polygon", point)) for point in points]
    edges = [(*corners[number - 1], *corner) for number, corner in enumerate(corners)]
    top = max(0, math.floor(min(y for _, y in corners)) - 1)
    bottom = min(size[1], math.ceil(max(y for _, y in corners)) + 1)
    for row in range(top, bottom):
        y = row + 0.5
        crossings = sorted((bx - ax) * (y - ay) / (by - ay) + ax for ax, ay, bx, by in edges if (ay > y) != (by > y))
        for start, stop in zip(crossings[::2], crossings[1::2], strict=True):
            left, right = _between(start, stop, size[0])
            if left < right:
                yield row, left, right


def stroke_spans(size: tuple[int, int], points: Sequence[Point], r: float) -> Iterator[Span]:
    """Paint where the squared distance to the line through `points` is at most r*r.

    Only pixels near the rim are asked one by one; all others are plainly inside or outside.
    """
    if not points:
        raise InvalidRequest("stroke needs at least one point")
    (r,) = checked("stroke radius", (r,))
    if r < 0:
        raise InvalidRequest(f"stroke radius must not be negative, got {r:g}")
    line = [checked("stroke", point) for point in points]
    starts = line if len(line) == 1 else line[:-1]
    for (ax, ay), (bx, by) in zip(starts, line[1:] or line, strict=True):
        yield from _segment_spans(size, ax, ay, bx, by, r)


def near_segment(column: int, row: int, ax: float, ay: float, bx: float, by: float, r: float) -> bool:
    """Tell whether the centre of a pixel is within `r` of a segment: the rule itself."""
    dx = bx - ax
    dy = by - ay
    length = dx * dx + dy * dy
    ex = column + 0.5 - ax
    ey = row + 0.5 - ay
    if length > 0:
        t = (ex * dx + ey * dy) / length
        t = min(1.0, max(0.0, t))
        ex = ex - t * dx
        ey = ey - t * dy
    return ex * ex + ey * ey <= r * r


def checked(shape: str, numbers: Sequence[float]) -> list[float]:
    """Return plain floats.

    Raises
    ------
    InvalidRequest
        When one is no finite number of a sensible size, or a point has not two of them.
    """
    try:
        plain = [float(number) for number in numbers]
    except (TypeError, ValueError):
        raise InvalidRequest(f"{shape} needs numbers in pixels, got {numbers!r}") from None
    if shape in ("stroke", "polygon") and len(plain) != 2:
        raise InvalidRequest(f"{shape} needs points (x, y), got {numbers!r}")
    if not all(abs(number) <= FARTHEST for number in plain):
        raise InvalidRequest(f"{shape} needs finite numbers up to {FARTHEST:g}, got {numbers!r}")
    return plain


def _segment_spans(size: tuple[int, int], ax: float, ay: float, bx: float, by: float, r: float) -> Iterator[Span]:
    # Far above what rounding can do to a distance between such numbers, far below a pixel.
    slack = 1e-9 * (1 + r + max(abs(ax), abs(ay), abs(bx), abs(by)))
    top = max(0, math.ceil(min(ay, by) - r - slack - 0.5))
    bottom = min(size[1], math.floor(max(ay, by) + r + slack - 0.5) + 1)
    maybe = _columns(top, bottom, ax, ay, bx, by, r + slack, size[0])
    sure = _columns(top, bottom, ax, ay, bx, by, r - slack, size[0]) if r > slack else repeat((0, 0))
    for row, (left, right), (start, stop) in zip(range(top, bottom), maybe, sure, strict=False):
        if start < stop:
            yield row, start, stop
        else:
            start = stop = right
        if left == start and right == stop:
            continue
        for column in (*range(left, start), *range(stop, right)):
            if near_segment(column, row, ax, ay, bx, by, r):
                yield row, column, column + 1


def _columns(
    top: int, bottom: int, ax: float, ay: float, bx: float, by: float, r: float, width: int
) -> Iterator[tuple[int, int]]:
    """Yield for each row the columns whose centres lie within `r` of the segment, as good as rounding allows.

    A row meets the disc at either end and the band between the ends: within `r` of the line, and between the ends
    when dropped on it. Written out in one loop, since a stroke has tens of thousands of rows.
    """
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    flat, upright, band = abs(dy) < _NOTHING, abs(dx) < _NOTHING, length > _NOTHING
    half_across = math.inf if flat else r * math.sqrt(length) / abs(dy)
    for row in range(top, bottom):
        low, high = math.inf, -math.inf
        ya = row + 0.5 - ay
        yb = row + 0.5 - by
        if (rest := r * r - ya * ya) >= 0:
            half = math.sqrt(rest)
            low, high = ax - half, ax + half
        if (rest := r * r - yb * yb) >= 0:
            half = math.sqrt(rest)
            low, high = min(low, bx - half), max(high, bx + half)
        if band and (abs(ya) <= r if flat else True) and (0 <= ya * dy <= length if upright else True):
            middle = 0.0 if flat else ya * dx / dy
            start, stop = middle - half_across, middle + half_across
            if not upright:
                one, two = -ya * dy / dx, (length - ya * dy) / dx
                start, stop = max(start, min(one, two)), min(stop, max(one, two))
            if start <= stop:
                low, high = min(low, ax + start), max(high, ax + stop)
        left = math.ceil(min(max(low, 0.0), width + 1.0) - 0.5)
        right = math.floor(max(min(high, width), -1.0) - 0.5) + 1
        yield (left, right) if left < right else (0, 0)


def _between(low: float, high: float, limit: int) -> tuple[int, int]:
    """Return the range of pixels whose centres c have low <= c < high, within 0 to `limit`."""
    return _first_from(low, limit), _first_from(high, limit)


def _first_from(low: float, limit: int) -> int:
    first = math.ceil(min(max(low, -1.0), limit + 1.0) - 0.5)
    while first + 0.5 < low and first < limit:
        first += 1
    while first - 0.5 >= low and first > 0:
        first -= 1
    return min(max(first, 0), limit)


def _around(x: float) -> tuple[int, int, int]:
    middle = math.floor(x)
    return middle, middle - 1, middle + 1
