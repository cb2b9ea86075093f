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
from ..errors import BailianError, BucketError, NotSent, SaveFailed, SubmitUncertain, printable
from ..gallery import Index, Picture
from ..gallery.moved import find_moved
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
from ..specs import service
from ..store.journal import Journal
from ..store.kernels import is_alive
from ..store.row import Row
from ..store.schema import OPEN, journal_path
from ..system.clock import Clock
from ..system.language import mark, sentence, together
from ..system.loops import LoopThread
from .other_keys import SECONDS, not_ours, taken_over

Whole = Callable[[], Coroutine[Any, Any, Request]]
"""Makes a Request whole on the runner's loop."""
SEND_ANYWAY = mark("cache=False (--no-cache) sends it all the same")
_asking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""One Job at a time asks: where a locked file holds it up, that takes one worker thread and no more."""


def running(jobs: Sequence[Job], plan: Plan, emulator: bool) -> Job | None:
    """Return the Job of this process that does the same request right now."""
    key = _key(plan)
    same = (job for job in jobs if key and not job.final and job.emulator == emulator)
    found = (job for job in same if job.request is not None and job.request.identity == key)
    return next((job for job in found if plan.parks or job.want()), None)


class SessionView(Protocol):
    """What is asked of the Session."""

    home: Path
    clock: Clock

    @property
    def journal(self) -> Journal: ...
    @property
    def runner(self) -> Runner: ...
    @property
    def loop(self) -> LoopThread: ...
    @property
    def index(self) -> Index: ...
    def jobs(self) -> list[Job]: ...
    def exclusively(self) -> contextlib.AbstractContextManager[None]: ...
    def register(self, job: Job, settings: Settings | None = None) -> None: ...


def saved(kernel: SessionView, plan: Plan, target: Target) -> list[Picture] | None:
    """Return the pictures that the same request to the same service left on disk, all of them or none.

    Raises
    ------
    SaveFailed
        When the journal says that they were made, and they are nowhere to be found.
    """
    key = _key(plan)
    if key is None:
        return None

    def found() -> list[Picture] | None:
        known = kernel.index.find(key, emulator=target.emulator, host=target.host)
        whole = len(known) == plan.images or (known and not plan.require().exact and _ended(kernel, key, known[0]))
        return known if whole else None

    if (answer := found() or _made(kernel, key, plan, target)) is not None:
        return answer
    with contextlib.suppress(sqlite3.Error, OSError, BailianError):  # `find` has said so
        if kernel.index.take_up(plan.folder):  # journal and index may be older than the pictures: of a backup
            return found()
    return None


def _ended(kernel: SessionView, key: str, picture: Picture) -> bool:
    """Tell whether the run that made a picture is closed: until then more of its pictures may come."""
    rows = kernel.journal.same(key) if journal_path(kernel.home).exists() else []
    return not any(row.state in OPEN and job_of(row.id) == picture.record.job_id for row in rows)


def _made(kernel: SessionView, key: str, plan: Plan, target: Target) -> list[Picture] | None:
    """Return the pictures that the journal knows, wherever their folder is by now; the index learns them anew."""
    if not journal_path(kernel.home).exists():
        return None
    lost: SaveFailed | None = None
    for row in kernel.journal.same(key):
        if not row.complete or (row.base_url, row.emulator) != (target.base_url, target.emulator):
            continue
        known = kernel.journal.pictures(row.id)
        try:
            found = [find_moved(*known[slot], also=(plan.folder,)) for slot in sorted(known)]
        except BucketError as error:
            error.hint = _joined(
                sentence("Job {id} has put what this call asks for there; nothing was sent now", id=row.id),
                sentence("cache=False (--no-cache) draws and bills it all the same"),
            )
            raise
        pictures = [picture for picture in found if picture is not None]
        if len(pictures) == len(known) >= row.images:
            for slot, picture in zip(sorted(known), pictures, strict=True):
                picture.actions = kernel.index.actions
                if picture.path != known[slot].path:
                    kernel.journal.saved(row.id, slot, picture.path, picture.raw_path, picture.record.sha256)
                with contextlib.suppress(sqlite3.Error, OSError, BailianError):  # it is a shortcut and no more
                    kernel.index.add(picture)
            return pictures
        lost = lost or _not_there(row, [saved.path for saved in known.values()])
    if lost is not None and not target.emulator:  # what the emulator draws anew costs nothing
        raise lost
    return None


def _of_other_keys(kernel: SessionView, plan: Plan, account: Account) -> list[Row]:
    """Return the open rows of the same request that may have a task and were written under another key."""
    key = _key(plan)
    if key is None or not journal_path(kernel.home).exists():
        return []
    rows = [row for row in kernel.journal.same(key) if row.state in OPEN]
    oldest = kernel.clock.now() - service.KEPT_SECONDS  # the service has forgotten what is older
    return [
        row
        for row in rows
        if (row.base_url == account.base_url and row.account not in account.ids)
        and (row.state != "intent" or is_alive(kernel.home, row.kernel))
        and (row.submitted or row.created) >= oldest
    ]


def _not_there(row: Row, paths: Sequence[Path]) -> SaveFailed:
    folders = ", ".join(dict.fromkeys(str(path.parent) for path in paths)) or row.out_dir
    return SaveFailed(
        sentence(
            "job {id} has made what this call asks for, and its pictures are not there any more: "
            "they were in {folders}; nothing was sent now",
            id=row.id,
            folders=folders,
        ),
        hint=_joined(sentence("Put them back"), sentence("cache=False (--no-cache) draws and bills it all the same")),
        task_id=row.task_id or "",
    )


def unsettled(kernel: SessionView, plan: Plan, account: Account, way_out: str = SEND_ANYWAY) -> Job | None:
    """Take up the row of the same request whose task exists, or may exist, and return its Job; None without one.

    It may come from this kernel or from one that is gone or stands still. A known task is asked for, another one is
    looked for in the service's list, as `resume` does. What another living kernel has sent, or is about to, is left to
    that: see `followed`. `way_out` says how to send it in spite of a refusal.

    Raises
    ------
    SubmitUncertain
        When a task may exist and cannot be looked for here, or was in vain; nothing is sent.
    BailianError
        When the journal cannot be written; nothing is sent.
    """

    def begin(job: Job) -> None:
        job.notes.append(
            sentence("goes on with job {id}, which has sent the same request before: nothing is sent now", id=job.id)
        )
        job.owner, job.names = plan.owner, plan.names
        kernel.register(job, plan.settings)

    refused: SubmitUncertain | None = None
    for row in _of_other_keys(kernel, plan, account):
        if not taken_over(kernel.journal, kernel.loop, account, [row], SECONDS):
            refused = refused or not_ours(row)
    for row in sorted(_same(kernel, plan, account), key=lambda row: row.state != "accepted"):
        here = row.kernel == kernel.journal.kernel
        if here and row.state == "intent":  # on its way, or replaced by this call
            continue
        ours = [job for job in kernel.jobs() if job.id in (row.id, job_of(row.id))]
        if (driven := next((job for job in ours if not job.final and (plan.parks or job.want())), None)) is not None:
            return driven
        if row.state == "uncertain" and any(isinstance(job.error, SubmitUncertain) for job in ours):
            refused = refused or in_vain(row, way_out)
            continue
        try:
            drivers = (kernel.journal, kernel.runner, account, kernel.clock)
            found = resume_rows(*drivers, known=lambda _: False, attach=begin, only=row.id)
        except FAULTS as error:
            raise unwritten(row, str(error)) from error
        if found.jobs:
            return found.jobs[0]
        for _, fault in found.faults:
            raise unwritten(row, fault)
        if found.uncertain:
            refused = refused or in_vain(row, way_out)
    if refused is not None:
        raise refused
    return None


def followed(kernel: SessionView, plan: Plan, account: Account) -> bool:
    """Tell whether another living kernel makes the same request, so that this call follows it and costs nothing."""
    rows = _same(kernel, plan, account)
    return any(row.kernel != kernel.journal.kernel and is_alive(kernel.home, row.kernel) for row in rows)


def asked_again(
    kernel: SessionView, plan: Plan, target: Target, account: Account, job: Job, whole: Whole | None
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
            if answer.status != "CANCELED" and answer.error is not None and not isinstance(answer.error, NotSent):
                raise answer.error

    return found


def _answer(kernel: SessionView, plan: Plan, target: Target, account: Account, job: Job) -> Job | Result | None:
    """Return the Job or the pictures that answer the Job's Request; None: from here on others wait for this one."""
    with kernel.exclusively():
        if (same := running([each for each in kernel.jobs() if each is not job], plan, target.emulator)) is not None:
            return same
        if (pictures := saved(kernel, plan, target)) is not None:
            return Result(pictures, cost=0.0, cached=True)
        if (open_job := unsettled(kernel, plan, account)) is not None:
            return open_job
        job.replaces = job.replaces or unsent(kernel, plan, account)
        job.change(request=plan.request)
        return None


