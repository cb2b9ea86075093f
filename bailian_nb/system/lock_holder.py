"""Which process holds a lock on a file of ours, and how a kernel that was stopped while it had one lets go of it.

A line that only says "another program" leaves its reader to guess; and a stop (Ctrl-Z, SIGSTOP) that falls into the
milliseconds in which a kernel reads or writes the journal would keep every other kernel from sending anything.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

OWNERS = "owners"
"""The folder of a home in which each living kernel has a locked file, whose name begins with its process's number."""
REPAIR = "repair.lock"
"""The file in it that is locked by who makes a journal, or lays a damaged one aside."""
LOCKS = Path("/proc/locks")
"""Linux lists every lock here; to ask by opening the file would let go those that this process has on it (fcntl(2))."""
STOPPED = "T"
"""What Linux says of a process that a signal has stopped."""
TRACED = "t"
"""The same of a debugger, which alone can let it go on."""
FINISHES_SECONDS = 0.5
"""How long a stopped kernel may go on to come to the end of what it does with a file: that takes milliseconds."""


@dataclass(frozen=True)
class Holder:
    """A process by its number; `stopped` while a signal or a debugger keeps it from going on."""

    pid: int
    stopped: bool


def lock_holder(path: Path) -> Holder | None:
    """Return the other process that keeps a file to itself, None where the system does not tell (all but Linux).

    One that was stopped comes first, even where it only reads: SQLite ends no write while somebody does. A process of
    another container has no number here, and is not told either.
    """
    holders = _holders(path)
    for pid in sorted(holders):
        if _state(pid) in (STOPPED, TRACED):
            return Holder(pid, True)
    writing = [pid for pid, writes in holders.items() if writes]
    return Holder(min(writing), False) if writing else None


def let_finish(path: Path) -> bool:
    """Let a stopped kernel that has a file of its home locked come to the end of that, and stop it again.

    A stop that falls into a write takes effect at its end, as it were. It is done by SIGCONT and SIGSTOP, to a kernel
    of this package alone, which asks as it wakes up whether its calls are its own still before it sends anything.

    Returns
    -------
    bool
        Whether the file may be free now. Only Linux tells who holds it; a process that a debugger stopped, that is
        another user's or no kernel of ours is left as it is. One that its user lets go on in these very milliseconds
        is stopped once more.
    """
    if sys.platform != "linux":
        return False
    stopped = [pid for pid in _holders(path) if _state(pid) == STOPPED and _is_kernel(path, pid)]
    if not stopped:
        return False
    finished: list[int] = []

    def finish() -> None:
        finished.extend(pid for pid in sorted(stopped) if _finishes(path, pid))

    # In a thread, which neither an interrupt nor the end of this process cuts short: that kernel would run on.
    finishing = threading.Thread(target=finish, name="bailian_nb-let-finish")
    try:
        finishing.start()
    except RuntimeError:  # at the end of the process there are no new ones
        finish()
    else:
        finishing.join()
    return bool(finished)


@contextlib.contextmanager
def at_work(home: Path) -> Iterator[None]:
    """Be known as a process of this package that uses a file of `home`, also before it has the name of a kernel.

    It shares a lock on the folder itself, which keeps nobody out; `let_finish` sees that on Linux.
    """
    descriptor = -1
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # a file system without such locks, or no folder: nobody can be told then
            descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def is_let_go(path: Path) -> bool:
    """Tell whether a file that was locked a moment ago is so no more, as far as the system tells (Linux)."""
    return LOCKS.exists() and not _holders(path)


def _is_kernel(path: Path, pid: int) -> bool:
    """Tell whether a process is a kernel of the home in which a file lies, or in a folder of which.

    It holds the lock of its name, since one that a dead kernel left has the number of who knows whom; or it repairs the
    journal, or is `at_work` there.
    """
    if pid in _holders(path.parent):
        return True
    folders = [home / OWNERS for home in list(path.parents)[:2]]
    names = (lock for folder in folders for lock in (*folder.glob(f"{pid}-*.lock"), folder / REPAIR))
    return any(pid in _holders(lock) for lock in names)


def _finishes(path: Path, pid: int) -> bool:
    try:
        with _process(pid) as send:
            if _state(pid) != STOPPED or pid not in _holders(path):
                return _lets_go(path, pid)  # its user, or who else waits, was quicker: nothing is sent to it
            try:
                send(signal.SIGCONT)
                return _lets_go(path, pid)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    send(signal.SIGSTOP)
    except OSError:  # it has ended, it is another user's, or this Linux is older than such signals
        return False


def _lets_go(path: Path, pid: int) -> bool:
    end = time.monotonic() + FINISHES_SECONDS
    while pid in _holders(path):
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


@contextlib.contextmanager
def _process(pid: int) -> Iterator[Callable[[int], object]]:
    """Hold on to a process, and give what sends it signals, which never reach another one that gets its number.

    A Python that was built for a Linux before 5.3 cannot do so; there, it is known by when it began.
    """
    if not (hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal")):
        began = _began(pid)

        def send(number: int) -> None:
            if not began or _began(pid) != began:
                raise ProcessLookupError
            os.kill(pid, number)

        yield send
        return
    descriptor = os.pidfd_open(pid)
    try:
        yield partial(signal.pidfd_send_signal, descriptor)
    finally:
        os.close(descriptor)


def _holders(path: Path) -> dict[int, bool]:
    """Return the other processes that have a lock on a file, and whether one of theirs is for writing."""
    try:
        seen = path.stat()
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return {}
    file = (os.major(seen.st_dev), os.minor(seen.st_dev), seen.st_ino)
    found: dict[int, bool] = {}
    for line in lines:  # 1: POSIX ADVISORY WRITE 5859 00:1b:6913873 1073741826 1073742335; who waits has an arrow
        words = line.split()
        if len(words) < 6 or words[1] == "->" or not words[4].isdigit():
            continue
        major, minor, inode = words[5].split(":")
        pid = int(words[4])
        if (int(major, 16), int(minor, 16), int(inode)) == file and pid not in (0, os.getpid()):
            found[pid] = found.get(pid, False) or words[3] == "WRITE"
    return found


def _state(pid: int) -> str:
    return _told(pid, 0)


def _began(pid: int) -> str:
    return _told(pid, 19)


def _told(pid: int, place: int) -> str:
    """Return what Linux says of a process in one place behind its name (proc(5)), "" where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[place]
    except (OSError, IndexError):
        return ""
