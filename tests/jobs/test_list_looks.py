"""Many tasks in flight are looked at with one list request; one that is wrong costs a request and never a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.responses import JSONResponse

from bailian_nb.emulator import results
from bailian_nb.images.encode import to_png

from ..world.watched import Watched
from ..world.world import World, refusal

MODEL = "wan2.2-t2i-flash"
SPAN = (20.0, 40.0)
MANY = 12


@pytest.fixture
def make_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., World]]:
    flat = to_png(Image.new("RGB", (8, 8), "grey"))
    monkeypatch.setattr(results, "_drawn", lambda *given, **more: flat)
    monkeypatch.setattr("bailian_nb.specs.service.EMULATOR_SECONDS", SPAN)
    made: list[World] = []

    def make(fault: Callable[[], Any] | None = None, **settings: Any) -> World:
        """Make a world where `fault` says what a list answers instead."""
        world = World(tmp_path / "home", tmp_path / "out", **{"latency": SPAN, "limits": False, **settings})
        if fault is not None:
            world.transport.fault = lambda method, path, count: fault() if path.endswith("/tasks") else None
        made.append(world)
        return world

    yield make
    for world in made:
        world.close()


def watched(world: World, count: int = MANY, *, old: float = 0.0) -> Watched:
    return Watched(world, MODEL, count, old=old)


def listed(rows: list[dict[str, Any]], *, pages: int = 1) -> JSONResponse:
    body = {"total": len(rows) * pages, "data": rows, "total_page": pages, "page_no": 1, "page_size": 100}
    return JSONResponse(body)


@pytest.mark.seldom
def test_many_tasks_take_fewer_requests_than_a_query_for_each_look(make_world: Callable[..., World]) -> None:
    found = watched(make_world())
    assert found.lists > 0
    assert found.lists + found.queries < 5 * MANY, "the official SDK makes 11 a task"
    assert sum(found.late) / MANY < 1.0


def test_few_tasks_are_asked_for_by_their_ids(make_world: Callable[..., World]) -> None:
    assert watched(make_world(), 3).lists == 0


@pytest.mark.seldom
def test_a_list_that_is_refused_is_left_alone_for_a_while(make_world: Callable[..., World]) -> None:
    found = watched(make_world(lambda: refusal(403, "AccessDenied")))
    assert found.lists == 1
    assert len(found.answers) == MANY


@pytest.mark.seldom
def test_tasks_that_the_list_shows_late_are_asked_for_by_their_ids(make_world: Callable[..., World]) -> None:
    found = watched(make_world(list_delay=50.0))
    assert found.lists == 1, "it left out most of them, so it is not asked again soon"
    assert len(found.answers) == MANY


@pytest.mark.seldom
def test_a_list_that_shows_ended_tasks_as_running_is_found_out(make_world: Callable[..., World]) -> None:
    known: list[str] = []
    world = make_world(lambda: listed([{"task_id": each, "status": "RUNNING", "model_name": MODEL} for each in known]))
    let = world.transport.fault

    def noted(method: str, path: str, count: int) -> Any:
        known.extend({path.rpartition("/")[2]} - {*known, "tasks"} if "/tasks/" in path else ())
        return let(method, path, count)

    world.transport.fault = noted
    found = watched(world)
    assert len(found.answers) == MANY
    assert max(found.late) < 20, "each is asked for by its id now and then"
    assert found.lists < 2 * MANY, "and no list is asked for any more"


@pytest.mark.seldom
def test_a_list_full_of_the_tasks_of_others_is_not_read_to_its_end(make_world: Callable[..., World]) -> None:
    theirs = [{"task_id": f"theirs-{number}", "status": "SUCCEEDED"} for number in range(100)]
    found = watched(make_world(lambda: listed(theirs, pages=50)))
    assert found.lists <= MANY // 4
    assert len(found.answers) == MANY


@pytest.mark.seldom
def test_one_that_is_canceled_while_it_reads_the_list_leaves_the_others_alone(make_world: Callable[..., World]) -> None:
    canceled: list[bool] = []

    def cancel() -> None:
        reading = asyncio.current_task()  # the emulator is asked in process
        if not canceled and reading is not None:
            canceled.append(reading.cancel())

    assert len(watched(make_world(cancel)).answers) == MANY - 1
    assert canceled == [True]


def test_tasks_of_long_ago_are_looked_at_at_once(make_world: Callable[..., World]) -> None:
    found = watched(make_world(), old=3600.0)
    assert len(found.answers) == MANY
    assert max(found.late) < 2.0
