"""How long Python draws a stroke over 4096 x 4096 pixels, measured against a part of it in plain Python.

The part is the roots of the discs at the ends of the stroke's pieces: less than a third of what the rule asks for. A
ratio says the same on a slow machine as on a quick one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest

from bailian_nb.widgets.ops import Op
from bailian_nb.widgets.painting import Painting

SIZE = (4096, 4096)


def line(count: int) -> list[list[float]]:
    return [
        [2048 + 1500 * math.cos(5 * step / count), 2048 + 1500 * math.sin(7 * step / count)] for step in range(count)
    ]


def least(act: Callable[[], object], tries: int = 5) -> float:
    """Return the seconds of a processor that the quickest of some tries took."""
    times = []
    for _ in range(tries):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def discs(count: int, r: float) -> None:
    rows = [row + 0.5 - r for row in range(int(2 * r))]
    for _ in range(2 * count):
        for half in [math.sqrt(r * r - y * y) for y in rows]:
            math.ceil(1000 - half - 0.5), math.floor(1000 + half - 0.5)


@pytest.mark.parametrize(("count", "r", "most"), [(60, 128, 3.0), (60, 300, 1.5), (600, 128, 0.7), (600, 300, 0.6)])
def test_a_stroke_takes_less_than_a_part_of_it_in_plain_python(count: int, r: float, most: float) -> None:
    painting = Painting(SIZE)
    op: Op = {"op": "stroke", "points": line(count), "r": r, "erase": False}
    ours, floor = least(lambda: painting.do(op)), least(lambda: discs(count, r))
    print(f"\n{count} points, r={r}: {1000 * ours:.0f} ms; the discs in plain Python {1000 * floor:.0f} ms")
    assert ours / floor < most
