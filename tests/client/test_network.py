"""Which way a call takes: through the proxy of the environment, directly where NO_PROXY or loopback says so."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from bailian_nb.client import Client, Timeouts, network
from bailian_nb.client.hosts import resolve_host
from bailian_nb.client.network import is_direct
from bailian_nb.config import Secret
from bailian_nb.errors import NetworkError

from ..world.each import each

KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
PENDING = b'{"output": {"task_status": "PENDING"}}'

T = TypeVar("T")


def talk(base_url: str, speak: Callable[[Client], Awaitable[T]]) -> T:
    async def run() -> T:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=Timeouts(connect=1, read=1))
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


@each(
    ("no_proxy", "url", "direct"),
    [
        ("", "https://dashscope.aliyuncs.com/", False),
        ("*", "https://dashscope.aliyuncs.com/", True),
        ("localhost, *", "https://dashscope.aliyuncs.com/", True),
        ("aliyuncs.com", "https://dashscope.aliyuncs.com/", True),
        (" .Aliyuncs.com ,", "https://dashscope.aliyuncs.com/", True),
        ("*.aliyuncs.com", "https://dashscope.aliyuncs.com/", True),
        ("scope.aliyuncs.com", "https://dashscope.aliyuncs.com/", False),
        ("dashscope.aliyuncs.com:443", "https://dashscope.aliyuncs.com/", True),
        ("dashscope.aliyuncs.com:80", "https://dashscope.aliyuncs.com:443/", False),
        ("h:8080", "http://h:8080/", True),
        ("h:8080", "http://h:8081/", False),
        ("http://h", "http://h/", True),
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.0.0.0/8", "http://11.1.2.3/", False),
        ("10.1.2.3", "http://10.1.2.3:80/", True),
        ("fe80::/10", "https://dashscope.aliyuncs.com/", False),
        ("fe80::/10", "http://[fe80::1]/", True),
        ("[2001:db8::1]", "http://[2001:db8::1]/", True),
        ("2001:db8::1", "http://[2001:db8::2]/", False),
        (":::,[[,/,//,:80,*.,.", "https://dashscope.aliyuncs.com/", False),
        ("192.168.*", "http://192.168.3.4/", True),
        ("192.168.*", "http://192.169.3.4/", False),
        ("*.corp.*", "http://a.corp.example/", True),
        ("<local>", "http://intranet/", True),
        ("<local>", "http://intranet.example/", False),
        ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080/", True),
        ("[2001:db8::1]:8080", "http://[2001:db8::1]/", False),
        ("http://h.example/path;10.0.0.0/99", "http://h.example/", True),
        ("10.0.0.0/99", "http://10.0.0.1/", False),
    ],
)
def test_no_proxy_names_hosts_domains_addresses_and_ranges(no_proxy: str, url: str, direct: bool) -> None:
    assert is_direct(httpx.URL(url), no_proxy) is direct


@pytest.mark.parametrize("no_proxy", ["", "fe80::/10", "10.0.0.0/8,elsewhere.example"])
def test_a_call_goes_through_the_proxy(raw: Any, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    proxy = raw.start(raw.answer(PENDING))
    monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert talk("http://nobody.invalid/api/v1", lambda client: client.query(ID)).state == "PENDING"
    assert proxy.heads()[0].startswith(f"GET http://nobody.invalid/api/v1/tasks/{ID} HTTP/1.1")


def test_a_call_that_no_proxy_names_goes_to_the_host_itself(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(raw.answer(PENDING))
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "nobody.invalid")
    with pytest.raises(NetworkError, match=r"no connection to nobody\.invalid"):
        talk("http://nobody.invalid/api/v1", lambda client: client.query(ID))
    assert not proxy.requests


def test_a_proxy_gets_its_own_password_and_hears_no_key(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = raw.start(raw.answer(b"", status="502 Bad Gateway"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:hush@127.0.0.1:{proxy.port}")
    with pytest.raises(NetworkError, match="the proxy refused to connect to nobody"):
        talk("https://nobody.invalid/api/v1", lambda client: client.query(ID))
    (head,) = proxy.heads()
    assert head.startswith("CONNECT nobody.invalid:443 HTTP/1.1")
    assert "Proxy-Authorization: Basic dXNlcjpodXNo" in head
    assert "\r\nauthorization" not in head.lower()


def test_a_proxy_of_an_unknown_kind_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:hush@127.0.0.1:1")
    with pytest.raises(NetworkError, match="gopher") as caught:
        talk("https://nobody.invalid/api/v1", lambda client: client.query(ID))
    assert "hush" not in f"{caught.value!r} {caught.value.__context__!r}"


@pytest.mark.parametrize(
    "no_proxy", ["fe80::/10", "10.0.0.0/99", "[[,]]", "a:b:c,,;", "fe80::1%eth0", "\u201c*.x\u201d"]
)
def test_no_value_of_no_proxy_stops_a_call(raw: Any, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    server = raw.start(raw.answer(PENDING))
    monkeypatch.setenv("NO_PROXY", no_proxy)
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert talk(server.base_url, lambda client: client.query(ID)).state == "PENDING"


def test_what_is_left_out_of_no_proxy_is_said_once(
    raw: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = raw.start(*[raw.answer(PENDING)] * 3)
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/99,[[left out once,a.example")
    for _ in range(3):
        talk(server.base_url, lambda client: client.query(ID))
    (line,) = caplog.messages
    assert line.startswith("NO_PROXY holds what cannot be read and is left out: 10.0.0.0/99, [[left; names, domains")


def test_certificates_that_are_not_there_do_not_stop_loopback(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = raw.start(raw.answer(PENDING))
    monkeypatch.setenv("SSL_CERT_FILE", "/nope.pem")
    assert talk(server.base_url, lambda client: client.query(ID)).state == "PENDING"


@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    ("proxy", "line"),
    [
        (
            "socks://127.0.0.1:9",
            "names a SOCKS proxy, which takes the extra socks: pip install socksio",
        ),
        ("socks5://127.0.0.1:9", "names a SOCKS proxy, which takes the extra socks"),
        ("socks4://127.0.0.1:9", "names a proxy of the kind socks4; http, https and socks5 can be used"),
        ("ftp://127.0.0.1:9", "names a proxy of the kind ftp;"),
        ("http://127.0.0.1:port", "holds a proxy's URL that cannot be read; it is like http://127.0.0.1:7890"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told_by_its_variable(
    variable: str, proxy: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "has_socks", lambda: False)
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(NetworkError) as error:
        talk("https://nobody.invalid/api/v1", lambda client: client.query(ID))
    assert str(error.value).startswith(f"{variable} {line}")


def test_certificates_that_are_not_there_are_told_by_variable_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nope.pem")
    with pytest.raises(NetworkError, match=r"^SSL_CERT_FILE names /nope\.pem, which does not exist; correct it"):
        talk("https://nobody.invalid/api/v1", lambda client: client.query(ID))


def test_at_the_usual_levels_no_line_is_logged_for_a_call(raw: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server = raw.start(raw.answer(PENDING))
    talk(server.base_url, lambda client: client.query(ID))
    assert not caplog.records


def test_our_own_logger_tells_of_each_call_to_who_asks_for_it(raw: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bailian_nb")
    server = raw.start(raw.answer(PENDING), raw.reset)

    async def speak(client: Client) -> None:
        await client.query(ID)
        await client.probe(f"{server.base_url}/x?Signature=hush")

    talk(server.base_url, speak)
    lines = [record.getMessage() for record in caplog.records if record.name == "bailian_nb"]
    assert lines[0].startswith(f"GET 127.0.0.1/api/v1/tasks/{ID}: 200, ")
    assert lines[1].startswith("GET 127.0.0.1/api/v1/x: cut off, ")


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: late.wait(20))

    async def run() -> tuple[str, ...]:
        try:
            return await resolve_host("nobody.invalid", 0.05)
        finally:
            late.set()

    assert asyncio.run(run()) == ()
