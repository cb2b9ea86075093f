"""Ask a host for anything, to tell whether the way to it is open; and ask a port of this machine for the emulator.

`bailian-nb doctor` shows the one, `session` goes by the other.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx

from .reply import parse
from .transport import FAULTS, LOOPBACK, as_given, fault_of, host_of

PATIENCE = 1.0
"""Seconds that a port of this machine gets to say that it is the emulator."""
EMULATOR = {"emulator": "bailian_nb"}
"""What the emulator answers when it is asked who it is."""


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


def serves_emulator(base_url: str) -> bool | None:
    """Tell whether the emulator answers at a base URL; None when nothing comes back. No key goes along.

    Only a loopback address is asked and believed: no service elsewhere is ever taken for an emulator.
    """
    url = httpx.URL(base_url)
    if url.scheme != "http" or url.host not in LOOPBACK:
        return False
    try:
        # It verifies nothing, for it speaks no TLS; certificates would take longer to read than the answer.
        with httpx.Client(trust_env=False, verify=False, timeout=PATIENCE) as http:  # noqa: S501
            answer = http.get(url.copy_with(path="/emulator", query=None))
    except FAULTS:
        return None
    return answer.status_code == 200 and bool(parse(answer.content) == EMULATOR)
