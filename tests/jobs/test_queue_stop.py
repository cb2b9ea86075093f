"""A refusal of the account stops what waits behind it, and the end of the process lets nobody wait in vain."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.errors import BailianError, RequestRejected
from bailian_nb.jobs import runner
from bailian_nb.jobs.job import Job

from ..world.jumping_clock import until
from ..world.world import World, edit, refusal, t2i


@pytest.mark.parametrize("code", ["CommodityNotPurchased", "PostpaidBillOverdue", "BudgetLimitExceeded"])
def test_a_billing_refusal_under_429_is_final(world: World, code: str) -> None:
    world.transport.fault = lambda method, path, count: refusal(429, code) if method == "POST" else None
    job = world.job(t2i())
    with pytest.raises(RequestRejected, match=code):
        job.result(30)
    assert world.transport.count("POST", "/services/") == 1


@pytest.mark.parametrize("code", ["PostpaidBillOverdue", "InvalidApiKey"])
def test_a_refusal_of_the_account_stops_its_queue_and_what_waited_can_be_sent_later(world: World, code: str) -> None:
    status = 401 if code == "InvalidApiKey" else 429
    world.transport.fault = lambda method, path, count: refusal(status, code) if method == "POST" else None
    jobs = [world.job(t2i(f"hill {number}", seed=number)) for number in range(8)]
    for job in jobs:
        with pytest.raises(RequestRejected, match=code):
            job.result(30)
    assert world.transport.count("POST", "/services/") < 4
    waited = [job for job in jobs if job.error is not None and "not sent" in job.error.message]
    assert len(waited) > 4
    offered = {row.id for row in world.journal.recent() if row.state == "intent"}
    assert {job.id for job in waited} <= offered
    world.transport.fault = lambda method, path, count: None
    assert len(world.job(t2i("after the bill was paid")).result(30)) == 1


def test_a_free_quota_that_is_used_up_stops_its_model_alone(world: World) -> None:
    def fault(method: str, path: str, count: int) -> Response | None:
        return refusal(403, "AllocationQuota.FreeTierOnly") if "image-generation" in path else None

    world.transport.fault = fault
    refused = [world.job(t2i(f"hill {number}", seed=number)) for number in range(3)]
    other = world.job(edit())
    assert len(other.result(30)) == 1
    assert all(job.wait(30).error is not None for job in refused)


def test_a_refusal_of_a_model_leaves_those_alone_whose_request_is_not_made_yet(world: World) -> None:
    first = world.job(edit("first emulator:latency=600"))
    waits = world.job(t2i("waits"), needs=[first], prepare=lambda: t2i("made later"))
    waits.request = None  # as session makes it: the picture is not there yet
    until(lambda: waits.status == "WAITING")
    world.transport.fault = lambda method, path, count: (
        refusal(403, "AllocationQuota.FreeTierOnly") if "image-generation" in path else None
    )
    refused = [world.job(t2i(f"hill {number}", seed=number)) for number in range(8)]
    for job in refused:
        with pytest.raises(RequestRejected, match="FreeTierOnly"):
            job.result(30)
    assert world.transport.count("POST", "/services/") < 6
    assert waits.status == "WAITING"


def test_who_waits_for_a_queued_job_hears_of_the_end_while_another_create_is_out(world: World) -> None:
    submit = world.account.client.submit

    async def slow(prepared: Any, **more: Any) -> Any:
        await asyncio.sleep(0.8 if prepared.call.body["model"] == "wan2.6-t2i" else 0)
        return await submit(prepared, **more)

    world.account.client.submit = slow  # type: ignore[method-assign]
    world.job(t2i("a hill"))
    jobs = [world.job(edit(f"a hat {number}")) for number in range(3)]
    heard: list[Job] = []
    waiters = [threading.Thread(target=lambda job=job: heard.append(job.wait()), daemon=True) for job in jobs]
    for waiter in waiters:
        waiter.start()
    world.runner.drain(2.0)
    world.loop.stop()
    for waiter in waiters:
        waiter.join(5)
    assert set(heard) == set(jobs)
    late = [job for job in jobs if not job.task_id]
    assert late
    for job in late:
        with pytest.raises(BailianError, match="process ends"):
            job.result(1)


def test_a_loop_that_does_not_answer_drives_nothing_and_begins_no_job_that_was_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "ANSWERS", 0.05)
    go_on = threading.Event()

    async def stuck() -> None:
        go_on.wait(5)

    blocked = world.loop.submit(stuck())
    job = world.job(t2i())
    assert not world.runner.drives(job)
    job.fail(BailianError("given up"), at=world.clock.now())
    go_on.set()
    blocked.result(5)
    world.loop.submit(asyncio.sleep(0)).result(5)
    assert not world.runner.drives(job)
    assert world.log()["creates"] == []
    assert world.journal.row(job.id) is None
