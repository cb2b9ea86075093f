"""Which process holds a lock on a file: a line that only says "another program" leaves its reader to guess."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path("/proc/locks")
"""Linux lists every lock here; to ask by opening the file would let go those that this process has on it (fcntl(2))."""
STOPPED = {"T", "t"}
"""What Linux says of a process that a signal or a debugger has stopped."""


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
        if _state(pid) in STOPPED:
            return Holder(pid, True)
    writing = [pid for pid, writes in holders.items() if writes]
    return Holder(min(writing), False) if writing else None


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
