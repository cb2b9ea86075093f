"""A create call with a large picture may be out for minutes: its task is looked for as late as it was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bailian_nb.errors import SubmitUncertain
from bailian_nb.jobs.job import Job
from bailian_nb.reconcile.attempt import LONGEST_CREATE, Attempt
from bailian_nb.request import Request

from ..world.altered import alter
from ..world.lost_calls import old, ours, saved, used_before
from ..world.resumed import resume, until_it_is
from ..world.world import World, t2i


def killed(make_world: Callable[..., World], request: Request, upload: float) -> tuple[World, Job]:
    """Kill a kernel whose create call made a task after `upload` seconds, and return the next one's world."""
    first = make_world()
    used_before(first, old if request.model == old("").model else t2i)
    job = first.job(request)
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    row = first.journal.row(job.id)
    assert row is not None
    assert row.submitted is not None
    lost = {"task_id": None, "request_id": None, "answered": None}
    alter(first.journal.path, job.id, state="submitting", submitted=row.submitted - upload, **lost)
    return make_world(clock=first.clock), job


def test_a_task_made_after_a_long_upload_is_found_when_it_says_what_it_is(make_world: Callable[..., World]) -> None:
    world, job = killed(make_world, old("a hill emulator:latency=30"), 400.0)
    (again,) = resume(world).jobs
    assert len(again.result(60)) == 1
    assert again.task_id == job.task_id


@pytest.mark.seldom
def test_a_task_made_after_a_long_upload_is_not_ours_for_its_time_alone(make_world: Callable[..., World]) -> None:
    world, job = killed(make_world, t2i("a hill emulator:latency=30"), 400.0)
    (again,) = resume(world).jobs
    with pytest.raises(SubmitUncertain, match=f"1 task.* may be its own: {job.task_id}"):
        again.result(60)
    assert job.task_id in saved(world)
    assert job.task_id in ours(world)


@pytest.mark.parametrize(
    ("now", "broke"), [(1010.0, 1010.0), (5000.0, 1000.0 + LONGEST_CREATE), (900.0, 1000.0 + LONGEST_CREATE)]
)
def test_a_call_that_nobody_saw_break_ended_before_its_kernel_did(world: World, now: float, broke: float) -> None:
    job = world.job(t2i("emulator:latency=600"))
    until_it_is(job, "PENDING", "RUNNING")
    alter(world.journal.path, job.id, state="submitting", submitted=1000.0)
    row = world.journal.row(job.id)
    assert row is not None
    attempt = Attempt.of(row, now)
    assert (attempt.submitted, attempt.broke, attempt.seen) == (1000.0, broke, False)
