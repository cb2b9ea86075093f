"""Hanging up at the end of the process: what is known is written down, and nobody is left waiting. The runner calls it.

What was not sent has its intent in the journal then, so that the next kernel can offer it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence

from ..client import Client
from .submit import Sender

STEP_TIMEOUT = 0.3
"""Seconds that each step of hanging up may take at the end of the process."""


async def shutdown(
    sender: Sender,
    intents: asyncio.Lock,
    driving: Callable[[], Iterable[asyncio.Task[None]]],
    clients: Sequence[Client],
    timeout: float,
) -> None:
    """Wait `timeout` seconds at most for intents and for create calls that are out, then let go of everything."""
    end = time.monotonic() + timeout

    async def intended() -> None:
        await asyncio.sleep(0)  # what was started last stands in the line for the journal now
        async with intents:
            pass

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(intended(), timeout)
    if sender.posting:
        await asyncio.wait(set(sender.posting.values()), timeout=max(0.0, end - time.monotonic()))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(sender.write_deferred(), STEP_TIMEOUT)
    drives = list(driving())
    for drive in drives:
        drive.cancel()
    if drives:
        await asyncio.wait(drives, timeout=STEP_TIMEOUT)
    await hang_up(clients)


async def hang_up(clients: Sequence[Client]) -> None:
    """Close every connection, whether or not a Job was ever driven over it."""
    for client in clients:
        with contextlib.suppress(Exception):  # whatever it is, nothing is to be asked of it any more
            await asyncio.wait_for(client.aclose(), STEP_TIMEOUT)
