"""What was made lately by one function, with the requests that made it: the painter looks for earlier attempts here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..system.paths import restored
from .row import SavedPicture
from .schema import Database, journal_path

_DONE = (
    "SELECT id, request, path, raw_path, sha256 FROM jobs JOIN pictures ON job = id"
    " WHERE created >= ? AND function = ? AND state = 'done' ORDER BY created DESC, id, slot LIMIT ?"
)
MOST = 2000
"""Pictures that are looked at in one search: those of a busy day."""


class Edit(NamedTuple):
    """One call that was done, as it was asked for, and the pictures of it that were saved."""

    job: str
    request: dict[str, Any]
    pictures: list[SavedPicture]


def edits(home: Path, function: str, *, since: float) -> Iterator[Edit]:
    """Yield the calls of a function that were begun since then (seconds since 1970), the newest first.

    No journal is made to look.
    """
    path = journal_path(home)
    if not path.exists():
        return
    with Database(path).reading() as db:
        rows = db.execute(_DONE, (since, function, MOST)).fetchall()
    for job, group in groupby(rows, key=lambda row: row["id"]):
        found = list(group)
        saved = [SavedPicture(restored(row["path"]), restored(row["raw_path"]), row["sha256"]) for row in found]
        yield Edit(job, json.loads(found[0]["request"]), saved)
