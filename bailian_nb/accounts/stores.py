"""The seam: what a limiter counts in. Here are files of one machine; `team.store` counts over machines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..specs import Limit
from ..system.clock import Clock
from .ahead import Refusals
from .locks import Leases, LockedLeases, StandsStill
from .rate import Lost, Pace


class Pacing(Protocol):
    """The creates of one model, one at a time; see `rate.Pace`."""

    async def wait(self, paused: Callable[[float], None], turn: Callable[[float], None] | None = None) -> None: ...

    def throttled(self, retry_after: float | None, *, slow: bool) -> float: ...

    def leaves(self) -> None: ...

    def accepted(self) -> None: ...

    def paused_until(self) -> float: ...


class Reads(Protocol):
    """All queries of an account."""

    async def wait(self) -> None:
        """Wait until the next query may go out."""


class Store(Protocol):
    """Where the places and the pace of an account are counted."""

    def running(self, model: str, limit: Limit) -> Leases | None:
        """Return the tasks at once, None where they are counted in this kernel alone."""

    def creating(self, model: str) -> Leases | None:
        """Return the one create call in flight."""

    def pace(self, model: str, limit: Limit) -> Pacing:
        """Return the pace of creates."""

    def lets_none_wait(self, model: str) -> bool:
        """Tell whether the service has refused, not long ago, a task that was to wait there."""

    def refuse_ahead(self, model: str) -> None:
        """Note that it has."""

    async def inquire(self, model: str) -> None:
        """Tell the store which tasks of a model run at the service, where it cannot know."""

    def started(self, model: str, task_id: str) -> None:
        """Note that a place is held for this task."""

    def ended(self, model: str, task_id: str) -> None:
        """Note that it runs no more; its place is given back next."""

    def confirm(self, model: str) -> None:
        """Make sure, on a worker thread, that what is held is held still.

        Raises
        ------
        LeaseLost
            When it is not: nothing may be sent by it.
        """


class LeaseLost(Exception):
    """The place of a call was given to others while this process stood still; nothing was sent."""


class OneTooMany(LeaseLost):
    """The place of a call was one for a task that waits at the service, which takes none; nothing was made."""


class Files:
    """Files below a folder, shared by the kernels of this machine; without one, everything counts in this kernel.

    A kernel that dies lets go of its locks, and its rows tell who takes them over which tasks run: there is nothing to
    confirm or to ask the service.
    """

    def __init__(
        self,
        clock: Clock,
        folder: Path | None,
        lost: Lost,
        *,
        kernel: Callable[[], str],
        stands_still: StandsStill | None,
    ) -> None:
        self._clock = clock
        self._folder = folder
        self._lost = lost
        self._kernel = kernel
        self._stands_still = stands_still
        self._refusals = Refusals(clock, folder, lost)

    def running(self, model: str, limit: Limit) -> Leases | None:
        return self._leases(model, "running", limit.tasks_at_once)

    def creating(self, model: str) -> Leases | None:
        return self._leases(model, "creating", 1)

    def pace(self, model: str, limit: Limit) -> Pacing:
        folder = self._of(model)
        return Pace(self._clock, limit, None if folder is None else folder / "pace.json", self._lost)

    def lets_none_wait(self, model: str) -> bool:
        return self._refusals.holds(model)

    def refuse_ahead(self, model: str) -> None:
        self._refusals.refuse(model)

    async def inquire(self, model: str) -> None:
        return

    def started(self, model: str, task_id: str) -> None:
        return

    def ended(self, model: str, task_id: str) -> None:
        return

    def confirm(self, model: str) -> None:
        return

    def _leases(self, model: str, kind: str, limit: int) -> LockedLeases | None:
        if (folder := self._of(model)) is None:
            return None
        more = {} if self._stands_still is None else {"stands_still": self._stands_still}
        return LockedLeases(folder / kind, limit, kernel=self._kernel(), **more)

    def _of(self, model: str) -> Path | None:
        return None if self._folder is None else self._folder / re.sub(r"[^\w.-]", "_", model)
