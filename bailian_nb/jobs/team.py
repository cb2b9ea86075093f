"""A Job among machines that share an account: its claim and its money before the create call, and both after its end.

Called by `submit` before a call goes out, and by the runner at the end of each row. Without BAILIAN_NB_LIMITS nothing
here does anything: then the journal of this machine is the only one.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from ..accounts.account import Account
from ..accounts.stores import LeaseLost
from ..accounts.team.claims import Claim
from ..accounts.team.money import Refused
from ..accounts.team.server import Away, Cold
from ..accounts.team.store import TeamStore
from ..errors import BudgetExceeded, DownloadError, SubmitUncertain
from ..money.ledger import billed, job_of, on_their_way
from ..specs import whole
from ..store.journal import Journal
from ..store.row import SavedPicture
from ..system.language import pictures_in_words, sentence
from .journal_writes import try_write, write_or_defer
from .result import Result
from .run import Run
from .services import Services
from .status import Status, WaitReason

AGAIN = 0.5
"""Seconds between two questions while the server is away, or gathers what it had forgotten."""
LOOK = 2.0
"""Seconds between two looks at what another machine makes of the same request."""
_STATES: dict[str, Status] = {"claimed": "QUEUED", "sent": "PENDING", "parked": "PENDING"}


class MadeElsewhere(Exception):
    """Another machine makes the same request: nothing was sent."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.row)
        self.claim = claim


async def admit(run: Run, services: Services) -> None:
    """Claim the request and put its money aside, over all machines; wait where the server cannot be used.

    Raises
    ------
    MadeElsewhere
        When another machine makes the same request, or has since the Job was made.
    BudgetExceeded
        When the call would pass a cap of the caller or of the team; nothing was sent.
    """
    team = run.account.team
    if team is None:
        return
    job = run.job
    while True:
        try:
            if (key := _key(run)) is not None:
                age = max(services.clock.now() - job.created, 0.0)
                other = await asyncio.to_thread(team.claims.take, key, run.row_id, age)
                if other is not None:
                    raise MadeElsewhere(other)
            found = await asyncio.to_thread(team.money.reserve, run.row_id, job.cost, run.caps)
        except Cold:
            job.change(why=WaitReason(key="limits_cold"))
        except Away as error:
            if _goes_alone(run, team):
                return
            job.change(why=WaitReason(key="limits_away", values={"reason": str(error)}))
        else:
            if isinstance(found, Refused):
                await _give_up(team, run)
                raise _passes(run, found)
            if found:
                return
            job.change(why=WaitReason(key="limits_cold"))
        await services.clock.sleep(AGAIN)


def confirm(run: Run, journal: Journal) -> None:
    """Make sure on a worker thread, in the last moment before a create call, that place, request and row are ours.

    Raises
    ------
    LeaseLost
        When another machine has the place or the request, or that cannot be known; when the day of its money is over.
    RowLost
        When another kernel has the row.
    """
    run.account.limiter.confirm(run.request.model)
    team, key = run.account.team, _key(run)
    if team is not None:
        if not team.money.is_of_today(run.row_id):
            raise LeaseLost(sentence("a new day has begun, with a cap of its own"))
        try:
            paid = team.money.sends(run.row_id)
            ours = paid and (key is None or team.claims.mark(key, run.row_id, "sent"))
        except Away as error:
            if not _goes_alone(run, team):
                raise LeaseLost(str(error)) from None
            paid = ours = True
        if not paid:
            raise LeaseLost(sentence("this process stood still, and the money put aside for its call is free again"))
        if not ours:
            raise LeaseLost(sentence("another machine makes the same request"))
    journal.confirm(run.row_id)


def sent(run: Run, task_id: str) -> None:
    """Note the task, so that whoever follows can see it to its end if this machine is gone."""
    team, key = run.account.team, _key(run)
    if team is not None and key is not None:
        state = "parked" if run.job.parks else "sent"
        team.member.later(partial(team.claims.mark, key, run.row_id, state, task=task_id))


async def settle(account: Account, journal: Journal, last: str) -> None:
    """Say how the rows of a Job up to its last one have ended: what they cost, and where the pictures lie."""
    if account.team is None:
        return
    first = job_of(last)
    rows = [first, *(f"{first}.{number}" for number in range(1, 1 + int(last.removeprefix(first)[1:] or 0)))]
    with contextlib.suppress(sqlite3.Error, OSError, KeyError):  # told with the next end, or the next process
        try:
            await asyncio.to_thread(_settle, account.team, account, journal, rows)
        except Away:
            account.team.member.tell_again()


def attach(account: Account, journal: Journal) -> None:
    """Tell the team what this machine has spent, now and whenever the server came back empty."""
    if (team := account.team) is None or team.attached:
        return
    team.attached = True

    def tell() -> None:
        with contextlib.suppress(sqlite3.Error, OSError):
            open_rows = on_their_way(journal.path, journal.home, account.ids)
            _tell(team, account, journal, closed=(), open_rows=open_rows)

    team.member.tell(tell)


