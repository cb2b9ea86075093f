"""What the journal knows of journals before it that were damaged or taken away: `journal` keeps one of these.

`session.lost_journal` asks here before a call goes out, and `session.doctor` tells of it.
"""

from __future__ import annotations

import time

from .schema import Database

LISTED_SECONDS = 120.0
"""How long after it was made a task may be missing in the service's list; 50 s were seen."""


class Losses:
    """Earlier journals, on the file of the one that came after them, which notes each when it is made."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def all(self) -> list[str]:
        """Return what became of earlier journals, the latest first."""
        with self._file.reading() as db:
            return [row["what"] for row in db.execute("SELECT what FROM losses ORDER BY at DESC")]

    def unsettled(self, account: str, model: str, since: float) -> bool:
        """Tell whether one was lost after `since`, and nobody has looked for its tasks of this model."""
        with self._file.reading() as db:
            lost = db.execute("SELECT MAX(at) FROM losses").fetchone()[0]
            seen = db.execute(
                "SELECT at FROM settled_losses WHERE account = ? AND model = ?", (account, model)
            ).fetchone()
        return lost is not None and lost >= since and (seen is None or seen["at"] < lost)

    def settle(self, account: str, model: str) -> None:
        """Note that no task of this model, of a journal that was lost, is unknown any more.

        Not before the service's list shows the last one that can have been sent: until then each call looks anew.
        """
        now = time.time()
        with self._file.transaction() as db:
            lost = db.execute("SELECT MAX(at) FROM losses").fetchone()[0]
            if lost is None or now - lost > LISTED_SECONDS:
                db.execute("INSERT OR REPLACE INTO settled_losses VALUES (?, ?, ?)", (account, model, now))
