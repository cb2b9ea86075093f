"""How many pictures each folder holds, and which of them are gone: by it a history of a million is told at once.

`Index.listed` asks here for all pictures, or those of a time; `listing` tells what passes another filter. The file
keeps what a folder held when its names were last read, and the folder's own time, by which one sees that nothing came
or went since: only folders that have changed are read again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, overload

from ..store import buckets
from ..system.paths import restored
from . import index_rows as rows
from .small import FOLDER as SMALL
from .small import Small

Ask = Callable[[Callable[[sqlite3.Connection], Any]], Any]
AT_ONCE = 10_000
"""Pictures whose folders are read for one question before a window is opened; the next question goes on."""
_SETTLED = 2.0
"""Seconds after which a folder's time tells a later change from this one, on any file system."""
_SHATTERED, _CROSSED = 4000, 4
"""A folder of so few pictures whose time spans more than so many other folders is taken picture by picture."""
_ANY = ("", "\U0010ffff")
_KEPT = (
    "SELECT f.path, (SELECT min(id) FROM pictures), (SELECT max(id) FROM pictures),"
    " s.folder, s.held, s.oldest, s.newest, s.changes, s.stamp, s.gone"
    " FROM standing s JOIN folders f ON f.id = s.folder WHERE s.held > 0"
)
_LEARNT = "UPDATE standing SET stamp = ?, gone = ? WHERE folder = ? AND changes = ?"
_IN_FOLDER = "SELECT id, name FROM pictures WHERE folder = ? AND id BETWEEN ? AND ?"
_NAMES = "SELECT count(*), group_concat(name, '/') FROM pictures WHERE folder = ? AND id BETWEEN ? AND ?"
"""In one text, for no name holds that sign: thousands of rows take three times as long."""
_PART = (
    "SELECT count(*), min(created), max(created) FROM pictures WHERE folder = ? AND created >= ? AND created < ?"
    " AND id BETWEEN ? AND ? AND id NOT IN (SELECT value FROM json_each(?))"
)
_TIMES = (
    "SELECT created, count(*) FROM pictures WHERE folder = ? AND created BETWEEN ? AND ? AND id BETWEEN ? AND ?"
    " AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY created"
)
_WINDOW = (
    "SELECT p.id FROM json_each(?) w CROSS JOIN pictures p ON p.folder = json_extract(w.value, '$[0]')"
    " AND p.created BETWEEN json_extract(w.value, '$[1]') AND json_extract(w.value, '$[2]')"
    " WHERE p.id BETWEEN ? AND ? AND p.id NOT IN (SELECT value FROM json_each(?))"
    " ORDER BY p.created DESC, p.id DESC LIMIT ? OFFSET ?"
)
_WINDOW_OF_ONE = (
    "SELECT id FROM pictures WHERE folder = ? AND created BETWEEN ? AND ?"
    " AND id BETWEEN ? AND ? AND id NOT IN (SELECT value FROM json_each(?))"
    " ORDER BY created DESC, id DESC LIMIT ? OFFSET ?"
)


@dataclass(slots=True)
class _Folder:
    """A folder that is there; `gone` are the ids that it holds no more, as far as is known."""

    number: int
    path: object
    stamp: str
    held: int
    oldest: str
    newest: str
    changes: int
    gone: list[int]
    sure: bool


class _Piece(NamedTuple):
    """Pictures of one folder whose times lie between these two, both included."""

    newest: str
    oldest: str
    folder: int
    size: int


class _Group(NamedTuple):
    """Pieces whose times overlap, so that their pictures are sorted together."""

    size: int
    pieces: list[_Piece]


