"""A line of jobs in front of a few places: by turns among kernels, and in this one among owners; of one, in order.

`limiter` has two for each model: the tasks at once, and the one create call in flight. However many jobs wait, one task
asks for the next place, in a worker thread. Without shared places, or where locks cannot be had, a place counts in
this kernel alone; the next one is asked for anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from .locks import Leases, Release, Wait

Tell = Callable[[int], None]
"""Hears how many turns it takes until a job's own: 1 when it is next."""
SOON = 0.05
"""Seconds between looks for a kernel that is next."""
LATER = 0.1
TOLD_EVERY = 1.0


@dataclass(eq=False)
class _Waiter:
    tell: Tell
    owner: str
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class WaitQueue:
    """`limit` places for this kernel's jobs, out of `places` if kernels share them; on the runner's loop only.

    `lost` hears why a place is not shared, `inquire` asks the service which tasks run, where places say that it must.
    """

    def __init__(
        self,
        limit: int,
        places: Leases | None,
        lost: Callable[[OSError], None],
        inquire: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.limit = limit
        self._places = places
        self._lost = lost
        self._inquire = inquire
        self._holds: list[Release] = []
        self._waiting: deque[_Waiter] = deque()
        self._turns: dict[str, int] = {}
        """When each owner that waits had its last turn, by the number of that."""
        self._news = Wait()
        self._stir = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    @property
    def elsewhere(self) -> int:
        """How many of the places other kernels held when this one last looked; 0 when nobody waits here."""
        return self._news.elsewhere

    @property
    def news(self) -> Wait:
        """What this kernel heard when it last asked; nothing when nobody waits here."""
        return self._news

    @property
    def held(self) -> int:
        """How many places this kernel holds."""
        return len(self._holds)

    def resize(self, limit: int) -> None:
        """Hand out so many places from now on; those that are held stay."""
        if self.limit == limit:
            return
        self.limit = limit
        if self._places is not None:
            self._places.limit = limit
        self._stir.set()

    async def enter(self, tell: Tell, owner: str = "") -> None:
        """Wait for a place; it is held until `leave`. Owners take turns, however many jobs one has."""
        waiter = _Waiter(tell, owner)
        self._waiting.append(waiter)
        self._stir.set()
        if len(self._waiting) > 1 or len(self._holds) >= self.limit:
            tell(self._in_turn().index(waiter) + 1 + self._news.before)
        if self._asking is None:
            self._stir = asyncio.Event()
            self._asking = asyncio.get_running_loop().create_task(self._ask())
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                self._stir.set()
            elif not waiter.turn.cancelled():
                self.leave()
            raise

    def take(self) -> None:
        """Hold a place at once, above the limit if need be."""
        leave: Release = _nothing
        if self._places is not None:
            try:
                leave = self._places.take()
            except OSError as error:
                self._lost(error)
        self._holds.append(leave)

    def leave(self) -> None:
        """Give a place back; which one is all the same, but what other kernels see goes last."""
        leave = _nothing if _nothing in self._holds else self._holds[-1]
        self._holds.remove(leave)
        self._give_back(leave)
        self._stir.set()

    async def _ask(self) -> None:
        """Hand out places as long as somebody waits."""
        told = -TOLD_EVERY
        if self._places is not None:
            self._places.notify(self._called(asyncio.get_running_loop()))
        try:
            while self._waiting:
                self._stir.clear()
                found = await self._next() if len(self._holds) < self.limit else Wait()
                if not isinstance(found, Wait):
                    self._hand_out(found)
                    continue
                news, self._news = self._news, found
                if news.away != found.away or time.monotonic() - told >= TOLD_EVERY:
                    told = time.monotonic()
                    for number, waiter in enumerate(self._in_turn(), 1):
                        waiter.tell(number + found.before)
                if found.inquire and self._inquire is not None:
                    await self._inquire()
                    found = replace(found, again=LATER)
                await self._pause(found)
        finally:
            self._asking, self._news = None, Wait()
            if self._places is not None:
                self._give_back(self._places.quit)

    async def _next(self) -> Release | Wait:
        """Ask the shared places in a thread, and see it through even when cancelled: a place taken must be known."""
        if self._places is None:
            return _nothing
        work = asyncio.get_running_loop().run_in_executor(None, self._places.enter)
        canceled = False
        while not work.done():
            try:
                await asyncio.wait([work])
            except asyncio.CancelledError:
                canceled = True
        try:
            found = work.result()
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait must not wait for ever
            self._lost(error if isinstance(error, OSError) else OSError(f"{type(error).__name__}: {error}"))
            found = _nothing
        if not canceled:
            return found
        if not isinstance(found, Wait):
            self._give_back(found)
        raise asyncio.CancelledError

    def _called(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Return what lets those who wait look at once, from any thread."""

        def call() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._stir.set)

        return call

    async def _pause(self, found: Wait) -> None:
        shared = self._places is not None and len(self._holds) < self.limit
        seconds = (SOON if found.before < self.limit else LATER) if shared else TOLD_EVERY
        if shared and found.again is not None:
            seconds = found.again
        try:
            async with asyncio.timeout(seconds):
                await self._stir.wait()
        except TimeoutError:
            return

    def _hand_out(self, leave: Release) -> None:
        while self._waiting:
            waiter = min(self._waiting, key=lambda each: self._turns.get(each.owner, 0))
            self._waiting.remove(waiter)
            if not waiter.turn.done():
                self._had_turn(waiter.owner)
                self._holds.append(leave)
                waiter.turn.set_result(None)
                return
        self._give_back(leave)

    def _had_turn(self, owner: str) -> None:
        """Put an owner behind the others that wait; who does not wait any more is forgotten."""
        last = max(self._turns.values(), default=0)
        waiting = {each.owner for each in self._waiting}
        self._turns = {each: turn for each, turn in self._turns.items() if each in waiting}
        self._turns[owner] = last + 1

    def _in_turn(self) -> list[_Waiter]:
        """Return those who wait in the order in which they will be let in, as far as that is known."""
        if len({each.owner for each in self._waiting}) < 2:
            return list(self._waiting)
        rounds: dict[str, int] = {}
        places: list[tuple[int, int, _Waiter]] = []
        for each in self._waiting:
            rounds[each.owner] = rounds.get(each.owner, 0) + 1
            places.append((rounds[each.owner], self._turns.get(each.owner, 0), each))
        return [each for _, _, each in sorted(places, key=lambda place: place[:2])]

    def _give_back(self, leave: Release) -> None:
        try:
            leave()
        except OSError as error:
            self._lost(error)


def _nothing() -> None:
    """Leave a place that only this kernel counts."""
