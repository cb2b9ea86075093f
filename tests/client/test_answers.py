"""Answers as documented, and dozens of odd ones: none loses a task id, a picture or the reason for a missing one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.client.answers import read_task
from bailian_nb.client.reply import Reply
from bailian_nb.client.shapes import Answer, Slot
from bailian_nb.errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    ContentRejected,
    RequestRejected,
    ServiceError,
    Throttled,
)

from ..world.each import each

WIRE = Path(__file__).parents[1] / "data" / "wire"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
U1, U2 = "https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/1.png?Expires=1", "http://h/2.png?Expires=2"


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=data)


def recorded(name: str) -> Reply:
    given = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["requests"][-1]["answered_with"]
    return reply(given["json"], given.get("status", 200))


def done(**output: Any) -> dict[str, Any]:
    return {"request_id": "r", "output": {"task_id": ID, "task_status": "SUCCEEDED", **output}, "usage": {}}


def choices(*items: Any) -> dict[str, Any]:
    return done(choices=[{"finish_reason": "stop", "message": {"role": "assistant", "content": list(items)}}])


def deep(levels: int) -> bytes:
    return b'{"output":' + b"[" * levels + b"]" * levels + b"}"


@each(
    ("name", "state", "urls", "codes"),
    [
        ("task_fetch_pending", "PENDING", 0, []),
        ("task_fetch_running", "RUNNING", 0, []),
        ("task_fetch_succeeded", "SUCCEEDED", 1, [""]),
        ("task_fetch_partial", "SUCCEEDED", 1, ["", "DataInspectionFailed"]),
        ("task_fetch_failed", "FAILED", 0, []),
        ("task_fetch_unknown", "UNKNOWN", 0, []),
        ("task_fetch_canceled", "CANCELED", 0, []),
    ],
)
def test_documented_answers_are_read(name: str, state: str, urls: int, codes: list[str]) -> None:
    answer = read_task(recorded(name), ID)
    assert answer.state == answer.task_status == state
    assert answer.task_id == ID
    assert answer.request_id == "4909100c-7b5a-9f92-bfe5-000000000001"
    assert sum(1 for slot in answer.slots if slot.url) == urls
    assert [slot.code for slot in answer.slots] == codes


def test_a_failed_task_carries_its_reason_and_times() -> None:
    answer = read_task(recorded("task_fetch_failed"), ID)
    assert (answer.code, answer.message) == ("InvalidParameter", "xxxxxx")
    assert answer.submit_time.startswith("2025-01-08 16:03:59")


def test_prompts_of_the_old_protocol_are_kept() -> None:
    answer = read_task(reply(done(results=[{"url": U1, "orig_prompt": "花", "actual_prompt": "一朵花"}])), ID)
    assert answer.slots == (Slot(url=U1, orig_prompt="花", actual_prompt="一朵花"),)


ODD_BUT_READABLE: dict[str, tuple[Any, str, list[str | None]]] = {
    "alias SUCCESS": (done(task_status="SUCCESS", results=[{"url": U1}]), "SUCCEEDED", [U1]),
    "lower case": (done(task_status="succeeded", results=[{"url": U1}]), "SUCCEEDED", [U1]),
    "two l": (done(task_status="CANCELLED"), "CANCELED", []),
    "unknown state": (done(task_status="SUSPENDED"), "RUNNING", []),
    "result, one object": (done(result={"url": U1}), "SUCCEEDED", [U1]),
    "result, a list": (done(result=[{"url": U1}, {"url": U2}]), "SUCCEEDED", [U1, U2]),
    "results is one object": (done(results={"url": U1}), "SUCCEEDED", [U1]),
    "results are bare URLs": (done(results=[U1, U2]), "SUCCEEDED", [U1, U2]),
    "image instead of url": (done(results=[{"image": U1}]), "SUCCEEDED", [U1]),
    "results empty, choices full": (done(results=[], **choices({"image": U1})["output"]), "SUCCEEDED", [U1]),
    "results null, choices full": (
        {"output": {"results": None, **choices({"image": U1})["output"]}},
        "SUCCEEDED",
        [U1],
    ),
    "content with type": (choices({"image": U1, "type": "image"}), "SUCCEEDED", [U1]),
    "content with text beside": (choices({"image": U1}, {"text": "a prompt"}), "SUCCEEDED", [U1]),
    "several in one content": (choices({"image": U1}, {"image": U2}), "SUCCEEDED", [U1, U2]),
    "several choices": (
        done(choices=[{"message": {"content": [{"image": U1}]}}, {"message": {"content": [{"image": U2}]}}]),
        "SUCCEEDED",
        [U1, U2],
    ),
    "content is one object": (done(choices=[{"message": {"content": {"image": U1}}}]), "SUCCEEDED", [U1]),
    "message is a list": (done(choices=[{"message": [{"image": U1}]}]), "SUCCEEDED", [U1]),
    "choice without message": (done(choices=[{"image": U1}]), "SUCCEEDED", [U1]),
    "choices is one object": (done(choices={"message": {"content": [{"image": U1}]}}), "SUCCEEDED", [U1]),
    "image_url nested": (choices({"image_url": {"url": U1}}), "SUCCEEDED", [U1]),
    "a choice without a picture": (
        done(choices=[{"message": {"content": []}}, {"message": {"content": [{"image": U1}]}}]),
        "SUCCEEDED",
        [None, U1],
    ),
    "a null among results": (done(results=[None, {"url": U1}]), "SUCCEEDED", [None, U1]),
    "an empty url": (done(results=[{"url": "", "code": "X"}, {"url": U1}]), "SUCCEEDED", [None, U1]),
    "a null url": (done(results=[{"url": None}]), "SUCCEEDED", [None]),
    "url is a number": (done(results=[{"url": 7}]), "SUCCEEDED", [None]),
    "message is a dict": (done(results=[{"code": "X", "message": {"a": 1}}]), "SUCCEEDED", [None]),
    "code is a number": (done(results=[{"code": 500, "message": "m"}]), "SUCCEEDED", [None]),
    "results is text": (done(results="none"), "SUCCEEDED", [None]),
    "results is a number": (done(results=7), "SUCCEEDED", [None]),
    "no status but pictures": ({"output": {"results": [{"url": U1}]}}, "SUCCEEDED", [U1]),
    "status null but pictures": ({"output": {"task_status": None, "results": [{"url": U1}]}}, "SUCCEEDED", [U1]),
    "everything null": (
        {
            "request_id": None,
            "output": {"task_id": None, "task_status": "RUNNING", "results": None, "task_metrics": None, "code": None},
            "usage": None,
            "code": None,
            "message": None,
        },
        "RUNNING",
        [],
    ),
    "message and code dicts": (done(task_status="FAILED", code={"a": 1}, message=["m"]), "FAILED", []),
    "times are numbers": (done(task_status="RUNNING", submit_time=17, end_time=1.5), "RUNNING", []),
    "usage is a list": ({**done(task_status="RUNNING"), "usage": [1]}, "RUNNING", []),
    "request id is a number": ({**done(task_status="RUNNING"), "request_id": 5}, "RUNNING", []),
    "lone surrogate": (b'{"output":{"task_status":"FAILED","message":"bad \\ud800 text"}}', "FAILED", []),
    "invalid UTF-8": (b'{"output":{"task_status":"FAILED","message":"\xff\xfe\xb9"}}', "FAILED", []),
    "byte order mark": (b"\xef\xbb\xbf" + json.dumps(done(task_status="RUNNING")).encode(), "RUNNING", []),
    "UTF-16": (json.dumps(done(task_status="RUNNING")).encode("utf-16"), "RUNNING", []),
    "NaN": (b'{"output":{"task_status":"RUNNING"},"usage":{"image_count":NaN}}', "RUNNING", []),
    "a number of 5000 digits": (
        b'{"output":{"task_status":"RUNNING"},"usage":{"x":' + b"9" * 5000 + b"}}",
        "RUNNING",
        [],
    ),
    "duplicate keys": (b'{"output":{"task_status":"PENDING","task_status":"RUNNING"}}', "RUNNING", []),
    "deep below a known name": (
        done(results=json.loads('{"message":' * 40 + "1" + "}" * 40)),
        "SUCCEEDED",
        [None],
    ),
}


@each("name", list(ODD_BUT_READABLE))
def test_an_odd_answer_is_read_all_the_same(name: str) -> None:
    body, state, urls = ODD_BUT_READABLE[name]
    answer = read_task(reply(body), ID)
    assert answer.state == state
    assert [slot.url for slot in answer.slots] == urls
    assert answer.task_id == ID
    # What is kept can be written down: as UTF-8, and as strict JSON.
    json.dumps(dict(answer.usage), allow_nan=False)
    for slot in answer.slots:
        json.dumps([slot.code, slot.message, slot.url], ensure_ascii=False).encode()
    f"{answer.code}{answer.message}{answer.request_id}{answer.submit_time}".encode()


UNREADABLE: dict[str, tuple[int, bytes, type[BailianError], str]] = {
    "empty": (200, b"", ServiceError, ""),
    "blank": (200, b" \n", ServiceError, ""),
    "null": (200, b"null", ServiceError, ""),
    "a list": (200, b"[]", ServiceError, ""),
    "a string": (200, b'"ok"', ServiceError, ""),
    "a number": (200, b"7", ServiceError, ""),
    "an empty object": (200, b"{}", ServiceError, ""),
    "output null": (200, b'{"output":null,"code":null}', ServiceError, ""),
    "output empty": (200, b'{"output":{}}', ServiceError, ""),
    "output a list": (200, b'{"output":[1]}', ServiceError, ""),
    "cut JSON": (200, b'{"output":{"task_status":"SUC', ServiceError, ""),
    "two documents": (200, b"{}{}", ServiceError, ""),
    "HTML": (200, b"<html><title>Welcome</title></html>", ServiceError, ""),
    "binary": (200, bytes(range(256)), ServiceError, ""),
    "too deep": (200, deep(100_000), ServiceError, ""),
    "flat error in a 200": (200, b'{"code":"InvalidApiKey","message":"m"}', AuthenticationError, "InvalidApiKey"),
    "unknown code in a 200": (200, b'{"code":"Odd","message":"m"}', ServiceError, "Odd"),
    "nested error in a 200": (200, b'{"error":{"code":"Throttling","message":"m"}}', Throttled, "Throttling"),
    "code inside output": (200, b'{"output":{"code":"InternalError"}}', ServiceError, "InternalError"),
    "204": (204, b"", ServiceError, ""),
    "302": (302, b"", ServiceError, ""),
    "304": (304, b"", ServiceError, ""),
    "400 with a code": (400, b'{"code":"InvalidParameter","message":"m"}', RequestRejected, "InvalidParameter"),
    "400 of a portal": (400, b"<html>login</html>", ServiceError, ""),
    "403 of a firewall": (403, b"<html><title>Blocked</title></html>", ServiceError, ""),
    "401 without a body": (401, b"", AuthenticationError, ""),
    "404 of a gateway": (404, b'{"error":"Not Found","status":404}', ServiceError, ""),
    "429 without a body": (429, b"", Throttled, ""),
    "429 of the billing kind": (
        429,
        b'{"code":"BudgetLimitExceeded","message":"m"}',
        BillingError,
        "BudgetLimitExceeded",
    ),
    "429 with the sentence about budgets": (
        429,
        b'{"code":"Throttling","message":"The limit set in Budget Management is reached."}',
        BillingError,
        "Throttling",
    ),
    "429 without capacity": (429, b'{"code":"ModelServingError","message":"m"}', Throttled, "ModelServingError"),
    "500": (500, b'{"code":"InternalError","message":"m"}', ServiceError, "InternalError"),
    "500 that blames us": (500, b'{"code":"InvalidParameter","message":"m"}', ServiceError, "InvalidParameter"),
    "502 HTML": (502, b"<html><head><title>502 Bad Gateway</title></head></html>", ServiceError, ""),
    "503": (503, b'{"code":"ModelServingError","message":"m"}', ServiceError, "ModelServingError"),
    "504 empty": (504, b"", ServiceError, ""),
    "XML": (400, b"<?xml version='1.0'?><Error><Code>Throttling</Code></Error>", Throttled, "Throttling"),
    "moderation": (
        400,
        b'{"code":"data_inspection_failed","message":"m"}',
        ContentRejected,
        "data_inspection_failed",
    ),
}


@each("name", list(UNREADABLE))
def test_an_answer_that_says_nothing_becomes_an_error_with_all_that_is_known(name: str) -> None:
    status, body, kind, code = UNREADABLE[name]
    with pytest.raises(BailianError) as caught:
        read_task(reply(body, status, x_request_id="from-header"), ID)
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.task_id, error.http_status) == (code, ID, status)
    assert error.request_id == "from-header"
    assert error.message
    assert "<" not in error.message


def test_whole_numbers_in_usage_come_as_int_even_from_text() -> None:
    answer = read_task(
        reply({**done(task_status="RUNNING"), "usage": {"image_count": "2", "size": "1280*1280", "x": -1}}), ID
    )
    assert answer.usage == {"image_count": 2, "size": "1280*1280", "x": None}


@pytest.mark.parametrize(
    ("submit", "scheduled", "end", "waited", "ran"),
    [
        ("2025-01-08 16:03:59.840", "2025-01-08 16:04:02.340", "2025-01-08 16:04:12.840", 2.5, 10.5),
        ("2025-01-08 16:03:59.840", "", "", None, None),
        ("2025-01-08 16:03:59.840", "soon", "2025-01-08 16:04:12.840", None, None),
        ("2025-01-08 16:03:59.840", "2025-01-08 16:03:58.000", "2025-01-08T16:04:00+08:00", 0.0, None),
    ],
)
def test_how_long_a_task_waited_and_ran_is_told_by_the_services_own_clock(submit, scheduled, end, waited, ran):
    answer = Answer(submit_time=submit, scheduled_time=scheduled, end_time=end)
    assert (answer.waited, answer.ran) == (waited, ran)


@pytest.mark.parametrize(
    ("said", "total"),
    [
        ({"task_metrics": {"TOTAL": 2, "SUCCEEDED": 1, "FAILED": 1}}, 2),
        ({"task_metric": {"TOTAL": 4}}, 4),  # qwen's name for it
        ({"task_metrics": {"TOTAL": "3"}}, 3),
        ({"task_metrics": {"TOTAL": -1}}, 0),
        ({"task_metrics": [2]}, 0),
        ({"task_metrics": {"TOTAL": True}}, 0),
        ({}, 0),
    ],
)
def test_how_many_pictures_were_asked_for_is_read_where_it_is_said(said: dict[str, Any], total: int) -> None:
    assert read_task(reply(done(**said, results=[{"url": U1}])), ID).total == total
