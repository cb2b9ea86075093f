"""What every step of a Job on its way uses, the same for all Jobs of a process."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.journal import Journal
from ..system.clock import Clock
from .save import Saver


@dataclass(frozen=True, kw_only=True)
class Services:
    """The journal to write to, the time, and who brings pictures to disk."""

    journal: Journal
    clock: Clock
    save: Saver
