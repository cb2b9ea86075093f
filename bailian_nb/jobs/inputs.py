"""What a Job needs before it is sent: the Jobs whose pictures it takes, and its Request. The runner waits for both.

`resuming` and `intent` ask here whether its pictures are still there: one that is gone must not go out as no bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from inspect import iscoroutinefunction
from typing import Any, cast

from ..errors import TaskFailed
from ..request import Request
from .job import Job
from .result import Result
from .status import Why

Prepare = Callable[[], Request] | Callable[[], Coroutine[Any, Any, Request | Result]]
"""Builds a Request, or finds what answers it: a plain function on a worker thread, a coroutine function on the loop."""


async def wait_for(job: Job, needs: Sequence[Job]) -> None:
    """Wait for the Jobs whose pictures are inputs of `job`.

    Raises
    ------
    TaskFailed
        When one of them has failed.
    """
    job.change(status="WAITING", why=Why(key="waits_for_job", values={"job": needs[0].id}))
    for need in needs:
        await asyncio.shield(asyncio.wrap_future(need.ended))
        if need.error is not None:
            raise TaskFailed(
                f"its input, job {need.id}, failed: {need.error}", code=need.error.code, task_id=need.error.task_id
            )


async def prepared(job: Job, prepare: Prepare) -> Result | None:
    """Give the Job its Request, now that what it is made of is there; return what answers it without a task."""
    plain = cast("Callable[[], Request]", prepare)
    ready: Request | Result = await (prepare() if iscoroutinefunction(prepare) else asyncio.to_thread(plain))
    if isinstance(ready, Result):
        return ready
    job.notes.extend(note for note in ready.warnings if note not in job.notes)
    job.change(status="QUEUED", request=ready)
    return None


def gone(request: Request) -> str:
    """Name a picture that would have to be sent and whose bytes are not there, "" where all are."""
    lost = next((each for each in request.inputs if each.kind == "bytes" and not each.data), None)
    if lost is None:
        return ""
    return "mask" if lost is request.mask else f"picture {lost.name}".rstrip()
