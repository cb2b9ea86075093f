"""Which process holds a lock on a file of ours, and how a kernel that was stopped while it had one lets go of it.

A line that only says "another program" leaves its reader to guess; and a stop (Ctrl-Z, SIGSTOP) that falls into the
milliseconds in which a kernel reads or writes the journal would keep every other kernel from sending anything.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWNERS = "owners"
"""The folder of a home in which each living kernel has a locked file, whose name begins with its process's number."""
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
    return bool([pid for pid in sorted(_holders(path)) if _is_kernel(path, pid) and _finishes(path, pid)])


def _is_kernel(path: Path, pid: int) -> bool:
    """Tell whether a process is a kernel of the home in which a file lies, or in a folder of which."""
    return any(any((home / OWNERS).glob(f"{pid}-*.lock")) for home in list(path.parents)[:2])


def _finishes(path: Path, pid: int) -> bool:
    try:
        with _process(pid) as process:
            if _state(pid) != STOPPED or pid not in _holders(path):
                return False  # it goes on, or another process has its number now
            end = time.monotonic() + FINISHES_SECONDS
            signal.pidfd_send_signal(process, signal.SIGCONT)
            try:
                while pid in _holders(path):
                    if time.monotonic() > end:
                        return False
                    time.sleep(0.001)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process, signal.SIGSTOP)
    except OSError:  # it has ended, it is another user's, or this Linux is older than such signals
        return False
    return True


@contextlib.contextmanager
def _process(pid: int) -> Iterator[int]:
    """Hold on to a process, so that a signal never reaches another one that gets its number."""
    descriptor = os.pidfd_open(pid)
    try:
        yield descriptor
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
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
