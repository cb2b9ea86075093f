"""What all machines have spent and put aside, and the caps over all of it; each machine's journal says its own part.

`jobs.team` asks here before a create call, in its last moment, and after each end. What was put aside by a process that
is not heard of any more is free again, but never once its call may have gone out: then it counts until it is closed.
Days and months are Beijing's, by the server's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from .member import GRACE, LASTS, Member, milliseconds, new_life

KEEP = 45 * 86400.0
"""Seconds for which sums lie in Redis that nobody touches: more than a month."""
BEIJING = timezone(timedelta(hours=8))
_CAPS = {"day": "max_cost_day", "month": "max_cost_month"}


@dataclass(frozen=True, kw_only=True)
class Period:
    """Today and this month by the server: their numbers, and when they began by this machine's clock."""

    day: int
    month: int
    day_start: float
    month_start: float


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A cap that a call would pass, in CNY; `cap` is of the day or the month, all machines together."""

    name: str
    cap: float
    spent: float
    way: float


class TeamMoney:
    """The purse of one account, as the machine named `machine` uses it."""

    def __init__(
        self,
        member: Member,
        machine: str,
        now: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._member = member
        self._now = now
        self._ticks = ticks
        self.machine = machine
        self._skew = 0.0
        self._seen: dict[str, str] = {}
        """The last sums of all machines that were heard, for a server that forgets them."""
        self._caps: str | None = None
        """The caps of the team as they were last heard, "" for none, None before that."""
        self._reserved: dict[str, tuple[int, int]] = {}
        """Rows that money was put aside for here, and of which day and month it is."""
        self._unsent: dict[str, float] = {}
        """Those of them whose calls are not out, and when that was heard last: they are held by beats."""
        self._life = ""
        """The life of the server that they were told to."""
        member.on_beat.append(self._hold)

    @property
    def keys(self) -> list[str]:
        return [self._member.key(name) for name in ("life", "spend", "open", "caps", "unsent")]

    def period(self) -> Period:
        """Ask which day and month it is.

        Raises
        ------
        Away
            When the server cannot be used, as from every method here.
        """
        life, at, day, month = self._member.ask("when", self.keys[:1], [new_life(), *milliseconds(KEEP)])
        self._member.lived(life)
        self._heard(at)
        begun = datetime(month // 12, month % 12 + 1, 1, tzinfo=BEIJING).timestamp()
        return Period(day=day, month=month, day_start=day * 86400 - 28800 - self._skew, month_start=begun - self._skew)

    @property
    def is_uncapped(self) -> bool:
        """True where the team is known to have no cap: what is spent while the server is away passes none then."""
        return self._caps is not None and set(self._caps.split(" ")[1:]) <= {"-"}

    def reserve(self, row: str, cost: float | None, caps: Mapping[str, float]) -> Refused | bool:
        """Put CNY aside for a call; False while a server that came up empty gathers what was spent before.

        `caps` are the caller's own, by the name of the setting; whoever runs the team may have set others.
        """
        own = [str(_millionths(caps[name])) if name in caps else "" for name in _CAPS.values()]
        amount = -1 if cost is None else _millionths(cost)
        given = [
            self._member.machine(self.machine),
            row,
            amount,
            *own,
            *milliseconds(GRACE),
            new_life(),
            *milliseconds(KEEP, LASTS),
        ]
        asked = self._ticks()
        what, life, at, day, month, cap, name, spent, way, table = self._member.ask("reserve", self.keys, given)
        self._member.lived(life)
        self._heard(at, table)
        if what == 0:
            amounts = [float(each) / 1e6 for each in (cap, spent, way)]
            return Refused(name=_CAPS[name], cap=amounts[0], spent=amounts[1], way=amounts[2])
        if what == 1:
            self._reserved[row] = day, month
            self._unsent[row] = asked
            self._life = life
        return bool(what == 1)

    def sends(self, row: str) -> bool:
        """Say that the call of a row goes out now; False where others may have the money by now: then it must not."""
        member = self._member
        sent = member.ask("spend", self.keys[2:5:2], [member.machine(self.machine), row])
        self._unsent.pop(row, None)
        return bool(sent)

    def let_go(self, row: str) -> None:
        """Hold no longer what was put aside for a call that this process does not send."""
        self._unsent.pop(row, None)

    def is_of_today(self, row: str) -> bool:
        """Tell whether what was put aside here is of the day that it is now; a call that waited long may be billed to
        the next one, of whose cap it must be put aside anew."""
        day = int((self._now() + self._skew + 28800) // 86400)
        return row not in self._reserved or self._reserved[row][0] == day

    def tell(
        self,
        period: Period,
        day: float,
        month: float,
        *,
        closed: Sequence[str] = (),
        open: Mapping[str, tuple[float, float, bool]] | None = None,  # noqa: A002  # as opposed to closed
        caps: bool = False,
    ) -> None:
        """Say what this machine has spent in a period, in CNY, and which of its calls are closed.

        `open`, where it is given, names all calls that are not, with CNY, when they were sent, and whether a task may
        exist; the sums that were last heard of other machines are told with them.
        """
        self._drop([row for row, heard in list(self._unsent.items()) if self._ticks() - heard > LASTS])
        rows: list[object] = []
        for row, (cost, sent, may_exist) in (open or {}).items():
            if not (may_exist or row in self._reserved):
                rows += [row, "", 0]
                continue
            of_day = period.day if sent >= period.day_start else period.day - 1
            of_month = period.month if sent >= period.month_start else period.month - 1
            of_day, of_month = self._reserved.get(row, (of_day, of_month))
            rows += [row, f"{_millionths(cost)} {of_day} {of_month}", int(may_exist)]
        others = [each for pair in self._seen.items() for each in pair] if open is not None else []
        sums = [period.day, period.month, _millionths(day), _millionths(month)]
        given = [
            self._member.machine(self.machine),
            new_life(),
            *milliseconds(KEEP),
            *sums,
            int(open is not None),
            (self._caps or "") if caps or open is not None else "",
        ]
        given += [self._member.owner, *milliseconds(LASTS)]
        given += [len(closed), *closed, len(rows) // 3, *rows, len(others) // 2, *others]
        for row in closed:
            self._reserved.pop(row, None)
            self._unsent.pop(row, None)
        life, at, table, known = self._member.ask("tell", self.keys, given)
        self._caps = known or self._caps or ""
        self._life = life if open is not None else self._life
        self._member.lived(life)
        self._heard(at, table)

    def cap(self, day: float | None, month: float | None) -> None:
        """Set the caps of the whole account in CNY, None for none; each process that hears of them keeps them."""
        values = [str(_millionths(each)) if each is not None else "-" for each in (day, month)]
        period = self.period()
        before = int((self._caps or "").partition(" ")[0] or 0)
        at = max(round((self._now() + self._skew) * 1000), before + 1)
        self._caps = f"{at} {values[0]} {values[1]}"
        self.tell(period, 0.0, 0.0, caps=True)

    def _hold(self) -> None:
        if rows := list(self._unsent):
            member, asked = self._member, self._ticks()
            keys = [member.key(name) for name in ("life", "open", "unsent")]
            given = [self._life, member.machine(self.machine), *milliseconds(LASTS, KEEP), *rows]
            known, *gone = member.ask("hold", keys, given)
            self._drop(gone)
            for row in rows if known else ():
                if row in self._unsent:
                    self._unsent[row] = asked

    def _drop(self, rows: Sequence[str]) -> None:
        """Forget what was put aside: others may have it by now, so a server that forgot it must not hear of it."""
        for row in rows:
            self._reserved.pop(row, None)
            self._unsent.pop(row, None)

    def _heard(self, at: int, table: Sequence[str] = ()) -> None:
        self._skew = at / 1000 - self._now()
        if table:
            self._seen = dict(zip(table[::2], table[1::2], strict=True))


def _millionths(cny: float) -> int:
    return round(min(cny, 1e9) * 1e6)


def month_name(month: int) -> str:
    """Return a month of the server's count as people write it."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).strftime("%Y-%m")
