"""Sending: what a Job says while another create call holds it up, and what becomes of it when its row is gone."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.errors import BailianError
from bailian_nb.store.journal import Journal
from bailian_nb.views.job import describe

from ..world.altered import database
from ..world.jumping_clock import until
from ..world.world import World, t2i


class Hanging(Response):
    """An answer that comes late."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(b"", 503)
        self.world, self.seconds = world, seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.world.clock.sleep(self.seconds)
        await super().__call__(scope, receive, send)


def test_a_job_behind_a_create_call_that_hangs_says_so(world: World) -> None:
    def fault(method: str, path: str, count: int) -> Response | None:
        return Hanging(world, 50) if method == "POST" and count == 0 else None

    world.transport.fault = fault
    hangs = world.job(t2i("hangs"))
    until(lambda: hangs.status == "SUBMITTING")
    second, third = world.job(t2i("second", seed=8)), world.job(t2i("third", seed=9))
    until(lambda: all(job.why is not None for job in (second, third)))
    for ahead, job in enumerate((second, third)):
        assert f"one create call of wan2.6-t2i at a time; {ahead} ahead, and one is out" in describe(job, "en")["line"]
    assert {second.status, third.status} == {"QUEUED"}
    assert "wan2.6-t2i 逐个提交，前面还有 0 个未完成" in describe(second, "zh")["line"]
    assert [len(job.result(60)) for job in (second, third)] == [1, 1]


def swap(journal: Journal) -> None:
    """Put another journal's file in its place, as somebody does who copies a home."""
    other = Journal(journal.home.parent / "other home")
    other.close()
    other.path.replace(journal.path)


@pytest.mark.parametrize("note", ["submitting", "confirm"])
def test_a_journal_that_is_swapped_away_before_the_create_call_is_told_in_one_line(world: World, note: str) -> None:
    write = getattr(world.journal, note)

    def late(*given: Any) -> None:
        swap(world.journal)
        write(*given)

    setattr(world.journal, note, late)
    job = world.job(t2i())
    with pytest.raises(BailianError) as caught:
        job.result(30)
    line = f"cannot write the journal: job {job.id} is not in the journal any more, whose file was replaced; nothing"
    assert str(caught.value).startswith(line)
    assert job.cost == 0.0
    assert world.transport.count("POST", "/services/") == 0


@pytest.mark.seldom
@pytest.mark.parametrize("open_there", [False, True], ids=["", "the same request is open there"])
def test_what_exists_at_the_service_is_written_into_the_journal_that_was_put_in_its_place(
    world: World, open_there: bool
) -> None:
    def fault(method: str, path: str, count: int) -> None:
        if method == "POST":
            row = rows(world)[0]
            swap(world.journal)
            if open_there:
                with database(world.journal.path) as db:
                    places = ", ".join("?" * len(row))
                    db.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({places})", [*{**row, "id": "x"}.values()])

    world.transport.fault = fault
    job = world.job(t2i("a hill emulator:latency=20"))
    until(lambda: job.status == "RUNNING")
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id, row.kernel) == ("accepted", job.task_id, world.journal.kernel)
    (picture,) = job.result(60)
    assert picture.record.task_id == job.task_id
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.images) == ("done", 1)
    assert not [note for note in job.notes if "journal" in note]


def rows(world: World) -> list[dict[str, Any]]:
    with database(world.journal.path) as db:
        return [dict(row) for row in db.execute("SELECT * FROM jobs").fetchall()]
