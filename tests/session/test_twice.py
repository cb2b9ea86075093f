"""Sequences that once paid twice or lost a paid picture: each was found by trying, and each stays tried."""

from __future__ import annotations

import os
import sqlite3
import threading

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.errors import AuthenticationError
from bailian_nb.jobs.resume import revive
from bailian_nb.money.budget import Budget
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import Row

from ..world.altered import alter
from ..world.emulator_log import creates
from ..world.jumping_clock import until

VALUES = {"size": "768*768", "seed": 5}


def on_its_way(prompt: str = "a hill emulator:latency=2") -> wan.Job:
    job = wan.t2i(prompt, **VALUES)
    until(lambda: job.task_id)
    return job


def row_of(job: wan.Job) -> Row:
    row = sessions.current().journal.row(job.id)
    assert row is not None
    return row


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python 3.12 warns of what is tried here
def test_a_forked_child_that_closes_leaves_its_parents_rows_alone() -> None:
    job = on_its_way()
    session = sessions.current()
    child = os.fork()
    if child == 0:
        session.close()
        session.journal.close()
        os._exit(0)
    os.waitpid(child, 0)
    other = Journal(home())
    try:
        assert not other.claim(row_of(job))
    finally:
        other.close()
    assert len(job.result(30)) == 1


def test_the_same_call_in_the_next_kernel_takes_up_the_task_instead_of_paying_again() -> None:
    job = on_its_way()
    sessions.current().close()  # the kernel ends; the task runs on at the service
    again = wan.t2i("a hill emulator:latency=2", **VALUES)
    assert again.task_id == job.task_id
    assert len(again.result(30)) == 1
    assert creates() == 1


def test_who_waits_for_a_job_hears_that_the_process_ends() -> None:
    job = on_its_way("a hill emulator:latency=60")
    heard: list[BaseException] = []

    def wait() -> None:
        try:
            job.result()
        except wan.BailianError as error:
            heard.append(error)

    waiter = threading.Thread(target=wait, daemon=True)
    waiter.start()
    sessions.current().close()
    waiter.join(5)
    assert not waiter.is_alive()
    assert "resume" in str(heard[0])


def test_a_task_id_that_cannot_be_written_down_still_brings_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    for name in ("accepted", "saved", "end"):
        monkeypatch.setattr(Journal, name, full)
    job = wan.t2i("a hill", **VALUES)
    assert len(job.result(30)) == 1
    assert any("disk is full" in note for note in job.notes)


def test_a_read_that_is_refused_leaves_a_sweeps_cell_that_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from bailian_nb.client import Client

    async def refuse(self: Client, task_id: str) -> None:
        raise AuthenticationError("no such key", code="InvalidApiKey", http_status=401)

    monkeypatch.setattr(Client, "query", refuse)
    sweep = wan.sweep(prompt="a hill", seed=[5], size="768*768", cache=False)
    sweep.run().wait(30)
    assert sweep.jobs[0].error is not None
    assert sweep.jobs[0].cost == pytest.approx(0.2)  # it may well be paid
    sweep.run().wait(30)
    sweep.retry_failed()
    sweep.wait(30)
    assert creates() == 1


def test_a_job_that_is_canceled_while_its_intent_is_written_is_never_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    intend = Journal.intend

    def slowly(self: Journal, **given: object) -> None:
        begun.set()
        go_on.wait(5)
        intend(self, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "intend", slowly)
    job = wan.t2i("a hill", **VALUES)
    assert begun.wait(5)
    threading.Timer(0.2, go_on.set).start()
    assert job.cancel()
    assert not wan.resume(send=True).jobs
    assert creates() == 0


def test_two_threads_that_resume_send_a_row_once() -> None:
    unsent()
    found: list[wan.Job] = []
    threads = [threading.Thread(target=lambda: found.extend(wan.resume(send=True).jobs)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in found:
        each.wait(30)
    assert len({each.id for each in found}) == 1
    assert creates() == 2


def unsent(prompt: str = "a hill") -> wan.Job:
    """Return a Job whose row is that of a call which was never sent."""
    job = wan.t2i(prompt, **VALUES)
    for path in job.result(30).paths:
        path.unlink()  # or they would answer what is sent again
    alter(
        sessions.current().journal.path, job.id, state="intent", task_id=None, submitted=None, finished=None, cost=None
    )
    return job


def test_what_a_cap_refuses_when_its_row_is_written_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job = unsent()

    def refuse(*_: object, **__: object) -> None:
        raise wan.BudgetExceeded("another kernel was quicker")

    with monkeypatch.context() as until_then:
        until_then.setattr(Budget, "_first", lambda *_: None)
        until_then.setattr(Budget, "check", refuse)
        (again,) = wan.resume(send=True).jobs
        assert isinstance(again.wait(30).error, wan.BudgetExceeded)
    assert [row.id for row in wan.resume().unsent] == [job.id]
    assert row_of(job).state == "intent"


def test_what_is_being_sent_again_is_not_offered_and_goes_out_once() -> None:
    job = unsent()
    session = sessions.current()
    (row,) = wan.resume().unsent
    (again,) = wan.resume(send=[job.id]).jobs
    assert not wan.resume().unsent
    late, folder = revive(row, session.journal)
    late.id, late.replaces = session.new_id(), job.id
    session.register(late)
    settings = session.settings()
    session.runner.start(late, session.account(session.target(settings), settings), folder=folder)
    assert len(again.result(30)) == 1
    assert late.result(30).paths == again.result(30).paths
    assert row_of(job).state == "canceled"
    assert creates() == 2


def test_a_record_that_was_to_stay_out_of_the_file_stays_out_in_the_next_kernel() -> None:
    job = wan.t2i("secret words emulator:latency=1", embed=False, **VALUES)
    until(lambda: sessions.current().journal.row(job.id) is not None and row_of(job).state == "accepted")
    sessions.current().close()
    (again,) = wan.resume().jobs
    picture = again.result(30)[0]
    assert picture.record.prompt.startswith("secret words")
    assert b"secret words" not in picture.path.read_bytes()
