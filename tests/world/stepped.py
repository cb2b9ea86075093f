"""Kernels that take single steps: whole sessions on one thread, whose loops move only when a test says so.

What worker threads do is done between two steps and nobody looks at a real clock, so a story that is told twice ends
the same way. A kernel that takes no steps is what SIGSTOP makes of one: its locks are held, its heart stands still.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import selectors
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from starlette.responses import Response

from bailian_nb.accounts.account import Account
from bailian_nb.accounts.registry import Accounts
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, Secret, Settings, Target
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.session import session as sessions
from bailian_nb.session.session import Session
from bailian_nb.store import kernels
from bailian_nb.system.loops import LoopThread

from .chaos import PICTURE

T = TypeVar("T")
MOST_STEPS = 20_000
"""More than any story takes before all wait: a loop that goes on has a fault."""


class SteppedClock:
    """One time for all kernels, their loops and the emulator."""

    start = 1_763_700_000.0

    def __init__(self) -> None:
        self.time = 0.0
        """Seconds since then: small enough that no timer is missed by a rounding."""

    def now(self) -> float:
        return self.start + self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Looks and never waits, and ends `run_forever` after one round; `wait` is how long it would have waited."""

    wait: float | None
    stop: Callable[[], None]

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        self.wait = 0.0 if found else timeout
        self.stop()
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: SteppedClock) -> None:
        self._chooser = _Selector()
        self._clock = clock
        super().__init__(self._chooser)
        self._chooser.stop = self.stop
        self._workers = _BetweenRounds()
        self.set_default_executor(self._workers)

    def time(self) -> float:
        return self._clock.time

    def round(self) -> float | None:
        """Run one round and what worker threads have to do; return how long it would wait then, None for ever."""
        self.run_forever()
        return 0.0 if self._workers.work() else self._chooser.wait


class _BetweenRounds(ThreadPoolExecutor):
    """Does the work after the round in which it is handed in."""

    def __init__(self) -> None:
        super().__init__(1)
        self._waiting: deque[tuple[concurrent.futures.Future[Any], Callable[[], Any]]] = deque()

    def submit(self, work: Callable[..., T], /, *given: Any, **more: Any) -> concurrent.futures.Future[T]:
        done: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._waiting.append((done, partial(work, *given, **more)))
        return done

    def work(self) -> bool:
        """Do what there is; return whether there was any."""
        found = bool(self._waiting)
        while self._waiting:
            done, work = self._waiting.popleft()
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001  # as a worker thread hands it on
                done.set_exception(error)
        return found


class SteppedThread(LoopThread):
    """In the place of a loop's thread: the loop runs when the test lets it, and while the test's own line needs it."""

    reentrant = False

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__("stepped")
        self.clock = clock
        self.own = _Loop(clock)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self.own

    @property
    def here(self) -> bool:
        return True

    @property
    def started(self) -> bool:
        return not self.own.is_closed()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        asked = super().submit(coroutine)
        while not (asyncio._get_running_loop() or asked.done()):
            if (wait := self.own.round()) is None:
                break
            self.clock.time += wait
        return asked

    def stop(self, timeout: float = 1.0) -> None:
        """End what runs, whatever it was about to do."""
        if self.own.is_closed():
            return
        for _ in range(50):
            left = asyncio.all_tasks(self.own)
            for task in left:
                task.cancel()
            for _ in range(100):
                self.own.round()
            if not left:
                break
        self.own.close()