class Standing(Sequence[int]):
    """The ids of all pictures of a time that are there, newest first, of which only what is looked at is read.

    The length is exact where every folder's names are known; where there are too many to read for one question it is
    corrected as soon as a window of such a folder is opened.

    Parameters
    ----------
    ask
        Does some work with the index.
    since, before
        ISO 8601 in UTC; "" for any.
    """

    def __init__(self, ask: Ask, *, since: str = "", before: str = "") -> None:
        self._ask = ask
        self._range = (since or _ANY[0], before or _ANY[1])
        self._ids = (0, 0)
        """The lowest and the highest id when this was asked for: what comes later moves no window."""
        self._folders: dict[int, _Folder] = {}
        self._known = 0
        self._groups: list[_Group] = []
        self._ends: list[int] = []
        self._one = threading.RLock()
        ask(self._read)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step != 1:
                return [*self][at]
            with self._one:
                found: list[int] = self._ask(lambda db: self._window(db, start, stop))
            return found
        first = at + len(self) if at < 0 else at
        return self[first : first + 1][0] if first >= 0 else [][at]

    def __iter__(self) -> Iterator[int]:
        return iter(self[:])

    @property
    def folders(self) -> list[int] | None:
        """The ids of the folders that are there and hold pictures of the time; None where all do."""
        return None if len(self._folders) == self._known else [*self._folders]

    def holds(self, folder: int) -> bool:
        """Tell whether a folder is one of these."""
        return folder in self._folders

    def gone(self, db: sqlite3.Connection, folders: Iterable[int]) -> set[int]:
        """Return the ids of the pictures that folders hold no more, exactly."""
        asked = [self._folders[each] for each in folders if each in self._folders]
        self._make_sure(db, [each for each in asked if not each.sure])
        return {number for each in asked for number in each.gone}

    def _read(self, db: sqlite3.Connection) -> None:
        if not rows.has_table(db, "standing"):  # of an earlier version; where another writes, the next time
            _write(db, lambda: rows.keep_standing(db))
        statement = _KEPT if rows.has_table(db, "standing") else f"WITH standing AS ({rows.STANDING_COUNTED}) {_KEPT}"
        found = db.execute(statement).fetchall()
        self._known = len(found)
        for path, low, high, number, held, oldest, newest, changes, stamp, gone in found:
            now = _stamp(path)
            if now and newest >= self._range[0] and oldest < self._range[1]:
                self._ids = (low, high)
                left_out = [] if gone == "[]" else json.loads(gone)
                self._folders[number] = _Folder(
                    number, path, now, held, oldest, newest, changes, left_out, sure=stamp == now
                )
        unsure = sorted((each for each in self._folders.values() if not each.sure), key=lambda each: each.newest)
        asked: list[_Folder] = []
        left = AT_ONCE
        while unsure and (left > 0 or not asked):
            asked.append(unsure.pop())
            left -= asked[-1].held
        self._make_sure(db, asked)
        self._sort(db)

    def _window(self, db: sqlite3.Connection, start: int, stop: int) -> list[int]:
        while unsure := [self._folders[each] for each in self._touched(start, stop) if not self._folders[each].sure]:
            self._make_sure(db, unsure)
            self._sort(db)
        found: list[int] = []
        for at in range(bisect_right(self._ends, start), len(self._groups)):
            group, first = self._groups[at], self._ends[at] - self._groups[at].size
            if first >= stop:
                break
            skipped = max(start - first, 0)
            found += self._of_group(db, group, skipped, min(stop - first, group.size) - skipped)
        return found

    def _touched(self, start: int, stop: int) -> set[int]:
        first = bisect_right(self._ends, start)
        last = bisect_right(self._ends, max(stop - 1, start)) + 1
        return {piece.folder for group in self._groups[first:last] for piece in group.pieces}

    def _of_group(self, db: sqlite3.Connection, group: _Group, skipped: int, count: int) -> list[int]:
        parts = [(piece.folder, piece.oldest, piece.newest) for piece in group.pieces]
        gone = json.dumps([number for folder, *_ in parts for number in self._folders[folder].gone])
        if len(parts) == 1:
            found = db.execute(_WINDOW_OF_ONE, (*parts[0], *self._ids, gone, count, skipped))
        else:
            found = db.execute(_WINDOW, (json.dumps(parts), *self._ids, gone, count, skipped))
        return [number for (number,) in found]

    def _make_sure(self, db: sqlite3.Connection, folders: Iterable[_Folder]) -> None:
        """Read which files are there, and keep it of folders that have not changed just now."""
        small, learnt = Small(), []
        for folder in folders:
            folder.held, held = db.execute(_NAMES, (folder.number, *self._ids)).fetchone()
            names, folder.gone, folder.sure = names_in(folder.path), [], True
            if not names.issuperset((held or "").split("/")):  # else all are there, as most often, and no row is read
                rows_held = db.execute(_IN_FOLDER, (folder.number, *self._ids))
                folder.gone = [number for number, name in rows_held if not is_there(folder.path, name, names, small)]
            if _has_settled(folder.stamp):
                learnt.append((folder.stamp, json.dumps(folder.gone), folder.number, folder.changes))
        if learnt:
            _write(db, lambda: db.executemany(_LEARNT, learnt))

    def _sort(self, db: sqlite3.Connection) -> None:
        pieces = [piece for folder in self._folders.values() if (piece := self._piece(db, folder)).size]
        self._groups = _grouped(self._shattered(db, pieces))
        self._ends = list(accumulate(group.size for group in self._groups))

    def _piece(self, db: sqlite3.Connection, folder: _Folder) -> _Piece:
        if folder.oldest >= self._range[0] and folder.newest < self._range[1]:
            return _Piece(folder.newest, folder.oldest, folder.number, folder.held - len(folder.gone))
        values = (folder.number, *self._range, *self._ids, json.dumps(folder.gone))
        count, oldest, newest = db.execute(_PART, values).fetchone()
        return _Piece(newest or "", oldest or "", folder.number, count)

    def _shattered(self, db: sqlite3.Connection, pieces: list[_Piece]) -> list[_Piece]:
        """Take folders that span many others picture by picture, so that not all of these are sorted together."""
        begins, ends = sorted(each.oldest for each in pieces), sorted(each.newest for each in pieces)
        found: list[_Piece] = []
        for piece in pieces:
            crossed = bisect_right(begins, piece.newest) - bisect_right(ends, piece.oldest)
            if crossed <= _CROSSED or piece.size > _SHATTERED:
                found.append(piece)
                continue
            values = (
                piece.folder,
                piece.oldest,
                piece.newest,
                *self._ids,
                json.dumps(self._folders[piece.folder].gone),
            )
            found += [_Piece(created, created, piece.folder, count) for created, count in db.execute(_TIMES, values)]
        return found


