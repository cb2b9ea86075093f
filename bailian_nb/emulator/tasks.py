"""The emulator's tasks: one SQLite file in the home, and a state that follows from the clock.

`app` makes, reads, cancels and lists tasks here, in worker threads; several processes may share the file. Nothing
runs in the background: when a task is made, its start and end are already known. Nothing of it was paid for, so a file
that is broken stops nobody: it is laid aside, and a new one is begun.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from ..specs import Limit, Value
from ..system.databases import check, connect, is_broken, is_held, past_stopped, use
from ..system.files import private_folder
from .refusals import Refusal

Status = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED"]

_SCHEMA = 2
_TABLES = """
    CREATE TABLE meta (salt BLOB NOT NULL);
    CREATE TABLE tasks (
        id TEXT PRIMARY KEY, account TEXT NOT NULL, model TEXT NOT NULL, created REAL NOT NULL,
        start REAL NOT NULL, end REAL NOT NULL, canceled REAL, swept INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL
    );
    CREATE INDEX tasks_by_time ON tasks (created);
    CREATE TABLE submits (account TEXT NOT NULL, model TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
    CREATE INDEX submits_by_account ON submits (account, model);
    CREATE TABLE uploads (key TEXT PRIMARY KEY, name TEXT NOT NULL, at REAL NOT NULL);
"""
_JITTER = 0.1
"""Seconds that two submits may come too close together: clocks and threads are never exact."""
_PATIENCE = 5.0
"""Seconds for which another process that writes is waited for, and as long for other requests of this one."""
_one = threading.Lock()
"""Held in each transaction and while the process forks: a child that is copied in between finds the file locked."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_one.acquire, after_in_parent=_one.release, after_in_child=_one.release)


class Held(Exception):
    """Another program holds the file; nothing was read or written."""

    def __init__(self) -> None:
        super().__init__("the emulator's tasks.sqlite is locked by another program")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task as it was made; times are seconds of the emulator's clock.

    `given` holds prompt and parameters as sent, `values` with the table's defaults and the seed that was used. `n` is
    how many pictures are drawn, `size` the canvas of a picture that is not an edit of another one ("W*H"). `code` is
    set where the whole task fails, `slots` where single pictures do.
    """

    id: str
    request_id: str
    account: str
    model: str
    function: str | None
    letter: str
    path: str
    region: str
    given: dict[str, Value]
    values: dict[str, Value]
    seed: int
    n: int = 1
    size: str = ""
    images: tuple[str, ...] = ()
    mask: str | None = None
    leak: int | None = None
    ready: float = 0.0
    seconds: float = 0.0
    code: str = ""
    message: str = ""
    slots: dict[int, str]
    flaky: int = 0
    moved: str = ""
    ignored: tuple[str, ...] = ()
    created: float = 0.0
    start: float = 0.0
    end: float = 0.0
    canceled: float | None = None

    @property
    def good(self) -> tuple[int, ...]:
        """Indexes of the pictures that are drawn."""
        return () if self.code else tuple(index for index in range(self.n) if index not in self.slots)

    def status(self, now: float) -> Status:
        """Return the state at `now`."""
        if self.canceled is not None:
            return "CANCELED"
        if now < self.start:
            return "PENDING"
        if now < self.end:
            return "RUNNING"
        return "SUCCEEDED" if self.good else "FAILED"


_DETAIL = frozenset(Task.__dataclass_fields__) - {"id", "account", "model", "created", "start", "end", "canceled"}


class Store:
    """The tasks of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "tasks.sqlite"
        self._ready = threading.Lock()
        self._made = False
        self._salt = b""

    @property
    def salt(self) -> bytes:
        """The home's own random bytes, from which accounts and signatures are made."""
        if not self._salt:
            with self._open() as db:
                self._salt = bytes(db.execute("SELECT salt FROM meta").fetchone()[0])
        return self._salt

    def knock(self, account: str, model: str, body: str, now: float, limit: Limit | None) -> int:
        """Count a submit and return how often this body came, itself included.

        Raises
        ------
        Refusal
            When `limit` says that it came too soon; it is not counted then.
        """
        with self._open(write=True) as db:
            if limit is not None:
                window = max(limit.window, 1.0 / limit.submits_per_second) - _JITTER
                recent = db.execute(
                    "SELECT count(*) FROM submits WHERE account = ? AND model = ? AND at > ?",
                    (account, model, now - window),
                ).fetchone()[0]
                if recent >= limit.submits:
                    raise Refusal("Throttling.RateQuota")
            db.execute("INSERT INTO submits VALUES (?, ?, ?, ?)", (account, model, now, body))
            same = "SELECT count(*) FROM submits WHERE account = ? AND model = ? AND body = ?"
            return int(db.execute(same, (account, model, body)).fetchone()[0])

    def create(self, task: Task, now: float, limit: Limit | None, over_limit: str, queue: int) -> Task:
        """Keep a new task and return it with its times: it starts when it is ready and a slot is free.

        Raises
        ------
        Refusal
            When more than `queue` tasks would wait, or with `over_limit` "429" any.
        """
        with self._open(write=True) as db:
            others = self._unfinished(db, task.account, task.model, now)
            if limit is not None and over_limit == "429" and len(others) >= limit.tasks_at_once:
                raise Refusal("Throttling.AllocationQuota")
            if limit is not None and sum(other.status(now) == "PENDING" for other in others) >= queue:
                raise Refusal("Throttling.RateQuota", f"{queue} tasks of this model are waiting already.")
            task = _placed(replace(task, created=now, ready=now + task.ready), others, limit)
            detail = {name: value for name, value in asdict(task).items() if name in _DETAIL}
            db.execute(
                "INSERT INTO tasks (id, account, model, created, start, end, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (task.id, task.account, task.model, now, task.start, task.end, json.dumps(detail)),
            )
        return task

    def get(self, task_id: str) -> Task | None:
        with self._open() as db:
            row = db.execute(f"{_SELECT} WHERE id = ?", (task_id,)).fetchone()
        return _task(row) if row else None

    def since(self, start: float) -> list[Task]:
        """Return the tasks made at `start` or later, the newest first."""
        with self._open() as db:
            rows = db.execute(f"{_SELECT} WHERE created >= ? ORDER BY created DESC, rowid DESC", (start,)).fetchall()
        return [_task(row) for row in rows]

    def cancel(self, task_id: str, now: float, limit: Limit | None) -> bool:
        """Cancel a PENDING task and let those behind it move up; False for any other."""
        with self._open(write=True) as db:
            row = db.execute(f"{_SELECT} WHERE id = ?", (task_id,)).fetchone()
            task = _task(row) if row else None
            if task is None or task.status(now) != "PENDING":
                return False
            db.execute("UPDATE tasks SET canceled = ? WHERE id = ?", (now, task_id))
            queue = self._unfinished(db, task.account, task.model, now)
            placed = [other for other in queue if other.start <= now]
            for other in (other for other in queue if other.start > now):
                moved = _placed(other, placed, limit)
                placed.append(moved)
                db.execute("UPDATE tasks SET start = ?, end = ? WHERE id = ?", (moved.start, moved.end, moved.id))
        return True

    def add_upload(self, key: str, name: str, now: float, *, overwrite: bool) -> bool:
        """Note an upload; False when there is one of this key that may not be overwritten."""
        with self._open(write=True) as db:
            known = db.execute("SELECT 1 FROM uploads WHERE key = ?", (key,)).fetchone() is not None
            if known and not overwrite:
                return False
            db.execute("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", (key, name, now))
        return True

    def upload(self, key: str) -> tuple[str, float] | None:
        """Return name and time of an upload."""
        with self._open() as db:
            row = db.execute("SELECT name, at FROM uploads WHERE key = ?", (key,)).fetchone()
        return (str(row[0]), float(row[1])) if row else None

    def old_uploads(self, before: float) -> list[str]:
        """Forget the uploads made before a time and return their names."""
        with self._open(write=True) as db:
            names = [str(row[0]) for row in db.execute("SELECT name FROM uploads WHERE at <= ?", (before,))]
            db.execute("DELETE FROM uploads WHERE at <= ?", (before,))
        return names

    def sweep(self, now: float, kept: float) -> list[Task]:
        """Return the tasks that expired since the last sweep, so that their pictures can be dropped."""
        with self._open(write=True) as db:
            rows = db.execute(f"{_SELECT} WHERE swept = 0 AND created < ?", (now - kept,)).fetchall()
            db.execute("UPDATE tasks SET swept = 1 WHERE swept = 0 AND created < ?", (now - kept,))
            db.execute("DELETE FROM submits WHERE at < ?", (now - kept,))
        return [_task(row) for row in rows]

    @staticmethod
    def _unfinished(db: sqlite3.Connection, account: str, model: str, now: float) -> list[Task]:
        rows = db.execute(
            f"{_SELECT} WHERE account = ? AND model = ? AND canceled IS NULL AND end > ? ORDER BY created, rowid",
            (account, model, now),
        )
        return [_task(row) for row in rows]

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; the first time, and after any fault of it, see that it can be used.

        Raises
        ------
        Held
            When it cannot be had for some seconds.
        """
        if not _one.acquire(timeout=_PATIENCE):
            raise Held
        try:
            try:
                with closing(past_stopped(self._path, self._connect, _PATIENCE)) as db:
                    past_stopped(self._path, partial(_begin, db, write), _PATIENCE)
                    try:
                        yield db
                    except BaseException:
                        if db.in_transaction:
                            db.execute("ROLLBACK")
                        raise
                    past_stopped(self._path, partial(_commit, db), _PATIENCE)
            except (sqlite3.Error, OSError) as error:
                if is_held(error):
                    raise Held from None
                self._made, self._salt = False, b""
                raise
        finally:
            _one.release()

    def _connect(self, seconds: float) -> sqlite3.Connection:
        """Return a connection to a file that has its tables; somebody may have broken it, or taken it away."""
        with self._ready:
            if not self._made:
                self._make()
            try:
                return self._look(seconds)
            except (sqlite3.Error, OSError) as error:
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR and not is_broken(error):
                    raise
            self._salt = b""
            self._make()
            return self._look(seconds)

    def _look(self, seconds: float) -> sqlite3.Connection:
        db = connect(self._path, seconds=seconds)
        try:
            db.execute("PRAGMA synchronous = OFF")  # made-up tasks may be lost with the power
            db.execute("SELECT 1 FROM meta").fetchone()
        except BaseException:
            db.close()
            raise
        return db

    def _make(self) -> None:
        """Make the file, or replace one that is of another version or broken."""
        private_folder(self.folder.parent)
        use(self._path, _prepare, seconds=_PATIENCE)
        self._made = True


_SELECT = "SELECT id, account, model, created, start, end, canceled, detail FROM tasks"


def _begin(db: sqlite3.Connection, write: bool, seconds: float) -> None:
    _wait_at_most(db, seconds)
    if not db.in_transaction:
        db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    if not write:
        db.execute("SELECT 1 FROM meta").fetchone()  # which takes the lock that it reads under


def _commit(db: sqlite3.Connection, seconds: float) -> None:
    _wait_at_most(db, seconds)
    db.execute("COMMIT")


def _wait_at_most(db: sqlite3.Connection, seconds: float) -> None:
    db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    check(db)
    if db.execute("PRAGMA user_version").fetchone()[0] != _SCHEMA:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            db.execute(f'DROP TABLE "{name}"')
        for statement in _TABLES.split(";")[:-1]:
            db.execute(statement)
        db.execute("INSERT INTO meta VALUES (?)", (secrets.token_bytes(32),))
        db.execute(f"PRAGMA user_version = {_SCHEMA}")
    db.execute("COMMIT")


def _task(row: tuple[object, ...]) -> Task:
    task_id, account, model, created, start, end, canceled, text = row
    detail = json.loads(str(text))
    detail["images"], detail["ignored"] = tuple(detail["images"]), tuple(detail.get("ignored", ()))
    detail["slots"] = {int(index): code for index, code in detail["slots"].items()}
    times = {"created": created, "start": start, "end": end, "canceled": canceled}
    return Task(id=task_id, account=account, model=model, **times, **detail)  # type: ignore[arg-type]


def _placed(task: Task, others: list[Task], limit: Limit | None) -> Task:
    """Return `task` with start and end, given the tasks before it that are not finished."""
    start = task.ready
    if limit is not None and len(others) >= limit.tasks_at_once:
        ends = sorted(other.end for other in others)
        start = max(start, ends[len(others) - limit.tasks_at_once])
    return replace(task, start=start, end=start + task.seconds)
