"""Lost create calls whose rows come late, and task ids that could not be written down: none goes to the wrong Job."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.client import TaskRow
from bailian_nb.errors import ServiceError, SubmitUncertain
from bailian_nb.jobs.job import Job
from bailian_nb.reconcile.attempt import Attempt
from bailian_nb.reconcile.bounds import CLOSE, Bounds
from bailian_nb.request import Request
from bailian_nb.store.row import Owned

from ..world.jumping_clock import until
from ..world.lost_calls import HiddenTasks, lose_the_first, old, ours, saved
from ..world.resumed import resume
from ..world.world import World, t2i


def late_then_nothing(world: World, make: Callable[..., Request]) -> tuple[Job, Job]:
    """Lose one call whose task the list shows later, then one of the same prompt that makes nothing."""
    veil = HiddenTasks(world)
    before = {each["task_id"] for each in world.log()["creates"]}
    veil.hidden = lambda task_id: task_id not in before
    lose_the_first(world)
    first = world.job(make("a hill", seed=1))
    until(lambda: first.why is not None and first.why.key == "looks_again")
    veil.hidden = lambda task_id: False
    lose_the_first(world, before=True)
    second = world.job(make("a hill", seed=2)).wait(60)
    return first.wait(60), second


@pytest.mark.seldom
@pytest.mark.parametrize("other_model", [False, True])
def test_a_row_that_comes_late_goes_to_no_later_call_of_its_prompt(world: World, other_model: bool) -> None:
    if other_model:
        world.job(t2i("another model's")).wait(60)
    first, second = late_then_nothing(world, old)
    assert isinstance(first.error, ServiceError | SubmitUncertain)
    assert isinstance(second.error, SubmitUncertain)
    assert "1 task(s) in the list may be its own" in str(second.error)
    assert ours(world) <= saved(world)


def test_rows_that_bound_the_clock_loosely_tell_no_two_calls_apart() -> None:
    def span(*took: float) -> tuple[Any, float]:
        rows = [TaskRow(task_id=f"t{number}", created=1000.0 + number) for number in range(len(took))]
        mine = {
            row.task_id: Owned(account="us", submitted=(row.created or 0.0) - long, answered=row.created)
            for row, long in zip(rows, took, strict=True)
        }
        attempt = Attempt(row_id="job", submitted=2000.0, broke=2001.0)
        return Bounds.of(rows, mine).call(attempt)

    call, margin = span(60.0)
    assert (call, margin) == ((2000.0 - CLOSE, 2061.0 + CLOSE), 60.0 + CLOSE)
    call, margin = span(60.0, 1.0)
    assert (call, margin) == ((2000.0 - CLOSE, 2002.0 + CLOSE), 1.0 + CLOSE)
    call, _ = span()
    assert not call[0] <= 2000.5 <= call[1]


class Full:
    """A disk on which no task id can be written down until it is `mended`."""

    def __init__(self, world: World) -> None:
        self.path = world.journal.path
        self._do(
            "CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN NEW.state <> 'submitting'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )

    def mended(self) -> None:
        self._do("DROP TRIGGER IF EXISTS full")

    def _do(self, statement: str) -> None:
        file = sqlite3.connect(self.path)
        with file:
            file.execute(statement)
        file.close()


def test_a_task_id_that_could_not_be_written_is_written_while_its_task_is_asked_for(world: World) -> None:
    full = Full(world)
    job = world.job(t2i("a hill emulator:latency=100000"))
    until(lambda: job.status == "RUNNING")
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("submitting", None)
    full.mended()
    for _ in range(500):
        row = world.journal.row(job.id)
        if row is not None and row.task_id:
            break
        job.wait(0.01)
    assert row is not None
    assert (row.state, row.task_id) == ("accepted", job.task_id)
    assert row.answered is not None
    world.die()


def test_a_row_is_not_closed_without_its_task_id(world: World) -> None:
    full = Full(world)

    def mend(method: str, path: str, count: int) -> Response | None:
        if "/results" in path:
            full.mended()
        return None

    world.transport.fault = mend
    job = world.job(t2i("a hill"))
    assert len(job.result(60)) == 1
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("done", job.task_id)


def test_a_task_id_that_was_never_written_is_known_to_the_next_resume(world: World) -> None:
    full = Full(world)
    job = world.job(t2i("a hill")).wait(60)
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("submitting", None)
    full.mended()
    (again,) = resume(world).jobs
    assert len(again.result(60)) == 1
    assert again.task_id == job.task_id
    assert not [path for method, path in world.transport.calls if path.rstrip("/").endswith("/tasks")]
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("done", job.task_id)
