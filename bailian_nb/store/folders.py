"""Where pictures lie, as the journal knows it: for an index that was lost. `session` hands it to the gallery."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

from ..errors import BailianError
from ..system.paths import restored
from .schema import Database, journal_path

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def day_folders(home: Path, *more: Path) -> list[Path]:
    """Return the folders that pictures were saved in, the newest day first; none when the journal knows no picture.

    `more` are folders for pictures that it may not know.
    """
    path = journal_path(home)
    if not path.exists():
        return []
    try:
        with Database(path).reading() as db:
            saved = {
                restored(each) for each in {_folder(row["path"]) for row in db.execute("SELECT path FROM pictures")}
            }
            given = {restored(row["out_dir"]) for row in db.execute("SELECT DISTINCT out_dir FROM every_job")}
    except (sqlite3.Error, BailianError):
        return []
    if not saved:
        return []
    found = saved.union(*(days(folder) for folder in (*given, *more)))
    return sorted(found, key=lambda folder: (folder.name, str(folder)), reverse=True)


def _folder(path: str | bytes) -> str | bytes:
    """Return what stands before the name: of thousands of pictures there are few folders to make paths of."""
    if isinstance(path, bytes):
        return path.rpartition(os.sep.encode())[0]
    return path.rpartition(os.sep)[0]


def days(folder: Path) -> list[Path]:
    """Return what is named like the folder of a day below one for pictures; none where that is not there.

    Whether each is a folder shows whoever lists it: over a network, to ask for hundreds takes its time.
    """
    try:
        return [each for each in folder.iterdir() if _DAY.fullmatch(each.name)]
    except OSError:
        return []
