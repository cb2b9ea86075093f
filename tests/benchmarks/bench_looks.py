"""How late a task's end is noticed, for how many requests; beside the official SDK, and the least that is possible.

What the SDK does is its own pauses (`looks.SDK_PAUSES`). The least is that of the best schedule there is for the same
number of looks, if one knew how long tasks take: found on a grid, from the last look to the first.
"""

from __future__ import annotations

import itertools
import random
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.emulator import results
from bailian_nb.images.encode import to_png
from bailian_nb.jobs import list_looks
from bailian_nb.jobs.looks import SDK_LATER, SDK_PAUSES, next_delay, planned, sdk_looks
from bailian_nb.specs import service
from bailian_nb.store.journal import LATEST

from ..world.watched import Watched
from ..world.world import World
from .speed_table import Row, keep

ROOM = "Waiting"
GRID = 120
KNOWN = LATEST
SPAN = (20.0, 40.0)
Found = tuple[float, float]
"""Looks a task, and seconds from a task's end to the look that shows it, in the mean."""


def ours(seconds: float, looks: Sequence[float]) -> Found:
    age, count = 0.0, 0
    while age < seconds:
        age, count = age + next_delay(age, looks), count + 1
    return count, age - seconds


def sdk(seconds: float) -> Found:
    pauses = itertools.chain(SDK_PAUSES, itertools.repeat(SDK_LATER))
    age = 0.0
    while age < seconds:
        age += next(pauses)
    return sdk_looks(seconds), age - seconds


def evenly(low: float, high: float) -> list[float]:
    """Return times that are spread evenly."""
    return [low + (high - low) * (number + 0.5) / 2000 for number in range(2000)]


def mean(found: Sequence[Found]) -> Found:
    return statistics.mean(each[0] for each in found), statistics.mean(each[1] for each in found)


def least(times: Sequence[float], looks: float) -> float:
    """Return the seconds of the best schedule that makes so many looks at tasks that take `times`."""
    known = sorted(times)
    low, high = known[0], known[-1]
    ages = [low + (high - low) * number / GRID for number in range(GRID + 1)]
    ended = [0, *(bisect_left(known, age + 1e-9) / len(known) for age in ages[1:])]
    sums = [0.0, *itertools.accumulate(known)]
    worked = [sums[round(share * len(known))] / len(known) for share in ended]

    def late(begin: int, end: int) -> float:
        return ages[end] * (ended[end] - ended[begin]) - (worked[end] - worked[begin])

    def best(price: float) -> Found:
        costs, then = [0.0] * (GRID + 1), [GRID] * (GRID + 1)
        for begin in range(GRID - 1, -1, -1):
            ends = range(begin + 1, GRID + 1)
            then[begin] = min(ends, key=lambda end: late(begin, end) + costs[end])
            costs[begin] = price * (1 - ended[begin]) + late(begin, then[begin]) + costs[then[begin]]
        at, made, lateness = 0, 0.0, 0.0
        while at < GRID:
            made, lateness, at = made + 1 - ended[at], lateness + late(at, then[at]), then[at]
        return made, lateness

    cheap, dear = 1e-4, 50.0
    for _ in range(14):
        price = (cheap * dear) ** 0.5
        cheap, dear = (price, dear) if best(price)[0] > looks else (cheap, price)
    return best(dear)[1]


def enough(times: Sequence[float], seconds: float) -> float:
    """Return the least looks with which the best schedule is so late."""
    few, many = 1.0, 200.0
    while many - few > 0.2:
        looks = (few + many) / 2
        few, many = (looks, many) if least(times, looks) > seconds else (few, looks)
    return many


@pytest.mark.parametrize(
    ("kind", "model", "span", "goal"),
    [
        ("edits", "wanx2.1-imageedit", (7.0, 9.0), 0.3),
        ("edits", "wanx2.1-imageedit", (5.0, 15.0), 0.3),
        ("pictures from words", "wan2.6-t2i", SPAN, 0.5),
        ("pictures from words", "wan2.6-t2i", (11.0, 28.0), 0.5),
    ],
)
def test_an_end_is_noticed_soon(kind: str, model: str, span: Found, goal: float) -> None:
    chance = random.Random(1)
    usual = specs.get(model).latency

    def measured(known: int) -> Found:
        found = []
        for _ in range(30 if known else 1):
            looks = planned(tuple(chance.uniform(*span) for _ in range(known)), usual.low, usual.high)
            found += [ours(each, looks) for each in evenly(*span)[::10]]
        return mean(found)

    theirs = mean([sdk(each) for each in evenly(*span)])
    what = f"{kind} of {span[0]:g} to {span[1]:g} s"
    for name, known, wanted, (low, high) in (
        ("", KNOWN, goal, span),
        (", after one other of their kind", 1, 0.6, span),
        (", the first ones of a kind", 0, 0.6, (usual.low, usual.high)),
    ):
        looks, late = measured(known)
        allowed, _ = mean([sdk(each) for each in evenly(low, high)])
        bound = least(evenly(low, high), allowed - 1)  # one look is the early one, for inputs that are refused
        told = f"who knows that it is {low:g} to {high:g} s and no more notices after {bound:.2f} s at the best"
        limit = f"{told}, with the SDK's {allowed:.1f} looks, one of them early"
        if late > wanted:
            limit += f"; {wanted:g} s would take {enough(evenly(low, high), wanted) + 1:.0f} looks"
            limit += ", or more past tasks" if known < KNOWN else ", or that the service tells of an end by itself"
        keep(Row(room=ROOM, what=f"notice of {what}{name}", ours=late, unit="s", goal=wanted, limit=limit))
        limit = f"the SDK notices after {theirs[1]:.2f} s"
        row = {"ours": looks, "peer": theirs[0], "beside": "the official SDK", "unit": "", "goal": 1.0}
        keep(Row(room=ROOM, what=f"looks at {what}{name}", limit=limit, **row))


@pytest.mark.parametrize("count", [40, 200, 400])
def test_many_in_flight_are_looked_at_together(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = to_png(Image.new("RGB", (8, 8), "grey"))
    monkeypatch.setattr(results, "_drawn", lambda *given, **more: flat)
    monkeypatch.setattr(service, "EMULATOR_SECONDS", SPAN)

    def seen(name: str) -> Found:
        world = World(tmp_path / name, tmp_path / "out", latency=SPAN, limits=False)
        try:
            found = Watched(world, "wan2.6-t2i", count)
        finally:
            world.close()
        print(f"{count} {name}: {found.lists} lists, {found.queries} queries")
        return (found.lists + found.queries) / count, statistics.mean(found.late)

    together = seen("together")
    with monkeypatch.context() as patch:
        patch.setattr(list_looks, "WORTH", 10**9)
        alone = seen("each by itself")
    limit = f"noticed after {together[1]:.2f} s, before after {alone[1]:.2f} s; the service allows 20 requests a second"
    given: dict[str, object] = {"peer": alone[0], "beside": "each task by its id", "unit": "", "goal": 1.0}
    keep(Row(room=ROOM, what=f"requests a task, {count} in flight", ours=together[0], limit=limit, **given))
