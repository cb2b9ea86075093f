"""What the journal knows of thousands of requests at once: which are done, and where their pictures lie. `batch` asks.

One request is asked for by `Journal.same`; asking so ten thousand times takes longer than a batch may plan.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..system.paths import restored
from .orphans import NO_TASK
from .schema import Database, State, journal_path

AT_ONCE = 500
"""Values of one statement; old versions of SQLite take 999."""
_DONE = (
    "SELECT request_key, id, cost, submitted, finished, task_id, path FROM every_job JOIN pictures ON job = id"
    " WHERE request_key IN ({marks}) AND state IN ('done', 'accepted') AND +base_url = ? AND emulator = ?"
    " ORDER BY state = 'done' DESC, created DESC, slot"
)
"""An accepted row may have its pictures, too: of a kernel that was killed as they were saved."""
_OPEN = (
    "SELECT request_key, id, state, task_id, submitted FROM jobs WHERE request_key IN ({marks})"
    " AND state IN ('intent', 'submitting', 'uncertain', 'accepted') AND +base_url = ? ORDER BY created"
)


_LAST = (
    "SELECT request_key, state, stage FROM every_job WHERE request_key IN ({marks}) AND +base_url = ? ORDER BY created"
)
"""By their keys, however many rows are of one base URL."""
_NO_FIND = ("failed", NO_TASK)


class Done(NamedTuple):
    """A request that was made and saved."""

    job: str
    files: tuple[Path, ...]
    """The picture of each slot, as it is shown."""
    cost: float | None
    seconds: float | None
    task_id: str


class Open(NamedTuple):
    """A request that is open: its task exists, or may exist."""

    job: str
    state: State
    task_id: str
    submitted: float | None


def done(home: Path, keys: Iterable[str], *, base_url: str, emulator: bool) -> dict[str, Done]:
    """Return what was made of these requests at this service, by key; of several runs the newest."""
    found: dict[str, Done] = {}
    for row in _rows(home, _DONE, keys, base_url, int(emulator)):
        kept = found.get(row["request_key"])
        if kept is not None and kept.job != row["id"]:
            continue
        seconds = row["finished"] - row["submitted"] if row["finished"] and row["submitted"] else None
        files = (*(kept.files if kept else ()), restored(row["path"]))
        found[row["request_key"]] = Done(row["id"], files, row["cost"], seconds, row["task_id"] or "")
    return found


def unfinished(home: Path, keys: Iterable[str], *, base_url: str) -> dict[str, Open]:
    """Return the open rows of these requests at this service, by key."""
    return {
        row["request_key"]: Open(row["id"], row["state"], row["task_id"] or "", row["submitted"])
        for row in _rows(home, _OPEN, keys, base_url)
    }


def in_vain(home: Path, keys: Iterable[str], *, base_url: str) -> dict[str, State]:
    """Return those of these requests that may have cost and left nothing, by key.

    "failed": the last create call was lost and looked for in vain; "expired": its task was not fetched in time.
    """
    last = {row["request_key"]: (row["state"], row["stage"]) for row in _rows(home, _LAST, keys, base_url)}
    return {key: state for key, (state, stage) in last.items() if state == "expired" or (state, stage) == _NO_FIND}


def _rows(home: Path, query: str, keys: Iterable[str], *values: object) -> list[sqlite3.Row]:
    """Return the rows of a query for a few hundred keys at a time; no journal is made to look.

    All of them at once: nobody can end a write while another one reads.
    """
    path, left = journal_path(home), list(keys)
    found: list[sqlite3.Row] = []
    if not left or not path.exists():
        return found
    with Database(path).reading() as db:
        for begin in range(0, len(left), AT_ONCE):
            some = left[begin : begin + AT_ONCE]
            found += db.execute(query.format(marks=", ".join("?" * len(some))), (*some, *values))
    return found
