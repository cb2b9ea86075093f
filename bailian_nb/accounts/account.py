"""Account: everything that the jobs of one key and base URL share, here and with other kernels of the machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import specs
from ..client import Client
from ..specs import service
from ..store.kernels import stands_still
from ..system.clock import Clock
from .limiter import Limiter
from .rate import QueryPace
from .stores import Reads
from .team.store import TeamStore

LATER = 5.0
"""Seconds by which the lease of a kernel that stands still is free later than its rows: who takes these counts them."""


@dataclass(kw_only=True)
class Account:
    """One key at one base URL (or the emulator): client, limits and the pace of reads.

    `id` is the keyed hash that the journal knows the account by. Where it joins several keys, `own` is that of this
    key alone, which rows carry that were written before.
    """

    id: str
    base_url: str
    region: str
    emulator: bool
    client: Client
    limiter: Limiter
    reads: Reads
    own: str = ""
    team: TeamStore | None = None

    @property
    def joined(self) -> bool:
        """True when several keys share it."""
        return bool(self.own)

    @property
    def ids(self) -> frozenset[str]:
        """Every id under which the journal may hold rows of this account."""
        return frozenset({self.id, self.own or self.id})

    @classmethod
    def open(
        cls,
        *,
        id: str,  # noqa: A002
        base_url: str,
        region: str,
        emulator: bool,
        client: Client,
        clock: Clock,
        home: Path | None = None,
        own: str = "",
        kernel: Callable[[], str] = str,
        team: TeamStore | None = None,
    ) -> Account:
        """Make an account; kernels with the same `home` share its limits, None keeps them in this one.

        With a `team`, all machines do. `kernel` names this one, by which others see whether it stands still.
        """
        folder = None if home is None else home / "limits" / id
        stopped = None if home is None else partial(stands_still, home, margin=LATER)
        limiter = Limiter(clock, folder, kernel=kernel, stands_still=stopped, store=team, queues=_queues)
        reads: Reads = QueryPace(clock, service.QUERIES_PER_SECOND, folder=folder, lost=limiter.alone)
        return cls(
            id=id,
            base_url=base_url,
            region=region,
            emulator=emulator,
            client=client,
            limiter=limiter,
            reads=reads if team is None else team.reads,
            own=own,
            team=team,
        )

    def limit(self, model: str) -> specs.Limit:
        """Return the limits of the model in this region."""
        return specs.get(model).limit(self.region)

    def price(self, model: str) -> float | None:
        """Return CNY for one picture in this region, None when no page gives a price."""
        price = specs.get(model).price(self.region)
        return price.cny if price else None


def _queues(model: str) -> bool:
    return specs.get(model).queue > 0
