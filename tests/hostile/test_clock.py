"""A clock that jumps during a Job, and a service that never says anything sensible: each Job ends, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.errors import BailianError, DownloadError, SubmitUncertain, TaskExpired
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import resume_rows

from ..world.hostile import request
from ..world.jumping_clock import ShiftedClock, until
from ..world.world import World, t2i
from .meddler import Answer, At, Meddler, end, put, raw

DAY = 86_400.0


@pytest.fixture
def clock() -> ShiftedClock:
    """Return our clock, which somebody sets; the service's own goes on as it should."""
    return ShiftedClock()


@pytest.fixture
def make(tmp_path: Path, clock: ShiftedClock) -> Any:
    worlds: list[World] = []

    def world() -> World:
        made = World(tmp_path / "home", tmp_path / "out", clock)
        settings = EmulatorSettings(latency=(20.0, 30.0))
        made.app = made.transport.app = create_app(tmp_path / "home" / "emulator", settings, clock=clock.right.now)
        worlds.append(made)
        return made

    yield world
    for each in worlds:
        each.close()


def resume(world: World) -> list[Job]:
    found = resume_rows(
        world.journal,
        world.runner,
        world.account,
        world.clock,
        known=lambda name: False,
        attach=lambda job: job.attach(world.runner, world.callbacks, world.callback_loop),
    )
    return found.jobs


@pytest.mark.matrix
@pytest.mark.parametrize("when", ["create", "query", "download"])
@pytest.mark.parametrize("jump", [-DAY, -3600.0, 3600.0, DAY + 60, 400 * DAY])
def test_a_clock_that_is_set_loses_no_picture(make: Any, clock: ShiftedClock, when: At, jump: float) -> None:
    world = make()

    def jumps(real: object) -> Response | None:
        clock.off = jump
        return None

    world.transport.app = meddler = Meddler(app=world.app, at=when, answer=jumps)
    job = world.job(request())
    assert len(job.result(20)) == 1
    assert meddler.asked["create"] == 1


BREAKS: dict[str, tuple[At, Answer, int]] = {
    "no answer": ("query", raw(b"<html>", 502), 3),
    "a task that it does not know": ("query", raw(b'{"output": {"task_status": "UNKNOWN"}}'), 2),
    "pictures left out": ("query", end("output.results", None), 3),
    "no file": ("download", raw(b"<html>", 500), 3),
    "half a file": ("download", raw(b"\x89PNG\r\n\x1a\n"), 3),
}


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("jump", [-DAY, DAY + 3600])
@pytest.mark.parametrize("what", BREAKS)
def test_a_clock_that_is_set_makes_no_fault_final(make: Any, clock: ShiftedClock, what: str, jump: float) -> None:
    at, answer, times = BREAKS[what]

    def jumps(real: Any) -> Response | None:
        broken = answer(real)
        clock.off = jump if broken is not None else clock.off
        return broken

    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at=at, answer=jumps, times=times)
    job = world.job(request())
    assert len(job.result(20)) == 1
    assert meddler.times == 0
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "done"


@pytest.mark.seldom
@pytest.mark.parametrize("jump", [0.0, DAY + 3600])
def test_a_picture_that_its_host_refuses_is_gone_when_its_time_is_over_and_no_sooner(
    make: Any, clock: ShiftedClock, jump: float
) -> None:
    def jumps(real: object) -> Response:
        clock.off = jump
        return Response("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", 403)

    world = make()
    world.transport.app = Meddler(app=world.app, at="download", answer=jumps)
    job = world.job(request()).wait(20)
    assert isinstance(job.error, DownloadError)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == ("expired" if jump else "accepted")


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("jump", [-DAY, DAY + 3600, 400 * DAY])
@pytest.mark.parametrize("fault", [None, raw(b"<html>", 502)])
def test_a_clock_that_is_set_between_two_kernels_loses_no_picture(
    make: Any, clock: ShiftedClock, jump: float, fault: Answer | None
) -> None:
    world = make()
    job = world.job(request())
    until(lambda: job.task_id)
    world.die()
    clock.off = jump
    world = make()
    if fault is not None:
        world.transport.app = Meddler(app=world.app, at="query", answer=fault, times=2)
    (job,) = resume(world)
    assert len(job.result(20)) == 1


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("when", ["create", "list"])
@pytest.mark.parametrize("jump", [-DAY, -3600.0, 3600.0, DAY + 3600])
def test_a_lost_task_is_found_at_the_latest_when_the_clock_is_right_again(
    make: Any, clock: ShiftedClock, when: At, jump: float
) -> None:
    def jumps(real: object) -> Response | None:
        clock.off = jump
        return Response("<html>", 502) if when == "create" else None

    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at=when, answer=jumps, lost_create=True)
    job = world.job(request()).wait(20)
    if job.status != "SUCCEEDED":
        assert isinstance(job.error, SubmitUncertain)
        world.close()
        clock.off = 0.0
        (job,) = resume(make())
    assert len(job.result(20)) == 1
    assert meddler.asked["create"] == 1


