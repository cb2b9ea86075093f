"""A history is told by what its folders hold: exact, in one order, and no folder is read twice that has not changed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from bailian_nb.gallery import Index, Picture, Record, standing
from bailian_nb.gallery.listing import Wanted


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Twenty-four pictures, one an hour: six days of three in folders of their own, every fourth in one for all."""
    index = Index(tmp_path / "home", folders=list)
    index._insert([made(tmp_path, hour) for hour in range(24)], 1)
    return index


def made(tmp_path: Path, hour: int) -> Picture:
    folder = tmp_path / "out" / ("kept" if hour % 4 == 2 else f"day {hour // 4}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{hour}.png").touch()
    return Picture(path=folder / f"{hour}.png", record=Record(model="m", created=f"2026-11-20T{hour:02}:00:00Z"))


def settle(tmp_path: Path) -> None:
    """Let every folder have changed long ago."""
    for folder in (tmp_path / "out").iterdir():
        os.utime(folder, (folder.stat().st_atime, folder.stat().st_mtime - 1000))


def hours(index: Index, numbers: Sequence[int]) -> list[int]:
    return [int(picture.path.stem) for picture in index.opened(numbers).values()]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Hear which folders are read."""
    heard: list[object] = []
    really = standing.names_in

    def names_in(folder: object) -> frozenset[str]:
        heard.append(Path(str(folder)).name)
        return really(folder)

    monkeypatch.setattr(standing, "names_in", names_in)
    return heard


@pytest.mark.seldom
@pytest.mark.parametrize("crossed", [0, 100], ids=["the long folder by picture", "all sorted together"])
def test_every_window_is_a_part_of_one_order(index: Index, monkeypatch: pytest.MonkeyPatch, crossed: int) -> None:
    monkeypatch.setattr(standing, "_CROSSED", crossed)
    found = index.listed(Wanted())
    assert len(found) == 24
    assert hours(index, found) == [*range(23, -1, -1)]
    for start in range(24):
        for stop in (start, start + 1, start + 5, 30):
            assert hours(index, found[start:stop]) == [*range(23, -1, -1)][start:stop]
    assert hours(index, [found[-1], found[0], *found[11::-6]]) == [0, 23, 12, 18]
    for beyond in (24, -25):
        with pytest.raises(IndexError):
            found[beyond]


def test_a_time_cuts_through_folders_and_leaves_out_what_is_gone(index: Index, tmp_path: Path) -> None:
    (tmp_path / "out" / "day 1" / "5.png").unlink()
    (tmp_path / "out" / "kept" / "14.png").unlink()
    found = index.listed(Wanted(since="2026-11-20T05", before="2026-11-20T16"))
    assert (len(found), hours(index, found)) == (9, [15, 13, 12, 11, 10, 9, 8, 7, 6])
    assert hours(index, found[2:5]) == [12, 11, 10]
    assert [*index.listed(Wanted(since="2027"))] == []


def test_a_folder_is_read_again_only_when_it_has_changed(index: Index, tmp_path: Path, read: list[object]) -> None:
    settle(tmp_path)
    assert len(index.listed(Wanted())) == 24
    read.clear()
    assert len(Index(tmp_path / "home").listed(Wanted())) == 24
    assert read == []
    (tmp_path / "out" / "day 3" / "13.png").unlink()
    (tmp_path / "out" / "day 0").rename(tmp_path / "away")
    assert hours(index, index.listed(Wanted())[7:12]) == [16, 15, 14, 12, 11]
    assert read == ["day 3"]
    (tmp_path / "out" / "day 3" / "13.png").touch()
    (tmp_path / "away").rename(tmp_path / "out" / "day 0")
    assert len(index.listed(Wanted())) == 24


def test_one_that_changed_just_now_is_read_each_time(index: Index, read: list[object]) -> None:
    for _ in range(2):
        assert len(index.listed(Wanted())) == 24
    assert len(read) == 14, "two changes within one tick of a disk's clock leave a folder with one time"


def test_what_was_not_read_for_a_question_is_when_it_is_looked_at_and_by_the_next_ones(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[object]
) -> None:
    monkeypatch.setattr(standing, "AT_ONCE", 3)
    for hour in (0, 1, 2, 23):
        next((tmp_path / "out").glob(f"*/{hour}.png")).unlink()
    settle(tmp_path)
    found = index.listed(Wanted())
    assert (len(found), read) == (23, ["day 5"]), "the newest first; of the others everything, as far as is known"
    assert hours(index, found[18:]) == [4, 3]
    assert len(found) == 20
    read.clear()
    while len(found := index.listed(Wanted())) != 20 or read:
        assert read, "each question goes on"
        read.clear()
    assert hours(index, found[17:]) == [5, 4, 3]


def test_what_is_added_or_forgotten_is_counted_whoever_wrote_it(index: Index, tmp_path: Path) -> None:
    settle(tmp_path)
    found = index.listed(Wanted())
    picture = made(tmp_path, 22)
    settle(tmp_path)
    index.add(picture)
    for hour in (24, 25):
        (tmp_path / "out" / "day 5" / f"{hour}.png").touch()
    settle(tmp_path)
    with contextlib.closing(sqlite3.connect(index.path)) as db, db:
        db.execute("DELETE FROM pictures WHERE name = '0.png'")
        db.execute(
            "INSERT INTO pictures SELECT (SELECT max(id) FROM pictures) + 1, call, folder, '24.png', raw, 1, request,"
            " emulator, '2026-11-20T24', record FROM pictures WHERE name = '23.png'"
        )
    assert len(index.listed(Wanted())) == 24
    assert hours(index, found[1:3]) == [21, 20], "what came later moves no window"


def test_an_index_of_an_earlier_version_is_counted_once(index: Index, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(index.path)) as db, db:
        for what in ("TRIGGER standing_added", "TRIGGER standing_taken", "TABLE standing"):
            db.execute(f"DROP {what}")
    with contextlib.closing(sqlite3.connect(index.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(index.listed(Wanted())) == 24, "while another writes it is counted, and not kept"
        assert not other.execute("SELECT 1 FROM sqlite_master WHERE name = 'standing'").fetchall()
    index.add(made(tmp_path, 24))
    assert hours(index, index.listed(Wanted())[:2]) == [24, 23]
    with contextlib.closing(sqlite3.connect(index.path)) as db:
        assert db.execute("SELECT sum(held) FROM standing").fetchone() == (25,)
