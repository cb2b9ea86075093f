"""Time as the jobs see it: passed in, so that tests need not wait."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Protocol

LONGEST_STEP = 120.0
"""Seconds that one try takes at the most, its time-outs included."""
LONGEST_BACKOFF = 30.0
"""Seconds between two tries at the most, however many faults there were (before jitter)."""


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

    What lies between two pauses counts as the clock says, up to `step` seconds: what takes longer is a clock that was
    set, or a machine that slept. With a `step` of 0 the pauses alone count.
    """

    def __init__(self, clock: Clock, seconds: float, *, step: float = LONGEST_STEP) -> None:
        self._clock = clock
        self._left = seconds
        self._step = step
        self._woke = clock.now()

    @property
    def over(self) -> bool:
        """True once it has been tried for long enough."""
        return self._left < 0

    @property
    def left(self) -> float:
        """Seconds that it is still to be tried, 0 at the end."""
        return max(self._left, 0.0)

    def spend(self, seconds: float) -> None:
        """Count a pause that was made for something else."""
        self._left -= seconds

    async def pause(self, seconds: float) -> None:
        """Sleep until the next try."""
        self._left -= seconds + min(max(self._clock.now() - self._woke, 0.0), self._step)
        await self._clock.sleep(seconds)
        self._woke = self._clock.now()


def iso(seconds: float) -> str:
    """Return `seconds` since 1970 as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def backoff(faults: int) -> float:
    """Return the pause after this many faults in a row, with jitter; 0 after none."""
    return min(2.0 ** min(faults - 1, 20), LONGEST_BACKOFF) * random.uniform(0.8, 1.2) if faults else 0.0
