"""What the next kernel takes up."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from bailian_nb.jobs.resume import revive
from bailian_nb.reconcile.attempt import Attempt

from ..world.altered import alter, database
from ..world.jumping_clock import ShiftedClock
from ..world.lost_calls import old
from ..world.resumed import resume, until_it_is
from ..world.world import World, refusal, t2i


def test_a_killed_kernel_loses_no_picture(make_world: Callable[..., World]) -> None:
    first = make_world()
    jobs = [first.job(t2i(f"hill {number} emulator:latency=30", seed=number), cost=0.2) for number in range(3)]
    for job in jobs:
        until_it_is(job, "PENDING", "RUNNING")
    first.die()
    second = make_world(clock=first.clock)
    found = resume(second)
    assert sorted(job.task_id for job in found.jobs) == sorted(job.task_id for job in jobs)
    assert [job.cost for job in found.jobs] == [0.2] * 3, "the price is as known as it was"
    for job in found.jobs:
        assert job.result(30)[0].path.exists()
    assert len(second.log()["creates"]) == 3
    assert not resume(second)


def test_a_task_that_was_written_down_meanwhile_is_not_looked_for(make_world: Callable[..., World]) -> None:
    first = make_world()
    until_it_is(first.job(t2i("emulator:latency=30")), "PENDING")
    first.die()
    second = make_world(clock=first.clock)
    second.transport.fault = lambda method, path, count: (
        refusal(403, "AccessDenied") if path.endswith("/tasks") else None
    )
    (row,) = second.journal.unfinished(second.account.base_url)
    attempt, seen_late = Attempt.of(row, second.clock.now()), replace(row, state="uncertain", task_id=None)
    assert second.journal.claim(row)
    job, folder = revive(seen_late, second.journal)
    job.attach(second.runner, second.callbacks, second.callback_loop)
    second.runner.seek(job, second.account, folder=folder, attempt=attempt)
    assert len(job.result(60)) == 1
    assert job.task_id == row.task_id


def test_the_journal_is_asked_for_the_answer_of_no_task_that_can_be_asked_for(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_world()
    jobs = [first.job(t2i(f"{number} emulator:latency=30", seed=number)) for number in range(3)]
    for job in jobs:
        until_it_is(job, "PENDING", "RUNNING")
    first.die()
    second = make_world(clock=first.clock)
    asked: list[str] = []
    monkeypatch.setattr(second.journal, "kept_answer", asked.append)
    assert [len(job.result(30)) for job in resume(second).jobs] == [1, 1, 1]
    assert asked == []


def test_a_living_kernel_keeps_its_jobs(make_world: Callable[..., World]) -> None:
    first = make_world()
    job = first.job(t2i("emulator:latency=10"))
    until_it_is(job, "PENDING", "RUNNING")
    second = make_world(clock=first.clock)
    found = resume(second)
    assert [row.id for row in found.alive] == [job.id]
    assert not found.jobs
    assert len(job.result(30)) == 1


def test_two_kernels_take_up_a_job_once(make_world: Callable[..., World]) -> None:
    first = make_world()
    until_it_is(first.job(t2i("emulator:latency=30")), "PENDING", "RUNNING")
    first.die()
    second, third = make_world(clock=first.clock), make_world(clock=first.clock)
    both = [resume(second), resume(third)]
    assert sorted(len(found.jobs) for found in both) == [0, 1]
    assert len([found.jobs[0].result(30) for found in both if found.jobs]) == 1


@pytest.mark.seldom
def test_an_intent_that_was_never_sent_is_listed_and_not_sent(make_world: Callable[..., World]) -> None:
    first = make_world()
    running = [first.job(t2i(f"{number} emulator:latency=600")) for number in range(7)]  # five run, two wait there
    late = first.job(t2i("late"))
    for job in running:
        until_it_is(job, "PENDING", "RUNNING")
    until_it_is(late, "QUEUED")
    first.die()
    second = make_world(clock=first.clock)
    found = resume(second)
    assert [row.id for row in found.unsent] == [late.id]
    assert len(found.jobs) == 7
    for job in found.jobs:
        job.cancel()
    assert len(second.log()["creates"]) == 7


def test_a_synchronous_call_that_was_cut_is_said_to_be_uncertain_and_never_sent_again(
    make_world: Callable[..., World],
) -> None:
    first = make_world()
    first.transport.fault = lambda method, path, count: "after" if method == "POST" else None
    request = t2i()
    job = first.job(replace(request, sync=True))
    job.wait(30)
    first.die()
    second = make_world(clock=first.clock)
    found = resume(second)
    assert [row.id for row in found.uncertain] == [job.id]
    assert not found.jobs
    assert second.transport.count("POST", "/services/") == 0


@pytest.mark.parametrize("made", [True, False])
def test_a_lost_call_that_looks_older_than_a_day_is_looked_for_once_more(
    make_world: Callable[..., World], made: bool
) -> None:
    first = make_world()
    lost = first.job(old("a hill emulator:latency=30"))
    until_it_is(lost, "PENDING", "RUNNING")
    first.die()
    asked = {} if made else {"request": json.dumps(old("a lake").to_dict())}
    alter(first.journal.path, lost.id, state="uncertain", task_id=None, request_id=None, **asked)
    second = make_world(clock=ShiftedClock(first.clock, 25 * 3600.0))
    second.transport.app = first.app  # the service's clock is right
    again = resume(second).jobs[0].wait(60)
    assert again.status == ("SUCCEEDED" if made else "EXPIRED")
    assert not resume(second)


def test_a_cut_synchronous_call_older_than_a_day_is_gone_for_good_and_said_once(
    make_world: Callable[..., World],
) -> None:
    first = make_world()
    first.transport.fault = lambda method, path, count: "after" if method == "POST" else None
    job = first.job(replace(t2i(), sync=True))
    job.wait(30)
    first.die()
    alter(first.journal.path, job.id, submitted=first.clock.now() - 25 * 3600)
    second = make_world(clock=first.clock)
    assert [row.id for row in resume(second).gone] == [job.id]
    assert not resume(second)


@pytest.mark.parametrize("known", [True, False])
def test_a_task_that_looks_older_than_a_day_is_asked_for_once_more(
    make_world: Callable[..., World], known: bool
) -> None:
    first = make_world()
    job = first.job(t2i("emulator:latency=5"))
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    task = job.task_id if known else "0b1c2d3e-0000-4000-8000-000000000000"
    alter(first.journal.path, job.id, submitted=first.clock.now() - 25 * 3600, task_id=task)
    second = make_world(clock=first.clock)
    again = resume(second).jobs[0].wait(30)
    assert again.status == ("SUCCEEDED" if known else "EXPIRED")
    assert len(again.outcome or ()) == known
    assert not resume(second)


def test_a_key_that_was_joined_to_others_since_keeps_its_rows(make_world: Callable[..., World]) -> None:
    first = make_world()
    job = first.job(t2i("emulator:latency=30"))
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    second = make_world(clock=first.clock)
    second.account.own, second.account.id = second.account.id, "team"
    found = resume(second)
    assert not found.others
    assert len(found.jobs[0].result(30)) == 1


def test_rows_of_another_key_are_offered_and_left_alone(make_world: Callable[..., World]) -> None:
    first = make_world()
    job = first.job(t2i("emulator:latency=30"))
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    second = make_world(clock=first.clock)
    second.account.id = "somebody else"
    found = resume(second)
    assert [row.id for row in found.others] == [job.id]
    row = second.journal.row(job.id)
    assert row is not None
    assert row.state == "accepted"


def test_a_picture_that_was_saved_already_is_not_fetched_again(make_world: Callable[..., World]) -> None:
    first = make_world()
    job = first.job(t2i(n=2))
    result = job.result(20)
    alter(first.journal.path, job.id, state="accepted")
    first.die()
    second = make_world(clock=first.clock)
    again = resume(second).jobs[0].result(20)
    assert again.paths == result.paths
    assert second.transport.count("GET", "/results") == 0


def test_a_picture_that_was_saved_but_not_noted_any_more_is_not_saved_twice(make_world: Callable[..., World]) -> None:
    first = make_world()
    job = first.job(t2i(n=2))
    result = job.result(20)
    alter(first.journal.path, job.id, state="accepted")
    with database(first.journal.path) as db:
        db.execute("DELETE FROM pictures")
    first.die()
    second = make_world(clock=first.clock)
    again = resume(second).jobs[0].result(20)
    assert again.paths == result.paths
    assert second.transport.count("GET", "/results") == 0
    assert len(list(second.out.rglob("*.png"))) == 2


def test_a_resumed_job_whose_folder_is_gone_saves_in_the_current_one(
    make_world: Callable[..., World], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_world()
    first.out = tmp_path / "usb" / "stick"
    job = first.job(t2i("emulator:latency=30"))
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    monkeypatch.chdir(tmp_path)
    result = resume(make_world(clock=first.clock)).jobs[0].result(30)
    assert result[0].path.is_relative_to(tmp_path / "wan_out")
    assert any("is gone" in note for note in result.notes)


def test_what_was_taken_up_and_has_not_begun_at_the_end_is_left_to_the_next_kernel(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_world()
    until_it_is(first.job(t2i("a hill emulator:latency=30")), "PENDING", "RUNNING")
    first.die()
    second = make_world(clock=first.clock)
    waiting: list[Coroutine[Any, Any, None]] = []
    monkeypatch.setattr(second.loop, "hand_over", waiting.append)
    (job,) = resume(second).jobs
    second.runner.drain(1.0)
    assert not job.ended.done()
    for each in waiting:
        second.loop.submit(each).result(20)
    assert "is taken up by the next" in str(job.exception(5))
    second.die()
    third = make_world(clock=first.clock)
    assert [len(each.result(30)) for each in resume(third).jobs] == [1]
