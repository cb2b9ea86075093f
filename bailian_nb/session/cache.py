"""What answers a Plan without paying: a Job on its way, pictures on disk, or what an earlier call left open.

`session` asks here before it sends. Only a call whose seed was given, with the cache on, is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from ..accounts.account import Account
from ..config import Settings, Target
from ..errors import BailianError, SubmitUncertain, printable
from ..gallery import Index, Picture
from ..jobs.job import Job
from ..jobs.journal_writes import FAULTS
from ..jobs.prepare import Prepare
from ..jobs.result import Result
from ..jobs.resume import resume_rows
from ..jobs.runner import Runner
from ..jobs.status import WaitReason
from ..money.ledger import job_of
from ..planning.plan import Plan
from ..request import Request
from ..store.journal import Journal, Row
from ..store.schema import journal_path
from ..system.clock import Clock

Whole = Callable[[], Coroutine[Any, Any, Request]]
"""Makes a Request whole on the runner's loop."""
SEND_ANYWAY = "cache=False (--no-cache) sends it all the same"
_asking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""One Job at a time asks: where a locked file holds it up, that takes one worker thread and no more."""


def running(jobs: Sequence[Job], plan: Plan, emulator: bool) -> Job | None:
    """Return the Job of this process that does the same request right now."""
    key = _key(plan)
    same = (job for job in jobs if key and not job.final and job.emulator == emulator)
    return next((job for job in same if job.request is not None and job.request.identity == key), None)


def saved(index: Index, plan: Plan, target: Target) -> list[Picture] | None:
    """Return the pictures that the same request to the same service left on disk, all of them or none."""
    key = _key(plan)
    if key is None:
        return None
    found = index.find(key, emulator=target.emulator, host=target.host)
    enough = plan.request is not None and not plan.request.exact and bool(found)
    return found if enough or len(found) == plan.images else None


class Kernel(Protocol):
    """What is asked of the Session."""

    home: Path
    clock: Clock

    @property
    def journal(self) -> Journal: ...
    @property
    def runner(self) -> Runner: ...
    @property
    def index(self) -> Index: ...
    def jobs(self) -> list[Job]: ...
    def exclusively(self) -> contextlib.AbstractContextManager[None]: ...
    def register(self, job: Job, settings: Settings | None = None) -> None: ...


def unsettled(kernel: Kernel, plan: Plan, account: Account, way_out: str = SEND_ANYWAY) -> Job | None:
    """Take up the row of the same request whose task exists, or may exist, and return its Job; None without one.

    It may come from this kernel or from one that is gone. A known task is asked for, another one is looked for in the
    service's list, as `resume` does. What another living kernel has sent, or is about to, is left to that. `way_out`
    says how to send it in spite of a refusal.

    Raises
    ------
    SubmitUncertain
        When a task may exist and cannot be looked for here, or was in vain, or when another living kernel drives it;
        nothing is sent.
    BailianError
        When the journal cannot be written; nothing is sent.
    """

    def begin(job: Job) -> None:
        job.notes.append(f"goes on with job {job.id}, which has sent the same request before: nothing is sent now")
        kernel.register(job, plan.settings)

    refused: SubmitUncertain | None = None
    for row in sorted(_same(kernel, plan, account), key=lambda row: row.state != "accepted"):
        here = row.kernel == kernel.journal.kernel
        if here and row.state == "intent":  # on its way, or replaced by this call
            continue
        ours = [job for job in kernel.jobs() if here and job.id in (row.id, job_of(row.id))]
        if (driven := next((job for job in ours if not job.final), None)) is not None:
            return driven
        if row.state == "uncertain" and any(isinstance(job.error, SubmitUncertain) for job in ours):
            refused = refused or _in_vain(row, way_out)
            continue
        try:
            drivers = (kernel.journal, kernel.runner, account, kernel.clock)
            found = resume_rows(*drivers, known=lambda _: False, attach=begin, only=row.id)
        except FAULTS as error:
            raise _unwritten(row, str(error)) from error
        if found.jobs:
            return found.jobs[0]
        for _, fault in found.faults:
            raise _unwritten(row, fault)
        if found.alive:
            refused = refused or _elsewhere(row, way_out)
        elif found.uncertain:
            refused = refused or _in_vain(row, way_out)
    if refused is not None:
        raise refused
    return None


def asked_again(
    kernel: Kernel, plan: Plan, target: Target, account: Account, job: Job, whole: Whole | None
) -> Prepare | None:
    """Return what makes the Job's Request whole and, where that waits for other Jobs, asks once more what answers it.

    Before their pictures were there nobody could tell what the Request would be.
    """
    if whole is None or plan.request is not None or not plan.cache:
        return whole

    async def found() -> Request | Result:
        request, cost = await whole(), job.cost
        full = replace(plan, request=request)
        while True:
            async with _asking.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
                answer = await asyncio.to_thread(_answer, kernel, full, target, account, job)
            if not isinstance(answer, Job):
                job.change(cost=cost)
                return answer or request
            job.change(status="WAITING", cost=0.0, why=WaitReason(key="waits_for_job", values={"job": answer.id}))
            await asyncio.shield(asyncio.wrap_future(answer.ended))
            if answer.outcome is not None:
                return Result(answer.outcome, errors=answer.outcome.errors, cost=0.0, cached=True)
            if answer.status != "CANCELED" and answer.error is not None:
                raise answer.error

    return found


def _answer(kernel: Kernel, plan: Plan, target: Target, account: Account, job: Job) -> Job | Result | None:
    """Return the Job or the pictures that answer the Job's Request; None: from here on others wait for this one."""
    with kernel.exclusively():
        if (same := running([each for each in kernel.jobs() if each is not job], plan, target.emulator)) is not None:
            return same
        if (pictures := saved(kernel.index, plan, target)) is not None:
            return Result(pictures, cost=0.0, cached=True)
        if (open_job := unsettled(kernel, plan, account)) is not None:
            return open_job
        job.replaces = job.replaces or unsent(kernel, plan, account)
        job.change(request=plan.request)
        return None


