"""A night in the service's own queue: rows are submitted ahead and left there, and fetched or canceled later.

Every task id is written down before `park` returns, so any process may collect: this one, the next one, a command line.
`Batch` calls these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..accounts.account import Account
from ..errors import InvalidRequest, TaskCanceled
from ..jobs.job import Job
from ..money.budget import Budget
from ..planning.plan import Plan
from ..session import cache
from ..session.session import Session
from ..specs import Model, service
from ..store import bulk
from ..system.language import sentence
from .slots import Slots

SHARE = 0.5
"""Part of the service's queue that a batch fills; the rest is for colleagues of the same account."""
MARGIN = 3600.0
"""Seconds before the service forgets the first task: by then all should be fetched."""


@dataclass(frozen=True, kw_only=True)
class Parked:
    """What `park` left in the service's queue: how many rows, how many it had no room for, when to collect at last."""

    rows: int
    left: int
    collect_by: float | None
    """Seconds since 1970, None where nothing waits."""

    @property
    def until(self) -> datetime | None:
        """Return the latest moment to collect, in local time."""
        return None if self.collect_by is None else datetime.fromtimestamp(self.collect_by).astimezone()

    @property
    def said(self) -> str:
        """Return it as a sentence."""
        if self.until is None:
            return sentence("nothing is parked")
        line = sentence(
            "{rows} rows are parked at the service; collect them by {until:%Y-%m-%d %H:%M} at the latest",
            rows=self.rows,
            until=self.until,
        )
        more = sentence("; {left} rows found no room: park them when these are collected", left=self.left)
        return line + (more if self.left else "")

    def __repr__(self) -> str:
        return f"<Parked: {self.said}>"


def room(model: Model, share: float, parked: int) -> int:
    """Return how many more tasks may be submitted ahead.

    Raises
    ------
    InvalidRequest
        Where no page says that the model's tasks may wait, or `share` is no part.
    """
    if not isinstance(share, int | float) or not 0 < share <= 1:
        raise InvalidRequest(
            sentence("share is a part of the service's queue, above 0 and at most 1; got {share}", share=share)
        )
    if not model.queue:
        raise InvalidRequest(
            sentence(
                "no page says that tasks of {name} may wait in the service's queue; run() keeps them in ours",
                name=model.name,
            )
        )
    return max(0, int(model.queue * share) - parked)


def take_up(session: Session, plan: Plan) -> Job | None:
    """Return the Job that fetches what the same request has left; nothing is sent. None where it left nothing."""
    account = account_of(session, plan)
    with session.exclusively(), cache.faults_worded():
        return session.known(plan) or cache.unsettled(session, plan, account)


def collected(session: Session, plan: Plan) -> Job | None:
    """Return the Job that fetches a row, as `take_up`; one that follows where another kernel fetches it already."""
    account, asked = account_of(session, plan), session.clock.now()
    with session.exclusively(), cache.faults_worded():
        if (found := take_up(session, plan)) is not None:
            return found
        if not cache.followed(session, plan, account):
            return session.known(plan)  # it may have ended between the two looks
        job = Job(
            id=session.new_id(),
            request=plan.request,
            label=plan.label,
            emulator=account.emulator,
            created=asked,
            cost=0.0,
        )
        job.owner, job.names = plan.owner, plan.names
        session.register(job, plan.settings)
        nothing = _Nothing(home=session.home, accounts=account.ids, call=plan, caps={}, clock=session.clock)
        session.runner.start(job, account, folder=plan.folder, budget=nothing)
    return job


class _Nothing(Budget):
    """The budget of who collects: where the other kernel's task came to nothing, none is sent in its place."""

    def check(self, *_: object, **__: object) -> None:
        raise TaskCanceled(sentence("its task was canceled by who had taken it up; run() sends it after all"))


def account_of(session: Session, plan: Plan) -> Account:
    """Return the account that a plan is sent by now."""
    return session.account(session.target(plan.settings), plan.settings)


def waiting(session: Session, slots: Slots, base_url: str, *, collects: bool = False) -> dict[int, bulk.Open]:
    """Return the rows whose task is at the service and driven by nobody here, by number.

    With `collects` also those that this process drives, and those whose task is still to be looked for.
    """
    keys = [key for key in slots.keys if key is not None]
    found = bulk.unfinished(session.home, keys, base_url=base_url)
    driven = set() if collects else {job.id for job in session.jobs() if not job.final}
    states = ("accepted", "uncertain", "submitting") if collects else ("accepted",)
    return {
        number: found[key]
        for number, key in enumerate(slots.keys, start=1)
        if key is not None
        and key in found
        and found[key].state in states
        and found[key].job not in driven
        and slots.state(number) != "SUCCEEDED"
    }


def collect_by(session: Session, rows: dict[int, bulk.Open]) -> float | None:
    """Return when the first of these tasks must be fetched at the latest."""
    sent = [row.submitted for row in rows.values() if row.submitted is not None]
    return min(sent) + service.KEPT_SECONDS - MARGIN if sent else None
