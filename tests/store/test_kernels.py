"""Which kernels live: looks that meet do not take each other for the kernel, and a list of many rows is quick."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.store import kernels
from bailian_nb.store.journal import Journal
from bailian_nb.store.kernels import is_alive, kernel_lock


def left_behind(home: Path, owner: str) -> str:
    """Leave the lock file of a kernel that is gone."""
    path = Path(kernel_lock(home, owner).lock_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return owner


def no_such_locks(descriptor: object, operation: int) -> None:
    raise OSError(errno.ENOSYS, "Function not implemented")


def test_a_kernel_that_is_stopped_in_the_middle_of_a_beat_stands_still_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is emptied before it is written would say of it for ever that it never beat."""
    kernel, seen = kernels.Kernel(tmp_path), []
    kernel.beat()
    later = kernels.beat_time() + kernels.STALE + 1.0
    monkeypatch.setattr(kernels, "beat_time", lambda: later)

    whole = os.open

    def look(*given: Any, **more: Any) -> Any:
        found = whole(*given, **more)
        with monkeypatch.context() as beside:
            beside.setattr(os, "open", whole)
            seen.append(kernels.stands_still(tmp_path, kernel.name))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", look)
        kernel.beat()
    assert seen[0], "its old beat stands until the new one does"
    assert not kernels.stands_still(tmp_path, kernel.name)
    kernel.end()


def test_a_dead_kernel_is_dead_however_many_look_at_once(tmp_path: Path) -> None:
    seen: list[bool] = []
    for number in range(60):
        owner, together = left_behind(tmp_path, f"999999-{number:06x}"), threading.Barrier(3)

        def look(owner: str = owner, together: threading.Barrier = together) -> None:
            together.wait()
            seen.append(is_alive(tmp_path, owner))

        lookers = [threading.Thread(target=look) for _ in range(3)]
        for each in lookers:
            each.start()
        for each in lookers:
            each.join()
    assert seen == [False] * 180
    assert list((tmp_path / "owners").iterdir()) == []


def test_a_look_from_another_process_is_not_taken_for_the_kernel(tmp_path: Path) -> None:
    owner = left_behind(tmp_path, "999999-abcdef")
    with Path(kernel_lock(tmp_path, owner).lock_file).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert not is_alive(tmp_path, owner)


@pytest.mark.filterwarnings("ignore:flock not supported")
@pytest.mark.parametrize("locks", [True, False])
def test_a_hundred_rows_of_a_living_kernel_are_told_quickly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: bool
) -> None:
    if not locks:  # as on some network mounts
        monkeypatch.setattr(fcntl, "flock", no_such_locks)
    journal = Journal(tmp_path)
    began = time.monotonic()
    assert all(is_alive(tmp_path, journal.kernel) for _ in range(100))
    assert time.monotonic() - began < 3
    journal.close()
    assert not is_alive(tmp_path, journal.kernel)


@pytest.mark.filterwarnings("ignore:flock not supported")
def test_a_look_that_must_take_the_lock_waits_for_another_such_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", no_such_locks)
    owner = left_behind(tmp_path, "999999-abcdef")
    Path(kernel_lock(tmp_path, owner).lock_file).unlink()
    other = kernel_lock(tmp_path, owner)
    other.acquire(timeout=0)
    threading.Timer(0.01, other.release).start()
    assert not is_alive(tmp_path, owner)
