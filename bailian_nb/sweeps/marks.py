"""Stars and winners of sweeps, kept on disk so that a grid that is closed and opened again has lost nothing.

A star belongs to the cell's picture: it is the gallery's, so what is starred in either is starred in both. Only of a
cell without a picture it is kept here, until the picture comes.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from ..errors import BailianError
from ..gallery import Picture
from ..gallery.marks import Key as PictureKey
from ..gallery.marks import PictureMarks, key_of
from ..system.databases import use
from ..system.language import sentence
from ..texts.catalogue import say

Kind = Literal["star", "winner"]
PATIENCE = 1.0
"""Seconds for which another kernel that marks is waited for."""
_TABLE = "CREATE TABLE IF NOT EXISTS marks (sweep TEXT, kind TEXT, cell TEXT, PRIMARY KEY (sweep, kind, cell))"
log = logging.getLogger("bailian_nb")


class Starred(Protocol):
    """What may have a star: a cell, and its first picture, None while there is none."""

    @property
    def picture(self) -> Picture | None: ...

    @property
    def id(self) -> str: ...


class Marks:
    """The marks of one sweep in `marks.sqlite` below `home`.

    `stars` are cells that were starred before they had a picture.
    """

    def __init__(self, home: Path, key: str) -> None:
        self._path = home / "marks.sqlite"
        self._sweep = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
        self._lock = threading.Lock()
        self._gallery = PictureMarks(home)
        self._pictures: frozenset[PictureKey] = frozenset()
        self._seen: tuple[int, int] | None = None
        self.stars: set[str] = set()
        self.winner: str | None = None
        if self._path.exists():
            self._read()

    def read(self, cells: Iterable[Starred]) -> Marks:
        """Read the gallery's stars, where the file was written since: somebody may have set them in the history.

        What was starred before there was a picture is given to the pictures that `cells` have now.
        """
        if self.stars:
            self._hand_over(cells)
        try:
            found = self._path.stat()
        except OSError:
            return self
        with self._lock:
            if self._seen != (now := (found.st_mtime_ns, found.st_size)):
                self._seen = now
                try:
                    self._pictures = self._gallery.stars()
                except BailianError as error:
                    log.warning("%s", error)
        return self

    def starred(self, cell: Starred) -> bool:
        """Tell whether a cell is starred, as of the last `read`."""
        if cell.id in self.stars:
            return True
        return cell.picture is not None and bool(self._pictures) and key_of(cell.picture) in self._pictures

    def toggle_star(self, cell: Starred) -> None:
        """Star a cell, or take its star away."""
        self.read([cell])
        with self._lock:
            on = not self.starred(cell)
            if cell.picture is not None:
                self._star(cell.picture, on)
            if (cell.id in self.stars) != (on and cell.picture is None):
                self._write("star", cell.id, on)
                self.stars ^= {cell.id}

    def _hand_over(self, cells: Iterable[Starred]) -> None:
        with self._lock:
            for cell in cells:
                if cell.id in self.stars and cell.picture is not None:
                    try:
                        self._star(cell.picture, True)
                        self._write("star", cell.id, False)
                    except BailianError as error:  # it stays here, and is shown
                        log.warning("%s", error)
                        return
                    self.stars.discard(cell.id)

    def _star(self, picture: Picture, on: bool) -> None:
        self._gallery.star([picture], on)
        self._pictures = self._pictures | {key_of(picture)} if on else self._pictures - {key_of(picture)}

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