def _write(db: sqlite3.Connection, work: Callable[[], object]) -> None:
    """Keep what was learnt, unless another writes just now or nobody may: it is learnt again."""
    (patience,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 0")
    try:
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("BEGIN IMMEDIATE")
            try:
                work()
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
    finally:
        db.execute(f"PRAGMA busy_timeout = {patience}")


def _grouped(pieces: list[_Piece]) -> list[_Group]:
    groups: list[list[_Piece]] = []
    oldest = ""
    for piece in sorted(pieces, reverse=True):
        if not groups or piece.newest < oldest:
            groups.append([])
            oldest = piece.oldest
        groups[-1].append(piece)
        oldest = min(oldest, piece.oldest)
    return [_Group(sum(piece.size for piece in group), group) for group in groups]


def _stamp(value: object) -> str:
    """Return what changes when a file of a folder comes or goes; "" where nothing of it can be there."""
    if not isinstance(value, str | bytes):
        return ""
    if buckets.FOLDER not in (value if isinstance(value, str) else os.fsdecode(value)):
        return _time(value)
    home = buckets.home_of(restored(value))
    return _time(value) if home is None else f"{_time(value)} and {_time(str(home / SMALL))}"


def _time(value: str | bytes) -> str:
    name = value if isinstance(value, str) and value.isascii() else restored(value)
    try:
        found = os.stat(name)  # noqa: PTH116  # of thousands: a Path of each takes three times as long
    except (OSError, ValueError):
        return ""
    return f"{found.st_mtime_ns} of {found.st_ino}"


def _has_settled(stamp: str) -> bool:
    changed = [int(each.partition(" ")[0]) for each in stamp.split(" and ") if each]
    return all(time.time() - each / 1e9 > _SETTLED for each in changed)


def names_in(value: object) -> frozenset[str]:
    path = restored(value) if isinstance(value, str | bytes) else None
    if path is None:
        return frozenset()
    try:
        return frozenset(os.listdir(path))  # noqa: PTH208  # names alone
    except OSError:
        return frozenset()


def is_there(folder: object, name: object, names: frozenset[str], small: Small) -> bool:
    """Tell whether a file is there, or lies in its bucket and was made here."""
    if not isinstance(name, str | bytes):
        return False
    if (name if isinstance(name, str) and name.isascii() else restored(name).name) in names:
        return True
    path = rows.path_of(folder, name)
    return path is not None and small.has(path)
