"""Tasks that are sent before a running one has ended, so that no place at the service is empty while we look for that.

`limiter` asks here how many places it hands out beyond the tasks at once. Only models whose tasks may wait at the
service by the vendor's lists have any. Where it answers such a call with 429 all the same, that holds for a day, for
this account and model and in all kernels that share its limits: here by a file, over machines in `team.leases`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..specs import Limit
from ..system.clock import Clock
from ..system.files import PRIVATE, private_folder, write_whole
from ..system.regular import read_file

REFUSED_SECONDS = 86_400.0
"""How long no task is sent ahead after the service has refused one."""


def places(limit: Limit) -> int:
    """Return how many tasks may wait: few, for a colleague's call is behind all of them."""
    return max(1, limit.tasks_at_once // 2)


class Refusals:
    """Models whose tasks the service has refused to let wait, below `folder`; on the runner's loop only.

    `lost` hears why a refusal is not shared.
    """

    def __init__(self, clock: Clock, folder: Path | None, lost: Callable[[OSError], None]) -> None:
        self._clock = clock
        self._folder = folder
        self._lost = lost
        self._refused: dict[str, float] = {}

    def holds(self, model: str) -> bool:
        """Tell whether a refusal of this model is younger than a day."""
        return abs(self._clock.now() - self._refused_at(model)) < REFUSED_SECONDS

    def refuse(self, model: str) -> None:
        """Note that the service lets no task wait now."""
        self._refused[model] = now = self._clock.now()
        if (path := self._path(model)) is None:
            return
        try:
            private_folder(path.parent)
            write_whole(path, f"{now:.3f}".encode("ascii"), mode=PRIVATE, lasting=False)
        except OSError as error:
            self._lost(error)

    def _refused_at(self, model: str) -> float:
        known = self._refused.get(model, float("-inf"))
        path = self._path(model)
        if path is None:
            return known
        try:
            return max(known, float(read_file(path)))
        except (OSError, ValueError):  # there is none, or it says nothing: then the service says it once more
            return known

    def _path(self, model: str) -> Path | None:
        return None if self._folder is None else self._folder / re.sub(r"[^\w.-]", "_", model) / "ahead.refused"
