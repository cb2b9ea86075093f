"""Pictures on disk that are newer than what the index knows: of a home that was restored from a backup, or a new one.

The journal of such a home does not know them either, and the same call would be paid for once more. `session` asks
before it sends; who deletes or moves pictures asks for `Index.rebuild`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..store.folders import days
from . import index_rows as rows
from .found import PASTED, may_be_picture, picture_at
from .picture import Picture

SECONDS = 0.4
"""How long one look takes; the next one goes on where it ended."""
_BATCH = 100
Ask = Callable[[Callable[[sqlite3.Connection], Any]], Any]


class Newer:
    """What one process has looked at; `ask` reads the index, `insert` writes it."""

    def __init__(self, ask: Ask, insert: Callable[[Sequence[Picture]], object]) -> None:
        self._ask, self._insert = ask, insert
        self._looks: dict[Path, Iterator[Picture | None]] = {}
        self._done: set[Path] = set()

    def take_up(self, folder: Path) -> int:
        """Add the newest pictures in the folders of days below `folder`, and return how many were not known.

        It goes back day by day up to one that holds nothing new: once for a process, and a part at a time where there
        is much.

        Raises
        ------
        BailianError, sqlite3.Error, OSError
            When the index cannot be read or written.
        """
        if folder in self._done:
            return 0
        end = time.monotonic() + SECONDS
        look = self._looks.pop(folder, None) or self._unknown(folder)
        count, batch = 0, []
        for picture in look:
            batch += [] if picture is None else [picture]
            over = time.monotonic() > end
            if over or len(batch) >= _BATCH:
                self._insert(batch[::-1])
                count, batch = count + len(batch), []
            if over:
                self._looks[folder] = look
                return count
        if batch:
            self._insert(batch[::-1])
        self._done.add(folder)
        return count + len(batch)

    def _unknown(self, folder: Path) -> Iterator[Picture | None]:
        """Read files that the index does not know, the newest first; yield a picture of ours, None for another file."""
        for day in sorted(days(folder), reverse=True):
            try:
                names = {name for name in os.listdir(day) if may_be_picture(name)}  # noqa: PTH208  # of ten thousand
                resolved = day.resolve()
            except OSError:
                continue
            pasted = [stem for name in names if "_pasted" in name and PASTED.search(stem := name.rpartition(".")[0])]
            served = {PASTED.sub("", stem) for stem in pasted}
            names = {name for name in names if name.rpartition(".")[0] not in served}
            known: set[str] = self._ask(partial(_known, folder=resolved, names=names))
            if known == names:
                return
            for name in sorted(names - known, reverse=True):
                yield picture_at(day / name)


def _known(db: sqlite3.Connection, folder: Path, names: set[str]) -> set[str]:
    found = rows.places(folder, names)
    asked = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM pictures WHERE place = value)"
    return {found[number] for (number,) in db.execute(asked, (json.dumps([*found]),))}
