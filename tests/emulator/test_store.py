"""The emulator's own files: private, whole, and no reason to stop when they are broken, for nothing of it was paid."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.emulator import tasks as emulator_tasks
from tests.world.stopped import only_linux, stopped

KEY = "sk-very-secret-0123456789"


def tasks(bench: Any) -> Path:
    return Path(bench.home) / "emulator" / "tasks.sqlite"


BROKEN: dict[str, Callable[[bytes], bytes | None]] = {
    "a folder": lambda whole: None,
    "empty": lambda whole: b"",
    "text": lambda whole: b"this is no database\n" * 500,
    "cut in a page": lambda whole: whole[: len(whole) // 2 + 100],
    "one page": lambda whole: whole[:4096],
    "random pages": lambda whole: whole[:100] + os.urandom(len(whole) - 100),
}


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_of_tasks_is_laid_aside_and_the_emulator_begins_anew(
    kind: str, restarted: bool, bench: Any, make_bench: Any, caplog: pytest.LogCaptureFixture
) -> None:
    old = bench.t2i(n=2)
    assert len(bench.pictures(old)) == 2
    path = tasks(bench)
    left = BROKEN[kind](path.read_bytes())
    path.unlink()
    path.mkdir() if left is None else path.write_bytes(left)
    again = make_bench() if restarted else bench
    assert len(again.pictures(again.t2i(n=2))) == 2
    asides = list(path.parent.glob("tasks.sqlite.broken-*"))
    if kind == "empty":
        assert asides == []
        assert caplog.messages == []
        return
    (aside,) = asides
    assert aside.is_dir() if left is None else aside.read_bytes() == left
    (line,) = (line for line in caplog.messages if "emulator" in line)
    assert line == f"{path} cannot be read: it is laid aside as {aside.name}, and a new one is begun"


def test_a_file_of_another_version_or_without_tables_is_begun_anew(bench: Any, make_bench: Any) -> None:
    assert bench.pictures(bench.t2i())
    with closing(sqlite3.connect(tasks(bench))) as db:
        db.execute("PRAGMA user_version = 99")
    again = make_bench()
    assert again.pictures(again.t2i())


@pytest.mark.parametrize("left", [b"", b"cut"])
def test_a_picture_or_input_that_the_power_cut_short_is_written_anew(left: bytes, bench: Any) -> None:
    bench.pictures(bench.edit("description_edit"))
    folder = Path(bench.home) / "emulator"
    whole = {path: path.read_bytes() for name in ("pictures", "inputs") for path in (folder / name).iterdir()}
    assert len(whole) == 2
    for path in whole:
        path.write_bytes(left if path.parent.name == "inputs" else b"")
    assert bench.pictures(bench.edit("description_edit"))
    for path, data in whole.items():
        if path.parent.name == "inputs":
            assert path.read_bytes() == data


@pytest.fixture
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="a folder of a Windows user is private by its place")
@pytest.mark.usefixtures("_umask")
def test_its_home_and_files_are_for_their_owner_alone(bench: Any, tmp_path: Path) -> None:
    bench = type(bench)(tmp_path / "home")
    bench.pictures(bench.edit("description_edit"))
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in [bench.home, *bench.home.rglob("*")]}
    assert len(found) > 6
    assert {path: mode for path, mode in found.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


@pytest.mark.parametrize("header", [f"Bearer {KEY}", f"Basic {KEY}", KEY, f"Bearer {KEY} {KEY}"])
def test_no_frame_of_the_emulator_that_raises_holds_the_key(header: str, bench: Any) -> None:
    (Path(bench.home) / "emulator").write_text("in the way")  # the first file that is asked for cannot be had
    with pytest.raises(OSError) as broken:
        bench.ask("GET", "/tasks", key=None, headers={"Authorization": header})
    raised: list[BaseException] = [broken.value]
    (Path(bench.home) / "emulator").unlink()
    refused = bench.ask("GET", "/tasks", key=None, headers={"Authorization": header})
    assert refused.status_code in (200, 401)
    for error in raised:
        assert not [line for line in frames(error) if "very-secret" in line]


def test_a_refused_key_is_not_in_the_frame_that_refuses_it() -> None:
    from bailian_nb.emulator import keys
    from bailian_nb.emulator.refusals import Refusal

    for header in (f"Basic {KEY}", f"Bearer {KEY} {KEY}", f" Bearer{KEY}"):
        with pytest.raises(Refusal, match="Invalid API-key") as refusal:
            keys.account(b"salt", header, 0.0)
        assert not [line for line in frames(refusal.value) if "very-secret" in line]


def frames(error: BaseException) -> Iterator[str]:
    """What a debugger prints of the frames of ours."""
    traceback = error.__traceback__
    while traceback is not None:
        if f"{os.sep}bailian_nb{os.sep}" in traceback.tb_frame.f_code.co_filename:
            yield repr(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next


def test_an_account_is_a_hash_of_its_key_alone(bench: Any) -> None:
    answers: list[httpx.Response] = [bench.t2i()]
    bench.key = KEY
    answers.append(bench.t2i())
    with closing(sqlite3.connect(tasks(bench))) as db:
        accounts = [account for (account,) in db.execute("SELECT account FROM tasks")]
    assert len(set(accounts)) == 2
    assert all(len(account) == 16 and set(account) <= set("0123456789abcdef") for account in accounts)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the file as another program does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        yield


@pytest.mark.parametrize("restarted", [True, False])
def test_a_file_that_another_program_holds_is_waited_for_shortly_and_told(
    restarted: bool, bench: Any, make_bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator_tasks, "_PATIENCE", 0.05)
    made = bench.t2i()
    asked = make_bench() if restarted else bench
    with held(tasks(bench)):
        refused, unread = asked.t2i(), asked.ask("GET", f"/tasks/{bench.task_id(made)}")
    assert (refused.status_code, refused.json()["code"]) == (409, "Conflict")  # by which nothing exists, for certain
    assert refused.json()["message"] == "the emulator's tasks.sqlite is locked by another program; no task was made"
    assert unread.status_code == 503  # by which it is asked for again
    assert unread.json()["message"] == "the emulator's tasks.sqlite is locked by another program"
    assert len(asked.log()["creates"]) == 1
    assert asked.pictures(made)


def test_a_job_says_that_the_emulators_file_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulator_tasks, "_PATIENCE", 0.05)
    assert len(wan.t2i("a hill", seed=1, size="768*768").result(30)) == 1
    with held(home() / "emulator" / "tasks.sqlite"):
        job = wan.t2i("a lake", seed=1, size="768*768").wait(30)
    assert job.error is not None
    assert "the emulator's tasks.sqlite is locked by another program; no task was made" in str(job.error)
    assert job.cost == 0.0


@only_linux
@pytest.mark.parametrize(
    "how", ["IMMEDIATE", *(pytest.param(each, marks=pytest.mark.seldom) for each in ("EXCLUSIVE", "DEFERRED"))]
)
def test_a_kernel_that_is_stopped_while_it_uses_the_emulators_file_holds_no_other_up(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator_tasks, "_PATIENCE", 0.05)
    assert len(wan.t2i("a hill", seed=1, size="768*768").result(30)) == 1
    with stopped(home(), home() / "emulator" / "tasks.sqlite", how) as kernel:
        assert len(wan.t2i("a lake", seed=1, size="768*768").result(30)) == 1
        kernel.again()
