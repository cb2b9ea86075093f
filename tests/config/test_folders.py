"""Which file system the journal's folder lies on: SQLite and file locks need a local disk."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from bailian_nb import session as sessions
from bailian_nb.config import network_file_system


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
