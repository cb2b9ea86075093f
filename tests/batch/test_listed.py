"""A batch among the Jobs of its process: one line with its counts, and none for each of its rows."""

from __future__ import annotations

import asyncio
import gc
import sqlite3

import pytest

import bailian_nb as wan
from bailian_nb.jobs.journal_writes import DeferredWrites, write_or_defer
from bailian_nb.session import session as sessions
from bailian_nb.views import job_table
from bailian_nb.widgets import BatchView, JobsView

from ..world.jumping_clock import until

ROWS = [{"prompt": "a red barn emulator:latency=0"}, {"prompt": "emulator-blocked emulator:latency=0"}]


def shown() -> str:
    here = sessions.current()
    return job_table.jobs(here.jobs(), "en", now=here.clock.now(), groups=here.groups())["text/plain"]


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_a_batch_is_one_line_with_its_counts() -> None:
    alone = wan.t2i("a hill emulator:latency=0", seed=1)
    alone.result()
    batch = wan.batch(ROWS)
    assert "batch" not in shown(), "it was not started"
    batch.run().wait()
    title, head, first, second = shown().splitlines()
    assert title == "Jobs: 2 done · 1 failed or canceled · EMULATOR, nothing billed"
    assert head.split() == ["job", "prompt", "what", "status", "outcome", "made", "CNY", "task"]
    assert first.split() == [
        *["batch", *batch.title.split(), "wan2.6-t2i", "PARTIAL"],
        *["1", "of", "2", "done", "·", "1", "failed"],
        *first.split()[-3:-1],
        "EMULATOR",
    ]
    assert second.split()[0] == alone.id
    del batch
    gc.collect()
    until(lambda: gc.collect() is not None and len(sessions.current().groups()) == 0)
    assert len(shown().splitlines()) == 3, "nobody holds it any more"


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_rows_on_their_way_are_in_the_line_of_their_batch() -> None:
    batch = wan.batch([{"prompt": "a red barn emulator:latency=600"}, {"prompt": "a blue barn emulator:latency=600"}])
    view = JobsView(sessions.current(), lang="en")
    assert view.rows == []
    batch.run()
    until(lambda: len(batch.jobs) == 2)
    view.refresh()
    (row,) = view.rows
    assert (row["line"], row["state"], row["cancel"]) == ("0 of 2 done", "running", False)
    assert view.total.startswith("2 going · 0 done")
    assert "RUNNING" in view.static_view()["text/plain"]
    for job in batch.jobs:
        job.cancel()
    batch.pause()
    until(lambda: view.rows[0]["state"] != "running")


@pytest.mark.usefixtures("unlimited")
def test_a_full_disk_that_holds_rows_up_is_said_while_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = wan.batch([{"prompt": "a red barn emulator:latency=600"}]).run()
    until(lambda: batch.jobs and batch.jobs[0].task_id)
    assert batch.progress.held_up == ""
    (job,) = batch.jobs

    def full() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    asyncio.run(write_or_defer(job, full))
    assert "database or disk is full" in batch.progress.held_up
    assert "database or disk is full" in batch.caption("en")["text/html"]
    assert "database or disk is full" in BatchView(batch, lang="en").now["why"]
    monkeypatch.setattr(job, "deferred", DeferredWrites())
    asyncio.run(write_or_defer(job, lambda: None))
    assert batch.progress.held_up == "", "it has room again"
    job.cancel()
    batch.pause()
