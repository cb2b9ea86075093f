"""Loops, callbacks and waiting: re-entrant where it must be, untouched everywhere else."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from bailian_nb.errors import WaitInterrupted
from bailian_nb.jobs.job import Job
from bailian_nb.system.loops import AT_ONCE, CallbackLoop, Callbacks, LoopThread, wait
from bailian_nb.system.reentrant import new_reentrant_loop


@pytest.fixture
def callback_loop() -> Iterator[CallbackLoop]:
    loop = CallbackLoop()
    yield loop
    loop.stop()


def make_job(callback_loop: CallbackLoop) -> tuple[Job, Callbacks]:
    job = Job(id="ab12cd", request=None, label="wan2.6-t2i", emulator=True, created=0.0)
    callbacks = Callbacks(callback_loop)
    job.attach(None, callbacks, callback_loop)  # type: ignore[arg-type]  # nobody runs this one
    return job, callbacks


def test_nest_asyncio_passes_its_self_test_and_patches_no_other_loop() -> None:
    loop, reentrant = new_reentrant_loop()
    loop.close()
    assert reentrant
    assert not hasattr(asyncio, "_nest_patched")
    assert not hasattr(asyncio.SelectorEventLoop, "_nest_patched")
    other = asyncio.new_event_loop()
    assert not hasattr(other, "_nest_patched")
    other.close()


def test_a_callback_may_wait_for_another_job_while_others_go_on(callback_loop: CallbackLoop) -> None:
    waiting, _ = make_job(callback_loop)
    other, _ = make_job(callback_loop)
    third, _ = make_job(callback_loop)
    waiting.id, other.id, third.id = "one", "two", "three"
    order: list[str] = []
    done = threading.Event()

    def nested(job: Job) -> None:
        order.append("one begins")
        other.wait(5)
        order.append(f"one saw {other.status}")
        done.set()

    waiting.on_change(nested)
    third.on_change(lambda job: order.append("three"))
    waiting.change(status="RUNNING")
    time.sleep(0.05)
    third.change(status="RUNNING")
    time.sleep(0.05)
    other.change(status="CANCELED")
    assert done.wait(5)
    assert order == ["one begins", "three", "one saw CANCELED"]


def test_callbacks_of_one_job_come_in_order_even_when_one_waits(callback_loop: CallbackLoop) -> None:
    job, _ = make_job(callback_loop)
    other, _ = make_job(callback_loop)
    other.id = "other"
    seen: list[str] = []

    def slow(each: Job) -> None:
        seen.append(f"begin {len(seen)}")
        if len(seen) == 1:
            other.wait(0.1)
        seen.append(f"end {len(seen)}")

    job.on_change(slow)
    for status in ("PENDING", "RUNNING", "SAVING"):
        job.change(status=status)
    deadline = time.monotonic() + 5
    while len(seen) < 6 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert seen == ["begin 0", "end 1", "begin 2", "end 3", "begin 4", "end 5"]


def test_a_callback_that_fails_is_logged_and_harms_nobody(
    callback_loop: CallbackLoop, caplog: pytest.LogCaptureFixture
) -> None:
    job, _ = make_job(callback_loop)
    seen = threading.Event()
    job.on_change(lambda each: 1 / 0)
    job.on_change(lambda each: seen.set())
    job.change(status="RUNNING")
    assert seen.wait(5)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("late", [False, True])
def test_a_callback_that_ends_its_own_thread_ends_nothing_else(
    callback_loop: CallbackLoop, caplog: pytest.LogCaptureFixture, error: type[BaseException], late: bool
) -> None:
    job, callbacks = make_job(callback_loop)
    other = Job(id="other", request=None, label="wan2.6-t2i", emulator=True, created=0.0)
    other.attach(None, callbacks, callback_loop)  # type: ignore[arg-type]
    calls: list[Job] = []
    again, done = threading.Event(), threading.Event()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise error

    def ends(each: Job) -> object:
        calls.append(each)
        if len(calls) > 1:
            again.set()
        elif late:
            return fails()
        else:
            raise error
        return None

    job.on_change(ends)
    job.change(status="RUNNING")
    job.change(status="SUCCEEDED")
    other.on_change(lambda each: done.set())
    other.change(status="SUCCEEDED")
    assert done.wait(5)
    assert again.wait(5)
    assert job.ended.done()
    assert late or "an on_change callback failed" in caplog.text


def test_a_listener_that_fails_does_not_keep_a_job_from_ending() -> None:
    job = Job(id="ab12cd", request=None, label="wan2.6-t2i", emulator=True, created=0.0)
    job.on_change(lambda each: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        job.change(status="CANCELED")
    assert job.ended.done()


def test_at_the_end_callbacks_fail_quietly_and_no_thread_is_started_for_them(
    callback_loop: CallbackLoop, caplog: pytest.LogCaptureFixture
) -> None:
    job, callbacks = make_job(callback_loop)
    seen = threading.Event()
    job.on_change(lambda each: seen.set() or 1 / 0)
    callbacks.end()
    job.change(status="RUNNING")
    assert not seen.wait(0.05) or callback_loop.started
    callback_loop.stop()
    job.change(status="CANCELED")
    assert not callback_loop.started
    assert "an on_change callback failed" not in caplog.text


def test_an_async_callback_is_run_to_its_end(callback_loop: CallbackLoop) -> None:
    job, _ = make_job(callback_loop)
    seen = threading.Event()

    async def later(each: Job) -> None:
        await asyncio.sleep(0.01)
        seen.set()

    job.on_change(later)
    job.change(status="RUNNING")
    assert seen.wait(5)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_heard_within_half_a_second_and_the_job_goes_on(callback_loop: CallbackLoop) -> None:
    job, _ = make_job(callback_loop)
    sent: list[float] = []

    timer = threading.Timer(0.2, lambda: (sent.append(time.monotonic()), signal.pthread_kill(main, signal.SIGINT)))
    main = threading.main_thread().ident or 0
    timer.start()
    with pytest.raises(WaitInterrupted, match="goes on"):
        job.wait(10)
    assert time.monotonic() - sent[0] < 0.5
    assert not job.final
    assert "ab12cd" in WaitInterrupted("ab12cd")._render_traceback_()[0]


def test_awaiting_a_job_is_heard_too_and_says_one_line(callback_loop: CallbackLoop) -> None:
    job, _ = make_job(callback_loop)

    async def cell() -> str:
        async def waiting() -> None:
            await job

        task = asyncio.ensure_future(waiting())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert type(caught.value) is asyncio.CancelledError
        return caught.value._render_traceback_()[0]  # type: ignore[attr-defined,no-any-return]

    assert "goes on" in asyncio.run(cell())
    assert not job.final


def test_waiting_for_a_future_times_out() -> None:
    started = time.monotonic()
    with pytest.raises(concurrent.futures.TimeoutError):
        wait(concurrent.futures.Future(), 0.15)
    assert 0.1 < time.monotonic() - started < 2


def test_a_loop_thread_stops_twice_and_cancels_what_runs() -> None:
    thread = LoopThread("test")
    future = thread.submit(asyncio.sleep(60))
    thread.stop()
    thread.stop()
    assert future.cancelled()


def interrupted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an interrupt come when the next thread is about to start."""
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        monkeypatch.setattr(threading.Thread, "start", start)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)


