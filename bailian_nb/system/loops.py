"""The two daemon loops: one that carries the money, one for user callbacks; and how threads wait for them.

The runner's loop is a plain asyncio loop that never runs user code. The callback loop runs `on_change` callbacks, in
order per Job; it alone is made re-entrant with nest-asyncio, so that a callback may itself call `job.result()`. The
kernel's own loop is never touched: pumping it makes later cells of a Run All silently never run.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from typing import Any, TypeVar

from .collector import collecting_later
from .executor import WorkerThreads
from .forks import pause_at_forks
from .language import sentence
from .reentrant import new_reentrant_loop

T = TypeVar("T")
TICK = 0.1
"""Seconds between looks while waiting: how late an interrupt can be heard."""
AT_ONCE = 50
"""What the loop begins in one go of all that is handed over together: it must not stand still for thousands."""

log = logging.getLogger("bailian_nb")


async def _behind(coroutine: Coroutine[Any, Any, T], turn: asyncio.Lock) -> T:
    try:
        async with turn:
            pass
        return await coroutine
    finally:
        coroutine.close()


class LoopThread:
    """An event loop on a daemon thread of its own; the thread starts with the first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._workers: WorkerThreads | None = None
        self._go = threading.Event()
        self._handed = threading.local()
        self._turn = asyncio.Lock()
        self._hurried = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop, thread = self._begin()
                pause_at_forks(self)
                self._loop, self._thread = loop, thread  # last: what an interrupt cuts short is made anew
            return self._loop

    @property
    def here(self) -> bool:
        """True on the loop's own thread."""
        return self._thread is not None and self._thread is threading.current_thread()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run `coroutine` on the loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def hand_over(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Run `coroutine` on the loop, in the order in which a thread hands them over; see `together`."""
        waiting: list[Coroutine[Any, Any, object]] | None = getattr(self._handed, "waiting", None)
        if waiting is None:
            self._hand([coroutine])
        else:
            waiting.append(coroutine)

    def submit_behind(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run `coroutine` on the loop once all has begun that was handed over before."""
        loop = self.loop
        return asyncio.run_coroutine_threadsafe(_behind(coroutine, self._turn), loop)

    def hurry(self) -> None:
        """Begin at one go what is handed over and has not begun: it is to be known before all ends."""
        self._hurried = True

    def _hand(self, coroutines: Sequence[Coroutine[Any, Any, object]]) -> None:
        loop = self.loop
        asyncio.run_coroutine_threadsafe(self._in_turn(coroutines, self._turn), loop)

    async def _in_turn(self, coroutines: Sequence[Coroutine[Any, Any, object]], turn: asyncio.Lock) -> None:
        """Run them one after the other, behind those that came before; the loop does other things in between."""
        left = deque(coroutines)
        # What thousands begin with stays: to look for garbage among it would hold the loop up for 60 ms.
        collecting = collecting_later() if len(left) > AT_ONCE else contextlib.nullcontext()
        try:
            async with turn:
                with collecting:
                    while left:
                        for _ in range(min(AT_ONCE, len(left))):
                            await left.popleft()
                        if left and not self._hurried:
                            await asyncio.sleep(0)
        finally:
            for each in left:
                each.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Wake the loop once for all that this thread hands over within: it takes longer than many of them do."""
        waiting: list[Coroutine[Any, Any, object]] = []
        self._handed.waiting = waiting
        try:
            yield
        finally:
            self._handed.waiting = None
            if waiting:
                self._hand(waiting)

    @property
    def started(self) -> bool:
        """True between the first use and `stop`."""
        return self._loop is not None

    def stop(self, timeout: float = 1.0) -> None:
        """Cancel what runs and end the thread, within `timeout` seconds; safe to call twice and from any other thread.

        What a worker thread writes at this moment is written to its end as far as the time allows.
        """
        end = time.monotonic() + timeout
        with self._lock:
            loop, thread, workers = self._loop, self._thread, self._workers
            self._loop = self._thread = self._workers = None
        if loop is None or thread is None or not thread.is_alive():
            return
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._wind_down, loop, timeout / 2)
        if thread is threading.current_thread():
            return
        thread.join(timeout)
        if workers is not None:
            workers.shutdown(wait=False)
            workers.join(max(0.0, end - time.monotonic()))

    def pause(self, timeout: float) -> None:
        """Stand still until `go_on`: first the workers, who do as they were told, then the loop itself."""
        loop, workers = self._loop, self._workers
        if loop is None or workers is None or self.here:
            return
        workers.pause(timeout)
        standing, self._go = threading.Event(), threading.Event()

        def stand(go: threading.Event = self._go) -> None:
            standing.set()
            go.wait(2 * timeout)

        with contextlib.suppress(RuntimeError):  # it was closed meanwhile
            loop.call_soon_threadsafe(stand)
            standing.wait(timeout)

    def go_on(self) -> None:
        """Go on after `pause`."""
        self._go.set()
        if self._workers is not None:
            self._workers.go_on()

    def _begin(self) -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
        loop, self._turn, self._hurried = self._new_loop(), asyncio.Lock(), False
        thread = threading.Thread(target=self._run, args=(loop,), name=self._name, daemon=True)
        try:
            thread.start()
        except BaseException:
            loop.call_soon_threadsafe(loop.stop)
            if thread.ident is None:  # nobody else closes it
                loop.close()
            raise
        return loop, thread

    def _new_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._workers = WorkerThreads(f"{self._name}-worker")
        loop.set_default_executor(self._workers)
        return loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            with contextlib.suppress(Exception):
                loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    @staticmethod
    def _wind_down(loop: asyncio.AbstractEventLoop, timeout: float) -> None:
        async def finish() -> None:
            end = loop.time() + timeout
            # What is canceled may begin something at its end.
            while (others := asyncio.all_tasks() - {asyncio.current_task()}) and (left := end - loop.time()) > 0:
                for task in others:
                    task.cancel()
                await asyncio.wait(others, timeout=left)
            loop.stop()

        loop.create_task(finish())  # it stops the loop that holds it


class CallbackLoop(LoopThread):
    """The loop of user callbacks, re-entrant where nest-asyncio passes its self-test."""

    def __init__(self) -> None:
        super().__init__("bailian_nb-callbacks")
        self.reentrant = False

    def _new_loop(self) -> asyncio.AbstractEventLoop:
        loop, self.reentrant = new_reentrant_loop()
        return loop

    def wait(self, future: concurrent.futures.Future[T], timeout: float | None) -> T:
        """Wait on this loop's own thread while its other callbacks go on."""
        loop = self.loop
        arrived = loop.create_future()
        future.add_done_callback(lambda _: _tell(loop, arrived))

        async def until() -> None:
            await asyncio.wait([arrived], timeout=timeout)

        loop.run_until_complete(until())
        return future.result(timeout=0)


class Callbacks:
    """Run callbacks on the callback loop, one after another for each key, different keys side by side."""

    def __init__(self, loop: CallbackLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Callable[[], object]]] = {}
        self._busy: set[str] = set()
        self._ending = False
        self._running: set[asyncio.Task[None]] = set()

    def end(self) -> None:
        """Say no word of what fails from now on: whoever waits for a Job hears that the process ends."""
        self._ending = True

    def add(self, key: str, callback: Callable[[], object]) -> None:
        """Queue `callback` behind the earlier ones of `key`; from any thread. At the end of the process, drop it."""
        with self._lock:
            if self._ending and not self.loop.started:
                return
            self._waiting.setdefault(key, deque()).append(callback)
        with contextlib.suppress(RuntimeError):  # it was closed meanwhile
            self.loop.loop.call_soon_threadsafe(self._next, key)

    def _next(self, key: str) -> None:
        with self._lock:
            queue = self._waiting.get(key)
            if key in self._busy or not queue:
                return
            callback = queue.popleft()
            if not queue:
                del self._waiting[key]
        self._busy.add(key)
        loop = asyncio.get_running_loop()
        try:
            outcome = callback()
        except BaseException:  # noqa: BLE001  # even sys.exit(): it must not end the callbacks of everybody else
            self._failed()
            outcome = None
        if asyncio.iscoroutine(outcome):
            task = loop.create_task(self._finish(key, outcome))  # it queues its own successor
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        else:
            loop.call_soon(self._go_on, key)

    def _go_on(self, key: str) -> None:
        self._busy.discard(key)
        self._next(key)

    async def _finish(self, key: str, outcome: Coroutine[Any, Any, object]) -> None:
        try:
            await outcome
        except asyncio.CancelledError:
            raise
        except BaseException:  # noqa: BLE001  # as above
            self._failed()
        finally:
            asyncio.get_running_loop().call_soon(self._go_on, key)

    def _failed(self) -> None:
        log.log(
            logging.DEBUG if self._ending else logging.ERROR, sentence("an on_change callback failed"), exc_info=True
        )


