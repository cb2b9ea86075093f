"""The journal's file, changed as nobody does in use: for tests of what a kernel, a kill or a clock left behind."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def database(journal: Path) -> Iterator[sqlite3.Connection]:
    """Open the file by itself; what the block writes stays."""
    with contextlib.closing(sqlite3.connect(journal)) as db:
        db.row_factory = sqlite3.Row
        with db:
            yield db


def alter(journal: Path, row: str, **columns: object) -> None:
    """Set columns of one row."""
    names = ", ".join(f"{name} = ?" for name in columns)
    with database(journal) as db:
        assert db.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*columns.values(), row)).rowcount == 1
