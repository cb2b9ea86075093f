"""The key, through every call of the client and everything that can break it: no frame, word or log line has it."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import pprint
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import h11
import pytest

from bailian_nb.client import Client, Download, Probe, Stage, Timeouts
from bailian_nb.config import Secret
from bailian_nb.errors import BailianError, SubmitUncertain
from bailian_nb.images import Input
from bailian_nb.request import Request

from ..client.conftest import Act, Raw, RawServer
from .meddler import zipped
from .traces import forms, leaks, shown_by

KEY = "sk-Made+Up/For=The?Tests~0123456789"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
ECHO = f"key {KEY} Authorization: Bearer {KEY}"
QUICK = Timeouts(connect=0.3, read=0.3, write=0.3, sync=0.3, probe=0.3)
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1})
LARGE = Request(
    model="wanx2.1-imageedit",
    function="description_edit",
    values={"prompt": "x"},
    images=(Input(kind="bytes", data=b"\x00" * 8_000_000, mime="image/png", name="large.png"),),
)

CALLS: dict[str, Callable[[Client, str], Awaitable[Any]]] = {
    "create": lambda client, url: client.submit(FLOWERS),
    "sync": lambda client, url: client.submit(Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1}, sync=True)),
    "prepare": lambda client, url: client.prepare(LARGE),
    "query": lambda client, url: client.query(ID),
    "cancel": lambda client, url: client.cancel(ID),
    "list": lambda client, url: client.list_tasks(),
    "download": lambda client, url: client.download(url),
    "input": lambda client, url: client.fetch_input(url),
    "probe": lambda client, url: client.probe(url),
}
said = json.dumps({"code": ECHO, "message": ECHO, "request_id": ECHO}).encode()
head = f"X-Request-Id: {KEY}\r\nX-Echo: Bearer {KEY}\r\n"
FAULTS: dict[str, Act] = {
    "reset": Raw.reset,
    "end": Raw.send(b""),
    "silence": Raw.hang,
    "a drip": Raw.drip(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.01),
    "garbage": Raw.send(f"{ECHO}\r\n\r\n".encode()),
    "a bad header": Raw.send(f"HTTP/1.1 200 OK\r\n{ECHO}\x00: {KEY}\r\n\r\n".encode()),
    "interim answers": Raw.send(f"HTTP/1.1 103 E\r\nX: {KEY}\r\n\r\n".encode() * 20),
    "a cut body": Raw.answer(said, length=len(said) + 9, head=head),
    "no JSON": Raw.answer(f"{{ {ECHO}".encode(), head=head),
    "JSON that says nothing": Raw.answer(said, head=head),
    "a refusal": Raw.answer(said, status="401 Unauthorized", head=head),
    "a refusal in XML": Raw.answer(f"<Error><Code>{ECHO}</Code></Error>".encode(), status="403 No", head=head),
    "a failure": Raw.answer(said, status="500 Error", head=head),
    "a redirect": Raw.answer(said, status="302 Found", head=f"Location: http://{KEY[:9]}.example/?{KEY}\r\n"),
    "no gzip": Raw.answer(said, head=f"{head}Content-Encoding: gzip\r\n"),
    "a bomb": Raw.answer(zipped(300_000_000), head=f"{head}Content-Encoding: gzip, gzip\r\n"),
}


@pytest.fixture
def raw() -> Iterator[Raw]:
    servers = Raw()
    yield servers
    servers.stop()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(BailianError, "show_traceback", True)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


Found = BaseException | Probe | Download | bytes


def breaks(base_url: str, call: str, url: str, *, stop: int | None = None) -> Found:
    """Make a call that fails (or is canceled after so many steps of the loop), and return how."""

    async def run() -> Found:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=QUICK)
        task = asyncio.ensure_future(CALLS[call](client, url))
        for _ in range(stop or 0):
            await asyncio.sleep(0)
        if stop is not None:
            task.cancel()
        try:
            found = await task
        except (BailianError, asyncio.CancelledError) as error:
            found = error
        try:
            drawn = pprint.pformat([client, vars(client), client._opened and vars(client._opened)])
        finally:
            await client.aclose()
        assert not leaks(KEY, drawn)
        return found  # type: ignore[no-any-return]

    return asyncio.run(run())


def no_leak(found: Found, caplog: pytest.LogCaptureFixture) -> None:
    shown = (
        list(shown_by(found)) if isinstance(found, BaseException) else [repr(found) * (not isinstance(found, bytes))]
    )
    if isinstance(found, BailianError):
        shown += found._render_traceback_()
    if isinstance(found, Probe):
        shown.append(repr(found))
    assert not [(form, words[:2000]) for words in shown for form in leaks(KEY, words)]
    for record in caplog.records:
        assert not leaks(KEY, f"{record.getMessage()} {vars(record)!r}"), record
    assert not leaks(KEY, caplog.text)


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("call", "fault"),
    [
        pytest.param(call, fault, marks=() if (number + row) % 3 == 0 else pytest.mark.slow)
        for row, call in enumerate(CALLS)
        for number, fault in enumerate(FAULTS)
    ],
)
def test_no_fault_of_a_call_shows_the_key(raw: Raw, caplog: pytest.LogCaptureFixture, fault: str, call: str) -> None:
    server = raw.start(FAULTS[fault])
    found = breaks(server.base_url, call, f"{server.base_url}/x.png?Signature=hush")
    assert isinstance(found, BailianError | Probe | Download | bytes)
    no_leak(found, caplog)
    assert "hush" not in caplog.text
    assert server.requests
    sent = [f"authorization: bearer {KEY}".lower() in each.lower() for each in server.heads()]
    assert all(sent) if call not in ("download", "input", "probe") else not any(sent)


@pytest.mark.matrix
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", ["refused", "no TLS", "an unknown host", "a proxy that refuses", "a deaf line"])
def test_no_fault_before_the_call_shows_the_key(
    raw: Raw, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: str, call: str
) -> None:
    server: RawServer = raw.start(
        Raw.answer(b"", status="407 Proxy Authentication Required") if "proxy" in fault else Raw.hang, read_body=False
    )
    base_url = {
        "refused": "http://127.0.0.1:1/api/v1",
        "no TLS": server.base_url.replace("http", "https"),
        "an unknown host": "http://nobody.invalid/api/v1",
        "a proxy that refuses": "https://nobody.invalid/api/v1",
        "a deaf line": server.base_url,
    }[fault]
    if "proxy" in fault:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
    found = breaks(base_url, call, f"{base_url}/x.png?Signature=hush")
    assert isinstance(found, BailianError | Probe)
    no_leak(found, caplog)


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("call", ["create", "query", "prepare", "download"])
def test_no_cancellation_shows_the_key(raw: Raw, caplog: pytest.LogCaptureFixture, call: str) -> None:
    server = raw.start(Raw.hang)
    canceled = 0
    for stop in range(0, 40, 3):
        found = breaks(server.base_url, call, f"{server.base_url}/x.png", stop=stop)
        canceled += isinstance(found, asyncio.CancelledError)
        no_leak(found, caplog)
    assert canceled > 10


@pytest.mark.slow
def test_a_cancellation_while_the_key_is_being_sent_shows_it_not(raw: Raw, caplog: pytest.LogCaptureFixture) -> None:
    """The frames of httpcore and h11 hold the headers at that moment; they are not in what is raised."""
    deaf = raw.start(lambda connection: time.sleep(1), read_body=False)
    picture = Input(kind="bytes", data=b"\x00" * 7_000_000, mime="image/png")
    request = Request(model="wanx2.1-imageedit", function="description_edit", values={"prompt": "x"}, images=(picture,))

    async def run() -> BaseException:
        client = Client(base_url=deaf.base_url, key=Secret(KEY), timeouts=Timeouts(silent=0.1))
        stages: list[Stage] = []

        def stop(stage: Stage) -> None:
            stages.append(stage)
            task.cancel()

        task = asyncio.ensure_future(client.submit(request, waiting=stop))
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        await client.aclose()
        assert stages == ["send"]
        return caught.value

    no_leak(asyncio.run(run()), caplog)


@pytest.mark.parametrize("call", CALLS)
def test_no_fault_of_ours_shows_the_key(
    raw: Raw, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A library that raises what nobody foresaw, with the request in its hands."""

    async def write(stream: Any, buffer: bytes, timeout: float | None = None) -> None:
        raise ZeroDivisionError(buffer)

    monkeypatch.setattr("httpcore._backends.anyio.AnyIOStream.write", write)
    server = raw.start(Raw.hang)
    found = breaks(server.base_url, call, f"{server.base_url}/x.png")
    assert "ZeroDivisionError" in f"{found!r}"
    assert call != "create" or isinstance(found, SubmitUncertain)
    assert "in write" in caplog.text, "where it happened is told"
    no_leak(found, caplog)


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX: y", f"密钥{KEY}", f"{KEY}\udc80", f"\x00{KEY}"])
@pytest.mark.parametrize("call", ["create", "query"])
def test_a_key_that_no_header_can_carry_is_not_sent_and_not_shown(
    raw: Raw, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, key: str, call: str
) -> None:
    monkeypatch.setitem(globals(), "KEY", key)
    server = raw.start(Raw.hang)
    found = breaks(server.base_url, call, "")
    assert "the API key holds characters that cannot be sent" in str(found)
    assert not server.requests
    no_leak(found, caplog)


def test_the_spellings_of_a_key_are_found() -> None:
    for prefix in ("", "Bearer ", "u:"):
        assert leaks(KEY, base64.b64encode(f"{prefix}{KEY}".encode()))
    assert leaks(KEY, KEY[::-1])
    assert leaks(KEY, repr(KEY.encode()))
    assert not leaks(KEY, repr(Secret(KEY)))
    assert all(len(form) > 12 for form in forms(KEY))
    request = h11.Request(method="GET", target="/", headers=[("Host", "h"), ("Authorization", f"Bearer {KEY}")])
    with pytest.raises(h11.LocalProtocolError) as caught:
        h11.Connection(our_role=h11.SERVER).send(request)
    assert any(leaks(KEY, words) for words in shown_by(caught.value)), "a frame that holds the key is found"
