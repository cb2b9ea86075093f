"""What answers a Plan without paying: a Job on its way, pictures on disk, or paid pictures that were never written."""

from __future__ import annotations

from collections.abc import Sequence

from .config import Target
from .gallery import Index, Picture
from .jobs import Job, Journal, Row
from .plan import Plan
from .request import Request


def running(jobs: Sequence[Job], plan: Plan, emulator: bool) -> Job | None:
    """Return the Job of this process that does the same request right now."""
    key = _key(plan)
    same = (job for job in jobs if key and not job.final and job.emulator == emulator)
    return next((job for job in same if job.request is not None and job.request.identity == key), None)


def saved(index: Index, plan: Plan, target: Target) -> list[Picture] | None:
    """Return the pictures that the same request to the same service left on disk, all of them or none."""
    key = _key(plan)
    if key is None:
        return None
    found = index.find(key, emulator=target.emulator, host=target.host)
    enough = plan.request is not None and not plan.request.exact and bool(found)
    return found if enough or len(found) == plan.images else None


def unsaved(journal: Journal, plan: Plan, account: str, base_url: str) -> Row | None:
    """Return the row of the same request whose task exists and whose pictures are not all on disk, and own it.

    It may come from this kernel or from one that is gone; what another living kernel drives is left to it.
    """
    key = _key(plan)
    if key is None or plan.request is None:
        return None
    for row in journal.unfinished(base_url):
        same = row.account == account and row.state == "accepted" and row.model == plan.request.model
        same = same and Request.from_dict(row.request, lambda digest: None).key == key
        if same and (row.owner == journal.owner or journal.claim(row)):
            return row
    return None


def _key(plan: Plan) -> str | None:
    """Return what a cache may answer the Plan by, None where it may not."""
    return plan.request.key if plan.cache and plan.request is not None else None
