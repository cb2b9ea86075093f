"""A task waits at the service before a place there is empty; where it may not, turns are strict again."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.config import Settings
from bailian_nb.emulator.tasks import Store, Task
from bailian_nb.errors import BudgetExceeded
from bailian_nb.jobs.job import Job
from bailian_nb.money.budget import Budget, Unsent
from bailian_nb.request import Request

from ..world.jumping_clock import until
from ..world.world import World, edit, t2i

MODEL = "wan2.2-t2i-flash"
AT_ONCE = 2
SPAN = (8.0, 12.0)
COUNT = 12


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(**settings: Any) -> World:
        made.append(World(tmp_path / "home", tmp_path / "out", latency=SPAN, **settings))
        return made[-1]

    yield make
    for world in made:
        world.close()


def asked(number: int, request: Request | None = None) -> Request:
    found = request or replace(t2i(), model=MODEL)
    return replace(found, values={**found.values, "prompt": f"hill {number}", "seed": number})


def tasks(world: World) -> list[Task]:
    """Return the tasks of the emulator in the order in which they were made."""
    (path,) = world.home.rglob("tasks.sqlite")
    return sorted(Store(path.parent).since(0), key=lambda task: task.created)


def run(world: World, request: Request | None = None) -> list[Job]:
    jobs = [world.job(asked(number, request)) for number in range(COUNT)]
    assert [len(job.result(60)) for job in jobs] == [1] * COUNT
    return jobs


def waited(world: World) -> int:
    return sum(task.start > task.created for task in tasks(world))


def most_there(world: World) -> int:
    every = tasks(world)
    return max(sum(other.created <= task.created < other.end for other in every) for task in every)


def test_the_next_task_waits_at_the_service_before_a_running_one_ends(make_world: Callable[..., World]) -> None:
    world = make_world()
    run(world)
    assert waited(world) >= COUNT - AT_ONCE - 1
    assert most_there(world) == AT_ONCE + 1, "and no more than one does"
    assert world.transport.count("POST", "/services/") == COUNT, "none is refused"


@pytest.mark.seldom
def test_where_the_service_lets_none_wait_it_is_asked_once(make_world: Callable[..., World]) -> None:
    world = make_world(over_limit="429")
    run(world)
    assert world.transport.count("POST", "/services/") == COUNT + 1
    assert most_there(world) == AT_ONCE
    every = tasks(world)
    places = [every[0].created] * AT_ONCE
    for task in every:  # as if a place were never empty
        heapq.heapreplace(places, places[0] + task.end - task.start)
    ideal = max(places) - every[0].created
    assert max(task.end for task in every) - every[0].created < 1.1 * ideal, "and no pause is made"


@pytest.mark.seldom
def test_a_model_that_may_have_no_queue_gets_no_task_ahead(make_world: Callable[..., World]) -> None:
    world = make_world()
    run(world, edit())
    assert waited(world) == 0


def test_a_synchronous_call_is_not_sent_ahead_for_it_cannot_wait(make_world: Callable[..., World]) -> None:
    world = make_world()
    assert len(world.job(replace(t2i(), sync=True)).result(30)) == 1
    assert world.account.limiter._lanes["wan2.6-t2i"].running.limit == 5


@pytest.mark.seldom
def test_one_that_waits_at_the_service_is_canceled_and_its_place_is_the_next_ones(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    jobs = [world.job(asked(number)) for number in range(AT_ONCE + 2)]
    ahead, behind = jobs[-2:]
    until(lambda: ahead.task_id)
    assert (ahead.status, behind.task_id) == ("PENDING", "")
    assert ahead.cancel()
    until(lambda: behind.task_id)
    assert ahead.wait(30).status == "CANCELED"
    assert len(behind.result(60)) == 1
    assert sum(task.canceled is not None for task in tasks(world)) == 1


def test_a_cap_counts_what_waits_at_the_service(make_world: Callable[..., World]) -> None:
    world = make_world()
    call = Unsent(cost=0.2, images=1, label=MODEL, settings=Settings())
    caps = {"max_cost_day": 0.2 * (AT_ONCE + 1) + 0.1}
    within = Budget(home=world.home, accounts=frozenset({"emulator"}), call=call, caps=caps, clock=world.clock)
    jobs = [world.job(asked(number), cost=0.2, budget=within) for number in range(AT_ONCE + 1)]
    until(lambda: jobs[-1].task_id)
    assert jobs[-1].status == "PENDING", "it is ahead of the end of the others"
    assert isinstance(world.job(asked(7), cost=0.2, budget=within).wait(30).error, BudgetExceeded)
    assert [len(job.result(60)) for job in jobs] == [1] * (AT_ONCE + 1)
    assert world.transport.count("POST", "/services/") == AT_ONCE + 1


@pytest.mark.seldom
def test_what_it_waited_there_is_not_learned_as_what_it_takes(make_world: Callable[..., World]) -> None:
    world = make_world()
    jobs = run(world)
    known = world.journal.durations(MODEL, None, emulator=True)
    assert len(known) == COUNT
    assert max(known) <= SPAN[1] + 0.01
    assert max((job.finished or 0) - (job.submitted or 0) for job in jobs) > SPAN[1] + 1
