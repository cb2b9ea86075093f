"""Folders: which file system the journal's lies on (SQLite and locks need a local disk), and which cannot be."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.config import check_writable, network_file_system
from bailian_nb.errors import InvalidRequest
from bailian_nb.session import session as sessions


class Mount(NamedTuple):
    mountpoint: str
    fstype: str


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = [Mount("/", "ext4"), Mount(str(tmp_path / "share"), "nfs4"), Mount(str(tmp_path / "share" / "in"), "xfs")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: found)  # noqa: A006  # psutil's own name
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "kind"), [("share/home", "nfs4"), ("share", "nfs4"), ("share/in/home", ""), ("shared", ""), ("", "")]
)
def test_the_innermost_mount_decides(mounts: Path, folder: str, kind: str) -> None:
    assert network_file_system(mounts / folder) == kind


def test_nobody_can_tell_is_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(all: bool) -> None:  # noqa: A002  # psutil's own name
        raise PermissionError

    monkeypatch.setattr(psutil, "disk_partitions", refuse)
    assert network_file_system(tmp_path) == ""


def test_a_journal_on_a_network_file_system_is_said_in_one_line(mounts: Path, caplog: pytest.LogCaptureFixture) -> None:
    session = sessions.Session(mounts / "share" / "home")
    try:
        with caplog.at_level(logging.WARNING, "bailian_nb"):
            assert session.journal
            assert session.journal
    finally:
        session.close()
    (line,) = caplog.messages
    assert "nfs4" in line
    assert "local disk" in line


NUL = "lstat: embedded null character in path" if sys.version_info >= (3, 13) else "embedded null byte"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\0b", f"can be no folder's name ({NUL})"),
        ("new/" + "x" * 300, "can be no folder's name (File name too long)"),
        ("x" * 300 + "/in it", "can be no folder's name (File name too long)"),
        ("/".join(["deep" * 50] * 20), "its pictures' names would be too long (File name too long)"),
        ("half \ud800", "can be no folder's name ('utf-8' codec can't encode"),
        ("file/below", "file is no folder"),
    ],
    ids=["nul", "long", "long parent", "deep", "surrogate", "file"],
)
def test_a_folder_that_the_system_refuses_is_refused_before_anything_is_sent(
    name: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidRequest) as error:
        wan.t2i("A cat", out_dir=f"{tmp_path}/{name}")
    assert str(error.value).startswith("pictures cannot be saved in ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert sessions.current().pending() == 0
    assert {path.name for path in tmp_path.iterdir()} <= {"file", "user", "home"}
    assert not [path for path in (tmp_path / "home").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["new", "new/er", "../beside", "with space/und ü/图"])
def test_a_folder_that_may_be_made_is_taken_and_not_made(name: str, tmp_path: Path) -> None:
    check_writable(tmp_path / "in" / name)
    assert {path.name for path in tmp_path.iterdir()} <= {"user"}


@pytest.mark.parametrize("words", [["t2i", "A cat"], ["history"], ["resume"]])
def test_a_home_that_cannot_be_written_is_named_in_one_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "file"))
    assert cli.main(words) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert f"BAILIAN_NB_HOME cannot be kept in {tmp_path}/file" in line
    assert "set it to a folder that can be written" in line
