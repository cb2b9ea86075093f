"""Progress: one snapshot of a batch for whoever draws it: bar, rate, rest, money, newest pictures, failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import BailianError
from ..system.language import sentence
from .feeder import Feeder, State
from .slots import BAD, RowState, Slots

_LONGEST = 200
MOST_KINDS = 20


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Rows that failed for the same reason."""

    code: str
    reason: str
    count: int
    first: int
    """The first of these rows."""

    @property
    def said(self) -> str:
        """Return it as a sentence."""
        return sentence(
            "{count} rows: {code} {reason} (first: row {first})",
            count=self.count,
            code=self.code,
            reason=self.reason,
            first=self.first,
        )


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a batch has come to.

    Parameters
    ----------
    state
        "planned", "running", "paused", "stopped" (see `why`) or "ended".
    total, done, failed
        Rows; `done` have all their pictures, `failed` are INVALID, PARTIAL, FAILED, EXPIRED or UNCERTAIN.
    cached
        Rows that were answered from disk: nothing was sent for them.
    counts
        Rows by state.
    rate
        Rows a minute that a task was sent for, 0.0 while nothing is known.
    rest
        Seconds that the rows that are left will take at that rate, or at the table's usual one; None when unknown.
    cost
        CNY so far by list price, what answered from disk excluded; 0 where the emulator drew.
    newest
        (row, path) of the pictures that came last, the newest last.
    failures
        By reason, the most frequent first.
    why
        Why it has stopped, "" otherwise.
    held_up
        Why rows that are on their way do not come to their end: a disk that is full; "" otherwise.
    left_here
        How many pictures lie on this machine alone since their bucket did not take them, and why; "" otherwise.
    """

    state: State
    total: int
    done: int
    failed: int
    cached: int
    counts: Mapping[RowState, int]
    rate: float
    rest: float | None
    cost: float
    newest: Sequence[tuple[int, str]]
    failures: Sequence[Failure]
    why: str
    held_up: str
    left_here: str
    emulator: bool

    @property
    def left(self) -> int:
        """Return how many rows have not ended."""
        return self.counts["PLANNED"] + self.counts["SENT"] + self.counts["PARKED"]


def snapshot(slots: Slots, feeder: Feeder, *, now: float, usual: float | None, emulator: bool) -> Progress:
    """Return the Progress; `usual` is how many seconds a row takes by the table, None when that is unknown."""
    counts = slots.counts()
    times = list(feeder.times)
    rate = 60.0 * (len(times) - 1) / (times[-1] - times[0]) if len(times) > 2 and times[-1] > times[0] else 0.0
    left = counts["PLANNED"] + counts["SENT"]
    each = 60.0 / rate if rate else usual
    cost, cached = 0.0, 0
    kinds: dict[tuple[str, str], tuple[int, int, str]] = {}
    for number, outcome in slots.ended():
        if outcome.cached:
            cached += 1
        else:
            cost += outcome.cost or 0.0
        if (outcome.code or outcome.error) and slots.state(number) not in ("INVALID", "CANCELED"):
            kind = (outcome.code, outcome.error[:_LONGEST] if not outcome.code else "")
            found = kinds.get(kind)
            reason = outcome.error.removeprefix(f"{outcome.code}: ")[:_LONGEST]
            kinds[kind] = (found[0] + 1, found[1], found[2]) if found else (1, number, reason)
    failures = [
        Failure(code=code, reason=reason, count=count, first=first)
        for (code, _), (count, first, reason) in sorted(kinds.items(), key=lambda item: -item[1][0])[:MOST_KINDS]
    ]
    why: BailianError | None = feeder.stopped_by
    return Progress(
        state=feeder.state,
        total=len(slots),
        done=counts["SUCCEEDED"],
        failed=sum(counts[state] for state in BAD),
        cached=cached,
        counts=counts,
        rate=rate,
        rest=None if each is None else left * each,
        cost=round(cost, 6),
        newest=list(feeder.newest),
        failures=failures,
        why=str(why) if why is not None else "",
        held_up=next((job.deferred.fault for job in feeder.jobs.values() if job.deferred.fault), ""),
        left_here=_left_here(*feeder.left_here),
        emulator=emulator,
    )


def _left_here(count: int, reason: str) -> str:
    if not count:
        return ""
    return sentence(
        "{count} saved on this machine alone, since {reason}; %wan resume carries them up", count=count, reason=reason
    )
