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

    A process of another container has no number here, and is not told either.
    """
    try:
        seen = path.stat()
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return None
    file = (os.major(seen.st_dev), os.minor(seen.st_dev), seen.st_ino)
    for (
        line
    ) in lines:  # 1: POSIX  ADVISORY  WRITE 5859 00:1b:6913873 1073741826 1073742335; one that waits has an arrow
        words = line.split()
        if len(words) < 6 or words[1] == "->" or words[3] != "WRITE" or not words[4].isdigit():
            continue
        major, minor, inode = words[5].split(":")
        pid = int(words[4])
        if (int(major, 16), int(minor, 16), int(inode)) == file and pid not in (0, os.getpid()):
            return Holder(pid, _state(pid) in STOPPED)
    return None


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
