"""Ask a host for anything, to tell whether the way to it is open; and ask a port of this machine for the emulator.

`bailian-nb doctor` shows the one, `session` goes by the other.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass

import httpx

from ..system.language import sentence
from .network import LOOPBACK
from .reply import parse
from .transport import Fault, Limit, converse, host_of, plain_headers

PATIENCE = 1.0
"""Seconds that a port of this machine gets to say that it is the emulator."""
EMULATOR = {"emulator": "bailian_nb"}
"""What the emulator answers when it is asked who it is."""
_LONGEST = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Whether a host answers; `status` is None and `reason` says why when it does not."""

    host: str
    ok: bool
    status: int | None
    seconds: float
    reason: str


async def probe(way: httpx.AsyncBaseTransport, url: str, *, seconds: float) -> Probe:
    """Send one GET without the key; every status below 500 shows that the way is open."""
    started = time.perf_counter()
    status, reason = None, sentence("this is no http(s) URL")
    steps = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
    try:
        request = httpx.Request("GET", url, headers=plain_headers(), extensions={"timeout": steps})
    except httpx.InvalidURL:
        request = None
    if request is not None:
        found = await converse(way, request, _status, limit=Limit(seconds=seconds, body=_LONGEST))
        status, reason = (None, found.words) if isinstance(found, Fault) else (found, f"HTTP {found}")
    return Probe(
        host=host_of(url),
        ok=status is not None and status < 500,
        status=status,
        seconds=time.perf_counter() - started,
        reason=reason,
    )


async def _status(response: httpx.Response) -> int:
    return response.status_code


def serves_emulator(base_url: str) -> bool | None:
    """Tell whether the emulator answers at a base URL; None when nothing comes back. No key goes along.

    Only a loopback address is asked and believed: no service elsewhere is ever taken for an emulator. Whatever the
    port says, and however slowly, it is heard for a second at the most and for 64 kB.
    """
    url = httpx.URL(base_url)
    if url.scheme != "http" or url.host not in LOOPBACK:
        return False
    answer = bytearray()
    with contextlib.suppress(OSError):
        _hear(url.host, url.port or 80, answer)
    if not answer:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ")[1:2] == [b"200"] and bool(parse(bytes(body)) == EMULATOR)


def _hear(host: str, port: int, said: bytearray) -> None:
    """Put what a port answers into `said`; by hand, since the standard library's client waits anew for every byte."""
    end = time.monotonic() + PATIENCE
    with socket.create_connection((host, port), PATIENCE) as link:
        # HTTP/1.0 has neither chunks nor a connection that stays open: the answer ends where the bytes end.
        link.sendall(f"GET /emulator HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        while len(said) < _LONGEST and (left := end - time.monotonic()) > 0:
            link.settimeout(left)
            if not (more := link.recv(_LONGEST)):
                return
            said += more
