"""The index: which pictures there are and how they were made, in one SQLite file that can be rebuilt from them.

`jobs` adds, `session` asks for cached results and history; `index_rows` is what the file holds. Every call opens its
own connection, so threads and kernels may share one file. It is a shortcut: no call waits for it longer than about a
second, and one that is lost, or that an earlier version wrote, is made anew, a part at each call.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from ..errors import BailianError
from ..system.collector import collecting_later
from ..system.databases import said, stamp, use
from ..system.language import sentence
from ..system.paths import restored, user_path
from . import index_rows as rows
from . import listing
from .actions import Actions
from .found import Files, files_below, is_unchanged, newest_in, picture_at
from .index_rows import EARLIER, SCHEMA, Age, Row
from .listing import Wanted
from .newer import Newer
from .picture import Picture

T = TypeVar("T")
REFILL_SECONDS = 0.4
"""How long a call looks for pictures that a lost index knew, before it answers with what there is."""
PATIENCE = 0.8
"""Seconds for which another that writes is waited for, so that each call answers within a second."""
NO_PATIENCE = 0.2
"""The same while the index cannot be read: each cell of a large sweep asks."""
_BATCH = 100
"""How many pictures a new index takes up at once, before others may write."""
_QUICKLY_COPIED = 100_000_000
"""Bytes that a disk copies within a second or so: the room that an earlier version took is given back."""
_PAGE = 4000
"""How many calls a search looks at in one go, at most."""
_LAST = ("\U0010ffff", 1 << 62)
"""Newer than any picture."""
_UNKNOWN = ("", 0)
"""Older than any picture."""
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
        self._newer = Newer(self._ask, lambda found: self._insert(found, PATIENCE))

    def add(self, picture: Picture) -> None:
        """Add a picture, or replace what was known about its path.

        Raises
        ------
        sqlite3.Error, OSError
            When the file cannot be written, or others hold it for too long; the next call tries it again.
        """
        self._late.append(picture)
        self._write_late(PATIENCE)

    def take_up(self, folder: Path) -> int:
        """See `Newer.take_up`."""
        return self._newer.take_up(folder)

    def find(self, request_key: str, *, emulator: bool | None = None, host: str | None = None) -> list[Picture]:
        """Return one run's pictures for a request, by `index`: the newest complete run, else the fullest.

        Only pictures whose files are there and unchanged. `emulator` keeps the two worlds apart, `host` (of the base
        URL) the services; None takes all. An index that cannot be read knows no picture; `fault` and a warning say so.
        """
        try:
            found = self._ask(
                lambda db: self._of_request(db, request_key, emulator), NO_PATIENCE if self.fault else PATIENCE
            )
        except BailianError as error:
            known, self.fault = (
                self.fault,
                sentence("{message}: what may be on disk already was not looked for", message=error.message),
            )
            if not known:
                log.warning("%s", self.fault)
            return []
        runs: dict[tuple[str, str], dict[int, Picture]] = {}
        for picture in found:
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

    def recent(self, limit: int = 20, *, before: Picture | None = None) -> list[Picture]:
        """Return the newest pictures that are still there, newest first.

        `before` is the last one of a page: those older than it are returned, none where it is not known.
        """
        return self._ask(lambda db: self._recent(db, limit, _age(db, before)))

    def search(self, text: str, limit: int = 50, *, before: Picture | None = None) -> list[Picture]:
        """Return pictures whose prompt, model or function hold every word of `text`, newest first.

        A word may be a part of one, or the id of a job, or at least eight characters that a task's id begins with.
        `before` is as for `recent`.
        """
        words = rows.plain(text).lower().split()
        if not words:
            return self.recent(limit, before=before)
        return self._ask(lambda db: self._holding(db, words, limit, _age(db, before)))

    def listed(self, wanted: Wanted) -> Sequence[int]:
        """Return the numbers of all pictures that pass and are there, newest first; `opened` gives some of them."""
        return listing.listed(self._ask, wanted, lambda db, words: _calls(db, words, _PAGE))

    def opened(self, numbers: Sequence[int]) -> dict[int, Picture]:
        """Return pictures by their numbers; one that was forgotten meanwhile, or cannot be read, is left out."""
        return self._ask(lambda db: self._opened(db, numbers))

    def knows(self, picture: Picture) -> bool:
        """Tell whether a picture of this path was added, whether it is there or not."""
        return self._ask(lambda db: _age(db, picture)) != _UNKNOWN

    def makers(self) -> tuple[list[str], list[str]]:
        """Return the models and the functions that made what is known, by name."""

        def work(db: sqlite3.Connection) -> tuple[list[str], list[str]]:
            if not listing.keeps_makers(db):
                with contextlib.suppress(sqlite3.OperationalError), _transaction(db):  # another writes: the next time
                    listing.keep_makers(db)
            return listing.used(db)

        return self._ask(work)

    def places(self) -> list[Path]:
        """Return the folders that pictures were saved in, whether they are there or not."""
        found = self._ask(lambda db: db.execute(rows.FOLDERS).fetchall())
        return [restored(path) for _, path, _ in found if isinstance(path, str | bytes)]

    def _recent(self, db: sqlite3.Connection, limit: int, last: Age) -> list[Picture]:
        there, more = Files(db.execute(rows.FOLDERS)), 0
        while True:
            numbers = _newest(db, limit + more, last, there)
            found = list(self._opened(db, numbers).values())
            unreadable = len(numbers) - len(found)
            if len(found) >= limit or unreadable <= more:
                return found[:limit]
            more = 2 * unreadable

    def _holding(self, db: sqlite3.Connection, words: list[str], limit: int, last: Age) -> list[Picture]:
        there = Files(db.execute(rows.FOLDERS))
        held: list[int] | None = None
        few = False
        found: list[Picture] = []
        for calls in _calls(db, words, limit):
            found = [] if few else found  # a corner of the index is read anew, as a whole
            page = rows.holding(db, None if few else calls, words, held, last)
            left = [number for number, _, folder, name in page if there.has(folder, name)]
            while left and len(found) < limit:
                asked = limit - len(found)
                found += self._opened(db, left[:asked]).values()
                left = left[asked:]
            if len(found) >= limit:
                break
            if held is None:  # most often the first page is enough, and only then not every folder is asked for
                held = [folder for folder, _ in there.newest if there.holds(folder)]
                few = rows.are_few(db, held)
            elif few or not held:
                break
        return found

    def _opened(self, db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Picture]:
        """Return the pictures of these ids, in their order, but for those whose rows cannot be read."""
        page: list[Row] = db.execute(rows.OF_IDS, (json.dumps([*numbers]),)).fetchall()
        with collecting_later():
            found = dict(rows.pictures_of(page, self.actions))
            return {number: found[number] for number in numbers if number in found}

    def rebuild(self, folder: Path, progress: Callable[[int, int], object] | None = None) -> int:
        """Read all pictures below `folder` again, forget what is there no more, and return how many there are.

        It may be interrupted: what was read is known then, and nothing is forgotten. `progress` hears how many files of
        how many were read.
        """
        root = user_path(folder).resolve()
        paths = files_below(root)
        kept: set[Path] = set()
        for at in range(0, len(paths), _BATCH) or (0,):
            batch = [picture for path in paths[at : at + _BATCH] if (picture := picture_at(path)) is not None]
            self._insert(batch, PATIENCE)
            kept |= {picture.path.resolve() for picture in batch}
            kept -= {picture.raw_path.resolve() for picture in batch if picture.raw_path != picture.path}
            if progress is not None:
                progress(min(at + _BATCH, len(paths)), len(paths))
        self._use(lambda db: rows.forget_others(db, root, kept), PATIENCE, write=True)
        return len(kept)

    def _of_request(self, db: sqlite3.Connection, request_key: str, emulator: bool | None) -> list[Picture]:
        page = db.execute(rows.OF_REQUEST, (rows.of_request(request_key), emulator, emulator)).fetchall()
        found = [rows.picture_of(row, self.actions) for row in page]
        if rows.has_table(db, EARLIER):
            left = db.execute(rows.EARLIER_OF_REQUEST, (rows.plain(request_key), emulator, emulator)).fetchall()
            found += [rows.earlier(path, raw, record, self.actions) for path, raw, record in left]
        return [each for each in found if each is not None and each.record.request_key == request_key]

    def _insert(self, pictures: Sequence[Picture], seconds: float) -> None:
        self._use(lambda db: rows.insert(db, pictures), seconds, write=True)

    def _ask(self, work: Callable[[sqlite3.Connection], T], seconds: float | None = None) -> T:
        wait = PATIENCE if seconds is None else seconds
        if self._late:
            try:
                self._write_late(NO_PATIENCE)
            except (sqlite3.Error, OSError):  # `add` has said so; it may still be read
                wait = max(wait - NO_PATIENCE, NO_PATIENCE)
        try:
            return self._use(work, wait)
        except (sqlite3.Error, OSError) as error:
            why = said(error, self.path)
            raise BailianError(
                sentence("the index of pictures {path} cannot be read ({error})", path=self.path, error=why)
            ) from error

    def _write_late(self, seconds: float) -> None:
        late = list(self._late)

        self._insert(late, seconds)
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
                else sentence("was empty"),
            )
            if not write:
                return work(db)  # no transaction: files are looked at between its statements
            with _transaction(db):
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
        with _transaction(db):
            if _is_whole(db):
                self._refill = None
                return  # by another, for whom we have waited
            if self._lost or not rows.has_table(db, "pictures"):
                self._refill = None
            earlier_whole = rows.has_table(db, "pictures_created")
            rows.make_tables(db)
        if rows.has_table(db, EARLIER):
            self._take_over(db, end, earlier_whole)
            return
        begins = self._refill is None
        if self._refill is None:
            self._refill, self._count = newest_in(self.folders(), rows.Known(db)), 0
        done = over = False
        while not (done or over):  # one file at least, or a slow disk would never come to an end
            batch, done = _some(self._refill, end)
            over = time.monotonic() > end
            with _transaction(db):
                rows.insert(db, batch[::-1], older=True)
                for statement in rows.WHOLE if done else ():
                    db.execute(statement)
            self._count += len(batch)
        if begins and (self._count or self._lost or not done):  # else it is most likely the first one ever
            more = "" if done else sentence(" so far, and each call goes on with the others")
            words = sentence("the index of pictures %s %s: %d picture(s) are in a new one%s")
            log.warning(words, self.path, self._lost or lost, self._count, more)
        self._lost = ""
        if done:
            self._refill = None

    def _take_over(self, db: sqlite3.Connection, end: float, whole: bool) -> None:
        """Bring rows of an earlier version into these tables, the newest first; `find` asks both meanwhile."""
        while True:  # one page at least
            with _transaction(db):
                page = db.execute(rows.EARLIER_NEWEST, (_BATCH,)).fetchall()
                found = [rows.earlier(path, raw, record, self.actions) for _, path, raw, record in page]
                rows.insert(db, [picture for picture in found if picture is not None][::-1], older=True)
                db.executemany(rows.EARLIER_DONE, [(number,) for number, *_ in page])
                if not page:
                    db.execute(f"DROP TABLE {EARLIER}")
                for statement in rows.WHOLE if whole and not page else ():
                    db.execute(statement)
            if not page and whole and rows.bytes_held(db) < _QUICKLY_COPIED:
                with contextlib.suppress(sqlite3.OperationalError):  # another looks at it: it stays as large as it was
                    db.execute("VACUUM")
            if not page or time.monotonic() > end:
                return


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _age(db: sqlite3.Connection, picture: Picture | None) -> Age:
    """Return what a picture is sorted by: newer than any without one, older than any for one that is not known."""
    if picture is None:
        return _LAST
    found: Age | None = db.execute(rows.AGE, (rows.place(picture.path.resolve()),)).fetchone()
    return found or _UNKNOWN


def _newest(db: sqlite3.Connection, limit: int, last: Age, there: Files) -> list[int]:
    """Return the ids of the newest pictures whose files are there; folders that are gone or older are passed over."""
    found: list[Age] = []
    for folder, newest in there.newest:
        found = sorted(found, reverse=True)[:limit]
        if len(found) >= limit and newest < found[-1][0]:
            break
        at, size, mine = last, limit, 0
        while mine < limit and there.holds(folder):
            page = db.execute(rows.OF_FOLDER, (folder, *at, size)).fetchall()
            ages = [(created, number) for number, created, name in page if there.has(folder, name)]
            found, mine = found + ages, mine + len(ages)
            if len(page) < size:
                break
            at, size = (page[-1][1], page[-1][0]), min(2 * size + _BATCH, _PAGE)
    return [number for _, number in sorted(found, reverse=True)[:limit]]


def _calls(db: sqlite3.Connection, words: Sequence[str], limit: int) -> Iterator[list[int]]:
    """Give the ids of calls that may hold every word, the newest first, a page at a time."""
    asked = rows.query(words)
    narrow = bool(asked) and rows.has_words() and rows.has_table(db, "words")
    if not rows.has_words():
        _say_slow()
    for statement in (rows.MATCHING, rows.UNWORDED) if narrow else (rows.CALLS,):
        last, size = 1 << 62, 2 * limit
        given = (asked,) if statement is rows.MATCHING else ()
        while ids := [call for (call,) in db.execute(statement, (*given, last, size))]:
            yield ids
            if len(ids) < size:
                break
            last, size = ids[-1], min(4 * size, _PAGE)


def _is_whole(db: sqlite3.Connection) -> bool:
    return rows.has_table(db, "complete")


def _some(pictures: Iterator[Picture | None], end: float) -> tuple[list[Picture], bool]:
    """Return the next pictures, and whether these were the last."""
    batch: list[Picture] = []
    for picture in pictures:
        if picture is not None:
            batch.append(picture)
        if len(batch) >= _BATCH or time.monotonic() > end:
            return batch, False
    return batch, True


@functools.cache
def _say_slow() -> None:
    log.warning(sentence("this Python's SQLite has no FTS5: a search reads every prompt"))
