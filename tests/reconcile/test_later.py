"""A call that was closed since the list showed no task of it, and whose task comes into the list after all."""

from __future__ import annotations

import pytest

from bailian_nb.errors import ServiceError
from bailian_nb.jobs.job import Job
from bailian_nb.reconcile import later
from bailian_nb.store.row import Row

from ..world.altered import alter
from ..world.lost_calls import HiddenTasks, colleague, lose_the_first, used_before
from ..world.resumed import resume
from ..world.world import World, t2i


def come_late(world: World) -> list[Row]:
    return later.come_late(world.journal, world.loop, world.account, world.clock, 30.0)


def closed(world: World, *, before: bool = False) -> tuple[Job, HiddenTasks]:
    """Lose a call whose task the list does not show, until the search has come to its end."""
    used_before(world)
    veil = HiddenTasks(world)
    known = {each["task_id"] for each in world.log()["creates"]}
    veil.hidden = lambda task_id: task_id not in known
    lose_the_first(world, before=before)
    job = world.job(t2i("a hill"))
    with pytest.raises(ServiceError, match="made no task that is billed"):
        job.result(60)
    return job, veil


@pytest.mark.seldom
def test_a_resume_saves_what_the_list_shows_only_then(world: World) -> None:
    job, veil = closed(world)
    assert not come_late(world)
    veil.hidden = lambda task_id: False
    creates = len(world.log()["creates"])
    assert [row.id for row in come_late(world)] == [job.id]
    [found] = resume(world).jobs
    assert len(found.result(60)) == 1
    assert found.id == job.id
    assert len(world.log()["creates"]) == creates
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("done", world.log()["creates"][-1]["task_id"])
    assert not come_late(world)


def test_a_task_that_was_made_later_opens_nothing(world: World) -> None:
    job, veil = closed(world, before=True)
    veil.hidden = lambda task_id: False
    colleague(world, t2i("theirs"))
    assert not come_late(world)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "failed"


def test_it_stays_closed_while_the_same_request_is_open_again(world: World) -> None:
    job, veil = closed(world)
    again = world.job(t2i("a hill")).wait(60)
    veil.hidden = lambda task_id: False
    alter(world.journal.path, again.id, state="accepted", finished=None)
    assert not come_late(world)
    alter(world.journal.path, again.id, state="done", finished=world.clock.now())
    assert [row.id for row in come_late(world)] == [job.id], "the first one's picture was paid for, too"
