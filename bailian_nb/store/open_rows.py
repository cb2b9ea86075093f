"""Where the journal lies, and whether it may hold open rows, asked of its file without opening it as the journal.

The loading of a notebook asks before it imports anything; so this imports little but SQLite, and never writes.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from ..system.beside import no_file


def journal_path(home: Path) -> Path:
    """Return the journal's file below BAILIAN_NB_HOME; it is not there before a first call is about to be sent."""
    return home / "journal.sqlite"


def may_have_open_rows(home: Path) -> bool:
    """Tell whether the journal below `home` may have an open row; True also where its file cannot be read so."""
    path = journal_path(home)
    if not path.exists():
        return False
    if no_file(path):
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as db:
            found = db.execute(
                "SELECT 1 FROM jobs WHERE state IN ('intent', 'submitting', 'uncertain', 'accepted') LIMIT 1"
            ).fetchone()
    except sqlite3.Error:  # locked, damaged, or something else: whoever opens it as the journal says what
        return True
    return found is not None
