"""What rows with pictures were known by when they were sent: so that a plan need not read the pictures again.

A shortcut: a row that it does not know counts as new in a plan, and when it is run the journal says what it is.
`sending` asks it and writes it.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from ..store.bulk import AT_ONCE
from ..system.databases import use
from ..system.language import sentence
from .calls import RowCall
from .paths import Found

PATIENCE = 1.0
"""Seconds for which another kernel that writes is waited for."""
_TABLE = "CREATE TABLE IF NOT EXISTS sent (mark BLOB PRIMARY KEY, request_key TEXT) WITHOUT ROWID"
log = logging.getLogger("bailian_nb")


def mark_of(model: str, function: str | None, call: RowCall, options: Sequence[object]) -> bytes | None:
    """Return what a filled row is known by: its values, and path, size and time of change of its files.

    None where a picture is neither a file nor an address, since nothing tells it from another one.
    """
    pictures = (*call.images, call.mask, call.keep)
    if not all(each is None or isinstance(each, Found | str) for each in pictures):
        return None
    if not all(isinstance(each, Found | str | int | float | list | tuple) for each in call.values.values()):
        return None
    values = sorted((name, str(value)) for name, value in call.values.items())
    copy = [call.copy] if call.copy else []
    parts = (model, function, values, list(map(repr, pictures)), list(map(repr, options)), *copy)
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()[:16]


class Memory:
    """The file `batch.sqlite` below BAILIAN_NB_HOME."""

    def __init__(self, home: Path) -> None:
        self._path = home / "batch.sqlite"

    def find(self, marks: Iterable[bytes]) -> dict[bytes, str]:
        """Return the keys of requests, by mark; nothing where the file cannot be read."""
        found: dict[bytes, str] = {}
        if not self._path.exists():
            return found

        def work(db: sqlite3.Connection) -> None:
            db.execute(_TABLE)
            left = iter(marks)
            while some := tuple(islice(left, AT_ONCE)):
                places = ", ".join("?" * len(some))
                query = f"SELECT mark, request_key FROM sent WHERE mark IN ({places})"  # noqa: S608  # our words
                found.update((mark, key) for mark, key in db.execute(query, some))

        self._use(work)
        return found

    def add(self, mark: bytes, key: str) -> None:
        """Write down the key of a row's request."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(_TABLE)
            db.execute("INSERT OR REPLACE INTO sent (mark, request_key) VALUES (?, ?)", (mark, key))

        self._use(work)

    def _use(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            use(self._path, work, seconds=PATIENCE)
        except (sqlite3.Error, OSError) as error:
            log.warning(sentence("what rows of batches are known by can be neither read nor kept: %s"), error)