def wait(future: concurrent.futures.Future[T], timeout: float | None, callbacks: CallbackLoop | None = None) -> T:
    """Block this thread until `future` is done, hearing an interrupt within `TICK` seconds on every system.

    Raises
    ------
    concurrent.futures.TimeoutError
        When `timeout` seconds have passed; the future goes on.
    """
    if callbacks is not None and callbacks.here and callbacks.reentrant:
        return callbacks.wait(future, timeout)
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = TICK if end is None else min(TICK, max(0.0, end - time.monotonic()))
        concurrent.futures.wait([future], timeout=left)
        if future.done():
            return future.result()
        if end is not None and time.monotonic() >= end:
            raise concurrent.futures.TimeoutError


def wait_or_cancel(future: concurrent.futures.Future[T], timeout: float) -> T:
    """Wait as `wait` does, and leave nothing behind: what `timeout` or an interrupt cuts short is canceled.

    Raises
    ------
    concurrent.futures.TimeoutError
        When `timeout` seconds have passed.
    """
    try:
        return wait(future, timeout)
    finally:
        future.cancel()


def ticking(future: concurrent.futures.Future[T]) -> Generator[Any, None, T]:
    """Await `future` on whatever loop runs, in ticks: a kernel's interrupt does not wake a sleeping selector."""

    async def until() -> T:
        loop = asyncio.get_running_loop()
        arrived = loop.create_future()
        future.add_done_callback(lambda _: _tell(loop, arrived))
        while not future.done():
            await asyncio.wait([arrived], timeout=TICK)
        return future.result()

    return until().__await__()


def _tell(loop: asyncio.AbstractEventLoop, arrived: asyncio.Future[None]) -> None:
    def tell() -> None:
        if not arrived.done():
            arrived.set_result(None)

    with contextlib.suppress(RuntimeError):  # the waiting loop was closed meanwhile
        loop.call_soon_threadsafe(tell)


def at_exit(close: Callable[[], None]) -> None:
    """Close before the interpreter ends its thread pools, which a create call in flight still needs.

    `atexit` is too late for that: the pools are shut down first. The earlier hook is private, so its absence is borne.
    """

    def quietly() -> None:
        with contextlib.suppress(KeyboardInterrupt):  # whoever interrupts an end wants it sooner, and no stack
            close()

    import concurrent.futures.thread  # noqa: F401  # its own hook must be older: the newest runs first

    register = getattr(threading, "_register_atexit", None)
    try:
        (register or atexit.register)(quietly)
    except RuntimeError:  # the interpreter is on its way out already
        atexit.register(quietly)
