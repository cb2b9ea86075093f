"""A clock that jumps during a Job, and a service that never says anything sensible: each Job ends, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.errors import BailianError, DownloadError, TaskExpired
from bailian_nb.jobs import Job, take_up

from ..jobs.world import FastClock, World
from .meddler import Answer, At, Meddler, end, put, raw
from .test_table import request

DAY = 86_400.0


class Jumpy(FastClock):
    """Our clock, which somebody sets; the service's own, `steady`, goes on as it should."""

    def __init__(self, speed: float = 400.0) -> None:
        super().__init__(speed)
        self.off = 0.0

    def steady(self) -> float:
        return super().now()

    def now(self) -> float:
        return self.steady() + self.off


@pytest.fixture
def clock() -> Jumpy:
    return Jumpy()


@pytest.fixture
def make(tmp_path: Path, clock: Jumpy) -> Any:
    worlds: list[World] = []

    def world() -> World:
        made = World(tmp_path / "home", tmp_path / "out", clock)
        settings = EmulatorSettings(latency=(20.0, 30.0))
        made.app = made.way.app = create_app(tmp_path / "home" / "emulator", settings, clock=clock.steady)
        worlds.append(made)
        return made

    yield world
    for each in worlds:
        each.close()


def resume(world: World) -> list[Job]:
    found = take_up(
        world.journal,
        world.runner,
        world.account,
        world.clock,
        known=lambda name: False,
        attach=lambda job: job.attach(world.runner, world.callbacks, world.callback_loop),
    )
    return found.jobs


@pytest.mark.parametrize("when", ["create", "query", "download"])
@pytest.mark.parametrize("jump", [-DAY, -3600.0, 3600.0, DAY + 60, 400 * DAY])
def test_a_clock_that_is_set_loses_no_picture(make: Any, clock: Jumpy, when: At, jump: float) -> None:
    world = make()

    def jumps(real: object) -> Response | None:
        clock.off = jump
        return None

    world.way.app = meddler = Meddler(app=world.app, at=when, answer=jumps)
    job = world.job(request())
    job.wait(10)
    assert job.final
    if job.status != "SUCCEEDED":
        assert "24 hours" in str(job.error)
        clock.off = 0.0
        world.close()
        (job,) = resume(make())
    assert len(job.result(10)) == 1
    assert meddler.asked["create"] == 1


def test_a_clock_that_is_set_between_two_kernels_loses_no_picture(make: Any, clock: Jumpy) -> None:
    world = make()
    job = world.job(request())
    while not job.task_id:
        job.wait(0.01)
    world.die()
    clock.off = -DAY
    (job,) = resume(make())
    assert len(job.result(10)) == 1


def test_a_throttled_create_does_not_sleep_until_tomorrow_when_the_clock_goes_back(make: Any, clock: Jumpy) -> None:
    world = make()
    world.way.app = Meddler(
        app=world.app, at="create", answer=lambda real: setattr(clock, "off", -DAY) or Response(b"", 429), times=2
    )
    assert len(world.job(request()).result(10)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "answer", "kind"),
    [
        ("query", raw(), TaskExpired),
        ("query", raw(b"<html>", 502), TaskExpired),
        ("query", put("output.task_status", "DANCING"), TaskExpired),
        ("query", end("output.results", None), DownloadError),
        ("download", raw(), DownloadError),
        ("download", raw(b"<html>", 500), DownloadError),
    ],
)
def test_what_never_makes_sense_ends_after_a_day(make: Any, clock: Jumpy, at: At, answer: Answer, kind: type) -> None:
    clock.speed = 20_000.0
    world = make()
    world.way.app = meddler = Meddler(app=world.app, at=at, answer=answer)
    job = world.job(request()).wait(60)
    assert isinstance(job.error, kind)
    assert isinstance(job.error, BailianError)
    assert meddler.asked["create"] == 1
    assert sum(meddler.asked.values()) < 15_000
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state in ("accepted", "expired")
