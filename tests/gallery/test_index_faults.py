"""Whatever lies in the place of the index: each method answers, or says in one line why not, and soon."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.gallery import Index, Picture, Record, save_picture
from bailian_nb.gallery import index as index_module
from bailian_nb.gallery.index_rows import of_request, pack
from bailian_nb.system import databases
from tests.world.stopped import only_linux, stopped

Make = Callable[..., Any]
SOON = 3.0
"""Seconds that a call may take on a machine that has other work, too; it waits for a lock for one."""


@pytest.fixture
def saved(served: Make, record: Record, tmp_path: Path) -> list[Picture]:
    numbers = range(40)
    return [save_picture(served((8, 8)), replace(record, index=n), tmp_path / "out" / "day", "a") for n in numbers]


@pytest.fixture
def index(saved: list[Picture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Hold forty pictures, for which a new index has as long as a busy machine needs."""
    monkeypatch.setattr(index_module, "REFILL_SECONDS", SOON)
    index = Index(tmp_path / "home", folders=lambda: [saved[0].path.parent])
    for picture in saved:
        index.add(picture)
    return index


def test_a_lock_is_waited_for_a_second_at_most() -> None:
    assert max(index_module.PATIENCE, index_module.REFILL_SECONDS) <= 1


def looks(index: Index) -> list[Callable[[], list[Picture]]]:
    return [lambda: index.find("k1"), index.recent, lambda: index.search("shop")]


def in_time(call: Callable[[], Any]) -> Any:
    began = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - began < SOON


