"""The runner, against the emulator over an unreliable way: nothing is lost, nothing is made twice."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from bailian_nb.client import Client
from bailian_nb.config import Secret
from bailian_nb.errors import (
    ContentRejected,
    DownloadError,
    InvalidRequest,
    NetworkError,
    SubmitUncertain,
    TaskCanceled,
    TaskExpired,
)
from bailian_nb.gallery import read_record
from bailian_nb.store.journal import Journal

from ..world.jumping_clock import until
from ..world.world import KEY, World, edit, refusal, t2i


def test_the_create_call_and_the_answer_with_the_pictures_have_request_ids_of_their_own(world: World) -> None:
    job = world.job(t2i())
    result = job.result(20)
    (listed,) = world.loop.submit(world.account.client.list_tasks()).result(10).rows
    assert job.request_id == listed.request_id, "the service's list shows the create call's"
    assert result.request_id not in ("", job.request_id)
    assert result[0].record.request_id == result.request_id
    assert result.task_id == result[0].record.task_id == job.task_id == listed.task_id


def test_a_job_ends_with_its_pictures_on_disk_and_the_journal_closed(world: World) -> None:
    job = world.job(t2i(n=2))
    result = job.result(20)
    assert [picture.path.exists() for picture in result] == [True, True]
    assert [picture.seed for picture in result] == [7, 8]
    assert (result.cost, job.cost) == (0.0, 0.0), "an emulator bills nothing"
    row = world.journal.row(job.id)
    assert row is not None
    assert row.cost == pytest.approx(0.4), "the ledger knows what it would have cost"
    assert (row.state, row.task_id, row.images) == ("done", job.task_id, 2)
    record = read_record(result[0].path)
    assert record is not None
    assert (record.prompt, record.task_id, record.emulator, record.job_id) == ("a hill", job.task_id, True, job.id)


def test_a_job_says_pending_once_the_journal_has_its_task(world: World) -> None:
    known: list[str | None] = []
    accepted = world.journal.accepted

    def slowly(row_id: str, **ids: Any) -> None:
        known.append(job.status)
        accepted(row_id, **ids)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.journal, "accepted", slowly)
        job = world.job(t2i())
        job.result(20)
    assert known == ["SUBMITTING"], "whoever sees that a task is there may end this process"


def test_the_journal_knows_intent_before_the_create_and_the_task_before_the_first_query(world: World) -> None:
    seen: dict[str, str] = {}

    def look(method: str, path: str, count: int) -> None:
        row = world.journal.recent(1)[0]
        if method == "POST":
            seen["at create"] = row.state
        elif "/tasks/" in path:
            seen.setdefault("at first query", f"{row.state} {row.task_id}")
        else:
            seen["at download"] = row.state

    world.transport.fault = look
    job = world.job(t2i())
    job.result(20)
    assert seen == {
        "at create": "submitting",
        "at first query": f"accepted {job.task_id}",
        "at download": "accepted",
    }


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Response("<html>bad gateway</html>", 502),
        lambda: refusal(429, "Throttling.RateQuota"),
        lambda: refusal(500, "InternalError"),
        lambda: Response("not json", 200),
        lambda: Response(b"", 503),
    ],
)
def test_reads_go_on_through_faults(world: World, broken: object) -> None:
    def fault(method: str, path: str, count: int) -> Response | None:
        return broken() if "/tasks/" in path and count < 3 else None  # type: ignore[operator]

    world.transport.fault = fault
    job = world.job(t2i())
    assert len(job.result(30)) == 1
    assert len(world.log()["creates"]) == 1


def test_a_broken_download_is_fetched_again_until_it_is_whole(world: World) -> None:
    def fault(method: str, path: str, count: int) -> Response | None:
        if "/results" not in path:
            return None
        return [Response(b"\x89PNG\r\n\x1a\nshort"), Response("oops", 500), None][min(count, 2)]

    world.transport.fault = fault
    result = world.job(t2i()).result(30)
    assert result.images[0].size == (768, 768)


def test_a_throttled_create_is_sent_again_and_makes_one_task(world: World) -> None:
    world.transport.fault = lambda method, path, count: (
        refusal(429, "Throttling.RateQuota", **{"Retry-After": "1"}) if method == "POST" and count < 2 else None
    )
    job = world.job(t2i())
    assert len(job.result(30)) == 1
    assert len(world.log()["creates"]) == 1
    assert world.transport.count("POST", "/services/") == 3


def test_a_create_that_broke_half_way_is_never_sent_again(world: World) -> None:
    world.transport.fault = lambda method, path, count: "after" if method == "POST" else None
    job = world.job(t2i())
    with pytest.raises(SubmitUncertain):
        job.result(30)
    assert world.transport.count("POST", "/services/") == 1
    assert world.journal.recent(1)[0].state == "uncertain"


@pytest.mark.parametrize(
    ("broken", "line", "row"),
    [
        ("intend", "cannot write the journal: disk is full; nothing was sent", None),
        ("submitting", "cannot write the journal: disk is full; nothing was sent", "intent"),
        ("uncertain", "cannot write the journal: disk is full; whether the create call made a task", "submitting"),
    ],
)
def test_a_disk_that_fills_up_is_told_by_what_it_cost(
    world: World, monkeypatch: pytest.MonkeyPatch, broken: str, line: str, row: str | None
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr(Journal, broken, full)
    world.transport.fault = lambda method, path, count: "after" if method == "POST" and broken == "uncertain" else None
    job = world.job(t2i(), cost=0.2)
    job.wait(10)
    assert line in str(job.error)
    assert job.cost == (None if broken == "uncertain" else 0.0)
    found = world.journal.row(job.id)
    assert (found and found.state) == row


def test_a_picture_that_cannot_be_fetched_yet_keeps_the_job_open(world: World) -> None:
    world.transport.fault = lambda method, path, count: Response(b"no picture") if "/results" in path else None
    job = world.job(t2i())
    with pytest.raises(DownloadError, match="resume"):
        job.result(60)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "accepted"


def test_a_call_that_finds_no_connection_goes_out_again_and_then_says_so(world: World) -> None:
    refused = Client(base_url="http://127.0.0.1:9/api/v1", key=Secret(KEY))
    world.account.client, reachable = refused, world.account.client
    job = world.job(t2i())
    until(lambda: job.why is not None and job.why.key == "no_connection")
    world.account.client = reachable
    assert len(job.result(30)) == 1
    assert len(world.log()["creates"]) == 1
    world.account.client = refused
    lost = world.job(t2i("a valley"))
    with pytest.raises(NetworkError, match="no connection"):
        lost.result(30)
    row = world.journal.row(lost.id)
    assert row is not None
    assert row.state == "failed"


def test_one_bad_job_never_blocks_the_others(world: World) -> None:
    bad = world.job(t2i("a hill emulator:reject=InvalidParameter"))
    good = [world.job(t2i(f"hill {number}", seed=number)) for number in range(2)]
    assert [len(job.result(30)) for job in good] == [1, 1]
    assert bad.wait(5).status == "FAILED"


def test_a_failed_task_says_code_and_ids(world: World) -> None:
    job = world.job(t2i("a hill emulator:fail=DataInspectionFailed"))
    with pytest.raises(ContentRejected) as caught:
        job.result(30)
    assert caught.value.code == "DataInspectionFailed"
    assert caught.value.task_id == job.task_id
    assert job.status == "FAILED"


def test_fewer_pictures_than_asked_for_are_saved_and_no_seed_is_guessed(world: World) -> None:
    result = world.job(t2i("a hill emulator:slot=1:InternalError.Timeout", n=3)).result(30)
    assert [picture.seed for picture in result] == [None, None]
    assert [failed.code for failed in result.errors] == ["MissingPicture"]
    assert world.journal.recent()[0].cost == pytest.approx(0.4)


def test_a_partial_failure_keeps_the_good_pictures_and_the_reasons(world: World) -> None:
    job = world.job(edit("sunglasses emulator:slot=1:InternalError.Timeout", n=3))
    result = job.result(30)
    assert job.status == "SUCCEEDED"
    assert [picture.seed for picture in result] == [7, 9]
    assert [(failed.index, failed.code) for failed in result.errors] == [(1, "InternalError.Timeout")]
    assert world.journal.recent()[0].cost == pytest.approx(0.28)


def test_retries_start_a_new_task_only_for_faults_of_the_service(world: World) -> None:
    job = world.job(t2i("a hill emulator:fail=InternalError.Algo@try=1"), retries=1)
    assert len(job.result(30)) == 1
    assert len(world.log()["creates"]) == 2
    refused = world.job(t2i("a hill emulator:fail=DataInspectionFailed"), retries=3)
    refused.wait(30)
    assert len(world.log()["creates"]) == 3


def test_a_job_that_waits_in_our_queue_is_canceled_without_a_task(world: World) -> None:
    running = [world.job(t2i(f"hill {number} emulator:latency=600")) for number in range(7)]  # five run, two wait there
    late = world.job(t2i("late"))
    until(lambda: all(job.status in ("PENDING", "RUNNING") for job in running))
    assert late.status == "QUEUED"
    assert late.cancel() is True
    with pytest.raises(TaskCanceled):
        late.result(5)
    assert {row.id: row.state for row in world.journal.recent()}[late.id] == "canceled"
    assert len(world.log()["creates"]) == 7


def test_a_pending_task_is_canceled_at_the_service_and_a_running_one_is_not(world: World) -> None:
    job = world.job(t2i("a hill emulator:pending=60"))
    until(lambda: job.status == "PENDING")
    assert job.cancel() is True
    with pytest.raises(TaskCanceled):
        job.result(20)
    runs = world.job(t2i("a valley emulator:latency=30"))
    until(lambda: runs.status == "RUNNING")
    assert runs.cancel() is False
    assert len(runs.result(30)) == 1


def test_a_task_that_the_service_forgot_is_expired(world: World) -> None:
    world.transport.fault = lambda method, path, count: (
        JSONResponse({"request_id": "r", "output": {"task_id": "x", "task_status": "UNKNOWN"}})
        if "/tasks/" in path
        else None
    )
    job = world.job(t2i())
    with pytest.raises(TaskExpired):
        job.result(20)
    assert job.status == "EXPIRED"


def test_no_more_tasks_run_at_once_than_the_table_allows(world: World) -> None:
    jobs = [world.job(t2i(f"hill {number}", seed=number)) for number in range(9)]
    for job in jobs:
        assert len(job.result(60)) == 1
    log = world.log()
    assert len(log["creates"]) == 9
    assert log["counters"].get("throttled", 0) <= 1


def test_an_edit_waits_for_the_job_that_draws_its_picture(world: World) -> None:
    first = world.job(t2i("emulator:latency=10"))
    seen = []
    second = world.job(t2i("second"), needs=[first], prepare=lambda: seen.append(first.status) or t2i("made later"))
    assert len(second.result(30)) == 1
    assert seen == ["SUCCEEDED"]
    assert second.request is not None
    assert second.request.prompt == "made later"


def test_a_failed_input_fails_the_job_with_its_reason_and_sends_nothing(world: World) -> None:
    first = world.job(t2i("emulator:fail=InternalError.Algo"))
    second = world.job(t2i("second"), needs=[first], prepare=lambda: t2i("never"))
    second.wait(30)
    assert second.status == "FAILED"
    assert second.error is not None
    assert second.error.code == "InternalError.Algo"
    assert len(world.log()["creates"]) == 1


def test_a_request_that_cannot_be_prepared_fails_the_job_in_one_line(world: World) -> None:
    def prepare() -> None:
        raise InvalidRequest("the picture is too small")

    job = world.job(t2i(), prepare=prepare)
    with pytest.raises(InvalidRequest, match="too small"):
        job.result(10)


def test_an_unwritable_folder_keeps_the_job_resumable(world: World) -> None:
    world.out.parent.mkdir(parents=True, exist_ok=True)
    world.out.write_text("a file where the folder should be")
    job = world.job(t2i())
    job.wait(30)
    assert job.status == "FAILED"
    assert "resume" in str(job.error)
    assert world.journal.recent(1)[0].state == "accepted"


def test_the_key_is_in_no_file(world: World) -> None:
    job = world.job(t2i())
    job.result(20)
    for path in [*world.home.rglob("*"), *world.out.rglob("*")]:
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    assert KEY not in repr(world.account) + repr(world.account.client) + repr(job.__dict__)
