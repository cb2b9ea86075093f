"""Calls that were closed because the list had shown no task of theirs: has one come into it since?

A resume asks here. A list may be later than every one that was seen, and what it shows then was paid for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..accounts.account import Account
from ..errors import BailianError
from ..request import Request
from ..specs import service
from ..store.journal import Journal
from ..store.row import Row
from ..system.clock import Clock
from ..system.loops import LoopThread, wait_or_cancel
from .attempt import Attempt
from .search import Search

SLACK = 1.0
"""How much longer than `seconds` a loop that has much to do may take to say so."""
MOST = 20
"""Calls that one resume looks for, the newest first: each reads the list."""


def come_late(journal: Journal, loop: LoopThread, account: Account, clock: Clock, seconds: float) -> list[Row]:
    """Open the rows again that a task has come up for, so that they are searched for as others are; return them.

    A row stays closed when nothing new may be its own, when the same request is open in another row, and when the list
    cannot be read within `seconds`: the next resume looks again.
    """
    rows = journal.orphans.empty_calls(account.base_url, clock.now() - service.KEPT_SECONDS)
    ours = [row for row in rows if row.account in account.ids][:MOST]
    if not ours:
        return []
    try:
        found = wait_or_cancel(loop.submit(_those_that_have(ours, account, journal, clock, seconds)), seconds + SLACK)
    except TimeoutError:  # a loop that stands still
        return []
    return [row for row in found if journal.orphans.look_again(row.id)]


async def _those_that_have(
    rows: Sequence[Row], account: Account, journal: Journal, clock: Clock, seconds: float
) -> list[Row]:
    looking = {asyncio.ensure_future(_has_come(row, account, journal, clock)): row for row in rows}
    done, late = await asyncio.wait(looking, timeout=seconds)
    for each in late:
        each.cancel()
    return [row for each, row in looking.items() if each in done and each.result()]


async def _has_come(row: Row, account: Account, journal: Journal, clock: Clock) -> bool:
    request = Request.from_dict(row.request, lambda digest: None)
    attempt = Attempt.of(row, clock.now())
    search = Search.of(attempt, account=account, request=request, journal=journal, clock=clock)
    try:
        candidates = await search.read_list()
    except BailianError:
        return False
    if candidates.certain is not None:
        return True
    tasks = [each.task_id for each in candidates.rows]
    return await asyncio.to_thread(journal.orphans.any_seen_after, tasks, row.finished or row.created)