def test_an_interrupt_before_its_thread_has_started_leaves_no_loop_that_never_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thread = LoopThread("test")
    interrupted_once(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        assert thread.loop
    assert not thread.started
    assert thread.submit(asyncio.sleep(0, "it runs")).result(2) == "it runs"
    thread.stop()


def test_an_interrupt_while_a_callback_is_queued_stops_no_later_one(
    callback_loop: CallbackLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    callbacks = Callbacks(callback_loop)
    seen: list[str] = []
    done = threading.Event()
    interrupted_once(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        callbacks.add("job", lambda: seen.append("first"))
    callbacks.add("job", lambda: seen.append("second"))
    callbacks.add("job", done.set)
    assert done.wait(2)
    assert seen == ["first", "second"]


def test_what_is_handed_over_together_begins_in_order_when_all_is_there():
    thread = LoopThread("together")
    begun: list[int] = []

    async def begin(number: int) -> None:
        begun.append(number)

    thread.hand_over(begin(0))
    with contextlib.suppress(KeyboardInterrupt), thread.together():
        for number in (1, 2, 3):
            thread.hand_over(begin(number))
        thread.submit(begin(9)).result(20)
        assert begun == [0, 9]
        raise KeyboardInterrupt
    thread.hand_over(begin(4))
    thread.submit(begin(5)).result(20)
    assert begun == [0, 9, 1, 2, 3, 4, 5]
    thread.stop()


def test_the_loop_does_other_things_while_thousands_begin_and_what_is_asked_behind_them_waits():
    thread = LoopThread("thousands")
    begun: list[int] = []
    heard: list[int] = []

    async def begin(number: int) -> None:
        begun.append(number)
        if number == 0:
            asyncio.get_running_loop().call_soon(lambda: heard.append(len(begun)))

    async def seen() -> int:
        return len(begun)

    with thread.together():
        for number in range(1000):
            thread.hand_over(begin(number))
    thread.hand_over(begin(1000))
    assert thread.submit_behind(seen()).result(20) == 1001
    assert begun == [*range(1001)]
    assert heard == [AT_ONCE], "something else of the loop was heard after so many"
    thread.stop()


def test_in_a_hurry_all_begins_at_one_go():
    thread = LoopThread("hurry")
    begun: list[int] = []
    heard: list[int] = []

    async def begin(number: int) -> None:
        begun.append(number)
        if number == 0:
            thread.hurry()
            asyncio.get_running_loop().call_soon(lambda: heard.append(len(begun)))

    with thread.together():
        for number in range(1000):
            thread.hand_over(begin(number))
    thread.submit_behind(begin(1000)).result(20)
    assert heard[0] >= 1000
    thread.stop()


def test_a_loop_that_is_stopped_while_thousands_begin_leaves_nothing_that_was_never_awaited():
    thread = LoopThread("stopped")
    go = threading.Event()

    async def begin(number: int) -> None:
        if number == 0:
            asyncio.get_running_loop().call_soon(go.wait, 20)

    with thread.together():
        for number in range(1000):
            thread.hand_over(begin(number))
    behind = thread.submit_behind(begin(7))
    threading.Timer(0.05, go.set).start()
    thread.stop()
    assert behind.cancelled() or behind.done()


def test_no_garbage_is_looked_for_while_hundreds_begin_at_once():
    thread = LoopThread("begins")
    looked: list[bool] = []

    async def begin() -> None:
        looked.append(gc.isenabled())

    try:
        with thread.together():
            for _ in range(3 * AT_ONCE):
                thread.hand_over(begin())
        thread.submit_behind(asyncio.sleep(0)).result(30)
        assert looked == [False] * (3 * AT_ONCE)
        assert gc.isenabled()
    finally:
        thread.stop()
