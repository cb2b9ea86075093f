"""Slots: how many tasks may run at once and how fast they are sent, for one account and each of its models.

The runner asks for a place before it submits and gives it back when the task has ended. All kernels of the machine
that use this account share the limits through a folder; without one, or while locks cannot be had in it, they hold in
this kernel alone.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..specs import Limit
from ..system.clock import Clock
from ..system.files import try_locks
from ..system.language import sentence
from .ahead import places
from .locks import StandsStill, Wait
from .queue import WaitQueue
from .stores import Files, Pacing, Store

log = logging.getLogger("bailian_nb")


@dataclass(frozen=True, kw_only=True)
class _Lane:
    running: WaitQueue
    creating: WaitQueue
    pace: Pacing


class Limiter:
    """One lane per model: by turns among kernels and owners, then first come, first served. For the runner's loop only.

    `folder` is where the kernels of this account meet; None keeps the limits in this kernel. A `store` is where they
    meet instead, over machines. `queues` tells for which models tasks may be sent ahead, see `ahead`.
    """

    def __init__(
        self,
        clock: Clock,
        folder: Path | None = None,
        *,
        kernel: Callable[[], str] = str,
        stands_still: StandsStill | None = None,
        store: Store | None = None,
        queues: Callable[[str], bool] = lambda model: False,
    ) -> None:
        self.note = ""
        """Why limits were once not shared with other kernels although they should have been, "" if they always were."""
        self._folder = folder
        self._store = store or Files(clock, folder, self.alone, kernel=kernel, stands_still=stands_still)
        self._queues = queues
        self._lanes: dict[str, _Lane] = {}
        self._refused: set[str] = set()
        """Models of which the service has refused a task that was sent ahead: surplus places go back."""

    async def acquire(
        self, model: str, limit: Limit, *, ahead: Callable[[int], None], owner: str = "", may_wait: bool = True
    ) -> None:
        """Wait for a place among the tasks that run, or that wait at the service for the next place there.

        `ahead` hears how many turns it takes until this job's own (1: it is next), and again when that or `elsewhere`
        has changed. Jobs of different `owner`s take turns. A call that `may_wait` not at the service (a synchronous
        one) is not sent ahead.
        """
        line = self._lane(model, limit).running
        ahead_too = may_wait and self._queues(model) and not self._store.lets_none_wait(model)
        line.resize(limit.tasks_at_once + (places(limit) if ahead_too else 0))
        told: tuple[object, ...] = ()

        def tell(count: int) -> None:
            nonlocal told
            news = count, line.elsewhere, line.news.away, bool(line.news.cold)
            if told != news:
                told = news
                ahead(count)

        await line.enter(tell, owner)

    def elsewhere(self, model: str) -> int:
        """Return how many of the places other kernels hold, as seen by the jobs that wait here; 0 if none waits."""
        return self._lanes[model].running.elsewhere if model in self._lanes else 0

    def news(self, model: str, *, creating: bool = False) -> Wait:
        """Return what the jobs that wait here last heard of their places; nothing if none waits."""
        if model not in self._lanes:
            return Wait()
        lane = self._lanes[model]
        return (lane.creating if creating else lane.running).news

    @contextmanager
    def running(self, model: str, task_id: str) -> Iterator[None]:
        """Hold a place for this task: other machines ask the service about it, should this process be gone."""
        self._store.started(model, task_id)
        try:
            yield
        finally:
            self._store.ended(model, task_id)

    def confirm(self, model: str) -> None:
        """Make sure, on a worker thread and right before a create call, that its place is held still.

        Raises
        ------
        LeaseLost
            When it is not: nothing may be sent.
        """
        self._store.confirm(model)

    def too_many(self, model: str, limit: Limit) -> bool:
        """Tell whether more places are given than the service takes, as it has said since: one must go back."""
        return model in self._refused and self._lane(model, limit).running.held > limit.tasks_at_once

    def refused_ahead(self, model: str, limit: Limit, *, slow: bool) -> bool:
        """Tell whether a 429 refuses a task because it was sent ahead, and send none for long if so.

        `slow` tells that it speaks of too many tasks, not of too many calls.
        """
        line = self._lane(model, limit).running
        if line.limit <= limit.tasks_at_once:
            return False
        if not slow and line.held + line.elsewhere <= limit.tasks_at_once:
            return False
        self._store.refuse_ahead(model)
        self._refused.add(model)
        line.resize(limit.tasks_at_once)
        return True

    def occupy(self, model: str, limit: Limit) -> None:
        """Count a task that already runs (taken over from an earlier kernel), even above the limit."""
        self._lane(model, limit).running.take()

    def release(self, model: str) -> None:
        """Give a place back and let the next one in."""
        self._lanes[model].running.leave()

    @asynccontextmanager
    async def creating(
        self,
        model: str,
        limit: Limit,
        *,
        ahead: Callable[[int], None] | None = None,
        paused: Callable[[float], None] | None = None,
        owner: str = "",
    ) -> AsyncIterator[None]:
        """Let creates of this model in one at a time, over all kernels, so that a lost answer has one owner.

        `ahead` hears how many turns it takes until this job's own, as for `acquire`; where throttling holds back those
        that are before it, `paused` hears until when instead.
        """
        lane = self._lane(model, limit)

        def tell(count: int) -> None:
            if paused is not None and (until := lane.pace.paused_until()):
                paused(until)
            elif ahead is not None:
                ahead(count)

        await lane.creating.enter(tell, owner)
        try:
            yield
        finally:
            lane.creating.leave()

    async def pace(
        self,
        model: str,
        limit: Limit,
        *,
        paused: Callable[[float], None],
        turn: Callable[[float], None] | None = None,
    ) -> None:
        """Wait until the next create may go out; `paused` and `turn` hear until when, as in `Pace.wait`."""
        await self._lane(model, limit).pace.wait(paused, turn)

    def throttled(self, model: str, *, retry_after: float | None, slow: bool) -> float:
        """Hold this model's creates back after a 429, in all kernels; returns until when.

        Each throttling in a row doubles the pause, and creates come slower for a while.
        """
        return self._lanes[model].pace.throttled(retry_after, slow=slow)

    def leaves(self, model: str) -> None:
        """Note that a create call goes out at this moment."""
        self._lanes[model].pace.leaves()

    def accepted(self, model: str) -> None:
        """Forget a little of earlier throttling: a create went through."""
        self._lanes[model].pace.accepted()

    def alone(self, error: OSError) -> None:
        """Note, once, that a limit holds in this kernel only; it is shared again as soon as locks can be had."""
        if not self.note:
            self.note = self._reason(error)
            log.warning(self.note)

    def probe(self) -> str:
        """Return why limits are not or would not be shared, "" when they are; locks are tried, and nothing stays."""
        if self._folder is None:
            return ""
        there = next(each for each in (self._folder, *self._folder.parents) if each.exists())
        below = there.rglob("*") if there == self._folder else ()
        try:
            for folder in (there, *(each for each in below if each.is_dir())):
                try_locks(folder)
        except OSError as error:
            return self._reason(error)
        return ""

    def _reason(self, error: OSError) -> str:
        return sentence(
            "limits are not shared with other kernels: no locks in {folder} ({error})", folder=self._folder, error=error
        )

    def _lane(self, model: str, limit: Limit) -> _Lane:
        if model not in self._lanes:
            store, inquire = self._store, partial(self._store.inquire, model)
            self._lanes[model] = _Lane(
                running=WaitQueue(limit.tasks_at_once, store.running(model, limit), self.alone, inquire),
                creating=WaitQueue(1, store.creating(model), self.alone),
                pace=store.pace(model, limit),
            )
        return self._lanes[model]