async def follow_elsewhere(
    run: Run, first: Claim, services: Services, resume: Callable[[Run], Awaitable[None]]
) -> bool:
    """Show what another machine makes of the request until that has ended; False where the Job must be sent after all.

    Where that machine is gone and its task is known, the Job has that task, and `resume` sees it to its end.

    Raises
    ------
    DownloadError
        When its pictures are made and cannot be reached from here; it says where they are.
    SubmitUncertain
        When that machine is gone, and nobody knows whether its call made a task.
    """
    job, team, claim = run.job, run.account.team, first
    assert team is not None
    key = _key(run)
    assert key is not None
    while claim.state != "done":
        why = WaitReason(key="followed_elsewhere", values={"owner": claim.owner, "host": claim.host})
        job.change(status=_STATES[claim.state], task_id=claim.task, why=why)
        if claim.gone and claim.state == "sent" and not claim.task:
            await _close(run, services)
            raise SubmitUncertain(
                sentence(
                    "{owner} on {host} has sent the same request and is gone: whether it made a task is not known",
                    owner=claim.owner,
                    host=claim.host,
                ),
                hint=sentence("%wan resume there looks for it; --no-cache sends it from here, and may pay twice."),
            )
        if claim.gone and claim.task and await _adopted(run, team, key, claim.task, services):
            await resume(run)
            return True
        await services.clock.sleep(LOOK)
        age = max(services.clock.now() - job.created, 0.0)
        try:
            found = await asyncio.to_thread(team.claims.take, key, run.row_id, age)
        except Away as error:
            job.change(why=WaitReason(key="limits_away", values={"reason": str(error)}))
            continue
        if found is None:  # it came to nothing, and is ours now
            job.change(status="QUEUED", task_id="", why=None)
            return False
        claim = found
    await _close(run, services)
    saved = [SavedPicture(Path(path), Path(raw), digest) for path, raw, digest in claim.pictures]
    pictures = await asyncio.to_thread(services.save.found, saved)
    if pictures is None:
        where = ", ".join(f"{claim.host}:{each.path}" for each in saved) or claim.host
        raise DownloadError(
            sentence("{owner} has made these pictures on another machine: {where}", owner=claim.owner, where=where),
            hint=sentence(
                "Let BAILIAN_NB_OUT name a place that both reach, or copy them; --no-cache draws and bills them again."
            ),
        )
    job.succeed(Result(pictures, cost=0.0, cached=True), at=services.clock.now())
    return True


def _goes_alone(run: Run, team: TeamStore) -> bool:
    """Tell whether a call may go out by this process's share while the server is away.

    What a cap holds does not, nor a request that another machine may be making: that could be paid twice.
    """
    request = run.request
    drawn = request.seed is not None and not request.seed_given  # no other machine has drawn the same one
    return team.member.share > 0 and (run.job.fresh or drawn) and not run.caps and team.money.is_uncapped


def _key(run: Run) -> str | None:
    return None if run.job.fresh else run.request.identity


async def _adopted(run: Run, team: TeamStore, key: str, task: str, services: Services) -> bool:
    """Make the task of a machine that is gone this Job's; False where it is not to be had."""
    try:
        if not await asyncio.to_thread(team.claims.adopt, key, run.row_id, task):
            return False
    except Away:
        return False
    at = services.clock.now()
    await asyncio.to_thread(services.journal.submitting, run.row_id, at)
    run.job.change(status="PENDING", task_id=task, submitted=at, why=None)
    note = partial(services.journal.accepted, run.row_id, task_id=task, request_id="", at=at)
    await write_or_defer(run.job, note)
    run.job.notes.append(sentence("a machine that is gone had sent it; its task is seen to the end here"))
    return True


async def _give_up(team: TeamStore, run: Run) -> None:
    if (key := _key(run)) is not None:
        with contextlib.suppress(Away):
            await asyncio.to_thread(team.claims.mark, key, run.row_id, "")


async def _close(run: Run, services: Services) -> None:
    """Close the row of a call that is not sent from here."""
    said = sentence("another machine made the same request")
    job, at = run.job, services.clock.now()
    await try_write(job, services.journal.end, run.row_id, "canceled", at=at, error=said, default=None)
    job.closed = True


def _settle(team: TeamStore, account: Account, journal: Journal, rows: Sequence[str]) -> None:
    closed = []
    for row_id in rows:
        row = journal.row(row_id)
        if row is None or row.finished is None:
            team.money.let_go(row_id)
            continue
        closed.append(row_id)
        if row.request_key is not None and not row.fresh:
            saved = journal.pictures(row_id) if row.state == "done" else {}
            pictures = [(str(each.path), str(each.raw_path), each.sha256) for _, each in sorted(saved.items())]
            team.claims.mark(row.request_key, row_id, "done" if pictures else "", pictures=pictures)
    if closed:
        _tell(team, account, journal, closed=closed, open_rows=None)


def _tell(
    team: TeamStore,
    account: Account,
    journal: Journal,
    *,
    closed: Sequence[str],
    open_rows: dict[str, tuple[float, float, bool]] | None,
) -> None:
    period = team.money.period()
    sums = [billed(journal.path, account.ids, since) for since in (period.day_start, period.month_start)]
    team.money.tell(period, *sums, closed=closed, open=open_rows)


def _passes(run: Run, found: Refused) -> BudgetExceeded:
    cost = run.job.cost
    if cost is None:
        return BudgetExceeded(
            sentence(
                "the price of {what} is unknown, so {name} {cap:g} of the team cannot be held; nothing was sent",
                what=run.job.label,
                name=found.name,
                cap=found.cap,
            )
        )
    return BudgetExceeded(
        sentence(
            "{pictures} for CNY {cost:.2f} would pass {name} {cap:g} of all machines by list price: "
            "spent {spent:.2f}, on its way {way:.2f}; nothing was sent",
            pictures=pictures_in_words(whole(run.request.values, "n", 1)),
            cost=cost,
            name=found.name,
            cap=found.cap,
            spent=found.spent,
            way=found.way,
        )
    )
