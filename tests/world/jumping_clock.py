"""A clock for whole worlds of jobs: it stands still while anybody works and jumps to the next timer when all wait.

A job that takes a minute ends at once, and no machine is so slow that time runs away from a test: nothing passes
between a test's two lines, only while its thread waits (`job.wait()`, `job.result()`, `until`).
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import contextlib
import gc
import heapq
import itertools
import os
import selectors
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

LOOK, SELDOM = 0.0005, 0.004
"""Seconds between two looks at the threads, while somebody sleeps on the clock: soon after a jump, and at the most."""
STUCK = 0.5
"""Seconds after which a thread counts as waiting that has not moved, whatever it waits for (a lock, a pipe).

One that the system calls running, or busy with its disk, waits for nothing but the machine, and never counts."""
STUCK_MAIN = 2.0
"""The same for the test's own thread, which may compute for long."""
STALL = 0.05
"""Seconds without a look that count at the most: the whole machine may have stood still meanwhile."""
REST = 0.5
"""Seconds at most that `until` waits for the other threads to come to rest."""

_SELECTS = {
    each.select.__code__
    for name in ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")
    if (each := getattr(selectors, name, None)) is not None
}
_WAIT = threading.Condition.wait.__code__
_START = threading.Thread.start.__code__
_POOL = concurrent.futures.thread._worker.__code__


class JumpingClock:
    """Time as the tests need it; any loop may sleep on it, and several worlds may share it."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._number = itertools.count()
        self._nobody_sleeps()
        _clocks.add(self)

    def _nobody_sleeps(self) -> None:
        """Begin anew; a forked child has neither the loops of its parent nor the thread that watches them."""
        self._lock = threading.Lock()
        self._sleepers: list[tuple[float, int, _Sleeper]] = []
        self._watching = False

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody, as when a machine was asleep."""
        with self._lock:
            self._now += seconds
            self._wake()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        sleeper = _Sleeper(loop, loop.create_future())
        with self._lock:
            heapq.heappush(self._sleepers, (self._now + seconds, next(self._number), sleeper))
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="jumping-clock", daemon=True).start()
        try:
            await sleeper.future
        finally:
            sleeper.gone = True

    def _watch(self) -> None:
        """Jump whenever nobody does anything, as long as somebody sleeps."""
        _watchers.add(threading.get_ident())
        try:
            self._jump_on()
        finally:
            _watchers.discard(threading.get_ident())

    def _jump_on(self) -> None:
        pause = LOOK
        while True:
            time.sleep(pause)
            pause = min(pause * 1.5, SELDOM)
            with self._lock:
                while self._sleepers and self._sleepers[0][2].is_gone():
                    heapq.heappop(self._sleepers)
                if not self._sleepers:
                    self._watching = False
                    return
            if not _all_wait() or any(moment.has_come() for moment in list(_moments)):
                continue
            with self._lock:
                if self._sleepers:
                    self._now = max(self._now, self._sleepers[0][0])
                    self._wake()
                    pause = LOOK

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self._now:
            heapq.heappop(self._sleepers)[2].wake()


@dataclass
class ShiftedClock:
    """A clock that shows a time which is `off` seconds ahead of the right one, as when somebody has set it."""

    right: JumpingClock = field(default_factory=JumpingClock)
    off: float = 0.0

    def now(self) -> float:
        return self.right.now() + self.off

    async def sleep(self, seconds: float) -> None:
        await self.right.sleep(seconds)


@dataclass(eq=False)
class _Sleeper:
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]
    gone: bool = False

    def is_gone(self) -> bool:
        """Tell whether nobody sleeps here any more: it was canceled, or its loop was stopped by a killed kernel."""
        return self.gone or not self.loop.is_running()

    def wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # its loop was closed
            self.loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


@dataclass(eq=False)
class _Moment:
    """What a thread of a test waits for in `until`: time does not go on once it has come."""

    done: Callable[[], object]
    came: threading.Event = field(default_factory=threading.Event)

    def has_come(self) -> bool:
        if self.done():
            self.came.set()
        return self.came.is_set()


class _Item(concurrent.futures.thread._WorkItem):
    """Work for a pool, which is known from the moment at which it is handed over until it is begun."""

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        _handed.add(self)

    def run(self, *said: Any) -> None:
        _handed.discard(self)
        super().run(*said)


_handed: weakref.WeakSet[_Item] = weakref.WeakSet()
concurrent.futures.thread._WorkItem = _Item  # type: ignore[misc]
_moments: list[_Moment] = []


