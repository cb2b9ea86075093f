"""Accounts: whom a call is billed to and where it goes, one for each key and base URL. `session` asks here.

An emulator on a port of this machine is found out by asking it, so that its pictures say so and nothing of it counts
as spent; the answer is good for a few seconds, since another server may take the port.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import config
from ..client import Client, serves_emulator
from ..config import Secret, Settings, Target
from ..config.server_address import ServerAddress
from ..errors import MissingApiKey
from ..system.clock import Clock
from ..system.language import sentence
from .account import Account
from .team.member import Member
from .team.place import Place
from .team.server import Server
from .team.store import TeamStore

FRESH = 10.0
"""Seconds for which holds what a port has answered."""
SLOW = 0.2
"""Seconds after which a port that says nothing is not asked anew before each call."""


class Accounts:
    """The accounts of one process and home."""

    def __init__(self, home: Path, clock: Clock, *, kernel: Callable[[], str] = str) -> None:
        self.home = home
        self.clock = clock
        self.kernel = kernel
        self._lock = threading.RLock()
        self._opened: dict[tuple[str, str, Secret, bool, ServerAddress | None], Account] = {}
        self._answered: dict[str, tuple[bool, float]] = {}

    def detect_emulator(self, target: Target) -> Target:
        """Return the target, as an emulator if one answers there; nothing but a loopback address is asked."""
        if target.emulator or not self._serves_emulator(target.base_url):
            return target
        return replace(target, emulator=True)

    def get(self, target: Target, settings: Settings) -> Account:
        """Return the account of the key that is configured now.

        Raises
        ------
        InvalidRequest
            When BAILIAN_NB_HOME cannot be written, or BAILIAN_NB_LIMITS names what cannot be used.
        MissingApiKey
            When there is no key; it names the variable and the emulator.
        """
        key = Secret("sk-emulator-in-process") if target.in_process else config.find_key()
        if key is None:
            raise MissingApiKey(
                sentence(
                    "no API key: set DASHSCOPE_API_KEY (or put it into ~/.dashscope/api_key); without a key, "
                    "BAILIAN_NB_EMULATOR=1 draws with the emulator that ships inside"
                ),
                hint="; ".join(config.misspelt(money=True)),
            )
        config.check_home(self.home)
        name, own = "emulator", ""
        if not target.in_process:
            name = config.account_id(key, target.base_url, name=settings.account)
            own = config.account_id(key, target.base_url) if settings.account else ""
        limits = None if target.in_process else settings.limits  # each home has an emulator of its own in it
        which = (name, target.workspace, key, target.emulator, limits)
        with self._lock:
            if (known := self._opened.get(which)) is not None:
                return known
            client = Client(
                base_url=target.base_url,
                key=key,
                workspace=target.workspace,
                app=self._emulator(settings.emulator_seconds) if target.in_process else None,
            )
            team = self._team(
                limits, settings, config.team_id(key, target.base_url, name=settings.account), client, name
            )
            account = self._opened[which] = Account.open(
                id=name,
                base_url=target.base_url,
                region=target.region,
                emulator=target.emulator,
                client=client,
                clock=self.clock,
                home=self.home,
                own=own,
                kernel=self.kernel,
                team=team,
            )
            return account

    def values(self) -> list[Account]:
        """Return every account that was opened."""
        with self._lock:
            return list(self._opened.values())

    def close(self) -> None:
        """Leave the teams: what is held runs out, and is given back once the service says that its tasks have ended."""
        for account in self.values():
            if account.team is not None:
                account.team.member.close()

    def _team(
        self, limits: ServerAddress | None, settings: Settings, account: str, client: Client, own: str
    ) -> TeamStore | None:
        """Return where limits are shared over machines, None where they are not to be."""
        if not limits:
            return None
        server = Server.open(limits)
        member = Member(
            server,
            account,
            kernel=self.kernel,
            owner=config.owner(),
            share=settings.limits_away,
            place=Place(self.home),
        )
        member.check()
        return TeamStore(member, self.clock, client, machine=own[:12])

    def _serves_emulator(self, base_url: str) -> bool:
        with self._lock:
            known, at = self._answered.get(base_url, (False, float("-inf")))
            if time.monotonic() - at < FRESH:
                return known
            began = time.monotonic()
            found = serves_emulator(base_url)
            late = time.monotonic() - began > SLOW
            if found is None and known and late:  # a busy machine
                found = serves_emulator(base_url)
            if found is not None or late:  # else it does not run yet, and may a moment later
                self._answered[base_url] = (bool(found), time.monotonic())
            return bool(found)  # another may have the port now: what says nothing may bill

    def _emulator(self, seconds: float | None) -> Any:
        from ..emulator import EmulatorSettings, create_app

        behaviour = EmulatorSettings() if seconds is None else EmulatorSettings(latency=(seconds, seconds))
        return create_app(self.home, behaviour, clock=self.clock.now, sleep=self.clock.sleep)
