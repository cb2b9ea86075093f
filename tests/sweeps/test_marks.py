"""Stars and winners: kept for their owner alone, and no reason to hold up or break a sweep."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.sweeps import marks
from bailian_nb.sweeps.marks import Marks


@dataclass(frozen=True)
class Cell:
    """One that has no picture yet."""

    id: str
    picture: None = None


def starred(home: Path) -> Marks:
    found = Marks(home, "sweep")
    found.toggle_star(Cell("a"))
    found.toggle_winner("b")
    return found


def test_marks_are_kept_and_taken_back(tmp_path: Path) -> None:
    starred(tmp_path / "home").toggle_star(Cell("c"))
    found = Marks(tmp_path / "home", "sweep")
    assert (found.stars, found.winner) == ({"a", "c"}, "b")
    found.toggle_star(Cell("c"))
    found.toggle_winner("b")
    found = Marks(tmp_path / "home", "sweep")
    assert (found.stars, found.winner) == ({"a"}, None)
    assert Marks(tmp_path / "home", "other").stars == set()


@pytest.mark.skipif(os.name == "nt", reason="a folder of a Windows user is private by its place")
def test_they_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        starred(tmp_path / "home")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").iterdir()] == [0o600]
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


@pytest.mark.parametrize("left", [b"no database\n" * 1000, None], ids=["text", "a folder"])
def test_a_broken_file_is_laid_aside_and_told_once(
    left: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "marks.sqlite"
    path.mkdir() if left is None else path.write_bytes(left)
    found = Marks(tmp_path, "sweep")
    assert (found.stars, found.winner) == (set(), None)
    found.toggle_star(Cell("a"))
    assert Marks(tmp_path, "sweep").stars == {"a"}
    (aside,) = tmp_path.glob("marks.sqlite.broken-*")
    assert caplog.messages == [f"the marks of sweeps in {path} cannot be read; they are laid aside as {aside.name}"]


def test_a_file_that_is_held_for_ever_holds_no_sweep_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert marks.PATIENCE <= 1
    monkeypatch.setattr(marks, "PATIENCE", 0.1)
    kept = starred(tmp_path)
    with closing(sqlite3.connect(tmp_path / "marks.sqlite", isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert Marks(tmp_path, "sweep").stars == set()
        assert time.monotonic() - began < 3
        told = f"stars and winners in {tmp_path / 'marks.sqlite'} can be neither read nor kept: database is locked"
        assert caplog.messages == [told]
        with pytest.raises(BailianError, match="neither read nor kept: database is locked"):
            kept.toggle_star(Cell("c"))
        assert kept.stars == {"a"}, "what is not kept is not shown as kept"
    assert Marks(tmp_path, "sweep").stars == {"a"}
