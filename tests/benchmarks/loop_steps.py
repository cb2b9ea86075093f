"""How long each step of an event loop keeps all others of it waiting, in what a processor works at it."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any


def longest_steps(thread: str) -> list[float]:
    """Return a list that gets the milliseconds of each step of the loops on threads of that name, from now on."""
    steps: list[float] = []
    run: Any = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        if threading.current_thread().name == thread:
            steps.append(1000 * (time.thread_time() - begun))

    asyncio.Handle._run = timed  # type: ignore[method-assign]
    return steps
