"""The history by Python: pages, filters, stars, tags, the bin and a sheet, without a front end."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.errors import BailianError, InvalidRequest
from bailian_nb.images import decode
from bailian_nb.session.shelf import Shelf
from bailian_nb.views.history import History

VALUES: dict[str, Any] = {"model": "wanx2.1-t2i-turbo", "size": "512*512"}


@pytest.fixture
def made() -> list[wan.Picture]:
    return [wan.t2i(f"hill {seed}", seed=seed, **VALUES).result(30)[0] for seed in range(3)]


def test_pages_follow_each_other_and_say_where_they_stand(made: list[wan.Picture]) -> None:
    pages = [[picture.seed for picture in wan.history(limit=2, page=page)] for page in (1, 2, 3)]
    assert pages == [[2, 1], [0], []]
    assert wan.history(limit=2, page=2).total == 3
    assert repr(wan.history(limit=2, page=2)).splitlines()[-1] == "3-3 of 3"
    assert [picture.seed for picture in wan.history(limit=None)] == [2, 1, 0]
    with pytest.raises(InvalidRequest, match="page must be a whole number of at least 1, got 0"):
        wan.history(page=0)


def test_days_are_texts_or_dates_and_all_else_is_one_line(made: list[wan.Picture]) -> None:
    day = datetime.now(UTC).astimezone()
    for since in (day, day.date(), str(day.date())):
        assert len(list(wan.history(since=since, until=since))) == len(made)
    for name, value in {"words": 3, "model": None, "tag": ["a"], "since": 20261130}.items():
        with pytest.raises(wan.InvalidRequest, match=rf"^{name} must be text, got {re.escape(repr(value))}$"):
            wan.history(**{name: value})


def test_stars_and_tags_stand_in_table_and_rows(made: list[wan.Picture]) -> None:
    found = wan.history()
    found = found.star(found[0], found[2]).tag(found[1], "cover", "b").tag([found[0]], "cover")
    assert [(row["starred"], row["tags"]) for row in found.to_dicts()] == [
        (True, "cover"),
        (False, "b, cover"),
        (True, ""),
    ]
    assert "★ cover" in repr(found)
    assert [picture.seed for picture in wan.history(starred=True)] == [2, 0]
    assert [picture.seed for picture in wan.history(starred=True, tag="cover")] == [2]
    assert len(found.star(*found, on=False).star(found[1]).filter.words) == 0
    assert [picture.seed for picture in wan.history(starred=True)] == [1]


@pytest.mark.seldom
def test_the_bin_by_python(made: list[wan.Picture]) -> None:
    found = wan.history()
    (there,) = found.delete(found[1])
    assert there.parts[-3] == "wan_bin"
    assert len(found.again()) == 2
    (binned,) = wan.history(binned=True)
    assert binned.seed == 1
    assert wan.history().restore(binned) == [made[1].path]
    assert found.undo() == [], "it is back already"
    assert len(found.again()) == 3


def test_a_sheet_has_every_picture_and_overwrites_none(made: list[wan.Picture], tmp_path: Path) -> None:
    found = wan.history()
    paths = [found.sheet(tmp_path / "sheet.jpg"), found.sheet(tmp_path / "sheet.jpg", pictures=found[:1])]
    assert [path.name for path in paths] == ["sheet.jpg", "sheet-2.jpg"]
    wide, one = (decode(path.read_bytes()).size for path in paths)
    assert wide[0] > one[0]
    with pytest.raises(InvalidRequest, match=r"a sheet is a \.jpg file, got sheet\.png"):
        found.sheet(tmp_path / "sheet.png")
    with pytest.raises(InvalidRequest, match="a sheet has 1-100 pictures, got 0"):
        found.sheet(pictures=[])


def test_a_list_that_could_not_be_read_shows_in_its_traceback_without_a_fault_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def places(shelf: Shelf, wanted: object) -> list[object]:
        raise InvalidRequest("the index cannot be read")

    monkeypatch.setattr(Shelf, "places", places)
    with pytest.raises(InvalidRequest) as caught:
        wan.history()
    halves = [entry.frame.f_locals.get("self") for entry in caught.traceback]
    assert "<History>" in [repr(half) for half in halves if isinstance(half, History)]


def test_what_another_program_has_moved_and_copied_is_known_once_all_is_read_again(
    made: list[wan.Picture], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    kept = made[0].path.parent
    elsewhere = kept.with_name("from a friend")
    elsewhere.mkdir()
    moved = elsewhere / "moved.png"
    made[0].path.rename(moved)
    copied = elsewhere / "图片.png"
    copied.write_bytes(made[1].path.read_bytes())
    assert {picture.path for picture in wan.history()} == {each.path for each in made[1:]}
    found = {picture.path for picture in wan.history(rebuild=True)}
    assert found == {*(each.path for each in made[1:]), moved, copied}
    assert found == {picture.path for picture in wan.history()}
    assert f"{len(found)}/{len(found)}" in capsys.readouterr().err


def test_an_index_that_cannot_be_made_anew_is_one_line(
    made: list[wan.Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(index: object, folder: Path, progress: object) -> int:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("bailian_nb.gallery.index.Index.rebuild", locked)
    with pytest.raises(BailianError, match=r"^the index of pictures cannot be made anew: .*database is locked"):
        wan.history(rebuild=True)
    assert len(wan.history()) == len(made)
