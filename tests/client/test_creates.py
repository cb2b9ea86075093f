"""Answers to creates, cancels and the task list: a task id is never lost, and only a refusal counts as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.client.answers import read_cancel, read_created, read_page
from bailian_nb.client.reply import Reply
from bailian_nb.client.shapes import Answer, Submitted
from bailian_nb.errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    RequestRejected,
    ServiceError,
    SubmitUncertain,
    Throttled,
)

from ..world.each import each

WIRE = Path(__file__).parents[1] / "data" / "wire"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


def recorded(name: str) -> Reply:
    given = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["requests"][-1]["answered_with"]
    return reply(given["json"], given.get("status", 200))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}, ("r", "PENDING")),
        ({"output": {"task_id": ID}}, ("", "PENDING")),
        ({"output": {"task_id": ID, "task_status": None}, "request_id": None, "code": "Odd"}, ("", "PENDING")),
        (b'{"output":{"task_id":"' + ID.encode() + b'","note":"\xff\\ud800"}}', ("", "PENDING")),
    ],
)
def test_a_task_id_is_never_lost(body: Any, expected: tuple[str, str]) -> None:
    request_id, status = expected
    created = read_created(reply(body), asynchronous=True)
    assert created == Submitted(task_id=ID, request_id=request_id, task_status=status)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"", ""),
        (200, b"<html>welcome</html>", ""),
        (200, b'{"output":{}}', ""),
        (200, b'{"output":{"task_id":""}}', ""),
        (200, b'{"output":{"task_id":"../../secret"}}', ""),
        (200, b'{"output":{"task_id":["x"]}}', ""),
        (200, b'{"code":"InvalidParameter","message":"m"}', "InvalidParameter"),
        (202, b"{}", ""),
        (408, b"", ""),
        (500, b'{"code":"InternalError","message":"m","request_id":"r"}', "InternalError"),
        (500, b'{"code":"Throttling","message":"m"}', "Throttling"),
        (502, b"<html><title>Bad Gateway</title></html>", ""),
        (503, b'{"code":"ModelServingError","message":"m"}', "ModelServingError"),
        (504, b"", ""),
    ],
)
@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_create_call_is_uncertain_unless_it_was_refused(
    status: int, body: bytes, code: str, asynchronous: bool
) -> None:
    with pytest.raises(SubmitUncertain) as caught:
        read_created(reply(body, status), asynchronous=asynchronous)
    assert (caught.value.http_status, caught.value.code) == (status, code)
    assert "not sent again" in caught.value.hint


@each(
    ("status", "body", "kind"),
    [
        (301, b"", RequestRejected),
        (307, b"", RequestRejected),
        (400, b'{"code":"InvalidParameter","message":"url error, please check url!"}', RequestRejected),
        (400, b'{"code":"InternalError.Algo","message":"m"}', RequestRejected),
        (400, b'{"code":"Arrearage","message":"m"}', BillingError),
        (400, b"", RequestRejected),
        (401, b'{"code":"InvalidApiKey","message":"m"}', AuthenticationError),
        (404, b"<html>", RequestRejected),
        (413, b"<html>", RequestRejected),
        (429, b'{"code":"Throttling.RateQuota","message":"m"}', Throttled),
        (429, b"", Throttled),
        (429, b'{"code":"PostpaidBillOverdue","message":"m"}', BillingError),
    ],
)
def test_a_refused_create_call_says_that_nothing_was_created(
    status: int, body: bytes, kind: type[BailianError]
) -> None:
    with pytest.raises(RequestRejected) as caught:
        read_created(reply(body, status), asynchronous=True)
    assert type(caught.value) is kind


def test_a_synchronous_result_is_an_answer() -> None:
    answer = read_created(
        reply(
            {
                "output": {"choices": [{"message": {"content": [{"image": "https://h/1.png"}]}}]},
                "usage": {"image_count": 1},
                "request_id": "r",
            }
        ),
        asynchronous=False,
    )
    assert isinstance(answer, Answer)
    assert (answer.state, answer.request_id, answer.usage) == ("SUCCEEDED", "r", {"image_count": 1})
    assert [slot.url for slot in answer.slots] == ["https://h/1.png"]


def test_a_synchronous_call_that_was_answered_with_a_task_gives_the_task() -> None:
    created = read_created(reply({"output": {"task_id": ID, "task_status": "PENDING"}}), asynchronous=False)
    assert isinstance(created, Submitted)


def test_the_task_list_is_read_in_seconds() -> None:
    page = read_page(recorded("task_list_default"))
    (row,) = page.rows
    assert (page.total, page.pages) == (1, 1)
    assert (row.task_id, row.status, row.model) == (ID, "SUCCEEDED", "wanx2.1-t2i-turbo")
    assert (row.created, row.started, row.ended) == (1745568293.253, 1745568293.273, 1745568302.481)
    assert (row.api_key_id, row.region, row.request_id) == ("15xxxx", "cn-beijing", "f6bf34d9")


@each(
    ("body", "ids", "total", "pages"),
    [
        ({"total": 0, "data": [], "total_page": 0}, [], 0, 0),
        ({"total": 0, "data": None}, [], 0, 0),
        ({"total": "21", "data": [{"task_id": "a"}], "page_size": "10"}, ["a"], 21, 3),
        (
            {"data": [{"task_id": "a"}, None, {}, "x", {"task_id": "b", "gmt_create": "1745568293253"}]},
            ["a", "b"],
            2,
            1,
        ),
        ({"output": {"total": 1, "data": [{"task_id": "a", "status": None, "start_time": None}]}}, ["a"], 1, 1),
        ({"total": 1, "tasks": [{"task_id": "a"}]}, ["a"], 1, 1),
    ],
)
def test_odd_task_lists_are_read(body: Any, ids: list[str], total: int, pages: int) -> None:
    page = read_page(reply(body))
    assert ([row.task_id for row in page.rows], page.total, page.pages) == (ids, total, pages)


@each("body", [b"", b"{}", b"[]", b'{"total":3}', b'{"data":{}}', b'{"total":3,"data":null}', b"<html>"])
def test_a_list_that_cannot_be_read_is_never_an_empty_one(body: bytes) -> None:
    with pytest.raises(ServiceError):
        read_page(reply(body))


def test_cancel_gives_the_request_id_or_the_reason() -> None:
    assert read_cancel(recorded("task_cancel_ok"), ID) == "4909100c-7b5a-9f92-bfe5-000000000001"
    with pytest.raises(RequestRejected, match="PENDING") as caught:
        read_cancel(recorded("task_cancel_not_pending"), ID)
    assert (caught.value.code, caught.value.task_id) == ("UnsupportedOperation", ID)
    with pytest.raises(ServiceError):
        read_cancel(reply(b"<html>"), ID)


@pytest.mark.parametrize(
    ("status", "code"), [(404, "ModelNotFound"), (403, "AccessDenied"), (403, "Model.AccessDenied"), (404, "")]
)
def test_a_refused_retired_name_is_told_what_to_use(status: int, code: str) -> None:
    body = {"code": code, "message": "Model not exist.", "request_id": "r"}
    with pytest.raises(RequestRejected) as caught:
        read_created(reply(body, status), asynchronous=True, model="qwen-image-edit-plus")
    assert caught.value.hint == "qwen-image-edit-plus was announced to retire on 2026-10-10: use qwen-image-2.0."
    assert str(caught.value).endswith(caught.value.hint)


@pytest.mark.parametrize(("status", "model"), [(404, "wan2.6-t2i"), (400, "flux-schnell"), (401, "flux-schnell")])
def test_any_other_refusal_keeps_the_advice_of_its_code(status: int, model: str) -> None:
    with pytest.raises(RequestRejected) as caught:
        read_created(reply({"code": "InvalidParameter", "message": "m"}, status), asynchronous=True, model=model)
    assert "retire" not in str(caught.value)
