"""The index: which pictures there are and how they were made, in one SQLite file that can be rebuilt from them.

`jobs` adds, `session` asks for cached results and history. Every call opens its own connection, so threads and
kernels may share one file. It is a shortcut: no call waits for it longer than about a second, and one that is lost is
made again from the pictures, a part at each call.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import re
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from ..errors import BailianError
from ..images import PNG_SIGNATURE
from ..images.decode import SUFFIXES
from ..system.databases import stamp, use
from ..system.language import sentence
from ..system.paths import restored, stored, user_path
from .chunks import extract, read_record
from .picture import Actions, Picture
from .record import Record

T = TypeVar("T")
SCHEMA = 1
_TABLES = (
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
)
_WHOLE = ("CREATE INDEX IF NOT EXISTS pictures_created ON pictures (created)", f"PRAGMA user_version = {SCHEMA}")
"""Comes last of all: an index without it is still being made."""
REFILL_SECONDS = 0.4
"""How long a call looks for pictures that a lost index knew, before it answers with what there is."""
PATIENCE = 0.8
"""Seconds for which another that writes is waited for, so that each call answers within a second."""
NO_PATIENCE = 0.2
"""The same while the index cannot be read: each cell of a large sweep asks."""
_BATCH = 100
"""How many pictures a new index takes up at once, before others may write."""
_MOST_LATE = 1000
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
        self.path = user_path(home) / "index.sqlite"
        self.actions = actions
        self.folders = folders
        self.fault = ""
        """Why `find` could not look, or not at everything, when it was last asked, "" when it could."""
        self._late: deque[Picture] = deque(maxlen=_MOST_LATE)
        self._one = threading.Lock()
        self._refill: Iterator[Picture | None] | None = None
        self._lost = ""
        self._count = 0

    def add(self, picture: Picture) -> None:
        """Add a picture, or replace what was known about its path.

        Raises
        ------
        sqlite3.Error, OSError
            When the file cannot be written, or others hold it for too long; the next call tries it again.
        """
        self._late.append(picture)
        self._write_late(PATIENCE)

    def find(self, request_key: str, *, emulator: bool | None = None, host: str | None = None) -> list[Picture]:
        """Return one run's pictures for a request, by `index`: the newest complete run, else the fullest.

        Only pictures whose files are there and unchanged. `emulator` keeps the two worlds apart, `host` (of the base
        URL) the services; None takes all. An index that cannot be read knows no picture; `fault` and a warning say so.
        """
        where = "request_key = ? AND (? IS NULL OR emulator = ?)"
        try:
            rows = self._rows(where, (_plain(request_key), emulator, emulator), NO_PATIENCE if self.fault else PATIENCE)
        except BailianError as error:
            known, self.fault = (
                self.fault,
                sentence("{message}: what may be on disk already was not looked for", message=error.message),
            )
            if not known:
                log.warning("%s", self.fault)
            return []
        runs: dict[tuple[str, str], dict[int, Picture]] = {}
        for picture in filter(None, rows):
            if host in (None, picture.record.base_url_host) and is_unchanged(picture):
                run = runs.setdefault((picture.record.job_id, picture.record.task_id), {})
                run.setdefault(picture.record.index, picture)
        best: dict[int, Picture] = {}
        for run in runs.values():
            if len(run) > len(best):
                best = run
        part = self._refill is not None and not best
        self.fault = (
            sentence("the index of pictures {path} is still being made from the pictures", path=self.path)
            if part
            else ""
        )
        return [best[index] for index in sorted(best)]

    def recent(self, limit: int = 20) -> list[Picture]:
        """Return the newest pictures that are still there, newest first."""
        return self._first(limit, "1", ())

    def search(self, text: str, limit: int = 50) -> list[Picture]:
        """Return pictures whose prompt, model, function or ids hold every word of `text`, newest first."""
        words = _plain(text).split()
        patterns = tuple("%" + re.sub(r"([\\%_])", r"\\\1", word.lower()) + "%" for word in words)
        return self._first(limit, " AND ".join(["words LIKE ? ESCAPE '\\'"] * len(words)) or "1", patterns)

    def rebuild(self, folder: Path) -> int:
        """Forget what lies below `folder`, read all its pictures again, and return how many there are."""
        root = user_path(folder).resolve()
        found = found_below(root)

        def write(db: sqlite3.Connection) -> None:
            known = [(value, _path_of(value)) for (value,) in db.execute("SELECT path FROM pictures")]
            gone = [(value,) for value, path in known if path is None or path.is_relative_to(root)]
            db.executemany("DELETE FROM pictures WHERE path = ?", gone)
            for picture in found:
                _insert(db, picture)

        self._use(write, PATIENCE, write=True)
        return len(found)

    def _first(self, limit: int, where: str, values: tuple[object, ...]) -> list[Picture]:
        """Look at a page of rows at a time: most of their pictures are there, and all rows would take their time."""
        found: list[Picture] = []
        size = max(2 * limit, _BATCH)
        for offset in itertools.count(0, size):
            rows = self._rows(f"{where} ORDER BY created DESC, rowid DESC LIMIT {size} OFFSET {offset}", values)
            found += [picture for picture in rows if picture is not None and picture.path.is_file()]
            if len(found) >= limit or len(rows) < size:
                break
        return found[:limit]

    def _rows(self, where: str, values: tuple[object, ...], seconds: float | None = None) -> list[Picture | None]:
        """Return a Picture for each row, None for one that cannot be read."""
        wait = PATIENCE if seconds is None else seconds
        if "ORDER BY" not in where:
            where += " ORDER BY created DESC, rowid DESC"
        statement = f"SELECT path, raw_path, record FROM pictures WHERE {where}"  # noqa: S608 - our own words
        if self._late:
            try:
                self._write_late(NO_PATIENCE)
            except (sqlite3.Error, OSError):  # `add` has said so; it may still be read
                wait = max(wait - NO_PATIENCE, NO_PATIENCE)
        try:
            rows = self._use(lambda db: db.execute(statement, values).fetchall(), wait)
        except (sqlite3.Error, OSError) as error:
            raise BailianError(
                sentence("the index of pictures {path} cannot be read ({error})", path=self.path, error=error)
            ) from error
        return [self._picture(*row) for row in rows]

    def _picture(self, path: object, raw_path: object, record: object) -> Picture | None:
        file, raw = _path_of(path), _path_of(raw_path)
        if file is None or raw is None or not isinstance(record, str):
            return None
        try:
            return Picture(path=file, raw_path=raw, record=Record.from_json(record), actions=self.actions)
        except ValueError:
            return None

    def _write_late(self, seconds: float) -> None:
        late = list(self._late)

        def write(db: sqlite3.Connection) -> None:
            for picture in late:
                _insert(db, picture)

        self._use(write, seconds, write=True)
        for picture in late:
            with contextlib.suppress(ValueError):  # another thread has written it, too
                self._late.remove(picture)

    def _use(self, work: Callable[[sqlite3.Connection], T], seconds: float, *, write: bool = False) -> T:
        before = stamp(self.path)

        def within(db: sqlite3.Connection) -> T:
            self._make(
                db,
                sentence("was not there")
                if before is None
                else sentence("was not whole")
                if before.st_size
                else "was empty",
            )
            with _transaction(db, write=write):
                return work(db)

        return use(self.path, within, seconds=seconds, lost=self._begin_anew)

    def _begin_anew(self, aside: str) -> None:
        self._lost = sentence("was broken and is laid aside as {aside}", aside=aside)

    def _make(self, db: sqlite3.Connection, lost: str) -> None:
        """Make the tables, and put the pictures back that are on disk, which are the truth, as far as time allows.

        What is not done is gone on with at the next call, of this kernel or of another one after a kill.
        """
        end = time.monotonic() + REFILL_SECONDS
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA:
            raise sqlite3.DatabaseError(
                sentence(
                    "it is of version {found}, this bailian_nb knows {SCHEMA}: update bailian_nb",
                    found=found,
                    SCHEMA=SCHEMA,
                )
            )
        if _is_whole(db):
            self._refill = None
        elif self._one.acquire(timeout=REFILL_SECONDS):
            try:
                self._fill(db, lost, end)
            except BaseException:
                self._refill = None
                raise
            finally:
                self._one.release()

    def _fill(self, db: sqlite3.Connection, lost: str, end: float) -> None:
        with _transaction(db, write=True):
            if _is_whole(db):
                self._refill = None
                return  # by another, for whom we have waited
            if self._lost or not _has_tables(db):
                self._refill = None
            for statement in _TABLES:
                db.execute(statement)
            known = {path for row in db.execute("SELECT path, raw_path FROM pictures") for path in row}
        begins = self._refill is None
        if self._refill is None:
            self._refill, self._count = newest_in(self.folders(), known), 0
        done = over = False
        while not (done or over):  # one file at least, or a slow disk would never come to an end
            batch, done = _some(self._refill, end)
            over = time.monotonic() > end
            with _transaction(db, write=True):
                for picture in reversed(batch):
                    _insert(db, picture)
                for statement in _WHOLE if done else ():
                    db.execute(statement)
            self._count += len(batch)
        if begins and (self._count or self._lost or not done):  # else it is most likely the first one ever
            more = "" if done else sentence(" so far, and each call goes on with the others")
            words = sentence("the index of pictures %s %s: %d picture(s) are in a new one%s")
            log.warning(words, self.path, self._lost or lost, self._count, more)
        self._lost = ""
        if done:
            self._refill = None


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection, *, write: bool) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _is_whole(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'pictures_created'").fetchone() is not None


def _has_tables(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'pictures'").fetchone() is not None


def _insert(db: sqlite3.Connection, picture: Picture) -> None:
    record = picture.record
    words = (record.prompt, record.actual_prompt, record.model, record.function or "", record.task_id, record.job_id)
    if picture.raw_path != picture.path:
        # One picture, one row: the pasted file takes the place of the served one.
        db.execute("DELETE FROM pictures WHERE path = ?", (stored(picture.raw_path.resolve()),))
    db.execute(
        "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stored(picture.path.resolve()),
            stored(picture.raw_path.resolve()),
            None if record.request_key is None else _plain(record.request_key),
            _plain(record.job_id),
            _plain(record.task_id),
            record.emulator,
            _plain(record.created),
            _plain("\n".join(words).lower()),
            _plain(record.to_json()),
        ),
    )


def _plain(text: str) -> str:
    """Escape lone surrogates, which SQLite cannot store, in the way that JSON reads back."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _path_of(value: object) -> Path | None:
    return restored(value) if isinstance(value, str | bytes) else None


