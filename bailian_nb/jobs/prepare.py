"""The intent: a Job's row in the journal, written before anything is sent and within the caps. The runner calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import partial
from pathlib import Path

from ..accounts.account import Account
from ..errors import InvalidRequest
from ..money.budget import Budget
from ..request import Request
from ..store.journal import Journal
from ..system.clock import Clock
from .inputs import gone
from .job import Job
from .journal_writes import whole, withdraw


async def intend(
    job: Job,
    row_id: str,
    account: Account,
    request: Request,
    folder: Path,
    journal: Journal,
    clock: Clock,
    *,
    budget: Budget | None,
    driven: Collection[str],
    notebook: str,
) -> None:
    """Write the row to its end even when canceled: its thread does so anyway, and then it must be closed.

    `driven` names the Jobs that this kernel drives, see `Budget.hold`.

    Raises
    ------
    BudgetExceeded
        When this call would pass a cap; no row stands then, but one that it replaces does.
    InvalidRequest
        When a picture of it has no bytes; likewise.
    """
    if lost := gone(request):
        raise InvalidRequest(f"its {lost} is gone; nothing was sent")
    again = row_id != job.id
    hold = None if budget is None else partial(budget.hold, owner=journal.owner, driven=driven, again=again)
    writing = asyncio.to_thread(
        journal.intend,
        id=row_id,
        account=account.id,
        base_url=account.base_url,
        emulator=account.emulator,
        region=account.region,
        request=request.to_dict(),
        out_dir=folder,
        created=job.created,
        inputs={picture.sha256: picture.data for picture in request.inputs if picture.sha256},
        notebook=notebook,
        estimate=job.cost,
        embed=job.embed,
        replaces="" if again else job.replaces,
        hold=hold,
    )
    try:
        await whole(writing)
    except asyncio.CancelledError:
        if job.cancel_asked:
            await withdraw(job, journal, row_id, at=clock.now())
        raise
