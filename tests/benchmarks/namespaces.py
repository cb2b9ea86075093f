"""A small network of namespaces, joined by a bridge: machines that share no loopback, whose links can be taken down.

`bench_team_namespaces` builds it; it takes root and iproute2. The bridge stands in a namespace of its own, so the
machine itself is left as it was. Run as a program, this file is a part of it: the service, or a line to it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NET = "10.231.0"
PORT = 8787
OUTSIDE = 8788
"""Where the service's own namespace takes what comes from others: the emulator itself answers loopback alone."""


def why_not() -> str:
    """Return why no namespaces can be had here, "" where they can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "namespaces of the network take root"
    if shutil.which("ip") is None:
        return "no ip found (Debian: apt install iproute2)"
    tried = f"bnb-try-{secrets.token_hex(3)}"
    said = subprocess.run(["ip", "netns", "add", tried], capture_output=True, text=True, check=False)
    if said.returncode:
        return f"no namespace can be made: {said.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", tried], check=False)
    return ""


class Network:
    """Namespaces by name, each with one address on the same bridge; `close` takes everything away again."""

    def __init__(self) -> None:
        self._mark = f"bnb{secrets.token_hex(3)}"
        self._names: list[str] = []
        self._running: list[subprocess.Popen[Any]] = []
        self._hub = f"{self._mark}-hub"
        try:
            _ip("netns", "add", self._hub)
            _ip("-n", self._hub, "link", "add", "bridge", "type", "bridge")
            _ip("-n", self._hub, "link", "set", "bridge", "up")
        except BaseException:
            self.close()
            raise

    def add(self, name: str) -> str:
        """Make one more and return its address."""
        whole = f"{self._mark}-{name}"
        _ip("netns", "add", whole)
        self._names.append(name)
        address = f"{NET}.{len(self._names)}"
        _ip("-n", self._hub, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", whole)
        _ip("-n", self._hub, "link", "set", name, "master", "bridge", "up")
        _ip("-n", whole, "address", "add", f"{address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", whole, "link", "set", device, "up")
        return address

    def within(self, name: str) -> list[str]:
        """Return what a command begins with that runs there; it keeps the process id that it is started with."""
        return ["ip", "netns", "exec", f"{self._mark}-{name}"]

    def start(self, name: str, command: Sequence[str], **more: Any) -> subprocess.Popen[Any]:
        """Run a command there until `close`."""
        found = subprocess.Popen([*self.within(name), *command], **more)
        self._running.append(found)
        return found

    def line(self, name: str, from_: tuple[str, int], to: tuple[str, int]) -> None:
        """Pass on what comes to a port there to another one; back when it listens."""
        ends = [str(each) for pair in (from_, to) for each in pair]
        begun = self.start(name, [sys.executable, __file__, "line", *ends], stdout=subprocess.PIPE, text=True)
        assert begun.stdout is not None
        assert begun.stdout.readline() == "ready\n"

    def link(self, name: str, *, up: bool) -> None:
        """Take the link of one down, or up again."""
        _ip("-n", self._hub, "link", "set", name, "up" if up else "down")

    def close(self) -> None:
        for each in self._running:
            each.kill()
            each.communicate()
        for name in (*self._names, "hub"):
            subprocess.run(["ip", "netns", "del", f"{self._mark}-{name}"], capture_output=True, check=False)


def _ip(*words: str) -> None:
    said = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert said.returncode == 0, f"ip {' '.join(words)}: {said.stderr.strip()}"


def wait_for(path: Path, seconds: float = 20.0) -> None:
    """Wait until a socket in the file system answers: it is reached from every namespace."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as found:
            found.connect(str(path))
            return
        assert time.monotonic() < deadline, f"nobody answers at {path}"
        time.sleep(0.02)


def _line(here: tuple[str, int], to: tuple[str, int]) -> None:
    listening = socket.create_server(here, backlog=200)
    print("ready", flush=True)
    while True:
        near, _ = listening.accept()
        threading.Thread(target=_join, args=(near, to), daemon=True).start()


def _join(near: socket.socket, to: tuple[str, int]) -> None:
    try:
        far = socket.create_connection(to, 5)
    except OSError:  # as a service that cannot be reached
        near.close()
        return
    far.settimeout(None)
    other = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
    other.start()
    _pass_on(near, far)
    other.join()
    for each in (near, far):
        each.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _serve(folder: Path, seconds: tuple[float, float]) -> None:
    from bailian_nb.emulator import EmulatorSettings
    from bailian_nb.emulator.serve import serve

    settings = EmulatorSettings(latency=seconds, over_limit="429", region="cn-beijing")
    serve(folder, PORT, settings=settings, on_ready=lambda url: print(url, flush=True), stop=threading.Event())


if __name__ == "__main__":
    if sys.argv[1] == "line":
        _line((sys.argv[2], int(sys.argv[3])), (sys.argv[4], int(sys.argv[5])))
    else:
        _serve(Path(sys.argv[2]), (float(sys.argv[3]), float(sys.argv[4])))
