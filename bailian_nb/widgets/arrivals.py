"""Which messages of a widget's pages have arrived and are not yet worked off, so that a reader can wait for them.

`base` notes what arrives and what is done, on the kernel's threads; the painter's public readers wait. Only what has
arrived before a reader asks is waited for, so nobody who paints on holds a reader up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 2.0
"""Seconds without any progress after which a reader goes on: a message may be lost with the subshell it was sent to."""
LONGEST = 30.0
"""The same while a message is being worked off: it is not lost, and a bucket on a large picture takes its time."""
_SLICE = 0.1
"""Seconds after which a wait looks up, so that an interrupt is heard on every system."""

_handling = threading.local()


@contextmanager
def handling() -> Iterator[None]:
    """Mark the thread: a message is handled on it, so nothing on it may wait for the messages behind."""
    before, _handling.now = is_handling(), True
    try:
        yield
    finally:
        _handling.now = before


def is_handling() -> bool:
    return bool(getattr(_handling, "now", False))


class Arrivals:
    """The messages of one widget, each by a key of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[Hashable, None] = {}
        self._begun: set[Hashable] = set()
        self._handlers: set[str] = set()
        """Names of the threads that handle this widget's messages."""
        self._progress = 0.0

    def note(self, key: Hashable, handler: str) -> None:
        """Say that a message has arrived, and the name of the thread that will handle it."""
        with self._changed:
            self._open[key] = None
            self._handlers.add(handler)

    def begin(self, key: Hashable) -> None:
        """Say that a message is handled now, on this thread: it has arrived, if nobody said so before."""
        with self._changed:
            self._open[key] = None
            self._begun.add(key)
            self._progress = time.monotonic()
            thread = threading.current_thread()
            if thread is not threading.main_thread():  # which also runs cells
                self._handlers.add(thread.name)

    def done(self, key: Hashable) -> None:
        """Say that a message is worked off."""
        with self._changed:
            self._open.pop(key, None)
            self._begun.discard(key)
            self._progress = time.monotonic()
            self._changed.notify_all()

    def forget(self) -> None:
        """Expect nothing more: the widget's comm is closed."""
        with self._changed:
            self._open.clear()
            self._begun.clear()
            self._changed.notify_all()

    def wait(self) -> bool:
        """Wait until what has arrived by now is worked off; False when that made no progress for too long.

        Too long is `PATIENCE` seconds, or `LONGEST` where a message is being worked off. What was waited for in vain is
        forgotten. A thread that handles messages does not wait: it would for itself.
        """
        with self._changed:
            if not self._open or is_handling() or threading.current_thread().name in self._handlers:
                return True
            awaited, began = set(self._open), time.monotonic()
            while awaited := awaited & self._open.keys():
                patience = LONGEST if self._begun else PATIENCE
                left = max(self._progress, began) + patience - time.monotonic()
                if left <= 0:
                    for key in awaited:
                        del self._open[key]
                    self._begun -= awaited
                    return False
                self._changed.wait(min(left, _SLICE))
        return True
