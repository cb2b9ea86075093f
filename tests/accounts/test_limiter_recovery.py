"""Slots whose folder could not be used for a while share the limits again as soon as it can."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bailian_nb.accounts.limiter import Limiter
from bailian_nb.accounts.rate import QueryPace
from bailian_nb.system.clock import SystemClock

from ..world.limits import LIMIT, TWO_A_SECOND, silent
from ..world.still_clock import StillClock


def test_creates_and_tasks_are_in_turn_with_other_kernels_again(tmp_path: Path) -> None:
    folder = tmp_path / "limits"
    folder.write_text("a file where the kernels should meet")

    async def run() -> None:
        slots = Limiter(SystemClock(), folder)
        async with slots.creating("m", LIMIT):
            await slots.acquire("m", LIMIT, ahead=silent)
        assert "not shared" in slots.note
        assert "not shared" in slots.probe()
        folder.unlink()
        assert slots.probe() == ""
        other = Limiter(SystemClock(), folder)
        async with slots.creating("m", LIMIT):
            turn = asyncio.ensure_future(other.creating("m", LIMIT).__aenter__())
            await asyncio.sleep(0.15)
            assert not turn.done()
        await asyncio.wait_for(turn, 5)

    asyncio.run(run())


def test_a_place_that_other_kernels_see_is_given_back_last(tmp_path: Path) -> None:
    folder = tmp_path / "limits"
    folder.write_text("a file where the kernels should meet")

    async def run() -> None:
        slots = Limiter(SystemClock(), folder)
        await slots.acquire("m", LIMIT, ahead=silent)
        folder.unlink()
        await slots.acquire("m", LIMIT, ahead=silent)
        slots.release("m")
        other = Limiter(SystemClock(), folder)
        await other.acquire("m", LIMIT, ahead=silent)
        second = asyncio.ensure_future(other.acquire("m", LIMIT, ahead=silent))
        await asyncio.sleep(0.15)
        assert not second.done()
        slots.release("m")
        await asyncio.wait_for(second, 5)

    asyncio.run(run())


def test_a_pause_that_could_not_be_told_holds_here_and_the_next_one_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "limits"

    async def run() -> None:
        clock = StillClock()
        slots, other = Limiter(clock, folder), Limiter(clock, folder)
        await slots.pace("m", TWO_A_SECOND, paused=silent)
        kept = (folder / "m" / "pace.json").read_text()
        (folder / "m" / "pace.json").unlink()
        (folder / "m" / "pace.json").mkdir()
        until = slots.throttled("m", retry_after=30.0, slow=False)
        (folder / "m" / "pace.json").rmdir()
        (folder / "m" / "pace.json").write_text(kept)  # older than what could not be written
        await slots.pace("m", TWO_A_SECOND, paused=silent)
        assert clock.now() >= until
        until = slots.throttled("m", retry_after=30.0, slow=False)
        await other.pace("m", TWO_A_SECOND, paused=silent)
        assert clock.now() >= until

    asyncio.run(run())


def test_queries_keep_the_common_pace_again(tmp_path: Path) -> None:
    folder = tmp_path / "limits"
    folder.write_text("a file where the kernels should meet")

    async def run() -> None:
        clock = StillClock()
        heard: list[OSError] = []
        kernels = [QueryPace(clock, 20, folder=folder, lost=heard.append) for _ in range(2)]
        for reads in kernels:
            await reads.wait()
        assert len(heard) == 2
        folder.unlink()
        begun = clock.now()
        for reads in kernels * 20 + kernels[:1]:
            await reads.wait()
        assert clock.now() - begun >= 40 / 20

    asyncio.run(run())
