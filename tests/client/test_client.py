"""What the Client sends and hears, with an ASGI app in the network's place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from starlette.requests import Request as Heard
from starlette.responses import JSONResponse, Response

from bailian_nb.client import Answer, Client, Submitted
from bailian_nb.client.wire import beijing_stamp
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.errors import AuthenticationError, InvalidRequest, RequestRejected, Throttled
from bailian_nb.images import Input
from bailian_nb.request import Request

from ..world.each import each

WIRE = Path(__file__).parents[1] / "data" / "wire"
KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
CREATED = {"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "花店", "n": 1})

T = TypeVar("T")


@dataclass
class Twin:
    """An ASGI app that answers with what it was given and keeps what it heard."""

    answers: list[Response]
    heard: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Heard(scope, receive)
        target = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.heard.append((request.method, target, dict(request.headers), await request.body()))
        await self.answers[min(len(self.heard), len(self.answers)) - 1](scope, receive, send)


def talk(twin: Twin, speak: Callable[[Client], Awaitable[T]], **settings: Any) -> T:
    async def run() -> T:
        client = Client(base_url=EMULATOR_URL, key=Secret(KEY), app=twin, **settings)
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["requests"][-1]
    return found


def test_submit_sends_one_call_and_returns_the_task() -> None:
    twin = Twin([JSONResponse(CREATED)])
    created = talk(twin, lambda client: client.submit(FLOWERS))
    assert created == Submitted(task_id=ID, request_id="r", task_status="PENDING")
    ((method, target, headers, body),) = twin.heard
    assert (method, target) == ("POST", "/api/v1/services/aigc/image-generation/generation")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-dashscope-async"] == "enable"
    assert headers["content-type"] == "application/json"
    assert "花店".encode() in body
    allowed = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
    assert set(headers) - allowed == {"authorization", "content-type", "x-dashscope-async"}


def test_a_synchronous_submit_returns_the_pictures() -> None:
    content = [{"image": "https://h/1.png"}]
    twin = Twin([JSONResponse({"output": {"choices": [{"message": {"content": content}}]}, "usage": {}})])
    request = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1}, sync=True)
    answer = talk(twin, lambda client: client.submit(request))
    assert isinstance(answer, Answer)
    assert [slot.url for slot in answer.slots] == ["https://h/1.png"]
    assert "x-dashscope-async" not in twin.heard[0][2]


def test_an_oss_input_asks_the_service_to_resolve_it() -> None:
    twin = Twin([JSONResponse(CREATED)])
    request = Request(
        model="wanx2.1-imageedit",
        function="description_edit",
        values={"prompt": "x", "n": 1},
        images=(Input(kind="oss", url="oss://dashscope-instant/x/cat.png"),),
    )
    talk(twin, lambda client: client.submit(request))
    assert twin.heard[0][2]["x-dashscope-ossresourceresolve"] == "enable"


def test_the_workspace_goes_with_creates_and_tasks() -> None:
    sent = recorded("task_fetch_workspace")["headers"]["X-DashScope-WorkSpace"]
    twin = Twin([JSONResponse(CREATED), JSONResponse({"output": {"task_status": "RUNNING"}})])

    async def speak(client: Client) -> None:
        await client.submit(FLOWERS)
        await client.query(ID)

    talk(twin, speak, workspace=sent)
    assert [headers["x-dashscope-workspace"] for _, _, headers, _ in twin.heard] == [sent, sent]


@pytest.mark.parametrize("workspace", ["a b", "a\r\nX: y", "空间", "-a", "a" * 65])
def test_a_workspace_that_could_break_a_header_is_refused(workspace: str) -> None:
    with pytest.raises(InvalidRequest, match="DASHSCOPE_WORKSPACE_ID"):
        Client(base_url=EMULATOR_URL, key=Secret(KEY), workspace=workspace)


def test_query_and_cancel_go_where_the_sdk_goes() -> None:
    twin = Twin(
        [JSONResponse(recorded(name)["answered_with"]["json"]) for name in ("task_fetch_succeeded", "task_cancel_ok")]
    )

    async def speak(client: Client) -> tuple[Answer, str]:
        return await client.query(ID), await client.cancel(ID)

    answer, request_id = talk(twin, speak)
    assert answer.state == "SUCCEEDED"
    assert request_id == "4909100c-7b5a-9f92-bfe5-000000000001"
    for (method, target, _, body), name in zip(twin.heard, ("task_fetch_succeeded", "task_cancel_ok"), strict=True):
        assert (method, target, body) == (recorded(name)["method"], recorded(name)["path"], b"")


def test_cancel_of_a_running_task_is_rejected_with_its_code() -> None:
    given = recorded("task_cancel_not_pending")["answered_with"]
    twin = Twin([JSONResponse(given["json"], given["status"])])
    with pytest.raises(RequestRejected) as caught:
        talk(twin, lambda client: client.cancel(ID))
    assert (caught.value.code, caught.value.task_id) == ("UnsupportedOperation", ID)


@each("task_id", ["", "../uploads", "a/b", "a?b", "a b", "a\nb", "x" * 200])
def test_what_is_no_task_id_is_never_put_into_a_path(task_id: str) -> None:
    twin = Twin([JSONResponse({})])
    with pytest.raises(InvalidRequest, match="is no task id"):
        talk(twin, lambda client: client.query(task_id))
    with pytest.raises(InvalidRequest, match="is no task id"):
        talk(twin, lambda client: client.cancel(task_id))
    assert not twin.heard


def test_the_list_is_filtered_in_beijing_time_as_the_sdk_does() -> None:
    sent = recorded("task_list_filters")
    twin = Twin([JSONResponse(sent["answered_with"]["json"])])
    page = talk(
        twin,
        lambda client: client.list_tasks(
            start=1795190400.9, end=1795276798.2, model="wanx2.1-t2i-turbo", status="SUCCEEDED", page=2, page_size=5
        ),
    )
    assert [row.task_id for row in page.rows] == [ID]
    ours, theirs = httpx.URL(twin.heard[0][1]), httpx.URL(f"{sent['path']}?{sent['raw_query']}")
    assert ours.path == theirs.path
    left_out = {"api_key_id", "region"}
    assert dict(ours.params) == {name: value for name, value in theirs.params.items() if name not in left_out}


def test_a_plain_list_sends_only_the_page() -> None:
    sent = recorded("task_list_default")
    twin = Twin([JSONResponse(sent["answered_with"]["json"])])
    talk(twin, lambda client: client.list_tasks())
    assert twin.heard[0][1] == f"{sent['path']}?{sent['raw_query']}"


def test_beijing_is_eight_hours_ahead() -> None:
    assert beijing_stamp(0) == "19700101080000"


def test_throttling_and_a_wrong_key_come_out_as_their_classes() -> None:
    body = {"code": "Throttling.RateQuota", "message": "m", "request_id": "r"}
    with pytest.raises(Throttled) as throttled:
        talk(Twin([JSONResponse(body, 429, {"Retry-After": "3"})]), lambda client: client.submit(FLOWERS))
    assert throttled.value.retry_after == 3.0
    body = {"code": "InvalidApiKey", "message": "No API-key provided.", "request_id": "r"}
    with pytest.raises(AuthenticationError, match="DASHSCOPE_API_REGION"):
        talk(Twin([JSONResponse(body, 401)]), lambda client: client.query(ID))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("sk-", "(DASHSCOPE_API_REGION, cn-beijing if unset)."),
        ("sk-ws-", "Keys that begin with sk-ws- belong to one workspace"),
        ("sk-sp-", "Keys that begin with sk-sp- belong to a Token Plan and work on its own hosts alone"),
        ("st-", "Keys that begin with st- are temporary"),
    ],
)
def test_a_refused_key_is_told_what_its_kind_is_for(kind: str, told: str) -> None:
    app = Twin([JSONResponse({"code": "InvalidApiKey", "message": "m"}, 401)] * 3)

    async def run(speak: Callable[[Client], Awaitable[object]]) -> None:
        client = Client(base_url=EMULATOR_URL, key=Secret(f"{kind}0123456789abcdef"), app=app)
        try:
            await speak(client)
        finally:
            await client.aclose()

    for speak in (
        lambda client: client.submit(FLOWERS),
        lambda client: client.query(ID),
        lambda client: client.list_tasks(),
    ):
        with pytest.raises(AuthenticationError) as caught:
            asyncio.run(run(speak))
        assert told in caught.value.hint
        assert caught.value.hint.endswith("unset).") is (kind == "sk-")


def test_a_key_that_the_answer_repeats_is_hidden() -> None:
    body = {"code": "InvalidApiKey", "message": f"Incorrect key: {KEY}", "request_id": "r"}
    with pytest.raises(AuthenticationError) as caught:
        talk(Twin([JSONResponse(body, 401)]), lambda client: client.query(ID))
    assert KEY not in str(caught.value)
    assert "Incorrect key: sk-...cdef" in str(caught.value)


def test_a_crash_of_the_app_is_an_answer_of_500() -> None:
    async def crash(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    async def run() -> None:
        client = Client(base_url=EMULATOR_URL, key=Secret(KEY), app=crash)
        with pytest.raises(Exception, match="HTTP 500"):
            await client.query(ID)
        await client.aclose()

    asyncio.run(run())


def test_nothing_is_opened_before_the_first_call_and_closing_twice_does_no_harm() -> None:
    client = Client(base_url=EMULATOR_URL, key=Secret(KEY), app=Twin([JSONResponse(CREATED)]))
    assert client.in_process
    assert KEY not in repr(client)

    async def run() -> None:
        await client.aclose()
        await client.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await client.query(ID)

    asyncio.run(run())


def test_a_client_belongs_to_the_loop_of_its_first_call() -> None:
    client = Client(base_url=EMULATOR_URL, key=Secret(KEY), app=Twin([JSONResponse(CREATED)]))
    asyncio.run(client.submit(FLOWERS))  # type: ignore[arg-type]  # a coroutine
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(client.submit(FLOWERS))  # type: ignore[arg-type]  # a coroutine


@pytest.mark.parametrize(
    "url", ["", "dashscope.aliyuncs.com/api/v1", "ftp://h/api/v1", "http://", "http://h:port/api/v1"]
)
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"http\(s\) URL"):
        Client(base_url=url, key=Secret(KEY))
