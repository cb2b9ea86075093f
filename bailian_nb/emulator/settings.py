"""What of the emulator may be set: its clockwork, its limits and the faults that are planned for every call.

Tests, the command line and `session` make one; `app` and `tasks` read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..specs import service
from .faults import Fault


@dataclass(frozen=True, kw_only=True)
class EmulatorSettings:
    """Say how the emulator behaves.

    Parameters
    ----------
    latency
        Least and most seconds from start to end of a task; drawn from the task's own values, so it repeats.
    limits
        Hold the table's rates: submits a second and tasks at once of one key and model, 20 queries a second.
    over_limit
        What a task above the number of tasks at once does: wait as PENDING, or be refused with 429. The documents
        describe both.
    strict
        Refuse what a model does not know. No page says that the service does: by default it is ignored and listed in
        the log, as other clients rely on.
    queue
        How many tasks of one key and model may wait as PENDING; above, a submit is refused with 429. The vendor's lists
        give 500 for every Wan model but wanx2.1-imageedit, which they do not hold; its code is not documented.
    region
        Whose limits and models hold; empty: every model is offered, with the limits of its first region.
    expiry
        Seconds until a task is UNKNOWN and its pictures are gone.
    list_delay
        Seconds until a new task shows in the task list.
    leak
        Pixels outside the mask that a masked edit changes, as real services do.
    faults
        Planned faults for every call; prompt words plan them for one.

    Raises
    ------
    ValueError
        When `latency` is no pair of seconds, the lower one first.
    """

    latency: tuple[float, float] = (0.5, 2.0)
    limits: bool = True
    over_limit: Literal["pending", "429"] = "pending"
    queue: int = 500
    strict: bool = False
    region: str = ""
    expiry: float = float(service.KEPT_SECONDS)
    list_delay: float = 0.0
    leak: int = 64
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        low, high = self.latency
        if not 0 <= low <= high:
            raise ValueError(f"latency must be two seconds, the lower first, got {self.latency}")
