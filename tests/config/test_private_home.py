"""What a call leaves in BAILIAN_NB_HOME is for its owner alone, whatever the umask; pictures are as it says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb import config

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a folder of a Windows user is private by its place")


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def loose(home: Path) -> list[Path]:
    found = [home, *home.rglob("*")]
    return [path for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


@pytest.mark.parametrize("there", [False, True], ids=["a new home", "a home of an older version"])
def test_a_call_leaves_nothing_that_others_can_read(there: bool, photo: Path, tmp_path: Path) -> None:
    if there:
        (config.home() / "owners").mkdir(parents=True)
        (config.home() / "index.sqlite").write_bytes(b"")
        assert loose(config.home())
    picture = wan.edit(photo, "instruct", "hat", seed=1).result(30)[0]
    assert stat.S_IMODE(config.home().stat().st_mode) == 0o700
    assert loose(config.home()) == []
    assert len(list(config.home().rglob("*"))) > 8
    assert stat.S_IMODE(picture.path.stat().st_mode) == 0o644
    assert config.exposed(config.home()) == ""


def test_a_home_that_holds_something_else_is_told_and_left(tmp_path: Path) -> None:
    config.home().mkdir()
    (config.home() / "thesis.txt").write_text("")
    config.check_home(config.home())
    assert stat.S_IMODE(config.home().stat().st_mode) == 0o755
    assert "thesis.txt is not ours" in config.exposed(config.home())
