"""Which kernels live: each holds a file lock in its own name, and the system releases it however a kernel ends.

`journal` takes the lock and asks before it takes rows over; `ledger` and `caps` ask whose rows are on their way.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from filelock import FileLock, Timeout


def new_owner() -> str:
    """Return the name of a kernel of this process, which no other one has."""
    return f"{os.getpid()}-{secrets.token_hex(6)}"


def our_owners() -> str:
    """Return what the owners of this process begin with; one of a dead process with our number holds no lock."""
    return f"{os.getpid()}-"


def owner_lock(home: Path, owner: str) -> FileLock:
    """Return the lock of that kernel, not yet taken."""
    return FileLock(home / "owners" / f"{owner}.lock", thread_local=False)


def lives(home: Path, owner: str) -> bool:
    """Tell whether the kernel of that name runs; what a dead one left is removed."""
    lock = owner_lock(home, owner)
    path = Path(lock.lock_file)
    if not path.exists():
        return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    with contextlib.suppress(OSError):  # who looks next must not take our look for the kernel's own hold
        path.unlink()
    return False