def is_unchanged(picture: Picture) -> bool:
    """Compare the file, without the Record that we put into it, with the hash in its Record."""
    try:
        if not (picture.path.is_file() and picture.raw_path.is_file()):
            return False
        data = picture.path.read_bytes()
        found = extract(data) if data.startswith(PNG_SIGNATURE) else None
        return picture.record.sha256 in (
            hashlib.sha256(data).hexdigest(),
            hashlib.sha256(found[1]).hexdigest() if found else None,
        )
    except (OSError, ValueError):
        return False


_SUFFIXES = frozenset(SUFFIXES.values())
_PASTED = re.compile(r"_pasted(-\d+)?$")


def found_below(folder: Path) -> list[Picture]:
    """Return every picture of ours below `folder`, the oldest name first; served ones that were pasted are left out."""
    found = [picture for path in sorted(folder.rglob("*")) if (picture := _picture_at(path)) is not None]
    pasted_over = {picture.raw_path for picture in found if picture.raw_path != picture.path}
    return [picture for picture in found if picture.path not in pasted_over]


def newest_in(folders: Iterable[Path], known: Container[object]) -> Iterator[Picture | None]:
    """Read the files that lie right in these folders; yield a picture of ours, None for a file that is none.

    Folders are looked at in their order, in each the newest name first; those that cannot be read are passed over, and
    so is what is `known`.
    """
    for folder in folders:
        pasted_over: set[Path] = set()
        try:
            resolved = folder.resolve()
            names = [path.name for path in folder.iterdir() if path.suffix in _SUFFIXES]
        except OSError:
            continue
        for name in sorted((name for name in names if stored(resolved / name) not in known), reverse=True):
            path = folder / name
            if path in pasted_over:
                continue
            picture = _picture_at(path)
            if picture is not None and picture.raw_path != picture.path:
                pasted_over.add(picture.raw_path)  # which comes later, by its shorter name
            yield picture


def _some(pictures: Iterator[Picture | None], end: float) -> tuple[list[Picture], bool]:
    """Return the next pictures, and whether these were the last."""
    batch: list[Picture] = []
    for picture in pictures:
        if picture is not None:
            batch.append(picture)
        if len(batch) >= _BATCH or time.monotonic() > end:
            return batch, False
    return batch, True


def _picture_at(path: Path) -> Picture | None:
    if path.suffix not in _SUFFIXES or path.name.startswith(".") or not path.is_file():
        return None
    record = read_record(path)
    if record is None:
        return None
    raw = None
    if record.source == "pasted":
        name = _PASTED.sub("", path.stem)
        raw = next((one for suffix in SUFFIXES.values() if (one := path.with_name(name + suffix)).is_file()), None)
    return Picture(path=path, raw_path=raw, record=record)