class Way:
    """The way to the emulator, which a test may break; every call of it is over before anybody else does anything."""

    def __init__(self, home: Path, clock: SteppedClock) -> None:
        settings = EmulatorSettings(latency=(5.0, 5.0), limits=False)
        self.app = create_app(home, settings, clock=clock.now, sleep=clock.sleep)
        self.lose: list[str] = []
        """How the next create calls break: `before` the emulator hears of one, `after`, or it never ends (`hang`)."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        create = "/services/" in scope["path"]
        fault = self.lose.pop(0) if create and self.lose else ""
        if fault == "before":
            await Response("<html>503</html>", 503)(scope, receive, send)
            return
        if "/results/" in scope["path"]:
            await Response(PICTURE, 200)(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        scope = {**scope, "headers": [*headers, (b"authorization", b"Bearer sk-the-same-for-all-keys")]}
        answer = self.hear(scope, await _body(receive))
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "after":
            answer = [Response(b"<html>502</html>", 502)]  # type: ignore[list-item]
            await answer[0](scope, receive, send)  # type: ignore[operator]
            return
        for message in answer:
            await send(message)

    def hear(self, scope: Any, body: bytes) -> list[Any]:
        said: list[Any] = []

        async def ask() -> None:
            async def receive() -> Any:
                return {"type": "http.request", "body": body, "more_body": False}

            async def send(message: Any) -> None:
                said.append(message)

            await self.app(scope, receive, send)

        asyncio.run_coroutine_threadsafe(ask(), self._loop).result(20)
        return said

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


class _Accounts(Accounts):
    """Accounts of keys that the test names, all of them known to the same emulator."""

    key = "first"
    way: Way

    def get(self, target: Target, settings: Settings) -> Account:
        del settings
        found = self._opened.get((self.key, "", Secret("sk-x"), True))
        if found is None:
            named = {"id": f"key-{self.key}", "base_url": target.base_url, "region": target.region}
            talks = Client(base_url=EMULATOR_URL, key=Secret(f"sk-the-{self.key}-key"), app=self.way)
            named["emulator"] = target.emulator
            found = Account.open(**named, client=talks, clock=self.clock, home=self.home, kernel=self.kernel)
            self._opened[self.key, "", Secret("sk-x"), True] = found
        return found


class SteppedKernel:
    """A session that moves when it is told to."""

    def __init__(self, home: Path, clock: SteppedClock, way: Way, key: str) -> None:
        self.clock = clock
        self.stands = False
        self.runs = SteppedThread(clock)
        self.calls_back = SteppedThread(clock)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sessions, "LoopThread", lambda name: self.runs)
            patch.setattr(sessions, "CallbackLoop", lambda: self.calls_back)
            self.session = Session(home, clock=clock)
        self.accounts = _Accounts(home, clock, kernel=self.session._kernel)
        self.accounts.way, self.accounts.key = way, key
        self.session._accounts = self.accounts

    def step(self, rounds: int = MOST_STEPS) -> float | None:
        """Run both loops for so many rounds at the most, and return when there is something to do again."""
        waits: list[float] = []
        for _ in range(rounds):
            waits = [wait for each in (self.runs, self.calls_back) if (wait := each.own.round()) is not None]
            if not waits or min(waits) > 0:
                return min(waits, default=None)
        assert rounds < MOST_STEPS, "a kernel comes to no rest"
        return 0.0

    def die(self) -> None:
        """End as SIGKILL ends one: nothing is written any more, and the system lets go of its locks."""
        self.stands = True
        journal = self.session._journal
        if journal is not None:
            journal.close()
        for account in self.accounts.values():
            for lane in account.limiter._lanes.values():
                for line in (lane.running, lane.creating):
                    for lock in line._places._mine.values() if line._places else ():  # type: ignore[attr-defined]
                        lock.release()
                    if line._places and line._places._ticket:  # type: ignore[attr-defined]
                        line._places._ticket[1].release()  # type: ignore[attr-defined]

    def end(self) -> None:
        """Take its loops down, when it does not matter any more what it writes."""
        with contextlib.suppress(Exception):
            self.runs.stop()
        with contextlib.suppress(Exception):
            self.calls_back.stop()
        journal = self.session._journal
        if journal is not None:
            journal.close()


@contextlib.contextmanager
def stepped_time(clock: SteppedClock) -> Any:
    """Let the machine's own clock be this one, for all that tells whether a kernel stands still."""
    own = SimpleNamespace(monotonic=clock.now, time=clock.now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "time", own)
        yield


def run(many: list[SteppedKernel], clock: SteppedClock, seconds: float) -> None:
    """Let time pass for everybody, and those work that do not stand still."""
    end = clock.time + seconds
    while True:
        awake = [kernel for kernel in many if not kernel.stands]
        for _ in range(50):
            waits = [wait for kernel in awake if (wait := kernel.step()) is not None]
            if not waits or min(waits) > 0:
                break
        step = min(waits, default=seconds)
        if clock.time + step >= end:
            clock.time = end
            break
        clock.time += step
