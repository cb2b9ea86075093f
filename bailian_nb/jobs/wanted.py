"""What is to be sent where a task that was taken up turns out never to have been made, and somebody wants its pictures.

Whoever makes the same call as a row of a kernel that is gone gets the Job that looks for its task. The session, or the
Job that asks, leaves this at that Job; the driver takes it where the row comes back unsent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..money.budget import Budget
from ..request import Request


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A call whose task was to be collected and is sent after all.

    Parameters
    ----------
    request
        With the bytes of its pictures, which the row of a sent call does not keep.
    cost
        CNY by list price, None when it is unknown.
    ask
        Asks the user and the caps what was not asked as long as it was to cost nothing, and returns the caps that are
        checked once more where its row is written, None where there are none.
    """

    request: Request
    cost: float | None
    ask: Callable[[], Budget | None]
