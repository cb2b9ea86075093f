"""Take over what kernels that stand still have at the service, where jobs here wait for a lease.

The runner calls it with each beat. Whoever takes their tasks over counts them, so that the number of running tasks
stays true to the service.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from ..accounts.account import Account
from ..errors import BailianError
from ..store.journal import Journal
from ..store.row import Row, RowLost
from .job import Job
from .journal_writes import FAULTS

log = logging.getLogger("bailian_nb")


async def relieve(
    jobs: Sequence[Job], account: Account, journal: Journal, take_over: Callable[[Row, Account], Job | None]
) -> None:
    """Take over rows of kernels that stand still, of models that one of `jobs` waits for."""
    waiting = {job.request.model for job in jobs if job.status == "QUEUED" and job.request is not None}
    if not waiting:
        return
    try:
        rows = await asyncio.to_thread(journal.standing_still, account.base_url)
        for row in rows:
            if row.model in waiting and row.account in account.ids and row.state != "intent":
                await asyncio.to_thread(take_over, row, account)
    except (*FAULTS, BailianError, RowLost) as error:
        log.debug("rows of a kernel that stands still: %s", error)
