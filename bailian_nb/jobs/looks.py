"""When a task is asked for: often where its end is likely, seldom elsewhere, no more often in all than the SDK does.

`poll` plans the looks at a task by what past tasks of this model and function took on this machine. Where few are known
it guesses around them, within the table's usual latency, and where none is, that alone is known.

Source of the plan: J. B. Keller, "Optimum checking schedules for systems subject to random failure", Management Science
21 (1974): what is found late is least, for as many looks as one wants to make, where the looks lie as densely as the
square root of the chance that the task ends now if it has not yet.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .status import Expected

EARLY_PROBE = 2.0
"""Seconds after which a task is asked for first: an input that is refused fails at once."""
DENSEST = 0.2
PENDING_LOOK = 0.5
SPARSE = 15.0
SDK_PAUSES = (1.0, 1.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0)
"""Seconds between the queries of the official SDK 2.0.2; five between all later ones."""
SDK_LATER = 5.0
SPARED, WORN = 6.0, 0.15
"""Looks a task that a plan by past ones leaves out of those that it may have, divided among these: few of them tell
less of the future. The second ones it may have besides, for tasks that end before a plan's first look need none."""
MOST = 8
"""Looks of a plan for each that a task has in the mean, at most: the others come after its end."""
FEWEST = 5.0
"""Looks that a task may have however short it is."""
KNOWN = 8
"""Past tasks from which on they are believed alone."""
NARROW = 3.0
"""Where the table's most is so many times its least, or fewer, one past task tells no more than it."""
BELOW, ABOVE = 0.8, 0.6
"""How much less and more than one past task others take, as a share; of several, less by the root of their number."""
SKEW = 1.7
"""How much more tasks end near the low end of the table's latency than near the high one, as the pages' examples do."""
LATE, LATE_BY_TABLE = 0.04, 0.1
"""Share of the tasks that may take longer than all past ones, or than the table's latency."""


@dataclass(frozen=True)
class _Part:
    """A span of ages in which tasks end evenly: the share `begun` of them has ended before it, `ended` after it."""

    low: float
    high: float
    begun: float
    ended: float

    @property
    def density(self) -> float:
        return (self.ended - self.begun) / (self.high - self.low)

    @property
    def weight(self) -> float:
        """Return how many of the looks fall into it, in a unit of its own."""
        return 2 / math.sqrt(self.density) * (math.sqrt(1 - self.begun) - math.sqrt(max(1 - self.ended, 0.0)))

    def age(self, weight: float) -> float:
        """Return the age at which so much of its weight is used up."""
        left = max(math.sqrt(1 - self.begun) - weight * math.sqrt(self.density) / 2, 0.0)
        return self.low + (1 - self.begun - left * left) / self.density

    def share(self, age: float) -> float:
        """Return the share of all tasks that has ended at an age, of one within it."""
        return self.begun + self.density * (min(max(age, self.low), self.high) - self.low)


