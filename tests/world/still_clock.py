"""A clock for tests of limits: its time moves only when somebody sleeps."""

from __future__ import annotations

import asyncio


class StillClock:
    """Start at 1000 seconds; `slept` has every sleep."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)
