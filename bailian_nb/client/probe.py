"""Ask a host for anything, to tell whether the way to it is open. `bailian-nb doctor` shows the result."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx

from .transport import FAULTS, as_given, fault_of, host_of


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Whether a host answers; `status` is None and `reason` says why when it does not."""

    host: str
    ok: bool
    status: int | None
    seconds: float
    reason: str


async def probe(http: httpx.AsyncClient, url: str, *, seconds: float) -> Probe:
    """Send one GET without the key; every status below 500 shows that the way is open."""
    limits = httpx.Timeout(seconds)
    started = time.perf_counter()
    status, reason = None, ""
    try:
        async with asyncio.timeout(seconds):
            request = http.build_request("GET", url, headers={"Accept": "*/*"}, timeout=limits)
            response = await http.send(request, auth=as_given, stream=True)
            await response.aclose()
            status = response.status_code
            reason = f"HTTP {status}"
    except FAULTS as error:
        reason = fault_of(error, url, limits).words
    return Probe(
        host=host_of(url),
        ok=status is not None and status < 500,
        status=status,
        seconds=time.perf_counter() - started,
        reason=reason,
    )
