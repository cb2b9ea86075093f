"""A create call whose answer was lost: its task is found in the list, and nobody else's is taken for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.client import Answer, Slot
from bailian_nb.config import EMULATOR_URL
from bailian_nb.errors import InvalidRequest, ServiceError, SubmitUncertain
from bailian_nb.gallery import read_record
from bailian_nb.jobs.resume import adopt, forget
from bailian_nb.reconcile.bounds import ENOUGH
from bailian_nb.reconcile.search import LATER, belongs
from bailian_nb.request import Request

from ..world.altered import alter, database
from ..world.each import each
from ..world.jumping_clock import JumpingClock, until
from ..world.lost_calls import HiddenTasks, colleague, lose_the_first, old, pass_time, used_before
from ..world.resumed import resume
from ..world.world import World, edit, t2i

"""Of the old protocol, whose answers repeat the prompt."""


@pytest.mark.parametrize("make", [t2i, edit])
def test_a_lost_answer_is_found_in_the_list(world: World, make: Callable[..., Request]) -> None:
    used_before(world, make)
    lose_the_first(world)
    job = world.job(make("a hill"))
    result = job.result(60)
    assert len(result) == 1
    assert world.transport.count("POST", "/services/") == ENOUGH + 1
    assert world.log()["creates"][ENOUGH]["task_id"] == job.task_id
    assert any("found in the task list" in note for note in result.notes)
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, row.task_id) == ("done", job.task_id)


def test_a_prompt_that_is_repeated_needs_no_earlier_task(world: World) -> None:
    lose_the_first(world)
    job = world.job(old("a hill"))
    assert len(job.result(60)) == 1
    assert len(world.log()["creates"]) == 1


def test_a_call_that_made_nothing_ends_and_is_not_sent_again(world: World) -> None:
    used_before(world)
    lose_the_first(world, before=True)
    job, began = world.job(t2i("a hill")), world.clock.now()
    with pytest.raises(ServiceError, match="made no task that is billed"):
        job.result(60)
    assert world.clock.now() - began >= LATER[-1]
    assert world.transport.count("POST", "/services/") == ENOUGH + 1
    assert len(world.log()["creates"]) == ENOUGH
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "failed", "the same call may be sent again"
    assert not resume(world)


def test_a_list_that_shows_no_task_of_ours_proves_nothing(world: World) -> None:
    lose_the_first(world, before=True)
    with pytest.raises(SubmitUncertain, match="shows no task of ours at all"):
        world.job(t2i("a hill")).result(60)


def test_a_list_that_leaves_out_a_task_of_ours_proves_nothing(world: World) -> None:
    veil = HiddenTasks(world)
    used_before(world)
    hidden = world.log()["creates"][-1]["task_id"]
    veil.hidden = lambda task_id: task_id == hidden
    lose_the_first(world, before=True)
    with pytest.raises(SubmitUncertain, match="leaves out tasks of ours"):
        world.job(t2i("a hill")).result(60)


def test_no_create_of_the_model_goes_out_while_the_list_has_not_answered(world: World) -> None:
    used_before(world)
    order: list[str] = []

    def fault(method: str, path: str, count: int) -> Any:
        if method == "POST":
            order.append("create")
        elif path.endswith("/tasks"):
            order.append("list")
            return Response(b"", 503) if order.count("list") < 3 else None
        return "after" if method == "POST" and order.count("create") == 1 else None

    world.transport.fault = fault
    jobs = [world.job(t2i(f"hill {number}", seed=number)) for number in range(2)]
    for job in jobs:
        job.result(60)
    assert order[:5] == ["create", "list", "list", "list", "create"]


def test_a_colleagues_task_of_another_key_is_not_ours(world: World) -> None:
    used_before(world)
    lose_the_first(world, before=True)
    job = world.job(t2i("a hill"))
    until(lambda: job.status == "UNCERTAIN")
    colleague(world, t2i("theirs"), "sk-made-up-for-somebody-else")
    with pytest.raises(ServiceError, match="made no task that is billed"):
        job.result(60)


@pytest.mark.seldom
def test_a_task_of_the_same_key_made_by_somebody_else_is_set_apart_and_the_user_is_asked(world: World) -> None:
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world)
    job = world.job(t2i("a hill"))
    with pytest.raises(SubmitUncertain, match="may be its own") as caught:
        job.result(60)
    mine = world.log()["creates"][-1]["task_id"]
    assert mine in caught.value.message
    assert "theirs" not in caught.value.message
    (picture,) = (world.out / "unclaimed").glob("*.png")
    record = read_record(picture)
    assert record is not None
    assert (record.task_id, record.job_id, record.request_key, record.seed) == (mine, "", None, None)
    assert any(job.id in note and mine in note for note in record.notes)

    found = resume(world)
    assert [(row.id, [orphan.task_id for orphan in orphans]) for row, orphans in found.unclaimed] == [(job.id, [mine])]
    with pytest.raises(InvalidRequest, match=mine):
        adopt(world.journal, EMULATOR_URL, "no-such-task")
    adopt(world.journal, EMULATOR_URL, mine)
    result = resume(world).jobs[0].result(60)
    assert result[0].record.prompt == "a hill"
    assert result[0].record.task_id == mine
    assert not resume(world)


def test_a_task_that_somebody_made_before_our_call_went_out_is_never_ours(world: World) -> None:
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world, before=True)
    with pytest.raises(ServiceError, match="made no task that is billed"):
        world.job(t2i("a hill")).result(60)


def test_the_user_may_give_an_uncertain_job_up(world: World) -> None:
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world)
    job = world.job(t2i("a hill"))
    job.wait(60)
    forget(world.journal, EMULATOR_URL, job.id, at=world.clock.now())
    assert not resume(world)
    with pytest.raises(InvalidRequest, match="not uncertain"):
        forget(world.journal, EMULATOR_URL, job.id, at=world.clock.now())
    assert list((world.out / "unclaimed").glob("*.png"))


@pytest.mark.seldom
def test_a_kernel_killed_during_its_create_finds_the_task_after_it(make_world: Callable[..., World]) -> None:
    first = make_world()
    used_before(first)
    job = first.job(t2i("a hill emulator:latency=30"))
    until(lambda: job.task_id)
    first.die()
    alter(
        first.journal.path, job.id, state="submitting", task_id=None
    )  # as if the kernel had died before it could write
    second = make_world(clock=first.clock)
    (again,) = resume(second).jobs
    assert again.status in ("UNCERTAIN", "PENDING", "RUNNING")
    assert again.result(60)[0].record.task_id == job.task_id
    assert len(second.log()["creates"]) == ENOUGH + 1


@pytest.mark.seldom
def test_a_row_that_comes_late_is_found_by_a_later_look(make_world: Callable[..., World]) -> None:
    world = make_world(clock=JumpingClock(), list_delay=120.0)
    used_before(world)
    pass_time(world, 125)
    lose_the_first(world)
    assert len(world.job(t2i("a hill")).result(60)) == 1


def answer(prompt: str | None, *, state: Any = "SUCCEEDED", count: int = 1, size: str = "", total: int = 0) -> Answer:
    slots = tuple(Slot(url="https://example.com/a.png", orig_prompt=prompt) for _ in range(count))
    usage = {"size": size} if size else {}
    return Answer(state=state, slots=slots if state == "SUCCEEDED" else (), usage=usage, total=total)


@each(
    ("given", "verdict"),
    [
        (answer("a hill"), "ours"),
        (answer("  a   hill\n"), "ours"),
        (answer("a mill"), "foreign"),
        (answer("a hill", count=2), "foreign"),
        (answer(None), "maybe"),
        (answer(None, size="768*768"), "maybe"),
        (answer(None, size="1024*1024"), "foreign"),
        (answer(None, count=3), "foreign"),
        (answer(None, state="FAILED"), "maybe"),
        (answer(None, total=1), "maybe"),
        (answer(None, total=2), "foreign"),
        (answer(None, state="FAILED", total=2), "foreign"),
        (answer("a hill", total=2), "foreign"),
        (answer(None, state="UNKNOWN"), "foreign"),
    ],
)
def test_a_task_belongs_to_a_request_by_what_it_says_of_itself(given: Answer, verdict: str) -> None:
    assert belongs(given, t2i("a hill")) == verdict


def test_a_task_that_was_to_make_fewer_pictures_is_somebody_elses() -> None:
    two = t2i("a hill", n=2)
    assert belongs(answer(None, total=1), two) == "foreign"
    assert belongs(answer(None, total=2), two) == "maybe"  # one of them failed
    several = replace(two, model="wan2.6-image", values={**two.values, "enable_interleave": True})
    assert belongs(answer(None, total=1), several) == "maybe"  # at most two


def test_files_of_the_first_version_are_brought_up(tmp_path: Path) -> None:
    from bailian_nb.errors import BailianError
    from bailian_nb.store import schema

    path = tmp_path / "journal.sqlite"
    with database(path) as db:
        for statement in schema._VERSIONS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
    with schema.Database(path).reading() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == schema.SCHEMA
        names = [row["name"] for row in db.execute("PRAGMA table_info(jobs)")]
    assert {"notebook", "broke"} < set(names)
    with database(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(BailianError, match="Update bailian_nb"):
        schema.Database(path)
