"""Places as lock files: a kernel that holds one has a task running, and a ticket says which kernel comes next.

`queue` asks here, from a worker thread, for places that all kernels of the machine share. Every claim is a lock of the
operating system, which lets go of it when the kernel dies, however it dies; nothing is counted that could leak.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from ..system.files import open_lock, private_folder, read_line, try_lock, write_line
from ..system.lock_holder import lock_holder

Release = Callable[[], None]
"""Gives a place back."""
DOOR_SECONDS = 0.3
"""How long a thread waits for the door, behind which only one kernel looks at a time: each look takes milliseconds."""
WRITTEN_SECONDS = 2.0
"""Seconds after which a kernel behind the door has written its name, if it does anything."""
SHUT_SECONDS = 60.0
"""Seconds after which a door is passed that nobody has come through, whoever's name is on it."""
StandsStill = Callable[[str], bool]


def _nobody(kernel: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Wait:
    """No place yet: so many kernels come first, and so many places are held by other kernels.

    The rest is said by places that several machines share: `away` why their server cannot be used, `cold` seconds
    until one that came up empty hands out anything, `inquire` that the service must say first which tasks run, `again`
    seconds after which asking again makes sense, None where a look costs next to nothing.
    """

    before: int = 0
    elsewhere: int = 0
    away: str = ""
    cold: float = 0.0
    inquire: bool = False
    again: float | None = None


class Leases(Protocol):
    """A few places that kernels share; `enter` and `take` raise OSError where locks cannot be had."""

    limit: int

    def enter(self) -> Release | Wait:
        """Take a place if it is this kernel's turn; else keep its turn and say whom it waits for."""

    def take(self) -> Release:
        """Take a place at once, above the limit if need be."""

    def quit(self) -> None:
        """Give up the turn: nobody waits here any more."""

    def notify(self, call: Callable[[], None]) -> None:
        """Hear what to call when a place may have become free, from any thread."""


@dataclass(frozen=True, kw_only=True)
class _Ticket:
    number: int
    kernel: str
    path: Path


class LockedLeases:
    """Places below `folder`, `limit` of them at once. Nothing is opened before the first use.

    Each kernel has one ticket at most and draws a new one for each place, so kernels take turns whatever the length of
    their queues. A kernel that holds fewer places comes before one that holds more, then the older ticket.

    Parameters
    ----------
    kernel
        This kernel's name, which others ask `stands_still` of; made up where none is given.
    stands_still
        Tells whether the kernel of a name has stopped without ending: its leases and its turn count no more.
    """

    def __init__(self, folder: Path, limit: int, *, kernel: str = "", stands_still: StandsStill = _nobody) -> None:
        self.folder = folder
        self.limit = limit
        self.kernel = kernel or secrets.token_hex(4)
        self._stands_still = stands_still
        self._mine: dict[int, FileLock] = {}
        self._ticket: tuple[_Ticket, FileLock] | None = None
        self._last = Wait()
        self._shut: tuple[object, float] | None = None
        """The name on the door while it was found shut, and since when it is the same."""
        self._unnamed: dict[int, float] = {}
        """Places that are held by nobody by name, and since when."""

    def enter(self) -> Release | Wait:
        private_folder(self.folder / "waiting")
        door = open_lock(self.folder / "door.lock")
        try:
            door.acquire(timeout=DOOR_SECONDS, poll_interval=0.005)
        except Timeout:
            if not self._nobody_passes():
                return self._last
        else:
            self._shut = None
        try:
            if door.is_locked:
                write_line(self.folder / "door.by", self.kernel)
            found = self._enter()
        finally:
            door.release()
        if isinstance(found, Wait):
            self._last = found
        return found

    def take(self) -> Release:
        private_folder(self.folder)
        for number in itertools.count():
            if (leave := self._hold(number)) is not None:
                return leave
        raise AssertionError("numbers do not end")

    def quit(self) -> None:
        if self._ticket is not None:
            (ticket, lock), self._ticket = self._ticket, None
            lock.release()
            _forget(ticket.path)

    def notify(self, call: Callable[[], None]) -> None:
        """Call nobody: locks are looked at again and again."""

    def _nobody_passes(self) -> bool:
        """Tell whether the kernel behind the door does nothing any more, so that its lock keeps nobody out.

        Whoever comes through writes his name anew. One that was stopped before it did is not the one that is named: the
        system tells, or else nobody's coming through. What is in the places themselves is safe from two behind the door
        at once.
        """
        name, now = _written(self.folder / "door.by"), time.monotonic()
        if self._shut is None or self._shut[0] != name:
            self._shut = name, now
        shut = now - self._shut[1]
        if shut < WRITTEN_SECONDS:
            return False
        by = read_line(self.folder / "door.by")
        return shut >= SHUT_SECONDS or self._stands_still(by) or _is_stopped(self.folder / "door.lock")

    def _enter(self) -> Release | Wait:
        mine = self._queue()
        held, free = self._look()
        places = Counter(held)
        turn = (places[self.kernel], mine.number)
        rivals = (ticket for ticket in self._tickets() if (places[ticket.kernel], ticket.number) < turn)
        before = sum(_waits(ticket) and not self._stands_still(ticket.kernel) for ticket in rivals)
        if before < self.limit - len(held) and (leave := self._hold(free)) is not None:
            self.quit()
            return leave
        return Wait(before=before, elsewhere=len(held) - places[self.kernel])

    def _queue(self) -> _Ticket:
        if self._ticket is None:
            number = 1 + max((ticket.number for ticket in self._tickets()), default=0)
            path = self.folder / "waiting" / f"{number:09d}-{self.kernel}.lock"
            lock = open_lock(path)
            lock.acquire(timeout=0)
            self._ticket = _Ticket(number=number, kernel=self.kernel, path=path), lock
        return self._ticket[0]

    def _tickets(self) -> Iterator[_Ticket]:
        for path in (self.folder / "waiting").glob("*.lock"):
            number, _, kernel = path.stem.partition("-")
            if number.isdigit():
                yield _Ticket(number=int(number), kernel=kernel, path=path)

    def _look(self) -> tuple[list[str], int]:
        """Return who holds the places that are held, a name for each, and the lowest free place."""
        above = {int(path.stem) for path in self.folder.glob("*.lock") if path.stem.isdigit()}
        held, free = [], []
        for number in sorted(above | set(range(self.limit))):
            if number in self._mine:
                held.append(self.kernel)
            elif (probe := try_lock(self._path(number))) is None:
                held += [holder] if self._counts(number, holder := read_line(self._name(number))) else []
            else:
                probe.release()
                self._unnamed.pop(number, None)
                free.append(number)
        return held, free[0] if free else max(above, default=-1) + 1

    def _hold(self, number: int) -> Release | None:
        if number in self._mine or (lock := try_lock(self._path(number))) is None:
            return None
        self._mine[number] = lock
        try:
            write_line(self._name(number), self.kernel)
        except OSError:
            self._leave(number)
            raise
        return partial(self._leave, number)

    def _leave(self, number: int) -> None:
        lock = self._mine.pop(number)
        with contextlib.suppress(OSError):  # a full disk: then who was here last stands there
            write_line(self._name(number), "")
        lock.release()

    def _counts(self, number: int, holder: str) -> bool:
        """Tell whether a place is held by who does anything.

        Who has no name there has no task running through it: it comes or goes, and if that lasts it was stopped.
        """
        if holder:
            self._unnamed.pop(number, None)
            return not self._stands_still(holder)
        now = time.monotonic()
        return now - self._unnamed.setdefault(number, now) < SHUT_SECONDS and not _is_stopped(self._path(number))

    def _name(self, number: int) -> Path:
        return self._path(number).with_suffix(".by")

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.lock"


def _waits(ticket: _Ticket) -> bool:
    """Tell whether the ticket's kernel lives; what a dead one left is cleared away."""
    lock = try_lock(ticket.path)
    if lock is None:
        return True
    lock.release()
    _forget(ticket.path)
    return False


def _is_stopped(path: Path) -> bool:
    """Tell whether the system says that who holds a lock was stopped (Linux): it is not known by its name then."""
    holder = lock_holder(path)
    return holder is not None and holder.stopped


def _written(path: Path) -> object:
    """Return what changes whenever the file is written."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows, while another kernel looks at it: the next one clears it away
        return
