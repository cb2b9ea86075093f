"""Changes that come in quick succession, shown together: what is due is done once, in a moment, on a thread of its own.

Views and the keeper of strokes wait by it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Later:
    """Does something once for all who ask for it meanwhile; any thread may ask."""

    def __init__(self, do: Callable[[], object], name: str) -> None:
        self._do = do
        self._name = f"bailian_nb-{name}"
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def ask(self, seconds: float) -> None:
        """Do it in so many seconds, unless it is to be done sooner already."""
        with self._lock:
            if self._timer is not None:
                return
            self._timer = threading.Timer(max(0.0, seconds), self._run)
            self._timer.name = self._name
            self._timer.daemon = True
            self._timer.start()

    def cancel(self) -> bool:
        """Do it no more, and tell whether it was to be done."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        return timer is not None

    def _run(self) -> None:
        with self._lock:
            if self._timer is not threading.current_thread():
                return  # canceled in the moment in which it came
            self._timer = None
        self._do()


class Paced(Later):
    """Shows the changes of one view: never more often than every `pace` seconds, and never an older state last.

    Parameters
    ----------
    refresh
        Shows the view as it is; it asks `begin` and `is_newest`.
    """

    def __init__(self, refresh: Callable[[], object], pace: float, name: str) -> None:
        super().__init__(refresh, name)
        self._pace = pace
        self._last = -pace
        self._begun = self._shown = 0

    def change(self) -> None:
        """Show a change at once, or, when the last one was just shown, with the next ones in a moment."""
        left = self._last + self._pace - time.monotonic()
        if left > 0:
            self.ask(left)
        else:
            self._do()

    def change_later(self) -> None:
        """Show a change on the other thread: for those who must not wait for a page."""
        self.ask(self._last + self._pace - time.monotonic())

    def begin(self) -> int:
        """Begin to look at what is to be shown; return a number for `is_newest`."""
        self.cancel()
        with self._lock:
            self._last = time.monotonic()
            self._begun += 1
            return self._begun

    def is_newest(self, number: int) -> bool:
        """Tell whether nobody has shown a newer state; the lock under which it is shown must be held."""
        if number < self._shown:
            return False
        self._shown = number
        return True
