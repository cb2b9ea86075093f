"""The question before a create call's first byte: asked over the open connection, and a no sends nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bailian_nb.client import Client, Submitted, Timeouts
from bailian_nb.client.transport import Fault, Limit, converse
from bailian_nb.config import Secret
from bailian_nb.errors import NetworkError
from bailian_nb.request import Request

from ..hostile.traces import leaks, shown_by
from .conftest import Raw

KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
CREATED = json.dumps({"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}).encode()
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1})


class TakenOver(Exception):
    """Another has the row."""


def submit(base_url: str, clear: Any) -> Any:
    async def run() -> Any:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=Timeouts(connect=1, read=1, write=1))
        try:
            return await client.submit(FLOWERS, clear=clear)
        finally:
            await client.aclose()

    return asyncio.run(run())


@pytest.mark.seldom
def test_a_call_that_is_withheld_in_the_last_moment_sends_nothing(raw: Raw) -> None:
    server = raw.start(Raw.answer(CREATED))
    asked: list[bool] = []

    async def no() -> None:
        asked.append(server.came.acquire(timeout=5))  # the line is open already
        raise TakenOver

    with pytest.raises(TakenOver) as caught:
        submit(server.base_url, no)
    assert asked == [True]
    assert b"POST" not in b"".join(server.requests)
    assert not [form for words in shown_by(caught.value) for form in leaks(KEY, words)]
    assert caught.value.__context__ is None


def test_a_call_that_is_cleared_goes_out_once_and_is_asked_for_once(raw: Raw) -> None:
    server = raw.start(Raw.answer(CREATED))
    asked: list[int] = []

    async def yes() -> None:
        asked.append(len(server.requests))

    assert submit(server.base_url, yes) == Submitted(task_id=ID, request_id="r", task_status="PENDING")
    assert asked == [0], "before anything was heard there"
    assert len(server.requests) == 1


def test_what_is_said_to_a_proxy_is_not_the_call(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(Raw.answer(b"", status="407 Proxy Authentication Required"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    asked: list[int] = []

    async def yes() -> None:
        asked.append(1)

    with pytest.raises(NetworkError):
        submit("https://nobody.invalid/api/v1", yes)
    assert proxy.heads()[0].startswith("CONNECT ")
    assert asked == []


def test_a_call_to_an_app_in_this_process_that_was_not_cleared_in_time_was_not_sent() -> None:
    """As where this process was stopped in that moment: whoever asks is cut off, and nobody heard of the call."""
    heard: list[httpx.Request] = []

    def app(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200)

    async def read(response: httpx.Response) -> bytes:
        return await response.aread()

    async def never(peer: str) -> None:
        await asyncio.Event().wait()

    async def run() -> bytes | Fault:
        request = httpx.Request("POST", "http://app.invalid/", extensions={"timeout": Timeouts().steps(1.0)})
        return await converse(httpx.MockTransport(app), request, read, limit=Limit(seconds=0.01, body=1), clear=never)

    fault = asyncio.run(run())
    assert isinstance(fault, Fault)
    assert not fault.sent
    assert heard == []
