"""Time does not jump while there is work that nobody has taken up yet."""

from __future__ import annotations

import concurrent.futures
import threading
from concurrent.futures.thread import ThreadPoolExecutor, _WorkItem

import pytest

from . import jumping_clock
from .jumping_clock import until


def test_work_that_a_pool_was_handed_and_has_not_begun_is_no_rest() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result(10)
        until(jumping_clock._all_wait)
        item = _WorkItem(concurrent.futures.Future(), int, (), {})
        assert not jumping_clock._all_wait(), "its worker may have it in hand, and not have Python's lock"
        item.run()
        until(jumping_clock._all_wait)


def test_a_thread_that_was_notified_is_no_rest_though_it_has_not_gone_on() -> None:
    condition, go = threading.Condition(), threading.Event()

    def wait() -> None:
        with condition:
            condition.wait(10)
        go.wait(10)

    thread = threading.Thread(target=wait)
    thread.start()
    until(jumping_clock._all_wait)
    with condition:
        condition.notify()  # and it cannot go on before we leave
        assert not jumping_clock._all_wait()
    until(jumping_clock._all_wait)
    go.set()
    thread.join(10)


def test_a_thread_that_starts_another_is_no_rest_though_neither_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = threading.Thread(target=int)
    monkeypatch.setattr(slow, "_bootstrap", lambda: (go.wait(10), threading.Thread._bootstrap(slow)))
    go = threading.Event()
    starter = threading.Thread(target=slow.start)
    starter.start()
    try:
        while slow._started.is_set() or starter.ident is None:  # until it has come to the line that waits
            pass
        assert not any(jumping_clock._all_wait() for _ in range(20))
    finally:
        go.set()
        starter.join(10)
        slow.join(10)
