"""Which kernels live: each holds a file lock in its own name, and the system releases it however a kernel ends.

`journal` takes the lock and asks before it takes rows over; `money` asks whose rows are on their way.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

from ..system.files import PRIVATE

LOOK_SECONDS = 0.05
"""How long a look that takes the lock itself tries, since another look may have it: that lasts no millisecond."""
STANDS_SECONDS = 0.1
"""How long a kernel that such a look has seen counts as living, since a list asks once for each of its rows."""
_seen: dict[Path, float] = {}


def new_kernel() -> str:
    """Return the name of a kernel of this process, which no other one has."""
    return f"{os.getpid()}-{secrets.token_hex(6)}"


def this_process() -> str:
    """Return what the owners of this process begin with; one of a dead process with our number holds no lock."""
    return f"{os.getpid()}-"


def kernel_lock(home: Path, owner: str) -> FileLock:
    """Return the lock of that kernel, not yet taken."""
    return FileLock(home / "owners" / f"{owner}.lock", mode=PRIVATE, thread_local=False)


def is_alive(home: Path, owner: str) -> bool:
    """Tell whether the kernel of that name runs; what a dead one left is removed."""
    lock = kernel_lock(home, owner)
    path = Path(lock.lock_file)
    if not path.exists():
        return False
    held = _held(path)
    if held if held is not None else _taken(lock, path):
        return True
    with contextlib.suppress(OSError):
        path.unlink()
    return False


def _held(path: Path) -> bool | None:
    """Look at the lock beside others who look, which must not be taken for the kernel; None where that cannot be."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        with path.open("rb") as file:
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
