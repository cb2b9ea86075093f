"""A Job as a Future: the standard library waits for Jobs as for anything else that ends."""

from __future__ import annotations

import asyncio
import concurrent.futures
import time

import pytest

from bailian_nb.errors import JobTimeout, TaskCanceled, TaskFailed
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.status import Expected
from bailian_nb.request import Request

from ..world.jumping_clock import until
from ..world.world import World, t2i


def waiting() -> Job:
    """Return one that nobody has started."""
    return Job(id="waits", request=t2i(), label="wan2.6-t2i", emulator=True, created=0.0)


def failing() -> Request:
    return t2i("a hill emulator:fail=InternalError")


def test_as_completed_gives_each_job_once_it_has_ended(world: World) -> None:
    jobs = [world.job(t2i(f"hill {number}", seed=number)) for number in range(3)]
    found = list(concurrent.futures.as_completed(jobs, timeout=60))
    assert {job.id for job in found} == {job.id for job in jobs}
    assert all(len(job.result(0)) == 1 for job in found)
    done, late = concurrent.futures.wait(jobs, timeout=0)
    assert (len(done), len(late)) == (3, 0)


def test_its_reason_is_its_exception(world: World) -> None:
    bad, good = world.job(failing()), world.job(t2i("a hill"))
    assert isinstance(bad.exception(60), TaskFailed)
    assert good.exception(60) is None
    assert bad.done()
    assert not bad.cancelled()


def test_a_time_out_says_that_it_goes_on() -> None:
    job = waiting()
    with pytest.raises(JobTimeout, match="it goes on"):
        job.exception(0)


@pytest.mark.parametrize("wanted", [False, True])
def test_a_job_that_is_parked_is_said_to_wait_at_the_service_and_so_is_one_that_follows_it(wanted: bool) -> None:
    """Also where somebody has come to wait for the one that follows."""
    job, other = waiting(), waiting()
    other.follow(job)
    if wanted:
        assert other.want()
    job.change(status="PENDING", task_id="t-1")
    job.leave()
    for each in (job, other):
        with pytest.raises(JobTimeout, match=r"^job waits waits at the service for whoever collects it") as late:
            each.wait(1).result()
        assert late.value.task_id == "t-1"


def test_a_canceled_job_is_a_cancelled_future() -> None:
    job = waiting()
    assert not job.cancelled()
    job.fail(TaskCanceled("canceled"), at=1.0, status="CANCELED")
    assert job.cancelled()
    assert isinstance(job.exception(0), TaskCanceled)


def test_who_asks_to_be_told_is_told_once(world: World) -> None:
    told: list[Job] = []
    job = world.job(failing())
    job.add_done_callback(told.append)
    job.wait(60)
    until(lambda: told)
    job.add_done_callback(told.append)
    until(lambda: len(told) == 2)
    assert told == [job, job]


def test_asyncio_gathers_jobs(world: World) -> None:
    jobs = [world.job(t2i("a hill")), world.job(failing())]

    async def gathered() -> list[object]:
        return await asyncio.gather(*jobs, return_exceptions=True)

    pictures, reason = asyncio.run(gathered())
    assert pictures == jobs[0].result(0)
    assert isinstance(reason, TaskFailed)


def test_a_list_of_jobs_tells_them_apart(world: World) -> None:
    job = world.job(t2i("a hill\nat dawn")).wait(60)
    assert repr(job).startswith(f"<Job {job.id} wan2.6-t2i SUCCEEDED")
    assert repr(job).endswith("'a hill at dawn'>")
    assert job.id not in job.summary, "notebooks that are compared hold this"


def test_completion_offers_what_users_call(world: World) -> None:
    offered = dir(world.job(t2i("a hill")))
    assert {"id", "status", "result", "wait", "cancel", "cost", "on_change", "add_done_callback"} <= set(offered)
    assert not {"fail", "abandon", "change", "succeed", "set_result"} & set(offered)


def test_it_says_how_long_it_will_usually_take() -> None:
    job = waiting()
    assert job.eta is None
    job.change(submitted=time.time() - 10, expected=Expected(low=20, high=40))
    assert job.eta == pytest.approx(20, abs=1)
    job.change(submitted=time.time() - 1000)
    assert job.eta == 0
    job.fail(TaskCanceled("canceled"), at=1.0, status="CANCELED")
    assert job.eta is None
