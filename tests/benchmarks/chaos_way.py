"""The bad way to the service: a proxy on a loopback port that breaks every fifth exchange, and breaks it for real.

`chaos_service` puts it before a served emulator. Resets are TCP resets, cut bodies end before their length, and a lost
answer is lost after the service has done its work.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import struct
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

THROTTLED = {"code": "Throttling.RateQuota", "message": "Requests rate limit exceeded, please try again later."}
BROKEN = {"code": "InternalError", "message": "An internal error has occured, please try again later."}
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
LATE = 8.0
"""Seconds by which a gateway that gave up hands a create call on all the same."""

ANSWERED = ("429", "429 with Retry-After", "500 in JSON", "502 in HTML", "HTML for JSON", "early reset", "reset")
LOST = ("lost: reset", "lost: 502", "lost: cut body", "lost: half a JSON", "lost: HTML")
FAULTS = {
    "create": (*ANSWERED, *LOST, "lost: reset while it works", "lost: 504 and made later"),
    "query": (*ANSWERED, *LOST),
    "list": (*ANSWERED, *LOST),
    "download": (
        "502 in HTML",
        "early reset",
        "reset",
        "lost: cut body",
        "wrong bytes",
        "half a picture",
        "HTML for PNG",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it came, and what it is for."""

    kind: str
    raw: bytes


class BadWay:
    """Hands requests on to `port`, unless the dice say otherwise; counts its faults by step and name."""

    def __init__(self, port: int, *, p: float, seed: int, sleep: Callable[[float], Awaitable[object]]) -> None:
        self.port, self.p, self.sleep = port, p, sleep
        self.counts: Counter[str] = Counter()
        self.dice = {kind: random.Random(f"{seed} {kind}") for kind in FAULTS}
        self._late: set[asyncio.Task[bytes]] = set()
        self._open: dict[asyncio.StreamWriter, asyncio.Event] = {}

    async def listen(self) -> asyncio.Server:
        """Open the port; it is `server.sockets[0].getsockname()[1]`."""
        return await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=2**24)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended = self._open[writer] = asyncio.Event()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._exchange(reader, writer):
                await writer.drain()
        writer.close()
        del self._open[writer]
        ended.set()

    async def close(self) -> None:
        """Hang up on those that wait for a next request."""
        for writer, ended in list(self._open.items()):
            writer.transport.abort()
            await ended.wait()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        kind = kind_of(head)
        self.counts[kind] += 1
        dice = self.dice.get(kind)
        fault = dice.choice(FAULTS[kind]) if dice is not None and dice.random() < self.p else ""
        if fault:
            self.counts[f"{kind} - {fault}"] += 1
        if fault == "early reset":
            return reset(writer)
        asked = Asked(kind=kind, raw=head + await reader.readexactly(length_of(head)))
        return await self._answer(asked, fault, writer)

    async def _answer(self, asked: Asked, fault: str, writer: asyncio.StreamWriter) -> bool:
        if fault == "reset":
            return reset(writer)
        if fault == "lost: reset while it works":
            self._hand_on_later(asked, 0.0)
            await asyncio.sleep(0.001)
            return reset(writer)
        if fault == "lost: 504 and made later":
            self._hand_on_later(asked, LATE)
            writer.write(response(504, HTML, "text/html"))
            return True
        if (made := _instead(fault)) is not None:
            writer.write(made)
            return True
        answer = await self._hand_on(asked)
        head, _, body = answer.partition(b"\r\n\r\n")
        half = body[: len(body) // 2]
        if fault == "lost: reset":
            return reset(writer)
        if fault == "lost: cut body":
            writer.write(head + b"\r\n\r\n" + half)
            await writer.drain()
            return False
        if fault in ("lost: 502", "lost: HTML"):
            answer = response(502 if fault.endswith("502") else 200, HTML, "text/html")
        elif fault == "lost: half a JSON":
            answer = response(200, half, "application/json")
        elif fault == "half a picture":
            answer = response(200, half, "image/png")
        elif fault == "wrong bytes":
            middle = len(body) // 2
            answer = response(200, body[:middle] + bytes(64) + body[middle + 64 :], "image/png")
        writer.write(answer)
        return True

    async def _hand_on(self, asked: Asked) -> bytes:
        """Return the service's whole answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(asked.raw)
            head = await reader.readuntil(b"\r\n\r\n")
            return head + await reader.readexactly(length_of(head))
        finally:
            writer.close()

    def _hand_on_later(self, asked: Asked, seconds: float) -> None:
        async def later() -> bytes:
            await self.sleep(seconds)
            return await self._hand_on(asked)

        task = asyncio.ensure_future(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


def kind_of(head: bytes) -> str:
    """Say what a request is for, by its first line; `other` is never broken."""
    method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ", 2)
    path = target.partition("?")[0]
    if method == "POST" and "/services/" in path:
        return "create"
    if method == "GET" and path.startswith("/results/"):
        return "download"
    if method == "GET" and path.startswith("/api/v1/tasks"):
        return "list" if path.rstrip("/").endswith("/tasks") else "query"
    return "other"


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def reset(writer: asyncio.StreamWriter) -> bool:
    """Cut the connection with a TCP reset instead of a farewell."""
    found = writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


def response(status: int, body: bytes, kind: str, *more: str) -> bytes:
    lines = (f"HTTP/1.1 {status} Made up", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _instead(fault: str) -> bytes | None:
    """Return an answer that the service never saw the question of."""
    if fault.startswith("429"):
        more = ("Retry-After: 2",) if "Retry-After" in fault else ()
        return response(
            429, json.dumps(THROTTLED | {"request_id": str(uuid.uuid4())}).encode(), "application/json", *more
        )
    if fault == "500 in JSON":
        return response(500, json.dumps(BROKEN | {"request_id": str(uuid.uuid4())}).encode(), "application/json")
    if fault in ("502 in HTML", "HTML for JSON", "HTML for PNG"):
        return response(502 if fault.startswith("502") else 200, HTML, "text/html")
    return None
