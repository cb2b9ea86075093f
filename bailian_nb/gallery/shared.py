"""What everybody has put into the place that pictures go to: a bucket, or a folder that colleagues reach, too.

The place is listed anew for each history that asks for it; the Record of each picture is read once, the newest first,
and kept in `shared.sqlite` below BAILIAN_NB_HOME, a shortcut that may be deleted. The pictures themselves stay where
they are until somebody opens one. `session.shelf` asks here.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from .. import specs
from ..errors import BailianError, BucketError
from ..images.decode import SUFFIXES
from ..store import buckets, shelves
from ..store.shelves import Entry
from ..system.databases import use
from ..system.language import sentence
from ..system.paths import user_path
from . import small
from .actions import Actions
from .fetch import MOST_RECORD_BYTES
from .found import BIN, is_binned
from .listing import Wanted
from .picture import Picture
from .record import Record

T = TypeVar("T")
READ_SECONDS = 8.0
"""How long one look reads Records that are new; the next one goes on with what is left."""
FRESH_SECONDS = 30.0
"""How long a look answers for the questions after it: a gallery asks with every letter that is typed."""
SMALL_SECONDS = 10.0
"""How long somebody who looks at a page waits for the small pictures of it."""
AT_ONCE = 32
"""Records that are read side by side."""
_BATCH = 200
_PATIENCE = 2.0
_PASTED = re.compile(r"_pasted(-\d+)?$")
_SUFFIXES = frozenset(SUFFIXES.values())
_TABLE = (
    "CREATE TABLE IF NOT EXISTS shared (place TEXT NOT NULL, json TEXT NOT NULL, tag TEXT NOT NULL,"
    " address TEXT NOT NULL, created TEXT NOT NULL, owner TEXT NOT NULL, model TEXT NOT NULL, function TEXT NOT NULL,"
    " text TEXT NOT NULL, record BLOB, PRIMARY KEY (place, json))"
)
"""A row for each JSON beside a picture; one that is no Record has none, and is not read again before it changes."""
_KNOWN = "SELECT json, tag FROM shared WHERE place = ?"
_INSERT = "INSERT OR REPLACE INTO shared VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DELETE = "DELETE FROM shared WHERE place = ? AND json = ?"
_OPENED = "SELECT address, record FROM shared WHERE place = ? AND address IN (SELECT value FROM json_each(?))"
_OWNERS = "SELECT DISTINCT owner FROM shared WHERE place = ? AND record IS NOT NULL AND owner != '' ORDER BY owner"


class Shared:
    """The pictures at one place, whoever made them.

    Attributes
    ----------
    folder
        Where pictures are saved on this machine; of a bucket, before they are carried up.
    place
        The address of the bucket's folder, or the path of one of the disk.
    unread
        How many pictures the last look has found and not read yet.
    fault
        Why the place could not be looked at, "" when it could: then what was known is told.
    """

    def __init__(self, home: Path, folder: Path, *, actions: Actions | None = None) -> None:
        self.folder = folder
        self.place = buckets.address_of(folder, home) or str(folder)
        self.unread = 0
        self.fault = ""
        self._home = home
        self._path = user_path(home) / "shared.sqlite"
        self._actions = actions
        self._looked: float | None = None

    def look(self) -> None:
        """List the place, read the Records that are new, and forget what is there no more.

        Raises
        ------
        BailianError
            When `shared.sqlite` cannot be used.
        """
        if self._looked is not None and time.monotonic() - self._looked < FRESH_SECONDS:
            return
        try:
            listed = shelves.everything(self.place)
        except BucketError as error:
            self.fault = str(error)
            return
        self.fault = ""
        pictures = _pictures(listed)
        known = dict(self._use(lambda db: db.execute(_KNOWN, (self.place,)).fetchall()))
        gone = [(self.place, name) for name in known.keys() - pictures.keys()]
        if gone:
            self._write(lambda db: db.executemany(_DELETE, gone))
        new = [name for name in pictures if known.get(name) != listed[name].tag]
        new.sort(key=lambda name: (listed[name].written, name), reverse=True)
        self.unread = self._read(new, listed, pictures, time.monotonic() + READ_SECONDS)
        self._looked = time.monotonic()

    def places(self, wanted: Wanted, owner: str = "") -> list[str]:
        """Return where the pictures lie that pass, the newest first; of one owner, or of everybody. Names pass all."""
        where, values = ["place = ?", "record IS NOT NULL"], [self.place]
        for column, value in (("owner", owner), ("model", wanted.model), ("function", wanted.function)):
            if value:
                where.append(f"{column} = ?")
                values.append(value)
        for compared, day in (("created >= ?", wanted.since), ("created < ?", wanted.before)):
            if day:
                where.append(compared)
                values.append(day)
        for word in wanted.words.lower().split():
            where.append("instr(text, ?)")
            values.append(_plain(word))
        statement = f"SELECT address FROM shared WHERE {' AND '.join(where)} ORDER BY created DESC, json DESC"  # noqa: S608  # our own words
        return [address for (address,) in self._use(lambda db: db.execute(statement, values).fetchall())]

    def opened(self, places: Sequence[str]) -> dict[str, Picture]:
        """Return the pictures of these places, not fetched; one that is known no more is left out."""
        rows = self._use(lambda db: db.execute(_OPENED, (self.place, json.dumps(list(places)))).fetchall())
        known = dict(rows)
        return {place: self._picture(place, known[place]) for place in places if known.get(place) is not None}

    def owners(self) -> list[str]:
        """Return who has pictures there, by name, as far as it was looked at."""
        if not self._path.exists():
            return []
        return [owner for (owner,) in self._use(lambda db: db.execute(_OWNERS, (self.place,)).fetchall())]

    def lines(self, owner: str = "") -> list[str]:
        """Return in words what could not be read, and who has something there where one who was asked for has not."""
        found = []
        if self.fault:
            found.append(sentence("only what was read of {place} before: {fault}", place=self.place, fault=self.fault))
        if self.unread:
            found.append(
                sentence(
                    "{count} more in {place} are not read yet: the same call goes on with them",
                    count=self.unread,
                    place=self.place,
                )
            )
        owners = self.owners()
        if owner and owner not in owners:
            found.append(
                sentence(
                    "{owner} has made nothing in {place}; there is something of: {names}",
                    owner=owner,
                    place=self.place,
                    names=", ".join(owners) or sentence("nobody by name"),
                )
            )
        return found

    def _read(self, new: Sequence[str], listed: Mapping[str, Entry], pictures: Mapping[str, str], end: float) -> int:
        """Read Records until the time is over, and return how many are left."""
        done = 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bailian_nb-shared") as threads:
            for batch in _batches(new):
                if done and time.monotonic() > end:
                    break
                texts = list(threads.map(lambda name: _content(name, listed[name]), batch))
                rows = [
                    self._row(name, listed[name].tag, pictures[name], text)
                    for name, text in zip(batch, texts, strict=True)
                    if text is not None
                ]
                self._write(lambda db, rows=rows: db.executemany(_INSERT, rows))  # type: ignore[misc]
                done += len(batch)
                if not rows:  # the place has gone away
                    return len(new) - done + len(batch)
        return len(new) - done

    def _row(self, name: str, tag: str, address: str, text: bytes) -> tuple[object, ...]:
        try:
            record = Record.from_json(text)
        except ValueError:
            return (self.place, name, tag, address, *([""] * 5), None)
        function = record.function or ""
        short = specs.short_name(record.model, function) if function else ""
        words = [record.prompt, record.actual_prompt, record.model, function, short, record.task_id, record.job_id]
        told = [record.created, record.owner, record.model, function, "\n".join(words).lower()]
        packed = zlib.compress(_plain(record.to_json()).encode())
        return (self.place, name, tag, address, *map(_plain, told), packed)

    def _picture(self, address: str, record: bytes) -> Picture:
        known = Record.from_json(zlib.decompress(record))
        if not buckets.is_address(address):
            return Picture(path=Path(address), record=replace(known, address=""), actions=self._actions)
        path = buckets.local_folder(address, self._home)
        return Picture(path=path, record=replace(known, address=address), actions=self._actions)

    def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        def within(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            work(db)
            db.execute("COMMIT")

        self._use(within)

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def within(db: sqlite3.Connection) -> T:
            db.execute(_TABLE)
            return work(db)

        try:
            return use(self._path, within, seconds=_PATIENCE)
        except (sqlite3.Error, OSError) as error:
            raise BailianError(
                sentence(
                    "what others have made is listed in {path}, which cannot be used ({error})",
                    path=self._path,
                    error=error,
                )
            ) from error


def bring_small(pictures: Sequence[Picture]) -> None:
    """Make the small copies of pictures that lie in a bucket alone, as far as a moment allows; faults show nothing."""
    wanted = [each for each in pictures if each.address and not each.seen().exists()]
    if not wanted:
        return
    threads = ThreadPoolExecutor(8, thread_name_prefix="bailian_nb-small")
    end = time.monotonic() + SMALL_SECONDS
    made = [threads.submit(small.bring, each.path, each.address) for each in wanted]
    try:
        for each in made:
            each.exception(max(end - time.monotonic(), 0.0))
    except TimeoutError:
        pass
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _pictures(listed: Mapping[str, Entry]) -> dict[str, str]:
    """Return the JSON beside each picture and the picture; served ones that were pasted over are left out."""
    stems: dict[str, str] = {}
    for name in listed:
        stem, dot, suffix = name.rpartition(".")
        if f"{dot}{suffix}" in _SUFFIXES and f"{stem}.json" in listed and not (BIN in name and is_binned(Path(name))):
            stems[stem] = name
    for pasted in [stem for stem in stems if _PASTED.search(stem)]:
        stems.pop(_PASTED.sub("", pasted), None)
    return {f"{stem}.json": name for stem, name in stems.items()}


def _content(name: str, entry: Entry) -> bytes | None:
    """Return what is in a JSON, None where it cannot be had now."""
    try:
        return shelves.read(name, entry, MOST_RECORD_BYTES)
    except (BucketError, OSError):
        return b"" if entry.size > MOST_RECORD_BYTES else None


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + _BATCH] for at in range(0, len(names), _BATCH))


def _plain(text: str) -> str:
    """Return what a database takes: no lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode()
