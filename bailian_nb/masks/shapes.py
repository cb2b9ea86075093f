"""Which pixels a shape paints, to the bit, as spans of rows. The painter in the browser draws by the same rules.

A pixel belongs to a shape by its centre (column + 0.5, row + 0.5), in double arithmetic, in exactly the order of
operations below. `mask` calls this; a span is (row, first column, column after the last).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidRequest
from ..system.language import sentence

Point = tuple[float, float]
Span = tuple[int, int, int]
FARTHEST = 1_000_000.0
"""Coordinates beyond this are refused: there doubles no longer tell pixels apart well enough."""
_CROSSINGS = 1 << 18
"""So many meetings of edges and rows are looked at together, or as many as one row has."""


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
        raise InvalidRequest(sentence("polygon needs at least 3 points, got {count}", count=len(points)))
    corners = np.array([checked("polygon", point) for point in points])
    height = max(1, _CROSSINGS // len(corners))
    edges = *np.roll(corners, 1, axis=0).T, *corners.T
    for top in range(0, size[1], height):
        yield from _crossed(size[0], edges, top, min(top + height, size[1]))


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
        raise InvalidRequest(
            sentence("{shape} needs numbers in pixels, got {numbers!r}", shape=shape, numbers=numbers)
        ) from None
    if shape in ("stroke", "polygon") and len(plain) != 2:
        raise InvalidRequest(sentence("{shape} needs points (x, y), got {numbers!r}", shape=shape, numbers=numbers))
    if not all(abs(number) <= FARTHEST for number in plain):
        raise InvalidRequest(
            sentence(
                "{shape} needs finite numbers up to {FARTHEST:g}, got {numbers!r}",
                shape=shape,
                FARTHEST=FARTHEST,
                numbers=numbers,
            )
        )
    return plain


def _crossed(width: int, edges: Sequence[NDArray[np.float64]], top: int, bottom: int) -> Iterator[Span]:
    ax, ay, bx, by = edges
    first = np.clip(np.floor(np.minimum(ay, by)) - 1, top, bottom).astype(np.int64)
    count = np.clip(np.ceil(np.maximum(ay, by)) + 1, first, bottom).astype(np.int64) - first
    edge = np.repeat(np.arange(len(ax)), count)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count - first, count)
    met = (ay[edge] > row + 0.5) != (by[edge] > row + 0.5)
    edge, row = edge[met], row[met]
    crossing = (bx - ax)[edge] * (row + 0.5 - ay[edge]) / (by - ay)[edge] + ax[edge]
    order = np.lexsort((crossing, row))
    row, column = row[order], _first_columns(crossing[order], width)
    # A closed line crosses a row an even number of times, so every second crossing begins a span.
    for place, start, stop in zip(*(each.tolist() for each in (row[::2], column[::2], column[1::2])), strict=True):
        if start < stop:
            yield place, start, stop


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


def _first_columns(low: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    """Return what `_first_from` does, of many numbers."""
    first = np.ceil(np.clip(low, -1.0, limit + 1.0) - 0.5)
    first += first + 0.5 < low
    first -= first - 0.5 >= low
    return np.clip(first, 0, limit).astype(np.int64)


def _around(x: float) -> tuple[int, int, int]:
    middle = math.floor(x)
    return middle, middle - 1, middle + 1
