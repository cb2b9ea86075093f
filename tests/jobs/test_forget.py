"""Giving a job up: only one whose create call has ended, and only by the kernel that has it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.config import EMULATOR_URL
from bailian_nb.errors import InvalidRequest
from bailian_nb.jobs import resume as rows
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import adopt
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import Row

from ..world.altered import alter
from ..world.jumping_clock import until
from ..world.resumed import resume
from ..world.world import World, t2i
from ..world.written_journal import NOW, REAL, WrittenJournal


class Held:
    """The emulator, whose answers to create calls wait for a word."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.go = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while "/services/" in scope["path"] and not self.go.is_set():  # noqa: ASYNC110  # the word comes from another thread
            await asyncio.sleep(0.005)
        await self.app(scope, receive, send)


def out_now(world: World, *, lost: bool) -> tuple[Job, Held]:
    """Return a Job whose create call is out."""
    held = world.transport.app = Held(world.app)
    if lost:
        world.transport.fault = lambda method, path, count: "after" if "/services/" in path else None
    job = world.job(t2i("a hill"))
    until(lambda: job.status == "SUBMITTING")
    return job, held


def sent(world: World, job: Job) -> Row:
    """Return the row of a Job as soon as it has a task."""
    until(lambda: (row := world.journal.row(job.id)) and row.task_id)
    return row_of(world, job)


def row_of(world: World, job: Job) -> Row:
    row = world.journal.row(job.id)
    assert row is not None
    return row


def forget(journal: Journal, job: Job, world: World) -> None:
    rows.forget(journal, EMULATOR_URL, job.id, at=world.clock.now())


def test_a_job_whose_create_call_is_out_cannot_be_given_up_and_keeps_its_picture(world: World) -> None:
    job, held = out_now(world, lost=True)
    with pytest.raises(InvalidRequest, match=r"create call of job job001 is still open"):
        forget(world.journal, job, world)
    held.go.set()
    job.wait(60)
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.finished) == ("uncertain", None)
    assert "given up" not in str(job.error)
    (orphan,) = world.journal.orphans.unclaimed(EMULATOR_URL)
    adopt(world.journal, EMULATOR_URL, orphan.task_id)
    assert resume(world).jobs[0].result(60)[0].path.exists()


def test_what_another_running_kernel_works_on_is_given_up_there(make_world: Callable[..., World]) -> None:
    first = make_world()
    job, held = out_now(first, lost=True)
    other = make_world(clock=first.clock)
    with pytest.raises(InvalidRequest, match="in another running kernel"):
        forget(other.journal, job, first)
    held.go.set()
    job.wait(60)
    while (row := other.journal.row(job.id)) is None or row.kernel:
        job.wait(0.01)
    forget(other.journal, job, first)  # nobody works on it any more, though its kernel runs
    assert not resume(other)


def test_a_row_that_was_closed_too_early_is_open_again_with_what_becomes_of_its_call(world: World) -> None:
    job, held = out_now(world, lost=False)
    world.journal.end(job.id, "failed", at=1.0)
    held.go.set()
    row = sent(world, job)
    assert (row.state, row.finished) == ("accepted", None)
    world.journal.end(job.id, "failed", at=1.0)
    world.journal.uncertain(job.id, "the line broke")
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.finished) == ("uncertain", None)


def test_a_job_whose_task_was_found_meanwhile_is_not_given_up(world: World) -> None:
    job = world.job(t2i("a hill emulator:latency=30"))
    sent(world, job)
    alter(world.journal.path, job.id, state="uncertain", task_id=None)
    seen = world.journal.row(job.id)
    assert seen is not None
    assert world.journal.own(job.id, EMULATOR_URL, job.task_id)
    assert not world.journal.give_up(seen, at=world.clock.now())
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "accepted"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Journal]:
    """Another kernel of the same home, which lives until `die`."""
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def die(journal: Journal) -> None:
    journal.close()


@pytest.mark.parametrize("state", ["submitting", "uncertain"])
@pytest.mark.parametrize("alive", [True, False])
def test_a_task_that_another_open_call_may_have_made_is_not_forgotten(
    tmp_path: Path, other: Journal, state: str, alive: bool
) -> None:
    books = WrittenJournal(tmp_path)
    given_up = books.add("uncertain")
    books.add(state, kernel=other)
    if not alive:
        die(other)
    model, orphans = "wan2.6-t2i", books.journal.orphans
    orphans.see(REAL, model, ["task"], at=NOW)
    orphans.judge(REAL, "task", "unclaimed", job=given_up)
    rows.forget(books.journal, REAL, given_up, at=NOW)
    assert orphans.see(REAL, model, ["task"], at=NOW)["task"].verdict == ""
    books.journal.close()


def test_a_task_that_no_other_call_can_have_made_is_forgotten(tmp_path: Path) -> None:
    books = WrittenJournal(tmp_path)
    given_up = books.add("uncertain")
    books.add("accepted")
    model, orphans = "wan2.6-t2i", books.journal.orphans
    orphans.see(REAL, model, ["task"], at=NOW)
    orphans.judge(REAL, "task", "unclaimed", job=given_up)
    rows.forget(books.journal, REAL, given_up, at=NOW)
    assert orphans.see(REAL, model, ["task"], at=NOW)["task"].verdict == "forgotten"
    books.journal.close()


def test_what_another_kernel_has_given_up_since_it_was_read_is_not_taken_over(tmp_path: Path, other: Journal) -> None:
    books = WrittenJournal(tmp_path)
    name = books.add("submitting", kernel=other)
    die(other)
    row = books.journal.row(name)
    assert row is not None
    third = Journal(tmp_path)
    rows.forget(third, REAL, name, at=NOW)
    third.close()
    assert not books.journal.claim(row)
    now = books.journal.row(name)
    assert now is not None
    assert (now.state, now.kernel) == ("failed", other.kernel)
    books.journal.close()
