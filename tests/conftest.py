"""What holds for every test below: its sessions end with it. A photograph, a quick emulator, a world for who asks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .world.world import World
from .world.written_before import LATER, Since, Written, unpack

collect_ignore = ["data"]
"""A notebook that lies there is data: nbval would run it."""


@pytest.fixture(autouse=True)
def _sessions_end() -> Iterator[None]:
    yield
    module = sys.modules.get("bailian_nb.session.session")
    while module is not None and module._sessions:
        module._sessions.popitem()[1].close()


@pytest.fixture(autouse=True)
def plain_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the emulator of this process draw without its twice as large canvas, which takes half of its time."""
    from bailian_nb.emulator.drawing import canvas

    monkeypatch.setattr(canvas, "_LARGE", 0)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the emulator of this process be done sooner, and be asked sooner; its limits stay."""
    from bailian_nb.accounts.registry import Accounts
    from bailian_nb.emulator import EmulatorSettings, create_app
    from bailian_nb.specs import service

    low, high = 0.04, 0.2
    monkeypatch.setattr(service, "EMULATOR_SECONDS", (low, high))
    monkeypatch.setattr(
        Accounts, "_emulator", lambda self: create_app(self.home, EmulatorSettings(latency=(low, high)))
    )


@pytest.fixture
def unlimited() -> Iterator[None]:
    """Let every model be sent far more often than the table says, which client and emulator read."""
    from bailian_nb import specs

    rows = specs.models()
    for row in rows:
        limits = tuple(replace(limit, submits_per_second=100.0, tasks_at_once=20) for limit in row.limits)
        specs.register(replace(row, limits=limits))
    yield
    for row in rows:
        specs.register(row)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.radial_gradient("L").resize((512, 512)).convert("RGB").save(path)
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
    monkeypatch.setattr(Accounts, "_emulator", lambda self: create_app(home, clock=clock.now, sleep=clock.sleep))
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
