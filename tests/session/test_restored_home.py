"""A home that was restored from a backup, or is new: what lies in the folder of pictures is not paid for again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb import config
from bailian_nb.gallery import newer
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.open_rows import VALUES

OTHER = {**VALUES, "seed": 8}


def restored(backup: Path) -> None:
    sessions.close_all()
    for name in ("journal.sqlite", "index.sqlite"):
        shutil.copy(backup / name, config.home() / name)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Make a picture, and a copy of the home with it."""
    wan.t2i("a hill", **VALUES).result(30)
    sessions.close_all()
    shutil.copytree(config.home(), tmp_path / "backup")
    return tmp_path / "backup"


def test_a_picture_that_a_restored_journal_does_not_know_answers_its_call(backup: Path) -> None:
    made = wan.t2i("a lake", **OTHER).result(30)
    restored(backup)
    sent = creates()
    again = wan.t2i("a lake", **OTHER).result(30)
    assert [picture.path for picture in again] == [picture.path for picture in made]
    assert again.cached
    assert creates() == sent
    assert [picture.record.prompt for picture in wan.history()] == ["a lake", "a hill"]


def test_one_that_was_changed_or_is_another_calls_does_not(backup: Path) -> None:
    (made,) = wan.t2i("a lake", **OTHER).result(30)
    restored(backup)
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    sent = creates()
    wan.t2i("a lake", **OTHER).result(30)
    wan.t2i("a wood", **OTHER).result(30)
    assert creates() == sent + 2


def test_a_new_home_on_a_folder_of_pictures_knows_them(backup: Path) -> None:
    sessions.close_all()
    for name in ("journal.sqlite", "index.sqlite"):
        (config.home() / name).unlink()
    shutil.rmtree(config.home() / "owners")
    sent = creates()
    assert wan.t2i("a hill", **VALUES).result(30).cached
    assert creates() == sent


def test_where_all_is_known_no_file_is_read_and_folders_are_listed_once(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[Path] = []
    days = newer.days
    monkeypatch.setattr(newer, "days", lambda folder: listed.append(folder) or days(folder))
    monkeypatch.setattr(newer, "picture_at", lambda path: pytest.fail(f"{path} was read"))
    for prompt in ("a lake", "a wood", "a town"):
        wan.t2i(prompt, **OTHER).result(30)
    assert len(listed) == 1


def test_much_is_taken_up_a_part_at_each_call(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in (11, 12, 13):
        wan.t2i("a lake", **{**VALUES, "seed": seed}).result(30)
    restored(backup)
    monkeypatch.setattr(newer, "SECONDS", 0.0)
    index = sessions.current().index
    out = config.out_dir(sessions.current().settings()).absolute()
    assert [index.take_up(out) for _ in range(5)] == [1, 1, 1, 0, 0]
    assert len(wan.history()) == 4
