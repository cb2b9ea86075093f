"""Look at many tasks of one account and model with one list request, where that is cheaper than asking for each.

The list only ever says who has not ended yet. A task that has ended by it, or is not in it, is asked for by its own id:
a list that fails, comes late, is cut short or names the tasks of others costs a request, and never a picture. `poll`
waits here between its looks.

Source of what a list holds: "manage asynchronous tasks", stored 2026-11-21.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..accounts.account import Account
from ..client import TaskRow
from ..errors import BailianError
from ..reconcile.task_list import PAGE
from ..specs import service
from ..system.clock import Clock

GOES_ON = ("PENDING", "RUNNING")
"""What a list says of a task that has not ended; whatever else it says, the task is asked."""
WORTH = 4
"""Queries that a page of the list must save: those that it shows as ended are asked for all the same."""
SOON = 1.0
"""Seconds by which a task is looked at earlier than planned, at the most, because others are looked at."""
MARGIN, LEAST_MARGIN = 60.0, 5.0
"""Seconds that the service's clock may be away from ours, as long as no list has shown it and after that."""
IN_A_ROW = 8
"""Looks by the list alone, after which a task is asked for by its id."""
LAG = 2.0
"""Seconds that a list may show a task as running after its end."""
DOUBTED, LONGEST_DOUBT = 60.0, 3600.0
"""Seconds without a list after one that failed, left out most tasks or came late; twice as many each time in a row."""


@dataclass(eq=False)
class _Waiter:
    """A task that is looked at when it is `due`, or somewhat `early` where others are."""

    task_id: str
    submitted: float
    due: float
    early: float
    told: asyncio.Future[TaskRow | None]

    def tell(self, row: TaskRow | None) -> None:
        if not self.told.done():
            self.told.set_result(row)


@dataclass
class _Group:
    """The tasks of one account and model that somebody waits for."""

    waiting: dict[_Waiter, None] = field(default_factory=dict)
    looked_at: frozenset[_Waiter] = frozenset()
    """Those that a list request which is out is about."""
    rows_a_second: float = 0.0
    """How many tasks the last list had in a second of its span: others may use the account, too."""
    margin: float = MARGIN
    """Seconds around the span that is asked for, by how far the service's clock was away from ours in the last list."""
    doubt: float = 0.0
    doubted_until: float = -math.inf


class ListLooks:
    """Every look at a task that is planned; on the runner's loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._groups: dict[tuple[str, str], _Group] = {}

    async def wait(
        self, account: Account, model: str, task_id: str, seconds: float, *, submitted: float, alone: bool = False
    ) -> TaskRow | None:
        """Wait for the next look; return what a list says of the task, None where it is to be asked for by its id.

        Parameters
        ----------
        seconds
            Until the look that is planned.
        submitted
            When its create was answered, seconds since 1970.
        alone
            Whether it is to be asked for by its id whatever a list says.
        """
        group = self._groups.setdefault((account.id, model), _Group())
        due, early = self._clock.now() + seconds, min(seconds / 2, SOON)
        me = _Waiter(task_id, submitted, due, early, asyncio.get_running_loop().create_future())
        if not alone:
            group.waiting[me] = None
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait((sleep, me.told), return_when=asyncio.FIRST_COMPLETED)
            if not me.told.done() and not group.looked_at and me in (chosen := self._chosen(group)):
                await self._look(account, model, group, chosen)
            return await me.told if me.told.done() or me in group.looked_at else None
        finally:
            sleep.cancel()
            group.waiting.pop(me, None)
            if not group.waiting and not group.rows_a_second and not group.doubt:
                self._groups.pop((account.id, model), None)

    def ended(self, account: Account, model: str, *, at: float, listed: float) -> None:
        """Hear when a task has ended that a list last showed as running at `listed`: one that is late is left alone."""
        group = self._groups.get((account.id, model))
        if group is not None and listed - at > LAG:
            self._doubt(group)

    def _chosen(self, group: _Group) -> Sequence[_Waiter]:
        """Return the tasks for which a list is worth its pages, the newest ones; none where it is worth for none."""
        now = self._clock.now()
        if now < group.doubted_until:
            return ()
        ripe = sorted((each for each in group.waiting if each.due - each.early <= now), key=_submitted, reverse=True)
        best, most = 0, 0
        for count, waiter in enumerate(ripe, 1):
            span = ripe[0].submitted - waiter.submitted + 2 * group.margin
            saved = count - WORTH * math.ceil(max(count, span * group.rows_a_second) / PAGE)
            if saved >= most:
                best, most = count, saved
        return ripe[:best]

    async def _look(self, account: Account, model: str, group: _Group, chosen: Sequence[_Waiter]) -> None:
        """Ask for the list and tell each of the chosen what it says; those of whom it says nothing hear so."""
        group.looked_at = frozenset(chosen)
        left = {each.task_id: each for each in chosen}
        try:
            await self._pages(account, model, group, left)
        except BailianError:
            self._doubt(group)
        else:
            if len(left) * 2 > len(chosen):
                self._doubt(group)
            else:
                group.doubt = 0.0
        finally:
            group.looked_at = frozenset()
            for waiter in chosen:
                waiter.tell(None)

    async def _pages(self, account: Account, model: str, group: _Group, left: dict[str, _Waiter]) -> None:
        """Read page by page until all have been seen, or more pages have come than the looks are worth."""
        now = self._clock.now()
        beside = {each.task_id: each for each in group.waiting if each.task_id not in left}
        start = max(min(map(_submitted, left.values())) - group.margin, now - service.KEPT_SECONDS + MARGIN)
        end = max(map(_submitted, left.values())) + group.margin
        away = 0.0
        for page in range(1, max(1, len(left) // WORTH) + 1):
            await account.reads.wait()
            got = await account.client.list_tasks(start=start, end=end, model=model, page=page, page_size=PAGE)
            group.rows_a_second = got.total / (end - start)
            for row in got.rows:
                goes_on = row.status in GOES_ON
                waiter = left.pop(row.task_id, None)
                if waiter is not None:
                    waiter.tell(row if goes_on else None)
                    away = max(away, abs((row.created or math.inf) - waiter.submitted))
                elif not goes_on and row.task_id in beside:
                    beside[row.task_id].tell(None)
            if not left or page >= got.pages or not got.rows:
                break
        group.margin = MARGIN if left else min(LEAST_MARGIN + 2 * away, MARGIN)

    def _doubt(self, group: _Group) -> None:
        group.margin = MARGIN
        group.doubt = min(max(group.doubt * 2, DOUBTED), LONGEST_DOUBT)
        group.doubted_until = self._clock.now() + group.doubt


def _submitted(waiter: _Waiter) -> float:
    return waiter.submitted
