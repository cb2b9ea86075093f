"""Pictures are fetched as signed, without the key, whole or not at all, and never from the user's own network."""

from __future__ import annotations

import asyncio
import gzip
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from starlette.responses import RedirectResponse, Response

from bailian_nb.client import Client, Download, Timeouts, expires_at
from bailian_nb.client.download import MAX_REDIRECTS
from bailian_nb.client.hosts import is_public
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.errors import DownloadError

from ..world.each import each

KEY = "sk-0123456789abcdef0123456789abcdef"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
KNOWN = "http://dashscope-result-bj.oss-cn-beijing.aliyuncs.com"
QUICK = Timeouts(connect=0.5, read=0.15, write=0.5, probe=0.2)

T = TypeVar("T")


def talk(speak: Callable[[Client], Awaitable[T]], base_url: str = EMULATOR_URL, **settings: Any) -> T:
    async def run() -> T:
        client = Client(base_url=base_url, key=Secret(KEY), **{"timeouts": QUICK, **settings})
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def fails(speak: Callable[[Client], Awaitable[Any]], base_url: str = EMULATOR_URL, **settings: Any) -> DownloadError:
    with pytest.raises(DownloadError) as caught:
        talk(speak, base_url, **settings)
    assert caught.value.__context__ is None
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return caught.value


def app_of(*responses: Response) -> Any:
    """An ASGI app that answers every host, one response after another."""
    left = list(responses)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(scope, receive, send)

    return app


def answers(*addresses: str) -> Callable[[str], Awaitable[tuple[str, ...]]]:
    async def resolve(host: str) -> tuple[str, ...]:
        return addresses

    return resolve


