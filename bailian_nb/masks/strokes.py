"""Which pixels a stroke paints, to the bit, as spans of rows. The painter in the browser draws by the same rule.

The rule is `near_segments`, in double arithmetic and in exactly that order of operations. It is asked only of pixels
near the rim: where a row plainly is inside or outside follows from the outline. All rows of many segments are worked
out at once, as arrays, since a long stroke of a wide brush has hundreds of thousands of them. `mask` calls this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidRequest
from ..system.language import sentence
from .shapes import Point, Span, checked

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NOTHING = 1e-200
"""A length that no distance can feel, and by which coordinates can be divided without overflow."""
_ROWS = 1 << 13
"""So many rows of segments are worked out at a time: their arrays stay in the processor's cache."""
_PIXELS = 1 << 18
"""So many pixels are put to the rule at a time."""


def stroke_spans(size: tuple[int, int], points: Sequence[Point], r: float) -> Iterator[Span]:
    """Paint where the squared distance to the line through `points` is at most r*r.

    The spans come by rows, from left to right, and do not touch each other.
    """
    if not points:
        raise InvalidRequest(sentence("stroke needs at least one point"))
    (r,) = checked("stroke radius", (r,))
    if r < 0:
        raise InvalidRequest(sentence("stroke radius must not be negative, got {r:g}", r=r))
    line = np.array([checked("stroke", point) for point in points])
    with np.errstate(all="ignore"):  # what divides by a zero or roots a negative is never used
        spans = _stroke(size, _Segments(line[: max(1, len(line) - 1)], line[min(1, len(line) - 1) :]), r)
    return zip(*(numbers.tolist() for numbers in spans), strict=True)


def near_segments(column: Ints, row: Ints, ends: Sequence[Floats], r: float) -> NDArray[np.bool_]:
    """Tell of each pixel whether its centre is within `r` of its segment (ax, ay, bx, by): the rule itself."""
    ax, ay, bx, by = ends
    dx = bx - ax
    dy = by - ay
    length = dx * dx + dy * dy
    ex = column + 0.5 - ax
    ey = row + 0.5 - ay
    t = (ex * dx + ey * dy) / length
    t = np.minimum(1.0, np.maximum(0.0, t))
    long = length > 0
    ex = np.where(long, ex - t * dx, ex)
    ey = np.where(long, ey - t * dy, ey)
    near: NDArray[np.bool_] = ex * ex + ey * ey <= r * r
    return near


