"""How fast creates and queries of one account go out, told to all its kernels through small files of numbers.

`limiter` keeps one `Pace` for each model; `jobs.poll` waits for `QueryPace` before each query. Times in the files are
the clock's; a clock that was set back since then takes them back with it.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import Timeout

from ..specs import Limit
from ..system.clock import Clock
from ..system.files import PRIVATE, open_lock, private_folder, write_whole
from ..system.regular import read_file

MARGIN = 1.04
"""Requests go out this much slower than the limit, since the service's clock is not ours."""
FIRST_PAUSE = 1.0
FIRST_SLOW_PAUSE = 10.0
LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 3600.0
BRAKE = 1.5
"""How much slower creates go after each throttling, up to `SLOWEST`; each that goes through takes back a tenth."""
SLOWEST = 4.0
PROMPT = 0.1
"""Seconds that the answer to a create takes, as long as nothing is known of the way to the service."""
FORGET = 1.05
"""How much of the quickest answer so far is forgotten with each create: a way to the service may become longer."""
WORTH_A_WORD = 2.0
"""Seconds of waiting for a turn that are told: where a limit counts by the minute, they may be thirty."""
LONGEST_BACKLOG = 60.0
"""No query is put off for longer than this."""

Lost = Callable[[OSError], None]


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    written: float = 0.0
    next: float = 0.0
    paused_until: float = 0.0
    pause: float = 0.0
    slowness: float = 1.0


class Pace:
    """The creates of one model. Whoever waits here is the only one: `Limiter.creating` lets one in at a time."""

    def __init__(self, clock: Clock, limit: Limit, path: Path | None, lost: Lost) -> None:
        self._clock = clock
        self._gap = MARGIN / limit.submits_per_second
        self._file = _File(path, lost)
        self._numbers = _Numbers()
        self._sent = math.inf
        self._quickest = PROMPT

    async def wait(self, paused: Callable[[float], None], turn: Callable[[float], None] | None = None) -> None:
        """Wait until the next create may go out.

        `paused` hears until when throttling holds it back, `turn` when its turn is where that takes a while.
        """
        now = self._clock.now()
        stored = await asyncio.to_thread(self._file.read)
        numbers = self._numbers = self._sane(stored or self._numbers, now)
        left = max(numbers.next, numbers.paused_until) - now
        while left > 0:
            if numbers.paused_until > self._clock.now():
                paused(numbers.paused_until)
            elif turn is not None and left > WORTH_A_WORD:
                turn(numbers.next)
                turn = None
            step = min(left, 1.0)
            await self._clock.sleep(step)
            left = min(left - step, max(numbers.next, numbers.paused_until) - self._clock.now())
        self.leaves()
        now = self._sent
        self._numbers = replace(self._numbers, next=now + self._gap * self._numbers.slowness, written=now)
        await asyncio.to_thread(self._file.write, self._numbers)

    def leaves(self) -> None:
        """Note that the create goes out now: what this machine did before is no part of its way."""
        self._sent = self._clock.now()

    def throttled(self, retry_after: float | None, *, slow: bool) -> float:
        """Hold creates back and let them come slower; returns until when."""
        now, before = self._clock.now(), self._numbers
        pause = min(max(FIRST_SLOW_PAUSE if slow else FIRST_PAUSE, before.pause * 2), LONGEST_PAUSE)
        wait = pause if retry_after is None else min(max(retry_after, 0.0), LONGEST_RETRY_AFTER)
        slowness = min(before.slowness * BRAKE, SLOWEST)
        self._note(replace(before, pause=pause, paused_until=now + wait, slowness=slowness, written=now))
        return now + wait

    def accepted(self) -> None:
        """Take back a little of the brake: a create went through.

        If its answer came late, the service may have counted it late too, and the next one keeps its distance.
        """
        now, before = self._clock.now(), self._numbers
        took = max(now - self._sent, 0.0)
        self._quickest = min(self._quickest * FORGET, took)
        late = min(before.next + took - self._quickest, now + self._gap * before.slowness)
        slowness = before.slowness - 0.1 * (before.slowness - 1.0)
        slowness = 1.0 if slowness < 1.02 else slowness
        self._note(replace(before, next=max(before.next, late), pause=0.0, slowness=slowness, written=now))

    def paused_until(self) -> float:
        """Return until when any kernel's throttling holds creates back, 0.0 if it does not."""
        now = self._clock.now()
        until = self._sane(self._file.read() or self._numbers, now).paused_until
        return until if until > now else 0.0

    def _note(self, numbers: _Numbers) -> None:
        self._numbers = numbers
        self._file.write(numbers)

    def _sane(self, found: _Numbers, now: float) -> _Numbers:
        back = max(found.written - now, 0.0)
        slowness = min(max(found.slowness, 1.0), SLOWEST)
        return _Numbers(
            written=min(found.written, now),
            next=min(found.next - back, now + self._gap * slowness),
            paused_until=min(found.paused_until - back, now + LONGEST_RETRY_AFTER),
            pause=min(max(found.pause, 0.0), LONGEST_PAUSE),
            slowness=slowness,
        )


