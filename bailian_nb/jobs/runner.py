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
from ..client import Answer, Client
from ..errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    RequestRejected,
    SaveFailed,
    ServiceError,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
)
from ..request import Request
from ..specs import service
from .account import Account
from .clock import Clock
from .ending import finish
from .job import Job, Why
from .journal import Journal
from .loops import Callbacks, LoopThread
from .polling import poll
from .saving import Saver
from .search import Attempt
from .sending import Sender

log = logging.getLogger("bailian_nb")
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
        self._intents = asyncio.Lock()
        self._driving: dict[str, _Drive] = {}

    def start(
        self,
        job: Job,
        account: Account,
        *,
        folder: Path,
        needs: Sequence[Job] = (),
        prepare: Callable[[], Request] | None = None,
        retries: int = 0,
    ) -> None:
        """Drive a new Job; `prepare` builds its Request once the Jobs in `needs` have ended well."""
        self._loop.submit(self._begin(job, account, lambda: self._fresh(job, account, folder, needs, prepare, retries)))

    def resume(self, job: Job, account: Account, *, folder: Path) -> None:
        """Drive a Job whose task the journal knows already."""
        self._loop.submit(self._begin(job, account, lambda: self._taken_up(job, account, folder)))

    def seek(self, job: Job, account: Account, *, folder: Path, attempt: Attempt) -> None:
        """Drive a Job whose create call broke in an earlier kernel: look for its task, then see it to the end."""
        self._loop.submit(self._begin(job, account, lambda: self._sought(job, account, folder, attempt)))

    def cancel(self, job: Job) -> bool:
        """See `Job.cancel`."""
        return self._loop.submit(self._cancel(job)).result(timeout=20)

    def drain(self, timeout: float, clients: Sequence[Client] = ()) -> None:
        """Start no further create call, wait until those that are out have written their task ids down, and hang up.

        What was not sent has its intent in the journal then, so that the next kernel can offer it.
        """
        self._sender.closing = True

        async def intended() -> None:
            await asyncio.sleep(0)  # what was started last stands in the line for the journal now
            async with self._intents:
                pass

        async def hang_up() -> None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(intended(), timeout)
            if self._sender.posting:
                await asyncio.wait(set(self._sender.posting.values()), timeout=timeout)
            drives = list(self._driving.values())
            tasks = [drive.task for drive in drives]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=1.0)
            for drive in drives:
                name = drive.job.id
                drive.job.abandon(BailianError(f"the process ends; job {name} is taken up by the next %wan resume"))
            for client in clients:
                await client.aclose()

        with contextlib.suppress(concurrent.futures.TimeoutError):
            self._loop.submit(hang_up()).result(timeout + 3)

    async def _begin(self, job: Job, account: Account, work: Work) -> None:
        task = asyncio.ensure_future(self._guard(job, account, work))
        self._driving[job.id] = _Drive(job=job, task=task, account=account)
        task.add_done_callback(lambda _: self._driving.pop(job.id, None))

    async def _guard(self, job: Job, account: Account, work: Work) -> None:
        """End the Job whatever happens; a fault of ours is logged with its stack."""
        try:
            await work()
        except asyncio.CancelledError:
            if job.cancel_asked:
                job.fail(
                    TaskCanceled(f"job {job.id} was canceled before it was sent"),
                    at=self.clock.now(),
                    status="CANCELED",
                )
            elif (refused := job.stopped_by) is not None:
                job.fail(_not_sent(refused), at=self.clock.now())
                return
            raise
        except TaskExpired as error:
            job.fail(error, at=self.clock.now(), status="EXPIRED")
        except TaskCanceled as error:
            job.fail(error, at=self.clock.now(), status="CANCELED")
        except (BillingError, AuthenticationError) as error:
            job.fail(error, at=self.clock.now())
            if not job.task_id:
                self._stop_queue(job, account, error)
        except BailianError as error:
            job.fail(error, at=self.clock.now())
        except (OSError, sqlite3.Error) as error:
            known = "nothing is lost for 24 h, mend it and run %wan resume"
            lost = "a synchronous answer has no task that %wan resume could ask again"
            note = f"cannot write the pictures: {error}; {known if job.task_id else lost}"
            job.fail(SaveFailed(note, task_id=job.task_id), at=self.clock.now())
        except Exception as error:
            log.exception("job %s", job.id)
            job.fail(BailianError(f"fault in bailian_nb: {type(error).__name__}: {error}"), at=self.clock.now())

    async def _fresh(
        self,
        job: Job,
        account: Account,
        folder: Path,
        needs: Sequence[Job],
        prepare: Callable[[], Request] | None,
        retries: int,
    ) -> None:
        if needs:
            await self._wait_for(job, needs)
        if prepare is not None:
            ready = await asyncio.to_thread(prepare)
            job.notes.extend(note for note in ready.warnings if note not in job.notes)
            job.change(status="QUEUED", request=ready)
        request = _of(job)
        for attempt in range(retries + 1):
            row_id = job.id if attempt == 0 else f"{job.id}.{attempt}"
            try:
                await self._once(job, row_id, account, request, folder)
                return
            except (TaskFailed, ServiceError) as error:
                again = specs.lookup(error.code, error.message).again == "rerun" and bool(error.code)
                if attempt == retries or not again or not job.task_id:
                    raise
                job.notes.append(f"try {attempt + 1} failed ({error.code}), trying again")
                job.closed = False
                job.change(status="QUEUED", task_id="", task_status="", submitted=None)

    async def _wait_for(self, job: Job, needs: Sequence[Job]) -> None:
        job.change(status="WAITING", why=Why(key="waits_for_job", values={"job": needs[0].id}))
        for need in needs:
            await asyncio.shield(asyncio.wrap_future(need.ended))
            if need.error is not None:
                raise TaskFailed(
                    f"its input, job {need.id}, failed: {need.error}", code=need.error.code, task_id=need.error.task_id
                )

    async def _once(self, job: Job, row_id: str, account: Account, request: Request, folder: Path) -> None:
        """Send one task and see it to the end."""
        async with self._intents:  # first come, first served: the order of the cells is the order of the queue
            writing = asyncio.to_thread(
                self.journal.intend,
                id=row_id,
                account=account.id,
                base_url=account.base_url,
                emulator=account.emulator,
                region=account.region,
                request=request.to_dict(),
                out_dir=folder,
                created=self.clock.now(),
                inputs={picture.sha256: picture.data for picture in request.inputs if picture.sha256},
                notebook=self._document(),
            )
            await self._whole(job, row_id, writing)
        limit = account.limit(request.model)
        try:
            await account.slots.acquire(request.model, limit, ahead=partial(self._queued, job, account, limit))
        except asyncio.CancelledError:
            if job.cancel_asked:
                self.journal.end(row_id, "canceled", at=self.clock.now())
            raise
        try:
            answer = await self._sender.send(job, row_id, account, request, folder)
            answer = answer or await poll(job, account, self.journal, self.clock)
        finally:
            account.slots.release(request.model)  # the task has ended: fetching its pictures takes no place
        await self._finish(job, row_id, account, answer, folder)

    async def _whole(self, job: Job, row_id: str, writing: Coroutine[Any, Any, None]) -> None:
        """Write the intent to its end even when canceled: its thread does so anyway, and then it must be closed."""
        written = asyncio.ensure_future(writing)
        try:
            await asyncio.shield(written)
        except asyncio.CancelledError:
            await asyncio.wait([written])
            if job.cancel_asked and not written.cancelled() and written.exception() is None:
                await asyncio.to_thread(self.journal.end, row_id, "canceled", at=self.clock.now())
            raise

    async def _taken_up(self, job: Job, account: Account, folder: Path) -> None:
        request = _of(job)
        account.slots.occupy(request.model, account.limit(request.model))
        try:
            answer = await poll(job, account, self.journal, self.clock)
        finally:
            account.slots.release(request.model)
        await self._finish(job, job.id, account, answer, folder)

    async def _sought(self, job: Job, account: Account, folder: Path, attempt: Attempt) -> None:
        request = _of(job)
        await self._sender.seek(job, account, request, folder, attempt)
        await self._taken_up(job, account, folder)

    async def _finish(self, job: Job, row_id: str, account: Account, answer: Answer, folder: Path) -> None:
        await finish(job, row_id, account, _of(job), answer, folder, self._save, self.journal, self.clock)

    def _stop_queue(self, refused: Job, account: Account, error: RequestRejected) -> None:
        """Send nothing of what waits in this account's queue: the same refusal would meet it."""
        model = refused.request.model if refused.request and error.code in service.COUNTED_BY_MODEL else None
        for drive in self._driving.values():
            job = drive.job
            same = drive.account.id == account.id and (model is None or _of(job).model == model)
            if same and job is not refused and job.status == "QUEUED" and job.id not in self._sender.posting:
                job.stopped_by = error
                drive.task.cancel()

    def _queued(self, job: Job, account: Account, limit: specs.Limit, count: int) -> None:
        elsewhere = account.slots.elsewhere(_of(job).model)
        key = "shared_limit" if elsewhere else "our_limit"
        values: dict[str, object] = {"limit": limit.tasks_at_once, "ahead": count - 1, "elsewhere": elsewhere}
        job.change(status="QUEUED", why=Why(key=key, values=values))

    async def _cancel(self, job: Job) -> bool:
        if job.final:
            return False
        drive = self._driving.get(job.id)
        if drive is None:
            return False
        if job.status in ("WAITING", "QUEUED") and job.id not in self._sender.posting:
            job.cancel_asked = True
            drive.task.cancel()
            await asyncio.wait([drive.task], timeout=5)
            return drive.task.cancelled()
        if not job.task_id:
            return False
        try:
            await drive.account.client.cancel(job.task_id)
        except BailianError as error:
            job.notes.append(f"cancel: {error.message}")
            job.change(why=Why(key="too_late"))
            return False
        return True


def _of(job: Job) -> Request:
    if job.request is None:
        raise RuntimeError("a Job that is driven has a Request")
    return job.request


def _not_sent(refused: RequestRejected) -> RequestRejected:
    """Return why a Job that waited behind a refused one was not sent."""
    return type(refused)(
        f"not sent, since the call before it was refused: {refused.message}",
        code=refused.code,
        hint="Mend that, then %wan resume --send sends what waited.",
        http_status=refused.http_status,
    )
