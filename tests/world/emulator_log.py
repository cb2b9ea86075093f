"""What the emulator of a home was asked to make: a test of money counts here, not in our own books."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from bailian_nb import config
from bailian_nb.emulator import create_app


def created(home: Path | None = None) -> list[dict[str, Any]]:
    """Return the tasks that create calls made, in the emulator of this home, by default the test's own."""

    async def ask() -> list[dict[str, Any]]:
        transport = httpx.ASGITransport(create_app(home or config.home()))
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as http:
            found: list[dict[str, Any]] = (await http.get("/emulator/log")).json()["creates"]
            return found

    with ThreadPoolExecutor(1) as pool:  # a browser test's own thread has a loop that runs
        return pool.submit(asyncio.run, ask()).result()


def creates() -> int:
    """Count the tasks that were made, and would have been paid for."""
    return len(created())
