"""SQLite files of ours: for their owner alone from the first byte, and laid aside when they are broken, never deleted.

Whoever keeps one opens it here: the index, the marks of sweeps, the emulator's tasks.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from .beside import COMPANIONS, no_file
from .files import patiently, private_file, private_folder
from .language import sentence
from .lock_holder import at_work, is_let_go, let_finish, lock_holder

log = logging.getLogger("bailian_nb")
T = TypeVar("T")

_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
HELD_SECONDS = 0.5
"""How long a file that another program holds is tried to be renamed: somebody waits for it."""
GLANCE_SECONDS = 0.25
"""How long a file is waited for before it is asked whether who holds it was stopped."""
LET_GO = 5
"""How often a stopped kernel is made to let go of a file for one use of it."""
_renaming = threading.Lock()


def use(
    path: Path,
    work: Callable[[sqlite3.Connection], T],
    *,
    seconds: float,
    lost: Callable[[str], object] | None = None,
) -> T:
    """Do `work` on a database of ours and return what comes of it; a broken one is laid aside first, and begun anew.

    Parameters
    ----------
    work
        Makes the tables that are not there. It is done a second time on the new file.
    seconds
        How long each of its statements waits for another process that holds the file.
    lost
        Hears under which name the broken file lies now; without it, a warning says so.

    Raises
    ------
    sqlite3.Error, OSError
        When the file is held for longer, can be neither opened nor laid aside, or is broken again.
    """
    private_folder(path.parent)
    for last in (False, True):
        seen = stamp(path)
        try:
            with at_work(path.parent):
                return past_stopped(path, partial(_worked, path, work), seconds)
        except (sqlite3.Error, OSError) as error:
            if last or not is_broken(error):
                raise
        if (aside := lay_aside(path, seen)) is None:
            continue
        if lost is not None:
            lost(aside.name)
        else:
            log.warning(sentence("%s cannot be read: it is laid aside as %s, and a new one is begun"), path, aside.name)
    raise AssertionError("the second try returns or raises")


def _worked(path: Path, work: Callable[[sqlite3.Connection], T], seconds: float) -> T:
    with contextlib.closing(connect(path, seconds=seconds)) as db:
        return work(db)


def past_stopped(path: Path, work: Callable[[float], T], seconds: float) -> T:
    """Do `work` on a database, and again where a kernel had it locked that was stopped then, and has let go now.

    `work` is given for how many seconds its statements may wait: a moment at first, then all of them. That kernel may
    have it locked anew by the time that it is stopped again. Who else waits may have been quicker to let it go on:
    where nobody has the file now, it is tried once more.
    """
    step, again = min(GLANCE_SECONDS, seconds), False
    for _ in range(LET_GO):
        try:
            return work(step)
        except sqlite3.OperationalError as error:
            if not is_held(error):
                raise
            if let_finish(path):
                continue
            if not again and is_let_go(path):
                again = True
            elif step < seconds:
                step = seconds
            else:
                raise
    return work(seconds)


def connect(path: Path, *, seconds: float) -> sqlite3.Connection:
    """Open a database, made when it is not there; whoever writes it begins and ends the transactions.

    What SQLite writes beside it has the permissions of the file itself. `seconds` is how long each statement waits for
    another that holds it.

    Raises
    ------
    IsADirectoryError
        When something that is no file lies there, or beside it.
    """
    private_file(path)
    if other := no_file(path) if path.is_file() else str(path):
        raise IsADirectoryError(errno.EISDIR, sentence("it is no file"), other)
    db = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    # Bytes that are no UTF-8 make a word unreadable, not the file.
    db.text_factory = lambda text: text.decode("utf-8", "replace")
    return db


def said(error: BaseException, path: Path) -> str:
    """Return an error in words, with the process that has the file locked where the system tells which."""
    holder = lock_holder(path) if is_held(error) else None
    if holder is None:
        return str(error)
    if not holder.stopped:
        return sentence("{error} by process {pid}", error=error, pid=holder.pid)
    return sentence(
        "{error} by process {pid}, which was stopped while it used it: `kill -CONT {pid}` lets it go on",
        error=error,
        pid=holder.pid,
    )


def is_held(error: BaseException) -> bool:
    """Tell whether an error means that another program has the file locked."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _HELD


def is_broken(error: BaseException) -> bool:
    """Tell whether an error means that the file is no database, or one that cannot be read any more."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN
    return isinstance(error, IsADirectoryError)


def check(db: sqlite3.Connection) -> None:
    """Read every page.

    Raises
    ------
    sqlite3.DatabaseError
        When they do not fit together; `is_broken` says so of it.
    """
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def stamp(path: Path) -> os.stat_result | None:
    """Return what tells this file from one that another process puts in its place."""
    try:
        return path.stat()
    except OSError:
        return None


def lay_aside(path: Path, seen: os.stat_result | None = None) -> Path | None:
    """Rename a broken database to `<name>.broken-<time>`, with what SQLite wrote beside it, and return that name.

    None when it is not the file any more that was `seen`: another process has laid that aside.

    Raises
    ------
    OSError
        When it cannot be renamed.
    """
    with _renaming:  # or two threads that saw the same file lay the new one aside, too
        return _lay_aside(path, seen)


def _lay_aside(path: Path, seen: os.stat_result | None) -> Path | None:
    found = stamp(path)
    if found is None or (seen is not None and not os.path.samestat(found, seen)):
        return None
    name = f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside, number = path.with_name(name), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{name}-{number}")
    patiently(lambda: path.rename(aside), HELD_SECONDS)
    for companion in COMPANIONS:
        with contextlib.suppress(OSError):  # most often there is none
            beside = path.with_name(path.name + companion)
            patiently(partial(beside.rename, aside.with_name(aside.name + companion)), HELD_SECONDS)
    return aside
