"""A way to a server on loopback that can be cut, or swallow what goes through it; `bench_team` sends over it."""

from __future__ import annotations

import contextlib
import socket
import threading


class Way:
    """Passes bytes on between its own port and another one, in threads of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._cut = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self._pairs: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and each new one at once."""
        self._cut.set()
        for each in self._pairs:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def swallow(self) -> None:
        """Pass nothing on; nobody is told."""
        self._open.clear()

    def mend(self) -> None:
        """Pass everything on again, what was swallowed first."""
        self._cut.clear()
        self._open.set()

    def close(self) -> None:
        """Take no connection any more."""
        self._listening.close()
        self.mend()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:  # it is closed
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            if self._cut.is_set():
                near.close()
                far.close()
                continue
            self._pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._open.wait()
                other.sendall(data)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        one.close()  # the thread of the other way closes that one
