"""Opening a journal that is missing or damaged: one kernel repairs, and those that open it meanwhile lose nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.store import damage, schema
from bailian_nb.store.damage import open_journal
from bailian_nb.store.journal import Journal
from bailian_nb.store.schema import journal_path
from tests.world.stopped import only_linux, stopped


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A home in which a journal was kept before."""
    Journal(tmp_path).close()
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "0").write_bytes(b"kept")
    return tmp_path


@pytest.mark.parametrize("left", [lambda path: path.write_bytes(b""), Path.unlink], ids=["no bytes", "missing"])
def test_two_kernels_that_open_a_lost_journal_at_once_make_one_new_one(
    used: Path, left: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    left(journal_path(used))
    came = threading.Event()
    opened: list[Journal] = []
    second = threading.Thread(target=lambda: (opened.append(Journal(used)), came.set()))
    version = schema._version

    def slowly(*given: object) -> int:
        """Let the other one come while the file is there and its tables are not."""
        if not second.ident:
            second.start()
            assert came.wait(10)
        return version(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(schema, "_version", slowly)
    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    monkeypatch.setattr(schema, "on_wait", lambda line: came.set())
    opened.append(Journal(used))
    second.join(10)
    for journal in opened:
        journal.close()
    assert len(opened) == 2
    assert [len(journal.losses.all()) for journal in opened] == [1, 1]
    assert len(list(used.glob("journal.broken-*"))) == (1 if left is not Path.unlink else 0)


@pytest.mark.parametrize("name", ["home", "a#b", "what?", "100%20"])
def test_pictures_show_that_a_journal_was_taken_away_whatever_their_home_is_called(name: str, tmp_path: Path) -> None:
    if os.name == "nt" and "?" in name:
        pytest.skip("no name of a folder there")
    home = tmp_path / name
    Journal(home).close()
    journal_path(home).unlink()
    with contextlib.closing(sqlite3.connect(home / "index.sqlite")) as db:
        db.execute("CREATE TABLE pictures (name)")
        db.execute("INSERT INTO pictures VALUES ('a.png')")
        db.commit()
    _, lost = open_journal(home)
    assert lost == "journal.sqlite was taken away"


def test_a_kernel_that_is_stopped_while_it_repairs_is_waited_for_with_a_word(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bailian_nb.system.files import open_lock

    journal_path(used).unlink()
    repair = open_lock(used / "owners" / "repair.lock")
    heard: list[str] = []

    def go_on(line: str) -> None:
        heard.append(line)
        repair.release()

    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    monkeypatch.setattr(schema, "on_wait", go_on)
    with repair:
        Journal(used).close()
    assert heard == ["the journal is locked by another program; waiting for it (an interrupt stops that)"]


@only_linux
def test_a_kernel_that_is_stopped_while_it_repairs_lets_others_begin(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    monkeypatch.setattr(schema, "on_wait", lambda said: pytest.fail(said))
    journal_path(used).unlink()
    with stopped(used, used / "owners" / "repair.lock", "LOCK", ours=False) as kernel:  # which has no name yet
        Journal(used).close()
        kernel.again()


def test_a_kernel_has_its_name_before_it_reads_the_journal(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a file that it was stopped with knows it by that name."""
    names: list[list[Path]] = []
    is_sound = damage._is_sound

    def look(path: Path) -> bool:
        names.append(list((used / "owners").glob(f"{os.getpid()}-*.lock")))
        return is_sound(path)

    monkeypatch.setattr(damage, "_is_sound", look)
    Journal(used).close()
    assert [len(found) for found in names] == [1]


def test_a_kernel_whose_journal_cannot_be_opened_leaves_no_name(used: Path) -> None:
    with contextlib.closing(sqlite3.connect(journal_path(used))) as db:
        db.execute(f"PRAGMA user_version = {schema.SCHEMA + 1}")
    with pytest.raises(BailianError, match="of version"):
        Journal(used)
    assert not list((used / "owners").glob(f"{os.getpid()}-*"))


def test_a_journal_that_a_scanner_holds_is_laid_aside_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = journal_path(tmp_path)
    path.write_bytes(b"no database\n" * 1000)
    held, real = {path.name: 2}, os.rename

    def once(source: Any, target: Any) -> None:
        if held.get(name := Path(source).name, 0):
            held[name] -= 1
            raise PermissionError(errno.EACCES, "held")
        real(source, target)

    monkeypatch.setattr(os, "rename", once)
    _, lost = open_journal(tmp_path)
    assert "is laid aside as journal.broken-" in lost
    assert len(list(tmp_path.glob("journal.broken-*"))) == 1
    assert not any(held.values())


@pytest.mark.parametrize("page", [1, 4, -1])
def test_a_journal_of_which_one_page_was_lost_is_laid_aside_as_it_is(used: Path, page: int) -> None:
    """Its head and all its other pages are sound, so that SQLite opens it and says nothing before it gets there."""
    path = journal_path(used)
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        file.seek(page % pages * 4096)
        file.write(bytes(4096))
    damaged = path.read_bytes()
    file, lost = open_journal(used)
    with file.reading() as db:
        assert db.execute("SELECT count(*) FROM jobs").fetchone()[0] == 0
    (aside,) = used.glob("journal.broken-*")
    assert aside.name in lost
    assert aside.read_bytes() == damaged