BROKEN: dict[str, Callable[[bytes], bytes | None]] = {
    "a folder": lambda whole: None,
    "text": lambda whole: b"this is no database\n" * 500,
    "cut in a page": lambda whole: whole[: len(whole) // 2 + 100],
    "one page": lambda whole: whole[:4096],
    "random pages": lambda whole: whole[:100] + os.urandom(len(whole) - 100),
    "a page of zeros": lambda whole: whole[:4096] + bytes(4096) + whole[8192:],
}


@pytest.mark.matrix
@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("number", range(5))
def test_a_broken_one_is_laid_aside_told_once_and_made_again_from_the_pictures(
    kind: str, number: int, index: Index, saved: list[Picture], caplog: pytest.LogCaptureFixture
) -> None:
    left = BROKEN[kind](index.path.read_bytes())
    index.path.unlink()
    index.path.mkdir() if left is None else index.path.write_bytes(left)
    calls = [*looks(index), lambda: index.add(saved[0]), lambda: index.rebuild(saved[0].path.parent)]
    for call in calls[number:]:
        in_time(call)
    assert [picture.path for picture in in_time(lambda: index.find("k1"))] == [picture.path for picture in saved]
    (aside,) = index.path.parent.glob("index.sqlite.broken-*")
    assert aside.is_dir() if left is None else aside.read_bytes() == left
    (line,) = caplog.messages
    assert line.endswith(f"was broken and is laid aside as {aside.name}: 40 picture(s) are in a new one")
    assert index.fault == ""


def test_an_empty_one_is_filled_and_told(index: Index, saved: list[Picture], caplog: pytest.LogCaptureFixture) -> None:
    index.path.write_bytes(b"")
    assert len(in_time(lambda: index.find("k1"))) == 40
    (line,) = caplog.messages
    assert line.endswith("index.sqlite was empty: 40 picture(s) are in a new one")
    assert [path.name for path in index.path.parent.iterdir()] == ["index.sqlite"]


def test_one_that_is_locked_for_ever_is_waited_for_a_second_and_told(
    index: Index, saved: list[Picture], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(index.path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert in_time(lambda: index.find("k1")) == []
        assert index.fault == (
            f"the index of pictures {index.path} cannot be read (database is locked): what may be on disk already was"
            " not looked for"
        )
        assert caplog.messages == [index.fault]
        for name in ("PATIENCE", "NO_PATIENCE"):  # the first look has waited as long as it does
            monkeypatch.setattr(index_module, name, 0.02)
        for look in looks(index)[1:]:
            with pytest.raises(BailianError, match=r"cannot be read \(database is locked\)$"):
                in_time(look)
        for write in (lambda: index.add(saved[0]), lambda: index.rebuild(saved[0].path.parent)):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                in_time(write)
    assert len(index.find("k1")) == 40
    assert index.fault == ""


@only_linux
def test_another_program_that_was_stopped_with_it_is_named_and_how_to_let_it_go_on(
    index: Index, saved: list[Picture]
) -> None:
    with stopped(index.path.parent, index.path, "EXCLUSIVE", ours=False) as program:
        with pytest.raises(BailianError) as told:
            in_time(index.recent)
        assert f"(database is locked by process {program.pid}, which was stopped" in str(told.value)
        assert f"`kill -CONT {program.pid}` lets it go on)" in str(told.value)
    assert len(in_time(index.recent)) == 20


@only_linux
def test_a_kernel_that_was_stopped_as_it_makes_the_index_holds_nobody_up(index: Index, saved: list[Picture]) -> None:
    with stopped(index.path.parent, index.path, "USE", ours=False) as kernel:
        assert len(in_time(index.recent)) == 20
        kernel.again()


def test_what_could_not_be_added_is_added_later(index: Index, saved: list[Picture], served: Make) -> None:
    late = save_picture(served(), replace(saved[0].record, request_key="late"), saved[0].path.parent, "late")
    with closing(sqlite3.connect(index.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            index.add(late)
        assert in_time(lambda: index.find("late")) == []
        assert len(index.find("k1")) == 40, "who only reads is not held up"
    assert [picture.path for picture in index.find("late")] == [late.path]
    assert Index(index.path.parent).find("late")


@pytest.fixture
def _read_only(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file be read and not written, also by an administrator, whom permissions do not hold."""
    real = sqlite3.connect
    monkeypatch.setattr(
        databases.sqlite3, "connect", lambda path, **more: real(f"file:{path}?mode=ro", uri=True, **more)
    )


@pytest.mark.usefixtures("_read_only")
def test_one_that_can_only_be_read_is_read(index: Index, saved: list[Picture]) -> None:
    assert [len(in_time(look)) for look in looks(index)] == [40, 20, 40]
    with pytest.raises(sqlite3.OperationalError, match="readonly database"):
        in_time(lambda: index.add(saved[0]))
    assert [len(in_time(look)) for look in looks(index)] == [40, 20, 40]


def test_one_of_a_newer_version_is_left_alone(index: Index, saved: list[Picture]) -> None:
    with closing(sqlite3.connect(index.path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = index.path.read_bytes()
    told = "it is of version 99, this bailian_nb knows 2: update bailian_nb"
    assert in_time(lambda: index.find("k1")) == []
    assert told in index.fault
    for look in looks(index)[1:]:
        with pytest.raises(BailianError, match=told):
            in_time(look)
    with pytest.raises(sqlite3.DatabaseError, match=told):
        in_time(lambda: index.add(saved[0]))
    assert index.path.read_bytes() == before


def test_one_of_an_older_version_is_taken_as_it_is(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(index.path)) as db:
        db.execute("PRAGMA user_version = 0")
    index.folders = lambda: pytest.fail("nothing is lost")
    assert len(index.find("k1")) == 40
    assert caplog.messages == []


def test_rows_that_nobody_wrote_are_passed_over(index: Index) -> None:
    (beside,) = {picture.path.parent for picture in index.recent(40)}
    (beside / "there.png").write_bytes(b"x")
    rows = [
        (b"\xff\xfe", "x", b"{}"),
        (7, "x", b"{}"),
        ("a\0b", "a\0b", b"\x00"),
        ("there.png", "y", 7),
        ("there.png", b"\xff", "{}"),
        ("there.png", None, pack("{", "shop")),
    ]
    with closing(sqlite3.connect(index.path)) as db, db:
        (folder,) = db.execute("SELECT id FROM folders").fetchone()
        db.execute("INSERT INTO calls VALUES (1, 0, 'shop', 0), (2, 0, CAST(x'ff00fe' AS TEXT), 0), (3, 0, x'00', 0)")
        for number, (name, raw, text) in enumerate(rows):
            values = (number, 1 + number % 3, folder, name, raw, 0, of_request("k1"), 0, "2030-01-01T00:00:00Z", text)
            db.execute("INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    assert [len(look()) for look in looks(index)] == [40, 20, 40]


def test_a_file_name_that_is_no_text_is_found_in_every_locale(served: Make, record: Record, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("中文".encode("gbk"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes text alone")
    other = tmp_path / "图片"
    index = Index(tmp_path / "home")
    for each in (folder, other):
        picture = save_picture(served(), replace(record, request_key=each.name), each, "a")
        index.add(picture)
        assert [found.path for found in index.find(each.name)] == [picture.path]
        assert index.rebuild(each) == 1
        assert [found.path for found in index.find(each.name)] == [picture.path]
    assert len(index.recent()) == 2
    with closing(sqlite3.connect(index.path)) as db:
        assert {type(path) for (path,) in db.execute("SELECT path FROM folders")} == {str, bytes}


def test_a_pipe_in_the_place_of_a_picture_holds_nobody_up(index: Index, saved: list[Picture]) -> None:
    saved[0].path.unlink()
    os.mkfifo(saved[0].path)
    assert len(in_time(lambda: index.find("k1"))) == 39


@pytest.mark.skipif(os.name == "nt", reason="a folder of a Windows user is private by its place")
def test_the_index_is_for_its_owner_alone(index: Index) -> None:
    assert stat.S_IMODE(index.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(index.path.stat().st_mode) == 0o600
