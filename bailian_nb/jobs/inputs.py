"""What a Job needs before it is sent: the Jobs whose pictures it takes, and its Request. The runner waits for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from inspect import iscoroutinefunction
from typing import Any, cast

from ..errors import TaskFailed
from ..request import Request
from .job import Job
from .status import Why

Prepare = Callable[[], Request] | Callable[[], Coroutine[Any, Any, Request]]
"""Builds a Request: a plain function on a worker thread, a coroutine function on the loop."""


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


async def prepared(prepare: Prepare) -> Request:
    """Return the Request, now that what it is made of is there."""
    plain = cast("Callable[[], Request]", prepare)
    ready: Request = await (prepare() if iscoroutinefunction(prepare) else asyncio.to_thread(plain))
    return ready
