"""The journal's file: SQLite with a rollback journal, its tables, their versions, and transactions.

It lies on a local disk and several kernels share it. `journal` and `orphans` write it, `money` reads it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

from ..errors import BailianError
from ..system.beside import no_file
from ..system.databases import is_held
from ..system.files import private_file
from ..system.language import sentence
from ..system.lock_holder import at_work, let_finish, lock_holder
from .open_rows import journal_path as journal_path
from .request_key import request_key

State = Literal["intent", "submitting", "uncertain", "accepted", "done", "failed", "canceled", "expired"]
OPEN: tuple[State, ...] = ("intent", "submitting", "uncertain", "accepted")

BUSY_SECONDS = 120.0
"""How long a kernel waits for another one that writes; one that stands still may do so in the middle of it."""
LOOK_SECONDS = 0.2
"""How long SQLite itself waits, which hears no interrupt meanwhile."""
SAID_AFTER = 1.0
"""Seconds after which it is said what is waited for, or a stopped kernel is made to let go."""
on_wait: Callable[[str], object] = logging.getLogger("bailian_nb").warning
"""Hears once what a thread waits for; a notebook shows it in the cell."""
T = TypeVar("T")


def patiently(file: Path, work: Callable[[], T]) -> T:
    """Do what another program's lock on `file` may hold up, again and again for `BUSY_SECONDS`.

    An interrupt is heard at once. A kernel that was stopped while it had the lock is let finish what it does with the
    file; of any other, the line for who waits names it where the system tells.

    Raises
    ------
    sqlite3.OperationalError
        When it is locked still.
    """
    began, said = time.monotonic(), False
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - began
            if not is_held(error) or waited > BUSY_SECONDS:
                raise
            if waited > SAID_AFTER and not let_finish(file) and not said:
                said = True
                on_wait(_who_locks(file))


def _who_locks(file: Path) -> str:
    holder = lock_holder(file)
    if holder is None:
        return sentence("the journal is locked by another program; waiting for it (an interrupt stops that)")
    if holder.stopped:
        return sentence(
            "the journal is locked by process {pid}, which was stopped while it used it; waiting until it goes on"
            " (`kill -CONT {pid}`) or ends (an interrupt stops the waiting)",
            pid=holder.pid,
        )
    return sentence("the journal is locked by process {pid}; waiting for it (an interrupt stops that)", pid=holder.pid)


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
    (
        "ALTER TABLE jobs ADD COLUMN request_key TEXT",
        "ALTER TABLE jobs ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE jobs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE jobs ADD COLUMN stage TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE pictures ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX jobs_by_request ON jobs (request_key) WHERE request_key IS NOT NULL",
        "CREATE TABLE losses (at REAL NOT NULL, what TEXT NOT NULL)",
        """
        CREATE TABLE settled_losses (
            account TEXT NOT NULL, model TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, model)
        )
        """,
    ),
    (
        "CREATE TABLE counter (n INTEGER NOT NULL)",
        "INSERT INTO counter VALUES (0)",
        "ALTER TABLE jobs ADD COLUMN sent_order INTEGER",
        "ALTER TABLE jobs ADD COLUMN task_begins TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE strays ADD COLUMN seen_order INTEGER",
    ),
    (
        "CREATE INDEX jobs_by_age ON jobs (created)",
        "CREATE INDEX jobs_by_kind ON jobs (model, function, emulator, finished) WHERE state = 'done'",
    ),
    ("ALTER TABLE jobs ADD COLUMN a1111 INTEGER NOT NULL DEFAULT 0",),
    (
        "ALTER TABLE jobs ADD COLUMN ran REAL",
        "CREATE INDEX jobs_by_end ON jobs (finished) WHERE finished IS NOT NULL",
        "CREATE TABLE put_away AS SELECT * FROM jobs WHERE 0",  # a column that jobs gets, it must get, too
        "CREATE UNIQUE INDEX put_away_by_id ON put_away (id)",
        "CREATE INDEX put_away_by_request ON put_away (request_key) WHERE request_key IS NOT NULL",
        "CREATE INDEX put_away_by_bill ON put_away (account, submitted, cost, state) WHERE cost IS NOT NULL",
        "CREATE INDEX put_away_by_age ON put_away (created)",
        "CREATE VIEW every_job AS SELECT * FROM jobs UNION ALL SELECT * FROM put_away",
    ),
)
"""What each version adds to the one before it; a file is brought up to the last one when it is opened."""
_KEYS = 7
"""The version that knows requests by their keys: rows of earlier ones get theirs, then the rule begins to hold."""
SCHEMA = len(_VERSIONS)
_PLAIN_URLS = 8
"""The version whose base URLs name no user: what earlier ones wrote of a password is taken out."""
_ONE_OPEN_ROW = (
    "CREATE UNIQUE INDEX one_open_row ON jobs (account, request_key) WHERE request_key IS NOT NULL AND NOT fresh"
    " AND state IN ('intent', 'submitting', 'uncertain', 'accepted')"
)


def next_number(db: sqlite3.Connection) -> int:
    """Return the next number of a count that all kernels share: it tells what came first, whatever their clocks say."""
    db.execute("UPDATE counter SET n = n + 1")
    found: int = db.execute("SELECT n FROM counter").fetchone()[0]
    return found


class Database:
    """One file; every call opens it anew, so threads and forks share no connection.

    `lost` is what became of an earlier file in this place; a new one knows it from its first moment.

    Raises
    ------
    BailianError
        When a newer version of this package has written the file.
    """

    def __init__(self, path: Path, lost: str = "") -> None:
        self.path = path
        self._write = threading.Lock()
        if path.exists():
            with self.reading() as db:
                if _version(db, path) == SCHEMA:
                    return  # who only reads takes no lock from those that write
        with self.transaction() as db:
            found = _version(db, path)
            for step in _VERSIONS[found:]:
                for statement in step:
                    db.execute(statement)
            if found < _KEYS:
                _give_keys(db)
                db.execute(_ONE_OPEN_ROW)
            if found < _PLAIN_URLS:
                _take_userinfo_out(db)
            if found < SCHEMA:
                db.execute(f"PRAGMA user_version = {SCHEMA}")
            if lost:
                db.execute("INSERT INTO losses VALUES (?, ?)", (time.time(), lost))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block or nothing of it."""
        with self._write, contextlib.closing(self._connect()) as db:
            patiently(self.path, lambda: db.execute("BEGIN IMMEDIATE"))
            try:
                yield db
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            patiently(self.path, lambda: db.execute("COMMIT"))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read; every statement of the block sees the same."""
        with at_work(self.path.parent), contextlib.closing(self._connect()) as db:
            db.execute("BEGIN")
            patiently(self.path, lambda: db.execute("SELECT 1 FROM sqlite_master").fetchone())
            yield db

    def _connect(self) -> sqlite3.Connection:
        private_file(self.path)
        refuse_other(self.path)
        db = sqlite3.connect(self.path, timeout=LOOK_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA secure_delete = ON")  # what is taken out is not left in free pages
        except sqlite3.Error:
            db.close()
            raise
        return db


def refuse_other(path: Path) -> None:
    """Raise OSError where something beside the journal is no file: SQLite would wait for a pipe, without an end."""
    if other := no_file(path):
        raise OSError(errno.EINVAL, sentence("it is no file; take it away"), other)


def _version(db: sqlite3.Connection, path: Path) -> int:
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA:
        raise BailianError(
            sentence(
                "the journal {path} is of version {found}, this bailian_nb knows {SCHEMA}",
                path=path,
                found=found,
                SCHEMA=SCHEMA,
            ),
            hint=sentence("Update bailian_nb, or set BAILIAN_NB_HOME to another folder."),
        )
    return found


def _take_userinfo_out(db: sqlite3.Connection) -> None:
    """Leave of each base URL what the settings leave of it today, so that its rows are found as before."""
    for table in ("jobs", "strays"):
        for (url,) in db.execute(f"SELECT DISTINCT base_url FROM {table} WHERE base_url LIKE '%@%'").fetchall():  # noqa: S608
            scheme, slashes, rest = url.rpartition("://")
            plain = f"{scheme}{slashes}{rest.rpartition('@')[2]}"
            db.execute(f"UPDATE OR REPLACE {table} SET base_url = ? WHERE base_url = ?", (plain, url))  # noqa: S608


def _give_keys(db: sqlite3.Connection) -> None:
    """Give rows of earlier versions their keys; of open rows with the same one, the newer ones are outside the rule."""
    taken: set[tuple[str, str]] = set()
    for row in db.execute("SELECT id, account, request, state FROM jobs ORDER BY created").fetchall():
        try:
            key = request_key(json.loads(row["request"]))
        except (ValueError, KeyError, TypeError):
            continue
        again = row["state"] in OPEN and key is not None and (row["account"], key) in taken
        if key is not None and row["state"] in OPEN:
            taken.add((row["account"], key))
        db.execute("UPDATE jobs SET request_key = ?, fresh = ? WHERE id = ?", (key, int(again), row["id"]))
