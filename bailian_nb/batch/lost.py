"""Rows that cost or may have cost before, so that `run` leaves them alone: a lost create call, a part of the pictures.

`sending` asks for each row before it is sent; `retry_failed` is the user's word that sends them once more.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..accounts.account import Account
from ..config import Target
from ..errors import BailianError, InvalidRequest, SubmitUncertain, TaskExpired
from ..gallery.moved import find_moved
from ..jobs.resume import forget
from ..session.session import Session
from ..store.orphans import NO_TASK
from ..store.row import Row
from ..store.schema import OPEN, State
from ..system.language import sentence
from .slots import Outcome, Settled

_SEND_ANYWAY = re.compile(r"cache=False(?:\s*[(（]--no-cache[)）])?")
"""How a single call is sent in spite of what it may have made; a batch would pay for all of its rows by it."""

MISSING = "MissingPicture"
"""Instead of a code of the service: why a picture is not there stands elsewhere."""


def told(error: BailianError, number: int) -> str:
    """Return what is said of a row that was refused or failed: what to do is about this row alone."""
    return _SEND_ANYWAY.sub(f"batch.redo([{number}]).run()", str(error))


def give_up(session: Session, account: Account, key: str) -> bool:
    """Close the open rows of a request, so that it may be sent once more; False where one must not be closed.

    That is one whose task is known, whose create call is still open, or that may own a task which is set apart.
    """
    journal = session.journal
    apart = {orphan.job for orphan in journal.orphans.unclaimed(account.base_url)}
    for row in journal.same(key, account.ids):
        if row.finished is not None or row.state == "intent":
            continue
        if (
            row.state != "uncertain"
            or row.id in apart
            or any(job.id == row.id and not job.final for job in session.jobs())
        ):
            return False
        try:
            forget(journal, account.base_url, row.id, at=session.clock.now())
        except InvalidRequest:
            return False
    return True


def settled(session: Session, target: Target, key: str, folder: Path) -> Settled | None:
    """Return how a request has ended that must not be sent again by itself; None where it may be, or is on its way."""
    rows = [row for row in session.journal.same(key) if row.base_url == target.base_url]
    if not rows or any(row.state in OPEN or row.complete for row in rows):
        return None
    if rows[0].state == "expired" or (rows[0].state, rows[0].stage) == ("failed", NO_TASK):
        return left_alone(rows[0].state)
    part = next((row for row in rows if row.state == "done" and row.emulator == target.emulator), None)
    return None if part is None else Settled("PARTIAL", _part(session, part, folder))


def left_alone(state: State) -> Settled:
    """Return how a row has ended that may have cost and left nothing; `state` as `store.bulk.in_vain` has it."""
    if state != "expired":
        return Settled("UNCERTAIN", Outcome(code=SubmitUncertain.__name__, error=in_vain()))
    said = sentence(
        "its pictures were not fetched within 24 hours, and the service keeps them no longer; retry_failed() makes and "
        "bills them anew"
    )
    return Settled("EXPIRED", Outcome(code=TaskExpired.__name__, error=said))


def _part(session: Session, row: Row, folder: Path) -> Outcome:
    """Return what is there of a request that some of its pictures were made of."""
    made = session.journal.pictures(row.id)
    found = [find_moved(*made[slot], also=(folder,)) for slot in sorted(made)]
    files = tuple(str(picture.path) for picture in found if picture is not None)
    asked = int(row.request.get("values", {}).get("n", 1))
    said = some(len(made), asked, gone=len(made) - len(files))
    seconds = row.finished - row.submitted if row.finished and row.submitted else None
    known = Outcome(job=row.id, task_id=row.task_id or "", seconds=seconds, cached=True)
    return known._replace(files=files, code=MISSING, error=said)


def some(there: int, asked: int, *, gone: int = 0) -> str:
    """Return what is said of a row that has `there` of the pictures that it asked for, `gone` of them lost since."""
    if gone:
        return sentence(
            "{there} of {asked} pictures were made, and {gone} of these are gone or were changed; retry_failed() makes "
            "all of them anew",
            there=there,
            asked=asked,
            gone=gone,
        )
    return sentence(
        "{there} of {asked} pictures were made; retry_failed() makes all of them anew", there=there, asked=asked
    )


def in_vain() -> str:
    """Return what is said of a row whose create call was lost, and whose task was looked for in vain."""
    return sentence(
        "its create call was lost, and its task was looked for in vain; retry_failed() sends it once more, and a task "
        "that comes up later is billed beside it"
    )
