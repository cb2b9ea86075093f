"""One function maps every shape of error to our tree; the table says which class and what to do."""

from __future__ import annotations

from bailian_nb import specs
from bailian_nb.client import Answer, Slot, error_from, task_error
from bailian_nb.client.faults import reason_of, retry_after
from bailian_nb.errors import (
    BailianError,
    BillingError,
    ContentRejected,
    InputDownloadFailed,
    RequestRejected,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
    Throttled,
)

from ..world.each import each

NAMED = [row.codes[0].replace(".*", ".Any") for row in specs.CODES if not row.message_part]


@each("code", NAMED)
def test_every_code_of_the_table_becomes_its_class_with_its_advice(code: str) -> None:
    row = specs.lookup(code)
    body = f'{{"code":"{code}","message":"why","request_id":"r-1"}}'.encode()
    error = error_from(400, body, {})
    assert type(error) is row.error
    assert (error.code, error.message, error.request_id) == (code, "why", "r-1")
    assert error.hint == row.todo.en


@each(
    ("code", "kind"),
    [
        ("DataInspectionFailed", ContentRejected),
        ("IPInfringementSuspect", ContentRejected),
        ("InvalidURL.Timeout", InputDownloadFailed),
        ("Arrearage", BillingError),
        ("InvalidParameter", TaskFailed),
        ("InternalError.Timeout", TaskFailed),
        ("Throttling", TaskFailed),
        ("NobodyKnowsThis", TaskFailed),
    ],
)
def test_a_failed_task_keeps_its_ids_and_its_reason(code: str, kind: type[BailianError]) -> None:
    error = task_error(Answer(task_id="t", request_id="r", state="FAILED", code=code, message="why"))
    assert type(error) is kind
    assert (error.code, error.message, error.task_id, error.request_id) == (code, "why", "t", "r")
    assert error.hint


def test_a_task_whose_every_picture_failed_gives_the_first_reason() -> None:
    slots = (Slot(), Slot(code="DataInspectionFailed", message="Output data may contain inappropriate content."))
    error = task_error(Answer(task_id="t", state="SUCCEEDED", slots=slots))
    assert isinstance(error, ContentRejected)
    assert "inappropriate" in error.message


def test_a_task_without_any_reason_says_so() -> None:
    assert "without a reason" in str(task_error(Answer(task_id="t", state="FAILED")))


def test_canceled_and_forgotten_tasks_have_classes_of_their_own() -> None:
    assert isinstance(task_error(Answer(task_id="t", state="CANCELED")), TaskCanceled)
    expired = task_error(Answer(task_id="t", state="UNKNOWN"))
    assert isinstance(expired, TaskExpired)
    assert "region" in expired.hint


@each(
    ("given", "seconds"),
    [
        ("3", 3.0),
        (" 0.5 ", 0.5),
        ("-4", 0.0),
        ("Sun, 22 Nov 2026 08:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 07:59:00 GMT", 0.0),
        ("99999999", 3600.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Nov 2026 08:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(given: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": given}, now=1795334400.0) == seconds


def test_throttled_carries_retry_after() -> None:
    error = error_from(429, b'{"code":"Throttling.RateQuota"}', {"retry-after": "7"})
    assert isinstance(error, Throttled)
    assert error.retry_after == 7.0


def test_the_message_of_an_access_error_chooses_its_advice() -> None:
    error = error_from(
        403, b'{"code":"AccessDenied","message":"current user api does not support synchronous calls."}', {}
    )
    assert "Leave out sync=True" in error.hint


def test_nested_and_textual_errors_are_read() -> None:
    assert reason_of(b'{"error":{"type":"Arrearage","message":"m"},"request_id":"r"}')[:3] == ("Arrearage", "m", "r")
    assert reason_of(b'{"error":"no route","code":404}')[:2] == ("", "no route")
    assert reason_of(b"upstream connect error")[:2] == ("", "upstream connect error")


def test_control_characters_from_outside_do_not_reach_the_terminal() -> None:
    error = error_from(400, b'{"code":"InvalidParameter","message":"a\\u001b[31mb\\u202ec\\nd\\ud800"}', {})
    assert isinstance(error, RequestRejected)
    assert error.message == "abc d?"
