"""The key, through every way in, while each file of a used home in turn cannot be used: nothing shows it.

Standard output and error, what is displayed, the log at its loudest, and every traceback with the locals of its frames
as `%xmode Verbose` prints them.
"""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.errors import BailianError
from bailian_nb.session import session as sessions
from bailian_nb.system import files as system_files

from ..notebook.conftest import Cells, _small, make_cells  # noqa: F401  # fixtures
from ..world.altered import alter
from .strict import Strict
from .traces import leaks, shown_by

pytestmark = pytest.mark.usefixtures("unlimited")

KEY = "sk-Made+Up/For~The+Tests~0123456789"
SMALL = {"size": "512*512", "model": "wanx2.1-t2i-turbo"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@cache
def _hook() -> dict[str, Callable[[str, bool], OSError | None] | None]:
    """Have every opening of a file asked about; a hook is there for good, so it asks what stands here."""
    asked: dict[str, Callable[[str, bool], OSError | None] | None] = {"now": None}

    def hear(event: str, given: tuple[Any, ...]) -> None:
        judge = asked["now"]
        if judge is None or event not in ("open", "sqlite3.connect", "os.mkdir", "os.rename", "os.link"):
            return
        path = given[0]
        if not isinstance(path, str | bytes | os.PathLike):
            return
        mode, flags = (given[1], given[2]) if event == "open" else ("", 0)
        writes = event != "open" or bool(flags & WRITES) or any(each in (mode or "") for each in "wax+")
        if (fault := judge(os.fsdecode(path), writes)) is None:
            return
        if event == "sqlite3.connect":
            raise sqlite3.OperationalError(f"unable to open database file: {fault}")
        raise fault

    sys.addaudithook(hear)
    return asked


@contextlib.contextmanager
def opening(judge: Callable[[str, bool], OSError | None]) -> Iterator[None]:
    asked = _hook()
    asked["now"] = judge
    try:
        yield
    finally:
        asked["now"] = None


@contextlib.contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Refuse a file as `chmod 0` does, which means nothing to root."""

    def judge(opened: str, writes: bool) -> OSError | None:
        return PermissionError(errno.EACCES, "Permission denied", opened) if opened == str(path) else None

    with opening(judge):
        yield


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """Let nothing be written below a folder any more."""

    def judge(opened: str, writes: bool) -> OSError | None:
        below = writes and opened.startswith(str(folder))
        return OSError(errno.ENOSPC, "No space left on device", opened) if below else None

    with opening(judge):
        yield


@contextlib.contextmanager
def swapped(path: Path) -> Iterator[None]:
    """Put a folder in the place of a file, or a file in that of a folder."""
    if path.is_dir():
        shutil.rmtree(path)
        path.write_text("in the way")
    else:
        path.unlink()
        path.mkdir()
    yield


@contextlib.contextmanager
def broken(path: Path) -> Iterator[None]:
    """Put noise in the place of what a file held."""
    if path.is_file():
        path.write_bytes(b"\xff\x00 no file of ours " * 300)
    yield


KINDS = {"swapped": swapped, "broken": broken, "unreadable": unreadable}

Way = Callable[[Cells, int], object]


def magic(source: str) -> Way:
    def run(cells: Cells, number: int) -> object:
        ran = cells(source.replace("NUMBER", str(number)))
        if (job := cells.names.pop("job", None)) is not None:
            job.wait(20)
        return [ran.printed, [output.bundles for output in ran.outputs], repr(ran.value), ran.error, job]

    return run


def command(*words: str) -> Way:
    return lambda cells, number: cli.main([word.replace("NUMBER", str(number)) for word in words])


def drawn(cells: Cells, number: int) -> object:
    return wan.t2i(f"a hill {number}", seed=number, **SMALL).wait(20)


def edited(cells: Cells, number: int) -> object:
    picture = Image.new("RGB", (512, 512), (number % 255, 0, 0))
    return wan.edit(picture, "instruct", f"A hat {number}", seed=number).wait(20)


def swept(cells: Cells, number: int) -> object:
    return [job for job in wan.sweep(prompt=f"a lake {number}", seed=[number], **SMALL).run().wait(20).jobs if job]


def pressed(cells: Cells, number: int) -> object:
    """Press the painter's Run button, as a page does."""
    painter = wan.MaskPainter(Image.new("RGB", (512, 512), "tan"), options={"seed": number})
    painter.fill()
    painter._handle_custom_msg({"kind": "run", "prompt": f"a hat {number}"}, [])
    if painter.job is not None:
        painter.job.wait(20)
    return [painter.fault, painter.run, painter.job]


WAYS: dict[str, Way] = {
    "%%wan_t2i": magic("%%wan_t2i -m wanx2.1-t2i-turbo --size 512*512 --seed NUMBER -o job\na hill NUMBER"),
    "%wan_edit": magic("%wan_edit instruct photo.png 'a hat NUMBER' --seed NUMBER -o job"),
    "%wan jobs": magic("%wan jobs"),
    "%wan resume": magic("%wan resume"),
    "%wan cost": magic("%wan cost"),
    "%wan history": magic("%wan history"),
    "%wan doctor": magic("%wan doctor"),
    "wan.t2i": drawn,
    "wan.edit": edited,
    "wan.sweep": swept,
    "wan.resume": lambda cells, number: wan.resume(),
    "the painter": pressed,
    "t2i": command("t2i", "a hill NUMBER", "-m", "wanx2.1-t2i-turbo", "--size", "512*512", "--seed", "NUMBER"),
    "resume": command("resume"),
    "history": command("history"),
    "cost": command("cost"),
    "doctor": command("doctor"),
}


@pytest.fixture(scope="module")
def service() -> Iterator[Strict]:
    strict = Strict(KEY)
    yield strict
    strict.close()


@pytest.fixture
def cells(
    make_cells: Callable[..., Cells],  # noqa: F811
    service: Strict,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Cells:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", service.base_url)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing leaves this machine
    monkeypatch.setattr(BailianError, "show_traceback", True)
    monkeypatch.setattr(system_files, "HELD_SECONDS", 0.05)  # no scanner lets go of a file here
    made = make_cells()
    made("%xmode Verbose")
    Image.new("RGB", (512, 512), "tan").save(tmp_path / "photo.png")
    return made


@pytest.fixture
def used(cells: Cells, tmp_path: Path) -> Path:
    """A home in which pictures were made and edited, a sweep was marked, and a task is open."""
    home = tmp_path / "home"
    for way in ("wan.t2i", "wan.edit", "wan.sweep"):
        WAYS[way](cells, 1)
    job = drawn(cells, 2)
    assert isinstance(job, wan.Job)
    assert job.error is None, job.error
    sessions.current().close()
    alter(home / "journal.sqlite", job.id, state="accepted", finished=None)
    shutil.rmtree(tmp_path / "used", ignore_errors=True)
    shutil.copytree(home, tmp_path / "used")
    return tmp_path / "used"


def files(home: Path) -> list[str]:
    """Return what lies in a home, by names that are the same in each."""
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


def faults(home: Path) -> list[tuple[str, str]]:
    """Return what may be wrong with which file; of the places for tasks, two stand for all."""
    names = [name for name in files(home) if not re.search(r"/running/([2-9]|\d\d+)\.lock$", name)]
    found = [(kind, name) for name in names for kind in KINDS]
    found = [(kind, name) for kind, name in found if kind != "broken" or (home / name).is_file()]
    return [*found, ("full", "home"), ("full", "out"), ("full", "")]


def leaked(way: str, kind: str, name: str, cells: Cells, folder: Path, log: list[logging.LogRecord]) -> list[str]:
    """Go one way in while one file cannot be used; return where the key was seen."""
    number = abs(hash((way, kind, name))) % 1_000_000
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / "used", home)
    log.clear()
    printed, result, raised = io.StringIO(), None, None
    fault = full(folder / name) if kind == "full" else KINDS[kind](home / name)
    with fault, contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            result = WAYS[way](cells, number)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever it is, it shows no key
            raised = error
        jobs = sessions.current().jobs()
    words = [printed.getvalue(), repr(result)]
    errors = [each for each in (raised, *_errors(result), *(job.error for job in jobs)) if each is not None]
    for each in errors:
        words += shown_by(each)
        words += getattr(each, "_render_traceback_", list)()
    words += [f"{record.getMessage()} {vars(record)!r} {record.exc_text or ''}" for record in log]
    for record in log:
        if record.exc_info and record.exc_info[1] is not None:
            words += shown_by(record.exc_info[1])
    with contextlib.suppress(Exception):
        sessions.current().close()
    return [f"{way}, {kind} {name}: {form} in {text[:400]}" for text in words for form in leaks(KEY, text)]


def _errors(result: object) -> list[BaseException]:
    if isinstance(result, BaseException):
        return [result]
    if isinstance(result, list):
        return [error for each in result for error in _errors(each)]
    error = getattr(result, "error", None)
    return [error] if isinstance(error, BaseException) else []


@pytest.fixture
def log() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged, at the loudest."""
    found: list[logging.LogRecord] = []

    class Keeps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    root, handler = logging.getLogger(), Keeps(logging.DEBUG)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.slow
def test_no_file_of_a_home_that_cannot_be_used_shows_the_key(
    cells: Cells, used: Path, tmp_path: Path, log: list[logging.LogRecord], service: Strict
) -> None:
    """Each fault of what lies in the home itself on two ways, one of each sort of other file; `slow` has them all."""
    assert {"index.sqlite", "inputs", "journal.sqlite", "limits", "owners", "salt"} <= set(files(used))
    sorts: dict[str, tuple[str, str]] = {}
    for kind, name in faults(used):
        sort = re.sub(r"[0-9a-f]{6,}|\d+|wanx[^/]*|running|creating", "*", name) if "/" in name else f"{kind} {name}"
        sorts.setdefault(sort, (kind, name))
    wanted = [(way, *fault) for way, fault in zip(itertools.cycle(WAYS), sorts.values(), strict=False)]
    wanted += [("wan.t2i", kind, name) for kind, name in sorts.values() if "/" not in name and kind != "broken"]
    assert {way for way, *_ in wanted} == set(WAYS)
    found = [each for one in dict.fromkeys(wanted) for each in leaked(*one, cells, tmp_path, log)]
    assert not found, "\n".join(found[:5])
    assert not service.refused


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_in_shows_the_key_whatever_file_cannot_be_used(
    way: str, cells: Cells, used: Path, tmp_path: Path, log: list[logging.LogRecord]
) -> None:
    found = [each for fault in faults(used) for each in leaked(way, *fault, cells, tmp_path, log)]
    assert not found, "\n".join(found[:5])