def test_the_query_arrives_to_the_byte_and_no_key_goes_along(raw: Any) -> None:
    server = raw.start(raw.answer(PICTURE, head="Set-Cookie: a=b\r\n"))
    target = "/1d/a%2Fb/../x.png?Expires=1795334400&OSSAccessKeyId=LTAI&Signature=a%2fb+c%2B/d==&x='|\"&y=%7e~"
    found = talk(lambda client: client.download(f"http://127.0.0.1:{server.port}{target}"), server.base_url)
    assert found == Download(data=PICTURE, notes=())
    first, *headers = server.heads()[0].split("\r\n")
    assert first == f"GET {target} HTTP/1.1"
    names = {header.partition(":")[0].lower() for header in headers}
    assert names == {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert "Accept: */*" in headers


def test_the_query_arrives_to_the_byte_through_a_proxy_too(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(raw.answer(PICTURE))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    target = "/a/../x.png?Signature=a%2fb+c%2B/d==&x='"
    talk(lambda client: client.download(f"{KNOWN}{target}"), "https://dashscope.aliyuncs.com/api/v1")
    assert proxy.heads()[0].startswith(f"GET {KNOWN}{target} HTTP/1.1\r\nHost: {KNOWN[7:]}\r\n")
    assert KEY not in proxy.heads()[0]


def test_a_result_over_https_asks_the_proxy_for_a_tunnel(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(raw.answer(b"", status="502 Bad Gateway"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    error = fails(
        lambda client: client.download(f"https{KNOWN[4:]}/x.png?a=1"), "https://dashscope.aliyuncs.com/api/v1"
    )
    assert error.again
    assert proxy.heads()[0].startswith(f"CONNECT {KNOWN[7:]}:443 HTTP/1.1")


@pytest.mark.parametrize("fault", ["cut", "reset", "slow", "empty", "503", "429", "refused"])
def test_what_may_pass_is_worth_another_try(raw: Any, fault: str) -> None:
    act = {
        "cut": raw.answer(PICTURE[:-5], length=len(PICTURE)),
        "reset": raw.reset,
        "slow": raw.hang,
        "empty": raw.answer(b""),
        "503": raw.answer(b"<html>", status="503 Busy"),
        "429": raw.answer(b"", status="429 Slow Down"),
        "refused": raw.reset,
    }[fault]
    server = raw.start(act)
    base_url = server.base_url
    if fault == "refused":
        server.close()
    error = fails(lambda client: client.download(f"{base_url}/x.png?Signature=hush"), base_url)
    assert error.again
    assert "hush" not in str(error)


def test_a_picture_that_drips_is_given_up(raw: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n"
    server = raw.start(raw.drip(head, b"x", 0.02))
    url = f"http://127.0.0.1:{server.port}/x.png"
    error = fails(lambda client: client.download(url), server.base_url, timeouts=Timeouts(whole=0.3))
    assert error.again
    assert "did not answer in time" in error.message


def test_a_redirect_to_what_is_no_url_ends_the_search() -> None:
    for place in ("data:image/png;base64,AAAA", "javascript:alert(1)", "//[bad", "http://\x00"):
        app = app_of(Response(status_code=302, headers={"Location": place}))
        assert not fails(lambda client, app=app: client.download(f"{KNOWN}/a.png"), app=app).again


def test_a_cut_body_is_found_without_a_socket_too() -> None:
    app = app_of(Response(PICTURE, headers={"Content-Length": str(len(PICTURE) + 1)}))
    error = fails(lambda client: client.download(f"{EMULATOR_URL}/x.png"), app=app)
    assert error.again
    assert f"{len(PICTURE)} of {len(PICTURE) + 1} bytes" in error.message


def test_what_a_store_says_is_told_under_no_code_of_the_service() -> None:
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>'
        b"<Message>Request has expired.</Message><RequestId>5C3D9175B6FC201293AD4890</RequestId></Error>"
    )
    error = fails(lambda client: client.download(f"{KNOWN}/x.png"), app=app_of(Response(body, 403)))
    assert not error.again
    assert error.message == f"{KNOWN[7:]} answered HTTP 403 (AccessDenied): Request has expired."
    assert (error.code, error.http_status, error.request_id) == ("", 403, "5C3D9175B6FC201293AD4890")


@pytest.mark.parametrize("status", [204, 400, 403, 404, 410])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    error = fails(lambda client: client.download(f"{KNOWN}/x.png"), app=app_of(Response(status_code=status)))
    assert (error.again, error.http_status) == (False, status)


@pytest.mark.parametrize("declared", [True, False])
def test_a_file_above_the_limit_is_not_read_to_its_end(raw: Any, declared: bool) -> None:
    act = (
        raw.answer(b"x", length=10**12)
        if declared
        else raw.drip(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x" * 400, 0.0)
    )
    server = raw.start(act)
    url = f"http://127.0.0.1:{server.port}/x.png"
    error = fails(lambda client: client.download(url, max_bytes=1000), server.base_url)
    assert not error.again
    assert "1000" in error.message


def test_a_compressed_answer_is_unpacked_up_to_the_limit(raw: Any) -> None:
    packed = gzip.compress(b"\x00" * 5_000_000)
    server = raw.start(raw.answer(packed, head="Content-Encoding: gzip\r\n"))
    url = f"http://127.0.0.1:{server.port}/x.png"
    assert len(talk(lambda client: client.download(url), server.base_url).data) == 5_000_000
    assert not fails(lambda client: client.download(url, max_bytes=100_000), server.base_url).again


@each(
    "url",
    [
        "file:///etc/passwd",
        "ftp://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/x.png",
        "data:image/png;base64,AAAA",
        "//dashscope-result-bj.oss-cn-beijing.aliyuncs.com/x.png",
        "x.png",
        "",
        "http://",
        "http://[bad/x.png",
        "http://h\r\nX: y/x.png",
        "http://user:pass@dashscope-result-bj.oss-cn-beijing.aliyuncs.com/x.png",
    ],
)
def test_what_is_no_plain_http_url_is_refused(url: str) -> None:
    app = app_of(Response(PICTURE))
    assert not fails(lambda client: client.download(url), app=app).again
    assert not fails(lambda client: client.download(url), "https://dashscope.aliyuncs.com/api/v1").again


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0.0.0.0", "localhost", "localhost.", "x.localhost", "[::1]"),
        *("10.0.0.7", "192.168.1.1", "169.254.169.254", "100.100.100.200", "[::ffff:10.0.0.7]", "[fd00::1]"),
    ],
)
def test_private_hosts_are_refused_without_asking_them(raw: Any, host: str) -> None:
    server = raw.start(raw.answer(PICTURE))
    url = f"http://{host}:{server.port}/x.png"
    assert not fails(lambda client: client.download(url), "https://dashscope.aliyuncs.com/api/v1").again
    assert not fails(lambda client: client.fetch_input(url), "https://dashscope.aliyuncs.com/api/v1").again
    assert not server.requests


def test_another_port_of_the_emulators_host_is_not_the_emulator(raw: Any) -> None:
    emulator, other = raw.start(raw.answer(PICTURE)), raw.start(raw.answer(PICTURE))
    fails(lambda client: client.download(f"http://127.0.0.1:{other.port}/x.png"), emulator.base_url)
    assert not other.requests


def test_a_name_that_leads_to_a_private_address_is_refused(raw: Any) -> None:
    server = raw.start(raw.answer(PICTURE))
    url = f"http://pictures.example:{server.port}/x.png"
    for addresses in (("127.0.0.1",), ("93.184.216.34", "10.0.0.1")):
        error = fails(
            lambda client: client.fetch_input(url), "https://dashscope.aliyuncs.com/api/v1", resolve=answers(*addresses)
        )
        assert "private" in error.message


FAKE = ("198.18.0.9", "fdfe:dcba:9876::5")
OURS = "https://dashscope.aliyuncs.com/api/v1"


@pytest.mark.parametrize(
    "addresses",
    [FAKE, FAKE[:1], ("198.18.0.9", "fc00::9"), ("198.19.255.1", "fd12:3456::7"), ("198.18.0.9", "2606:2800:220:1::")],
)
def test_invented_addresses_are_judged_as_one_pair(raw: Any, addresses: tuple[str, ...]) -> None:
    proxy = raw.start(raw.answer(PICTURE))
    url = f"http://pictures.example:{proxy.port}/x.png"
    error = fails(lambda client: client.fetch_input(url), OURS, resolve=answers(*addresses))
    assert "private" not in error.message, "it was let through, and nothing answers here"


def test_a_name_cannot_call_itself_invented(raw: Any) -> None:
    url = "http://pictures.example/x.png"

    async def resolve(host: str) -> tuple[str, ...]:
        return ("198.18.0.9", "fd12:3456::7") if host == "pictures.example" else ("93.184.216.34",)

    for lookup in (
        resolve,
        answers("198.18.0.9", "10.0.0.1"),
        answers("fd12:3456::7"),
        answers("198.18.0.9", "fe80::1"),
    ):
        assert "private" in fails(lambda client: client.fetch_input(url), OURS, resolve=lookup).message


def test_a_new_bucket_of_the_service_is_fetched_from_whatever_its_name_leads_to(raw: Any) -> None:
    url = "https://dashscope-0a1b.oss-accelerate.aliyuncs.com/x.png"
    for addresses in (FAKE, ("100.118.28.49",), ("fd12:3456::7",)):
        error = fails(lambda client: client.download(url), OURS, resolve=answers(*addresses))
        assert "private" not in error.message
    error = fails(lambda client: client.download("https://evil.example/x.png"), OURS, resolve=answers("10.0.0.1"))
    assert "private" in error.message


def test_a_name_that_changes_its_address_after_the_check_gives_nothing(raw: Any) -> None:
    server = raw.start(raw.answer(PICTURE))
    # The lookup says that this is a public name; the system then reads it as loopback.
    url = f"http://127.1:{server.port}/x.png"
    error = fails(
        lambda client: client.fetch_input(url),
        "https://dashscope.aliyuncs.com/api/v1",
        resolve=answers("93.184.216.34"),
    )
    assert "leads to a private address" in error.message
    assert b"GET" not in b"".join(server.requests), "it is judged before anything is asked there"


def test_an_unknown_public_host_is_fetched_and_named_in_a_note() -> None:
    app = app_of(Response(PICTURE))
    found = talk(lambda client: client.download("https://new-bucket.oss-ap-southeast-1.aliyuncs.com/x.png"), app=app)
    assert found.data == PICTURE
    (note,) = found.notes
    assert "new-bucket.oss-ap-southeast-1.aliyuncs.com" in note
    assert talk(lambda client: client.download(f"{KNOWN}/x.png"), app=app).notes == ()
    assert talk(lambda client: client.download(f"{EMULATOR_URL}/x.png"), app=app).notes == ()


def test_redirects_lead_to_known_hosts_only() -> None:
    good = app_of(RedirectResponse(f"{KNOWN}/b.png?x=%2F"), RedirectResponse("/c.png"), Response(PICTURE))
    assert talk(lambda client: client.download(f"{EMULATOR_URL}/a.png"), app=good).data == PICTURE
    for place in ("https://elsewhere.example/x.png", "http://169.254.169.254/", "file:///etc/passwd", "//elsewhere/x"):
        app = app_of(Response(status_code=302, headers={"Location": place}), Response(PICTURE))
        assert not fails(lambda client, app=app: client.download(f"{KNOWN}/a.png"), app=app).again


def test_redirects_come_to_an_end() -> None:
    app = app_of(RedirectResponse(f"{KNOWN}/a.png"))
    assert f"more than {MAX_REDIRECTS}" in fails(lambda client: client.download(f"{KNOWN}/a.png"), app=app).message


def test_an_input_is_fetched_from_our_own_origin_and_capped(raw: Any) -> None:
    server = raw.start(raw.answer(PICTURE))
    url = f"http://127.0.0.1:{server.port}/photo.png"
    assert talk(lambda client: client.fetch_input(url), server.base_url) == PICTURE
    assert "at most 99" in fails(lambda client: client.fetch_input(url, max_bytes=99), server.base_url).message


def test_an_emulator_in_process_fetches_no_input_from_elsewhere() -> None:
    app = app_of(Response(PICTURE))
    error = fails(lambda client: client.fetch_input("https://example.com/photo.png"), app=app)
    assert "no network" in error.message
    assert talk(lambda client: client.fetch_input(f"{EMULATOR_URL}/photo.png"), app=app) == PICTURE


@each(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::", True),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::7f00:1", False),
        ("198.18.0.9", True),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("fe80::1%eth0", False),
        ("172.16.0.1", False),
        ("not an address", False),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public


@each(
    ("url", "when"),
    [
        ("https://h/x.png?Expires=1795334400&Signature=a", 1795334400.0),
        ("https://h/x.png?a=1&Expires=17953344.5", 17953344.5),
        ("https://h/x.png", None),
        ("https://h/x.png?Expires=", None),
        ("https://h/x.png?Expires=soon", None),
        ("https://h/x.png?Expires=nan", None),
        ("https://h/x.png?Expires=-1", None),
        ("https://h/x.png?Expires=" + "9" * 5000, None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_expiry_is_read_from_the_url(url: str, when: float | None) -> None:
    assert expires_at(url) == when
