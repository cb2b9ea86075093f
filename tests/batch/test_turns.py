"""A single call beside a batch waits at most two turns, whatever the number of rows."""

from __future__ import annotations

import asyncio

import pytest

import bailian_nb as wan
from bailian_nb.accounts.queue import WaitQueue

from ..world.emulator_log import created, creates
from ..world.jumping_clock import until

SMALL = "768*768"


@pytest.mark.seldom
def test_a_single_call_waits_two_turns_at_most() -> None:
    batch = wan.batch([f"a shop {number}" for number in range(300)], size=SMALL).run()
    assert len(batch.jobs) <= 7
    until(lambda: batch.progress.done >= 4, timeout=60)
    before = creates()
    mine = wan.t2i("a lighthouse of mine", size=SMALL, seed=1)
    assert mine.wait().outcome is not None
    at = [each["task_id"] for each in created()].index(mine.task_id)
    assert at - before <= 2
    assert batch.progress.done < 300
    assert len(wan.jobs()) < 20
    batch.pause()
    assert batch.cancel_unsent() > 200
    batch.wait()


async def _order() -> list[str]:
    queue = WaitQueue(1, None, lambda error: None)
    await queue.enter(lambda count: None, "batch")
    order: list[str] = []
    told: dict[str, int] = {}

    async def one(name: str, owner: str) -> None:
        await queue.enter(lambda count: told.__setitem__(name, count), owner)
        order.append(name)
        queue.leave()

    names = [("b1", "batch"), ("b2", "batch"), ("b3", "batch"), ("mine", ""), ("other", "x"), ("mine2", "")]
    tasks = [asyncio.ensure_future(one(*each)) for each in names]
    await asyncio.sleep(0)
    assert told["mine"] <= 2
    queue.leave()
    await asyncio.gather(*tasks)
    return order


def test_owners_take_turns_and_each_ones_jobs_keep_their_order() -> None:
    assert asyncio.run(_order()) == ["mine", "other", "b1", "mine2", "b2", "b3"]
