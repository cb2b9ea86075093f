"""What answers a Plan without paying: a Job on its way, pictures on disk, or paid pictures that were never written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .gallery import Index, Picture
from .jobs import Job, Journal, Row
from .plan import Plan


def running(jobs: Sequence[Job], plan: Plan, emulator: bool) -> Job | None:
    """Return the Job of this process that does the same request right now."""
    key = _key(plan)
    same = (job for job in jobs if key and not job.final and job.emulator == emulator)
    return next((job for job in same if job.request is not None and job.request.identity == key), None)


def saved(index: Index, plan: Plan, emulator: bool) -> list[Picture] | None:
    """Return the pictures that the same request left on disk, all of them or none."""
    key = _key(plan)
    if key is None:
        return None
    found = index.find(key, emulator=emulator)
    enough = plan.request is not None and not plan.request.exact and bool(found)
    return found if enough or len(found) == plan.images else None


def unsaved(jobs: Sequence[Job], journal: Callable[[], Journal], plan: Plan, account: str) -> Row | None:
    """Return the row of the same request whose task exists, but whose pictures are not all on disk."""
    key = _key(plan)
    for job in reversed(jobs):
        if key is None or not job.final or not job.task_id or job.request is None or job.request.key != key:
            continue
        row = journal().row(job.id)
        if row is not None and row.state == "accepted" and row.account == account:
            return row
    return None


def _key(plan: Plan) -> str | None:
    """Return what a cache may answer the Plan by, None where it may not."""
    return plan.request.key if plan.cache and plan.request is not None else None