@lru_cache(maxsize=256)
def planned(history: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
    """Return the ages, in seconds, at which a task is asked for after the early probe.

    Parameters
    ----------
    history
        Seconds that past tasks of its kind ran.
    low, high
        The usual ones by the table, for a history that is short.
    """
    sure = len(history) >= KNOWN
    late = LATE if sure else LATE_BY_TABLE
    believed = 1 - late if sure else 1.0
    spared = 1 + SPARED / len(history) - WORN if sure else 1.0
    parts = _parts(_quantiles(history, low, high), late)
    known = [*history] if sure else [(part.low + part.high) / 2 for part in parts[:-1]]
    allowed = max(sum(map(sdk_looks, known)) / len(known) - spared, FEWEST)

    def asked(count: int) -> float:
        """Return how many looks of so many a task has in the mean: none after its end."""
        return 1 + sum(max(0.0, 1 - _share(parts, age) / believed) for age in _looks(parts, count)[:-1])

    most = max(2, math.ceil(min((parts[-1].high - parts[0].low) / DENSEST * 2, allowed * MOST)))
    return _looks(parts, bisect_right(range(2, most), allowed, key=asked) + 1)


def next_delay(age: float, looks: Sequence[float]) -> float:
    """Return seconds until the next query for a task that has run for `age` seconds."""
    age = max(age, 0.0)  # a clock that was set back must not make a task sleep until tomorrow
    probe = min(EARLY_PROBE, looks[0] / 2)
    if age < probe * 0.9:
        return probe - age
    after = bisect_right(looks, age + DENSEST / 2)
    if after < len(looks):
        return max(looks[after] - age, DENSEST)
    return min(max(DENSEST, age / 20), SPARSE)


def next_look(age: float, wanted: Expected) -> float:
    """Return seconds until the next query for a task that waited at the service just now, `age` seconds old.

    It cannot end sooner than after a whole run.
    """
    return min(max(wanted.low, age / 20, PENDING_LOOK), SPARSE)


def sdk_looks(seconds: float) -> int:
    """Return how many queries the official SDK makes for a task of so many seconds."""
    age, count = 0.0, 1
    for pause in SDK_PAUSES:
        if age >= seconds:
            return count
        age, count = age + pause, count + 1
    return count + max(0, math.ceil((seconds - age) / SDK_LATER))


def _quantiles(history: tuple[float, ...], low: float, high: float) -> list[float]:
    """Return ages between which equal shares of the tasks end."""
    if not history or (len(history) == 1 and high <= NARROW * low and low <= history[0] <= high):
        return _skewed(low, high, SKEW)
    if len(history) < KNOWN:
        return _skewed(*_guessed(history, low, high), 1.0)
    known = sorted(history)
    beside = max(known[-1] - known[0], known[-1] / 20, 0.1) / (len(known) - 1)
    known = [max(known[0] - beside, known[0] / 2), *known, known[-1] + beside]
    pieces = max(1, min(4, len(history) // 8))
    return [_between(known, number / pieces * (len(known) - 1)) for number in range(pieces + 1)]


def _skewed(low: float, high: float, skew: float) -> list[float]:
    return [low + (high - low) * (number / 6) ** skew for number in range(7)]


def _guessed(history: tuple[float, ...], low: float, high: float) -> tuple[float, float]:
    """Return the least and the most that a task takes of whose kind few are known; the table's, where these keep it."""
    root = math.sqrt(len(history))
    least, most = min(history), max(history)
    return (
        max(least / (1 + BELOW / root), low if least >= low else 0.0),
        min(most * (1 + ABOVE / root), high if most <= high else math.inf),
    )


def _between(known: Sequence[float], place: float) -> float:
    below = min(int(place), len(known) - 2)
    return known[below] + (known[below + 1] - known[below]) * (place - below)


def _parts(ages: Sequence[float], late: float) -> list[_Part]:
    """Return spans with equal shares between the ages, and one behind them for those that are late."""
    edges = [ages[0]]
    for age in ages[1:]:
        edges.append(max(age, edges[-1] + 0.01))
    edges.append(edges[-1] + max((edges[-1] - edges[0]) / 2, edges[-1] / 10))
    each = (1 - late) / (len(edges) - 2)
    shares = [*(each * number for number in range(len(edges) - 1)), 1.0]
    return [_Part(*span, *ended) for span, ended in zip(_pairs(edges), _pairs(shares), strict=True)]


def _pairs(values: Iterable[float]) -> list[tuple[float, float]]:
    return list(itertools.pairwise(values))


def _looks(parts: Sequence[_Part], count: int) -> tuple[float, ...]:
    """Return the ages of so many looks."""
    weights = [part.weight for part in parts]
    found, at = [], 0
    before = 0.0
    for number in range(1, count + 1):
        wanted = sum(weights) * number / count
        while at < len(parts) - 1 and before + weights[at] < wanted:
            before, at = before + weights[at], at + 1
        found.append(min(parts[at].age(wanted - before), parts[at].high))
    return tuple(found)


def _share(parts: Sequence[_Part], age: float) -> float:
    return next((part.share(age) for part in parts if age <= part.high), 1.0)
