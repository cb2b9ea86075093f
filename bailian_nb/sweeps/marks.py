"""Stars and winners of sweeps, kept on disk so that a grid that is closed and opened again has lost nothing."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

Kind = Literal["star", "winner"]


class Marks:
    """The marks of one sweep in `marks.sqlite` below `home`."""

    def __init__(self, home: Path, key: str) -> None:
        self._path = home / "marks.sqlite"
        self._sweep = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
        self._lock = threading.Lock()
        self.stars: set[str] = set()
        self.winner: str | None = None
        if self._path.exists():
            self._read()

    def toggle_star(self, cell: str) -> None:
        """Star a cell, or take its star away."""
        with self._lock:
            self._write("star", cell, cell not in self.stars)
            self.stars ^= {cell}

    def toggle_winner(self, cell: str) -> None:
        """Make a cell the only winner, or have none."""
        with self._lock:
            if self.winner is not None:
                self._write("winner", self.winner, False)
            wins = cell != self.winner
            if wins:
                self._write("winner", cell, True)
            self.winner = cell if wins else None

    def _read(self) -> None:
        with self._connection() as db:
            for kind, cell in db.execute("SELECT kind, cell FROM marks WHERE sweep = ?", (self._sweep,)):
                if kind == "star":
                    self.stars.add(cell)
                else:
                    self.winner = cell

    def _write(self, kind: Kind, cell: str, there: bool) -> None:
        with self._connection() as db, db:
            if there:
                db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", (self._sweep, kind, cell))
            else:
                db.execute("DELETE FROM marks WHERE sweep = ? AND kind = ? AND cell = ?", (self._sweep, kind, cell))

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._path, timeout=30)) as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS marks (sweep TEXT, kind TEXT, cell TEXT, PRIMARY KEY (sweep, kind, cell))"
            )
            yield db
