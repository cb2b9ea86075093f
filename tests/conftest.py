"""What holds for every test below: its sessions end with it, and none waits. A photograph, a world for who asks."""

from __future__ import annotations

import io
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .world.jumping_clock import JumpingClock, standing_still
from .world.world import World
from .world.written_before import LATER, Since, Written, unpack

collect_ignore = ["data"]
"""A notebook that lies there is data: nbval would run it."""
SELDOM = 4.0
"""Seconds between two looks of a Job that follows another kernel's: each is a jump of the clock and two threads."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave two of three cases of a `matrix` to the slow part: always the same, and never all cases of a test."""
    begun: set[str] = set()
    for item in items:
        if item.get_closest_marker("matrix") is None:
            continue
        test = item.nodeid.partition("[")[0]
        if test in begun and zlib.crc32(item.nodeid.encode()) % 3:
            item.add_marker(pytest.mark.slow)
        begun.add(test)


@pytest.fixture(autouse=True)
def _sessions_end() -> Iterator[None]:
    yield
    module = sys.modules.get("bailian_nb.session.session")
    if module is not None:
        module.close_all()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> JumpingClock:
    """Let no session of this process wait for the emulator: their clock jumps, one for all sessions of a test.

    It stands still while one closes, or on a busy machine a task that is out would come to its end meanwhile.
    """
    from bailian_nb.jobs import follow
    from bailian_nb.session import session

    def close(closing: session.Session) -> None:
        with standing_still():
            really_close(closing)

    clock, really_close = JumpingClock(), session.Session.close
    monkeypatch.setattr(session.Session, "close", close)
    monkeypatch.setattr(session, "new_clock", lambda: clock)
    monkeypatch.setattr(follow, "LOOK", SELDOM)
    return clock


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT reach this process and its children, which a shell makes its background jobs ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def unlimited() -> Iterator[None]:
    """Let every model be sent far more often than the table says, which client and emulator read."""
    from bailian_nb import specs

    rows = specs.models()
    table = specs._models  # a test may put another one in its place for a while
    for row in rows:
        limits = tuple(replace(limit, submits_per_second=100.0, tasks_at_once=20) for limit in row.limits)
        specs.register(replace(row, limits=limits))
    yield
    table.update((row.name, row) for row in rows)


@pytest.fixture(scope="session")
def drawn_photo() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((512, 512)).convert("RGB").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def photo(tmp_path: Path, drawn_photo: bytes) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(drawn_photo)
    return path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "home", tmp_path / "out")
    yield world
    world.close()


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    worlds: list[World] = []

    def make(**settings: Any) -> World:
        worlds.append(World(tmp_path / "home", tmp_path / "out", **settings))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """What an earlier version wrote, opened ten minutes after that in its own folder and time zone."""
    from bailian_nb.accounts.registry import Accounts
    from bailian_nb.emulator import create_app
    from bailian_nb.session import session as sessions

    folder = tmp_path.resolve() / "written"
    said = unpack(folder)
    home, clock = folder / "home", Since(said["at"] + LATER)
    monkeypatch.setattr(
        Accounts, "_emulator", lambda self, seconds: create_app(home, clock=clock.now, sleep=clock.sleep)
    )
    monkeypatch.setenv("BAILIAN_NB_HOME", str(home))
    monkeypatch.setenv("BAILIAN_NB_OUT", str(folder / "out"))
    monkeypatch.chdir(folder / "lab")
    session = sessions._sessions[home] = sessions.Session(home, clock=clock)
    with pytest.MonkeyPatch.context() as zone:
        zone.setenv("TZ", "UTC")
        _read_zone()
        yield Written(folder=folder, said=said, session=session)
    _read_zone()


def _read_zone() -> None:
    """Let local time follow TZ, where the system can."""
    if hasattr(time, "tzset"):
        time.tzset()
