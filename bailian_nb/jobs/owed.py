"""What a Job could not write down yet, kept in memory: `bookkeeping` adds it, whoever can writes it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Owed:
    """Pieces of work in their order; false where there are none."""

    def __init__(self) -> None:
        self._works: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._works)

    def add(self, work: Callable[[], object]) -> None:
        """Put a piece behind the others."""
        with self._lock:
            self._works.append(work)

    def settle(self) -> None:
        """Do all of it; what fails raises, and is owed still. No two threads do the same piece."""
        if not self._works:
            return
        with self._lock:
            while self._works:
                self._works[0]()
                del self._works[0]
