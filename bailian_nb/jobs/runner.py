"""The runner: takes a Job from Request to saved pictures, on its own loop.

The order is the promise: intent in the journal, a place within the limits, the create call (one at a time for each
model), the task id in the journal, queries until the task is final, pictures on disk, and only then `done`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from .. import specs
from ..client import Answer, Submitted, task_error
from ..errors import (
    BailianError,
    DownloadError,
    NetworkError,
    RequestRejected,
    SaveFailed,
    ServiceError,
    SubmitUncertain,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
    Throttled,
)
from ..request import Request
from . import saving
from .account import Account
from .clock import Clock
from .job import Job, Why
from .journal import Journal, State
from .loops import Callbacks, LoopThread
from .polling import poll

log = logging.getLogger("bailian_nb")
Work = Callable[[], Coroutine[Any, Any, None]]
"""Makes the coroutine only when its task runs: one that a closing loop never starts would be complained about."""


class Runner:
    """Drives every Job of this process; its methods may be called from any thread."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        loop: LoopThread,
        callbacks: Callbacks,
        save: saving.Saver,
    ) -> None:
        self.journal = journal
        self.clock = clock
        self._loop = loop
        self._callbacks = callbacks
        self._save = save
        self._intents = asyncio.Lock()
        self._posting: set[asyncio.Future[Submitted | Answer]] = set()
        self._closing = False
        self._driving: dict[str, tuple[asyncio.Task[None], Account]] = {}

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

    def cancel(self, job: Job) -> bool:
        """See `Job.cancel`."""
        return self._loop.submit(self._cancel(job)).result(timeout=20)

    def drain(self, timeout: float) -> None:
        """Start no further create call, and wait until those that are out have written their task ids down."""
        self._closing = True

        async def posted() -> None:
            if self._posting:
                await asyncio.wait(set(self._posting), timeout=timeout)

        with contextlib.suppress(concurrent.futures.TimeoutError):
            self._loop.submit(posted()).result(timeout + 1)

    async def _begin(self, job: Job, account: Account, work: Work) -> None:
        task = asyncio.ensure_future(self._guard(job, work))
        self._driving[job.id] = (task, account)
        task.add_done_callback(lambda _: self._driving.pop(job.id, None))

    async def _guard(self, job: Job, work: Work) -> None:
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
            raise
        except TaskExpired as error:
            job.fail(error, at=self.clock.now(), status="EXPIRED")
        except TaskCanceled as error:
            job.fail(error, at=self.clock.now(), status="CANCELED")
        except BailianError as error:
            job.fail(error, at=self.clock.now())
        except OSError as error:
            note = f"cannot write the pictures: {error}; nothing is lost for 24 h, mend it and run %wan resume"
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
            job.change(status="QUEUED", request=await asyncio.to_thread(prepare))
        request = job.request
        if request is None:
            raise RuntimeError("a Job without a Request and without prepare")
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
            await asyncio.to_thread(
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
            )
        limit = account.limit(request.model)
        try:
            await account.slots.acquire(request.model, limit, ahead=lambda count: self._queued(job, limit, count))
        except asyncio.CancelledError:
            if job.cancel_asked:
                self.journal.end(row_id, "canceled", at=self.clock.now())
            raise
        try:
            answer = await self._send(job, row_id, account, request, limit)
            if answer is None:
                answer = await poll(job, account, self.journal, self.clock)
            await self._finish(job, row_id, account, request, answer, folder)
        finally:
            account.slots.release(request.model)

    async def _taken_up(self, job: Job, account: Account, folder: Path) -> None:
        request = job.request
        if request is None:
            raise RuntimeError("a resumed Job has a Request")
        account.slots.occupy(request.model, account.limit(request.model))
        try:
            answer = await poll(job, account, self.journal, self.clock)
            await self._finish(job, job.id, account, request, answer, folder)
        finally:
            account.slots.release(request.model)

    def _queued(self, job: Job, limit: specs.Limit, count: int) -> None:
        job.change(status="QUEUED", why=Why(key="our_limit", values={"limit": limit.tasks_at_once, "ahead": count - 1}))

    async def _send(
        self, job: Job, row_id: str, account: Account, request: Request, limit: specs.Limit
    ) -> Answer | None:
        """Make the create call; None when a task was made, an Answer from a synchronous call."""
        try:
            while True:
                async with account.slots.creating(request.model, limit):
                    try:
                        return await self._create(job, row_id, account, request, limit)
                    except Throttled as error:
                        again = specs.lookup(error.code, error.message, 429).again
                        until = account.slots.throttled(
                            request.model, retry_after=error.retry_after, slow=again == "slow"
                        )
                        await asyncio.to_thread(self.journal.refused, row_id)
                        job.change(status="QUEUED", submitted=None, why=Why(key="throttled", values={"until": until}))
        except SubmitUncertain as error:
            await asyncio.to_thread(self.journal.uncertain, row_id, str(error))
            job.change(status="UNCERTAIN")
            raise
        except (RequestRejected, NetworkError) as error:
            await asyncio.to_thread(self.journal.end, row_id, "failed", at=self.clock.now(), error=str(error))
            raise
        except asyncio.CancelledError:
            if job.cancel_asked:
                self.journal.end(row_id, "canceled", at=self.clock.now())
            raise

    async def _create(
        self, job: Job, row_id: str, account: Account, request: Request, limit: specs.Limit
    ) -> Answer | None:
        def paused(until: float) -> None:
            job.change(why=Why(key="throttled", values={"until": until}))

        await account.slots.pace(request.model, limit, paused=paused)
        if self._closing:
            raise asyncio.CancelledError  # the row stays an intent: the next kernel lists it as never sent
        post = asyncio.ensure_future(self._post(job, row_id, account, request))
        self._posting.add(post)
        post.add_done_callback(self._posting.discard)
        answer = await asyncio.shield(post)
        account.slots.accepted(request.model)
        return answer if isinstance(answer, Answer) else None

    async def _post(self, job: Job, row_id: str, account: Account, request: Request) -> Submitted | Answer:
        """Send and write the task id down in one piece that no cancellation can cut in two."""
        now = self.clock.now()
        await asyncio.to_thread(self.journal.submitting, row_id, now)
        job.change(status="SUBMITTING", submitted=now, why=None)
        answer = await account.client.submit(request)
        if isinstance(answer, Submitted):
            await asyncio.to_thread(self.journal.accepted, row_id, task_id=answer.task_id, request_id=answer.request_id)
            job.change(
                status="PENDING", task_status=answer.task_status, task_id=answer.task_id, request_id=answer.request_id
            )
        return answer

    async def _finish(
        self, job: Job, row_id: str, account: Account, request: Request, answer: Answer, folder: Path
    ) -> None:
        """Turn a final answer into files, or into the reason why there are none."""
        now = self.clock.now()
        if answer.state in ("CANCELED", "UNKNOWN"):
            state, error = self._without_pictures(answer, job)
            await asyncio.to_thread(self.journal.end, row_id, state, at=now, error=str(error))
            raise error
        if answer.state == "FAILED" or not any(slot.url for slot in answer.slots):
            failed = task_error(answer)
            await asyncio.to_thread(self.journal.end, row_id, "failed", at=now, error=str(failed))
            raise failed
        job.change(status="SAVING", why=None)
        result = await self._save.save(job, row_id, account, request, answer, folder, self.journal, self.clock)
        ended: State = "done" if len(result) else "expired"
        await asyncio.to_thread(
            self.journal.end, row_id, ended, at=self.clock.now(), images=len(result), cost=result.cost
        )
        if not len(result):
            reason = result.errors[0]
            raise DownloadError(f"no picture could be fetched: {reason.message}", code=reason.code, task_id=job.task_id)
        job.succeed(result, at=self.clock.now())

    @staticmethod
    def _without_pictures(answer: Answer, job: Job) -> tuple[State, BailianError]:
        if answer.state == "CANCELED":
            text = "the task was canceled; it is not billed"
            return "canceled", TaskCanceled(text, request_id=answer.request_id, task_id=job.task_id)
        return "expired", TaskExpired(
            "the service does not know this task (it keeps tasks for 24 hours)",
            hint="If it is younger, check the base URL and region of the key.",
            request_id=answer.request_id,
            task_id=job.task_id,
        )

    async def _cancel(self, job: Job) -> bool:
        if job.final:
            return False
        entry = self._driving.get(job.id)
        if entry is None:
            return False
        task, account = entry
        if job.status in ("WAITING", "QUEUED"):
            job.cancel_asked = True
            task.cancel()
            await asyncio.wait([task], timeout=5)
            return task.cancelled()
        if not job.task_id:
            return False
        try:
            await account.client.cancel(job.task_id)
        except BailianError as error:
            job.notes.append(f"cancel: {error.message}")
            job.change(why=Why(key="too_late"))
            return False
        return True
