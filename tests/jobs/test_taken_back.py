"""A kernel that wakes up before it sent takes its call back, or tries a failed one again: what others make of it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from bailian_nb.session.resume import resume
from bailian_nb.store.journal import Journal

from ..world.stepped import run
from .test_two_kernels import LONG, MODEL, TwoKernels, told


def sought(story: TwoKernels, number: int = 0) -> None:
    """Have a kernel that stands still before it sends a call, and one whose Job of the same looks for its task."""
    story.one_begins(number=number, state="submitting", stands=False)
    story.stop(which=0, state="submitting", seconds=LONG)
    story.begin(which=1, number=number)
    story.go_on(which=1, rounds=1, seconds=20)
    (row,) = story.rows()
    assert (row.state, row.kernel) == ("uncertain", story.kernels[1].session.journal.kernel)


def test_in_the_very_moment_in_which_it_is_taken_up_it_is_listed_as_its_kernels() -> None:
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=LONG)
        (row,) = story.rows()
        first, second = (kernel.session.journal for kernel in story.kernels)

        def meanwhile(*given: Any, **more: Any) -> None:
            first.refused(row.id)
            Journal.uncertain(second, *given, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(second, "uncertain", meanwhile)
            found = resume(story.kernels[1].session)
        assert [each.id for each in found.alive] == [row.id]
        assert found.jobs == []
        story.wake(which=0)
        story.go_on(which=0, rounds=1, seconds=20)
        assert len(story.jobs[0][1].result(0)) == 1


def test_where_its_kernel_ends_before_it_sends_it_whoever_has_made_the_same_call_sends_it() -> None:
    """It wants the pictures, nobody has canceled anything, and nothing was sent for it yet."""
    with told() as story:
        sought(story)
        story.kernels[0].session.journal.refused(story.rows()[0].id)
        story.kill(which=0)
        story.go_on(which=1, rounds=1, seconds=60)
        job = story.jobs[1][1]
        assert len(job.result(0)) == 1
        assert "it is sent from here" in str(job.notes)
        assert len(story.created()) == 1
        assert [row.state for row in story.rows() if row.state != "canceled"] == ["done"]


def test_where_its_kernel_ends_before_it_sends_it_what_was_only_taken_up_is_not_sent_and_not_called_canceled() -> None:
    """Nobody has asked for its pictures here: it is listed as unsent, and can be sent."""
    with told() as story:
        story.one_begins(number=0, state="submitting", stands=False)
        story.stop(which=0, state="submitting", seconds=LONG)
        story.take_up(which=1, send=False)
        story.go_on(which=1, rounds=1, seconds=20)
        story.kernels[0].session.journal.refused(story.rows()[0].id)
        story.kill(which=0)
        story.go_on(which=1, rounds=1, seconds=20)
        job = story.jobs[1][1]
        assert job.status == "FAILED"
        assert "was not sent: the kernel that was about to send it has ended or stands still" in str(job.error)
        assert job.cost in (None, 0.0)
        (unsent,) = resume(story.kernels[1].session).unsent
        assert unsent.kernel == ""
        assert story.created() == []


def test_a_cancel_that_was_noted_before_it_came_back_unsent_ends_it() -> None:
    with told() as story:
        sought(story)
        job = story.jobs[1][1]
        job.cancel()
        story.go_on(which=1, rounds=1, seconds=1)
        story.kernels[0].session.journal.refused(story.rows()[0].id)
        story.kill(which=0)
        story.go_on(which=1, rounds=1, seconds=60)
        assert job.status == "CANCELED"
        assert story.created() == []
        assert [row.state for row in story.rows()] == ["canceled"]


def test_a_cancel_that_was_noted_meanwhile_is_handed_on_once_its_kernel_has_sent_it() -> None:
    with told() as story:
        sought(story, number=1)  # which is in the service's queue for some time
        job = story.jobs[1][1]
        job.cancel()
        story.go_on(which=1, rounds=1, seconds=1)
        assert "noted, until its task is found" in str(job.notes)
        story.wake(which=0)
        story.go_on(which=1, rounds=1, seconds=60)
        assert [each.status for _, each in story.jobs] == ["CANCELED", "CANCELED"]
        assert [task["status"] for task in story.created()] == ["CANCELED"]


def test_its_task_is_driven_by_its_kernel_alone() -> None:
    """Also where that has sent it by the time that the other one looks at the row again."""
    with told() as story:
        sought(story, number=1)
        story.wake(which=0)
        story.go_on(which=1, rounds=1, seconds=12)
        ours, theirs = (job for _, job in story.jobs)
        assert (ours.status, theirs.status) == ("PENDING", "PENDING")
        assert (ours.followed, theirs.followed) == ("", ours.id)
        story.go_on(which=1, rounds=1, seconds=60)
        assert len(ours.result(0)) == len(theirs.result(0)) == 1


@pytest.mark.parametrize("tries", [1, 2])
def test_who_follows_a_call_whose_task_fails_follows_its_next_try(tries: int) -> None:
    with contextlib.closing(TwoKernels()) as story:
        failing = "".join(f" emulator:fail=InternalError.Timeout@try={number}" for number in range(1, tries + 1))
        values = {"prompt": f"a moor{failing}", "size": "512*512", "n": 1, "seed": 9}
        for kernel in story.kernels:
            plan = kernel.session.plan(model=MODEL, values=values, out_dir=story.folder / "out", retries=tries)
            story.jobs.append((kernel, kernel.session.send(plan)))
        run(story.kernels, story.clock, 60.0)
        (ours,), (theirs,) = (job.result(0) for _, job in story.jobs)
        assert ours.path == theirs.path
        assert [task["status"] for task in story.created()] == ["FAILED"] * tries + ["SUCCEEDED"]
