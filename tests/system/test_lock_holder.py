"""Whom a stopped kernel's locks hold up, and in which state it is left, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from bailian_nb.system import lock_holder
from bailian_nb.system.databases import connect, past_stopped
from bailian_nb.system.lock_holder import OWNERS, let_finish
from tests.world.stopped import only_linux, stopped

pytestmark = only_linux


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE names (name TEXT)")
    return path


def test_a_python_that_cannot_hold_on_to_a_process_lets_it_finish_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no such call where it was built for an old Linux."""
    monkeypatch.delattr(os, "pidfd_open")
    monkeypatch.delattr(signal, "pidfd_send_signal")
    with stopped(file.parent, file) as kernel:
        assert let_finish(file)
        kernel.again()


def test_such_a_python_sends_nothing_to_another_process_that_has_got_its_number(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = iter("12")
    sent: list[int] = []
    monkeypatch.delattr(os, "pidfd_open")
    monkeypatch.setattr(lock_holder, "_began", lambda pid: next(began, "2"))
    with stopped(file.parent, file):
        with monkeypatch.context() as patch:  # whose end it must not keep from killing this one
            patch.setattr(os, "kill", lambda pid, number: sent.append(number))
            assert not let_finish(file)
        assert sent == []


@pytest.mark.parametrize("when", [signal.SIGCONT, signal.SIGSTOP])
def test_an_interrupt_of_who_waits_leaves_no_kernel_running_that_was_stopped(
    when: signal.Signals, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It falls between the call that lets it go on and the one that stops it, or right before that."""
    send = signal.pidfd_send_signal

    def interrupted(process: int, number: int) -> None:
        if when == signal.SIGSTOP == number:
            signal.raise_signal(signal.SIGINT)
        send(process, number)
        if when == signal.SIGCONT == number:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(signal, "pidfd_send_signal", interrupted)
    with stopped(file.parent, file) as kernel:
        with contextlib.suppress(KeyboardInterrupt):
            let_finish(file)
            for _ in range(100):  # where Python hears it a moment later
                pass
        kernel.again()


def test_a_process_with_the_number_of_a_kernel_that_is_gone_is_left_as_it_is(file: Path) -> None:
    with stopped(file.parent, file, ours=False) as program:
        (file.parent / OWNERS).mkdir()
        (file.parent / OWNERS / f"{program.pid}-gone.lock").touch()
        assert not let_finish(file)


def test_a_kernel_that_is_killed_as_it_goes_on_leaves_the_file_free(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = signal.pidfd_send_signal

    def killed(process: int, number: int) -> None:
        if number == signal.SIGCONT:
            send(process, signal.SIGKILL)
        send(process, number)

    monkeypatch.setattr(signal, "pidfd_send_signal", killed)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with stopped(file.parent, file):
        assert let_finish(file)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_who_waits_beside_another_that_was_quicker_to_let_a_kernel_go_on_gets_the_file(
    file: Path,
) -> None:
    tried: list[int] = []

    def work(seconds: float) -> str:
        tried.append(1)
        if len(tried) == 1:
            with stopped(file.parent, file), contextlib.closing(connect(file, seconds=0.0)) as db:
                try:
                    db.execute("BEGIN IMMEDIATE")
                finally:
                    assert let_finish(file)  # as another one does in this moment
        return "done"

    assert past_stopped(file, work, 0.0) == "done"


def test_a_kernel_that_its_user_lets_go_on_in_that_moment_is_not_stopped(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    states = iter("T")
    monkeypatch.setattr(lock_holder, "_state", lambda pid: next(states, "S"))
    monkeypatch.setattr(lock_holder, "FINISHES_SECONDS", 0.0)
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda process, number: sent.append(number))
    with stopped(file.parent, file):
        assert not let_finish(file)
    assert sent == []
