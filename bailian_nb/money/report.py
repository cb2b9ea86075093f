"""What was spent, account by account: this kernel, today, this month, by model, by notebook.

Shown by `%wan cost` and `bailian-nb cost`. Every sum belongs to one account, so the emulator's never meets a real one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import specs
from ..accounts.account import Account
from ..config import Settings
from ..system.language import sentence
from . import ledger
from .ledger import Entry, Sum


@dataclass(frozen=True, kw_only=True)
class Group:
    """One model or one notebook ("" outside of one): everything, and what of it was sent this month."""

    name: str
    total: Sum
    month: Sum


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one model cost on one day of local time, "2026-11-29"; what may still go out counts for today."""

    day: str
    model: str
    total: Sum


@dataclass(frozen=True, kw_only=True)
class Costs:
    """One account's sums, and the caps that hold for it now; `dated` is the date of the list prices."""

    account: str
    base_url: str
    emulator: bool
    dated: str
    kernel: Sum
    today: Sum
    month: Sum
    total: Sum
    models: Sequence[Group]
    notebooks: Sequence[Group]
    days: Sequence[Day] = ()
    """The oldest day first, the dearest model of a day first."""
    max_cost_day: float | None = None
    max_cost_month: float | None = None

    def left(self) -> list[tuple[str, float, float]]:
        """Return each cap in CNY with what it leaves, counted as it is held: on its way and perhaps billed included."""
        caps = (("max_cost_day", self.max_cost_day, self.today), ("max_cost_month", self.max_cost_month, self.month))
        return [
            (name, cap, max(0.0, cap - found.cny - found.open_cny - found.maybe_cny))
            for name, cap, found in caps
            if cap is not None
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            **asdict(self),
            "note": sentence("list price of {dated}, before free quota and savings plan", dated=self.dated),
        }


def gather(home: Path, account: Account | None, settings: Settings, now: float) -> list[Costs]:
    """Return the sums of one account, or with None of every account in the journal below `home`, the emulator last.

    `now` is seconds since 1970: it says which day and month are counted.
    """
    if account is None:
        found = ledger.read(home)
        accounts = dict.fromkeys(each.account for each in sorted(found, key=lambda each: each.emulator))
        return [_costs([each for each in found if each.account == name], settings, now) for name in accounts]
    entries = ledger.read(home, accounts=account.ids)
    empty = (account.id, account.base_url, account.emulator)
    return [_costs(entries, settings, now, empty)]


def _costs(
    entries: Sequence[Entry], settings: Settings, now: float, known: tuple[str, str, bool] | None = None
) -> Costs:
    account, base_url, emulator = known or (entries[0].account, entries[0].base_url, entries[0].emulator)
    day, month = ledger.day_start(now), ledger.month_start(now)
    return Costs(
        account=account,
        base_url=base_url,
        emulator=emulator,
        dated=_dated({each.model for each in entries}),
        kernel=Sum.of(each for each in entries if each.mine),
        today=Sum.of(each for each in entries if each.sent >= day),
        month=Sum.of(each for each in entries if each.sent >= month),
        total=Sum.of(entries),
        models=_groups(entries, month, lambda each: each.model),
        notebooks=_groups(entries, month, lambda each: each.notebook),
        days=_days(entries, now),
        max_cost_day=settings.max_cost_day,
        max_cost_month=settings.max_cost_month,
    )


def _groups(entries: Sequence[Entry], month: float, name: Callable[[Entry], str]) -> list[Group]:
    """Return a group for each name, the dearest first."""
    members: dict[str, list[Entry]] = {}
    for each in entries:
        members.setdefault(name(each), []).append(each)
    groups = [
        Group(name=key, total=Sum.of(found), month=Sum.of(each for each in found if each.sent >= month))
        for key, found in members.items()
    ]
    return sorted(groups, key=lambda group: (-group.total.cny, group.name))


def _days(entries: Sequence[Entry], now: float) -> list[Day]:
    members: dict[tuple[str, str], list[Entry]] = {}
    for each in entries:
        sent = time.localtime(min(each.sent, now))
        members.setdefault((time.strftime("%Y-%m-%d", sent), each.model), []).append(each)
    found = [Day(day=day, model=model, total=Sum.of(each)) for (day, model), each in members.items()]
    return sorted(found, key=lambda each: (each.day, -each.total.cny, each.model))


def _dated(models: set[str]) -> str:
    """Return the newest date of the prices that were used, of the whole table when nothing was sent yet."""
    used = [row for row in specs.models() if row.name in models]
    return max(row.prices_dated for row in used or specs.models())
