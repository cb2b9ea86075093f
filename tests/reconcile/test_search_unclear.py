"""Lost create calls whose tasks several may own: nobody decides alone, each resume looks again, the user says whose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.responses import Response

from bailian_nb.config import EMULATOR_URL
from bailian_nb.errors import InvalidRequest, ServiceError, SubmitUncertain, TaskFailed
from bailian_nb.jobs.resume import adopt, forget
from bailian_nb.reconcile import task_list
from bailian_nb.reconcile.attempt import Attempt
from bailian_nb.reconcile.bounds import ENOUGH
from bailian_nb.reconcile.search import Search
from bailian_nb.specs import service

from ..world.altered import alter
from ..world.jumping_clock import JumpingClock
from ..world.lost_calls import (
    HiddenTasks,
    colleague,
    lose_the_first,
    old,
    ours,
    pass_time,
    saved,
    until_uncertain,
    used_before,
)
from ..world.resumed import resume
from ..world.world import World, t2i


def mine(world: World, prompt: str) -> str:
    """Return the id of the task that was made for this prompt."""
    return str(next(each["task_id"] for each in world.log()["creates"] if each["values"]["prompt"] == prompt))


@pytest.mark.seldom
def test_a_task_that_comes_late_beside_a_foreign_one_is_found_by_the_next_resume(
    make_world: Callable[..., World],
) -> None:
    world = make_world(clock=JumpingClock())
    veil = HiddenTasks(world)
    used_before(world)
    lose_the_first(world)
    before = {each["task_id"] for each in world.log()["creates"]}
    theirs: set[str] = set()
    veil.hidden = lambda task_id: task_id not in before | theirs
    job = world.job(t2i("a hill"))
    until_uncertain(job)
    pass_time(world, 2)
    theirs.add(colleague(world, t2i("theirs")))
    with pytest.raises(SubmitUncertain, match=r"1 task\(s\) in the list may be its own"):
        job.result(60)
    assert not ours(world) <= saved(world)
    veil.hidden = lambda task_id: False
    found = resume(world)
    assert [row.id for row, _ in found.unclaimed] == [job.id]
    (again,) = found.jobs
    with pytest.raises(SubmitUncertain, match=r"2 task\(s\) in the list may be its own"):
        again.result(60)
    assert ours(world) | theirs == saved(world)
    files = sorted(world.out.rglob("*.png"))
    (once_more,) = resume(world).jobs
    with pytest.raises(SubmitUncertain, match="set apart already"):
        once_more.result(60)
    assert sorted(world.out.rglob("*.png")) == files
    assert len(world.log()["creates"]) == ENOUGH + 2


def two_lost(world: World) -> tuple[str, str]:
    """Lose the answers of two calls that were out at the same time, and both tasks with them; return their ids."""
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world)
    first = world.job(t2i("a hill"))
    first.wait(60)
    lose_the_first(world)
    second = world.job(t2i("a lake"))
    second.wait(60)
    at = world.journal.row(second.id)
    assert at is not None
    assert at.broke is not None
    alter(world.journal.path, first.id, broke=at.broke)
    return first.id, second.id


@pytest.mark.seldom
def test_with_two_open_calls_the_user_says_whose_a_task_is(world: World) -> None:
    hill, lake = two_lost(world)
    task = mine(world, "a hill")
    with pytest.raises(InvalidRequest, match=rf"as JOB={task}.*{hill}, {lake}"):
        adopt(world.journal, EMULATOR_URL, task)
    with pytest.raises(InvalidRequest, match=rf"as JOB={task}"):
        adopt(world.journal, EMULATOR_URL, f"nobody={task}")
    adopt(world.journal, EMULATOR_URL, f"{hill}={task}")
    with pytest.raises(InvalidRequest, match="not among the unclaimed"):
        adopt(world.journal, EMULATOR_URL, f"{lake}={task}")
    pictures = {job.id: job for job in resume(world).jobs}
    assert pictures[hill].result(60)[0].record.prompt == "a hill"
    assert pictures[lake].wait(60).task_id != task
    assert len(world.log()["creates"]) == ENOUGH + 3


@pytest.mark.seldom
def test_what_one_job_gives_up_may_be_another_ones(world: World) -> None:
    hill, lake = two_lost(world)
    task = mine(world, "a hill")
    forget(world.journal, EMULATOR_URL, lake, at=world.clock.now())
    forget(world.journal, EMULATOR_URL, hill, at=world.clock.now())
    verdicts = {name: orphan.verdict for name, orphan in orphans(world).items()}
    assert verdicts[task] == "forgotten"
    assert verdicts[mine(world, "a lake")] == ""
    assert not resume(world)


def orphans(world: World) -> dict[str, Any]:
    names = [each["task_id"] for each in world.log()["creates"]]
    return world.journal.orphans.see(EMULATOR_URL, "wan2.6-t2i", names, at=world.clock.now())


@pytest.mark.seldom
def test_a_task_that_another_search_ruled_out_may_still_be_ours(world: World) -> None:
    veil = HiddenTasks(world)
    used_before(world)
    before = {each["task_id"] for each in world.log()["creates"]}
    veil.hidden = lambda task_id: task_id not in before
    lose_the_first(world)
    job = world.job(t2i("a hill"))
    until_uncertain(job)
    task = mine(world, "a hill")
    assert orphans(world)[task].verdict == ""
    world.journal.orphans.note(EMULATOR_URL, task, "foreign", job="a search of another size")
    veil.hidden = lambda task_id: False
    assert job.result(60)[0].record.task_id == task


@pytest.mark.seldom
def test_a_search_does_not_undo_what_the_user_is_asked_about(world: World) -> None:
    two_lost(world)
    task = mine(world, "a hill")
    world.journal.orphans.note(EMULATOR_URL, task, "foreign", job="another")
    assert orphans(world)[task].verdict == "unclaimed"


@pytest.mark.seldom
def test_a_lone_task_goes_to_nobody_while_two_calls_are_open(world: World) -> None:
    used_before(world)
    lose_the_first(world, before=True)
    nothing = world.job(t2i("a hill"))
    nothing.wait(60)
    lose_the_first(world)
    lake = world.job(t2i("a lake"))
    until_uncertain(lake)
    at = world.journal.row(lake.id)
    assert at is not None
    alter(world.journal.path, nothing.id, broke=at.submitted)
    with pytest.raises(SubmitUncertain, match=r"1 task\(s\) in the list may be its own"):
        lake.result(60)
    assert saved(world) == ours(world)


def test_a_failed_task_that_only_our_call_can_have_made_is_ours(world: World) -> None:
    used_before(world)
    lose_the_first(world)
    job = world.job(t2i("a hill emulator:fail=InternalError.Timeout"))
    with pytest.raises(TaskFailed) as caught:
        job.result(60)
    assert caught.value.task_id == mine(world, "a hill emulator:fail=InternalError.Timeout")
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "failed"
    assert not (world.out / "unclaimed").exists()


@pytest.mark.seldom
def test_where_only_a_failed_task_may_be_ours_nothing_was_paid_whosever_it_is(world: World) -> None:
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world, before=True)
    job = world.job(t2i("a hill"))
    until_uncertain(job)
    colleague(world, t2i("theirs emulator:fail=InternalError.Timeout"))
    with pytest.raises(ServiceError, match="made no task that is billed"):
        job.result(60)


def test_a_prompt_that_two_seeds_share_proves_nothing(world: World) -> None:
    lose_the_first(world, before=True)
    nothing = world.job(old("a hill", seed=1))
    nothing.wait(60)
    lose_the_first(world)
    other = world.job(old("a hill", seed=2))
    until_uncertain(other)
    at = world.journal.row(other.id)
    assert at is not None
    alter(world.journal.path, nothing.id, broke=at.submitted)
    with pytest.raises(SubmitUncertain, match=r"1 task\(s\) in the list may be its own"):
        other.result(60)


def test_a_task_that_the_user_adopts_while_it_is_looked_for_is_taken(world: World) -> None:
    used_before(world)
    colleague(world, t2i("theirs, earlier"))
    pass_time(world, 12)
    lose_the_first(world)
    job = world.job(t2i("a hill"))
    job.wait(60)
    lists = world.transport.count("GET", "/tasks")

    def adopt_late(method: str, path: str, count: int) -> Any:
        if path.rstrip("/").endswith("/tasks") and count == lists:
            adopt(world.journal, EMULATOR_URL, mine_now)

    mine_now = mine(world, "a hill")
    world.transport.fault = adopt_late
    (again,) = resume(world).jobs
    assert again.result(60)[0].record.task_id == mine_now


def test_no_task_gets_two_rows(world: World) -> None:
    done = world.job(t2i("a first one"))
    done.result(30)
    lose_the_first(world, before=True)
    other = world.job(t2i("a hill"))
    until_uncertain(other)
    assert not world.journal.own(other.id, EMULATOR_URL, done.task_id)
    row = world.journal.row(other.id)
    assert row is not None
    assert (row.state, row.task_id) == ("uncertain", None)


def test_a_list_too_long_for_a_day_is_read_around_the_call_and_decides_nothing_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_list, "PAGE", 1)
    monkeypatch.setattr(task_list, "PAGES", 2)
    used_before(world)
    lose_the_first(world)
    with pytest.raises(SubmitUncertain, match=r"1 task\(s\) in the list may be its own"):
        world.job(t2i("a hill")).result(60)
    assert saved(world) == ours(world)


def test_a_list_that_cannot_be_read_to_its_end_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PAGE", 1), ("PAGES", 1), ("NEAR_PAGES", 2)):
        monkeypatch.setattr(task_list, name, value)
    used_before(world)
    lose_the_first(world, before=True)
    job = world.job(t2i("a hill"))
    with pytest.raises(SubmitUncertain, match=r"more than 2 tasks of wan2\.6-t2i within two hours"):
        job.result(60)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "uncertain"


def test_a_found_task_that_does_not_end_within_a_day_leaves_the_row_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "KEPT_SECONDS", 20.0)
    task = colleague(world, t2i("theirs emulator:latency=100000"))
    now = world.clock.now()
    attempt = Attempt(row_id="job", submitted=now, broke=now, request_id="its own")

    async def search() -> object:
        return await Search.of(
            attempt, account=world.account, request=t2i(), journal=world.journal, clock=world.clock
        )._final(task)

    assert world.loop.submit(search()).result(30) is None


def answer_unknown(times: int) -> Callable[[str, str, int], Any]:
    left = [times]

    def fault(method: str, path: str, count: int) -> Any:
        if "/tasks/" not in path or not left[0]:
            return None
        left[0] -= 1
        return Response(b'{"request_id": "r", "output": {"task_id": "t", "task_status": "UNKNOWN"}}', 200)

    return fault


@pytest.mark.seldom
@pytest.mark.parametrize("times", [1, 99])
def test_a_listed_task_that_the_service_does_not_know_for_a_moment_is_not_given_up(world: World, times: int) -> None:
    used_before(world)
    lose_the_first(world)
    lost, unknown = world.transport.fault, answer_unknown(times)
    world.transport.fault = lambda *call: unknown(*call) or lost(*call)
    job = world.job(t2i("a hill"))
    job.wait(60)
    if times == 1:
        assert job.outcome is not None
        return
    assert "cannot be asked for" in str(job.error)
    world.transport.fault = lambda *call: None
    assert resume(world).jobs[0].result(60)[0].record.prompt == "a hill"


@pytest.mark.seldom
def test_one_task_that_may_not_be_asked_for_hides_no_other(world: World) -> None:
    used_before(world, old)
    lose_the_first(world)
    lost = world.transport.fault
    theirs: list[str] = []

    def fault(method: str, path: str, count: int) -> Any:
        if any(task in path for task in theirs):
            return Response(b'{"code": "AccessDenied", "message": "no", "request_id": "r"}', 403)
        return lost(method, path, count)

    world.transport.fault = fault
    theirs.append(colleague(world, old("theirs")))
    job = world.job(old("a hill", seed=8))
    assert job.result(60)[0].record.prompt == "a hill"


@pytest.mark.seldom
def test_a_job_that_has_its_task_takes_no_other(world: World) -> None:
    hill, _ = two_lost(world)
    task = mine(world, "a lake")
    alter(world.journal.path, hill, state="done", task_id="its own")
    with pytest.raises(InvalidRequest, match=r"looks for no task any more|say whose"):
        adopt(world.journal, EMULATOR_URL, f"{hill}={task}")
    assert not world.journal.own(hill, EMULATOR_URL, task)


def test_an_answer_that_broke_and_names_its_task_needs_no_search(world: World) -> None:
    def fault(method: str, path: str, count: int) -> Any:
        if method != "POST":
            return None
        body = json.dumps({"request_id": "r", "output": {"task_id": made}, "code": "InternalError", "message": "m"})
        return Response(body.encode(), 500)

    made = colleague(world, t2i("a hill"))
    world.transport.fault = fault
    job = world.job(t2i("a hill"))
    assert job.result(60)[0].record.task_id == made
    assert world.transport.count("GET", "/tasks/") > 0
    assert not [path for method, path in world.transport.calls if path.rstrip("/").endswith("/tasks")]
