"""Slots that share a folder, as those of several kernels do: turns, throttling, cancellation, and no locks at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bailian_nb.accounts.limiter import Limiter
from bailian_nb.accounts.locks import LockedLeases, Release, Wait
from bailian_nb.accounts.queue import WaitQueue
from bailian_nb.system.clock import SystemClock

from ..world.limits import LIMIT, TWO_A_SECOND, silent
from ..world.still_clock import StillClock


def here(tmp_path: Path, *, queues: bool = False) -> Limiter:
    return Limiter(SystemClock(), tmp_path / "limits", queues=lambda model: queues)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # nobody here could set an event
            await asyncio.sleep(0.005)


async def within(seconds: float, slots: Limiter, count: int = 1) -> None:
    """Take places and give them back."""
    async with asyncio.timeout(seconds):
        for _ in range(count):
            await slots.acquire("m", LIMIT, ahead=silent)
    for _ in range(count):
        slots.release("m")


@pytest.mark.parametrize("queues", [False, True], ids=["in strict turns", "with tasks ahead"])
def test_one_job_of_a_kernel_comes_before_the_long_queue_of_another(queues: bool, tmp_path: Path) -> None:
    async def run() -> None:
        busy, modest = here(tmp_path, queues=queues), here(tmp_path, queues=queues)
        order: list[str] = []

        async def job(slots: Limiter, name: str) -> None:
            await slots.acquire("m", LIMIT, ahead=silent)
            order.append(name)
            await asyncio.sleep(0.06)
            slots.release("m")

        queue = [asyncio.ensure_future(job(busy, "busy")) for _ in range(8)]
        await until(lambda: bool(order))
        await job(modest, "modest")
        assert order.index("modest") <= 5
        await asyncio.gather(*queue)

    asyncio.run(run())


def test_kernels_send_no_more_tasks_ahead_together_than_one_would_and_none_after_a_refusal(tmp_path: Path) -> None:
    async def run() -> None:
        first, second = here(tmp_path, queues=True), here(tmp_path, queues=True)
        for slots in (first, second, first):
            async with asyncio.timeout(10):
                await slots.acquire("m", LIMIT, ahead=silent)
        heard: list[int] = []
        one_more = asyncio.ensure_future(second.acquire("m", LIMIT, ahead=heard.append))
        await until(lambda: second.elsewhere("m") == 2)
        assert heard, "it waits"
        assert first.refused_ahead("m", LIMIT, slow=True)
        first.release("m")
        async with asyncio.timeout(10):
            await one_more
        second.release("m")
        later = asyncio.ensure_future(second.acquire("m", LIMIT, ahead=silent))
        await until(lambda: second.elsewhere("m") == 1)
        assert not later.done(), "the other kernel has heard of the refusal: two places are all"
        later.cancel()

    asyncio.run(run())


def test_a_job_hears_that_another_kernel_holds_the_places(tmp_path: Path) -> None:
    async def run() -> None:
        other, slots = here(tmp_path), here(tmp_path)
        for _ in range(2):
            await other.acquire("m", LIMIT, ahead=silent)
        told: list[tuple[int, int]] = []
        jobs = [
            asyncio.ensure_future(
                slots.acquire("m", LIMIT, ahead=lambda count: told.append((count, slots.elsewhere("m"))))
            )
            for _ in range(2)
        ]
        await until(lambda: (2, 2) in told)
        assert (1, 2) in told
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        assert slots.elsewhere("m") == 0

    asyncio.run(run())


@pytest.mark.parametrize("delay", [0.0, 0.0005, 0.001, 0.002, 0.004, 0.008])
@pytest.mark.parametrize("what", ["acquire", "creating"])
def test_a_canceled_wait_leaves_nothing_held(tmp_path: Path, delay: float, what: str) -> None:
    async def run() -> None:
        slots = here(tmp_path)

        async def use() -> None:
            if what == "acquire":
                await slots.acquire("m", LIMIT, ahead=silent)
                try:
                    await asyncio.sleep(10)
                finally:
                    slots.release("m")
            else:
                async with slots.creating("m", LIMIT):
                    await asyncio.sleep(10)

        uses = [asyncio.ensure_future(use()) for _ in range(3)]
        await asyncio.sleep(delay)
        for each in uses:
            each.cancel()
        await asyncio.gather(*uses, return_exceptions=True)
        await within(10, here(tmp_path), 2)
        async with asyncio.timeout(10), here(tmp_path).creating("m", LIMIT):
            pass

    asyncio.run(run())


def test_a_loop_that_ends_in_the_midst_of_it_leaves_nothing_held(tmp_path: Path) -> None:
    async def cut_short(slots: Limiter) -> None:
        waiting = [asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del waiting

    slots = here(tmp_path)
    asyncio.run(cut_short(slots))
    asyncio.run(within(10, here(tmp_path), 2))


def test_throttling_of_one_kernel_pauses_another_which_hears_of_it_in_line(tmp_path: Path) -> None:
    async def run() -> None:
        clock = StillClock()
        one, other = (Limiter(clock, tmp_path) for _ in range(2))
        heard: list[float] = []
        async with one.creating("m", TWO_A_SECOND):
            end = one.throttled("m", retry_after=30.0, slow=False)

            async def create() -> None:
                async with other.creating("m", TWO_A_SECOND, paused=heard.append):
                    await other.pace("m", TWO_A_SECOND, paused=silent)

            turn = asyncio.ensure_future(create())
            await until(lambda: bool(heard))
        await asyncio.wait_for(turn, 5)
        assert heard == [end]
        assert clock.now() >= end

    asyncio.run(run())


def test_tasks_taken_over_fill_the_places_of_all_kernels(tmp_path: Path) -> None:
    async def run() -> None:
        resumed, fresh = here(tmp_path), here(tmp_path)
        for _ in range(3):
            resumed.occupy("m", LIMIT)
        turn = asyncio.ensure_future(within(5, fresh))
        resumed.release("m")
        await asyncio.sleep(0.15)
        assert not turn.done()
        resumed.release("m")
        await turn

    asyncio.run(run())


def test_without_locks_the_limits_hold_in_the_kernel_and_one_note_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("where the folder should be")

    async def run() -> None:
        slots = Limiter(SystemClock(), tmp_path / "file")
        slots.occupy("n", LIMIT)
        for _ in range(2):
            await slots.acquire("m", LIMIT, ahead=silent)
        third = asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent))
        async with slots.creating("m", LIMIT):
            await slots.pace("m", LIMIT, paused=silent)
        assert not third.done()
        slots.release("m")
        await asyncio.wait_for(third, 2)
        assert "not shared" in slots.note

    asyncio.run(run())
    assert len(caplog.records) == 1


class Broken(LockedLeases):
    """Places that do something nobody foresaw."""

    def enter(self) -> Release | Wait:
        raise RuntimeError("somebody else's code broke")


def test_a_fault_that_nobody_foresaw_lets_nobody_wait_for_ever(tmp_path: Path) -> None:
    async def run() -> None:
        lost: list[str] = []
        line = WaitQueue(1, Broken(tmp_path, 1), lambda error: lost.append(str(error)))
        async with asyncio.timeout(5):
            await line.enter(silent)
            second = asyncio.ensure_future(line.enter(silent))
            line.leave()
            await second
        line.leave()
        assert set(lost) == {"RuntimeError: somebody else's code broke"}

    asyncio.run(run())


def test_four_hundred_waiting_jobs_cost_little(tmp_path: Path) -> None:
    async def run() -> None:
        other, slots = here(tmp_path), here(tmp_path)
        for _ in range(2):
            await other.acquire("m", LIMIT, ahead=silent)
        jobs = [asyncio.ensure_future(slots.acquire("m", LIMIT, ahead=silent)) for _ in range(400)]
        await asyncio.sleep(0.2)
        begun, processor = time.monotonic(), time.process_time()
        await asyncio.sleep(1.0)
        assert time.process_time() - processor < 0.25 * (time.monotonic() - begun)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(run())


def test_kernels_of_other_models_or_accounts_do_not_meet(tmp_path: Path) -> None:
    async def run() -> None:
        slots, other = Limiter(SystemClock(), tmp_path / "one"), Limiter(SystemClock(), tmp_path / "other")
        for _ in range(2):
            await slots.acquire("m", LIMIT, ahead=silent)
        async with asyncio.timeout(10):
            await slots.acquire("another model/1", LIMIT, ahead=silent)
            await other.acquire("m", LIMIT, ahead=silent)

    asyncio.run(run())