def unsent(kernel: SessionView, plan: Plan, account: Account) -> str:
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
            sentence("the files in BAILIAN_NB_HOME cannot be used ({error}); nothing was sent", error=printable(error)),
            hint=sentence("Mend the disk, or end the program that holds them, and run it again."),
        ) from error


def _same(kernel: SessionView, plan: Plan, account: Account) -> list[Row]:
    """Return the open rows of the same request and account, the oldest first; no journal is made to look."""
    key = _key(plan)
    if key is None or not journal_path(kernel.home).exists():
        return []
    rows = [row for row in kernel.journal.same(key, account.ids) if row.state in OPEN]
    return sorted(rows, key=lambda row: row.created)


def in_vain(row: Row, way_out: str = SEND_ANYWAY) -> SubmitUncertain:
    """Return why the same call is held back: nobody knows whether the row has a task, and looking was in vain."""
    word = sentence(
        "`%wan resume` looks once more, with `--adopt TASK` or `--forget {id}` it takes your word", id=row.id
    )
    if row.request.get("sync"):
        word = sentence("a synchronous call cannot be looked for; `%wan resume --forget {id}` gives it up", id=row.id)
    return SubmitUncertain(
        sentence(
            "the create call of job {id} for the same request broke, and nobody knows whether it "
            "made a task; nothing was sent now",
            id=row.id,
        ),
        hint=_joined(word, sentence(way_out) if way_out else ""),
        request_id=row.request_id or "",
    )


def _joined(*words: str) -> str:
    return f"{together(word for word in words if word)}."


def unwritten(row: Row, fault: str) -> BailianError:
    """Return why the same call is held back: its row cannot be taken up."""
    return BailianError(
        sentence(
            "job {id} has sent the same request and cannot be taken up: the journal cannot be used "
            "({fault}); nothing was sent now",
            id=row.id,
            fault=fault,
        ),
        hint=sentence("Mend the disk and run it again, or `%wan resume`."),
    )


def _key(plan: Plan) -> str | None:
    """Return what a cache may answer the Plan by, None where it may not."""
    return plan.request.key if plan.cache and plan.request is not None else None