def unsent(kernel: Kernel, plan: Plan, account: Account) -> str:
    """Return the row of the same request that was never sent and that nobody will send, now ours; "" without one.

    What is sent in its place replaces it, so that no `resume(send=...)` sends it once more.
    """
    driven = {name for job in kernel.jobs() if not job.final for name in (job.id, job.replaces)}
    with contextlib.suppress(*FAULTS):  # what is to be sent meets the same fault, and says so
        for row in _same(kernel, plan, account):
            free = row.state == "intent" and driven.isdisjoint((row.id, job_of(row.id)))
            if free and (row.kernel == kernel.journal.kernel or kernel.journal.claim(row)):
                return row.id
    return ""


@contextlib.contextmanager
def faults_worded() -> Iterator[None]:
    """Word a fault of our own files that comes before a call goes out."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BailianError(
            f"the files in BAILIAN_NB_HOME cannot be used ({printable(error)}); nothing was sent",
            hint="Mend the disk, or end the program that holds them, and run it again.",
        ) from error


def _same(kernel: Kernel, plan: Plan, account: Account) -> list[Row]:
    """Return the open rows of the same request and account, the oldest first; no journal is made to look."""
    key = _key(plan)
    if key is None or not journal_path(kernel.home).exists():
        return []
    rows = kernel.journal.unfinished(account.base_url)
    ours = [row for row in rows if row.account in account.ids and row.model == plan.model.name]
    return [row for row in ours if Request.from_dict(row.request, lambda digest: None).identity == key]


def _in_vain(row: Row, way_out: str) -> SubmitUncertain:
    word = f"`%wan resume` looks once more, with `--adopt TASK` or `--forget {row.id}` it takes your word"
    if row.request.get("sync"):
        word = f"a synchronous call cannot be looked for; `%wan resume --forget {row.id}` gives it up"
    return SubmitUncertain(
        f"the create call of job {row.id} for the same request broke, and nobody knows whether it made a task; "
        "nothing was sent now",
        hint=_joined(word, way_out),
        request_id=row.request_id or "",
    )


def _elsewhere(row: Row, way_out: str) -> SubmitUncertain:
    did = "is about to send" if row.state == "intent" else "has sent"
    word = "`%wan resume` there goes on with it, or here once that kernel has ended"
    if row.state in ("submitting", "uncertain"):
        word += " (`--forget` gives it up)"
    return SubmitUncertain(
        f"job {row.id} in another running kernel {did} the same request; nothing was sent now",
        hint=_joined("Its pictures answer this call once they are on disk", word, way_out),
        request_id=row.request_id or "",
    )


def _joined(*words: str) -> str:
    return f"{'; '.join(word for word in words if word)}."


def _unwritten(row: Row, fault: str) -> BailianError:
    return BailianError(
        f"job {row.id} has sent the same request and cannot be taken up: the journal cannot be used ({fault}); "
        "nothing was sent now",
        hint="Mend the disk and run it again, or `%wan resume`.",
    )


def _key(plan: Plan) -> str | None:
    """Return what a cache may answer the Plan by, None where it may not."""
    return plan.request.key if plan.cache and plan.request is not None else None
