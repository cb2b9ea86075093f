"""A forked child has a copy of each Job and no thread that drives it: it is told so, and sends calls of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

import bailian_nb as wan
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal

from ..world.altered import database

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # Python 3.12 warns of what is tried here
]
VALUES = {"model": "wan2.2-t2i-flash", "size": "512*512"}
ASKS: dict[str, Callable[[wan.Job], object]] = {
    "result": lambda job: job.result(),
    "result in time": lambda job: job.result(0.1),
    "wait": lambda job: job.wait(),
    "await": lambda job: asyncio.run(_awaited(job)),
    "cancel": lambda job: job.cancel(),
    "on_change": lambda job: job.on_change(print),
}


async def _awaited(job: wan.Job) -> object:
    return await job


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    sessions.current().close()


def on_its_way() -> wan.Job:
    job = wan.t2i("a hill emulator:latency=60", seed=5, **VALUES)  # type: ignore[arg-type]
    while not job.task_id:
        job.wait(0.01)
    return job


def in_child(work: Callable[[], object]) -> str:
    """Return what `work` returns or raises in a forked child, which is ended when it takes too long."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            os.write(tell, str(work()).encode())
        except wan.BailianError as error:
            os.write(tell, f"{type(error).__name__}: {error}".encode())
        except BaseException:  # noqa: BLE001  # whatever it is, no child must go on as a second test run
            os.write(tell, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    with os.fdopen(told) as file:
        said = file.read()
    return said if status == 0 else f"ended by signal {status}: {said}"


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("ask", ASKS)
def test_a_job_of_the_parent_is_not_waited_for_in_vain(ask: str) -> None:
    job = on_its_way()
    said = in_child(lambda: ASKS[ask](job))
    assert said.startswith(f"BailianError: job {job.id} is driven by process {os.getpid()}, from which this one"), said
    assert "\n" not in said
    assert not job.cancel_asked
    assert not job.final


@pytest.mark.matrix
@pytest.mark.parametrize("ask", ASKS)
def test_a_job_that_had_ended_before_the_fork_is_as_good_as_ever(ask: str) -> None:
    job = wan.t2i("a hill emulator:latency=0", seed=5, **VALUES)  # type: ignore[arg-type]
    job.result(30)
    said = in_child(lambda: ASKS[ask](job))
    end = "False" if ask == "cancel" else repr(job) if ask in ("wait", "on_change") else repr(job.outcome)
    assert said == end


def test_a_child_sends_a_call_of_its_own_while_its_parent_goes_on() -> None:
    job = on_its_way()
    said = in_child(lambda: wan.t2i("a valley emulator:latency=0", seed=6, **VALUES).result(15))  # type: ignore[arg-type]
    assert said.startswith("<Result 1 picture: ")
    assert sorted(row.state for row in sessions.current().journal.recent()) == ["accepted", "done"]
    other = Journal(sessions.current().home)
    try:
        row = other.row(job.id)
        assert row is not None
        assert not other.claim(row), "the child's end let go of its parent's rows"
    finally:
        other.close()


@pytest.mark.parametrize("where", ["a worker thread", "the loop's thread"])
def test_a_fork_waits_for_what_is_being_written(where: str) -> None:
    session, writing = sessions.current(), threading.Event()
    journal = session.journal

    def write() -> None:
        with database(journal.path) as db:
            db.execute("DELETE FROM strays")
            writing.set()
            time.sleep(0.15)

    async def on_the_loop() -> None:
        write()

    written = session.loop.submit(asyncio.to_thread(write) if where == "a worker thread" else on_the_loop())
    assert writing.wait(5)
    begun = time.monotonic()
    said = in_child(lambda: Journal(session.home).recent())
    assert said == "[]"
    assert time.monotonic() - begun < 5
    written.result(1)
    assert session.loop.submit(asyncio.to_thread(lambda: "goes on")).result(1) == "goes on"


def test_a_child_that_was_forked_while_another_thread_held_the_lock_sends_all_the_same() -> None:
    with sessions._lock:
        said = in_child(lambda: wan.t2i("a valley emulator:latency=0", seed=6, **VALUES).result(15))  # type: ignore[arg-type]
    assert said.startswith("<Result 1 picture: ")


def _send_and_say(answers: multiprocessing.SimpleQueue[str]) -> None:
    answers.put(repr(wan.t2i("a valley emulator:latency=0", seed=6, **VALUES).result(15)))  # type: ignore[arg-type]


def test_a_worker_of_multiprocessing_ends_soon_after_its_call() -> None:
    job = on_its_way()
    forking = multiprocessing.get_context("fork")
    answers = forking.SimpleQueue()
    worker = forking.Process(target=_send_and_say, args=(answers,))
    worker.start()
    try:
        assert answers.get().startswith("<Result 1 picture: ")
        begun = time.monotonic()
        worker.join(10)
        assert worker.exitcode == 0
        assert time.monotonic() - begun < 5
    finally:
        worker.kill()
        answers.close()
    assert not job.final