@pytest.mark.seldom
@pytest.mark.parametrize("jump", [-DAY, -3600.0, 40.0, 3600.0, DAY + 3600])
def test_a_clock_that_is_set_shortens_no_waiting_for_a_row_that_comes_late(
    make: Any, clock: ShiftedClock, jump: float
) -> None:
    def jumps(real: Any) -> Response | None:
        clock.off = jump
        return put("data", [])(real)

    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at="list", answer=jumps, times=2, lost_create=True)
    assert len(world.job(request()).result(20)) == 1
    assert meddler.asked["create"] == 1


def test_a_clock_that_is_set_back_lengthens_no_waiting_for_a_row_that_comes_late(
    make: Any, clock: ShiftedClock
) -> None:
    def jumps(real: object) -> Response | None:
        clock.off = -DAY
        return None

    world = make()
    world.transport.app = Meddler(app=world.app, at="list", answer=jumps, lost_create=True)
    job = world.job(t2i()).wait(20)
    assert isinstance(job.error, SubmitUncertain)
    assert "may be its own" in job.error.message


def test_a_call_of_this_kernel_is_not_gone_for_good_because_the_clock_says_so(make: Any, clock: ShiftedClock) -> None:
    def jumps(real: Any) -> Response | None:
        clock.off = DAY + 3600
        return put("data", [])(real)

    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at="list", answer=jumps, lost_create=True)
    job = world.job(request()).wait(20)
    assert isinstance(job.error, SubmitUncertain)
    (again,) = resume(world)
    assert isinstance(again.wait(20).error, SubmitUncertain)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "uncertain"
    meddler.times = 0
    (again,) = resume(world)
    assert len(again.result(20)) == 1


def test_a_task_that_is_really_forgotten_is_closed_after_it_was_asked_for(make: Any, clock: ShiftedClock) -> None:
    world = make()
    job = world.job(request())
    until(lambda: (row := world.journal.row(job.id)) and row.state == "accepted")
    world.die()
    clock.off = DAY + 3600
    world = make()
    unknown = raw(b'{"output": {"task_status": "UNKNOWN"}}')
    world.transport.app = meddler = Meddler(app=world.app, at="query", answer=unknown)
    (job,) = resume(world)
    assert job.wait(20).status == "EXPIRED"
    assert 1 < meddler.asked["query"] < 5
    assert not resume(world)


@pytest.mark.seldom
def test_a_throttled_create_does_not_sleep_until_tomorrow_when_the_clock_goes_back(
    make: Any, clock: ShiftedClock
) -> None:
    world = make()
    world.transport.app = Meddler(
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
def test_what_never_makes_sense_ends_after_a_day(
    make: Any, clock: ShiftedClock, at: At, answer: Answer, kind: type
) -> None:
    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at=at, answer=answer)
    job = world.job(request()).wait(60)
    assert isinstance(job.error, kind)
    assert isinstance(job.error, BailianError)
    assert meddler.asked["create"] == 1
    assert sum(meddler.asked.values()) < 15_000
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state in ("accepted", "expired")
