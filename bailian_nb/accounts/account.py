"""Account: everything that the jobs of one key and base URL share, here and with other kernels of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import specs
from ..client import Client
from ..specs import service
from ..system.clock import Clock
from .limiter import Limiter
from .rate import QueryPace


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
    reads: QueryPace
    own: str = ""

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
    ) -> Account:
        """Make an account; kernels with the same `home` share its limits, None keeps them in this one."""
        folder = None if home is None else home / "limits" / id
        limiter = Limiter(clock, folder)
        return cls(
            id=id,
            base_url=base_url,
            region=region,
            emulator=emulator,
            client=client,
            limiter=limiter,
            reads=QueryPace(clock, service.QUERIES_PER_SECOND, folder=folder, lost=limiter.alone),
            own=own,
        )

    def limit(self, model: str) -> specs.Limit:
        return specs.get(model).limit(self.region)

    def price(self, model: str) -> float | None:
        """Return CNY for one picture in this region, None when no page gives a price."""
        price = specs.get(model).price(self.region)
        return price.cny if price else None
