"""Worker threads: they do what they are asked in the order asked, and never keep a process from ending."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from bailian_nb.system.executor import MOST, WorkerThreads


@pytest.fixture
def workers() -> Iterator[WorkerThreads]:
    workers = WorkerThreads("test")
    yield workers
    workers.shutdown()


def test_what_is_asked_for_is_done_and_its_faults_reach_whoever_waits(workers: WorkerThreads) -> None:
    assert workers.submit(divmod, 7, 2).result(5) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        workers.submit(divmod, 7, 0).result(5)
    assert [each.result(5) for each in [workers.submit(pow, number, 2) for number in range(50)]][-1] == 2401


def test_a_thread_is_used_again_and_all_are_daemons(workers: WorkerThreads) -> None:
    names = set()
    for _ in range(5):
        names.add(workers.submit(lambda: threading.current_thread().name).result(5))
        workers.pause(5)  # until it is free again
        workers.go_on()
    assert len(names) == 1
    assert workers.submit(lambda: threading.current_thread().daemon).result(5)


def test_no_more_threads_than_the_limit_work_at_once(workers: WorkerThreads) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    for each in [workers.submit(work) for _ in range(3 * MOST)]:
        each.result(10)
    assert 1 < most <= MOST


def test_what_is_canceled_in_time_is_not_done(workers: WorkerThreads) -> None:
    workers.pause(1)
    done: list[int] = []
    late = workers.submit(done.append, 1)
    assert late.cancel()
    workers.go_on()
    workers.shutdown()
    assert not done


def test_held_threads_finish_what_they_do_and_begin_nothing(workers: WorkerThreads) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        go_on.wait(5)
        done.append("first")

    workers.submit(work)
    assert begun.wait(5)
    threading.Timer(0.1, go_on.set).start()
    workers.pause(5)
    assert done == ["first"]
    later = workers.submit(done.append, "second")
    time.sleep(0.05)
    assert done == ["first"]
    workers.go_on()
    later.result(5)
    assert done == ["first", "second"]


def test_what_was_asked_for_before_the_end_is_done_and_joining_gives_up_in_time(workers: WorkerThreads) -> None:
    go_on, before = threading.Event(), set(threading.enumerate())
    asked = [workers.submit(go_on.wait, 5) for _ in range(MOST + 3)]
    workers.shutdown(wait=False)
    begun = time.monotonic()
    workers.join(0.05)
    assert time.monotonic() - begun < 2
    go_on.set()
    workers.join(5)
    assert all(each.result(0) for each in asked)
    assert set(threading.enumerate()) <= before


def test_nothing_is_begun_after_the_end(workers: WorkerThreads) -> None:
    workers.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"):
        workers.submit(print)


def test_where_no_thread_is_to_be_had_a_call_is_refused_or_done_by_those_that_run(
    workers: WorkerThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            workers.submit(pow, 2, 3)
    go_on = threading.Event()
    first = workers.submit(go_on.wait, 5)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", none)
        second = workers.submit(pow, 2, 3)
    go_on.set()
    assert first.result(5)
    assert second.result(5) == 8
