"""Before a Job is sent: the Jobs whose pictures it takes, its Request, and its row in the journal, within the caps.

The runner calls it. A picture whose bytes are gone is never sent as no bytes.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Coroutine, Sequence
from inspect import iscoroutinefunction
from typing import Any, cast

from ..errors import InvalidRequest, TaskFailed
from ..request import Request
from ..system.language import sentence
from .job import Job
from .journal_writes import whole, withdraw
from .result import Result
from .run import Run
from .services import Services
from .status import WaitReason

Prepare = Callable[[], Request] | Callable[[], Coroutine[Any, Any, Request | Result]]
"""Builds a Request, or finds what answers it: a plain function on a worker thread, a coroutine function on the loop."""


class Unasked(Exception):
    """A call that was to follow another one, and so was asked nothing, is to be sent after all: `ask` comes first."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__()
        self.ask = ask


async def wait_for_inputs(job: Job, needs: Sequence[Job]) -> None:
    """Wait for the Jobs whose pictures are inputs of `job`.

    Raises
    ------
    TaskFailed
        When one of them has failed.
    """
    job.change(status="WAITING", why=WaitReason(key="waits_for_job", values={"job": needs[0].id}))
    for need in needs:
        await asyncio.shield(asyncio.wrap_future(need.ended))
        if need.error is not None:
            raise TaskFailed(
                sentence("its input, job {id}, failed: {error}", id=need.id, error=need.error),
                code=need.error.code,
                task_id=need.error.task_id,
            )


async def prepared(job: Job, prepare: Prepare) -> Result | None:
    """Give the Job its Request, now that what it is made of is there; return what answers it without a task."""
    plain = cast("Callable[[], Request]", prepare)
    ready: Request | Result = await (prepare() if iscoroutinefunction(prepare) else asyncio.to_thread(plain))
    if isinstance(ready, Result):
        return ready
    job.notes.extend(note for note in ready.warnings if note not in job.notes)
    job.change(status="QUEUED", request=ready)
    return None


def gone(request: Request) -> str:
    """Name a picture that would have to be sent and whose bytes are not there, "" where all are."""
    lost = next((each for each in request.inputs if each.kind == "bytes" and not each.data), None)
    if lost is None:
        return ""
    return "mask" if lost is request.mask else f"picture {lost.name}".rstrip()


async def intend(run: Run, services: Services, *, driven: Collection[str], notebook: str, replaces: str = "") -> None:
    """Write the row to its end even when canceled: its thread does so anyway, and then it must be closed.

    `driven` names the other Jobs that this kernel drives, see `Budget.check`; `notebook` is the file that runs;
    `replaces` names an unsent row of ours that goes as this one comes.

    Raises
    ------
    SameRequest
        When the same request has an open row, or was done since the Job was made; no row stands then.
    Unasked
        When it has none, and the Job was to follow one; no row stands then.
    BudgetExceeded
        When this call would pass a cap; no row stands then, but one that it replaces does.
    InvalidRequest
        When a picture of it has no bytes; likewise.
    """
    job, account, request, journal = run.job, run.account, run.request, services.journal
    if lost := gone(request):
        raise InvalidRequest(sentence("its {lost} is gone; nothing was sent", lost=lost))
    again = run.row_id != job.id

    def check(db: sqlite3.Connection) -> None:
        if job.ask_first is not None:
            raise Unasked(job.ask_first)
        if run.budget is not None:
            run.budget.check(db, kernel=journal.kernel, driven=driven, again=again)

    writing = asyncio.to_thread(
        journal.intend,
        id=run.row_id,
        account=account.id,
        base_url=account.base_url,
        emulator=account.emulator,
        region=account.region,
        request=request.to_dict(),
        out_dir=run.folder,
        created=job.created,
        inputs={picture.sha256: picture.data for picture in request.inputs if picture.sha256},
        notebook=notebook,
        estimate=job.cost,
        embed=job.embed,
        a1111=job.a1111,
        replaces=replaces,
        fresh=job.fresh,
        accounts=account.ids,
        check=check,
    )
    try:
        await whole(writing)
    except asyncio.CancelledError:
        if job.cancel_asked:
            await withdraw(job, journal, run.row_id, at=services.clock.now())
        raise
