"""A server of raw sockets on loopback for what an ASGI transport cannot do: resets, cut bodies, slow lines."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from bailian_nb import specs

Act = Callable[[socket.socket], None]
LONGEST = 10.0
"""Seconds after which a server gives up a client that does not."""


@dataclass
class RawServer:
    """Acts by its script, one entry a connection (the last one for all that follow), and keeps what it was sent.

    `came` counts connections that were made, `left` those that are over.
    """

    script: list[Act]
    read_body: bool = True
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    left: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _socket: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/api/v1"

    def heads(self) -> list[str]:
        return [request.partition(b"\r\n\r\n")[0].decode("latin-1") for request in self.requests]

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.came.release()
            with contextlib.suppress(OSError), self._greeted(connection) as connection:
                connection.settimeout(LONGEST)
                self.requests.append(self._read(connection))
                self.script[min(len(self.requests), len(self.script)) - 1](connection)
            self.left.release()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _greeted(self, connection: socket.socket) -> socket.socket:
        if self.tls is None:
            return connection
        connection.settimeout(LONGEST)
        return self.tls.wrap_socket(connection, server_side=True)

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while self.read_body and len(body) < length and (more := connection.recv(65536)):
            body += more
        return head + b"\r\n\r\n" + body


class Raw:
    """Starts servers, and has the acts that their scripts are made of."""

    def __init__(self) -> None:
        self._running: list[tuple[RawServer, threading.Thread]] = []

    def start(self, *script: Act, read_body: bool = True, tls: ssl.SSLContext | None = None) -> RawServer:
        server = RawServer(script=list(script), read_body=read_body, tls=tls)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        self._running.append((server, thread))
        return server

    def stop(self) -> None:
        for server, thread in self._running:
            server.close()
            thread.join(5)

    @staticmethod
    def answer(body: bytes = b"{}", *, status: str = "200 OK", head: str = "", length: int | None = None) -> Act:
        """Answer once and close; `length` declares another length than the body has."""
        size = len(body) if length is None else length
        first = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n{head}\r\n".encode()
        return lambda connection: connection.sendall(first + body)

    @staticmethod
    def send(data: bytes) -> Act:
        return lambda connection: connection.sendall(data)

    @staticmethod
    def drip(head: bytes, piece: bytes, pause: float) -> Act:
        """Send the head, then one piece after another, until the other side gives up."""

        def act(connection: socket.socket) -> None:
            connection.sendall(head)
            end = time.monotonic() + LONGEST
            while time.monotonic() < end:
                connection.sendall(piece)
                if pause:
                    time.sleep(pause)

        return act

    @staticmethod
    def slowly(answer: bytes, size: int, pause: float) -> Act:
        """Send an answer in pieces of this size."""

        def act(connection: socket.socket) -> None:
            for start in range(0, len(answer), size):
                connection.sendall(answer[start : start + size])
                time.sleep(pause)

        return act

    @staticmethod
    def reset(connection: socket.socket) -> None:
        """Close so that the other side sees a reset and not an end."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    @staticmethod
    def hang(connection: socket.socket) -> None:
        """Say nothing until the other side gives up."""
        with contextlib.suppress(OSError):
            while connection.recv(65536):
                pass


@pytest.fixture
def raw() -> Iterator[Raw]:
    servers = Raw()
    yield servers
    servers.stop()


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the table take data URLs of 500 characters only, so that small pictures must be uploaded."""
    for name in ("wanx2.1-imageedit", "wan2.7-image"):
        row = specs.get(name)
        assert row.images is not None
        monkeypatch.setitem(specs._models, name, replace(row, images=replace(row.images, max_data_url_bytes=500)))
