"""When to ask next: polling that is dense where the end is expected and sparse elsewhere.

`history` is how long this model and function took on this machine, else the table's usual latency.
"""

from __future__ import annotations

from statistics import quantiles

from .status import Expected

EARLY_PROBE = 2.0
SPARSE = 15.0


def expected(history: list[float], low: float, high: float) -> Expected:
    """Return what past tasks say, or the given bounds when fewer than four are known."""
    if len(history) < 4:
        return Expected(low=low, high=high)
    cuts = quantiles(history, n=10)
    return Expected(low=max(cuts[1], 0.1), high=max(cuts[8], cuts[1] * 1.2, 0.2))


def next_delay(age: float, wanted: Expected) -> float:
    """Return seconds until the next query for a task that is `age` seconds old.

    One early probe (a refused input fails at once), then a sleep to the low end, dense queries until past the high
    end, then ever sparser ones.
    """
    dense = min(max((wanted.high - wanted.low) / 8, 0.25), 3.0)
    probe = min(EARLY_PROBE, wanted.low / 2)
    age = max(age, 0.0)  # a clock that was set back must not make a task sleep until tomorrow
    if age < probe * 0.9:
        return probe - age
    if age < wanted.low:
        return max(wanted.low - age, 0.1)
    if age < wanted.high * 1.5:
        return dense
    return min(max(dense, age / 20), SPARSE)
