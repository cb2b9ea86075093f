"""The ledger: what was spent by list price, read from the journal; nothing is written here.

`costs` shows it, `session` asks `hold` before it sends. A task counts for the day on which it was sent, in local time.
A failed or canceled task costs nothing. What is on its way is estimated, and so is what nobody knows the end of.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from filelock import FileLock, Timeout

from .. import specs
from ..config import Settings
from ..errors import BudgetExceeded, InvalidRequest
from .account import Account
from .database import Database
from .job import Job
from .journal import OPEN, Row

Kind = Literal["billed", "open", "maybe", "free"]
"""Billed for certain, on its way, perhaps billed (nobody knows how it ended), or costing nothing."""

_COLUMNS = (
    "id, account, base_url, emulator, region, model, notebook, owner, state, COALESCE(submitted, created) AS sent,"
    " submitted, images, cost, CASE WHEN cost IS NULL THEN request END AS request"
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One task of the journal; `cost` is CNY by list price or its estimate, None when no page gives the price."""

    id: str
    account: str
    base_url: str
    emulator: bool
    model: str
    notebook: str
    kind: Kind
    mine: bool
    """True when this process drives it or drove it."""
    sent: float
    """Seconds since 1970, inf for what waits to be sent."""
    images: int
    cost: float | None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What some entries come to: counts of tasks and pictures, and CNY by list price.

    `cny` is what was billed for certain; `unknown` counts the tasks, whatever their kind, that no price is known of.
    """

    tasks: int = 0
    images: int = 0
    cny: float = 0.0
    unknown: int = 0
    open: int = 0
    open_cny: float = 0.0
    maybe: int = 0
    maybe_cny: float = 0.0
    free: int = 0

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Sum:
        """Add up entries of one account."""
        found = list(entries)
        kinds = {kind: [each for each in found if each.kind == kind] for kind in ("billed", "open", "maybe", "free")}

        def cny(kind: str) -> float:
            return round(sum(each.cost or 0.0 for each in kinds[kind]), 6)

        return cls(
            tasks=len(kinds["billed"]),
            images=sum(each.images for each in kinds["billed"]),
            cny=cny("billed"),
            unknown=sum(1 for each in found if each.cost is None and each.kind != "free"),
            open=len(kinds["open"]),
            open_cny=cny("open"),
            maybe=len(kinds["maybe"]),
            maybe_cny=cny("maybe"),
            free=len(kinds["free"]),
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
        label = f"{row.model} {row.function}" if row.function else row.model
        return cls(cost=cost, images=images, label=label, settings=settings)


def read(home: Path, *, account: str | None = None, unsettled: bool = False) -> list[Entry]:
    """Return every task (of one account, only those whose bill is still open), the oldest first.

    A journal that is not there yet holds nothing, and none is made.
    """
    path = home / "journal.sqlite"
    if not path.exists():
        return []
    with Database(path).reading() as db:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM jobs WHERE (? IS NULL OR account = ?)"  # noqa: S608  # the columns are ours
            " AND NOT (? AND (cost IS NOT NULL OR state IN ('done', 'failed', 'canceled'))) ORDER BY created",
            (account, account, unsettled),
        ).fetchall()
    asked = {row["owner"] for row in rows if row["state"] in OPEN or row["owner"].startswith(_ours())}
    living = {owner for owner in asked if _lives(home / "owners", owner)}
    return [_entry(row, alive=row["owner"] in living) for row in rows]


def day_start(now: float) -> float:
    """Return the last midnight, local time."""
    at = time.localtime(now)
    return time.mktime((at.tm_year, at.tm_mon, at.tm_mday, 0, 0, 0, 0, 0, -1))


def month_start(now: float) -> float:
    """Return the first midnight of this month, local time."""
    at = time.localtime(now)
    return time.mktime((at.tm_year, at.tm_mon, 1, 0, 0, 0, 0, 0, -1))


def hold(
    home: Path,
    account: Account,
    call: Priced,
    jobs: Sequence[Job],
    *,
    now: float,
    max_cost: float | None = None,
) -> None:
    """Hold a call against `max_cost_day` and `max_cost_month` of its settings, before it is sent.

    Spent, on its way (`jobs` of this process that have no row yet included), perhaps billed and this call together
    must not pass them. `max_cost` inf sends what has no known price.

    Raises
    ------
    BudgetExceeded
        With these numbers; nothing was sent.
    """
    caps = {"max_cost_day": call.settings.max_cost_day, "max_cost_month": call.settings.max_cost_month}
    set_caps = {name: cap for name, cap in caps.items() if cap is not None}
    if not set_caps:
        return
    what = "1 picture" if call.images == 1 else f"{call.images} pictures"
    if call.cost is None:
        if max_cost == float("inf"):
            return
        named = " and ".join(f"{name} {cap:g}" for name, cap in set_caps.items())
        raise BudgetExceeded(
            f"the price of {what} of {call.label} is unknown, so {named} cannot be held; nothing was sent",
            hint="max_cost=inf (--max-cost inf) sends it all the same.",
        )
    starts = {"max_cost_day": day_start(now), "max_cost_month": month_start(now)}
    driven = {job.id: job for job in jobs if not job.final and job.emulator == account.emulator}
    known = read(home, account=account.id, unsettled=True)
    # Unsent intents that this process took over from an earlier kernel are not on their way.
    known = [each for each in known if not (each.mine and _waiting(each) and _job_id(each.id) not in driven)]
    billed = Billed.of(home, account.id, since=min((job.created for job in driven.values()), default=now))
    rowless = driven.keys() - billed.jobs - {_job_id(each.id) for each in known}
    ahead = sum(driven[name].cost or 0.0 for name in rowless)
    for name, cap in set_caps.items():
        found = Sum.of(each for each in known if each.sent >= starts[name])
        spent, on_its_way = billed.since(starts[name]), found.open_cny + ahead
        if spent + on_its_way + found.maybe_cny + call.cost > cap + 1e-9:
            parts = [f"spent {spent:.2f}", f"on its way {on_its_way:.2f}"]
            parts += [f"perhaps billed {found.maybe_cny:.2f}"] if found.maybe else []
            raise BudgetExceeded(
                f"{what} of {call.label} for CNY {call.cost:.2f} would pass {name} {cap:g} by list price: "
                f"{', '.join(parts)}; nothing was sent"
            )


@dataclass(frozen=True, kw_only=True)
class Billed:
    """What was billed for certain, added up by the database: a sweep asks this before each of its cells."""

    path: Path
    account: str
    jobs: frozenset[str]
    """Jobs of late that are billed, although this process may not have heard of their end yet."""

    @classmethod
    def of(cls, home: Path, account: str, *, since: float) -> Billed:
        """Read the journal, if there is one; `since` is where late begins."""
        path = home / "journal.sqlite"
        found = cls(path=path, account=account, jobs=frozenset())
        rows = found._ask("SELECT id FROM jobs WHERE {billed} AND created >= ?", since)
        return cls(path=path, account=account, jobs=frozenset(_job_id(row[0]) for row in rows))

    def since(self, start: float) -> float:
        """Return CNY of what was sent since then."""
        rows = self._ask("SELECT SUM(cost) FROM jobs WHERE {billed} AND COALESCE(submitted, created) >= ?", start)
        return float(rows[0][0] or 0.0) if rows else 0.0

    def _ask(self, query: str, start: float) -> list[Any]:
        if not self.path.exists():
            return []
        billed = "account = ? AND (state = 'done' OR cost IS NOT NULL) AND state NOT IN ('failed', 'canceled')"
        with Database(self.path).reading() as db:
            return db.execute(query.format(billed=billed), (self.account, start)).fetchall()


def estimate(model: str, region: str, request: dict[str, Any]) -> tuple[int, float | None]:
    """Return how many pictures a request of the journal may return, and CNY for them by list price."""
    values, pictures = request.get("values", {}), len(request.get("images", ()))
    try:
        row = specs.get(model)
    except InvalidRequest:  # a row that a user had registered in another kernel
        return specs.whole(values, "n", 1), None
    billed = row.billed(values, pictures)
    default = next((each.default for each in row.parameters if each.name == billed), None)
    images = specs.whole(values, billed, default if isinstance(default, int) else 1)
    price = row.price(region)
    return images, None if price is None else round(price.cny * images, 6)


def _entry(row: Any, *, alive: bool) -> Entry:
    kind = _kind(row["state"], row["cost"], alive)
    images, cost = row["images"], row["cost"]
    if kind in ("open", "maybe") and row["request"]:
        images, cost = estimate(row["model"], row["region"], json.loads(row["request"]))
    return Entry(
        id=row["id"],
        account=row["account"],
        base_url=row["base_url"],
        emulator=bool(row["emulator"]),
        model=row["model"],
        notebook=row["notebook"],
        kind=kind,
        mine=alive and row["owner"].startswith(_ours()),
        sent=float("inf") if kind == "open" and row["submitted"] is None else row["sent"],
        images=images,
        cost=cost,
    )


def _kind(state: str, cost: float | None, alive: bool) -> Kind:
    """Tell what a row means for the bill; an intent of a kernel that is gone was never sent."""
    if state in ("failed", "canceled") or (state == "intent" and not alive):
        return "free"
    if state == "done" or cost is not None:
        return "billed"
    return "open" if alive and state in ("intent", "submitting", "accepted") else "maybe"


def _waiting(entry: Entry) -> bool:
    """Tell whether an open task was not sent yet."""
    return entry.kind == "open" and entry.sent == float("inf")


def _ours() -> str:
    """Return what the owners of this process begin with; one of a dead process with our number holds no lock."""
    return f"{os.getpid()}-"


def _job_id(row_id: str) -> str:
    """Return the Job of a row: a further try has the Job's id and a number."""
    return row_id.partition(".")[0]


def _lives(owners: Path, owner: str) -> bool:
    """Tell whether the kernel of that name runs: it holds the lock of its name as long as it does."""
    path = owners / f"{owner}.lock"
    if not path.exists():
        return False
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
