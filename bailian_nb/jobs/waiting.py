"""What a Job says while it waits for a place, or for a call of its client that takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from ..accounts.account import Account
from ..client import Stage, Waiting
from ..specs import Limit
from .job import Job
from .run import Run
from .status import WaitReason

_REASONS: dict[Stage, WaitReason] = {
    "connect": WaitReason(key="wire_connect"),
    "send": WaitReason(key="wire_send"),
    "answer": WaitReason(key="wire_answer"),
    "receive": WaitReason(key="wire_receive"),
}


@contextmanager
def told(job: Job) -> Iterator[Waiting]:
    """Give what the client tells it waits for; the Job says it, and what it said before once the call is over."""
    before = None if job.why in _REASONS.values() else job.why
    try:
        yield lambda stage: job.change(why=_REASONS[stage])
    finally:
        if job.why in _REASONS.values():
            job.change(why=before)


def team_says(account: Account, model: str, *, creating: bool = False) -> WaitReason | None:
    """Return why the server that machines share gives no place to anybody, None where it does."""
    news = account.limiter.news(model, creating=creating)
    if news.away:
        return WaitReason(key="limits_away", values={"reason": news.away})
    return WaitReason(key="limits_cold") if news.cold or news.inquire else None


async def wait_for_place(run: Run) -> None:
    """Wait until the create call of a run may go out; a synchronous one cannot wait at the service."""
    job, account, request = run.job, run.account, run.request
    limit = account.limit(request.model)
    told = partial(queue_up, job, account, limit)
    await account.limiter.acquire(request.model, limit, ahead=told, owner=job.owner, may_wait=not request.sync)


def queue_up(job: Job, account: Account, limit: Limit, count: int) -> None:
    """Say that a Job waits for a place, with how many before it and in other kernels."""
    model = job.request.model if job.request else ""
    if (why := team_says(account, model)) is not None:
        job.change(status="QUEUED", why=why)
        return
    elsewhere = account.limiter.elsewhere(model)
    key = "shared_limit" if elsewhere else "our_limit"
    values: dict[str, object] = {"limit": limit.tasks_at_once, "ahead": count - 1, "elsewhere": elsewhere}
    job.change(status="QUEUED", why=WaitReason(key=key, values=values))


def paused(job: Job) -> Callable[[float], None]:
    """Return what a Job says while throttling holds its create back."""
    return lambda until: job.change(why=WaitReason(key="throttled", values={"until": until}))


def by_minute(job: Job, limit: Limit) -> Callable[[float], None]:
    """Return what a Job says while its create waits for its moment."""
    values = {"count": limit.submits, "window": round(limit.window)}
    return lambda until: job.change(why=WaitReason(key="by_minute", values={**values, "until": until}))
