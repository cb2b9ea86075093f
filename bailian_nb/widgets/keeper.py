"""When a painter's strokes are read from their files and written there; `painted` tells what happens."""

from __future__ import annotations

import atexit
import functools
import threading
import weakref
from collections.abc import Callable, Mapping

from .attempts import Loop
from .kept_strokes import Kept, KeptStrokes
from .pace import Later

PACE = 0.5
"""Seconds in which strokes are gathered before the file is written."""
_alive: weakref.WeakSet[Keeper] = weakref.WeakSet()


class Keeper:
    """Keeps what hands have painted on each picture of one loop.

    Parameters
    ----------
    name
        Tells two painters of one picture apart.
    complain
        Called once when nothing can be written.
    catch_up
        Waits until the strokes that have come from the pages are painted.
    heard
        Gives by page the number of the last message that was handled.
    """

    def __init__(
        self,
        loop: Loop,
        name: str,
        complain: Callable[[OSError], object],
        lang: str,
        catch_up: Callable[[], object] = tuple,
        heard: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._loop = loop
        self._catch_up = catch_up
        self._heard = heard
        self._name = name
        self._lang = lang
        self._complain: Callable[[OSError], object] | None = complain
        self._files: dict[int, KeptStrokes] = {}
        self._due: set[int] = set()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """Held while files are written; a stroke that comes meanwhile does not wait for it."""
        self._later = Later(self.flush, "strokes")
        _alive.add(self)
        _flush_at_exit()

    def let_others_write(self) -> None:
        """Let the other painters keep what they still gather: one may be of the same cell, run a moment ago.

        Not for a thread that handles messages, nor with a painter's lock held: it waits for strokes that have come.
        """
        for keeper in list(_alive):
            if keeper is not self:
                keeper._catch_up()
                keeper.flush()

    def take_up(self) -> Kept | None:
        """Put on the picture that is painted on what was kept for it; only when it is shown for the first time."""
        number, ground = self._loop.at, self._loop.ground
        if number in self._files:
            return None
        self._files[number] = file = KeptStrokes(ground.canvas.image, ground.painting.packed, self._name, self._lang)
        kept = file.read()
        if kept is None:
            ground.painting.take_up([], ground.painting.packed)
        else:
            ground.painting.take_up(kept.ops, kept.packed)
        return kept

    def name_of(self, number: int) -> str:
        """Return the name under which the strokes on a picture are kept; "" while it has not been shown."""
        file = self._files.get(number)
        return "" if file is None else file.path.stem

    def soon(self, number: int) -> None:
        """Keep what is painted on one of the pictures, in a moment, once for many strokes."""
        with self._lock:
            self._due.add(number)
        self._later.ask(PACE)

    def flush(self) -> None:
        """Keep now what is due."""
        self._later.cancel()
        with self._writing:
            with self._lock:
                due, self._due = self._due, set()
            for number in due:
                self._write(number)

    def _write(self, number: int) -> None:
        file = self._files.get(number)
        if file is None:
            return  # never shown: whoever sent its strokes was no page
        painting = self._loop.grounds[number].painting
        try:
            heard = self._heard()  # read first: what comes meanwhile is written again
            file.write(*painting.by_hand(), heard)
        except OSError as error:
            if self._complain is not None:
                self._complain(error)
            self._complain = None


@functools.cache
def _flush_at_exit() -> None:
    atexit.register(_flush_all)


def _flush_all() -> None:
    for keeper in list(_alive):
        keeper.flush()
