"""Taking up what earlier kernels left, as the user asks for it: `wan.resume`, `%wan resume`, `bailian-nb resume`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait

from .errors import BailianError, BudgetExceeded, InvalidRequest
from .jobs import Account, Job, Resumed, Row, caps
from .jobs.bookkeeping import FAULTS
from .jobs.recovery import adopt, forget, revive, take_up
from .session import Session

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

    `send` names unsent intents (or True for all) that are sent now; nothing else creates a task. `adopted` names tasks
    of `unclaimed` that are the user's, `forgotten` jobs that own none of them.

    Raises
    ------
    InvalidRequest
        For a name that is not among those that are offered.
    """
    try:
        with session.exclusively():
            return _resume(session, send, adopted, forgotten)
    except FAULTS as error:
        raise BailianError(
            f"cannot use the journal: {error}; nothing is lost", hint="Mend that and resume again."
        ) from None


def _resume(session: Session, send: bool | Sequence[str], adopted: Sequence[str], forgotten: Sequence[str]) -> Resumed:
    settings = session.settings()
    account = session.account(session.target(settings), settings)
    owners = {adopt(session.journal, account.base_url, task_id) for task_id in adopted}
    for row_id in forgotten:
        forget(session.journal, account.base_url, row_id, at=session.clock.now())
    # A search for one of them that has just come to its end must not count as driving it.
    wait([job.ended for job in session.jobs() if job.id in owners], timeout=SEARCH_ENDS)
    found = take_up(
        session.journal,
        session.runner,
        account,
        session.clock,
        known=lambda row_id: _driven(session, row_id),
        attach=session.take_in,
    )
    wanted = {row.id for row in found.unsent} if send is True else set(send or ())
    unknown = wanted - {row.id for row in found.unsent}
    if unknown:
        raise InvalidRequest(f"not among the unsent: {', '.join(sorted(unknown))}")
    for row in [row for row in found.unsent if row.id in wanted]:
        try:
            found.jobs.append(_send_again(session, row, account))
        except BudgetExceeded as held:  # what was sent before it is on its way, and the rest can be sent later
            said = held.message.replace("nothing was sent", f"job {row.id} and those behind it were not sent")
            found.refused.append(BudgetExceeded(said, hint=held.hint))
            break
        found.unsent.remove(row)
    return found


def _driven(session: Session, row_id: str) -> bool:
    """Tell whether a Job of this process is on its way with this row; a further try has its Job's id and a number."""
    names = {row_id, row_id.partition(".")[0]}
    ours = [job for job in session.jobs() if not names.isdisjoint((job.id, job.replaces)) and not job.final]
    return any(session.runner.drives(job) for job in ours)


def _send_again(session: Session, row: Row, account: Account) -> Job:
    call = caps.Unsent.of(row, session.settings())
    caps.hold_one(call)
    budget = caps.hold(session.home, account, call, session.jobs(), clock=session.clock)
    if row.owner != session.journal.owner and not session.journal.claim(row):
        raise InvalidRequest(f"job {row.id} is in another kernel now, which sends it")
    job, folder = revive(row, session.journal)
    job.cost = call.cost
    job.id, job.replaces = session.new_id(), row.id
    session.take_in(job)
    session.runner.start(job, account, folder=folder, budget=budget)
    return job
