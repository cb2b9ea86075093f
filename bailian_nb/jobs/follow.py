"""Follow: a Job whose request another kernel is making shows that one's states, until its row is closed or free.

The runner calls it where the journal says that the row of the same request is open, and where a row was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from ..errors import NotSent, TaskCanceled, TaskFailed
from ..money.ledger import job_of
from ..store.kernels import is_alive
from ..store.row import Row
from ..store.schema import OPEN
from ..system.language import sentence
from .journal_writes import try_write
from .run import Run, next_try
from .services import Services
from .status import Status, WaitReason

LOOK = 0.5
"""Seconds between looks at the row."""
_STATES: dict[str, Status] = {"intent": "QUEUED", "submitting": "SUBMITTING", "uncertain": "UNCERTAIN"}
_STAGES: dict[str, Status] = {"RUNNING": "RUNNING", "SAVING": "SAVING"}


async def follow(run: Run, row: Row, services: Services, known: Callable[[], Awaitable[None]]) -> Row | None:
    """Return the row as it stands once it is closed, or open and driven by nobody; None when it is gone.

    Where its task failed and is tried again, that is the row of the next try.

    `known` is done at each look at which its task is known: a cancel may be noted from before this Job lost the row.
    """
    job, journal = run.job, services.journal
    job.followed = row.id
    try:
        found: Row | None = await try_write(job, journal.row, row.id, default=row)
        while found is not None:
            if not await asyncio.to_thread(_is_driven, journal.home, found):
                if found.state != "failed":
                    return found
                again = await try_write(job, journal.row, next_try(job_of(found.id), found.id), default=None)
                if again is None:
                    return found
                found, job.followed = again, again.id
                continue
            job.change(
                status=_STATES.get(found.state) or _STAGES.get(found.stage, "PENDING"),
                task_id=found.task_id or "",
                request_id=found.request_id or "",
                why=WaitReason(key="followed", values={"job": found.id}),
            )
            if found.task_id:
                await known()
            await services.clock.sleep(LOOK)
            found = await try_write(job, journal.row, found.id, default=found)
        return None
    finally:
        job.followed = ""


async def sent_again(row: Row, services: Services, seen: Collection[str]) -> Row:
    """Return the row that an unsent one was sent again as, by the kernel that had taken it over.

    It has the time at which the unsent one ended; a Job's rows all have the same, so one that is open or done comes
    first, and those that were `seen` come no more.

    Raises
    ------
    TaskCanceled
        When it was really canceled there.
    """
    journal = services.journal
    now = await asyncio.to_thread(journal.row, row.id)
    if now is not None and now.state == "canceled" and now.request_key is not None:
        rows = await asyncio.to_thread(journal.same, now.request_key)
        found = [each for each in rows if each.created == now.finished and each.id not in {now.id, *seen}]
        if found:
            return min(found, key=lambda each: each.state == "canceled")
    raise TaskCanceled(sentence("job {id} was canceled by the kernel that had taken it over", id=row.id)) from None


def not_sent_there(row_id: str) -> NotSent:
    """Return why a Job ends that was to collect what another kernel was about to send."""
    return NotSent(
        sentence("job {id} was not sent: the kernel that was about to send it has ended or stands still", id=row_id),
        hint=sentence("Run it again, or %wan resume --send sends it."),
    )


def failed_there(row: Row) -> TaskFailed:
    """Return why a Job fails whose request another kernel was making."""
    failed = sentence("job {id}, which made the same request, failed: {error}", id=row.id, error=row.error)
    return TaskFailed(failed, task_id=row.task_id or "")


def _is_driven(home: Path, row: Row) -> bool:
    return row.state in OPEN and is_alive(home, row.kernel)
