"""What became of each row, in as few bytes as ten thousand of them allow: a state each, and an outcome where one ended.

`check` fills them, `feeder` moves them on, `rows` shows them.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from ..system.language import sentence

RowState = Literal[
    "PLANNED", "INVALID", "SENT", "PARKED", "SUCCEEDED", "PARTIAL", "FAILED", "CANCELED", "EXPIRED", "UNCERTAIN"
]
"""SENT has a Job right now; PARKED waits at the service, drawn or not; PARTIAL has some of its pictures; UNCERTAIN has
perhaps a task that nobody found."""
STATES: tuple[RowState, ...] = get_args(RowState)
_NUMBER = {state: number for number, state in enumerate(STATES)}
BAD: tuple[RowState, ...] = ("INVALID", "PARTIAL", "FAILED", "EXPIRED", "UNCERTAIN")
"""What makes a batch one with failures."""
UNSENT: tuple[RowState, ...] = ("PLANNED", "CANCELED")
"""What `run` sends."""
AGAIN: tuple[RowState, ...] = ("PARTIAL", "FAILED", "CANCELED", "EXPIRED", "UNCERTAIN")
"""What `retry_failed` sends once more."""


def counted(done: int, failed: int, total: int) -> str:
    """Say how many rows are done and how many have failed, wherever that is said in one line."""
    said = sentence("{done} of {count} done", done=done, count=total)
    return said + (sentence(", {failed} failed", failed=failed) if failed else "")


class Outcome(NamedTuple):
    """How one row ended."""

    files: tuple[str, ...] = ()
    cost: float | None = 0.0
    seconds: float | None = None
    code: str = ""
    error: str = ""
    job: str = ""
    task_id: str = ""
    cached: bool = False
    seed: int | None = None


NOTHING = Outcome()


class Settled(Exception):
    """A row has ended in an earlier run so that only its user's word sends it again: its state and outcome."""

    def __init__(self, state: RowState, outcome: Outcome) -> None:
        super().__init__(state, outcome)
        self.state, self.outcome = state, outcome


class Slots:
    """One slot a row, by row number from 1; every method may be called from any thread."""

    def __init__(self, count: int) -> None:
        self._states = bytearray(count)
        self._outcomes: dict[int, Outcome] = {}
        self._earlier: dict[int, tuple[Outcome, ...]] = {}
        self._counts = dict.fromkeys(STATES, 0)
        self._counts["PLANNED"] = count
        self._lock = threading.Lock()
        self.keys: list[str | None] = [None] * count
        """What each row's request is known by, where that is known without reading pictures."""
        self.seeds = array("q", [-1]) * count
        """The seed that was worked out for each row, -1 where the row has its own or takes none."""
        self.copies = array("L", [0]) * count
        """Which of several equal rows each is, from 0, where no seed tells them apart."""
        self.costs = array("d", [-1.0]) * count
        """CNY of each row by list price, -1 where no page gives a price."""
        self.images = array("H", [0]) * count
        """The pictures that each row asks for."""

    def __len__(self) -> int:
        return len(self._states)

    def state(self, number: int) -> RowState:
        """Return the state of one row."""
        return STATES[self._states[number - 1]]

    def outcome(self, number: int) -> Outcome:
        """Return how a row ended, an empty one while it has not."""
        return self._outcomes.get(number, NOTHING)

    def earlier(self, number: int) -> tuple[Outcome, ...]:
        """Return how a row ended before it was done anew, the oldest first."""
        return self._earlier.get(number, ())

    def put(self, number: int, state: RowState, outcome: Outcome | None = None) -> None:
        """Set the state of a row; the outcome stays where none is given."""
        with self._lock:
            self._counts[STATES[self._states[number - 1]]] -= 1
            self._counts[state] += 1
            self._states[number - 1] = _NUMBER[state]
            if outcome is not None:
                self._outcomes[number] = outcome

    def anew(self, number: int) -> None:
        """Plan a row once more, and keep what it has made so far."""
        with self._lock:
            before = self._outcomes.pop(number, None)
            if before is not None and before.files:
                self._earlier[number] = (*self._earlier.get(number, ()), before)
        self.put(number, "PLANNED")

    def counts(self) -> dict[RowState, int]:
        """Return how many rows are in each state."""
        with self._lock:
            return dict(self._counts)

    def numbers(self, *states: RowState, after: int = 0) -> Iterator[int]:
        """Return the rows that are in one of these states when they are come to, in order."""
        wanted = {_NUMBER[state] for state in states}
        for index in range(after, len(self._states)):
            if self._states[index] in wanted:
                yield index + 1

    def next(self, state: RowState, after: int) -> int | None:
        """Return the first row in a state behind `after`, None where there is none."""
        index = self._states.find(_NUMBER[state], after)
        return None if index < 0 else index + 1

    def ended(self) -> list[tuple[int, Outcome]]:
        """Return every outcome by row number, in order."""
        with self._lock:
            return sorted(self._outcomes.items())
