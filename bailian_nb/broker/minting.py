"""Temporary keys for known users: minted from the parent key, given again while they are fresh, so many a minute.

`app` calls it. The parent key is here and nowhere else: no answer, log line or error holds it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ..client.keys import Wire
from ..config import Secret
from ..errors import BailianError, Throttled
from ..system.language import sentence

log = logging.getLogger("bailian_nb")
FRESH = 0.9
"""The part of its life that a key must have left to be given again: several kernels of a pod begin at once."""
MINUTE = 60.0
MOST_NAMES = 10_000


@dataclass(frozen=True, kw_only=True)
class Minted:
    """A temporary key, and when it ends by the clock here, whatever the service's says."""

    key: Secret
    ends: float


class Pace:
    """So many a minute for each name."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most, self._now = most, now
        self._times: dict[str, deque[float]] = {}

    def wait(self, name: str) -> float:
        """Return the seconds until this name may ask again, 0 when it may now."""
        times = self._times.get(name, deque())
        while times and self._now() - times[0] >= MINUTE:
            times.popleft()
        if not times:
            self._times.pop(name, None)
        return MINUTE - (self._now() - times[0]) if len(times) >= self._most else 0.0

    def count(self, name: str) -> None:
        if len(self._times) >= MOST_NAMES:  # somebody comes from everywhere: who is remembered is no use then
            self._times.clear()
        self._times.setdefault(name, deque()).append(self._now())


@dataclass(kw_only=True)
class Minting:
    """One parent key at one base URL.

    `seconds` is how long a key lives, `per_minute` how often one user may ask. `account` stands for the parent key, so
    that all who have a key of it know that they share its limits; `team` does so over machines, with the parent's own.
    """

    base_url: str
    parent: Secret = field(repr=False)
    account: str
    team: str
    wire: Wire
    seconds: int
    per_minute: int
    now: Callable[[], float] = time.time
    _given: dict[str, Minted] = field(default_factory=dict, repr=False)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._pace = Pace(self.per_minute, self.now)

    async def key_for(self, user: str) -> Minted:
        """Return a temporary key for a user.

        Raises
        ------
        Throttled
            When the user has asked too often; `retry_after` says when again.
        BailianError
            When the service gives none.
        """
        if (late := self._pace.wait(user)) > 0:
            line = sentence("more than {count} keys a minute were asked for", count=self.per_minute)
            raise Throttled(line, retry_after=late)
        self._pace.count(user)
        async with self._locks.setdefault(user, asyncio.Lock()):
            known = self._given.get(user)
            if known is not None and known.ends - self.now() > self.seconds * FRESH:
                return known
            asked = self.now()
            try:
                key = await self.wire.mint(self.base_url, self.parent.at_the_moment(), self.seconds)
            except BailianError as error:
                log.warning(sentence("no key for %s: %s"), user, error)
                raise
            minted = Minted(key=key, ends=asked + self.seconds)
            log.info(sentence("a key for %s until %s"), user, time.strftime("%H:%M:%S", time.localtime(minted.ends)))
            self._given[user] = minted
            return minted
