"""Cancel a job by its id from outside the kernel that waits for it: `bailian-nb cancel`.

The service is asked to cancel the task; whoever drives the row sees that when it asks next.
"""

from __future__ import annotations

from ..errors import BailianError, InvalidRequest, NetworkError
from ..store.row import Row
from ..store.schema import OPEN, journal_path
from ..system.language import sentence
from ..system.loops import wait_or_cancel
from .session import Session

SECONDS = 20.0
"""How long the service has for its answer."""


def newest_rows(session: Session, limit: int, *, only_open: bool = False) -> list[Row]:
    """Return the newest rows of the journal, the newest first; none where nothing was ever sent from here."""
    return session.journal.recent(limit, only_open=only_open) if journal_path(session.home).exists() else []


def cancel_row(session: Session, name: str) -> Row | None:
    """Have the service cancel the task of the job `name`; return its row, None where it was too late.

    Raises
    ------
    InvalidRequest
        When no job is called so, when it is another account's, or when its task is not known.
    BailianError
        What the service answered otherwise, or that it did not within `SECONDS`.
    """
    row = session.journal.row(name) if journal_path(session.home).exists() else None
    if row is None:
        raise InvalidRequest(sentence("no job is called {name!r}; `%wan jobs` lists them", name=name))
    if row.state not in OPEN:
        return None
    settings = session.settings()
    account = session.account(session.target(settings), settings)
    if row.account not in account.ids:
        raise InvalidRequest(sentence("job {id} belongs to another key or account name", id=row.id))
    if not row.task_id:
        raise InvalidRequest(
            sentence("job {id} has no task yet that could be canceled ({state})", id=row.id, state=row.state),
            hint=sentence("`%wan resume` says how it stands."),
        )
    try:
        wait_or_cancel(session.loop.submit(account.client.cancel(row.task_id)), SECONDS)
    except TimeoutError:
        raise NetworkError(
            sentence("no answer within {seconds:g} s", seconds=SECONDS),
            hint=sentence("Whether job {id} was canceled is not known: ask again, or see `%wan jobs`.", id=row.id),
        ) from None
    except BailianError as refused:
        if refused.code == "UnsupportedOperation":  # it runs, or has ended
            return None
        raise
    return row
