"""A name either holds the whole content or does not exist, no link is followed, and nothing is left of a failure."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.system import files
from bailian_nb.system.files import PRIVATE, write_new, write_whole


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


# One file as a whole


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_file_system", "_umask")
def test_a_file_is_written_as_a_whole_in_the_place_of_another_or_beside_it(out: Path) -> None:
    path = out / "new" / "a"
    assert write_whole(path, b"one")
    assert write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert not write_whole(path, b"three", overwrite=False)
    assert path.read_bytes() == b"two"
    assert write_whole(path.with_name("b"), b"private", mode=PRIVATE, overwrite=False, lasting=False)
    assert (mode(path), mode(path.with_name("b"))) == (0o644, 0o600)
    assert names(out / "new") == ["a", "b"]


@pytest.mark.usefixtures("_file_system")
def test_the_place_of_a_draft_cannot_be_taken_by_a_link(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = out / "victim"
    victim.write_bytes(b"mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    (out / ".guessed.tmp").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_whole(out / "a", b"theirs")
    with pytest.raises(FileExistsError):
        write_new(out, "a", {".png": b"theirs"})
    assert victim.read_bytes() == b"mine"
    assert names(out) == [".guessed.tmp", "victim"], "what we did not make is not ours to remove"


@pytest.mark.usefixtures("_file_system")
@pytest.mark.parametrize("target", ["victim", "nowhere"])
def test_a_link_under_a_name_of_ours_is_never_followed(target: str, out: Path) -> None:
    victim = out / "victim"
    victim.write_bytes(b"mine")
    for name in ("a", "b", "c.png"):
        (out / name).symlink_to(out / target)
    assert write_whole(out / "a", b"theirs")
    assert not write_whole(out / "b", b"theirs", overwrite=False)
    assert write_new(out, "c", {".png": b"theirs"}).name == "c-2"
    assert victim.read_bytes() == b"mine"
    assert not (out / "a").is_symlink()
    assert (out / "b").is_symlink()
    assert names(out) == ["a", "b", "c-2.png", "c.png", "victim"]


def test_a_link_of_the_users_own_stays_and_leads_to_the_file(out: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "page").write_bytes(b"old")
    (disk / "page").chmod(0o640)
    (disk / "step").symlink_to("page")
    (out / "page").symlink_to(disk / "step")
    (out / "new").symlink_to(disk / "not there yet")
    assert write_whole(out / "page", b"page", follow=True)
    assert write_whole(out / "new", b"new", follow=True)
    assert [(out / name).is_symlink() for name in names(out)] == [True, True]
    assert [(disk / name).read_bytes() for name in ("page", "not there yet")] == [b"page", b"new"]
    assert mode(disk / "page") == 0o640, "a file that is overwritten keeps its permissions"
    assert names(disk) == ["not there yet", "page", "step"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows does not tell whose a link is")
def test_a_link_of_somebody_else_is_replaced(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = out / "victim"
    victim.write_bytes(b"mine")
    (out / "page").symlink_to(victim)
    us = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: us + 1)
    assert write_whole(out / "page", b"page", follow=True)
    assert (victim.read_bytes(), (out / "page").read_bytes()) == (b"mine", b"page")


def test_what_is_no_file_is_not_overwritten(out: Path) -> None:
    (out / "loop").symlink_to(out / "loop")
    (out / "folder").mkdir()
    os.mkfifo(out / "pipe")
    for name in ("loop", "folder", "pipe"):
        with pytest.raises(OSError):
            write_whole(out / name, b"x", follow=True)
    assert names(out) == ["folder", "loop", "pipe"]


# Files that another program holds, and interrupts


@pytest.mark.usefixtures("_file_system")
@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "held"),
        PermissionError(),
        OSError(errno.EBUSY, ""),
        OSError(errno.ETXTBSY, ""),
        OSError(errno.EAGAIN, ""),
        OSError("a sharing violation"),
    ],
)
def test_a_file_that_another_program_holds_for_a_moment_is_tried_again(
    error: OSError, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = dict.fromkeys(("replace", "unlink"), 2)

    def busy(name: str) -> None:
        real = getattr(os, name)

        def once(*args: Any, **more: Any) -> Any:
            if held[name]:
                held[name] -= 1
                raise error
            return real(*args, **more)

        monkeypatch.setattr(os, name, once)

    for name in held:
        busy(name)
    write_whole(out / "a", b"one")
    write_whole(out / "a", b"two")
    write_new(out, "b", {".json": b"{}", ".png": b"PNG"})
    assert names(out) == ["a", "b.json", "b.png"]
    assert (out / "a").read_bytes() == b"two"
    assert not any(held.values())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EXDEV, errno.EIO])
def test_what_does_not_pass_by_itself_is_said_at_once(code: int, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Any] = []

    def full(*args: Any) -> None:
        tries.append(args)
        raise OSError(code, os.strerror(code))

    for name in ("replace", "link"):
        monkeypatch.setattr(os, name, full)
        tries.clear()
        with pytest.raises(OSError, match=re.escape(os.strerror(code))):
            write_whole(out / "a", b"one") if name == "replace" else write_new(out, "b", {".png": b"PNG"})
        assert len(tries) == 1
    assert names(out) == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EAGAIN])
def test_a_name_that_is_refused_once_costs_no_picture(code: int, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, tries = os.link, []

    def once(*args: Any) -> None:
        tries.append(args)
        if len(tries) == 1:
            raise OSError(code, "The process cannot access the file")
        real(*args)

    monkeypatch.setattr(os, "link", once)
    write_new(out, "b", {".json": b"{}", ".png": b"PNG"})
    assert names(out) == ["b.json", "b.png"]


def test_a_file_that_is_held_for_good_is_said_and_leaves_nothing_behind(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "held")

    monkeypatch.setattr(files, "HELD_SECONDS", 0.05)
    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(PermissionError, match="held"):
        write_whole(out / "a", b"one")
    monkeypatch.setattr(os, "link", _refuse_link)
    with pytest.raises(PermissionError, match="held"):
        write_new(out, "a", {".png": b"PNG"})
    assert names(out) == []


def test_the_wait_for_a_held_file_hears_an_interrupt(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "held")

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(out / "a", b"one")
    assert names(out) == []


@pytest.mark.usefixtures("_file_system")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["link", "replace", "fsync"])
@pytest.mark.parametrize("number", [1, 2])
def test_an_interrupt_leaves_all_or_nothing(
    step: str, after: bool, number: int, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = getattr(os, step), []

    def interrupt(*args: Any, **more: Any) -> None:
        calls.append(step)
        if len(calls) < number:
            real(*args, **more)
            return
        if after:
            real(*args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupt)
    with contextlib.suppress(KeyboardInterrupt):
        write_new(out, "a", {".json": b"{}", ".png": b"PNG"})
    assert names(out) in ([], ["a.json", "a.png"])
    before = names(out)
    with contextlib.suppress(KeyboardInterrupt):
        write_whole(out / "b", b"b", overwrite=False)
    with contextlib.suppress(KeyboardInterrupt):
        write_whole(out / "c", b"c")
    assert set(names(out)) - set(before) <= {"b", "c"}