class QueryPace:
    """Keep all reads of all jobs of an account below the service's queries per second."""

    def __init__(
        self, clock: Clock, per_second: float, *, folder: Path | None = None, lost: Lost | None = None
    ) -> None:
        self._clock = clock
        self._gap = MARGIN / per_second
        self._next = 0.0
        self._shared = folder
        self._lost = lost
        self._one = asyncio.Lock()

    async def wait(self) -> None:
        async with self._one:
            now = self._clock.now()
            due = self._reserve(now) if self._shared is None else await asyncio.to_thread(self._reserve, now)
        if due > now:
            await self._clock.sleep(due - now)

    def _reserve(self, now: float) -> float:
        """Return when the next query may go out, and put the one after it later."""
        if self._shared is not None:
            try:
                return self._reserve_among_kernels(self._shared, now)
            except Timeout:
                pass  # a kernel sleeps behind the door; this kernel's own count will do meanwhile
            except OSError as error:  # this one goes by our own count, the next one asks anew
                if self._lost is not None:
                    self._lost(error)
        due = max(min(self._next, now + LONGEST_BACKLOG), now)
        self._next = due + self._gap
        return due

    def _reserve_among_kernels(self, folder: Path, now: float) -> float:
        private_folder(folder)
        file = _File(folder / "queries.json", _reraise)
        with open_lock(folder / "queries.lock").acquire(timeout=1.0, poll_interval=0.005):
            found = file.read() or _Numbers()
            due = found.next - max(found.written - now, 0.0)
            due = max(min(due, now + LONGEST_BACKLOG), now)
            file.write(_Numbers(written=now, next=due + self._gap))
        return due


class _File:
    """A few numbers on disk, replaced whole; what is unreadable, or older than what we could not write, is nothing."""

    def __init__(self, path: Path | None, lost: Lost) -> None:
        self._path = path
        self._lost = lost
        self._behind = False

    def read(self) -> _Numbers | None:
        if self._path is None or self._behind:
            return None
        try:
            found = json.loads(read_file(self._path))
            numbers = _Numbers(**{name: float(value) for name, value in found.items()})
        except FileNotFoundError:
            return None
        except OSError as error:
            self._lost(error)
            return None
        except (ValueError, TypeError, AttributeError):
            return None
        return numbers if all(map(math.isfinite, asdict(numbers).values())) else None

    def write(self, numbers: _Numbers) -> None:
        if self._path is None:
            return
        try:
            private_folder(self._path.parent)
            write_whole(self._path, json.dumps(asdict(numbers)).encode("ascii"), mode=PRIVATE, lasting=False)
        except OSError as error:
            self._behind = True
            self._lost(error)
        else:
            self._behind = False


def _reraise(error: OSError) -> None:
    raise error
