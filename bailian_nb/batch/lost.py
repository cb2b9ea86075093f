"""Rows whose create call was lost: given up only where the search for their task has ended without a find."""

from __future__ import annotations

from ..accounts.account import Account
from ..errors import InvalidRequest
from ..jobs.resume import forget
from ..session.session import Session


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
