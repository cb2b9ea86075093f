"""Kept inputs: there as long as an open row needs them, and not a day longer."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.store import input_files, schema
from bailian_nb.store.journal import Journal

from ..world.altered import alter
from ..world.intents import intend


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "inputs").iterdir())


def test_what_killed_kernels_left_goes_when_the_next_row_is_closed(journal: Journal, tmp_path: Path) -> None:
    intend(journal, "killed", b"picture")
    alter(journal.path, "killed", state="done")  # as if the kernel had died right after it closed the row
    intend(journal, "open", b"needed")
    needed = [name for name in files(tmp_path) if journal.input_bytes(name) == b"needed"]
    (tmp_path / "inputs" / ".half.00aa").write_bytes(b"half a pict")
    assert len(files(tmp_path)) == 3
    intend(journal, "plain")
    journal.end("plain", "done", at=2.0)
    assert files(tmp_path) == needed
    row = journal.row("open")
    assert row is not None
    assert journal.give_up(row, at=3.0)
    assert files(tmp_path) == []


def test_a_row_is_closed_also_when_nothing_can_be_swept(
    journal: Journal,
    tmp_path: Path,
) -> None:
    intend(journal, "a", b"picture")
    intend(journal, "broken")
    with contextlib.closing(sqlite3.connect(journal.path)) as db, db:
        db.execute("UPDATE jobs SET request = 'no JSON' WHERE id = 'broken'")
    journal.end("a", "done", at=2.0)
    row = journal.row("a")
    assert row is not None
    assert row.state == "done"
    assert len(files(tmp_path)) == 1  # nobody knows what the broken row needs


@pytest.mark.parametrize("left", [b"", b"pict", b"Picture"])
def test_a_file_that_is_not_whole_is_no_input_and_is_written_anew(
    journal: Journal, tmp_path: Path, left: bytes
) -> None:
    digest = hashlib.sha256(b"picture").hexdigest()
    intend(journal, "a", b"picture")
    (tmp_path / "inputs" / digest).write_bytes(left)
    assert journal.input_bytes(digest) is None
    intend(journal, "b", b"picture")
    assert journal.input_bytes(digest) == b"picture"
    assert files(tmp_path) == [digest]


def test_other_kernels_write_while_a_large_input_is_written(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Journal(tmp_path)
    write = input_files.write_whole

    def slowly(*given: Any, **more: Any) -> bool:
        """Stand for what takes long: another kernel has a row of its own written and closed meanwhile."""
        monkeypatch.setattr(input_files, "write_whole", write)
        intend(other, "quick", b"small")
        other.end("quick", "done", at=2.0)
        return write(*given, **more)

    monkeypatch.setattr(input_files, "write_whole", slowly)
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.0)
    intend(journal, "large", b"large picture")
    other.close()
    (name,) = files(tmp_path)
    assert journal.input_bytes(name) == b"large picture"


def test_what_was_written_for_a_row_that_was_not_goes(journal: Journal, tmp_path: Path) -> None:
    def refuse(db: sqlite3.Connection) -> None:
        raise BailianError("a cap")

    with pytest.raises(BailianError, match="a cap"):
        intend(journal, "a", b"picture", check=refuse)
    assert files(tmp_path) == []


def test_what_a_kernel_left_that_was_killed_before_its_row_goes_and_that_of_a_living_one_stays(
    journal: Journal, tmp_path: Path
) -> None:
    other = Journal(tmp_path)
    for name in (other.kernel, "12-dead"):
        (tmp_path / "inputs" / name).mkdir(parents=True)
        (tmp_path / "inputs" / name / "0a").write_bytes(b"half")
    intend(journal)
    journal.end("a", "done", at=2.0)
    assert files(tmp_path) == [other.kernel]
    other.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no way to sync a folder")
def test_an_input_is_on_disk_before_the_row_that_names_it(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    real = os.fsync

    def sync(descriptor: int) -> None:
        kind = os.fstat(descriptor)
        seen.append((f"file {kind.st_size}" if stat.S_ISREG(kind.st_mode) else "folder", journal.row("a") is None))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    intend(journal, "a", b"picture")
    assert seen[:2] == [("file 7", True), ("folder", True)]
    assert all(before for _, before in seen)


def test_what_cannot_be_kept_whole_leaves_nothing_behind(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        intend(journal, "a", b"picture")
    assert files(tmp_path) == []
    assert journal.row("a") is None
