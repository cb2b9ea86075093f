"""What all machines of an account hold, wait for and have spent, as tables and as JSON; `bailian-nb team` prints it."""

from __future__ import annotations

import json
from collections import Counter

from ..accounts.team.status import Lane, Money, Status
from ..system.language import together
from ..texts.catalogue import say
from .tables import Bundle, Table, joined


def bundle(status: Status, lang: str) -> Bundle:
    """Return the tables: places and line of each model, then money by owner."""
    return joined([table.bundle() for table in (_places(status, lang), _money(status, lang))])


def as_json(status: Status) -> str:
    """Return all of it as JSON: seconds and CNY, every place and every kernel that waits."""
    return json.dumps(status.to_dict(), ensure_ascii=False, indent=1)


def _places(status: Status, lang: str) -> Table:
    keys = ("team_model", "team_places", "team_held_by", "team_waiting", "team_pause")
    title = say("team_title", lang, account=status.account, server=status.server)
    return Table(
        title=title, head=tuple(say(key, lang) for key in keys), rows=tuple(_row(each, lang) for each in status.lanes)
    )


def _row(lane: Lane, lang: str) -> tuple[str, ...]:
    held = Counter(place.owner or say("team_unowned", lang) for place in lane.places)
    late = sum(place.late > 0 for place in lane.places)
    words = [f"{owner} {count}" for owner, count in held.items()]
    words += [say("team_late", lang, count=late)] if late else []
    waiting = Counter(each.owner for each in lane.waiting)
    pause = say("team_paused", lang, seconds=round(lane.paused)) if lane.paused else ""
    if lane.slowness > 1:
        pause = together([*([pause] if pause else []), say("team_slower", lang, times=f"{lane.slowness:.1f}")])
    name = lane.model if lane.kind == "running" else say("team_creating", lang, model=lane.model)
    line = together([f"{owner} {count}" for owner, count in waiting.items()]) if waiting else ""
    return (name, f"{len(lane.places)}/{lane.limit}", together(words) if words else "", line, pause)


def _money(status: Status, lang: str) -> Table:
    owners = sorted({*status.day.owners, *status.month.owners})
    rows = [
        (owner, _cny(status.day.owners.get(owner, 0.0)), _cny(status.month.owners.get(owner, 0.0))) for owner in owners
    ]
    rows.append((say("team_total", lang), _cny(status.day.spent), _cny(status.month.spent)))
    rows.append((say("team_way", lang), _cny(status.day.way), _cny(status.month.way)))
    rows.append((say("team_cap", lang), _cap(status.day, lang), _cap(status.month, lang)))
    head = (say("team_owner", lang), f"CNY {status.day.period}", f"CNY {status.month.period}")
    return Table(title=say("team_money", lang), head=head, rows=tuple(rows))


def _cny(amount: float) -> str:
    return f"{amount:.2f}"


def _cap(money: Money, lang: str) -> str:
    return say("team_none", lang) if money.cap is None else f"{money.cap:.2f}"
