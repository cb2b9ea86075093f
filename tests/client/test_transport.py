"""Broken connections, over real sockets: which faults are certain and which are not, and that nobody sees the key."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from bailian_nb.client import Client, Submitted, Timeouts
from bailian_nb.client.transport import MAX_ANSWER_BYTES, ExactURL
from bailian_nb.config import Secret
from bailian_nb.errors import BailianError, NetworkError, RequestRejected, ServiceError, SubmitUncertain
from bailian_nb.images import Input
from bailian_nb.request import Request

from ..world.each import each

KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
CREATED = json.dumps({"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}).encode()
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1})
QUICK = Timeouts(connect=0.5, read=0.1, write=0.5, sync=0.1, probe=0.2)

T = TypeVar("T")


def talk(base_url: str, speak: Callable[[Client], Awaitable[T]], timeouts: Timeouts = QUICK) -> T:
    async def run() -> T:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=timeouts)
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def fails(base_url: str, speak: Callable[[Client], Awaitable[Any]], timeouts: Timeouts = QUICK) -> BailianError:
    """Return the error, after looking for the key in everything that an error can carry."""
    with pytest.raises(BailianError) as caught:
        talk(base_url, speak, timeouts)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    shown = "".join(traceback.format_exception(error))
    shown += "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    shown += f"{error}{error!r}{error.args}{vars(error)}"
    assert KEY not in shown
    return error


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    base = f"http://127.0.0.1:{closed_port()}/api/v1"
    submit = fails(base, lambda client: client.submit(FLOWERS))
    assert type(submit) is NetworkError
    assert "Nothing was sent" in submit.hint
    query = fails(base, lambda client: client.query(ID))
    assert (type(query), query.task_id) == (NetworkError, ID)


def test_an_unknown_host_means_that_nothing_was_sent() -> None:
    error = fails("http://nobody.invalid/api/v1", lambda client: client.submit(FLOWERS))
    assert type(error) is NetworkError
    assert "nobody.invalid" in error.message


@pytest.mark.parametrize("fault", ["no TLS", "reset", "end", "slow"])
def test_a_failed_handshake_means_that_nothing_was_sent(raw: Any, fault: str) -> None:
    act = {"no TLS": raw.send(b"SSH-2.0\r\n"), "reset": raw.reset, "end": raw.send(b""), "slow": raw.hang}[fault]
    server = raw.start(act, read_body=False)
    quick = Timeouts(connect=0.2)
    error = fails(server.base_url.replace("http:", "https:"), lambda client: client.submit(FLOWERS), quick)
    assert type(error) is NetworkError
    assert "Nothing was sent" in error.hint


@pytest.mark.parametrize(
    "fault", ["reset", "end", "half a head", "cut body", "garbage", "slow", "drip", "huge", "gzip"]
)
def test_a_create_call_that_breaks_half_way_is_uncertain_and_never_repeated(raw: Any, fault: str) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    act = {
        "reset": raw.reset,
        "end": raw.send(b""),
        "half a head": raw.send(half),
        "cut body": raw.answer(CREATED[:20], length=len(CREATED)),
        "garbage": raw.send(b"\x00\x01SSH-2.0\r\n\r\n"),
        "slow": raw.hang,
        "drip": raw.drip(half + b"\r\n", b" ", 0.02),
        "huge": raw.answer(b" " * (MAX_ANSWER_BYTES + 1)),
        "gzip": raw.answer(b"no gzip", head="Content-Encoding: gzip\r\n"),
    }[fault]
    server = raw.start(act)
    error = fails(server.base_url, lambda client: client.submit(FLOWERS))
    assert type(error) is SubmitUncertain
    assert "not sent again" in error.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["reset", "cut body", "slow"])
def test_the_same_fault_of_a_read_is_worth_another_try(raw: Any, fault: str) -> None:
    act = {"reset": raw.reset, "cut body": raw.answer(CREATED[:20], length=99), "slow": raw.hang}[fault]
    server = raw.start(act)
    error = fails(server.base_url, lambda client: client.query(ID))
    assert (type(error), error.task_id) == (ServiceError, ID)
    assert len(server.requests) == 1


def test_a_connection_that_breaks_while_a_large_body_goes_out_is_uncertain(raw: Any) -> None:
    picture = Input(kind="bytes", data=b"\x00" * 6_000_000, mime="image/png")
    request = Request(model="wanx2.1-imageedit", function="description_edit", values={"prompt": "x"}, images=(picture,))
    server = raw.start(raw.reset, read_body=False)
    assert type(fails(server.base_url, lambda client: client.submit(request))) is SubmitUncertain


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed_with_key_and_prompt(raw: Any, status: str) -> None:
    elsewhere = raw.start(raw.answer(CREATED))
    server = raw.start(raw.answer(b"", status=status, head=f"Location: {elsewhere.base_url}\r\n"))
    error = fails(server.base_url, lambda client: client.submit(FLOWERS))
    assert type(error) is RequestRejected
    assert "redirect" in error.message
    assert "DASHSCOPE_HTTP_BASE_URL" in error.hint
    assert type(fails(server.base_url, lambda client: client.query(ID))) is ServiceError
    assert not elsewhere.requests


def test_the_page_of_a_gateway_is_read_for_its_title(raw: Any) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    server = raw.start(raw.answer(page, status="502 Bad Gateway", head="Content-Type: text/html\r\n"))
    error = fails(server.base_url, lambda client: client.submit(FLOWERS))
    assert (type(error), error.http_status) == (SubmitUncertain, 502)
    assert "502 Bad Gateway" in error.message


def test_a_create_call_never_rides_on_a_used_connection(raw: Any) -> None:
    kept = f"HTTP/1.1 200 OK\r\nContent-Length: {len(CREATED)}\r\n\r\n".encode() + CREATED
    server = raw.start(raw.send(kept))

    async def speak(client: Client) -> list[Any]:
        return [await client.submit(FLOWERS) for _ in range(3)]

    assert all(isinstance(created, Submitted) for created in talk(server.base_url, speak))
    assert len(server.requests) == 3


def test_a_synchronous_call_has_its_own_patience(raw: Any) -> None:
    server = raw.start(raw.hang)
    request = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1}, sync=True)
    error = fails(server.base_url, lambda client: client.submit(request))
    assert "0.1 s" in error.message
    assert "leaves no task" in error.hint
    assert (Timeouts().connect, Timeouts().read, Timeouts().sync) == (10.0, 60.0, 330.0)


def test_loopback_is_reached_directly_whatever_the_proxy(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    server = raw.start(raw.answer(CREATED))
    assert talk(server.base_url, lambda client: client.submit(FLOWERS))
    assert talk(server.base_url.replace("127.0.0.1", "localhost"), lambda client: client.submit(FLOWERS))


def test_other_hosts_go_through_the_proxy(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(raw.answer(CREATED))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    talk("http://nobody.invalid/api/v1", lambda client: client.submit(FLOWERS))
    assert proxy.heads()[0].startswith("POST http://nobody.invalid/api/v1/services/")


@pytest.mark.parametrize("fault", ["407", "reset", "end", "slow"])
def test_a_proxy_that_opens_no_tunnel_means_that_nothing_was_sent(
    raw: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    refused = raw.answer(b"", status="407 Proxy Authentication Required")
    proxy = raw.start({"407": refused, "reset": raw.reset, "end": raw.send(b""), "slow": raw.hang}[fault])
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    error = fails("https://nobody.invalid/api/v1", lambda client: client.submit(FLOWERS))
    assert type(error) is NetworkError
    assert fault != "407" or "407" in error.message
    assert KEY.encode() not in b"".join(proxy.requests)


def test_a_proxy_setting_that_cannot_be_used_is_named_and_does_not_stop_loopback(
    raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://user:secret@127.0.0.1:7890")
    error = fails("https://nobody.invalid/api/v1", lambda client: client.submit(FLOWERS))
    assert type(error) is NetworkError
    assert "ALL_PROXY" in error.hint
    assert "secret" not in str(error)
    server = raw.start(raw.answer(CREATED))
    assert talk(server.base_url, lambda client: client.submit(FLOWERS))


def test_a_key_in_the_url_does_not_replace_ours(raw: Any) -> None:
    server = raw.start(raw.answer(CREATED))
    talk(server.base_url.replace("127", "user:pass@127", 1), lambda client: client.submit(FLOWERS))
    assert f"Authorization: Bearer {KEY}" in server.heads()[0]
    assert "Basic" not in server.heads()[0]


def test_probe_says_how_a_host_answered(raw: Any) -> None:
    server = raw.start(raw.answer(b"", status="403 Forbidden"), raw.answer(b"", status="502 Bad Gateway"), raw.hang)

    async def speak(client: Client) -> list[Any]:
        return [await client.probe(server.base_url) for _ in range(3)]

    ok, broken, slow = talk(server.base_url, speak)
    assert (ok.ok, ok.status, ok.reason, ok.host) == (True, 403, "HTTP 403", "127.0.0.1")
    assert (broken.ok, broken.status) == (False, 502)
    assert (slow.ok, slow.status) == (False, None)
    assert "in time" in slow.reason
    assert 0 < slow.seconds < 2
    assert all("authorization" not in head.lower() for head in server.heads())


def test_probe_never_raises(raw: Any) -> None:
    async def speak(client: Client) -> list[Any]:
        return [await client.probe(url) for url in (f"http://127.0.0.1:{closed_port()}/", "http://[bad", "ftp://x/")]

    assert [found.ok for found in talk("http://127.0.0.1:1/api/v1", speak)] == [False, False, False]


def test_nothing_secret_is_logged(raw: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = raw.start(raw.answer(CREATED))

    async def speak(client: Client) -> None:
        await client.submit(FLOWERS)
        await client.download(f"http://127.0.0.1:{server.port}/1.png?Expires=1&Signature=hush%2Bhush")

    talk(server.base_url, speak)
    assert KEY not in caplog.text
    assert "hush" not in caplog.text


@each(
    ("url", "target"),
    [
        ("https://h/a.png?Signature=a%2Fb%2Bc%3D&x=+y==", "/a.png?Signature=a%2Fb%2Bc%3D&x=+y=="),
        ("https://h/a/../b/./c.png?x", "/a/../b/./c.png?x"),
        ("https://h/%7euser/%2e%2e/a?b=%7E%zz'\"|`", "/%7euser/%2e%2e/a?b=%7E%zz'\"|`"),
        ("https://h", "/"),
        ("https://h?x=1", "/?x=1"),
        ("https://h/a#fragment?no", "/a"),
        ("https://h/a b/花?x=花", "/a%20b/%E8%8A%B1?x=%E8%8A%B1"),
        ("https://h//double//slash?//", "//double//slash?//"),
    ],
)
def test_a_presigned_url_is_not_rewritten(url: str, target: str) -> None:
    exact = ExactURL(url)
    assert exact.raw_path == target.encode()
    assert exact.query == target.partition("?")[2].encode()
    assert "?" not in str(exact)
