"""A journal that is damaged or was taken away: laid aside, never deleted, and told; `journal` opens its file here.

What a new one does not know is asked elsewhere: pictures on disk by their Records, tasks by the service's list, and
until that has answered the same calls are held back (`session.lost_journal`).
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

from filelock import FileLock, Timeout

from ..system import files
from ..system.beside import no_file
from ..system.databases import is_broken
from ..system.files import open_lock, private_folder
from ..system.language import sentence
from ..system.lock_holder import OWNERS, REPAIR
from .kernels import Kernel
from .schema import LOOK_SECONDS, Database, journal_path, patiently, refuse_other

log = logging.getLogger("bailian_nb")
SMALL = 32_000_000
"""Bytes up to which every page is looked at when the journal is opened; of a larger one, its head."""


def open_journal(home: Path) -> tuple[Database, str]:
    """Open the journal below `home`, and return what became of the one before it, "" where nothing was lost.

    A damaged one is renamed, never deleted. Whoever finds none, or no sound one, is alone until the new one has its
    tables: a file that another kernel has just begun is not taken for one that was lost.

    Raises
    ------
    sqlite3.Error
        When another program holds it, or repairs it, for longer than `BUSY_SECONDS`.
    OSError
        When something beside it is no file.
    """
    path = journal_path(home)
    if _is_sound(path):
        return Database(path), ""
    used = _was_used(home)
    private_folder(home)
    private_folder(home / OWNERS)
    repair = open_lock(home / OWNERS / REPAIR)
    patiently(Path(repair.lock_file), lambda: _acquire(repair))
    try:
        lost = "" if _is_sound(path) else _lay_aside(path, used)
        return Database(path, lost), lost
    finally:
        repair.release()


def begin(home: Path) -> tuple[Kernel, Database, str]:
    """Open the journal below `home` as a new kernel, and return that, its file, and what `open_journal` says.

    Where kernels were before, it has its name first: whoever waits for a file that it has locked knows it by that.
    """
    kernel = Kernel(home) if (home / OWNERS).is_dir() else None
    try:
        file, lost = open_journal(home)
    except BaseException:
        if kernel is not None:
            kernel.end()
        raise
    return kernel or Kernel(home), file, lost


def _acquire(lock: FileLock) -> None:
    try:
        lock.acquire(timeout=LOOK_SECONDS, poll_interval=LOOK_SECONDS / 10)
    except Timeout:
        held = sqlite3.OperationalError(sentence("another kernel repairs it"))
        held.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise held from None
    except OSError as error:  # a file system without locks, on which SQLite's own rule alone
        log.debug("no lock for a repair: %s", error)


def _lay_aside(path: Path, used: bool) -> str:
    """Rename what lies there and return what happened, "" where no journal was kept here before."""
    if not path.exists():
        return sentence("{name} was taken away", name=path.name) if used else ""
    if path.is_file() and path.stat().st_size == 0 and not used:
        return ""  # its kernel was killed before it wrote anything
    aside, number = path.with_name(f"journal.broken-{time.strftime('%Y%m%d-%H%M%S')}"), 1
    while aside.exists():
        number += 1
        aside = aside.with_name(f"{aside.name.partition('.n')[0]}.n{number}")
    files.patiently(lambda: path.rename(aside))
    companion = path.with_name(path.name + "-journal")
    with contextlib.suppress(FileNotFoundError):
        files.patiently(lambda: companion.rename(aside.with_name(aside.name + "-journal")))
    return sentence("{name} was damaged and is laid aside as {name2}", name=path.name, name2=aside.name)


def _is_sound(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size == 0:
        return False
    refuse_other(path)
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0.2)) as db:
            patiently(path, lambda: db.execute("SELECT 1 FROM sqlite_master").fetchone())
            if path.stat().st_size % db.execute("PRAGMA page_size").fetchone()[0]:
                return False  # cut in the middle of a page
            if path.stat().st_size > SMALL:
                return True
            return bool(patiently(path, lambda: db.execute("PRAGMA quick_check(1)").fetchone())[0] == "ok")
    except sqlite3.DatabaseError as error:
        if is_broken(error):
            return False
        raise


def _was_used(home: Path) -> bool:
    """Tell whether a journal was kept here before, and a call went out, or pictures are known or kept for one."""
    if not (home / OWNERS).is_dir():
        return False
    index = (home / "index.sqlite").absolute()
    try:
        if no_file(index):
            return True  # somebody has put it there, so the home was used
        with contextlib.closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as db:
            known = db.execute("SELECT 1 FROM pictures LIMIT 1").fetchone()
    except sqlite3.Error:
        known = None
    sent = (home / "limits").glob("*/*/creating")  # whose turn it is to create: nothing goes out without
    return known is not None or any((home / "inputs").glob("*")) or any(sent)
