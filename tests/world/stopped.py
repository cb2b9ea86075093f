"""A kernel in a process of its own that is stopped, as by Ctrl-Z, while it has a file of its home locked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailian_nb.system.lock_holder import LOCKS

only_linux = pytest.mark.skipif(not LOCKS.exists(), reason="only Linux tells who holds a lock")
_CHILD = """
import os, signal, sqlite3, sys
from pathlib import Path
home, file, how, whose = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
if whose == "ours":
    from bailian_nb.store.kernels import Kernel
    kernel = Kernel(home)
if how == "LOCK":
    from bailian_nb.system.files import open_lock
    lock = open_lock(file)
    lock.acquire()
elif how == "USE":
    from bailian_nb.system.databases import use

    def work(db):
        db.execute("BEGIN EXCLUSIVE")
        os.kill(os.getpid(), signal.SIGSTOP)
        db.execute("COMMIT")

    use(file, work, seconds=1)
    sys.exit(sys.stdin.readline())
else:
    db = sqlite3.connect(file, isolation_level=None)
    db.execute(f"BEGIN {how}")
    db.execute("SELECT 1 FROM sqlite_master").fetchone()
os.kill(os.getpid(), signal.SIGSTOP)
lock.release() if how == "LOCK" else db.execute("COMMIT")
sys.stdin.readline()
"""


class Stopped:
    """The process; `again` waits for the next time that it is stopped, `go_on` lets it go on."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def again(self) -> None:
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)
        self._process.communicate(b"\n")


@contextlib.contextmanager
def stopped(home: Path, file: Path, how: str = "IMMEDIATE", *, ours: bool = True) -> Iterator[Stopped]:
    """Have a process that has a file locked and is stopped.

    `how` is what it begins in a database, "DEFERRED" to read, "USE" as every database of ours but the journal is used,
    or "LOCK" for a lock file; `ours` whether it is a kernel of this home.
    """
    command = [sys.executable, "-c", _CHILD, str(home), str(file), how, "ours" if ours else "another's"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)
            yield Stopped(process)
        finally:
            process.kill()
