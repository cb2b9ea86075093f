"""What is ours is for its owner alone: homes are made so, older ones are tightened, and what is not ours is left."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailian_nb.system import files
from bailian_nb.system.files import exposed, open_lock, private_file, private_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a folder of a Windows user is private by its place")


@pytest.fixture(autouse=True, params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def loose(home: Path) -> Path:
    """Make a home as an older version left it."""
    (home / "limits" / "a" / "waiting").mkdir(parents=True)
    (home / "inputs").mkdir()
    for name in ("journal.sqlite", "index.sqlite", "index.broken", "limits/a/door.lock", "inputs/0a"):
        (home / name).write_bytes(b"x")
        (home / name).chmod(0o666)
    home.chmod(0o777)
    return home


def test_a_folder_is_made_for_its_owner_alone_and_those_around_it_are_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    home = tmp_path / "share" / "home"
    for _ in range(2):
        private_folder(home)
    assert mode(home) == 0o700
    assert mode(home.parent) & 0o055
    assert exposed(home) == ""
    private_folder(home / "limits" / "a" / "waiting")
    assert {mode(path) for path in home.rglob("*")} == {0o700}, "inside it all are"


def test_a_home_of_an_older_version_is_tightened_with_all_that_lies_in_it(tmp_path: Path) -> None:
    home = loose(tmp_path / "home")
    assert exposed(home) == f"others can enter {home}: chmod 700 closes it to them"
    private_folder(home)
    assert exposed(home) == ""
    found = {path: mode(path) for path in [home, *home.rglob("*")]}
    assert len(found) == 10
    assert found == {path: 0o700 if path.is_dir() else 0o600 for path in found}


@pytest.mark.parametrize("name", ["place", "place.lock", "batch.sqlite-journal", "thumbnails", f".{'0a' * 8}.tmp"])
def test_nothing_that_we_keep_in_a_home_is_taken_for_somebody_elses(name: str, tmp_path: Path) -> None:
    home = loose(tmp_path / "home")
    (home / name).touch()
    private_folder(home)
    assert mode(home) == 0o700


def test_a_link_in_it_is_left_with_what_it_leads_to(tmp_path: Path) -> None:
    for name in ("file", "folder"):
        (tmp_path / name).mkdir() if name == "folder" else (tmp_path / name).write_bytes(b"")
        (tmp_path / name).chmod(0o755)
    home = loose(tmp_path / "home")
    (home / "salt").symlink_to(tmp_path / "file")
    (home / "emulator").symlink_to(tmp_path / "folder")
    private_folder(home)
    private_file(home / "salt")
    assert mode(home) == 0o700
    assert [mode(tmp_path / name) for name in ("file", "folder")] == [0o755, 0o755]


def test_a_folder_that_holds_something_else_keeps_its_permissions(tmp_path: Path) -> None:
    home = loose(tmp_path / "home")
    (home / "thesis.txt").write_text("")
    private_folder(home)
    assert mode(home) == 0o777
    assert mode(home / "journal.sqlite") == 0o666
    assert exposed(home) == (
        f"others can enter {home}, and its permissions were left since thesis.txt is not ours: chmod 700 closes it"
        " to them"
    )
    private_file(home / "journal.sqlite")
    assert mode(home / "journal.sqlite") == 0o600, "what is ours in it is tightened all the same"


def test_a_folder_for_everybody_such_as_tmp_keeps_its_permissions(tmp_path: Path) -> None:
    home = loose(tmp_path / "home")
    home.chmod(0o1777)
    private_folder(home)
    assert mode(home) == 0o1777


def test_a_folder_of_somebody_else_keeps_its_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = loose(tmp_path / "home")
    us = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: us + 1)
    private_folder(home)
    assert mode(home) == 0o777
    assert exposed(home) == f"{home} belongs to another user, who can read it"


def test_a_folder_without_permissions_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = loose(tmp_path / "home")
    asked: list[Path] = []
    monkeypatch.setattr(Path, "chmod", lambda path, mode: asked.append(path))
    for _ in range(3):
        private_folder(home)
    assert asked.count(home) == 1


def test_a_file_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"")
    with pytest.raises(FileExistsError):
        private_folder(tmp_path / "home")


def test_a_file_of_ours_is_made_or_tightened_and_never_opened_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private_file(tmp_path / "new")
    assert (mode(tmp_path / "new"), (tmp_path / "new").read_bytes()) == (0o600, b"")
    for before, after in ((0o644, 0o600), (0o444, 0o400), (0o755, 0o700)):
        (tmp_path / "new").chmod(before)
        monkeypatch.setattr(os, "open", lambda *_: pytest.fail("closing it lets go of the locks on it"))
        private_file(tmp_path / "new")
        monkeypatch.undo()
        assert mode(tmp_path / "new") == after


def test_a_lock_is_private(tmp_path: Path) -> None:
    with open_lock(tmp_path / "a.lock"):
        assert mode(tmp_path / "a.lock") == 0o600
    assert files.PRIVATE == 0o600
