"""Caps of one call, a day and a month: a call is held before it becomes a Job, and once more where its row is written.

`session` asks first, so that whoever passes a cap hears it at once. Calls that several kernels send in the same
instant do not see each other then; the journal asks again while nobody else can write, so no number of kernels passes
a cap together.
"""

from __future__ import annotations

import contextlib
import math
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from .. import specs
from ..accounts.account import Account
from ..config import Settings
from ..config.values import money
from ..errors import BudgetExceeded
from ..store.kernels import is_alive, this_process
from ..store.row import Row
from ..store.schema import Database, journal_path
from ..system.clock import Clock
from ..system.language import pictures_in_words, sentence
from ..texts.catalogue import say
from .ledger import (
    BILLED,
    SPENT,
    UNSETTLED,
    Kind,
    counts_for,
    day_start,
    estimate,
    expected_cost,
    job_of,
    kind_of,
    month_start,
)


class Priced(Protocol):
    """A call that is to be sent, as a Plan describes it."""

    @property
    def cost(self) -> float | None: ...
    @property
    def images(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def settings(self) -> Settings: ...


class Begun(Protocol):
    """A call that was begun in this process, as a Job shows it."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> float: ...
    @property
    def cost(self) -> float | None: ...
    @property
    def emulator(self) -> bool: ...
    @property
    def final(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Unsent:
    """A row of the journal that is to be sent after all, priced."""

    cost: float | None
    images: int
    label: str
    settings: Settings

    @classmethod
    def of(cls, row: Row, settings: Settings) -> Unsent:
        """Price a row; `settings` are those that hold now."""
        images, cost = estimate(row.model, row.region, row.request)
        return cls(cost=cost, images=images, label=specs.label(row.model, row.function), settings=settings)


class _Open(NamedTuple):
    """A task whose bill is open; `sent` as in the ledger."""

    kind: Kind
    sent: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The caps that one call is held against, in CNY by the name of the setting; none where there are none."""

    home: Path
    accounts: frozenset[str]
    call: Priced
    caps: Mapping[str, float]
    clock: Clock

    def check(self, db: sqlite3.Connection, *, kernel: str, driven: Collection[str], again: bool = False) -> None:
        """Check the call where its row is written: every call before it has its row, whichever kernel made it.

        `db` is in the transaction that is to write the row, `driven` names the Jobs that `kernel` drives, and
        `again` tells that an earlier try has failed.

        Raises
        ------
        BudgetExceeded
            The row must not be written.
        """
        if self.caps:
            found = self._open(_unsettled(db), ours=kernel, driven=driven)
            self._compare(
                db, list(found), 0.0, sentence("it was not tried again") if again else sentence("nothing was sent")
            )

    def _first(self, jobs: Mapping[str, Begun]) -> None:
        """Check the call before it has a Job; those of `jobs` that have no row yet are on their way, too."""
        with _reading(journal_path(self.home)) as db:
            rows = _unsettled(db)
            found = self._open(rows, ours=this_process(), driven=jobs)
            rowless = jobs.keys() - {row["id"] for row in rows} - {job_of(row["id"]) for row in rows}
            rowless -= self._billed_since(db, min((jobs[name].created for name in rowless), default=math.inf))
            ahead = sum(jobs[name].cost or 0.0 for name in rowless)
            self._compare(db, list(found), ahead, sentence("nothing was sent"))

    def _open(self, rows: Sequence[sqlite3.Row], *, ours: str, driven: Collection[str]) -> Iterator[_Open]:
        """Pick what counts of this account's rows: intents that `ours` only took over to list are not on their way."""
        living: dict[str, bool] = {}
        for row in rows:
            owner, state = row["owner"], row["state"]
            if row["account"] not in self.accounts:
                continue
            if state == "intent" and owner.startswith(ours) and job_of(row["id"]) not in driven:
                continue
            if owner not in living:
                living[owner] = is_alive(self.home, owner)
            kind = kind_of(state, None, living[owner])
            if kind == "free":
                continue
            yield _Open(kind, counts_for(row, kind), expected_cost(row))

    def _compare(self, db: sqlite3.Connection | None, found: Sequence[_Open], ahead: float, ending: str) -> None:
        now, call = self.clock.now(), self.call
        starts = {"max_cost_day": day_start(now), "max_cost_month": month_start(now)}
        for name, cap in self.caps.items():
            spent = self._spent(db, starts[name])
            way = ahead + sum(each.cost for each in found if each.kind == "open" and each.sent >= starts[name])
            maybe = [each.cost for each in found if each.kind == "maybe" and each.sent >= starts[name]]
            if round(spent + way + sum(maybe) + (call.cost or 0.0), 6) > cap + 1e-9:
                parts = [f"spent {spent:.2f}", sentence("on its way {way:.2f}", way=way)]
                parts += [sentence("perhaps billed {sum:.2f}", sum=sum(maybe))] if maybe else []
                raise BudgetExceeded(
                    sentence(
                        "{pictures} for CNY {cost:.2f} would pass {name} {cap:g} by list price: {names}; {ending}",
                        pictures=_pictures(call),
                        cost=call.cost,
                        name=name,
                        cap=cap,
                        names=", ".join(parts),
                        ending=ending,
                    )
                )

    def _spent(self, db: sqlite3.Connection | None, start: float) -> float:
        """Return CNY of what was sent since then and is billed for certain, added up by the database."""
        if db is None:
            return 0.0
        given = [{"account": account, "since": start} for account in self.accounts]
        return sum(float(db.execute(SPENT, each).fetchone()[0]) for each in given)

    def _billed_since(self, db: sqlite3.Connection | None, start: float) -> set[str]:
        """Return Jobs that are billed, although this process may not have heard of their end yet."""
        if db is None or start == math.inf:
            return set()
        query = f"SELECT id FROM every_job WHERE {BILLED}"  # noqa: S608  # the words are ours
        given = [{"account": account, "since": start} for account in self.accounts]
        return {job_of(row["id"]) for each in given for row in db.execute(query, each)}


def check_one(call: Priced, max_cost: float | str | None = None) -> None:
    """Check one call against `max_cost` in CNY (inf: no limit), or against the setting of that name.

    Raises
    ------
    BudgetExceeded
        When it passes that, or when no page gives a price that could be held against it.
    """
    if max_cost in (math.inf, "inf"):
        return
    cap = call.settings.max_cost if max_cost is None else money("max_cost", max_cost)
    if cap is None:
        return
    what = pictures_in_words(call.images)
    if call.cost is None:
        raise BudgetExceeded(
            sentence(
                "the price of {what} of {label} is unknown, max_cost is {cap:g}; nothing was sent",
                what=what,
                label=call.label,
                cap=cap,
            ),
            hint=sentence(
                "A cap cannot be held then; the call itself with max_cost=inf (--max-cost inf) sends it all the same."
            ),
        )
    if call.cost > cap:
        raise BudgetExceeded(
            sentence(
                "{what} would cost CNY {cost:.2f} by list price, max_cost is {cap:g}; nothing was sent",
                what=what,
                cost=call.cost,
                cap=cap,
            )
        )


def check_budget(
    home: Path,
    account: Account,
    call: Priced,
    jobs: Sequence[Begun],
    *,
    clock: Clock,
    max_cost: float | str | None = None,
    now: bool = True,
) -> Budget:
    """Check a call against `max_cost_day` and `max_cost_month` of its settings, before it is sent.

    Spent, on its way (`jobs` of this process that have no row yet included), perhaps billed and this call together
    must not pass them. `max_cost` inf sends what has no known price. The Budget that is returned is asked again where
    the call's row is written; `now` False leaves it to that.

    Raises
    ------
    BudgetExceeded
        With these numbers; nothing was sent.
    """
    caps = {"max_cost_day": call.settings.max_cost_day, "max_cost_month": call.settings.max_cost_month}
    held = {name: cap for name, cap in caps.items() if cap is not None}
    if held and call.cost is None:
        if max_cost not in (math.inf, "inf"):
            named = sentence(" and ").join(f"{name} {cap:g}" for name, cap in held.items())
            raise BudgetExceeded(
                sentence(
                    "the price of {pictures} is unknown, so {named} cannot be held; nothing was sent",
                    pictures=_pictures(call),
                    named=named,
                ),
                hint=sentence("The call itself with max_cost=inf (--max-cost inf) sends it all the same."),
            )
        held = {}
    budget = Budget(home=home, accounts=account.ids, call=call, caps=held, clock=clock)
    if held and now:
        budget._first({job.id: job for job in jobs if not job.final and job.emulator == account.emulator})
    return budget


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open one view of the journal, None where there is no journal yet; none is made."""
    if not path.exists():
        yield None
        return
    with Database(path).reading() as db:
        yield db


def _unsettled(db: sqlite3.Connection | None) -> list[sqlite3.Row]:
    """Return the rows of every account whose bill is open."""
    return [] if db is None else db.execute(UNSETTLED).fetchall()


def _pictures(call: Priced) -> str:
    return (
        sentence("1 picture of {label}", label=call.label)
        if call.images == 1
        else sentence("{images} pictures of {label}", images=call.images, label=call.label)
    )


def above_limit(cost: float | None, dated: str, limit: float, lang: str) -> str:
    """Say an estimate in CNY (None: no page gives a price) that is above `limit`, and how it is sent all the same."""
    if cost is None:
        return say("confirm_unknown", lang, limit=f"{limit:.2f}")
    return say("confirm", lang, cost=f"{cost:.2f}", dated=dated, limit=f"{limit:.2f}")
