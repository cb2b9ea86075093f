"""The same call in two living kernels: one pays, the other one follows it, and both have the pictures."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.session import cache
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal
from bailian_nb.store.kernels import STALE, beat_file
from bailian_nb.store.schema import State, journal_path

from ..world.altered import alter
from ..world.emulator_log import creates
from ..world.open_rows import MODEL, VALUES, row_of, write_row

TASK = "0385dc79-5ff8-4d82-bcb6-7c0a5a0c1f11"
STATES = {"intent": "QUEUED", "submitting": "SUBMITTING", "uncertain": "UNCERTAIN", "accepted": "PENDING"}


@pytest.fixture
def other() -> Iterator[Journal]:
    """Another kernel of this home; `close` ends it."""
    journal = Journal(home())
    yield journal
    journal.close()


def put(other: Journal, state: str) -> None:
    """Write the row of the same call, as that kernel would have it in this state."""
    write_row(other, "theirs")
    sent = {} if state == "intent" else {"submitted": time.time()}
    alter(journal_path(home()), "theirs", state=state, task_id=TASK if state == "accepted" else None, **sent)


def until(job: wan.Job, true: Callable[[], bool]) -> None:
    while not true():
        assert not job.final, job.error
        job.wait(0.01)


def follows(job: wan.Job) -> Callable[[], bool]:
    return lambda: job.why is not None and job.why.key == "followed"


@pytest.mark.parametrize("state", STATES)
def test_a_call_that_another_living_kernel_makes_is_followed_and_canceled_there(other: Journal, state: str) -> None:
    put(other, state)
    job = wan.t2i("a hill", **VALUES)
    until(job, follows(job))
    assert (job.status, job.task_id) == (STATES[state], TASK if state == "accepted" else "")
    assert job.why is not None
    assert job.why.values == {"job": "theirs"}
    assert job.cancel() is False
    assert job.uncanceled is not None
    assert (job.uncanceled.key, job.uncanceled.values) == ("cancel_elsewhere", {"job": "theirs"})
    assert row_of("theirs").kernel == other.kernel
    assert creates() == 0


def test_what_the_other_one_is_told_is_told_here_too(other: Journal) -> None:
    put(other, "accepted")
    job = wan.t2i("a hill", **VALUES)
    until(job, follows(job))
    other.stage("theirs", "RUNNING")
    until(job, lambda: job.status == "RUNNING")
    other.end("theirs", "failed", at=time.time(), error="DataInspectionFailed: no")
    with pytest.raises(wan.TaskFailed, match="job theirs, which made the same request, failed: DataInspectionFailed"):
        job.result(30)
    assert creates() == 0


def test_a_call_that_is_canceled_there_goes_out_here(other: Journal) -> None:
    put(other, "accepted")
    job = wan.t2i("a hill", **VALUES)
    until(job, follows(job))
    other.end("theirs", "canceled", at=time.time())
    assert len(job.result(30)) == 1
    assert creates() == 1


@pytest.mark.parametrize("ends", [True, False], ids=["ends", "stands still"])
def test_the_place_of_a_kernel_that_never_sent_it_is_taken(other: Journal, ends: bool) -> None:
    put(other, "intent")
    job = wan.t2i("a hill", **VALUES)
    until(job, follows(job))
    if ends:
        other.close()
    else:
        beat_file(home(), other.kernel).write_text(str(time.monotonic() - STALE - 1))
    assert len(job.result(30)) == 1
    assert (row_of("theirs").state, row_of("theirs").error) == ("canceled", f"sent again as {job.id}")
    assert creates() == 1


def test_a_price_above_every_cap_is_no_matter_where_nothing_is_paid(other: Journal) -> None:
    put(other, "accepted")
    job = wan.t2i("a hill", **VALUES, max_cost=0.0)
    until(job, follows(job))
    assert creates() == 0


@pytest.mark.parametrize("state", STATES)
def test_a_call_that_another_kernel_makes_with_no_cache_is_followed_too_and_passes_no_cap(
    other: Journal, state: str
) -> None:
    put(other, state)
    alter(journal_path(home()), "theirs", fresh=1)
    job = wan.t2i("a hill", **VALUES, max_cost=0.0)
    until(job, follows(job))
    assert job.why is not None
    assert job.why.values == {"job": "theirs"}
    assert creates() == 0


def test_a_cap_is_asked_of_who_followed_a_call_with_no_cache_that_was_canceled(other: Journal) -> None:
    put(other, "accepted")
    alter(journal_path(home()), "theirs", fresh=1)
    job = wan.t2i("a hill", **VALUES, max_cost=0.0)
    until(job, follows(job))
    other.end("theirs", "canceled", at=time.time())
    with pytest.raises(wan.BudgetExceeded):
        job.result(30)
    assert creates() == 0


@pytest.mark.parametrize("end", ["canceled", "failed"])
def test_a_cap_is_asked_where_the_other_one_ends_before_it_can_be_followed(
    other: Journal, end: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(other, "accepted")
    looks = cache.followed

    def ends_then(*given: Any) -> bool:
        found = looks(*given)
        other.end("theirs", end, at=time.time())
        return found

    monkeypatch.setattr(cache, "followed", ends_then)
    with pytest.raises(wan.BudgetExceeded):
        wan.t2i("a hill", **VALUES, max_cost=0.0).result(30)
    assert creates() == 0


@contextlib.contextmanager
def another_kernel() -> Iterator[None]:
    """Let the session of this process go on by itself, as that of another kernel does, and begin a new one."""
    (there,) = sessions.detach()
    try:
        yield
    finally:
        there.close()


@pytest.mark.seldom
def test_a_sweep_that_runs_twice_at_once_is_paid_once_and_both_are_filled() -> None:
    seeds = {"seed": [1, 2, 3], "size": "768*768", "model": MODEL}
    first = wan.sweep(prompt="a hill emulator:latency=0.5", **seeds).run()
    with another_kernel():
        second = wan.sweep(prompt="a hill emulator:latency=0.5", **seeds).run()
        for sweep in (first, second):
            assert [cell["state"] for cell in sweep.wait(60).cells()] == ["SUCCEEDED"] * 3
    paths = [[job.result()[0].path for job in sweep.jobs] for sweep in (first, second)]
    assert paths[0] == paths[1]
    assert creates() == 3


def test_a_driver_that_stood_still_sees_that_its_row_is_gone_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = wan.t2i("a hill emulator:latency=2", **VALUES)
    until(first, lambda: row_of(first.id).state == "accepted" if _has_row(first) else False)
    kernel = sessions.current().journal.kernel
    with another_kernel():
        monkeypatch.setattr(Journal, "beat", lambda self: None)
        beat_file(home(), kernel).write_text(str(time.monotonic() - STALE - 1))
        second = wan.t2i("a hill emulator:latency=2", **VALUES)
        assert second.id == first.id
        assert row_of(first.id).generation == 1
        assert first.result(30).paths == second.result(30).paths
    assert creates() == 1


def test_a_driver_that_stood_still_has_the_pictures_of_the_row_that_was_sent_in_place_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [wan.t2i(f"{name} emulator:latency=0.5", **VALUES) for name in ("a lake", "a tree")]
    first = wan.t2i("a hill", **VALUES)
    until(first, lambda: _has_row(first) and all(job.task_id for job in others))
    kernel = sessions.current().journal.kernel
    with another_kernel():
        monkeypatch.setattr(Journal, "beat", lambda self: None)
        beat_file(home(), kernel).write_text(str(time.monotonic() - STALE - 1))
        second = wan.t2i("a hill", **VALUES)
        assert second.id != first.id
        assert first.result(30).paths == second.result(30).paths
    assert row_of(first.id).error == f"sent again as {second.id}"
    assert creates() == 3


def _has_row(job: wan.Job) -> bool:
    with contextlib.suppress(sqlite3.Error):
        return sessions.current().journal.row(job.id) is not None
    return False


def test_a_synchronous_call_that_its_kernel_took_along_is_no_reason_to_wait_for_ever(other: Journal) -> None:
    write_row(other, "theirs", sync=True)
    alter(journal_path(home()), "theirs", state="submitting", submitted=time.time())
    job = wan.t2i("a hill", **VALUES)
    until(job, follows(job))
    other.close()
    with pytest.raises(wan.SubmitUncertain, match=r"`wan\.resume\(forget='theirs'\)` gives it up"):
        job.result(30)
    assert creates() == 0


def test_what_must_be_sent_after_all_is_held_against_its_cap(other: Journal) -> None:
    put(other, "accepted")
    job = wan.t2i("a hill", **VALUES, max_cost=0.01)
    until(job, follows(job))
    other.end("theirs", "canceled", at=time.time())
    with pytest.raises(wan.BudgetExceeded, match=r"max_cost is 0\.01"):
        job.result(30)
    assert creates() == 0


def test_two_that_follow_a_kernel_that_ends_pay_once_and_have_the_same_picture(other: Journal) -> None:
    put(other, "intent")
    first = wan.t2i("a hill", **VALUES)
    until(first, follows(first))
    with another_kernel():
        second = wan.t2i("a hill", **VALUES)
        until(second, follows(second))
        other.close()
        assert first.result(30).paths == second.result(30).paths
    assert creates() == 1
