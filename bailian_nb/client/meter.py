"""What goes over the wire during one exchange, watched byte by byte; `network.py` puts it under httpcore.

Neither httpx nor httpcore has such a limit: they read interim answers, chunk extensions and trailers for as long as
some come, and every byte renews their time-out.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any, Literal

import httpcore

from ..system.language import sentence

MAX_HEAD_BYTES = 64 * 1024
"""For all heads of one exchange together, those of interim answers and of a proxy included; servers send 1 or 2 kB."""
MAX_INTERIM = 8
"""Interim answers (1xx) that one exchange may bring; nothing that DashScope documents sends any."""

Stage = Literal["connect", "send", "answer", "receive"]
"""What an exchange waits for: the connection, the line that takes the request, the answer, the rest of its body."""

_PIECE = 64 * 1024
_BLANK_LINE = re.compile(rb"\n\r?\n")
_LONGEST_BLANK_LINE = 3
_INTERIM = re.compile(rb"\s*HTTP/\d\.\d 1(?!01)\d\d")  # 101 ends the exchange as any other answer does
_TO_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")  # how a tunnel, a SOCKS5 greeting and its password begin


class Excess(Exception):
    """More came than one exchange may bring; the text goes on after the name of the host."""


class Withheld(Exception):
    """What was to be sent was not, for the `reason` that stands in it."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


Clear = Callable[[str], Awaitable[None]]
"""Asked in the last moment before a request's first byte goes out, with the address that the connection leads to ("" to
an app in this process or through a proxy); where it raises, nothing is sent."""


class Meter:
    """Watches one exchange; `on_stage` hears of each new stage, `on_body` how much has come after the head.

    Parameters
    ----------
    most
        Bytes that may come after the head, chunk headers and trailers included.
    clear
        See `Clear`.
    """

    def __init__(
        self,
        most: int,
        *,
        on_stage: Callable[[Stage], None] = lambda stage: None,
        on_body: Callable[[int], None] = lambda count: None,
        clear: Clear | None = None,
    ) -> None:
        self.spoke = False
        """Whether a byte of the request itself may have left; what is said to a proxy before does not count."""
        self.proxied = False
        """Whether the connection leads to a proxy."""
        self._clear = clear
        self._most = most
        self._on_stage, self._on_body = on_stage, on_body
        self._head: bytearray | None = bytearray()
        self._looked_at = 0
        self._heads = self._interim = self._body = 0

    async def clears(self, data: bytes, peer: object) -> None:
        """Ask whether a request may go out that begins with `data`, over a connection to `peer`.

        Raises
        ------
        Withheld
            When it may not.
        """
        if self._clear is None or self.spoke or data.startswith(_TO_A_PROXY):
            return
        address = str(peer[0]) if isinstance(peer, tuple) and not self.proxied else ""
        try:
            await self._clear(address)
        except Exception as reason:  # noqa: BLE001  # it is raised again where no frame holds the request
            raise Withheld(reason) from None

    def sends(self, data: bytes) -> None:
        """Note what is about to be sent; a head will come back."""
        if not self.spoke and not data.startswith(_TO_A_PROXY):
            self.spoke = True
            self._on_stage("send")
        self._head, self._looked_at = bytearray(), 0

    def listens(self) -> None:
        """Note that all has been sent."""
        if self.spoke and self._head is not None:
            self._on_stage("answer")

    def came(self, data: bytes) -> None:
        """Count what was read.

        Raises
        ------
        Excess
            When it is too much.
        """
        if self._head is not None:
            self._head += data
            data = self._behind_heads(self._head)
        self._body += len(data)
        if self._body > self._most:
            raise Excess(sentence("sent more than {most} bytes", most=self._most))
        if data:
            self._on_stage("receive")
            self._on_body(self._body)

    def _behind_heads(self, head: bytearray) -> bytes:
        """Take the heads off; what is left belongs to the body."""
        while end := _BLANK_LINE.search(head, max(self._looked_at - _LONGEST_BLANK_LINE, 0)):
            self._heads += end.end()
            self._looked_at = 0
            if self._heads > MAX_HEAD_BYTES:
                break
            if not _INTERIM.match(head):
                self._head = None
                return bytes(head[end.end() :])
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise Excess(sentence("sent more than {MAX_INTERIM} interim answers (1xx)", MAX_INTERIM=MAX_INTERIM))
            del head[: end.end()]
        else:
            self._looked_at = len(head)
        if self._heads + self._looked_at > MAX_HEAD_BYTES:
            raise Excess(sentence("sent more than {MAX_HEAD_BYTES} bytes of headers", MAX_HEAD_BYTES=MAX_HEAD_BYTES))
        return b""


METER: ContextVar[Meter | None] = ContextVar("METER", default=None)
"""The meter of the exchange that this task is in."""


class MeteredStream(httpcore.AsyncNetworkStream):
    """A connection of httpcore that tells the meter of its exchange what it sends and reads."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        meter = METER.get()
        if meter is not None:
            meter.listens()
        data = await self._inner.read(max_bytes, timeout)
        if meter is not None:
            meter.came(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`; `timeout` holds for each 64 kB of it, so that a line that stands still shows early."""
        if buffer and (meter := METER.get()) is not None:
            await meter.clears(buffer, self._inner.get_extra_info("server_addr"))
            meter.sends(buffer)
        for start in range(0, len(buffer), _PIECE):
            await self._inner.write(buffer[start : start + _PIECE], timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return MeteredStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            await self._inner.aclose()  # httpcore leaves it open when a cancellation comes here
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class MeteredBackend(httpcore.AsyncNetworkBackend):
    """Opens connections that are metered."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return MeteredStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
