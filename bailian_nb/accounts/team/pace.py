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
from .member import KEEP, Member, milliseconds
from .server import Away

AWAY = 0.5
"""Seconds between two tries while the server is away."""
UNHEARD = 0.005
"""Seconds by which a create may get there late without being told: each that is told costs an operation."""
MARGIN = 1.02
"""Creates go out this much slower than the limit: less than on one machine, since distance is kept from arrivals."""


class TeamPace:
    """The creates of one model: evenly, what was late is caught up, and never more than the limit in its window.

    A create counts at the service when it gets there, which is between its sending and its answer: the next ones keep
    their distance from the latest moment that this may have been. So a busy machine costs no pace that is not lost.
    """

    def __init__(self, member: Member, model: str, clock: Clock, limit: Limit) -> None:
        self._member = member
        self._clock = clock
        self._burst = max(1, int(limit.submits_per_second))
        self._span = self._burst / limit.submits_per_second
        self._gap = MARGIN / limit.submits_per_second
        self._slack = (MARGIN - 1) * self._span
        self._keys = [member.key("pace", model), member.key("pace", model, "sent")]
        self._pause = 0.0
        self._slowness = 1.0
        self._until = 0.0
        self._due: float | None = None
        """When the create was to go out, by this machine's clock and no later than by the server's; None: unknown."""
        self._sent = 0.0
        self._quickest = rate.PROMPT

    async def wait(self, paused: Callable[[float], None], turn: Callable[[float], None] | None = None) -> None:
        """Wait until the next create may go out; see `rate.Pace.wait`."""
        while True:
            asked = self._clock.now()
            try:
                left, held = await asyncio.to_thread(self._reserve)
            except Away:
                if self._member.share > 0:  # by oneself, so much slower
                    self._due = None
                    await self._clock.sleep(self._gap / self._member.share)
                    break
                await self._clock.sleep(AWAY)
                continue
            if left >= 0:
                self._due = asked + left
                if turn is not None and left > rate.WORTH_A_WORD:
                    turn(self._clock.now() + left)
                await self._clock.sleep(left)
                break
            self._until = self._clock.now() + held
            paused(self._until)
            await self._clock.sleep(min(held, 1.0))
        self.leaves()

    def leaves(self) -> None:
        """Note that the create goes out now: what this machine did before is no part of its way."""
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
        """Take back a little of the brake: a create went through; one that was late there keeps others away."""
        now = self._clock.now()
        self._quickest = min(self._quickest * rate.FORGET, max(now - self._sent, 0.0))
        late = 0.0 if self._due is None else max(now - self._quickest - self._due - self._slack, 0.0)
        braked = self._pause > 0 or self._slowness > 1
        slowness = self._slowness - 0.1 * (self._slowness - 1.0)
        self._pause, self._slowness = 0.0, 1.0 if slowness < 1.02 else slowness
        if braked or late > UNHEARD:
            self._note(0.0, late)

    def paused_until(self) -> float:
        """Return until when throttling holds creates back as far as this process has heard, 0.0 if it does not."""
        return self._until if self._until > self._clock.now() else 0.0

    def _reserve(self) -> tuple[float, float]:
        given = [*milliseconds(self._gap, self._span, self._slack, KEEP, rate.LONGEST_RETRY_AFTER), self._burst]
        left, held, pause, slowness = self._member.ask("pace", self._keys, given)
        self._pause, self._slowness = float(pause), float(slowness)
        return left / 1000 if left >= 0 else -1.0, held / 1000

    def _note(self, wait: float, late: float) -> None:
        hold, late_ms, keep = milliseconds(wait, late, KEEP)
        given = [hold, self._pause, self._slowness, late_ms, keep]
        self._member.later(lambda: self._member.ask("brake", self._keys, given))


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
        given = milliseconds(self._gap, rate.LONGEST_BACKLOG, KEEP)
        return int(self._member.ask("reads", [self._member.key("reads")], given)) / 1000
