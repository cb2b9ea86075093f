"""The statements that read and change rows of the journal: `journal` alone makes them, inside its transactions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Any

from ..system.language import sentence
from .row import Row, RowGone, RowLost, read_rows
from .schema import OPEN

PUT_AWAY_SECONDS = 90 * 86_400.0
"""How long after its end a row stays among the others; then it is put away, and found by its id or its request."""
AT_ONCE = 50
"""Rows that one note puts away at most: it must not take longer for a year's work."""
LATEST = 100
"""Past tasks by which the time of the next one is told."""


def update(db: sqlite3.Connection, job: str, columns: Mapping[str, object], where: str, *values: object) -> bool:
    """Set columns of one row where that holds, and return whether there was one."""
    names = ", ".join(f"{name} = ?" for name in columns)
    query = f"UPDATE jobs SET {names} WHERE id = ? AND {where}"  # noqa: S608  # the words are ours
    return db.execute(query, (*columns.values(), job, *values)).rowcount == 1


def lost(db: sqlite3.Connection, job: str) -> RowLost | RowGone:
    """Return why a row of ours could not be changed."""
    found = read_rows(db.execute("SELECT * FROM every_job WHERE id = ?", (job,)))
    return RowLost(found[0]) if found else RowGone(job)


def take_over(db: sqlite3.Connection, read: Mapping[str, Row], kernel: str) -> dict[str, dict[str, Any]]:
    """Give a kernel the rows that are still of the state and generation that was read; return their columns."""
    named = "id IN (SELECT value FROM json_each(?))"
    found = db.execute(f"SELECT id, state, generation FROM jobs WHERE {named}", (json.dumps(list(read)),))  # noqa: S608
    same = [job for job, *now in found if now == [read[job].state, read[job].generation]]
    taking = f"UPDATE jobs SET owner = ?, generation = generation + 1 WHERE {named}"  # noqa: S608
    db.execute(taking, (kernel, json.dumps(same)))
    return {job: {**read[job].columns, "owner": kernel, "generation": read[job].generation + 1} for job in same}


def take_back(db: sqlite3.Connection, job: str, order: object, kernel: str) -> int | None:
    """Make a row an intent of its former kernel again, whose create call of this order has made nothing for certain.

    Returns
    -------
    int or None
        Its generation; None where whoever has taken it over knows more by now than that its task is not found.
    """
    unsent: dict[str, object] = {"state": "intent", "submitted": None, "broke": None, "error": None, "owner": kernel}
    looks = "sent_order = ? AND task_id IS NULL AND answer IS NULL AND state IN ('submitting', 'uncertain')"
    if not update(db, job, unsent, looks, order):
        return None
    db.execute("UPDATE jobs SET generation = generation + 1 WHERE id = ?", (job,))
    return int(db.execute("SELECT generation FROM jobs WHERE id = ?", (job,)).fetchone()[0])


def make_known(db: sqlite3.Connection, job: str, columns: Mapping[str, object], where: str) -> None:
    """Write what a create call was answered into a row that another kernel has taken over, or the user has given up.

    It is open again then, beside the row that the same request may have got meanwhile: both were sent.
    """
    db.execute("UPDATE jobs SET owner = '' WHERE id = ? AND finished IS NOT NULL", (job,))
    try:
        update(db, job, columns, where)
    except sqlite3.IntegrityError:
        update(db, job, {**columns, "fresh": 1}, where)


def durations(db: sqlite3.Connection, model: str, function: str | None, *, emulator: bool) -> list[float]:
    """Return how many seconds the latest tasks of this kind ran."""
    rows = db.execute(
        "SELECT COALESCE(ran, finished - submitted) AS seconds FROM jobs"
        " WHERE model = ? AND function IS ? AND emulator = ?"
        " AND state = 'done' AND submitted IS NOT NULL AND finished > submitted ORDER BY finished DESC LIMIT ?",
        (model, function, int(emulator), LATEST),
    )
    return [row["seconds"] for row in rows]


def give_task(db: sqlite3.Connection, job: str, base_url: str, task_id: str, request_id: str) -> bool:
    """Give a row that looks for its task one that no other row has, and return whether that could be done."""
    if db.execute("SELECT 1 FROM jobs WHERE base_url = ? AND task_id = ?", (base_url, task_id)).fetchone():
        return False
    known = {"state": "accepted", "task_id": task_id, "request_id": request_id or None, "finished": None}
    return update(db, job, known, "task_id IS NULL AND state IN ('submitting', 'uncertain')")


def insert(db: sqlite3.Connection, columns: Mapping[str, object]) -> None:
    """Write a new row."""
    places = ", ".join("?" * len(columns))
    db.execute(f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({places})", tuple(columns.values()))  # noqa: S608


def sent_again(by: str, at: float) -> dict[str, object]:
    """Return what an unsent row becomes once the row `by` is sent for it."""
    return {"state": "canceled", "finished": at, "error": sentence("sent again as {id}", id=by)}


def write_anew(db: sqlite3.Connection, job: str, row: Mapping[str, object]) -> None:
    """Write a row into the file that has taken the journal's place, once its task may exist: nobody else knows it.

    Raises
    ------
    RowLost
        When another kernel has taken it over.
    RowGone
        When nothing was sent for it yet.
    """
    gone = lost(db, job)
    if isinstance(gone, RowLost) or "request" not in row or row["state"] in ("intent", "submitting"):
        raise gone
    try:
        insert(db, row)
    except sqlite3.IntegrityError:  # the same request is open there
        insert(db, {**row, "fresh": 1})


def same(db: sqlite3.Connection, key: str, accounts: Collection[str] | None) -> list[Row]:
    """Return the rows of a request (of these accounts), the newest first."""
    found = read_rows(db.execute("SELECT * FROM every_job WHERE request_key = ? ORDER BY created DESC", (key,)))
    return [row for row in found if accounts is None or row.account in accounts]


def recent(db: sqlite3.Connection, limit: int, *, only_open: bool) -> list[Row]:
    """Return the newest rows first."""
    which, states = ("jobs WHERE state IN (?, ?, ?, ?)", OPEN) if only_open else ("every_job", ())
    query = f"SELECT * FROM {which} ORDER BY created DESC LIMIT ?"  # noqa: S608  # the words are ours
    return read_rows(db.execute(query, (*states, limit)))


def open_ids(db: sqlite3.Connection) -> list[str]:
    """Return the ids of all open rows."""
    return [job for (job,) in db.execute("SELECT id FROM jobs WHERE state IN (?, ?, ?, ?)", OPEN)]


def put_away(db: sqlite3.Connection, now: float) -> None:
    """Move some rows that ended long ago out of the way of every day's questions, as they are: nothing is forgotten."""
    found = db.execute(
        "SELECT id FROM jobs WHERE finished < ? AND state NOT IN (?, ?, ?, ?) ORDER BY finished LIMIT ?",
        (now - PUT_AWAY_SECONDS, *OPEN, AT_ONCE),
    ).fetchall()
    for (job,) in found:
        db.execute("INSERT OR REPLACE INTO put_away SELECT * FROM jobs WHERE id = ?", (job,))
        db.execute("DELETE FROM jobs WHERE id = ?", (job,))
