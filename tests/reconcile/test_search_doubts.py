"""A create call whose answer was lost, and time is against the search: slow calls, late tasks, a stranger's first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.errors import SubmitUncertain

from ..world.lost_calls import colleague, lose_the_first, ours, pass_time, saved, until_uncertain, used_before
from ..world.resumed import resume
from ..world.world import World, t2i


class SlowWay:
    """Holds the next create call up, or answers it with 504 and hands it on later all the same."""

    def __init__(self, world: World) -> None:
        self.app, self.clock = world.app, world.clock
        self.seconds = 0.0
        self.later = 0.0
        self.tasks: list[asyncio.Future[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        slow, late = self.seconds, self.later
        self.seconds = self.later = 0.0
        await self.clock.sleep(slow)
        if not late:
            await self.app(scope, receive, send)
            return
        parts = [await receive()]
        while parts[-1].get("more_body"):
            parts.append(await receive())
        self.tasks.append(asyncio.ensure_future(self._hand_on(late, scope, parts)))
        await Response("<html>504</html>", 504)(scope, receive, send)

    async def _hand_on(self, seconds: float, scope: Any, parts: list[Any]) -> None:
        async def receive() -> Any:
            return parts.pop(0)

        async def send(message: Any) -> None:
            return

        await self.clock.sleep(seconds)
        await self.app(scope, receive, send)


@pytest.mark.seldom
def test_an_earlier_call_that_took_long_does_not_hide_a_quick_one(world: World) -> None:
    world.transport.app = way = SlowWay(world)
    used_before(world)
    way.seconds = 10.0
    world.job(t2i("one, with a slow upload")).result(60)
    lose_the_first(world)
    world.job(t2i("a hill")).result(60)
    assert saved(world) == ours(world)


def test_somebody_elses_row_ends_no_waiting_for_ours(world: World) -> None:
    world.transport.app = way = SlowWay(world)
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    way.later = 12.0
    job = world.job(t2i("a hill"))
    until_uncertain(job)
    colleague(world, t2i("theirs, meanwhile"))
    with pytest.raises(SubmitUncertain, match=r"2 task\(s\) in the list may be its own"):
        job.result(60)
    assert ours(world) <= saved(world)


@pytest.mark.seldom
def test_the_first_task_of_somebody_with_our_key_is_not_taken_for_ours(world: World) -> None:
    used_before(world)
    lose_the_first(world, before=True)
    job = world.job(t2i("a hill"))
    until_uncertain(job)
    pass_time(world, 4)
    colleague(world, t2i("theirs, the first of all"))
    with pytest.raises(SubmitUncertain, match=r"1 task\(s\) in the list may be its own"):
        job.result(60)


@pytest.mark.seldom
def test_a_picture_that_could_not_be_set_apart_is_fetched_by_the_next_resume(make_world: Callable[..., World]) -> None:
    first = make_world()
    used_before(first)
    colleague(first, t2i("theirs, earlier"))
    pass_time(first, 12)
    lose_the_first(first)
    broken = first.transport.fault

    def fault(method: str, path: str, count: int) -> Any:
        return Response("<html>no picture</html>", 200) if "/results" in path else broken(method, path, count)

    first.transport.fault = fault
    job = first.job(t2i("a hill"))
    with pytest.raises(SubmitUncertain, match="may be its own"):
        job.result(60)
    assert not ours(first) <= saved(first)
    first.die()
    second = make_world(clock=first.clock)
    (again,) = resume(second).jobs
    again.wait(60)
    assert ours(second) <= saved(second)
    assert [row.id for row, _ in resume(second).unclaimed] == [job.id]
