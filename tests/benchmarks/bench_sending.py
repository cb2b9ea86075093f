"""No idle place at the service: how long 40 and 400 tasks take beside the least that their places can.

The clock jumps, so what is measured is whom we let wait, and not the machine. The least is what the same tasks take one
after the other in the same places, with nothing between them; the SDK's own is a pool of as many threads as places,
each of which asks with the SDK's pauses. By that clock the goals do not depend on the machine, and are held.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.emulator import results
from bailian_nb.emulator.tasks import Store, Task
from bailian_nb.images.encode import to_png
from bailian_nb.jobs.looks import SDK_LATER, SDK_PAUSES

from ..world.world import World, t2i
from .speed_table import Row, keep

ROOM = "Sending"
MODEL, AT_ONCE, GAP = "wan2.2-t2i-flash", 2, 0.5
SPAN = (7.0, 9.0)


def in_places(times: Sequence[float], places: int) -> float:
    """Return when the last of these ends, each begun as soon as a place is free and no sooner than the rate allows."""
    free, ends = [0.0] * places, []
    for number, seconds in enumerate(times):
        begun = max(heapq.heappop(free), number * GAP)
        ends.append(begun + seconds)
        heapq.heappush(free, begun + seconds)
    return max(ends)


def of_sdk(seconds: float) -> float:
    """Return after how many seconds the SDK's own wait sees the end of a task."""
    age, pauses = 0.0, itertools.chain(SDK_PAUSES, itertools.repeat(SDK_LATER))
    while age < seconds:
        age += next(pauses)
    return age


def made(world: World) -> list[Task]:
    (path,) = world.home.rglob("tasks.sqlite")
    return sorted(Store(path.parent).since(0), key=lambda task: task.created)


@pytest.mark.parametrize(
    ("count", "over_limit", "goal"), [(40, "pending", 1.02), (400, "pending", 1.02), (40, "429", 1.05)]
)
def test_no_place_is_empty(
    count: int, over_limit: Any, goal: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flat = to_png(Image.new("RGB", (64, 64), "grey"))
    monkeypatch.setattr(results, "_drawn", lambda *given, **more: flat)
    world = World(tmp_path / "home", tmp_path / "out", latency=SPAN, over_limit=over_limit)
    try:
        asked = replace(t2i(), model=MODEL)
        each = [{**asked.values, "prompt": f"hill {number}", "seed": number} for number in range(count)]
        jobs = [world.job(replace(asked, values=values)) for values in each]
        for job in jobs:
            job.result(600)
        tasks = made(world)
        refused = world.transport.count("POST", "/services/") - count
    finally:
        world.close()
    took = max(task.end for task in tasks) - tasks[0].created
    times = [task.end - task.start for task in tasks]
    ideal = in_places(times, AT_ONCE)
    sdk = in_places([of_sdk(seconds) for seconds in times], AT_ONCE)
    where = "" if over_limit == "pending" else ", where none may wait at the service"
    limit = f"the least is what the places can; the official SDK in a pool: {sdk / ideal:.2f} of it"
    row = {"peer": ideal, "beside": "the least", "unit": "s", "goal": goal, "limit": limit}
    makespan = keep(Row(room=ROOM, what=f"{count} tasks of 7 to 9 s{where}", ours=took, **row))
    limit = "the first one that was sent ahead tells it" if refused else "none"
    what = f"creates that were refused, of {count}{where}"
    throttled = keep(Row(room=ROOM, what=what, ours=refused, unit="", goal=1, limit=limit))
    assert makespan.met, f"{makespan.found:.3f} of the least, the goal is {goal}"
    assert throttled.met, f"{refused} creates were refused"
