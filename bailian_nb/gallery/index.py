"""The index: which pictures there are and how they were made, in one SQLite file that can be rebuilt from them.

`jobs` adds, `session` asks for cached results and history. Every call opens its own connection, so threads and
kernels may share one file.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..errors import BailianError
from ..images import PNG_SIGNATURE
from ..images.decode import SUFFIXES
from .chunks import extract, read_record
from .picture import Actions, Picture
from .record import Record

_SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS pictures (
    path TEXT PRIMARY KEY,
    raw_path TEXT NOT NULL,
    request_key TEXT,
    job_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    emulator INTEGER NOT NULL,
    created TEXT NOT NULL,
    words TEXT NOT NULL,
    record TEXT NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS pictures_request_key ON pictures (request_key)",
    "CREATE INDEX IF NOT EXISTS pictures_created ON pictures (created)",
)
_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
REFILL_SECONDS = 20.0
"""How long a new index looks for pictures that a lost one knew."""
PATIENCE = 10.0
"""Seconds for which another that writes is waited for, on top of what a new index may take."""
NO_PATIENCE = 0.2
"""Seconds for `find` while the index cannot be read: each cell of a large sweep asks."""
log = logging.getLogger("bailian_nb")


class Index:
    """Find saved pictures again.

    Parameters
    ----------
    home
        Folder of `index.sqlite`, made when it is not there.
    actions
        Given to every Picture that comes out.
    folders
        Asked, when the file is lost or broken, for the folders whose pictures go into a new one, the newest first.
    """

    def __init__(
        self, home: Path, *, actions: Actions | None = None, folders: Callable[[], Iterable[Path]] = tuple
    ) -> None:
        self.path = home / "index.sqlite"
        self.actions = actions
        self.folders = folders
        self.fault = ""
        """Why `find` could not look when it was last asked, "" when it could."""

    def add(self, picture: Picture) -> None:
        """Add a picture, or replace what was known about its path."""
        with self._connection() as connection:
            _insert(connection, picture)

    def find(self, request_key: str, *, emulator: bool | None = None, host: str | None = None) -> list[Picture]:
        """Return one run's pictures for a request, by `index`: the newest complete run, else the fullest.

        Only pictures whose files are there and unchanged. `emulator` keeps the two worlds apart, `host` (of the base
        URL) the services; None takes all. An index that cannot be read knows no picture; `fault` and a warning say so.
        """
        where = "request_key = ? AND (? IS NULL OR emulator = ?)"
        try:
            rows = list(self._rows(where, (request_key, emulator, emulator), NO_PATIENCE if self.fault else None))
        except BailianError as error:
            known, self.fault = self.fault, f"{error.message}: what may be on disk already was not looked for"
            if not known:
                log.warning("%s", self.fault)
            return []
        self.fault = ""
        runs: dict[tuple[str, str], dict[int, Picture]] = {}
        for picture in rows:
            if host in (None, picture.record.base_url_host) and is_unchanged(picture):
                run = runs.setdefault((picture.record.job_id, picture.record.task_id), {})
                run.setdefault(picture.record.index, picture)
        best: dict[int, Picture] = {}
        for run in runs.values():
            if len(run) > len(best):
                best = run
        return [best[index] for index in sorted(best)]

    def recent(self, limit: int = 20) -> list[Picture]:
        """Return the newest pictures that are still there, newest first."""
        return self._first(limit, "1", ())

    def search(self, text: str, limit: int = 50) -> list[Picture]:
        """Return pictures whose prompt, model, function or ids hold every word of `text`, newest first."""
        words = text.split()
        patterns = tuple("%" + re.sub(r"([\\%_])", r"\\\1", word.lower()) + "%" for word in words)
        return self._first(limit, " AND ".join(["words LIKE ? ESCAPE '\\'"] * len(words)) or "1", patterns)

    def rebuild(self, folder: Path) -> int:
        """Forget what lies below `folder`, read all its pictures again, and return how many there are."""
        root = folder.resolve()
        found = found_below(root)
        with self._connection() as connection:
            known = [Path(row[0]) for row in connection.execute("SELECT path FROM pictures")]
            gone = [(str(path),) for path in known if path.is_relative_to(root)]
            connection.executemany("DELETE FROM pictures WHERE path = ?", gone)
            for picture in found:
                _insert(connection, picture)
        return len(found)

    def _first(self, limit: int, where: str, values: tuple[object, ...]) -> list[Picture]:
        found: list[Picture] = []
        for picture in self._rows(where, values):
            if len(found) >= limit:
                break
            if picture.path.is_file():
                found.append(picture)
        return found

    def _rows(self, where: str, values: Iterable[object], patience: float | None = None) -> Iterator[Picture]:
        order = "ORDER BY created DESC, rowid DESC"
        try:
            with self._connection(patience) as connection:
                rows = connection.execute(
                    f"SELECT path, raw_path, record FROM pictures WHERE {where} {order}",  # noqa: S608 - our own words
                    tuple(values),
                ).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise BailianError(f"the index of pictures {self.path} cannot be read ({error})") from error
        for path, raw_path, record in rows:
            with contextlib.suppress(ValueError):
                known = Record.from_json(record)
                yield Picture(path=Path(path), raw_path=Path(raw_path), record=known, actions=self.actions)

    @contextlib.contextmanager
    def _connection(self, patience: float | None = None) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection, lost = self._open(patience)
        try:
            if lost:
                self._make(connection, lost)
            with connection:
                yield connection
        finally:
            connection.close()

    def _open(self, patience: float | None) -> tuple[sqlite3.Connection, str]:
        """Return a connection, and what happened to the index that was there before, "" when it is as it was."""
        try:
            connection, there = _connect(self.path, patience)
            return connection, "" if there else "was not there"
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _BROKEN:
                raise
            aside = self.path.with_suffix(".broken")
            with contextlib.suppress(FileNotFoundError):
                self.path.replace(aside)
            return _connect(self.path, patience)[0], f"was broken and is laid aside as {aside.name}"

    def _make(self, connection: sqlite3.Connection, lost: str) -> None:
        """Make the tables, put the pictures back that are on disk, which are the truth, and say so in one line.

        It is one transaction: whoever comes meanwhile waits for it, and after a kill the next one begins anew.
        """
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * (max(0.0, REFILL_SECONDS) + PATIENCE))}")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if _is_made(connection):
                return  # by another, for whom we have waited
            for statement in _SCHEMA:
                connection.execute(statement)
            found, whole = newest_in(self.folders(), REFILL_SECONDS)
            for picture in found:
                _insert(connection, picture)
        if not found and whole and "broken" not in lost:
            return  # most likely the first one ever
        rest = "" if whole else f"; older ones than these were not looked for within {REFILL_SECONDS:g} s"
        log.warning("the index of pictures %s %s: %d picture(s) are in a new one%s", self.path, lost, len(found), rest)


def _connect(path: Path, patience: float | None) -> tuple[sqlite3.Connection, bool]:
    """Return a connection that waits so many seconds (None: `PATIENCE`), and whether its tables are there."""
    connection = sqlite3.connect(path, timeout=PATIENCE if patience is None else patience)
    try:
        made = _is_made(connection)
        if made:
            connection.execute("SELECT 1 FROM pictures ORDER BY created DESC LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection, made


def _is_made(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'pictures_created'").fetchone() is not None


def _insert(connection: sqlite3.Connection, picture: Picture) -> None:
    record = picture.record
    words = (record.prompt, record.actual_prompt, record.model, record.function or "", record.task_id, record.job_id)
    if picture.raw_path != picture.path:
        # One picture, one row: the pasted file takes the place of the served one.
        connection.execute("DELETE FROM pictures WHERE path = ?", (str(picture.raw_path.resolve()),))
    connection.execute(
        "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            str(picture.path.resolve()),
            str(picture.raw_path.resolve()),
            record.request_key,
            record.job_id,
            record.task_id,
            record.emulator,
            record.created,
            _plain("\n".join(words).lower()),
            _plain(record.to_json()),
        ),
    )


def _plain(text: str) -> str:
    """Escape lone surrogates, which SQLite cannot store, in the way that JSON reads back."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_unchanged(picture: Picture) -> bool:
    """Compare the file, without the Record that we put into it, with the hash in its Record."""
    try:
        data = picture.path.read_bytes()
        found = extract(data) if data.startswith(PNG_SIGNATURE) else None
        return picture.raw_path.is_file() and picture.record.sha256 in (
            hashlib.sha256(data).hexdigest(),
            hashlib.sha256(found[1]).hexdigest() if found else None,
        )
    except (OSError, ValueError):
        return False


