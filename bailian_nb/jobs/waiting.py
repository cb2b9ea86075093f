"""What a Job says while a call of its client takes long; sending, polling and saving make their calls through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..client import Stage, Waiting
from .job import Job
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
