"""A Job's card says what the Job says, from whatever thread it is changed."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from bailian_nb.errors import TaskFailed
from bailian_nb.jobs import Why
from bailian_nb.jobs.schedule import Expected
from bailian_nb.widgets import JobCard


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
    job.change(why=Why(key="our_limit", values={"limit": 2, "ahead": 3}))
    assert card.card["line"] == "queued here · the account's limit of 2 tasks at once; 3 ahead · {age} s"
    job.change(why=Why(key="throttled", values={"until": 1_790_000_000.0}))
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
    card = JobCard(make_job(), on_cancel=lambda job: False)
    card.comm.receive({"kind": "cancel"})
    assert card.fault.startswith("too late to cancel")


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
    assert card.still() == {"text/plain": "<Job wanx2.1-imageedit QUEUED EMULATOR>"}


def test_the_usual_time_counts_from_the_submit(make_job: Any) -> None:
    job = make_job(expected=Expected(low=5, high=15))
    card = JobCard(job)
    assert card.card["usual"] == 0
    job.change(status="RUNNING", submitted=1001.0)
    assert (card.card["since"], card.card["usual"]) == (1001.0, 10.0)
