"""Whether a journal may hold rows that are open, asked of its file without opening it as the journal.

The loading of a notebook asks before it imports anything; so this imports SQLite alone, and never writes.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


def may_have_open_rows(home: Path) -> bool:
    """Tell whether the journal below `home` may have an open row; True also where its file cannot be read so."""
    path = home / "journal.sqlite"
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as db:
            found = db.execute(
                "SELECT 1 FROM jobs WHERE state IN ('intent', 'submitting', 'uncertain', 'accepted') LIMIT 1"
            ).fetchone()
    except sqlite3.Error:  # locked, damaged, or something else: whoever opens it as the journal says what
        return True
    return found is not None
