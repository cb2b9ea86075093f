"""One exchange has one limit, whatever the other side sends meanwhile; a line that is only slow has time enough."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from bailian_nb.client import Client, Probe, Stage, Submitted, Timeouts, network, probe, serves_emulator
from bailian_nb.client.meter import MAX_HEAD_BYTES, MAX_INTERIM, Excess, Meter
from bailian_nb.config import Secret
from bailian_nb.errors import DownloadError, NetworkError, ServiceError, SubmitUncertain
from bailian_nb.images import Input
from bailian_nb.request import Request

from .conftest import LONGEST

KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
CREATED = json.dumps({"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}).encode()
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1})
QUICK = Timeouts(connect=0.2, read=0.2, write=0.2, sync=0.2, probe=0.3)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

T = TypeVar("T")
Speak = Callable[[Client, str], Awaitable[Any]]


def picture(size: int) -> Request:
    given = Input(kind="bytes", data=b"\x00" * size, mime="image/png", name="large.png")
    return Request(model="wanx2.1-imageedit", function="description_edit", values={"prompt": "x"}, images=(given,))


LARGE = picture(8_000_000)

CALLS: dict[str, tuple[Speak, type[Exception]]] = {
    "create": (lambda client, url: client.submit(FLOWERS), SubmitUncertain),
    "query": (lambda client, url: client.query(ID), ServiceError),
    "cancel": (lambda client, url: client.cancel(ID), ServiceError),
    "list": (lambda client, url: client.list_tasks(), ServiceError),
    "permit": (lambda client, url: client.prepare(LARGE), NetworkError),
    "download": (lambda client, url: client.download(url, max_bytes=1_000_000), DownloadError),
    "input": (lambda client, url: client.fetch_input(url), DownloadError),
}

ENDLESS = {  # head, what follows without end, seconds between
    "a status line that drips": (b"", b"H", 0.02),
    "a header that drips": (OK + b"X: ", b"a", 0.02),
    "headers that drip": (OK, b"X: a\r\n", 0.02),
    "102 now and then": (b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.02),
    "a flood of 103": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0),
    "a 100 that drips": (b"HTTP/1.1 100 Continue\r\nX: ", b"a", 0.02),
    "a flood of headers": (OK, b"X: " + b"a" * 1000 + b"\r\n", 0),
    "one header": (OK + b"X: ", b"a" * 1000, 0),
    "a body that drips": (OK + b"Content-Length: 100000\r\n\r\n", b" ", 0.02),
    "chunks that drip": (CHUNKED, b"1\r\n \r\n", 0.02),
    "extensions of chunks": (CHUNKED, b"1;" + b"x" * 30_000 + b"\r\n \r\n", 0),
    "one extension": (CHUNKED + b"1;", b"x" * 1000, 0),
    "trailers that drip": (CHUNKED + b"0\r\n", b"X: a\r\n", 0.02),
    "a flood of trailers": (CHUNKED + b"0\r\n", b"X: a\r\n" * 100, 0),
}


def talk(base_url: str, speak: Callable[[Client], Awaitable[T]], timeouts: Timeouts = QUICK) -> T:
    async def run() -> T:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=timeouts)
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def ends_early(server: Any, call: str, timeouts: Timeouts = QUICK) -> Exception:
    """Make a call that breaks; the connection is free before the server gives up, and one call is made."""
    speak, error = CALLS[call]
    began = time.monotonic()
    with pytest.raises(error) as caught:
        talk(server.base_url, lambda client: speak(client, f"{server.base_url}/x.png"), timeouts)
    assert server.left.acquire(timeout=LONGEST / 2)
    assert time.monotonic() - began < LONGEST * 0.8
    assert len(server.requests) == 1
    assert type(caught.value) is error
    return caught.value


@pytest.mark.parametrize("fault", ENDLESS)
@pytest.mark.parametrize("call", ["create", pytest.param("download", marks=pytest.mark.slow)])
def test_an_answer_without_end_ends_within_the_limit(raw: Any, call: str, fault: str) -> None:
    error = ends_early(raw.start(raw.drip(*ENDLESS[fault])), call)
    too_long = call == "download" and fault == "extensions of chunks"
    assert getattr(error, "again", True) is not too_long


@pytest.mark.parametrize("fault", ["a header that drips", "102 now and then"])
@pytest.mark.parametrize(
    "call", ["query", *(pytest.param(call, marks=pytest.mark.slow) for call in ("cancel", "list", "permit", "input"))]
)
def test_every_call_has_such_a_limit(raw: Any, call: str, fault: str) -> None:
    ends_early(raw.start(raw.drip(*ENDLESS[fault])), call)


@pytest.mark.parametrize("fault", ["a header that drips", "102 now and then"])
def test_a_store_that_takes_an_upload_has_such_a_limit(raw: Any, fault: str) -> None:
    server = raw.start(raw.hang)
    permit = {"upload_host": f"http://127.0.0.1:{server.port}", "upload_dir": "d", "policy": "p", "signature": "s"}
    permit["oss_access_key_id"] = "i"
    server.script[:] = [raw.answer(json.dumps({"data": permit}).encode()), raw.drip(*ENDLESS[fault])]
    with pytest.raises(NetworkError, match=r"large\.png could not be uploaded"):
        talk(server.base_url, lambda client: client.prepare(LARGE), Timeouts(connect=0.2, read=0.2, pace=1e8))
    assert server.left.acquire(timeout=LONGEST / 2)
    assert server.left.acquire(timeout=LONGEST / 2)


@pytest.mark.parametrize("fault", ["a status line that drips", "102 now and then"])
def test_a_probe_has_such_a_limit(raw: Any, fault: str) -> None:
    server = raw.start(raw.drip(*ENDLESS[fault]))
    found: Probe = talk(server.base_url, lambda client: client.probe(server.base_url))
    assert not found.ok
    assert found.seconds < LONGEST * 0.8


@pytest.mark.parametrize("fault", ENDLESS)
def test_a_port_that_is_asked_whether_it_is_the_emulator_is_heard_for_a_moment(
    raw: Any, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert probe.PATIENCE == 1.0, "seconds"
    monkeypatch.setattr(probe, "PATIENCE", 0.2)
    server = raw.start(raw.drip(*ENDLESS[fault]))
    began = time.monotonic()
    assert serves_emulator(server.base_url) is False
    assert time.monotonic() - began < LONGEST / 2
    assert server.left.acquire(timeout=LONGEST / 2)


@pytest.mark.parametrize("fault", ["drips", "hangs"])
def test_a_proxy_that_opens_no_tunnel_in_time_means_that_nothing_was_sent(
    raw: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    proxy = raw.start(raw.drip(*ENDLESS["a header that drips"]) if fault == "drips" else raw.hang)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(NetworkError) as caught:
        talk("https://nobody.invalid/api/v1", lambda client: client.submit(FLOWERS))
    assert "Nothing was sent" in caught.value.hint
    assert proxy.left.acquire(timeout=LONGEST / 2)


def test_tunnels_that_break_use_up_no_connections(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_MOST_CONNECTIONS", 2)
    proxy = raw.start(raw.send(b"HTTP/1.1 200 Connection established\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")

    async def speak(client: Client) -> list[str]:
        said = []
        for _ in range(5):
            with pytest.raises(NetworkError) as caught:
                await client.query(ID)
            said.append(caught.value.message)
        return said

    assert not [line for line in talk("https://nobody.invalid/api/v1", speak) if "too many" in line]


def test_what_is_honest_passes(raw: Any) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3
    head = OK + b"X-Long: " + b"a" * 30_000 + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1;n=v\r\n%c\r\n" % letter for letter in CREATED)
    server = raw.start(raw.slowly(hints + head + chunks + b"0\r\nX: y\r\n\r\n", 4096, 0.0))
    assert talk(server.base_url, lambda client: client.submit(FLOWERS)) == Submitted(
        task_id=ID, request_id="r", task_status="PENDING"
    )


def test_a_large_body_on_a_slow_line_has_the_time_that_it_needs(raw: Any) -> None:
    def read_slowly(connection: socket.socket) -> None:
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        left = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0]) - len(body)
        while left > 0 and (data := connection.recv(65536)):
            left -= len(data)
            time.sleep(0.004)
        connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(CREATED) + CREATED)

    server = raw.start(read_slowly, read_body=False)
    request = picture(6_000_000)
    patient = Timeouts(connect=0.1, read=0.1, write=2.0, pace=1e6)
    assert talk(server.base_url, lambda client: client.submit(request), patient)
    assert len(server.requests) == 1


def test_a_line_that_takes_nothing_is_given_up_before_the_body_could_be_through(raw: Any) -> None:
    server = raw.start(lambda connection: time.sleep(0.5), read_body=False)
    began = time.monotonic()
    with pytest.raises(SubmitUncertain, match="broke while sending"):
        talk(server.base_url, lambda client: client.submit(picture(6_000_000)), Timeouts(write=0.1))
    assert time.monotonic() - began < LONGEST


def test_a_steady_download_has_the_time_that_it_needs(raw: Any) -> None:
    data = b"\x89PNG" + b"x" * 2_000_000
    answer = OK + b"Content-Length: %d\r\n\r\n" % len(data) + data
    server = raw.start(raw.slowly(answer, 100_000, 0.06))
    patient = Timeouts(connect=0.3, read=0.5, pace=200_000)
    url = f"{server.base_url}/x.png"
    assert talk(server.base_url, lambda client: client.download(url), patient).data == data


def test_no_download_takes_longer_than_all_may(raw: Any) -> None:
    server = raw.start(raw.drip(OK + b"Content-Length: 9999999\r\n\r\n", b"x" * 10_000, 0.02))
    ends_early(server, "input", Timeouts(connect=0.1, read=0.2, pace=1.0, whole=0.5))


def test_the_usual_limits_let_slow_lines_through_and_no_drip() -> None:
    usual = Timeouts()
    assert 10_000_000 / 50_000 < usual.connect + usual.read + 10_000_000 / usual.pace < usual.whole
    assert usual.connect + usual.read <= 120
    assert 50_000 > usual.pace > 10_000


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_cancellation_passes_and_frees_the_connection(raw: Any, scheme: str) -> None:
    server = raw.start(raw.hang, read_body=scheme == "http")

    async def run() -> None:
        client = Client(base_url=server.base_url.replace("http", scheme), key=Secret(KEY))
        call = asyncio.create_task(client.submit(FLOWERS))
        assert await asyncio.to_thread(server.came.acquire, timeout=5)
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert call.cancelled()
        assert await asyncio.to_thread(server.left.acquire, timeout=LONGEST / 2)
        await client.aclose()

    asyncio.run(run())


def test_the_time_out_of_who_asks_is_no_time_out_of_ours(raw: Any) -> None:
    server = raw.start(raw.hang)

    async def speak(client: Client) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as out:
            connected = loop.run_in_executor(None, server.came.acquire, True, LONGEST)
            connected.add_done_callback(lambda _: out.reschedule(loop.time()))
            await client.submit(FLOWERS)

    with pytest.raises(TimeoutError):
        talk(server.base_url, speak, Timeouts())
    assert server.left.acquire(timeout=LONGEST / 2)


def heard(
    base_url: str, speak: Callable[[Client, Callable[[Stage], None]], Awaitable[Any]], **more: Any
) -> list[Stage]:
    stages: list[Stage] = []

    async def run(client: Client) -> None:
        with pytest.raises((NetworkError, ServiceError, SubmitUncertain, DownloadError)):
            await speak(client, stages.append)
        so_far = list(stages)
        await asyncio.sleep(0)
        assert stages == so_far, "nothing is told after the end"

    talk(base_url, run, Timeouts(**{"connect": 0.3, "read": 0.3, "write": 0.3, "silent": 0.05, **more}))
    return stages


def test_who_waits_hears_what_for(raw: Any) -> None:
    silent = raw.start(raw.hang)
    assert heard(silent.base_url, lambda client, say: client.query(ID, waiting=say)) == ["answer"]
    assert heard(silent.base_url, lambda client, say: client.query(ID, waiting=say), silent=5.0) == []
    secure = raw.start(raw.hang).base_url.replace("http", "https")
    assert heard(secure, lambda client, say: client.submit(FLOWERS, waiting=say)) == ["connect"]
    deaf = raw.start(lambda connection: time.sleep(1), read_body=False)
    assert heard(deaf.base_url, lambda client, say: client.submit(picture(6_000_000), waiting=say)) == ["send"]
    slow = raw.start(raw.drip(OK + b"Content-Length: 9\r\n\r\n", b"x", 0.2))
    url = f"{slow.base_url}/x.png"
    assert "receive" in heard(slow.base_url, lambda client, say: client.download(url, waiting=say), whole=0.5)


def test_heads_are_counted_whichever_way_they_are_cut() -> None:
    head = b"HTTP/1.1 103 E\r\nA: b\r\n\r\nHTTP/1.0 100 C\n\nHTTP/1.1 200 OK\r\nX: y\r\n\r\n"
    for size in range(1, len(head) + 5):
        counted: list[int] = []
        meter = Meter(10, on_body=counted.append)
        meter.sends(b"GET")
        whole = head + b"body"
        for start in range(0, len(whole), size):
            meter.came(whole[start : start + size])
        assert counted[-1] == 4
        with pytest.raises(Excess, match="more than 10 bytes"):
            meter.came(b"1234567")


@pytest.mark.parametrize("size", [1, 7, 65_536])
def test_heads_have_a_limit_whichever_way_they_are_cut(size: int) -> None:
    def feed(data: bytes) -> None:
        meter = Meter(10**9)
        meter.sends(b"GET")
        for start in range(0, len(data), size):
            meter.came(data[start : start + size])

    feed(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (MAX_HEAD_BYTES - 30) + b"\r\n\r\n" + b"body" * 99)
    with pytest.raises(Excess, match="bytes of headers"):
        feed(b"HTTP/1.1 200 OK\r\nX: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n")
    feed(b"HTTP/1.1 102 P\r\n\r\n" * MAX_INTERIM + b"HTTP/1.1 200 OK\r\n\r\n")
    with pytest.raises(Excess, match="interim answers"):
        feed(b"HTTP/1.1 102 P\r\n\r\n" * (MAX_INTERIM + 1))


@pytest.mark.parametrize(
    ("first", "spoke"),
    [
        (b"CONNECT h:443 HTTP/1.1\r\n", False),
        (b"\x05\x01\x00", False),
        (b"POST /x HTTP/1.1\r\n", True),
        (b"GET ", True),
    ],
)
def test_only_the_request_itself_counts_as_sent(first: bytes, spoke: bool) -> None:
    meter = Meter(1)
    meter.sends(first)
    assert meter.spoke is spoke


def test_a_cancellation_frees_the_connection_whenever_it_comes(raw: Any) -> None:
    server = raw.start(raw.hang)

    async def speak(client: Client) -> None:
        for steps in range(60):  # from the lookup of the host to the wait for the answer
            call = asyncio.create_task(client.submit(FLOWERS))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    talk(server.base_url, speak, Timeouts())
    assert server.requests
    while server.came.acquire(timeout=0.1):
        assert server.left.acquire(timeout=LONGEST / 2)
