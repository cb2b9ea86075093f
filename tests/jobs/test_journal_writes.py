"""What the service said while the journal could not be written: this kernel alone knows it, and does not lose it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from bailian_nb.errors import AuthenticationError, SaveFailed
from bailian_nb.jobs.job import Job
from bailian_nb.store.journal import Journal, State

from ..world.resumed import resume, until_it_is
from ..world.world import World, refusal, t2i

SYNC = replace(t2i("a hill", n=2), sync=True)


class Disk:
    """The journal's disk; while it is `full`, no row says what a create call was answered."""

    def __init__(self) -> None:
        self.full = True


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    found = Disk()
    for name in ("accepted", "answered", "uncertain", "end", "release", "stage"):
        real = getattr(Journal, name)

        def write(self: Journal, *given: Any, real: Any = real, **more: Any) -> None:
            if found.full:
                raise sqlite3.OperationalError("database or disk is full")
            real(self, *given, **more)

        monkeypatch.setattr(Journal, name, write)
    yield found
    found.full = False


def state(world: World, job: Job) -> State:
    row = world.journal.row(job.id)
    assert row is not None
    return row.state


def unsaved(world: World) -> Job:
    """Return the Job of a synchronous call that was answered when neither picture nor answer could be written."""
    world.out.write_text("a file where the folder should be")
    job = world.job(SYNC)
    with pytest.raises(SaveFailed, match=r"known to this kernel alone: .*wan\.resume\(\) here or the same call again"):
        job.result(30)
    assert state(world, job) == "submitting"
    return job


def test_a_synchronous_answer_that_could_not_be_written_is_saved_by_resume(world: World, disk: Disk) -> None:
    job = unsaved(world)
    world.out.unlink()
    (fault,) = resume(world).faults
    assert fault[0].id == job.id
    assert state(world, job) == "submitting"
    disk.full = False
    (again,) = resume(world).jobs
    assert [picture.record.index for picture in again.result(30)] == [0, 1]
    assert len(world.log()["creates"]) == 1
    assert not resume(world)


def test_a_task_whose_id_could_not_be_written_is_taken_up_without_a_search(world: World, disk: Disk) -> None:
    world.transport.fault = lambda method, path, count: refusal(401, "InvalidApiKey") if "/tasks/" in path else None
    job = world.job(t2i())
    with pytest.raises(AuthenticationError):
        job.result(30)
    assert state(world, job) == "submitting"
    disk.full, world.transport.fault = False, lambda method, path, count: None
    (again,) = resume(world).jobs
    assert (again.status, again.task_id) == ("PENDING", job.task_id)
    assert len(again.result(30)) == 1
    assert not [path for _, path in world.transport.calls if path.endswith("/tasks")], "no list was asked for"


def test_the_id_of_a_task_is_written_down_at_the_end_of_the_process_at_the_latest(
    make_world: Callable[..., World], disk: Disk
) -> None:
    first = make_world()
    job = first.job(t2i("emulator:latency=600"))
    until_it_is(job, "PENDING", "RUNNING")
    disk.full = False
    first.runner.drain(0.2)
    first.journal.close()
    second = make_world(clock=first.clock)
    row = second.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("accepted", job.task_id)


def test_a_synchronous_answer_is_written_down_at_the_end_of_the_process_too(
    make_world: Callable[..., World], disk: Disk
) -> None:
    first = make_world()
    job = unsaved(first)
    disk.full = False
    first.runner.drain(0.2)
    first.journal.close()
    first.out.unlink()
    second = make_world(clock=first.clock)
    (again,) = resume(second).jobs
    assert (again.id, len(again.result(30))) == (job.id, 2)
    assert len(second.log()["creates"]) == 1
