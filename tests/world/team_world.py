"""Machines that share an account: each a `World` with a home and a journal of its own, one emulator and one Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bailian_nb.accounts.account import Account
from bailian_nb.accounts.team.member import GRACE
from bailian_nb.accounts.team.store import TeamStore
from bailian_nb.store.buckets import local_folder

from .jumping_clock import JumpingClock
from .team import ACCOUNT, FakeRedis
from .world import World


class Machines:
    """Makes machines; all clocks are one, which jumps, and Redis goes by it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.clock = JumpingClock()
        self.redis = FakeRedis(patch, self.clock.now)
        self.worlds: list[World] = []
        self._folder = folder
        self.warm()

    def warm(self) -> None:
        """Let Redis be one that has been up for long."""
        life = {"id": "first", "born": int((self.clock.now() - GRACE - 1000) * 1000), "listed:wan2.6-t2i": 1}
        self.redis.client.hset(f"bnb:{{{ACCOUNT}}}:life", mapping=life)

    def machine(self, owner: str = "", *, bucket: str = "", share: float = 0.0, **settings: Any) -> World:
        """Make one more; its pictures go to a folder of its own, or to a bucket that all reach.

        `share` is what it may use while Redis is away; `settings` are the emulator's, which the first one has for all.
        """
        number = len(self.worlds) + 1
        home = self._folder / f"machine{number}"
        out = local_folder(bucket, home) if bucket else self._folder / f"out{number}"
        world = World(home, out, self.clock, **settings)
        if self.worlds:
            world.transport = self.worlds[0].transport
        given = world.account
        client = given.client if not self.worlds else self._client(world)
        member = self.redis.member(owner, share=share)
        self.redis.hear(member)
        team = TeamStore(member, self.clock, client, machine=f"machine{number}")
        world.account = Account.open(
            id="emulator",
            base_url=given.base_url,
            region=given.region,
            emulator=True,
            client=client,
            clock=self.clock,
            team=team,
        )
        self.worlds.append(world)
        return world

    def _client(self, world: World) -> object:
        from bailian_nb.client import Client
        from bailian_nb.config import EMULATOR_URL, Secret

        from .world import KEY

        return Client(base_url=EMULATOR_URL, key=Secret(KEY), app=world.transport)

    def close(self) -> None:
        for world in self.worlds:
            world.close()
