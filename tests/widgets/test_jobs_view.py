"""The list of Jobs moves with them, names the one that Cancel is for, and leaves a table behind."""

from __future__ import annotations

from typing import Any

import pytest

from bailian_nb.errors import TaskFailed
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result
from bailian_nb.jobs.status import Expected
from bailian_nb.session.listed import Listed, Tally
from bailian_nb.widgets import JobsView, jobs_view

from ..world.jumping_clock import until


def tally(**more: Any) -> Tally:
    """Return how far a batch is: of one row that goes on, but for what is given."""
    rows: dict[str, Any] = {"total": 1, "done": 0, "failed": 0, "partly": 0, "going": 1}
    return Tally(**{"title": "goods", "call": "m", "created": 1.0, "cost": 0.0, "emulator": True, **rows, **more})


def view_of(*jobs: Job) -> JobsView:
    here = Listed()
    here._jobs.update((job.id, job) for job in jobs)
    return JobsView(here, now=lambda: 1010.0, lang="en")


def test_the_newest_job_comes_first_with_prompt_state_and_rest(make_job: Any) -> None:
    first, second = make_job(id="first"), make_job(id="second")
    second.change(status="RUNNING", submitted=1001.0, expected=Expected(low=20, high=40))
    view = view_of(first, second)
    assert [row["id"] for row in view.rows] == [second.id, first.id]
    row = view.rows[0]
    assert (row["state"], row["since"], row["usual"], row["cancel"]) == ("running", 1001.0, 30, True)
    assert view.total.startswith("2 going · 0 done")
    assert "21 s" in view.static_view()["text/plain"], "that is what is left"


def test_it_follows_every_job_and_says_what_became_of_them(make_job: Any) -> None:
    first, second = make_job(id="first"), make_job(id="second")
    view = view_of(first, second)
    first.succeed(Result([], cost=0.0), at=1003.0)
    until(lambda: view.rows[1]["state"] == "done")
    second.fail(TaskFailed("x", code="InternalError"), at=1004.0)
    until(lambda: view.rows[0]["state"] == "failed")
    assert (view.rows[0]["outcome"], view.rows[0]["cancel"]) == ("InternalError", False)
    assert view.rows[1]["line"] == "done · 3.0 s", "what holds for all stands in the sum"
    assert view.total == "1 done · 1 failed or canceled · EMULATOR, nothing billed"
    assert view.caption()["text/plain"] == view.total


@pytest.mark.parametrize(
    ("rows", "status", "state"),
    [
        ({"done": 199, "failed": 1}, "PARTIAL", "partial"),
        ({"done": 150, "failed": 1, "going": 49}, "RUNNING", "running"),
        ({"done": 200}, "SUCCEEDED", "done"),
        ({"failed": 200}, "FAILED", "failed"),
        ({"failed": 200, "partly": 3}, "PARTIAL", "partial"),
        ({"done": 10}, "", "waiting"),  # paused, or the rest was canceled: run() sends it
        ({"failed": 1}, "", "waiting"),
    ],
)
def test_a_batch_reads_as_failed_only_where_nothing_came_of_it(rows: dict[str, int], status: str, state: str) -> None:
    class Batch:
        owner = "b"

        def tally(self) -> Tally:
            return tally(**{"total": 200, "going": 0, **rows})

        def on_change(self, callback: object) -> None: ...

    here, batch = Listed(), Batch()
    here.list_group(batch)
    view = JobsView(here, now=lambda: 1010.0, lang="en")
    assert view.rows[0]["state"] == state
    words = view.static_view()["text/plain"].splitlines()[-1].split()
    failed = ["·", str(rows["failed"]), "failed"] if "failed" in rows else []
    wanted = [*status.split(), str(rows.get("done", 0)), "of", "200", "done", *failed]
    assert words[3 : 3 + len(wanted)] == wanted


def test_a_batch_is_followed_though_another_one_lay_at_its_place_in_memory(
    make_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Batch:
        followed = False

        def __init__(self, owner: str) -> None:
            self.owner = owner

        def tally(self) -> Tally:
            return tally(call=self.owner)

        def on_change(self, callback: object) -> None:
            self.followed = True

    here, view = Listed(), None
    monkeypatch.setattr(jobs_view, "id", lambda each: 7, raising=False)
    kept = [Batch("one"), Batch("two")]
    for batch in kept:
        here._groups[batch.owner] = batch
        if view is None:
            view = JobsView(here, lang="en")
        view.refresh()
    assert [batch.followed for batch in kept] == [True, True]


def test_cancel_is_for_the_job_that_is_named(make_job: Any) -> None:
    first, second = make_job(id="first"), make_job(id="second")
    asked: list[str] = []
    for job in (first, second):
        job.cancel = lambda job=job: asked.append(job.id) or False
    view = view_of(first, second)
    for named in (second.id, "no such", None, ["a"], {"id": first.id}):
        view.comm.receive({"kind": "cancel", "id": named})
    assert asked == [second.id]
    assert view.fault.startswith(f"{second.id}: ")
