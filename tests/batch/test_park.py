"""Rows that wait in the service's own queue: submitted ahead, collected elsewhere, canceled while they wait."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.batch.batch import Batch
from bailian_nb.errors import InvalidRequest
from bailian_nb.jobs.run import Run
from bailian_nb.jobs.submit import Sender
from bailian_nb.session import session as sessions

from ..world.emulator_log import creates
from ..world.jumping_clock import JumpingClock

SMALL = "768*768"


def rows(count: int, words: str = "") -> Batch:
    return wan.batch([f"a shop {number}{words}" for number in range(count)], size=SMALL, name="shop_{n}")


@pytest.mark.usefixtures("unlimited")
def test_what_is_parked_is_collected_by_another_kernel(clock: JumpingClock) -> None:
    began = clock.now()
    parked = rows(12).park()
    assert (parked.rows, parked.left) == (12, 0)
    assert creates() == 12
    assert parked.collect_by is not None
    assert began + 22 * 3600 < parked.collect_by < began + 24 * 3600
    assert f"{parked.until:%H:%M}" in parked.said
    sessions.close_all()
    clock.advance(600)
    batch = rows(12)
    assert (batch.plan["tasks"], batch.plan["cost"], batch.progress.counts["PARKED"]) == (0, 0.0, 12)
    batch.collect().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 12
    assert batch.rows[4].files[0].endswith("shop_5.png")
    assert creates() == 12


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_parked_twice_only_what_is_missing_is_submitted() -> None:
    rows(3).park()
    assert rows(5).park().rows == 5
    assert creates() == 5
    assert rows(5).run().wait().progress.done == 5
    assert creates() == 5


@pytest.mark.usefixtures("unlimited")
def test_a_call_that_waits_for_a_row_while_it_is_parked_gets_its_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether that is on its way still or has left: nobody else may ever collect it."""
    batch, found, send = rows(3), list[wan.Job](), Sender.send

    def call(number: int) -> None:
        found.append(wan.t2i(f"a shop {number}", size=SMALL, seed=batch.rows[number].parameters["seed"]))

    async def sent(self: Sender, run: Run) -> Any:
        answer = await send(self, run)
        if run.job.request is not None and run.job.request.prompt == "a shop 1":
            await asyncio.to_thread(call, 1)
        return answer

    monkeypatch.setattr(Sender, "send", sent)
    batch.park()
    call(2)
    assert [len(job.result(30)) for job in found] == [1, 1]
    assert creates() == 3


@pytest.mark.usefixtures("unlimited")
def test_a_share_of_the_queue_is_left_to_others() -> None:
    parked = rows(8).park(share=0.01)
    assert (parked.rows, parked.left) == (5, 3)
    assert creates() == 5


@pytest.mark.seldom
def test_what_waits_is_canceled_and_what_runs_is_kept() -> None:
    batch = rows(9, " emulator:latency=60")
    assert batch.park().rows == 9
    sessions.close_all()
    other = rows(9, " emulator:latency=60")
    count = other.unpark()
    other.wait()
    counts = other.progress.counts
    assert 1 <= count == counts["CANCELED"] <= 9
    assert counts["SUCCEEDED"] == 9 - count
    assert creates() == 9


def test_a_model_whose_tasks_wait_nowhere_is_not_parked() -> None:
    name = next(row.name for row in specs.models("t2i") if not row.queue)
    with pytest.raises(InvalidRequest, match="no page says"):
        wan.batch(["a shop"], model=name).park()
    with pytest.raises(InvalidRequest, match="share"):
        rows(2).park(share=1.5)
    assert creates() == 0


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_what_is_parked_is_collected_although_its_pictures_were_touched(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("RGB", (800, 800), (70 * number, 90, 120)).save(tmp_path / f"p{number}.png")

    def edits() -> Batch:
        return wan.batch(tmp_path, model="wan2.6-image", prompt="A marble table")

    assert edits().park().rows == 3
    sessions.close_all()
    for path in tmp_path.glob("p*.png"):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # as a checkout or a copy does
    batch = edits().collect().wait()
    assert [row.state for row in batch.rows] == ["SUCCEEDED"] * 3
    assert creates() == 3


@pytest.mark.usefixtures("unlimited")
def test_what_a_resume_fetches_has_the_text_for_other_tools_that_was_asked_for() -> None:
    wan.batch(["a shop", "a bakery"], size=SMALL, a1111=True).park()
    sessions.close_all()
    for job in wan.resume().jobs:
        with Image.open(job.result(60)[0].path) as picture:
            assert "Seed: " in picture.text["parameters"]  # type: ignore[attr-defined]
    assert creates() == 2
