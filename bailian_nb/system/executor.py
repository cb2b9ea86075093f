"""Worker threads of the runner's loop, which never hold up the end of the process as Python's own pool does.

A name server or a locked file may let one of them wait for half a minute. What they write (a row of the journal, the
file of a picture) is as safe as under a kill, so the process need not wait with them.
"""

from __future__ import annotations

import concurrent.futures
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST = min(32, (os.cpu_count() or 1) + 4)
"""As many as Python's own pool has."""


class WorkerThreads(concurrent.futures.ThreadPoolExecutor):
    """Daemon threads, started as they are needed; asyncio takes no other kind of executor for its default."""

    def __init__(self, name: str) -> None:
        super().__init__(thread_name_prefix=name)
        self._name = name
        self._news = threading.Condition()
        self._calls: deque[Callable[[], None]] = deque()
        self._own: list[threading.Thread] = []
        self._busy = 0
        self._ended = self._held = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> concurrent.futures.Future[T]:
        """Call `fn` on one of the threads."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        with self._news:
            if self._ended:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._calls.append(partial(_call, future, partial(fn, *args, **kwargs)))
            if self._busy + len(self._calls) > len(self._own) < MOST:
                self._one_more()
            self._news.notify_all()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Start nothing more; the threads end once they have done what was asked of them."""
        del cancel_futures
        with self._news:
            self._ended = True
            self._news.notify_all()
        if wait:
            self.join(None)

    def join(self, timeout: float | None) -> None:
        """Wait until the threads have ended after `shutdown`, for `timeout` seconds at most."""
        end = None if timeout is None else time.monotonic() + timeout
        for thread in self._own:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))

    def pause(self, timeout: float) -> None:
        """Begin nothing until `go_on`, and wait until what was begun is done, for `timeout` seconds at most."""
        with self._news:
            self._held = True
            self._news.wait_for(lambda: not self._busy, timeout)

    def go_on(self) -> None:
        """Do what has been asked for since `pause`."""
        with self._news:
            self._held = False
            self._news.notify_all()

    def _one_more(self) -> None:
        thread = threading.Thread(target=self._work, name=f"{self._name}_{len(self._own)}", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more to be had: those that run do this, too
            if not self._own:
                self._calls.pop()
                raise
        else:
            self._own.append(thread)

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: not self._held and (self._calls or self._ended))
                if not self._calls:
                    return
                call = self._calls.popleft()
                self._busy += 1
            call()
            del call  # it holds what came of it
            with self._news:
                self._busy -= 1
                self._news.notify_all()


def _call(future: concurrent.futures.Future[T], work: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  # whoever waits for it hears of it
        future.set_exception(error)
    else:
        future.set_result(result)
