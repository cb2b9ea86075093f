"""How fast creates and queries of one account go out over all machines, by the server's clock; see `accounts.rate`.

Whoever waits for a create is the only one on all machines (`Limiter.creating`); so a pause and the brake are told
after the fact, in the order of the calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...specs import Limit
from ...system.clock import Clock
from .. import rate
from .member import KEEP, Member, _ms
from .server import Away

AWAY = 0.5
"""Seconds between two tries while the server is away."""
UNHEARD = 0.005
"""Seconds by which an answer may be late without being told: each that is told costs an operation."""


class TeamPace:
    """The creates of one model."""

    def __init__(self, member: Member, model: str, clock: Clock, limit: Limit) -> None:
        self._member = member
        self._clock = clock
        self._gap = rate.MARGIN / limit.submits_per_second
        self._key = member.key("pace", model)
        self._pause = 0.0
        self._slowness = 1.0
        self._until = 0.0
        self._sent = 0.0
        self._quickest = rate.PROMPT

    async def wait(self, paused: Callable[[float], None], turn: Callable[[float], None] | None = None) -> None:
        """Wait until the next create may go out; see `rate.Pace.wait`."""
        while True:
            try:
                left, held = await asyncio.to_thread(self._reserve)
            except Away:
                if self._member.share > 0:  # by oneself, so much slower
                    await self._clock.sleep(self._gap / self._member.share)
                    break
                await self._clock.sleep(AWAY)
                continue
            if left >= 0:
                if turn is not None and left > rate.WORTH_A_WORD:
                    turn(self._clock.now() + left)
                await self._clock.sleep(left)
                break
            self._until = self._clock.now() + held
            paused(self._until)
            await self._clock.sleep(min(held, 1.0))
        self._sent = self._clock.now()

    def throttled(self, retry_after: float | None, *, slow: bool) -> float:
        """Hold creates back on all machines and let them come slower; returns until when by this one's clock."""
        first = rate.FIRST_SLOW_PAUSE if slow else rate.FIRST_PAUSE
        self._pause = min(max(first, self._pause * 2), rate.LONGEST_PAUSE)
        wait = self._pause if retry_after is None else min(max(retry_after, 0.0), rate.LONGEST_RETRY_AFTER)
        self._slowness = min(self._slowness * rate.BRAKE, rate.SLOWEST)
        self._until = self._clock.now() + wait
        self._note(wait, 0.0)
        return self._until

    def accepted(self) -> None:
        """Take back a little of the brake: a create went through; what came late keeps the next one at its distance."""
        took = max(self._clock.now() - self._sent, 0.0)
        self._quickest = min(self._quickest * rate.FORGET, took)
        late, braked = took - self._quickest, self._pause > 0 or self._slowness > 1
        slowness = self._slowness - 0.1 * (self._slowness - 1.0)
        self._pause, self._slowness = 0.0, 1.0 if slowness < 1.02 else slowness
        if braked or late > UNHEARD:
            self._note(0.0, late)

    def paused_until(self) -> float:
        """Return until when throttling holds creates back as far as this process has heard, 0.0 if it does not."""
        return self._until if self._until > self._clock.now() else 0.0

    def _reserve(self) -> tuple[float, float]:
        given = _ms(self._gap, KEEP, rate.LONGEST_RETRY_AFTER)
        left, held, pause, slowness = self._member.ask("pace", [self._key], given)
        self._pause, self._slowness = float(pause), float(slowness)
        return left / 1000 if left >= 0 else -1.0, held / 1000

    def _note(self, wait: float, late: float) -> None:
        hold, late_ms, gap, keep = _ms(wait, late, self._gap, KEEP)
        given = [hold, self._pause, self._slowness, late_ms, gap, keep]
        self._member.later(lambda: self._member.ask("brake", [self._key], given))


class TeamReads:
    """All queries of an account, over all machines; while the server is away, those of this process by its share."""

    def __init__(self, member: Member, clock: Clock, per_second: float) -> None:
        self._member = member
        self._clock = clock
        self._gap = rate.MARGIN / per_second
        self._alone = rate.QueryPace(clock, per_second / 4)

    async def wait(self) -> None:
        """Wait until the next query may go out."""
        try:
            left = await asyncio.to_thread(self._reserve)
        except Away:  # what runs goes on: a query costs nothing, and a refused one is asked again
            await self._alone.wait()
            return
        await self._clock.sleep(left)

    def _reserve(self) -> float:
        given = _ms(self._gap, rate.LONGEST_BACKLOG, KEEP)
        return int(self._member.ask("reads", [self._member.key("reads")], given)) / 1000