def until(done: Callable[[], object], timeout: float = 30.0) -> None:
    """Wait until `done()` is true and what led to it has come to rest; a jumping clock does not go past that moment.

    `timeout` is in seconds of the machine. A status may be told before it is written down: `REST` gives that time.
    """
    end = time.monotonic() + timeout
    moment = _Moment(done)
    _moments.append(moment)
    try:
        while not done():
            assert time.monotonic() < end, "what the test waits for did not come"
            moment.came.wait(0.01)
        end = time.monotonic() + REST
        while not _all_wait() and time.monotonic() < end:
            time.sleep(LOOK)
    finally:
        _moments.remove(moment)


@contextlib.contextmanager
def standing_still() -> Iterator[None]:
    """Let no jumping clock go on meanwhile, for what is done in the time of the machine, such as drawing a status."""
    moment = _Moment(lambda: True)
    _moments.append(moment)
    try:
        yield
    finally:
        _moments.remove(moment)


def _all_wait() -> bool:
    """Tell whether no other thread of this process has anything to do until time goes on."""
    seen = _standing()
    return seen is not None and seen == _standing()  # a second look: while one was looked at, others may have begun


_clocks: weakref.WeakSet[JumpingClock] = weakref.WeakSet()
_watchers: set[int] = set()
_since: dict[int, tuple[int, int, float]] = {}
"""Where each thread stands, and since when, less the time in which it wanted a processor."""
_looked = [0.0]


_looking = threading.Lock()


def _frames() -> dict[int, FrameType]:
    """Return the frame of each thread; garbage that is collected in the midst of it locks Python up (gh-106883)."""
    with _looking:
        collects = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames()
        finally:
            if collects:
                gc.enable()


def _standing() -> dict[int, tuple[int, int]] | None:
    """Return where each thread stands, or None if one of them moves."""
    now = time.monotonic()
    unseen = now - _looked[-1] - STALL
    if unseen > 0:
        _since.update((thread, (*place, begun + unseen)) for thread, (*place, begun) in _since.items())
    _looked[-1] = now
    main, asking = threading.main_thread().ident, threading.get_ident()
    places = {}
    for thread, frame in _frames().items():
        if thread in _watchers or thread == asking:
            continue
        places[thread] = place = (id(frame), frame.f_lasti)
        if _waits(frame):
            _since.pop(thread, None)
            continue
        last = _since.get(thread)
        waited = _waited(thread)
        if last is None or last[:2] != place:
            _since[thread] = (*place, now - waited)
            return None
        if now - waited - last[2] < (STUCK_MAIN if thread == main else STUCK):
            return None
        if _runs(thread):
            _since[thread] = (*place, now - waited)
            return None
    return places


def _runs(thread: int) -> bool:
    """Tell whether the system says of a thread that it would go on if it got a processor, or its disk."""
    return _said_of(thread, "stat").rpartition(")")[2].split()[:1] in (["R"], ["D"])


def _waited(thread: int) -> float:
    """Return the seconds in which a thread has wanted a processor and got none."""
    said = _said_of(thread, "schedstat").split()
    return int(said[1]) / 1e9 if len(said) > 1 else 0.0


def _said_of(thread: int, what: str) -> str:
    """Return what Linux tells of a thread; "" on another system, and when it has just ended."""
    known = threading._active.get(thread)  # type: ignore[attr-defined]
    try:
        return Path(f"/proc/self/task/{known.native_id}/{what}").read_text() if known else ""
    except OSError:
        return ""


def _waits(frame: FrameType) -> bool:
    """Tell whether a thread sleeps in the standard library until another wakes it up, and none has done so yet."""
    code = frame.f_code
    if code is _WAIT and _starts(frame):  # another thread, which has no frame yet
        return False
    if code is _WAIT:
        waiter = frame.f_locals.get("waiter")
        return waiter is not None and waiter.locked() and waiter in frame.f_locals["self"]._waiters
    if code in _SELECTS:
        at_once = frame.f_locals.get("timeout") == 0  # it only looks what has come, and goes on
        return not at_once and not _ready(frame.f_locals["self"])
    if code is _POOL:  # a worker that has been handed an item looks idle until it gets Python's lock
        return not _handed and "work_item" not in frame.f_locals and bool(frame.f_locals["work_queue"].empty())
    if code.co_filename == threading.__file__ and code.co_name in ("join", "_wait_for_tstate_lock"):
        return bool(frame.f_locals["self"].is_alive())
    return False


def _starts(frame: FrameType) -> bool:
    event = frame.f_back
    return event is not None and event.f_back is not None and event.f_back.f_code is _START


def _ready(selector: Any) -> bool:
    """Tell whether something has come that a loop has not heard of yet."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        return bool(selector.select(0))
    return True


def _after_fork() -> None:
    for each in (_watchers, _since, _moments, _handed):
        each.clear()
    for clock in _clocks:
        clock._nobody_sleeps()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
