"""Canceling: a Job that was not sent ends here, one that was sent is the service's to cancel. The runner calls it.

A task that may exist is never dropped: where nobody knows it yet, the wish is noted and handed on once it is found, and
where it is too late its pictures are saved.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from ..accounts.account import Account
from ..errors import PASSING, BailianError, WaitInterrupted, one_line
from ..system.clock import Clock, backoff
from ..system.language import sentence
from ..system.loops import CallbackLoop, wait
from .job import Job
from .status import WaitReason

log = logging.getLogger("bailian_nb")
SECONDS = 3.0
"""How long `Job.cancel` waits for an answer: a kernel that waits shows nothing else."""
TRIES = 3
"""How often the service is asked to cancel through faults."""
BETWEEN = 0.02
"""Seconds between looks while a Job is between two states."""


class Canceling:
    """Carries out `Job.cancel`; on the runner's loop only. `posting` are the create calls that are out, by job id."""

    def __init__(self, *, posting: Mapping[str, asyncio.Future[Any]], clock: Clock) -> None:
        self._posting = posting
        self._clock = clock
        self._noted: set[str] = set()

    async def cancel(self, job: Job, task: asyncio.Task[None], account: Account) -> bool:
        """End the Job that `task` drives, or have the service do so; False, with the reason, where neither can be."""
        return await _without_fault(job, self._cancel(job, task, account))

    async def hand_on(self, job: Job, account: Account) -> None:
        """Ask the service to cancel a task that was found, if somebody wanted that while it was looked for."""
        if job.id in self._noted:
            self._noted.discard(job.id)
            await _without_fault(job, self._ask(job, account))

    async def _cancel(self, job: Job, task: asyncio.Task[None], account: Account) -> bool:
        if job.followed:
            return _left(
                job,
                "cancel_elsewhere",
                sentence("job {followed} is another kernel's", followed=job.followed),
                job=job.followed,
            )
        job.cancel_asked = True  # from here on no create call of this Job goes out
        while not job.final:
            out = self._posting.get(job.id)
            if out is not None and job.request is not None and job.request.sync:
                return _left(job, "cancel_sync", sentence("a synchronous call cannot be canceled"))
            if out is not None:
                await asyncio.wait([out])
            elif job.status in ("WAITING", "QUEUED"):
                task.cancel()
                await asyncio.wait([task])
                break
            elif job.status == "UNCERTAIN":
                self._noted.add(job.id)
                return _left(job, "cancel_noted", sentence("noted, until its task is found"))
            elif job.status != "SUBMITTING":
                return await self._ask(job, account)
            await asyncio.sleep(BETWEEN)
        return job.status == "CANCELED"

    async def _ask(self, job: Job, account: Account) -> bool:
        if job.status == "SAVING":
            return _left(job, "too_late", sentence("its task has ended"))
        refusal: BailianError | None = None
        for number in range(TRIES):
            await self._clock.sleep(backoff(number))
            try:
                await account.client.cancel(job.task_id)
            except BailianError as error:
                refusal = error
                if not isinstance(error, PASSING):
                    break
            else:
                refusal = None
                break
        if refusal is None or await self._is_canceled(job, account):
            job.uncanceled = None
            return True
        too_late = refusal.code == "UnsupportedOperation"
        job.cancel_asked = too_late  # after any other refusal it may be asked for again
        key = "too_late" if too_late else "cancel_failed"
        return _left(job, key, refusal.message, code=refusal.code or type(refusal).__name__)

    async def _is_canceled(self, job: Job, account: Account) -> bool:
        """Ask what became of the task: a cancel whose answer was lost may have been heard."""
        try:
            return (await account.client.query(job.task_id)).state == "CANCELED"
        except BailianError:
            return False


async def _without_fault(job: Job, work: Awaitable[bool]) -> bool:
    """Let a fault of ours cost neither the Job nor whoever waits for the answer."""
    try:
        return await work
    except Exception as error:
        log.exception(sentence("cancel of job %s"), job.id)
        return _left(job, "cancel_failed", one_line(error), code=type(error).__name__)


def heard(asked: concurrent.futures.Future[bool], job: Job, callbacks: CallbackLoop) -> bool:
    """Wait a few seconds for what became of a cancel that goes on without this thread.

    Raises
    ------
    WaitInterrupted
        When the user does not want to wait; the service is asked all the same.
    """
    try:
        return wait(asked, SECONDS, callbacks)
    except concurrent.futures.TimeoutError:
        return _left(job, "cancel_open", sentence("no answer yet"))
    except concurrent.futures.CancelledError:
        return closed(job)
    except KeyboardInterrupt:
        raise WaitInterrupted(sentence("stopped waiting; the cancel of job {id} is on its way", id=job.id)) from None


def closed(job: Job) -> bool:
    """Note that nothing of this process can cancel the Job any more, and return False."""
    return _left(job, "cancel_closed", sentence("the session is closed"))


def _left(job: Job, key: str, said: str, /, **values: object) -> bool:
    """Note on the Job why it goes on for now, and return False."""
    why = WaitReason(key=key, values=values)
    note = f"cancel: {said}"
    if note not in job.notes:
        job.notes.append(note)
    job.change(uncanceled=why, why=why)
    return False
