"""Cancel answers soon and clearly whatever a Job is doing, holds nobody else up, and drops no task that is paid for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from bailian_nb.errors import BailianError, TaskCanceled, WaitInterrupted
from bailian_nb.jobs import cancel
from bailian_nb.jobs.job import Job
from bailian_nb.store.journal import Journal

from ..world.jumping_clock import until
from ..world.lost_calls import old
from ..world.world import World, t2i

PENDING = "emulator:pending=60"


@dataclass
class HeldCalls:
    """An ASGI app before the emulator: it keeps calls waiting whose path has `keeps` in it, and may lose their answers.

    `answer` makes what comes instead of the emulator's answer, from that answer's bytes.
    """

    app: Any
    keeps: str
    answer: Callable[[bytes], Response] | None = None
    instead: bool = False
    opened: threading.Event = field(default_factory=threading.Event)
    came: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST" or self.keeps not in scope["path"]:
            await self.app(scope, receive, send)
            return
        self.came.set()
        self.count += 1
        while not self.opened.is_set():  # noqa: ASYNC110  # the test opens it from another thread
            await asyncio.sleep(0.005)
        body = b""

        async def keep(message: Any) -> None:
            nonlocal body
            body += message.get("body", b"")

        if not self.instead:
            await self.app(scope, receive, keep if self.answer else send)
        if self.answer is not None:
            await self.answer(body)(scope, receive, send)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel, "SECONDS", 20.0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel, "SECONDS", 0.1)


@contextlib.contextmanager
def somebody_writes(journal: Journal) -> Iterator[None]:
    """Hold the journal as another kernel does that writes for long."""
    with contextlib.closing(sqlite3.connect(journal.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            db.execute("ROLLBACK")


def state_of(world: World, job: Job) -> str:
    row = world.journal.row(job.id)
    assert row is not None
    return row.state


def hold_calls(world: World, keeps: str, **more: Any) -> HeldCalls:
    made = HeldCalls(world.app, keeps, **more)
    world.transport.app = made
    return made


def queued(world: World) -> Job:
    """Five run and two wait at the service: the next one waits here."""
    running = [world.job(t2i(f"hill {number} emulator:latency=600")) for number in range(7)]
    until(lambda: all(job.status in ("PENDING", "RUNNING") for job in running))
    late = world.job(t2i("late"))
    until(lambda: late.why is not None)
    return late


def throttled(world: World) -> Job:
    refusal = {"code": "Throttling.RateQuota", "message": "no"}
    world.transport.fault = lambda method, path, count: (
        JSONResponse(refusal, 429, {"Retry-After": "3000"}) if method == "POST" else None
    )
    job = world.job(t2i())
    until(lambda: job.why is not None and job.why.key == "throttled")
    return job


@pytest.mark.seldom
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("waiting", [queued, throttled])
def test_a_cancel_waits_for_the_journal_and_nobody_waits_for_the_cancel(
    world: World, waiting: Callable[[World], Job]
) -> None:
    job = waiting(world)
    with somebody_writes(world.journal):
        begun = time.monotonic()
        assert job.cancel() is False
        world.loop.submit(asyncio.sleep(0)).result(5)
        assert time.monotonic() - begun < 5, "not as long as the other holds it"
        assert job.uncanceled is not None
        assert job.uncanceled.key == "cancel_open"
        assert job.cancel() is False  # a second wish does no harm
    with pytest.raises(TaskCanceled, match="before it was sent"):
        job.result(5)
    assert state_of(world, job) == "canceled"
    assert job.notes == ["cancel: no answer yet"]


def test_a_cancel_in_the_very_moment_of_the_call_ends_the_job_and_those_that_wait_for_it(world: World) -> None:
    for number in range(20):
        job = world.job(t2i(f"hill {number} {PENDING}"))
        after = world.job(t2i(f"after {number}"), needs=[job])
        third = world.job(t2i(f"third {number}"), needs=[after])
        assert after.cancel() is True
        job.cancel()
        for each in (job, after):
            with pytest.raises(TaskCanceled):
                each.result(10)
        assert third.wait(10).status == "FAILED"
    assert {row.state for row in world.journal.recent()} <= {"canceled"}


@pytest.mark.usefixtures("impatient")
def test_a_cancel_without_an_answer_is_over_soon_and_goes_on_by_itself(world: World) -> None:
    silent = hold_calls(world, "/cancel")
    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")
    begun = time.monotonic()
    assert job.cancel() is False
    assert time.monotonic() - begun < 5, "not as long as the other holds it"
    assert job.notes == ["cancel: no answer yet"]
    silent.opened.set()
    with pytest.raises(TaskCanceled):
        job.result(10)
    assert state_of(world, job) == "canceled"


def test_a_cancel_in_a_callback_holds_no_other_callback_up(world: World) -> None:
    silent = hold_calls(world, "/cancel")
    job = world.job(t2i(f"a hill {PENDING}"))
    seen: list[object] = []

    def cancels(each: Job) -> None:
        if each.status == "PENDING" and not seen:
            seen.append("asked")
            seen.append(each.cancel())

    job.on_change(cancels)
    assert silent.came.wait(10)
    other = world.job(t2i("a valley"))
    other.on_change(lambda each: silent.opened.set())
    assert len(other.result(20)) == 1
    assert job.wait(20).status == "CANCELED"
    assert seen == ["asked", True]


def test_a_cancel_on_the_runners_own_thread_does_not_wait_for_itself(world: World) -> None:
    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")

    async def cancel() -> bool:
        return job.cancel()

    assert world.loop.submit(cancel()).result(2) is False
    assert job.wait(10).status == "CANCELED"


def test_a_cancel_after_the_end_is_false_and_starts_no_thread(world: World) -> None:
    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")
    world.runner.drain(0.1)
    world.loop.stop()
    assert job.cancel() is False
    assert job.notes == ["cancel: the session is closed"]
    assert not world.loop.started
    assert state_of(world, job) == "accepted"


def test_what_is_sent_after_the_end_says_so_and_starts_no_thread(world: World) -> None:
    world.job(t2i()).result(20)
    world.runner.drain(0.1)
    world.loop.stop()
    with pytest.raises(BailianError, match="process ends"):
        world.job(t2i("too late")).result(2)
    assert not world.loop.started


def test_an_interrupt_of_a_cancel_is_one_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*given: object) -> None:
        raise KeyboardInterrupt

    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")
    monkeypatch.setattr(cancel, "wait", interrupt)
    with pytest.raises(WaitInterrupted, match="on its way"):
        job.cancel()
    assert job.wait(10).status == "CANCELED"


def test_a_call_that_is_out_is_canceled_as_soon_as_its_task_is_known(world: World) -> None:
    slow = hold_calls(world, "/services/")
    job = world.job(t2i(f"a hill {PENDING}"))
    assert slow.came.wait(5)
    threading.Timer(0.05, slow.opened.set).start()
    assert job.cancel() is True
    assert job.wait(10).status == "CANCELED"
    assert state_of(world, job) == "canceled"


@pytest.mark.usefixtures("impatient")
def test_a_call_that_was_throttled_does_not_go_out_again_after_a_cancel(world: World) -> None:
    refused = JSONResponse({"code": "Throttling.RateQuota", "message": "no"}, 429)
    slow = hold_calls(world, "/services/", answer=lambda body: refused, instead=True)
    job = world.job(t2i())
    assert slow.came.wait(5)
    assert job.cancel() is False
    slow.opened.set()
    with pytest.raises(TaskCanceled, match="before it was sent"):
        job.result(10)
    assert slow.count == 1
    assert state_of(world, job) == "canceled"


@pytest.mark.seldom
def test_a_task_that_runs_is_kept_and_no_further_try_follows_it(world: World) -> None:
    runs = world.job(t2i("emulator:latency=40"))
    fails = world.job(t2i("emulator:latency=40 emulator:fail=InternalError.Algo", seed=8), retries=2)
    for job in (runs, fails):
        until(lambda job=job: job.status == "RUNNING")
        assert job.cancel() is False
        assert job.uncanceled is not None
        assert job.uncanceled.key == "too_late"
    assert len(runs.result(20)) == 1
    assert fails.wait(20).status == "CANCELED"
    assert len(world.log()["creates"]) == 2


def test_a_cancel_whose_answer_is_lost_is_looked_up(world: World) -> None:
    broken = hold_calls(world, "/cancel", answer=lambda body: Response("<html>502</html>", 502))
    broken.opened.set()
    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")
    assert job.cancel() is True
    assert job.wait(10).status == "CANCELED"


def test_a_cancel_that_does_not_get_through_can_be_asked_for_again(world: World) -> None:
    broken = hold_calls(world, "/cancel", answer=lambda body: Response(b"", 503), instead=True)
    broken.opened.set()
    job = world.job(t2i(f"a hill {PENDING}"))
    until(lambda: job.status == "PENDING")
    assert job.cancel() is False
    assert (job.cancel_asked, broken.count) == (False, cancel.TRIES)
    assert job.uncanceled is not None
    assert job.uncanceled.key == "cancel_failed"
    world.transport.app = world.app
    assert job.cancel() is True
    assert job.wait(10).status == "CANCELED"


def first_list_fails(method: str, path: str, count: int) -> Response | None:
    return Response(b"", 503) if method == "GET" and path.endswith("/tasks") and count == 0 else None


def lost(world: World, request: Any, *, named: bool = False) -> Job:
    """Send a call whose answer is lost, all but the request id if `named`."""

    def answer(body: bytes) -> Response:
        known = {"request_id": json.loads(body)["request_id"]} if named else {}
        return JSONResponse({"code": "InternalError", "message": "no", **known}, 500)

    slow = hold_calls(world, "/services/", answer=answer)
    slow.opened.set()
    world.transport.fault = first_list_fails  # so that the search still waits when the test goes on
    job = world.job(request)
    until(lambda: job.status == "UNCERTAIN")
    return job


def test_a_lost_task_that_somebody_wanted_canceled_is_saved_when_it_is_paid(world: World) -> None:
    job = lost(world, old("a hill"))
    assert job.cancel() is False
    assert job.uncanceled is not None
    assert job.uncanceled.key == "cancel_noted"
    assert len(job.result(60)) == 1
    assert state_of(world, job) == "done"


def test_a_lost_task_that_is_found_before_it_starts_is_canceled(world: World) -> None:
    job = lost(world, t2i(f"a hill {PENDING}"), named=True)
    assert job.cancel() is False
    with pytest.raises(TaskCanceled):
        job.result(60)
    assert state_of(world, job) == "canceled"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", ["lost", "pending", "running", "out"])
def test_the_end_of_the_process_closes_no_row_whose_task_may_exist(world: World, how: str) -> None:
    if how == "lost":
        job = lost(world, t2i(PENDING))
    elif how == "out":
        slow = hold_calls(world, "/services/")
        job = world.job(t2i(PENDING))
        assert slow.came.wait(5)
    else:
        job = world.job(t2i(PENDING if how == "pending" else "emulator:latency=600"))
        until(lambda: job.status == how.upper())
        hold_calls(world, "/cancel")
    assert job.cancel() is False
    assert job.cancel_asked
    world.runner.drain(0.1)
    world.loop.stop()
    assert not job.final
    assert state_of(world, job) == {"lost": "uncertain", "out": "submitting"}.get(how, "accepted")
