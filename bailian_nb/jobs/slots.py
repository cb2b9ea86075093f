"""Places for tasks: how many may run at once and how fast they may be sent, for one account and model.

The runner asks for a place before it submits and gives it back when the task has ended. This is the limiter of one
process; the runner needs no more than this interface.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ..specs import Limit
from .clock import Clock

MARGIN = 1.05
"""Requests go out this much slower than the limit, since the service's clock is not ours."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


@dataclass
class _Lane:
    limit: Limit
    running: int = 0
    next_submit: float = 0.0
    paused_until: float = 0.0
    pause: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    creating: asyncio.Lock = field(default_factory=asyncio.Lock)


class Slots:
    """First come, first served, one lane per model. Used on the runner's loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}

    async def acquire(self, model: str, limit: Limit, *, ahead: Callable[[int], None]) -> None:
        """Wait for a place among the tasks that run; `ahead` hears how many wait before this one."""
        lane = self._lane(model, limit)
        if lane.running < limit.tasks_at_once and not lane.waiting:
            lane.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(turn)
        try:
            while not turn.done():
                ahead(lane.waiting.index(turn) + 1)
                await asyncio.wait([turn], timeout=1.0)
            turn.result()
        except asyncio.CancelledError:
            if turn in lane.waiting:
                lane.waiting.remove(turn)
            elif turn.done() and not turn.cancelled():
                self.release(model)
            raise

    def occupy(self, model: str, limit: Limit) -> None:
        """Count a task that already runs (taken over from an earlier kernel), even above the limit."""
        self._lane(model, limit).running += 1

    def release(self, model: str) -> None:
        """Give a place back and let the next one in."""
        lane = self._lanes[model]
        lane.running -= 1
        while lane.waiting and lane.running < lane.limit.tasks_at_once:
            turn = lane.waiting.popleft()
            if not turn.done():
                lane.running += 1
                turn.set_result(None)

    def creating(self, model: str, limit: Limit) -> asyncio.Lock:
        """Return the lock that keeps creates of this model one at a time, so that a lost answer has one owner."""
        return self._lane(model, limit).creating

    async def pace(self, model: str, limit: Limit, *, paused: Callable[[float], None]) -> None:
        """Wait until the next create may go out; `paused` hears until when throttling holds it back."""
        lane = self._lane(model, limit)
        while (now := self._clock.now()) < (due := max(lane.next_submit, lane.paused_until)):
            if lane.paused_until > now:
                paused(lane.paused_until)
            await self._clock.sleep(min(due - now, 1.0))
        lane.next_submit = self._clock.now() + MARGIN / limit.submits_per_second

    def throttled(self, model: str, *, retry_after: float | None, slow: bool) -> float:
        """Hold this model's creates back after a 429; returns until when. Each one in a row doubles the pause."""
        lane = self._lanes[model]
        first = 10.0 if slow else FIRST_PAUSE
        lane.pause = min(max(first, lane.pause * 2), LONGEST_PAUSE)
        lane.paused_until = self._clock.now() + (lane.pause if retry_after is None else max(retry_after, 0.0))
        return lane.paused_until

    def accepted(self, model: str) -> None:
        """Forget earlier throttling: a create went through."""
        self._lanes[model].pause = 0.0

    def _lane(self, model: str, limit: Limit) -> _Lane:
        if model not in self._lanes:
            self._lanes[model] = _Lane(limit)
        return self._lanes[model]


class QueryPace:
    """Keep all reads of all jobs below the service's queries per second."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock = clock
        self._gap = MARGIN / per_second
        self._next = 0.0

    async def wait(self) -> None:
        now = self._clock.now()
        due = max(self._next, now)
        self._next = due + self._gap
        if due > now:
            await self._clock.sleep(due - now)