class _Segments:
    """The pieces of a line, and what is needed of each in every row that it may reach."""

    def __init__(self, starts: Floats, stops: Floats) -> None:
        self.ends = (*starts.T.copy(), *stops.T.copy())
        self.ax, self.ay, self.bx, self.by = self.ends
        dx, dy = self.bx - self.ax, self.by - self.ay
        length = dx * dx + dy * dy
        self.flat = np.abs(dy) < _NOTHING
        self.upright = np.abs(dx) < _NOTHING
        self.point = length <= _NOTHING
        self.lean = np.where(self.flat, 0.0, dx / dy)
        self.across = np.where(self.flat, np.inf, np.sqrt(length) / np.abs(dy))
        """Half the width of the band in a row, for a radius of 1."""
        self.tilt = np.where(self.upright, 0.0, dy / dx)
        end = np.where(self.upright, np.inf, length / dx)
        self.first, self.last = np.minimum(end, 0.0), np.maximum(end, 0.0)
        self.first[self.upright] = -np.inf
        self.low, self.high = np.minimum(self.ay, self.by), np.maximum(self.ay, self.by)

    def rows(self, height: int, r: float) -> tuple[Ints, Ints]:
        """Return the first row of each segment and the one after its last, within the picture."""
        top = np.maximum(0.0, np.ceil(self.low - r - 0.5))
        bottom = np.minimum(float(height), np.floor(self.high + r - 0.5) + 1)
        return top.astype(np.int64), np.maximum(top, bottom).astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Where rows meet their segments, one row of one segment after the other."""

    ax: Floats
    bx: Floats
    above_a: Floats
    above_b: Floats
    """Squared distance of the row from either end."""
    middle: Floats
    """Where the row meets the line, from ax; the band reaches `across` radii to either side."""
    across: Floats
    first: Floats
    last: Floats
    """Where the row leaves the ends of the band, from ax."""
    farthest: Floats
    """The least radius at which the row has a band."""

    def columns(self, r: float, width: int) -> tuple[Ints, Ints]:
        """Return the columns whose centres lie within `r` of the segment, as good as rounding allows.

        A row meets the disc at either end and the band between the ends: within `r` of the line, and between the ends
        when dropped on it. Where it meets nothing the first column is not less than the one after the last.
        """
        half_a, half_b = np.sqrt(r * r - self.above_a), np.sqrt(r * r - self.above_b)  # nan beside the disc
        low = np.fmin(self.ax - half_a, self.bx - half_b)
        high = np.fmax(self.ax + half_a, self.bx + half_b)
        reach = r * self.across
        start = np.maximum(self.middle - reach, self.first)
        stop = np.minimum(self.middle + reach, self.last)
        banded = (start <= stop) & (self.farthest <= r)
        low = np.fmin(low, np.where(banded, self.ax + start, np.nan))
        high = np.fmax(high, np.where(banded, self.ax + stop, np.nan))
        low = np.where(low <= high, low, np.inf)
        left = np.ceil(np.minimum(np.maximum(low, 0.0), width + 1.0) - 0.5)
        right = np.floor(np.maximum(np.minimum(high, float(width)), -1.0) - 0.5) + 1
        return left.astype(np.int64), np.where(low <= high, right, 0.0).astype(np.int64)


def _stroke(size: tuple[int, int], segments: _Segments, r: float) -> tuple[Ints, Ints, Ints]:
    # Far above what rounding can do to a distance between such numbers, far below a pixel.
    slack = 1e-9 * (1 + r + float(max(np.abs(end).max() for end in segments.ends)))
    top, bottom = segments.rows(size[1], r + slack)
    after = np.cumsum(bottom - top)
    found: list[tuple[Ints, Ints, Ints]] = []
    start = 0
    while start < len(after):
        before = int(after[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(after, before + _ROWS, side="right")))
        found.append(_joined(_piece(size, segments, slice(start, stop), (top, bottom), r, slack), size[0]))
        start = stop
    return _joined(_end_to_end(found), size[0]) if len(found) > 1 else found[0]


def _piece(
    size: tuple[int, int], segments: _Segments, part: slice, limits: tuple[Ints, Ints], r: float, slack: float
) -> tuple[Ints, Ints, Ints]:
    """Return the spans of some of the segments, in any order and lying over each other."""
    top, bottom = (limit[part] for limit in limits)
    count = bottom - top
    which = np.repeat(np.arange(len(count)), count)
    row = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - top, count)
    rows = _meet(segments, part, which, row)
    left, right = rows.columns(r + slack, size[0])
    if r > slack:
        start, stop = rows.columns(r - slack, size[0])
        sure = start < stop
        start, stop = np.where(sure, start, right), np.where(sure, stop, right)
    else:
        sure, start, stop = np.zeros(len(row), np.bool_), right, right
    spans = [(row[sure], start[sure], stop[sure])]
    for low, high in ((left, start), (stop, right)):
        spans += _asked(segments, part, which, row, low, high, r)
    return _end_to_end(spans)


def _meet(segments: _Segments, part: slice, which: Ints, row: Ints) -> _Rows:
    def each(numbers: NDArray[Any]) -> NDArray[Any]:
        taken: NDArray[Any] = numbers[part][which]
        return taken

    y = row + 0.5
    ya, yb = y - each(segments.ay), y - each(segments.by)
    aslant = ya * each(segments.tilt)
    farthest = np.where(each(segments.flat), np.abs(ya), 0.0)
    beyond = each(segments.upright) & ((ya < 0) == (yb < 0)) & (ya != 0) & (yb != 0)
    farthest[beyond | each(segments.point)] = np.inf
    return _Rows(
        ax=each(segments.ax),
        bx=each(segments.bx),
        above_a=ya * ya,
        above_b=yb * yb,
        middle=ya * each(segments.lean),
        across=each(segments.across),
        first=each(segments.first) - aslant,
        last=each(segments.last) - aslant,
        farthest=farthest,
    )


def _asked(
    segments: _Segments, part: slice, which: Ints, row: Ints, low: Ints, high: Ints, r: float
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Put the pixels from `low` to `high` of each row to the rule; return those that lie within, one by one."""
    doubtful = np.flatnonzero(low < high)
    count = (high - low)[doubtful]
    after = np.cumsum(count)
    for first in range(0, int(after[-1]) if len(after) else 0, _PIXELS):
        number = np.arange(first, min(first + _PIXELS, int(after[-1])))
        place = np.searchsorted(after, number, side="right")
        here = doubtful[place]
        column = low[here] + number - (after - count)[place]
        ends = [end[part][which[here]] for end in segments.ends]
        near = near_segments(column, row[here], ends, r)
        yield row[here][near], column[near], column[near] + 1


def _joined(spans: tuple[Ints, Ints, Ints], width: int) -> tuple[Ints, Ints, Ints]:
    """Sort spans by row and column, and make one of those that overlap or touch."""
    if not len(spans[0]):
        return spans
    row, start, stop = spans
    step = width + 1
    key = np.sort((row * step + start) * step + stop)
    first, stop = key // step, key % step
    row = first // step
    reached = np.maximum.accumulate(row * step + stop)
    # No span ends in the next row, so a row's first one always begins anew.
    new = np.flatnonzero(np.concatenate(([True], first[1:] > reached[:-1])))
    ends = np.concatenate((new[1:], [len(key)])) - 1
    return row[new], first[new] % step, reached[ends] - row[new] * step


def _end_to_end(parts: Sequence[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    row, start, stop = (np.concatenate(numbers) for numbers in zip(*parts, strict=True))
    return row, start, stop
