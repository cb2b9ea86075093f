"""Which kernels live: each holds a file lock in its own name, and its heart beats beside it while it drives jobs.

The system releases the lock however a kernel ends. One that only stands still (stopped, or its machine slept) keeps
it, but its heart does not beat. `journal` asks before it takes rows over, `accounts.locks` before it counts a lease.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

from ..system.files import PRIVATE, private_folder, read_line, write_line
from ..system.lock_holder import OWNERS
from ..system.regular import open_file

LOOK_SECONDS = 0.05
"""How long a look that takes the lock itself tries, since another look may have it: that lasts no millisecond."""
STANDS_SECONDS = 0.1
"""How long a kernel that such a look has seen counts as living, since a list asks once for each of its rows."""
BEAT = 5.0
"""Seconds between two beats of a kernel that drives jobs."""
STALE = 60.0
"""Seconds without a beat after which a kernel stands still, and others may take over what it drives."""
_seen: dict[Path, float] = {}


class Kernel:
    """This kernel, as others see it."""

    def __init__(self, home: Path) -> None:
        private_folder(home)
        private_folder(home / OWNERS)
        self.name = new_kernel()
        self._lock = kernel_lock(home, self.name)
        self._lock.acquire(timeout=0)
        self._beat = beat_file(home, self.name)

    def beat(self) -> None:
        """Show that this kernel does not stand still; the time is the machine's since it was started."""
        with contextlib.suppress(OSError):  # a full disk: then others think so, take over, and nothing is lost
            write_line(self._beat, f"{beat_time():.3f}")

    def end(self) -> None:
        """Let go of everything that is this kernel's."""
        self._lock.release()
        for path in (Path(self._lock.lock_file), self._beat):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def new_kernel() -> str:
    """Return the name of a kernel of this process, which no other one has."""
    return f"{os.getpid()}-{secrets.token_hex(6)}"


def this_process() -> str:
    """Return what the owners of this process begin with; one of a dead process with our number holds no lock."""
    return f"{os.getpid()}-"


def kernel_lock(home: Path, owner: str) -> FileLock:
    """Return the lock of that kernel, not yet taken."""
    return FileLock(home / OWNERS / f"{owner}.lock", mode=PRIVATE, thread_local=False)


def beat_file(home: Path, owner: str) -> Path:
    """Return where the kernel of that name notes its beats."""
    return home / OWNERS / f"{owner}.beat"


def beat_time() -> float:
    """Return the time that beats are noted by: the machine's since it was started."""
    return time.monotonic()


def silence(home: Path, owner: str) -> float:
    """Return for how many seconds the heart of a kernel has not beaten, 0.0 where it never did or nobody knows."""
    try:
        beat = float(read_line(beat_file(home, owner)))
    except ValueError:
        return 0.0
    return max(beat_time() - beat, 0.0)


def stands_still(home: Path, owner: str, margin: float = 0.0) -> bool:
    """Tell whether the heart of a kernel that holds its lock has stopped; one that never beat drives nothing.

    `margin` is how many seconds more it is given.
    """
    return silence(home, owner) > STALE + margin


def is_alive(home: Path, owner: str) -> bool:
    """Tell whether the kernel of that name runs and does not stand still; what a dead one left is removed."""
    return bool(owner) and _runs(home, owner) and not stands_still(home, owner)


def _runs(home: Path, owner: str) -> bool:
    lock = kernel_lock(home, owner)
    path = Path(lock.lock_file)
    if not path.exists():
        return False
    held = _held(path)
    if held if held is not None else _taken(lock, path):
        return True
    for left in (path, beat_file(home, owner)):
        with contextlib.suppress(OSError):
            left.unlink()
    return False


def _held(path: Path) -> bool | None:
    """Look at the lock beside others who look, which must not be taken for the kernel; None where that cannot be."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        with open(path, "rb", opener=open_file) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:  # who looked just now has removed it
        return False
    except BlockingIOError:
        return True
    except OSError:  # no such locks in this folder, where `FileLock` has a way of its own
        return None
    return False


def _taken(lock: FileLock, path: Path) -> bool:
    """Tell whether the lock cannot be had, which takes its time with each kernel that lives."""
    if time.monotonic() - _seen.get(path, -STANDS_SECONDS) < STANDS_SECONDS:
        return True
    try:
        lock.acquire(timeout=LOOK_SECONDS, poll_interval=LOOK_SECONDS / 5)
    except Timeout:
        _seen[path] = time.monotonic()
        return True
    lock.release()
    return False
