"""Time as the jobs see it: passed in, so that tests need not wait."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

LONGEST_STEP = 120.0
"""Seconds that one try takes at the most, its time-outs included."""


class Clock(Protocol):
    """Wall clock in seconds since 1970, and a way to sleep on the running loop."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Patience:
    """Counts how long something has been tried, whatever happens to the clock meanwhile.

    What lies between two pauses counts as the clock says, up to `LONGEST_STEP` seconds: what takes longer is a clock
    that was set, or a machine that slept.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._left = seconds
        self._woke = clock.now()

    @property
    def over(self) -> bool:
        """True once it has been tried for long enough."""
        return self._left < 0

    async def pause(self, seconds: float) -> None:
        """Sleep until the next try."""
        self._left -= seconds + min(max(self._clock.now() - self._woke, 0.0), LONGEST_STEP)
        await self._clock.sleep(seconds)
        self._woke = self._clock.now()


def iso(seconds: float) -> str:
    """Return `seconds` since 1970 as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
