"""What an operator sees and may do: places, line, pauses, money and who spent it; places that are given back by hand.

`views.team` shows it, `bailian-nb team` asks.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from .member import Member
from .money import month_name
from .store import TeamStore


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place that is taken; `late` seconds ago its kernel should have been heard of, 0 while it was."""

    owner: str
    kernel: str
    task: str
    late: float


@dataclass(frozen=True, kw_only=True)
class Waiter:
    """One kernel in the line; `asked` seconds ago for the last time."""

    owner: str
    kernel: str
    asked: float


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The tasks at once of a model (`kind` running), or its create calls (creating)."""

    model: str
    kind: str
    limit: int
    places: tuple[Place, ...]
    waiting: tuple[Waiter, ...]
    paused: float
    """Seconds that throttling still holds creates back."""
    slowness: float
    """How much slower than the limit creates go after throttling; 1 otherwise."""


@dataclass(frozen=True, kw_only=True)
class Money:
    """CNY by list price of a day or a month: of all machines, on its way, the team's cap, and by owner."""

    period: str
    spent: float
    way: float
    cap: float | None
    owners: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Status:
    """All of it, at one moment."""

    server: str
    account: str
    lanes: tuple[Lane, ...]
    day: Money
    month: Money

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def status(team: TeamStore) -> Status:
    """Read what all machines hold, wait for and have spent.

    Raises
    ------
    Away
        When the server cannot be used, as from `release`.
    """
    member = team.member
    life, day, month, table, *sums, caps = member.ask("sums", team.money.keys)
    fields, told = _pairs(life), _pairs(caps)
    names = {name.removeprefix("owner:"): owner for name, owner in fields.items() if name.startswith("owner:")}
    spent = {True: dict[str, float](), False: dict[str, float]()}
    for field, amount in _pairs(table).items():
        machine = field.partition(" ")[2]
        of = spent[field.startswith("d")]
        owner = names.get(machine, machine)
        of[owner] = round(of.get(owner, 0.0) + int(amount) / 1e6, 6)
    numbers = [round(float(each) / 1e6, 6) for each in sums]
    lanes = sorted((name.removeprefix("limit:"), int(limit)) for name, limit in fields.items() if name[:6] == "limit:")
    return Status(
        server=member.server.shown,
        account=member.account[:8],
        lanes=tuple(_lane(member, lane, limit) for lane, limit in lanes),
        day=Money(
            period=_day_name(day), spent=numbers[0], way=numbers[2], cap=_cap(told.get("day")), owners=spent[True]
        ),
        month=Money(
            period=month_name(month),
            spent=numbers[1],
            way=numbers[3],
            cap=_cap(told.get("month")),
            owners=spent[False],
        ),
    )


def release(team: TeamStore, who: str, *, force: bool = False) -> int:
    """Give back the late places of a kernel or an owner without asking the service; with `force` all of its places.

    A task may run in them still: then the service refuses the next create, and the pace slows down.
    """
    member, freed = team.member, 0
    fields = _pairs(member.ask("sums", team.money.keys)[0])
    for name, limit in fields.items():
        if name.startswith("limit:"):
            lane = name.removeprefix("limit:")
            keys = [member.key(lane, "held"), member.key(lane, "tasks"), member.key(lane, "line")]
            freed += int(member.ask("evict", keys, [who, int(force), lane, limit, member.channel]))
    return freed


def _lane(member: Member, lane: str, limit: int) -> Lane:
    kind, _, model = lane.partition(":")
    keys = [member.key(lane, name) for name in ("held", "tasks", "line", "seen")]
    keys += [member.key("pace", model)] if kind == "creating" else []
    places, waiting, paused, slowness = member.ask("look", keys)
    return Lane(
        model=model,
        kind=kind,
        limit=limit,
        places=tuple(_place(lease, left, task) for lease, left, task in places),
        waiting=tuple(
            Waiter(kernel=name.partition(" ")[0], owner=name.partition(" ")[2], asked=since / 1000)
            for name, since in waiting
        ),
        paused=paused / 1000,
        slowness=float(slowness),
    )


def _place(lease: str, left: int, task: str) -> Place:
    number, kernel, owner = lease.split(" ")
    if kernel == "-":  # a task that the service named and nobody here holds
        return Place(owner="", kernel="", task=number, late=0.0)
    return Place(owner=owner, kernel=kernel, task=task, late=max(-left / 1000, 0.0))


def _cap(told: str | None) -> float | None:
    return None if told in (None, "-") else int(told or 0) / 1e6


def _day_name(day: int) -> str:
    return datetime.fromtimestamp(day * 86400, UTC).strftime("%Y-%m-%d")


def _pairs(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
