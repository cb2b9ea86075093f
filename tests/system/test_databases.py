"""A database of ours is private from its first byte, and one that is broken is laid aside, told and begun anew."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.system.databases import GLANCE_SECONDS, check, connect, is_broken, lay_aside, past_stopped, stamp, use
from tests.world.stopped import only_linux, stopped


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def add(path: Path, lost: list[str], value: str = "a") -> list[str]:
    def work(db: sqlite3.Connection) -> list[str]:
        db.execute("CREATE TABLE IF NOT EXISTS words (word TEXT)")
        db.execute("INSERT INTO words VALUES (?)", (value,))
        return [word for (word,) in db.execute("SELECT word FROM words")]

    return use(path, work, seconds=0.1, lost=lost.append)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_the_file_and_what_lies_beside_it_are_for_the_owner_alone(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "home" / "a.sqlite"
    path.parent.mkdir()
    with closing(connect(path, seconds=1)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
        db.execute("CREATE TABLE words (word TEXT)")
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO words VALUES ('a')")
        found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
        db.execute("COMMIT")
    assert set(found) >= {"a.sqlite", "a.sqlite-journal" if mode == "DELETE" else "a.sqlite-wal"}
    assert set(found.values()) == {0o600}


def pages(path: Path) -> bytes:
    """Make a database of several pages and return its bytes."""
    with closing(connect(path, seconds=1)) as db:
        db.execute("CREATE TABLE words (word TEXT)")
        db.execute("CREATE INDEX by_word ON words (word)")
        db.executemany("INSERT INTO words VALUES (?)", [(f"{number:>100}",) for number in range(1000)])
    return path.read_bytes()


@pytest.mark.matrix
@pytest.mark.parametrize("kind", ["text", "cut in a page", "one page", "random pages", "folder"])
def test_a_broken_one_is_laid_aside_and_begun_anew(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "home" / "a.sqlite"
    path.parent.mkdir()
    whole = pages(path)
    path.unlink()
    left = {
        "text": b"no database\n" * 1000,
        "cut in a page": whole[: len(whole) // 2 + 100],
        "one page": whole[:4096],
        "random pages": whole[:100] + os.urandom(len(whole) - 100),
    }.get(kind)
    path.mkdir() if left is None else path.write_bytes(left)
    path.with_name("a.sqlite-journal").write_bytes(b"of the broken one")
    lost: list[str] = []

    def work(db: sqlite3.Connection) -> None:
        check(db)
        db.execute("CREATE TABLE words (word TEXT)")

    use(path, work, seconds=0.1, lost=lost.append)
    aside = path.with_name(lost[0])
    assert aside.name.startswith("a.sqlite.broken-2")
    assert aside.is_dir() if left is None else aside.read_bytes() == left
    assert [each.name for each in path.parent.iterdir() if each.name.startswith("a.sqlite-")] == []
    assert add(path, lost) == ["a"]
    assert len(lost) == 1


def test_an_empty_one_is_a_new_one(tmp_path: Path) -> None:
    lost: list[str] = []
    (tmp_path / "a.sqlite").write_bytes(b"")
    assert add(tmp_path / "a.sqlite", lost) == ["a"]
    assert lost == []


def test_one_that_is_held_or_of_other_tables_is_not_broken(tmp_path: Path) -> None:
    path, lost = tmp_path / "a.sqlite", list[str]()
    add(path, lost)
    with closing(connect(path, seconds=0)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            add(path, lost)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        use(path, lambda db: db.execute("SELECT * FROM others"), seconds=0.1, lost=lost.append)
    assert add(path, lost) == ["a", "a"]
    assert lost == []


def test_two_that_find_it_broken_lay_one_file_aside_and_never_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"no database\n" * 1000)
    seen = stamp(path)
    first = lay_aside(path, seen)
    assert first is not None
    lost: list[str] = []
    assert add(path, lost) == ["a"]
    assert lay_aside(path, seen) is None, "another one has been begun meanwhile"
    assert add(path, lost, "b") == ["a", "b"]
    assert lay_aside(path.with_name("gone"), seen) is None


def test_one_that_a_scanner_holds_for_a_moment_is_laid_aside_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"no database\n" * 1000)
    path.with_name("a.sqlite-wal").write_bytes(b"of the broken one")
    held, real = {"a.sqlite": 2, "a.sqlite-wal": 2}, os.rename

    def once(source: Any, target: Any) -> None:
        if held.get(name := Path(source).name, 0):
            held[name] -= 1
            raise PermissionError(errno.EACCES, "held")
        real(source, target)

    monkeypatch.setattr(os, "rename", once)
    aside = lay_aside(path)
    assert aside is not None
    assert aside.is_file()
    assert aside.with_name(f"{aside.name}-wal").is_file()
    assert not any(held.values())


def test_what_was_laid_aside_before_stays(tmp_path: Path) -> None:
    names = set()
    for number in range(3):
        (tmp_path / "a.sqlite").write_bytes(b"%d" % number)
        aside = lay_aside(tmp_path / "a.sqlite")
        assert aside is not None
        names.add(aside.name)
    assert len(names) == 3
    assert sorted(path.read_bytes() for path in tmp_path.iterdir() if path.is_file()) == [b"0", b"1", b"2"]


def test_many_threads_find_it_broken_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "a.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database\n" * 1000)
    lost: list[str] = []
    faults: list[Exception] = []
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        try:
            use(path, lambda db: db.execute("PRAGMA user_version").fetchone(), seconds=5, lost=lost.append)
        except sqlite3.Error as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(lost) == 1
    assert add(path, lost) == ["a"]


def test_only_a_broken_file_is_broken() -> None:
    assert not is_broken(sqlite3.OperationalError("database is locked"))
    assert not is_broken(ValueError())
    assert not is_broken(PermissionError())
    assert is_broken(IsADirectoryError())


@only_linux
@pytest.mark.parametrize("how", ["EXCLUSIVE", "DEFERRED"])
def test_a_kernel_that_is_stopped_while_it_uses_a_file_keeps_nobody_from_writing_it(how: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    assert add(path, []) == ["a"]
    with stopped(tmp_path, path, how) as kernel:
        assert add(path, [], "b") == ["a", "b"]
        kernel.again()


@only_linux
def test_a_process_that_is_no_kernel_yet_keeps_nobody_from_a_file_that_it_was_stopped_with(tmp_path: Path) -> None:
    """`bailian-nb history`, or a kernel whose first cell looks into the index before there is a journal."""
    path = tmp_path / "a.sqlite"
    assert add(path, []) == ["a"]
    with stopped(tmp_path, path, "USE", ours=False) as program:
        assert add(path, [], "b") == ["a", "b"]
        program.again()
    assert not list(tmp_path.glob("*.lock"))


@only_linux
def test_another_program_that_is_stopped_while_it_uses_a_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    add(path, [])
    with stopped(tmp_path, path, ours=False), pytest.raises(sqlite3.OperationalError, match="locked"):
        add(path, [])
    assert add(path, []) == ["a", "a"]


@only_linux
@pytest.mark.parametrize("ours", [True, False])
def test_whether_who_holds_a_file_was_stopped_is_asked_before_it_is_waited_for_in_full(
    ours: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    add(path, [])
    waits: list[float] = []

    def work(seconds: float) -> str:
        waits.append(seconds)
        with closing(connect(path, seconds=0.0)) as db:
            db.execute("BEGIN IMMEDIATE")
        return "done"

    with stopped(tmp_path, path, ours=ours) as program:
        if ours:
            assert past_stopped(path, work, 5.0) == "done"
            program.again()
        else:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                past_stopped(path, work, 5.0)
    assert waits == [GLANCE_SECONDS, GLANCE_SECONDS if ours else 5.0]
