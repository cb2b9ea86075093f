"""The journal's file: SQLite with a rollback journal, its tables, their versions, and transactions.

It lies on a local disk and several kernels share it. `journal` and `orphans` write it, `money` reads it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from ..errors import BailianError

BUSY_SECONDS = 30.0
"""How long a kernel waits for another one that writes."""


def journal_path(home: Path) -> Path:
    """Return the journal's file below BAILIAN_NB_HOME; it is not there before a first call is about to be sent."""
    return home / "journal.sqlite"


_VERSIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE IF NOT EXISTS jobs (
            id TEXT PRIMARY KEY, account TEXT NOT NULL, base_url TEXT NOT NULL, emulator INTEGER NOT NULL,
            region TEXT NOT NULL, model TEXT NOT NULL, function TEXT, request TEXT NOT NULL, out_dir TEXT NOT NULL,
            owner TEXT NOT NULL, state TEXT NOT NULL, task_id TEXT, request_id TEXT, created REAL NOT NULL,
            submitted REAL, finished REAL, images INTEGER NOT NULL DEFAULT 0, cost REAL, error TEXT
        )
        """,
        "CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, account)",
        """
        CREATE TABLE IF NOT EXISTS pictures (
            job TEXT NOT NULL REFERENCES jobs (id), slot INTEGER NOT NULL, path TEXT NOT NULL, raw_path TEXT NOT NULL,
            PRIMARY KEY (job, slot)
        )
        """,
    ),
    (
        "ALTER TABLE jobs ADD COLUMN notebook TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN broke REAL",
        "CREATE INDEX jobs_by_task ON jobs (base_url, task_id)",
        """
        CREATE TABLE strays (
            task_id TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL, first_seen REAL NOT NULL,
            job TEXT, verdict TEXT NOT NULL DEFAULT '', folder TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (task_id, base_url)
        )
        """,
    ),
    ("ALTER TABLE jobs ADD COLUMN answered REAL",),
    ("ALTER TABLE jobs ADD COLUMN answer TEXT",),
    (
        "ALTER TABLE jobs ADD COLUMN estimate REAL",
        "CREATE INDEX jobs_by_bill ON jobs (account, submitted, cost, state) WHERE cost IS NOT NULL",
    ),
    ("ALTER TABLE jobs ADD COLUMN embed INTEGER NOT NULL DEFAULT 1",),
)
"""What each version adds to the one before it; a file is brought up to the last one when it is opened."""
SCHEMA = len(_VERSIONS)


class Database:
    """One file; every call opens it anew, so threads and forks share no connection.

    Raises
    ------
    BailianError
        When a newer version of this package has written the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write = threading.Lock()
        with self.transaction() as db:
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA:
                raise BailianError(
                    f"the journal {path} is of version {found}, this bailian_nb knows {SCHEMA}",
                    hint="Update bailian_nb, or set BAILIAN_NB_HOME to another folder.",
                )
            for step in _VERSIONS[found:]:
                for statement in step:
                    db.execute(statement)
            if found < SCHEMA:
                db.execute(f"PRAGMA user_version = {SCHEMA}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block or nothing of it."""
        with self._write, contextlib.closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read; each statement sees what is written at its time."""
        with contextlib.closing(self._connect()) as db:
            yield db

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        return db
