"""When a task can have been made, and under which id, by what the list shows of our own tasks; `search` asks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..client import TaskRow
from ..store.orphans import OrphanTask
from ..store.row import Owned
from .attempt import USUAL_CREATE, Attempt
from .task_list import NEAR

LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between looks for a row that comes late; after the last one the list has answered."""
CLOSE, FAR = 1.0, 120.0
"""Seconds by which the service's clock may be off: from what rows of ours show it to be, and when none shows it."""
LATE = 15.0
"""Seconds after a call broke within which a gateway that held it may hand it on."""
ENOUGH = 5
"""Tasks of ours that the list must show with our key before one is ours because no other call can have made it.

As many of ours must carry the request ids that their create calls were answered with, before another id counts.
"""
Span = tuple[float, float]
NEVER: Span = (math.inf, -math.inf)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What the list shows of the service's clock and ids, by the tasks that are ours.

    A create call takes its time, so a row of ours shows the service's clock between two bounds only: the task was made
    after the call went out and before its answer was there. `made` are the times of such rows, `told` says that tasks
    carry the request ids that their create calls were answered with.
    """

    made: tuple[tuple[float, Owned], ...]
    told: bool

    @classmethod
    def of(cls, rows: Sequence[TaskRow], mine: Mapping[str, Owned]) -> Bounds:
        pairs = [(row, each) for row in rows if (each := mine.get(row.task_id))]
        ids = [row.request_id == each.request_id for row, each in pairs if each.answered and each.request_id]
        made = tuple((row.created, each) for row, each in pairs if row.created is not None)
        return cls(made=made, told=len(ids) >= ENOUGH and all(ids))

    def can_come_from(self, row: TaskRow, orphan: OrphanTask, attempt: Attempt) -> bool:
        """Tell whether the task can come from the attempt, by when it was made and seen and by its request id."""
        if orphan.verdict in ("ours", "forgotten") or (orphan.verdict == "foreign" and orphan.job == attempt.row_id):
            return False  # what another one ruled out may still be ours
        if self.told and attempt.request_id and row.request_id not in ("", attempt.request_id):
            return False
        if attempt.order is not None and orphan.seen_order is not None:
            late = orphan.seen_order > attempt.order
        else:
            late = orphan.first_seen > attempt.submitted
        low, high = self._window(attempt)
        return late and (row.created is None or low <= row.created <= high)

    def call(self, attempt: Attempt) -> tuple[Span, float]:
        """Return when the attempt's call was out by the service's clock, at the closest bounds, and give or take.

        It is empty where no rows of ours bound the clock from both sides: a first task of somebody else with our key
        may come soon after.
        """
        first, last = self._differences(attempt)
        if not (first and last):
            return NEVER, FAR
        usual = attempt.broke if attempt.seen else min(attempt.broke, attempt.submitted + USUAL_CREATE)
        span = (attempt.submitted + max(first) - CLOSE, usual + min(last) + CLOSE)
        return span, CLOSE + max(min(last) - max(first), 0.0)

    def _window(self, attempt: Attempt) -> Span:
        """Return when its task can have been made; a gateway may hand a call on late.

        The bounds are the closest where all rows agree, and the loosest where a clock was set meanwhile.
        """
        first, last = self._differences(attempt)
        agree = bool(first and last) and max(first) <= min(last)
        low = (max(first) if agree else min(first)) - CLOSE if first else -FAR
        high = (min(last) if agree else max(last)) + CLOSE if last else FAR
        return attempt.submitted + low, attempt.broke + high + (0.0 if attempt.whole else LATE)

    def _differences(self, attempt: Attempt) -> tuple[list[float], list[float]]:
        """Return by how much the service's clock is ahead of ours, at least and at most, as each row shows it.

        Rows of about that time tell more than those of a day, in which a clock may have been set.
        """
        near = [each for each in self.made if abs((each[1].submitted or 0.0) - attempt.submitted) < NEAR]
        rows = near or self.made
        first = [created - each.answered for created, each in rows if each.answered is not None]
        last = [created - each.submitted for created, each in rows if each.submitted is not None]
        return first, last
