"""What every step of a Job on its way uses, the same for all Jobs of a process."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.journal import Journal
from ..system.clock import Clock
from .list_looks import ListLooks
from .save import Saver


@dataclass(frozen=True, kw_only=True)
class Services:
    """The journal to write to, the time, who brings pictures to disk, and the looks that many tasks share."""

    journal: Journal
    clock: Clock
    save: Saver
    looks: ListLooks

    @classmethod
    def of(cls, journal: Journal, clock: Clock, save: Saver) -> Services:
        return cls(journal=journal, clock=clock, save=save, looks=ListLooks(clock))
