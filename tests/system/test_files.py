"""A name either holds the whole content or does not exist, and no file is ever replaced."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.system.files import write_new


@pytest.fixture(params=["links", "no links"])
def _file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no links":
        monkeypatch.setattr(os, "link", _refuse_link)


def _refuse_link(*_: Any) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("_file_system")
def test_contents_appear_whole_and_nothing_else_is_left(out: Path) -> None:
    assert write_new(out / "new" / "day", "a", {".json": b"{}", ".png": b"PNG"}) == out / "new" / "day" / "a"
    assert names(out / "new" / "day") == ["a.json", "a.png"]
    assert (out / "new" / "day" / "a.png").read_bytes() == b"PNG"


@pytest.mark.usefixtures("_file_system")
@pytest.mark.parametrize("taken", ["a.png", "a.json", "a.jpg", "a.webp"])
def test_a_taken_name_is_left_alone_and_the_next_one_used(taken: str, out: Path) -> None:
    (out / taken).write_bytes(b"mine")
    for name in ("a-2", "a-3"):
        assert write_new(out, "a", {".json": b"{}", ".png": b"PNG"}, reserved=[".jpg", ".webp"]).name == name
    assert (out / taken).read_bytes() == b"mine"
    assert names(out) == sorted([taken, "a-2.json", "a-2.png", "a-3.json", "a-3.png"])


@pytest.mark.usefixtures("_file_system")
def test_many_at_once_each_get_a_name_of_their_own(out: Path) -> None:
    found: list[tuple[str, bytes]] = []

    def write(content: bytes) -> None:
        found.append((write_new(out, "a", {".json": content, ".png": content}).name, content))

    threads = [threading.Thread(target=write, args=(b"%d" % number * 1000,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({name for name, _ in found}) == 12
    for name, content in found:
        assert (out / f"{name}.png").read_bytes() == (out / f"{name}.json").read_bytes() == content
    assert len(names(out)) == 24


@pytest.mark.usefixtures("_file_system")
def test_a_full_disk_is_said_and_leaves_nothing_behind(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_new(out, "a", {".json": b"{}", ".png": b"PNG"})
    assert names(out) == []


def test_a_link_that_fails_for_another_reason_is_said_and_leaves_nothing_behind(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link

    def failing(source: Any, target: Any) -> None:
        if str(target).endswith(".png"):
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "link", failing)
    with pytest.raises(OSError, match="Input/output"):
        write_new(out, "a", {".json": b"{}", ".png": b"PNG"})
    assert names(out) == []


def test_the_contents_are_synced_before_their_names_and_the_folder_after(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    sync, link = os.fsync, os.link

    def note_sync(descriptor: int) -> None:
        seen.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112
        sync(descriptor)

    def note_link(source: Any, target: Any) -> None:
        seen.append(Path(target).suffix)
        link(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "link", note_link)
    write_new(out, "a", {".json": b"{}", ".png": b"PNG"})
    if not Path("/proc/self/fd").exists():
        seen = ["folder" if entry == "file" and number > 1 else entry for number, entry in enumerate(seen)]
    assert seen == ["file", "file", ".json", ".png", "folder", "folder"]


def test_a_folder_that_vanishes_is_made_again(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = out / "day"
    real = os.link
    calls = []

    def vanish(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 1:
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
        real(source, target)

    monkeypatch.setattr(os, "link", vanish)
    write_new(folder, "a", {".json": b"{}", ".png": b"PNG"})
    assert names(folder) == ["a.json", "a.png"]


def test_a_file_in_the_folders_place_is_an_error(out: Path) -> None:
    (out / "day").write_bytes(b"")
    with pytest.raises(OSError):
        write_new(out / "day", "a", {".png": b"PNG"})
