"""A Redis for tests of the team: one in this process whose clock a test moves, or a real server on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fakeredis
import pytest
from fakeredis.commands_mixins import server_mixin

from bailian_nb.accounts.locks import Release, Wait
from bailian_nb.accounts.team.leases import TeamLeases
from bailian_nb.accounts.team.member import GRACE, Member
from bailian_nb.accounts.team.place import Place
from bailian_nb.accounts.team.server import Away, Server

ACCOUNT = "0123456789abcdef01234567"
START = 1_790_000_000.0
NO_SERVER = "no redis-server found (Debian: apt install redis-server; or REDIS_SERVER=path)"


class FakeRedis:
    """One server for several members; `now` is its clock, which stands still until it is moved."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: Callable[[], float] | None = None) -> None:
        self.now = START
        self._data = fakeredis.FakeServer()
        self._number = 0
        self._ears: list[tuple[Any, Member]] = []
        self._hearing = threading.Lock()
        patch.setattr(server_mixin, "time", SimpleNamespace(time=clock or (lambda: self.now)))

    @property
    def client(self) -> Any:
        return fakeredis.FakeRedis(server=self._data, decode_responses=True)

    def server(self) -> Server:
        return FakeAway(self)

    def member(
        self, owner: str = "", *, share: float = 0.0, account: str = ACCOUNT, home: Path | None = None
    ) -> Member:
        self._number += 1
        name = f"k{self._number}"
        named = owner or f"owner{self._number}"
        member = Member(
            self.server(), account, kernel=lambda: name, owner=named, share=share, place=Place(home) if home else None
        )
        member.begun = True  # its threads are not begun: a test beats itself
        return member

    def hear(self, member: Member) -> None:
        """Let a member hear, in place of the thread that listens, who is called by each operation."""
        ear = self.client.pubsub(ignore_subscribe_messages=True)
        ear.subscribe(member.channel)
        self._ears.append((ear, member))

    def call(self) -> None:
        """Hand on what was called."""
        with self._hearing:
            for ear, member in self._ears:
                while (message := ear.get_message()) is not None:
                    member._heard(message)

    def warm(self, account: str = ACCOUNT, *models: str) -> None:
        """Let the server be one that has been up for long and knows what runs."""
        key = f"bnb:{{{account}}}:life"
        listed = {f"listed:{model}": 1 for model in models}
        self.client.hset(key, mapping={"id": "first", "born": int((self.now - GRACE - 1000) * 1000), **listed})

    def lose_data(self) -> None:
        self.client.flushall()

    @property
    def away(self) -> bool:
        return not self._data.connected

    @away.setter
    def away(self, away: bool) -> None:
        self._data.connected = not away

    def dump(self) -> str:
        """Return everything that the server holds."""
        client, said = self.client, []
        for key in client.keys():  # noqa: SIM118  # a method of Redis
            kind = client.type(key)
            read = {"hash": client.hgetall, "string": client.get, "list": partial(client.lrange, start=0, end=-1)}
            said.append(f"{key} {read[kind](key) if kind in read else client.zrange(key, 0, -1, withscores=True)}")
        return "\n".join(said)


class FakeAway(Server):
    """The door to a `FakeRedis`."""

    def __init__(self, redis: FakeRedis) -> None:
        super().__init__(redis.client, "redis://here")
        self._redis = redis

    def run(self, script: str, keys: Sequence[str], given: Sequence[object] = ()) -> Any:
        found = super().run(script, keys, given)
        self._redis.call()
        return found


def lane(member: Member, limit: int = 2, name: str = "running:m", *, listing: str = "") -> TeamLeases:
    return TeamLeases(member, name, limit, listing=listing)


def entered(places: TeamLeases) -> Release:
    found = places.enter()
    assert not isinstance(found, Wait), found
    return found


def waits(places: TeamLeases) -> Wait:
    found = places.enter()
    assert isinstance(found, Wait)
    return found


def find_server() -> str | None:
    return os.environ.get("REDIS_SERVER") or shutil.which("redis-server") or shutil.which("valkey-server")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class RealRedis:
    """A server of our own on loopback, which may be killed and started again."""

    def __init__(self, program: str, folder: Path, *options: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self._command += ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no", *options]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not come up"
                time.sleep(0.02)

    def kill(self, *, data: bool = True) -> None:
        """End at once; without `data` the next start finds nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if not data:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)


__all__ = ["ACCOUNT", "Away", "FakeRedis", "RealRedis", "entered", "find_server", "lane", "waits"]
