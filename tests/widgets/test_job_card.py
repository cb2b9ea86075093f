"""A Job's card says what the Job says, from whatever thread it is changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bailian_nb.errors import TaskFailed
from bailian_nb.jobs.status import Expected, WaitReason
from bailian_nb.session import front
from bailian_nb.session import session as sessions
from bailian_nb.session.held_job import HeldJob
from bailian_nb.widgets import JobCard

from ..world.emulator_log import creates


def test_a_card_follows_its_job(make_job: Any) -> None:
    job = make_job()
    card = JobCard(job)
    assert (card.card["state"], card.card["line"]) == ("waiting", "queued here · {age} s")
    assert card.card["badge"] == "EMULATOR"
    assert card.card["usual"] == 0
    thread = threading.Thread(target=lambda: job.change(status="RUNNING", submitted=1001.0))
    thread.start()
    thread.join()
    assert (card.card["state"], card.card["line"], card.card["since"]) == ("running", "drawing · {age} s", 1001.0)


def test_a_card_says_why_a_job_waits(make_job: Any) -> None:
    job = make_job()
    card = JobCard(job)
    job.change(why=WaitReason(key="our_limit", values={"limit": 2, "ahead": 3}))
    assert card.card["line"] == "queued here · the account's limit of 2 tasks at once; 3 ahead · {age} s"
    job.change(why=WaitReason(key="throttled", values={"until": 1_790_000_000.0}))
    assert "throttled by the service until" in card.card["line"]


def test_a_failure_says_what_it_means_and_what_to_do(make_job: Any) -> None:
    job = make_job(emulator=False)
    card = JobCard(job)
    job.fail(TaskFailed("the image is <b>bad</b>", code="InternalError.Timeout", request_id="req-1"), at=1004.25)
    shown = card.card
    assert (shown["state"], shown["line"], shown["cancel"]) == ("failed", "failed · 4.2 s", False)
    assert shown["detail"].startswith("InternalError.Timeout (")
    assert "the image is <b>bad</b>" in shown["detail"]
    assert shown["detail"].endswith("request req-1")


def test_cancel_reaches_the_job_or_whoever_wants_it(make_job: Any) -> None:
    asked = []
    job = make_job()
    card = JobCard(job, on_cancel=asked.append)
    card.comm.receive({"kind": "cancel"})
    assert asked == [job]
    job.cancel_asked = True
    card.refresh()
    assert card.card["cancel"] is False


def test_a_cancel_that_comes_too_late_is_said(make_job: Any) -> None:
    job = make_job()
    card = JobCard(job, on_cancel=lambda job: False)
    card.comm.receive({"kind": "cancel"})
    assert card.fault.startswith("too late to cancel")
    job.fail(TaskFailed("x", code="InternalError.Timeout"), at=1001.0)
    assert (card.card["state"], card.fault) == ("failed", "")


def test_a_cancel_that_breaks_is_shown(make_job: Any) -> None:
    card = JobCard(make_job(), on_cancel=lambda job: 1 / 0)
    card.comm.receive({"kind": "cancel"})
    assert card.fault == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_state_has_words(make_job: Any, lang: str) -> None:
    for status in (
        "WAITING",
        "QUEUED",
        "SUBMITTING",
        "UNCERTAIN",
        "PENDING",
        "RUNNING",
        "SAVING",
        "CANCELED",
        "EXPIRED",
    ):
        job = make_job()
        job.change(status=status)
        assert JobCard(job, lang=lang).card["line"]


def test_a_frozen_card_is_plain(make_job: Any) -> None:
    card = JobCard(make_job())
    assert card.static_view() == {"text/plain": "<Job wanx2.1-imageedit QUEUED EMULATOR>"}


def test_the_usual_time_counts_from_the_submit(make_job: Any) -> None:
    job = make_job(expected=Expected(low=5, high=15))
    card = JobCard(job)
    assert card.card["usual"] == 0
    job.change(status="RUNNING", submitted=1001.0)
    assert (card.card["since"], card.card["usual"]) == (1001.0, 10.0)


@pytest.fixture
def held() -> Iterator[HeldJob]:
    """A Job that waits for Run, as a cell above `confirm_above` makes it."""
    session = sessions.current()
    values = {"prompt": "A shop emulator:latency=0", "size": "768*768", "n": 2, "seed": 7}
    yield HeldJob(session, session.plan(model="wan2.6-t2i", values=values))
    session.close()


@pytest.mark.seldom
def test_a_held_job_shows_its_plan_and_run_sends_it_once_from_any_card(held: HeldJob) -> None:
    cards = [JobCard(held), JobCard(held)]
    for card in cards:
        assert (card.card["run"], card.card["cancel"], card.card["since"]) == (True, True, 0.0)
        assert card.card["line"] == "nothing is sent before Run is pressed (confirm_above is 5.00)"
        assert card.card["detail"].startswith("pictures: 2 · estimate CNY 0.40 (list price of ")
    assert creates() == 0
    for card in (*cards, *cards):
        card.comm.receive({"kind": "run"})
        assert card.fault == ""
    assert len(held.result(30)) == 2
    assert creates() == 1
    for card in cards:
        card.refresh()
        assert (card.card["run"], card.card["state"]) == (False, "done")
        assert card.card["thumb"][:2] == b"\xff\xd8"


def test_a_refused_run_says_why_and_keeps_its_button(held: HeldJob, monkeypatch: pytest.MonkeyPatch) -> None:
    card = JobCard(held, lang="zh")
    assert card.card["line"] == "点击“运行”之前不会发送（confirm_above 为 5.00）"
    assert card.card["detail"].startswith("2 张图片 · 预估 ¥0.40")
    monkeypatch.setattr(front.here, "overrides", {"max_cost_day": 0.3}, raising=False)
    for _ in range(2):
        card.comm.receive({"kind": "run"})
        assert card.fault.startswith("BudgetExceeded: 2 pictures of wan2.6-t2i for CNY 0.40 would pass max_cost_day")
        assert card.card["run"] is True
    assert "max_cost_day 0.3 还剩 ¥0.30" in card.card["detail"]
    assert JobCard(held).fault == card.fault, "another view of it knows that, too"
    monkeypatch.undo()
    card.comm.receive({"kind": "run"})
    assert card.fault == ""
    assert len(held.result(30)) == 2


def test_a_canceled_question_cannot_be_run(held: HeldJob) -> None:
    card = JobCard(held)
    card.comm.receive({"kind": "cancel"})
    assert (held.status, card.card["run"], card.card["cancel"]) == ("CANCELED", False, False)
    card.comm.receive({"kind": "run"})
    assert (held.status, card.fault, creates()) == ("CANCELED", "", 0)


def test_run_means_nothing_to_a_job_that_was_sent(make_job: Any) -> None:
    card = JobCard(make_job())
    assert card.card["run"] is False
    card.comm.receive({"kind": "run"})
    assert (card.fault, card.card["state"]) == ("", "waiting")
