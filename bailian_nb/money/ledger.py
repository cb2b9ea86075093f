"""The ledger: what was spent by list price, read from the journal; no row is written here.

`report` shows it, `budget` counts by its rules. A task counts for the day on which it was sent, in local time.
A failed or canceled task costs nothing. What is on its way is estimated, and so is what nobody knows the end of.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import specs
from ..errors import InvalidRequest
from ..store.kernels import is_alive, this_process
from ..store.schema import OPEN, Database, journal_path

Kind = Literal["billed", "open", "maybe", "free"]
"""Billed for certain, on its way, perhaps billed (nobody knows how it ended), or costing nothing."""

BILLED = "account = :account AND cost IS NOT NULL AND state NOT IN ('failed', 'canceled') AND submitted >= :since"
"""What of an account is billed for certain since a time."""
SPENT = (
    f"SELECT (SELECT TOTAL(cost) FROM jobs WHERE {BILLED})"  # noqa: S608  # the words are ours
    f" + (SELECT TOTAL(cost) FROM put_away WHERE {BILLED})"
)
"""CNY of it; each sum from an index alone."""
_BILL_IS_OPEN = "state IN ('intent', 'submitting', 'uncertain', 'accepted', 'expired') AND cost IS NULL"
UNSETTLED = (
    "SELECT id, account, owner, state, COALESCE(submitted, created) AS sent, estimate, model, region,"  # noqa: S608
    f" CASE WHEN estimate IS NULL THEN request END AS request FROM jobs WHERE {_BILL_IS_OPEN}"
)
"""Every account's rows whose bill is open; a request only where `expected_cost` needs it."""
_OPEN = (
    "SELECT id, account, base_url, emulator, region, model, notebook, owner, state,"  # noqa: S608
    " COALESCE(submitted, created) AS sent, images, cost, estimate, request, created, 1 AS tasks FROM jobs"
    f" WHERE {_BILL_IS_OPEN}"
)
_ENDED = (
    "SELECT MIN(id) AS id, account, base_url, emulator, region, model, notebook,"
    " CASE WHEN owner GLOB ? THEN owner ELSE '' END AS owner,"
    " CASE WHEN state IN ('failed', 'canceled') THEN state ELSE 'done' END AS state,"
    " MIN(COALESCE(submitted, created)) AS sent, SUM(images) AS images, SUM(cost) AS cost, NULL AS estimate,"
    " NULL AS request, MIN(created) AS created, COUNT(*) AS tasks FROM every_job"
    " WHERE state IN ('done', 'failed', 'canceled') OR cost IS NOT NULL GROUP BY account, base_url, emulator, model,"
    " notebook, 8, 9, cost IS NULL, date(COALESCE(submitted, created), 'unixepoch', 'localtime')"
)
"""Tasks whose bill is closed, added up by the database for each day of local time."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One task, or all of one kind and day; `cost` is CNY by list price or an estimate, None if unknown."""

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
    """Seconds since 1970, inf for what may still go out, today or later."""
    images: int
    cost: float | None
    tasks: int = 1


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

        def tasks(kind: str) -> int:
            return sum(each.tasks for each in kinds[kind])

        return cls(
            tasks=tasks("billed"),
            images=sum(each.images for each in kinds["billed"]),
            cny=cny("billed"),
            unknown=sum(each.tasks for each in found if each.cost is None and each.kind != "free"),
            open=tasks("open"),
            open_cny=cny("open"),
            maybe=tasks("maybe"),
            maybe_cny=cny("maybe"),
            free=tasks("free"),
        )


def read(home: Path, *, accounts: Collection[str] | None = None) -> list[Entry]:
    """Return every task (of these accounts), the oldest first.

    Those of one kind and day whose bill is closed are added up, and have the time of the first. A journal that is not
    there yet holds nothing, and none is made.
    """
    path = journal_path(home)
    if not path.exists():
        return []
    with Database(path).reading() as db:
        every = [*db.execute(_OPEN), *db.execute(_ENDED, (f"{this_process()}*",))]
    rows = [row for row in every if accounts is None or row["account"] in accounts]
    rows.sort(key=lambda row: float(row["created"]))
    asked = {row["owner"] for row in rows if row["state"] in OPEN or row["owner"].startswith(this_process())}
    living = {owner for owner in asked if is_alive(home, owner)}
    return [_entry(row, alive=row["owner"] in living) for row in rows]


