"""Follow: a Job whose request another kernel is making shows that one's states, until its row is closed or free.

The runner calls it where the journal says that the row of the same request is open, and where a row was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..errors import BailianError, TaskCanceled, TaskFailed
from ..store.kernels import is_alive
from ..store.row import Row
from ..store.schema import OPEN
from ..system.language import sentence
from .journal_writes import try_write
from .run import Run
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
                again = await try_write(job, journal.row, next_try(found.id), default=None)
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


def next_try(row: str) -> str:
    """Return the row that a Job has when it is tried again after this one."""
    job, _, number = row.partition(".")
    return f"{job}.{int(number or 0) + 1}"


async def sent_again(row: Row, unsent: str, services: Services) -> Row:
    """Return the row that an unsent one was sent again as, by the kernel that had taken it over.

    Raises
    ------
    TaskCanceled
        When it was really canceled there.
    BailianError
        When that kernel is gone, and left it `unsent`.
    """
    if unsent:
        raise BailianError(
            sentence(
                "job {id} was not sent: the kernel that was about to send it has ended or stands still", id=row.id
            ),
            hint=sentence("Run it again, or %wan resume --send sends it."),
        ) from None
    journal = services.journal
    now = await asyncio.to_thread(journal.row, row.id)
    if now is not None and now.state == "canceled" and now.request_key is not None:
        for each in await asyncio.to_thread(journal.same, now.request_key):
            if each.id != now.id and each.created == now.finished:
                return each
    raise TaskCanceled(sentence("job {id} was canceled by the kernel that had taken it over", id=row.id)) from None


def failed_there(row: Row) -> TaskFailed:
    """Return why a Job fails whose request another kernel was making."""
    failed = sentence("job {id}, which made the same request, failed: {error}", id=row.id, error=row.error)
    return TaskFailed(failed, task_id=row.task_id or "")


def _is_driven(home: Path, row: Row) -> bool:
    return row.state in OPEN and is_alive(home, row.kernel)
