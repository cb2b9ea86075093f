"""Stars and winners of sweeps, kept on disk so that a grid that is closed and opened again has lost nothing."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from functools import partial
from pathlib import Path
from typing import Literal

from ..errors import BailianError
from ..system.databases import use
from ..system.language import sentence
from ..texts.catalogue import say

Kind = Literal["star", "winner"]
PATIENCE = 1.0
"""Seconds for which another kernel that marks is waited for."""
_TABLE = "CREATE TABLE IF NOT EXISTS marks (sweep TEXT, kind TEXT, cell TEXT, PRIMARY KEY (sweep, kind, cell))"
log = logging.getLogger("bailian_nb")


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
        try:
            found = self._run("SELECT kind, cell FROM marks WHERE sweep = ?", (self._sweep,))
        except BailianError as error:
            log.warning("%s", error)
            return
        for kind, cell in found:
            if kind == "star":
                self.stars.add(cell)
            else:
                self.winner = cell

    def _write(self, kind: Kind, cell: str, there: bool) -> None:
        statement = "DELETE FROM marks WHERE sweep = ? AND kind = ? AND cell = ?"
        if there:
            statement = "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)"
        self._run(statement, (self._sweep, kind, cell))

    def _run(self, statement: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
        """Execute one statement; BailianError where the file is held elsewhere or cannot be used."""

        def work(db: sqlite3.Connection) -> list[tuple[str, str]]:
            db.execute(_TABLE)
            return db.execute(statement, values).fetchall()

        lost = partial(log.warning, say("marks_aside"), self._path)
        try:
            return use(self._path, work, seconds=PATIENCE, lost=lost)
        except (sqlite3.Error, OSError) as error:
            raise BailianError(
                sentence(
                    "stars and winners in {path} can be neither read nor kept: {error}", path=self._path, error=error
                )
            ) from error