def billed(path: Path, accounts: Collection[str], since: float) -> float:
    """Return CNY of these accounts' tasks that were sent since then and are billed for certain."""
    if not path.exists():
        return 0.0
    with Database(path).reading() as db:
        return sum(float(db.execute(SPENT, {"account": each, "since": since}).fetchone()[0]) for each in accounts)


def on_their_way(path: Path, home: Path, accounts: Collection[str]) -> dict[str, tuple[float, float, bool]]:
    """Return of each call whose bill is open, by its row, CNY, its time, and whether a task of it may exist.

    Intents of kernels that are gone are none.
    """
    if not path.exists():
        return {}
    with Database(path).reading() as db:
        rows = [row for row in db.execute(UNSETTLED) if row["account"] in accounts]
    living = {owner for owner in {row["owner"] for row in rows} if is_alive(home, owner)}
    return {
        row["id"]: (expected_cost(row), row["sent"], row["state"] != "intent")
        for row in rows
        if kind_of(row["state"], None, row["owner"] in living) != "free"
    }


def day_start(now: float) -> float:
    """Return the last midnight, local time."""
    at = time.localtime(now)
    return time.mktime((at.tm_year, at.tm_mon, at.tm_mday, 0, 0, 0, 0, 0, -1))


def month_start(now: float) -> float:
    """Return the first midnight of this month, local time."""
    at = time.localtime(now)
    return time.mktime((at.tm_year, at.tm_mon, 1, 0, 0, 0, 0, 0, -1))


def estimate(model: str, region: str, request: dict[str, Any]) -> specs.Estimate:
    """Return how many pictures a request of the journal may return, and CNY for them by list price."""
    values, pictures = request.get("values", {}), len(request.get("images", ()))
    try:
        row = specs.get(model)
    except InvalidRequest:  # a row that a user had registered in another kernel
        return specs.Estimate(images=specs.whole(values, "n", 1), cny=None)
    return row.estimate(region, values, pictures)


def expected_cost(row: sqlite3.Row) -> float:
    """Return CNY of an open row as its sender knew it, else as the table says, 0 where nobody knows it."""
    if row["estimate"] is not None:
        return float(row["estimate"])
    return estimate(row["model"], row["region"], json.loads(row["request"])).cny or 0.0


def _entry(row: sqlite3.Row, *, alive: bool) -> Entry:
    kind = kind_of(row["state"], row["cost"], alive)
    images, cost = row["images"], row["cost"]
    if kind in ("open", "maybe") and row["request"]:
        images, known = estimate(row["model"], row["region"], json.loads(row["request"]))
        cost = known if row["estimate"] is None else row["estimate"]
    return Entry(
        id=row["id"],
        account=row["account"],
        base_url=row["base_url"],
        emulator=bool(row["emulator"]),
        model=row["model"],
        notebook=row["notebook"],
        kind=kind,
        mine=alive and row["owner"].startswith(this_process()),
        sent=counts_for(row, kind),
        images=images,
        cost=cost,
        tasks=row["tasks"],
    )


def kind_of(state: str, cost: float | None, alive: bool) -> Kind:
    """Tell what a row means for the bill; an intent of a kernel that is gone was never sent."""
    if state in ("failed", "canceled") or (state == "intent" and not alive):
        return "free"
    if state == "done" or cost is not None:
        return "billed"
    return "open" if alive and state in ("intent", "submitting", "accepted") else "maybe"


def counts_for(row: sqlite3.Row, kind: Kind) -> float:
    """Return when a row was sent; inf as long as no task is made: a create call may be refused and go out tomorrow."""
    return float("inf") if kind == "open" and row["state"] != "accepted" else float(row["sent"])


def job_of(row_id: str) -> str:
    """Return the Job of a row: a further try has the Job's id and a number, also one that was taken up as a Job."""
    return row_id.rpartition(".")[0] or row_id
