"""What SQLite reads and writes beside a database, looked at before it is opened: a pipe there is waited for for ever.

Whoever opens a database of ours asks here. It imports nothing, since the loading of a notebook asks, too.
"""

from __future__ import annotations

import stat
from pathlib import Path

COMPANIONS = ("-journal", "-wal", "-shm")


def no_file(path: Path) -> str:
    """Return the name of what lies beside a database and is no file, "" where all is as it should be."""
    for companion in COMPANIONS:
        beside = path.with_name(path.name + companion)
        try:
            if not stat.S_ISREG(beside.stat().st_mode):
                return str(beside)
        except OSError:  # nothing lies there, most often; what cannot be seen SQLite cannot open either
            continue
    return ""
