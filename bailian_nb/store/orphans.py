"""Orphan tasks: those of the service's list that no row of the journal owns, as seen after a broken create call.

`search` notes them. When one was first seen decides more than any clock: a task that was seen before a create call went
out cannot have come from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .row import Owned, Row, read_rows
from .schema import Database, next_number

Standing = Literal["", "open", "ours", "unclaimed", "foreign", "forgotten"]
"""`open` while it is looked into for a job and `foreign` when it cannot come from that one (it may from another),
`unclaimed` when it may be ours and is saved apart for the user to say."""


NO_TASK = "none"
"""The stage of a row whose lost call made no task, as far as the list has shown."""


@dataclass(frozen=True, kw_only=True)
class OrphanTask:
    """One such task; `first_seen` in seconds since 1970, `job` the row that it may belong to."""

    task_id: str
    base_url: str
    model: str
    first_seen: float
    job: str | None
    verdict: Standing
    folder: str
    seen_order: int | None = None
    """The number that it took when it was seen, of the count of `Row.sent_order`."""


class OrphanTasks:
    """What is known of such tasks, and of the rows that may own them, on the journal's file."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def see(self, base_url: str, model: str, task_ids: Iterable[str], *, at: float) -> dict[str, OrphanTask]:
        """Note tasks that stand in the list now, and return what is known of each."""
        wanted = list(task_ids)
        with self._file.transaction() as db:
            number = next_number(db)
            db.executemany(
                "INSERT OR IGNORE INTO strays (task_id, base_url, model, first_seen, seen_order)"
                " VALUES (?, ?, ?, ?, ?)",
                [(task_id, base_url, model, at, number) for task_id in wanted],
            )
            rows = db.execute("SELECT * FROM strays WHERE base_url = ?", (base_url,)).fetchall()
        known = {row["task_id"]: OrphanTask(**dict(row)) for row in rows}
        return {task_id: known[task_id] for task_id in wanted}

    def note(self, base_url: str, task_id: str, verdict: Literal["", "open", "foreign"], *, job: str) -> None:
        """Note what a search for one job has come to; what the user is asked about or has said stays as it is."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE strays SET verdict = ?, job = ? WHERE base_url = ? AND task_id = ?"
                " AND verdict IN ('', 'open', 'foreign')",
                (verdict, job, base_url, task_id),
            )

    def judge(
        self, base_url: str, task_id: str, verdict: Standing, *, job: str | None = None, folder: str = ""
    ) -> None:
        """Note whose a task is."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE strays SET verdict = ?, job = ?, folder = ? WHERE base_url = ? AND task_id = ?",
                (verdict, job, folder, base_url, task_id),
            )

    def taken(self, base_url: str, task_id: str, *, job: str) -> None:
        """Note that a task is a job's own, so that what was set apart for that job may be another one's."""
        with self._file.transaction() as db:
            db.execute(
                "UPDATE strays SET verdict = '', job = NULL WHERE base_url = ? AND job = ? AND verdict = 'unclaimed'",
                (base_url, job),
            )
            db.execute(
                "UPDATE strays SET verdict = 'ours', job = ? WHERE base_url = ? AND task_id = ?",
                (job, base_url, task_id),
            )

    def unclaimed(self, base_url: str) -> list[OrphanTask]:
        """Return the tasks that the user is asked about, the oldest first."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM strays WHERE base_url = ? AND verdict = 'unclaimed' ORDER BY first_seen", (base_url,)
            ).fetchall()
        return [OrphanTask(**dict(row)) for row in rows]

    def owned(self, base_url: str, model: str) -> dict[str, Owned]:
        """Return every task of this model at this base URL that some row owns, by its id."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT task_id, account, submitted, answered, request_id FROM jobs"
                " WHERE base_url = ? AND model = ? AND task_id IS NOT NULL",
                (base_url, model),
            ).fetchall()
        return {
            row["task_id"]: Owned(
                account=row["account"],
                submitted=row["submitted"],
                answered=row["answered"],
                request_id=row["request_id"] or "",
            )
            for row in rows
        }

    def open_calls(self, base_url: str, model: str) -> list[Row]:
        """Return the rows of which nobody knows whether they have a task, the oldest first.

        Whatever their key: the service lists the tasks of an account's keys together. Those that made nothing as far as
        the list has shown are among them: what comes up later still must go to no other one.
        """
        with self._file.reading() as db:  # by their states, which few rows have: nearly all are of one base URL
            rows = db.execute(
                "SELECT * FROM jobs WHERE +base_url = ? AND model = ? AND submitted IS NOT NULL"
                " AND state IN ('submitting', 'uncertain', 'failed') AND (state <> 'failed' OR stage = ?)"
                " ORDER BY +created, rowid",
                (base_url, model, NO_TASK),
            )
            return read_rows(rows)

    def empty_calls(self, base_url: str, since: float) -> list[Row]:
        """Return the rows that were closed since then because the list showed no task of theirs, the newest first."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE +base_url = ? AND state = 'failed' AND stage = ? AND submitted > ?"
                " ORDER BY +created DESC, rowid DESC",
                (base_url, NO_TASK, since),
            )
            return read_rows(rows)

    def look_again(self, job: str) -> bool:
        """Open such a row again, for whoever takes it; False when it has changed or its request is open elsewhere."""
        with self._file.transaction() as db:
            changed = db.execute(
                "UPDATE OR IGNORE jobs SET state = 'uncertain', stage = '', finished = NULL, owner = ''"
                " WHERE id = ? AND state = 'failed' AND stage = ?",
                (job, NO_TASK),
            )
        return changed.rowcount == 1

    def any_seen_after(self, task_ids: Iterable[str], at: float) -> bool:
        """Tell whether one of these tasks was first seen after a time, in seconds since 1970."""
        with self._file.reading() as db:
            seen = (
                db.execute("SELECT 1 FROM strays WHERE task_id = ? AND first_seen > ?", (task_id, at)).fetchone()
                for task_id in task_ids
            )
            return any(seen)
