"""A journal that is damaged or was taken away: laid aside, never deleted, and told; `journal` asks before it opens one.

What a new one does not know is asked elsewhere: pictures on disk by their Records, tasks by the service's list, and
until that has answered the same calls are held back (`session.lost_journal`).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from ..system import files
from ..system.files import open_lock, private_folder
from .schema import journal_path, patiently

SMALL = 32_000_000
"""Bytes up to which every page is looked at when the journal is opened; of a larger one, its head."""
_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def lay_aside(home: Path) -> str:
    """Rename a damaged journal and return what happened, "" where it is sound or there never was one."""
    path = journal_path(home)
    if _is_sound(path) or not (path.exists() or _was_used(home)):
        return ""
    private_folder(home)
    private_folder(home / "owners")
    with open_lock(home / "owners" / "repair.lock"):
        if _is_sound(path):
            return ""  # another kernel was quicker
        if not path.exists():
            return f"{path.name} was taken away"
        if path.is_file() and path.stat().st_size == 0 and not _was_used(home):
            return ""  # one that is being made right now, or was never written
        aside = path.with_name(f"journal.broken-{time.strftime('%Y%m%d-%H%M%S')}")
        files.patiently(lambda: path.rename(aside))
        companion = path.with_name(path.name + "-journal")
        with contextlib.suppress(FileNotFoundError):
            files.patiently(lambda: companion.rename(aside.with_name(aside.name + "-journal")))
        return f"{path.name} was damaged and is laid aside as {aside.name}"


def _is_sound(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0.2)) as db:
            patiently(lambda: db.execute("SELECT 1 FROM sqlite_master").fetchone())
            if path.stat().st_size % db.execute("PRAGMA page_size").fetchone()[0]:
                return False  # cut in the middle of a page
            if path.stat().st_size > SMALL:
                return True
            return bool(patiently(lambda: db.execute("PRAGMA quick_check(1)").fetchone())[0] == "ok")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
            return False
        raise


def _was_used(home: Path) -> bool:
    """Tell whether a journal was kept here before, and pictures are known or what they were made from is kept."""
    if not (home / "owners").is_dir():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{home / 'index.sqlite'}?mode=ro", uri=True)) as db:
            known = db.execute("SELECT 1 FROM pictures LIMIT 1").fetchone()
    except sqlite3.Error:
        known = None
    return known is not None or any((home / "inputs").glob("*"))
