"""A create call that broke, and when it can have been out: what the search for its task goes by."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.row import Row

USUAL_CREATE, LONGEST_CREATE = 90.0, 600.0
"""How long a create call may have been on its way when nobody saw it break: a large picture takes its time to upload.

What was made after the first is not called ours for its time alone.
"""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A create call that broke; `request_id` as its answer gave it, "" where it gave none.

    Where it was not `seen` to break, `broke` is when it must have at the latest. `task_begins` is what came of its
    task's id, `order` the number that it took when it went out, None in rows of earlier versions.
    """

    row_id: str
    submitted: float
    broke: float
    request_id: str = ""
    seen: bool = True
    task_begins: str = ""
    order: int | None = None
    silent: float = 0.0
    """Seconds for which its kernel has done nothing: a row of the list had as long to come."""
    whole: bool = False
    """True where an answer came, though it said nothing: no gateway hands the call on any more."""

    @classmethod
    def of(cls, row: Row, now: float, silent: float = 0.0) -> Attempt:
        """Return that of a row whose kernel is gone or has given up; it ended before `now`, if that can be right.

        One that stands still, and has been `silent` for so many seconds, may send what is left of it as it wakes up.
        """
        sent = row.submitted or row.created
        latest = sent + LONGEST_CREATE
        broke = row.broke or (min(now, latest) if now > sent else latest)
        seen = row.broke is not None
        return cls(
            row_id=row.id,
            submitted=sent,
            broke=broke,
            request_id=row.request_id or "",
            seen=seen,
            task_begins=row.task_begins,
            order=row.sent_order,
            silent=silent,
            whole=row.answered is not None,
        )