_PASTED = re.compile(r"_pasted(-\d+)?$")


def found_below(folder: Path) -> list[Picture]:
    """Return every picture of ours below `folder`, the oldest name first."""
    return _once(picture for path in sorted(folder.rglob("*")) if (picture := _picture_at(path)) is not None)


def newest_in(folders: Iterable[Path], seconds: float) -> tuple[list[Picture], bool]:
    """Return the pictures that lie right in these folders, and whether that is all that `seconds` were enough for.

    Folders are looked at in their order; those that cannot be read are passed over.
    """
    end = time.monotonic() + seconds
    found: list[Picture] = []
    for folder in folders:
        try:
            names = sorted((entry.name for entry in os.scandir(folder)), reverse=True)
        except OSError:
            continue
        for name in names:
            if time.monotonic() > end:
                return _once(reversed(found)), False
            if (picture := _picture_at(folder / name)) is not None:
                found.append(picture)
    return _once(reversed(found)), True


def _once(pictures: Iterable[Picture]) -> list[Picture]:
    """Leave out served files that a pasted one stands for."""
    found = list(pictures)
    pasted_over = {picture.raw_path for picture in found if picture.raw_path != picture.path}
    return [picture for picture in found if picture.path not in pasted_over]


def _picture_at(path: Path) -> Picture | None:
    if path.suffix not in SUFFIXES.values() or path.name.startswith(".") or not path.is_file():
        return None
    record = read_record(path)
    if record is None:
        return None
    raw = None
    if record.source == "pasted":
        name = _PASTED.sub("", path.stem)
        raw = next((one for suffix in SUFFIXES.values() if (one := path.with_name(name + suffix)).is_file()), None)
    return Picture(path=path, raw_path=raw, record=record)
