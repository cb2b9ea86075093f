"""Account: everything that the jobs of one key and base URL share, here and with other kernels of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import specs
from ..client import Client
from ..specs import service
from .clock import Clock
from .pace import QueryPace
from .slots import Slots


@dataclass(kw_only=True)
class Account:
    """One key at one base URL (or the emulator): client, limits and the pace of reads.

    `id` is the keyed hash that the journal knows the account by; `joined` when several keys share it.
    """

    id: str
    base_url: str
    region: str
    emulator: bool
    client: Client
    slots: Slots
    reads: QueryPace
    joined: bool = False

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
        joined: bool = False,
    ) -> Account:
        """Make an account; kernels with the same `home` share its limits, None keeps them in this one."""
        folder = None if home is None else home / "limits" / id
        slots = Slots(clock, folder)
        return cls(
            id=id,
            base_url=base_url,
            region=region,
            emulator=emulator,
            client=client,
            slots=slots,
            reads=QueryPace(clock, service.QUERIES_PER_SECOND, folder=folder, lost=slots.alone),
            joined=joined,
        )

    def limit(self, model: str) -> specs.Limit:
        return specs.get(model).limit(self.region)

    def price(self, model: str) -> float | None:
        """Return CNY for one picture in this region, None when no page gives a price."""
        price = specs.get(model).price(self.region)
        return price.cny if price else None
