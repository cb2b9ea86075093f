"""The runner: takes a Job from Request to saved pictures, on its own loop.

The order is the promise: intent in the journal, a place within the limits, the create call (one at a time for each
model), the task id in the journal, queries until the task is final, pictures on disk, and only then `done`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .. import specs
from ..accounts.account import Account
from ..client import Answer, Client
from ..errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    RequestRejected,
    ServiceError,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
)
from ..money.budget import Budget
from ..reconcile.attempt import Attempt
from ..request import Request
from ..specs import service
from ..store.journal import Journal
from ..system.clock import Clock
from ..system.loops import Callbacks, LoopThread, wait
from .cancel import Canceling, closed, wait_for
from .finish import canceled, ends, finish, not_sent, unwritten
from .job import Job
from .journal_writes import try_write, withdraw
from .poll import poll
from .prepare import Prepare, intend, prepared
from .prepare import wait_for as wait_for_inputs
from .save import Saver
from .shutdown import shutdown
from .status import WaitReason
from .submit import Sender

log = logging.getLogger("bailian_nb")
ANSWERS = 5.0
"""Seconds within which the loop answers at the latest, however busy the machine is."""
Work = Callable[[], Coroutine[Any, Any, None]]
"""Makes the coroutine only when its task runs: one that a closing loop never starts would be complained about."""


@dataclass(frozen=True, kw_only=True)
class _Drive:
    """A Job on its way."""

    job: Job
    task: asyncio.Task[None]
    account: Account


class Runner:
    """Drives every Job of this process; its methods may be called from any thread."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        loop: LoopThread,
        callbacks: Callbacks,
        save: Saver,
        document: Callable[[], str] = str,
    ) -> None:
        self.journal = journal
        self.clock = clock
        self._loop = loop
        self._callbacks = callbacks
        self._save = save
        self._document = document
        self._sender = Sender(journal=journal, clock=clock, save=save)
        self._canceling = Canceling(posting=self._sender.posting, clock=clock)
        self._intents = asyncio.Lock()
        self._driving: dict[str, _Drive] = {}
        self._intended: set[str] = set()

    def start(
        self,
        job: Job,
        account: Account,
        *,
        folder: Path,
        needs: Sequence[Job] = (),
        prepare: Prepare | None = None,
        retries: int = 0,
        budget: Budget | None = None,
    ) -> None:
        """Drive a new Job within `budget`; `prepare` follows once the Jobs in `needs` have ended well."""
        self._drive(job, account, partial(self._fresh, job, account, folder, needs, prepare, retries, budget))

    def resume(self, job: Job, account: Account, *, folder: Path) -> None:
        """Drive a Job whose task the journal knows already."""
        self._drive(job, account, partial(self._resumed, job, account, folder))

    def seek(self, job: Job, account: Account, *, folder: Path, attempt: Attempt) -> None:
        """Drive a Job whose create call broke in an earlier kernel: look for its task, then see it to the end."""
        self._drive(job, account, partial(self._sought, job, account, folder, attempt))

    def drives(self, job: Job) -> bool:
        """Tell whether a Job is on its way here: one whose `start` was interrupted is not, and never will be."""
        if not (self._sender.closing or self._loop.here):
            with contextlib.suppress(TimeoutError):
                self._loop.submit(asyncio.sleep(0)).result(ANSWERS)  # behind every start of this thread
        return job.id in self._driving

    def flush(self, row_id: str) -> bool:
        """See `Sender.flush`."""
        return self._sender.flush(row_id)

    def cancel(self, job: Job) -> bool:
        """See `Job.cancel`."""
        if self._sender.closing:
            return closed(job)
        asked = self._loop.submit(self._cancel(job))
        return not self._loop.here and wait_for(asked, job, self._callbacks.loop)

    def drain(self, timeout: float, clients: Sequence[Client] = ()) -> None:
        """Start no further create call, wait until those that are out have written their task ids down, and hang up.

        What was not sent has its intent in the journal then, so that the next kernel can offer it.
        """
        self._sender.closing = True
        if not self._loop.started:
            return
        try:
            hanging_up = shutdown(self._sender, self._intents, self._tasks, clients, timeout)
            wait(self._loop.submit(hanging_up), timeout + 1.0, self._callbacks.loop)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            log.debug("the runner's loop does not answer")
        finally:  # an interrupt, too, lets those go who wait in other threads
            for drive in list(self._driving.values()):
                drive.job.abandon(ends(drive.job))

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [drive.task for drive in self._driving.values()]

    def _drive(self, job: Job, account: Account, work: Work) -> None:
        if self._sender.closing:
            job.abandon(ends(job))
        else:
            self._loop.submit(self._begin(job, account, work))

    async def _begin(self, job: Job, account: Account, work: Work) -> None:
        if job.final:  # given up while the loop did not answer
            return
        task = asyncio.ensure_future(self._guard(job, account, work))
        self._driving[job.id] = _Drive(job=job, task=task, account=account)
        task.add_done_callback(partial(self._let_go, job))

    def _let_go(self, job: Job, task: asyncio.Task[None]) -> None:
        """End a Job whose task was canceled, which may be before the task's first step."""
        self._driving.pop(job.id, None)
        self._intended.discard(job.id)
        if not task.cancelled():
            return
        if job.cancel_asked and self._sender.unsent(job):
            job.fail(canceled(job), at=self.clock.now(), status="CANCELED")
        elif job.stopped_by is not None:
            job.fail(not_sent(job.stopped_by), at=self.clock.now())
        else:
            job.abandon(ends(job))

    async def _guard(self, job: Job, account: Account, work: Work) -> None:
        """End the Job whatever happens; a fault of ours is logged with its stack."""
        try:
            await work()
        except TaskExpired as error:
            job.fail(error, at=self.clock.now(), status="EXPIRED")
        except TaskCanceled as error:
            job.fail(error, at=self.clock.now(), status="CANCELED")
        except (BillingError, AuthenticationError) as error:
            job.fail(error, at=self.clock.now())
            if job.request is not None and not job.task_id:  # one that only followed another was refused nothing itself
                self._stop_queue(job, account, error)
        except BailianError as error:
            job.fail(error, at=self.clock.now())
        except (OSError, sqlite3.Error) as error:
            row = await try_write(job, self.journal.row, job.id, default=None)
            job.fail(unwritten(job, error, answered=bool(row and row.answer)), at=self.clock.now())
        except Exception as error:
            log.exception("job %s", job.id)
            job.fail(BailianError(f"fault in bailian_nb: {type(error).__name__}: {error}"), at=self.clock.now())

    async def _fresh(
        self,
        job: Job,
        account: Account,
        folder: Path,
        needs: Sequence[Job],
        prepare: Prepare | None,
        retries: int,
        budget: Budget | None,
    ) -> None:
        if needs:
            await wait_for_inputs(job, needs)
        if prepare is not None and (answer := await prepared(job, prepare)) is not None:
            job.succeed(answer, at=self.clock.now())
            return
        request = _of(job)
        for attempt in range(retries + 1):
            row_id = job.id if attempt == 0 else f"{job.id}.{attempt}"
            try:
                await self._once(job, row_id, account, request, folder, budget)
                return
            except (TaskFailed, ServiceError) as error:
                again = specs.lookup(error.code, error.message).again == "rerun" and bool(error.code)
                if attempt == retries or not again or not job.task_id:
                    raise
                job.notes.append(f"try {attempt + 1} failed ({error.code}), trying again")
                job.closed = False
                job.change(status="QUEUED", task_id="", task_status="", submitted=None)

    async def _once(
        self, job: Job, row_id: str, account: Account, request: Request, folder: Path, budget: Budget | None
    ) -> None:
        """Send one task and see it to the end."""
        async with self._intents:  # first come, first served: the order of the cells is the order of the queue
            await intend(
                job,
                row_id,
                account,
                request,
                folder,
                self.journal,
                self.clock,
                budget=budget,
                driven=frozenset(self._driving),
                notebook=self._document(),
            )
        self._intended.add(job.id)
        if job.stopped_by is not None:
            raise asyncio.CancelledError
        model, limit = request.model, account.limit(request.model)
        try:
            await account.limiter.acquire(model, limit, ahead=partial(self._queued, job, account, limit))
        except asyncio.CancelledError:
            if job.cancel_asked:
                await withdraw(job, self.journal, row_id, at=self.clock.now())
            raise
        try:
            answer = await self._sender.send(job, row_id, account, request, folder)
            answer = answer or await self._watched(job, account)
        finally:
            account.limiter.release(request.model)  # the task has ended: fetching its pictures takes no place
        await self._finish(job, row_id, account, answer, folder)

    async def _resumed(self, job: Job, account: Account, folder: Path) -> None:
        request = _of(job)
        kept = await asyncio.to_thread(self.journal.kept_answer, job.id)
        if kept is not None:  # of a synchronous call: there is no task to ask for
            await self._finish(job, job.id, account, Answer.from_dict(kept), folder)
            return
        account.limiter.occupy(request.model, account.limit(request.model))
        try:
            answer = await self._watched(job, account)
        finally:
            account.limiter.release(request.model)
        await self._finish(job, job.id, account, answer, folder)

    async def _sought(self, job: Job, account: Account, folder: Path, attempt: Attempt) -> None:
        request = _of(job)
        await self._sender.seek(job, account, request, folder, attempt)
        await self._resumed(job, account, folder)

    async def _watched(self, job: Job, account: Account) -> Answer:
        await self._canceling.hand_on(job, account)
        return await poll(job, account, self.journal, self.clock)

    async def _finish(self, job: Job, row_id: str, account: Account, answer: Answer, folder: Path) -> None:
        await finish(job, row_id, account, _of(job), answer, folder, self._save, self.journal, self.clock)

    def _stop_queue(self, refused: Job, account: Account, error: RequestRejected) -> None:
        """Send nothing of what waits in this account's queue; what has no row yet gets one, to be offered later."""
        model = refused.request.model if refused.request and error.code in service.COUNTED_BY_MODEL else None
        for drive in self._driving.values():
            job = drive.job
            if job is refused or job.status != "QUEUED" or not self._sender.unsent(job):
                continue
            if drive.account.id == account.id and (model is None or _of(job).model == model):
                job.stopped_by = error
                if job.id in self._intended:
                    drive.task.cancel()

    def _queued(self, job: Job, account: Account, limit: specs.Limit, count: int) -> None:
        elsewhere = account.limiter.elsewhere(_of(job).model)
        key = "shared_limit" if elsewhere else "our_limit"
        values: dict[str, object] = {"limit": limit.tasks_at_once, "ahead": count - 1, "elsewhere": elsewhere}
        job.change(status="QUEUED", why=WaitReason(key=key, values=values))

    async def _cancel(self, job: Job) -> bool:
        drive = self._driving.get(job.id)
        return drive is not None and await self._canceling.cancel(job, drive.task, drive.account)


def _of(job: Job) -> Request:
    if job.request is None:
        raise RuntimeError("a Job that is driven has a Request")
    return job.request
