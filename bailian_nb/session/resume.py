"""Taking up what earlier kernels left, as the user asks for it: `wan.resume`, `%wan resume`, `bailian-nb resume`."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import replace

from ..accounts.account import Account
from ..config import Target
from ..errors import BailianError, BudgetExceeded, InvalidRequest
from ..gallery import Picture
from ..gallery.carry import Carrying, carry_left
from ..jobs.job import Job
from ..jobs.journal_writes import FAULTS
from ..jobs.prepare import gone
from ..jobs.result import Result
from ..jobs.resume import Resumed, adopt, forget, resume_rows, revive
from ..money.budget import Unsent, check_budget, check_one
from ..money.ledger import job_of
from ..planning.plan import Plan
from ..reconcile.later import come_late
from ..request import Request
from ..store.buckets import FOLDER
from ..store.kernels import is_alive
from ..store.row import Row
from ..system.collector import collecting_later
from ..system.language import sentence
from . import cache
from .other_keys import SOON, taken_over
from .session import Session

CARRY_SECONDS = 0.8
"""How long `resume` waits for pictures that are brought up to a bucket; they go on without it."""
SEARCH_ENDS = 2.0
"""Seconds after which a search that still goes on will see by itself what the user has said."""


def resume(
    session: Session,
    send: bool | Sequence[str] = (),
    *,
    adopted: Sequence[str] = (),
    forgotten: Sequence[str] = (),
) -> Resumed:
    """Take up every unfinished task of the account that is configured now.

    `send` names unsent intents (or True for all) that are sent now; nothing else creates a task. One whose pictures
    are on disk by now is answered by these. `adopted` names tasks of `unclaimed` that are the user's, `forgotten` jobs
    that own none of them.

    Raises
    ------
    InvalidRequest
        For a name that is not among those that are offered.
    """
    carrying, ended = _carry(session)
    try:
        with session.exclusively(), collecting_later():
            found = _resume(session, send, adopted, forgotten)
        wait([] if ended is None else [ended], timeout=CARRY_SECONDS)
        return replace(found, carrying=carrying)
    except FAULTS as error:
        raise BailianError(
            sentence("cannot use the journal: {error}; nothing is lost", error=error),
            hint=sentence("Mend that and resume again."),
        ) from None


def _carry(session: Session) -> tuple[Carrying, Future[None] | None]:
    """Begin to bring up what buckets that were away have left; it costs nothing and needs no key."""
    carrying = Carrying()
    if not (session.home / FOLDER).is_dir():
        return carrying, None
    carrying.done = False

    def listed(picture: Picture) -> None:
        with contextlib.suppress(sqlite3.Error, OSError, BailianError):  # it is a shortcut and no more
            session.index.add(picture)

    async def carried() -> None:
        try:
            await asyncio.to_thread(carry_left, session.home, carrying, listed)
        finally:
            carrying.end()

    return carrying, session.loop.submit(carried())


def _resume(session: Session, send: bool | Sequence[str], adopted: Sequence[str], forgotten: Sequence[str]) -> Resumed:
    settings = session.settings()
    target = session.target(settings)
    account = session.account(target, settings)
    owners = {adopt(session.journal, account.base_url, task_id) for task_id in adopted}
    for row_id in forgotten:
        forget(session.journal, account.base_url, row_id, at=session.clock.now())
    # A search for one of them that has just come to its end must not count as driving it.
    wait([job.ended for job in session.jobs() if job.id in owners], timeout=SEARCH_ENDS)
    others = session.journal.unfinished(account.base_url, but=account.ids)
    free = [row for row in others if not is_alive(session.home, row.kernel)]
    taken_over(session.journal, session.loop, account, free, SOON)
    come_late(session.journal, session.loop, account, session.clock, SOON)
    found = resume_rows(
        session.journal,
        session.runner,
        account,
        session.clock,
        known=lambda row_id: _driven(session, row_id),
        attach=lambda job: session.register(job, settings),
    )
    wanted = {row.id for row in found.unsent} if send is True else set(send or ())
    unknown = wanted - {row.id for row in found.unsent}
    if unknown:
        raise InvalidRequest(sentence("not among the unsent: {names}", names=", ".join(sorted(unknown))))
    for row in [row for row in found.unsent if row.id in wanted]:
        try:
            found.jobs.append(_send_again(session, row, target, account))
        except BudgetExceeded as held:  # what was sent before it is on its way, and the rest can be sent later
            said = sentence("job {id} and those behind it were not sent: {why}", id=row.id, why=held.message)
            found.refused.append(BudgetExceeded(said, hint=held.hint))
            break
        except BailianError as refused:
            found.refused.append(refused)
            continue
        found.unsent.remove(row)
    return found


def _driven(session: Session, row_id: str) -> bool:
    """Tell whether a Job of this process is on its way with this row; a further try has its Job's id and a number."""
    names = {row_id, job_of(row_id)}
    ours = [job for job in session.jobs() if not names.isdisjoint((job.id, job.replaces)) and not job.final]
    return any(session.runner.drives(job) for job in ours)


def _send_again(session: Session, row: Row, target: Target, account: Account) -> Job:
    """Return the Job that sends a row, or that is answered by what the same request has left on disk since.

    Raises
    ------
    BudgetExceeded
        When a cap is in the way.
    BailianError
        When it cannot be sent, or must not be now; the row stays unsent.
    """
    job, folder = revive(row, session.journal)
    request = _request(job)
    settings = session.settings()
    call = Unsent.of(row, settings)
    plan = Plan(
        model=request.row,
        function=request.function,
        request=request,
        build=lambda: request,
        needs=(),
        images=call.images,
        cost=call.cost,
        folder=folder,
        retries=0,
        cache=True,
        settings=settings,
    )
    if (saved := cache.saved(session, plan, target)) is not None:
        _claim(session, row)
        return _answered(session, job, saved)
    same = cache.running(session.jobs(), plan, target.emulator) or cache.unsettled(session, plan, account, way_out="")
    if same is not None:
        raise BailianError(
            sentence("job {id} was not sent: job {id2} has the same request and is on its way", id=row.id, id2=same.id),
            hint=sentence("Once its pictures are on disk, they answer this one, too."),
        )
    if lost := gone(request):
        raise InvalidRequest(
            sentence("job {id} was not sent: its {lost} is not kept any more, or not whole", id=row.id, lost=lost),
            hint=sentence("Run its cell again, or `%wan rerun {id}`, which looks for files of that name.", id=row.id),
        )
    check_one(call)
    budget = check_budget(session.home, account, call, session.jobs(), clock=session.clock)
    _claim(session, row)
    job.cost = call.cost
    job.id, job.replaces = session.new_id(), row.id
    session.register(job)
    session.runner.start(job, account, folder=folder, budget=budget)
    return job


def _request(job: Job) -> Request:
    if job.request is None:
        raise RuntimeError("a row has a Request")
    return job.request


def _claim(session: Session, row: Row) -> None:
    if row.kernel != session.journal.kernel and not session.journal.claim(row):
        raise InvalidRequest(sentence("job {id} is in another kernel now, which sends it", id=row.id))


def _answered(session: Session, job: Job, saved: list[Picture]) -> Job:
    """End a Job that was never sent, and its row, with the pictures of the same request."""
    now = session.clock.now()
    session.journal.end(job.id, "canceled", at=now, error=sentence("answered from disk"))
    job.task_id, job.request_id = saved[0].record.task_id, saved[0].record.request_id
    session.register(job)
    job.succeed(Result(saved, cost=0.0, cached=True), at=now)
    return job
