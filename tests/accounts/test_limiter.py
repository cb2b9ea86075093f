"""Places and pace: first come, first served, and never above the limit."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from bailian_nb.accounts.limiter import Limiter
from bailian_nb.specs import Limit

from ..world.still_clock import StillClock

LIMIT = Limit(region="cn-beijing", submits_per_second=2, tasks_at_once=2)


def silent(_: object) -> None:
    return


def test_places_go_out_in_order_and_never_above_the_limit() -> None:
    async def run() -> None:
        slots = Limiter(StillClock())
        order: list[int] = []
        running = most = 0

        async def one(number: int) -> None:
            nonlocal running, most
            await slots.acquire("m", LIMIT, ahead=silent)
            order.append(number)
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1
            slots.release("m")

        await asyncio.gather(*(one(number) for number in range(9)))
        assert order == list(range(9))
        assert most == 2

    asyncio.run(run())


def test_whoever_gives_up_waiting_takes_no_place() -> None:
    async def run() -> None:
        slots = Limiter(StillClock())
        for _ in range(2):
            await slots.acquire("m", LIMIT, ahead=silent)
        gives_up = asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent))
        stays = asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent))
        await asyncio.sleep(0.01)
        gives_up.cancel()
        await asyncio.sleep(0)
        slots.release("m")
        await asyncio.wait_for(stays, 1)

    asyncio.run(run())


def test_a_waiting_job_hears_how_many_are_before_it() -> None:
    async def run() -> None:
        slots = Limiter(StillClock())
        for _ in range(2):
            await slots.acquire("m", LIMIT, ahead=silent)
        heard: list[int] = []
        tasks = [asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=heard.append)) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert heard == [1, 2, 3]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


def test_creates_keep_below_the_submit_rate() -> None:
    async def run() -> None:
        clock = StillClock()
        slots = Limiter(clock)
        times = []
        for _ in range(4):
            await slots.pace("m", LIMIT, paused=silent)
            times.append(clock.now())
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert min(gaps) >= 0.5

    asyncio.run(run())


def test_throttling_doubles_its_pause_honours_retry_after_and_is_forgotten() -> None:
    async def run() -> None:
        clock = StillClock()
        slots = Limiter(clock)
        await slots.acquire("m", LIMIT, ahead=silent)
        pauses = [slots.throttled("m", retry_after=None, slow=False) - clock.now() for _ in range(3)]
        assert pauses == [1.0, 2.0, 4.0]
        assert slots.throttled("m", retry_after=7.0, slow=False) - clock.now() == 7.0
        assert slots.throttled("m", retry_after=None, slow=True) - clock.now() >= 10.0
        slots.accepted("m")
        assert slots.throttled("m", retry_after=None, slow=False) - clock.now() == 1.0

    asyncio.run(run())


def test_a_retry_after_of_an_hour_is_waited_out() -> None:
    async def run() -> None:
        clock = StillClock()
        slots = Limiter(clock)
        await slots.acquire("m", LIMIT, ahead=silent)
        until = slots.throttled("m", retry_after=3600.0, slow=False)
        heard: list[float] = []
        await slots.pace("m", LIMIT, paused=heard.append)
        assert clock.now() >= until
        assert heard[0] == until

    asyncio.run(run())


@pytest.mark.parametrize("count", [1, 3])
def test_tasks_taken_over_count_even_above_the_limit(count: int) -> None:
    async def run() -> None:
        slots = Limiter(StillClock())
        for _ in range(count):
            slots.occupy("m", LIMIT)
        turn = asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent))
        await asyncio.sleep(0.01)
        assert turn.done() == (count < 2)
        for _ in range(count):
            slots.release("m")
        await asyncio.wait_for(turn, 1)

    asyncio.run(run())
