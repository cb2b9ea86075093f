"""What an answer unpacks to has a limit, too: in memory, in time, and for every reader of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from starlette.responses import Response

from bailian_nb.client import Client, Submitted, Timeouts
from bailian_nb.client.faults import reason_of
from bailian_nb.client.reply import MAX_VALUES, parse
from bailian_nb.client.transport import MAX_ANSWER_BYTES
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.errors import (
    AuthenticationError,
    BailianError,
    DownloadError,
    NetworkError,
    ServiceError,
    SubmitUncertain,
)
from bailian_nb.images import Input
from bailian_nb.request import Request

from ..hostile.meddler import MEGABYTE, ZLIB_HEAD, swelling, zipped

KEY = "sk-0123456789abcdef0123456789abcdef"
ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
CREATED = json.dumps({"output": {"task_id": ID, "task_status": "PENDING"}, "request_id": "r"}).encode()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
FLOWERS = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1})

T = TypeVar("T")
Speak = Callable[[Client, str], Awaitable[Any]]


def talk(base_url: str, speak: Callable[[Client], Awaitable[T]], **more: Any) -> T:
    async def run() -> T:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=Timeouts(connect=5, read=5), **more)
        try:
            return await speak(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


BOMB = zipped(400 * MEGABYTE)
"""400 MB in 400 kB; the sum at its end is missing, which only shows to whoever has unpacked them all."""
BOMBS = {
    "gzip, gzip": gzip.compress(BOMB),
    "gzip,identity,gzip": gzip.compress(BOMB),
    "gzip": BOMB,
    "GZIP , identity": BOMB,
    "deflate": ZLIB_HEAD + swelling(64 * MEGABYTE),
    "br": b"\x00" * 1000,
    "zstd": b"\x00" * 1000,
    "deflate, gzip": gzip.compress(swelling(400 * MEGABYTE)),
}
LARGE = Request(
    model="wanx2.1-imageedit",
    function="description_edit",
    values={"prompt": "x"},
    images=(Input(kind="bytes", data=b"\x00" * 8_000_000, mime="image/png", name="large.png"),),
)
CALLS: dict[str, tuple[Speak, type[BailianError]]] = {
    "create": (lambda client, url: client.submit(FLOWERS), SubmitUncertain),
    "query": (lambda client, url: client.query(ID), ServiceError),
    "list": (lambda client, url: client.list_tasks(), ServiceError),
    "permit": (lambda client, url: client.prepare(LARGE), NetworkError),
    "download": (lambda client, url: client.download(url), DownloadError),
    "input": (lambda client, url: client.fetch_input(url), DownloadError),
}


@pytest.mark.matrix
@pytest.mark.parametrize("packing", BOMBS)
@pytest.mark.parametrize("call", CALLS)
def test_what_swells_takes_no_memory(raw: Any, call: str, packing: str) -> None:
    speak, error = CALLS[call]
    server = raw.start(raw.answer(BOMBS[packing], head=f"Content-Encoding: {packing}\r\n"))
    tracemalloc.start()
    try:
        with pytest.raises(error) as caught:
            talk(server.base_url, lambda client: speak(client, f"{server.base_url}/x.png"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert type(caught.value) is error
    assert peak < 24 * MEGABYTE
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["403 Forbidden", "500 Busy"])
def test_nor_does_what_a_host_says_when_it_refuses(raw: Any, status: str) -> None:
    server = raw.start(raw.answer(BOMB, status=status, head="Content-Encoding: gzip\r\n"))
    tracemalloc.start()
    try:
        with pytest.raises(DownloadError, match=f"HTTP {status[:3]}"):
            talk(server.base_url, lambda client: client.download(f"{server.base_url}/x.png"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEGABYTE


@pytest.mark.parametrize("call", ["create", "download"])
def test_nothing_packed_is_asked_for(raw: Any, call: str) -> None:
    server = raw.start(raw.answer(CREATED if call == "create" else PICTURE))
    talk(server.base_url, lambda client: CALLS[call][0](client, f"{server.base_url}/x.png"))
    assert "Accept-Encoding: identity\r\n" in server.heads()[0] + "\r\n"


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "GZip", "identity, gzip", "gzip,"])
def test_what_a_gateway_has_packed_unasked_is_read(raw: Any, packing: str) -> None:
    head = f"Content-Encoding: {packing}\r\n"
    server = raw.start(raw.answer(gzip.compress(CREATED), head=head), raw.answer(gzip.compress(PICTURE), head=head))

    async def speak(client: Client) -> tuple[Any, Any]:
        return await client.submit(FLOWERS), await client.download(f"{server.base_url}/x.png")

    created, download = talk(server.base_url, speak)
    assert isinstance(created, Submitted)
    assert created.task_id == ID
    assert download.data == PICTURE


@pytest.mark.parametrize("packing", ["", "identity", "identity, identity", ","])
def test_what_says_that_it_is_not_packed_is_read(raw: Any, packing: str) -> None:
    server = raw.start(raw.answer(CREATED, head=f"Content-Encoding: {packing}\r\n"))
    assert talk(server.base_url, lambda client: client.submit(FLOWERS))


def test_two_lines_of_packing_are_two_layers(raw: Any) -> None:
    head = "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"
    server = raw.start(raw.answer(gzip.compress(gzip.compress(CREATED)), head=head))
    with pytest.raises(SubmitUncertain, match="packed as gzip, gzip, which was not asked for"):
        talk(server.base_url, lambda client: client.submit(FLOWERS))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(PICTURE)[:-9], "gzip that breaks off"),
        (gzip.compress(PICTURE) + b"more", "more after the end of its gzip"),
        (b"no gzip at all", "is no gzip"),
    ],
)
def test_gzip_that_is_not_whole_is_fetched_again(raw: Any, body: bytes, said: str) -> None:
    server = raw.start(raw.answer(body, head="Content-Encoding: gzip\r\n"))
    with pytest.raises(DownloadError, match=said) as caught:
        talk(server.base_url, lambda client: client.download(f"{server.base_url}/x.png"))
    assert caught.value.again


@pytest.mark.parametrize("packing", ["br", "gzip", "gzip, gzip"])
def test_an_empty_answer_may_say_that_it_is_packed(raw: Any, packing: str) -> None:
    server = raw.start(raw.answer(b"", status="401 Unauthorized", head=f"Content-Encoding: {packing}\r\n"))
    with pytest.raises(AuthenticationError):
        talk(server.base_url, lambda client: client.submit(FLOWERS))


def test_in_process_the_same_holds() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(BOMBS["gzip, gzip"], headers={"Content-Encoding": "gzip, gzip"})(scope, receive, send)

    with pytest.raises(ServiceError, match="which was not asked for"):
        talk(EMULATOR_URL, lambda client: client.query(ID), app=app)


def test_the_longest_answer_that_is_read(raw: Any) -> None:
    filler = MAX_ANSWER_BYTES - len(CREATED)
    server = raw.start(raw.answer(CREATED + b" " * filler), raw.answer(CREATED + b" " * (filler + 1)))
    assert talk(server.base_url, lambda client: client.submit(FLOWERS))
    with pytest.raises(SubmitUncertain, match=f"more than {MAX_ANSWER_BYTES} bytes"):
        talk(server.base_url, lambda client: client.submit(FLOWERS))


MANY = 3_000_000
SWELLING_JSON = {
    "brackets": b"[" * MANY,
    "lists": b"[" + b"[]," * MANY + b"1]",
    "objects": b"[" + b"{}," * MANY + b"1]",
    "objects in objects": b'{"a":' * MANY,
    "numbers": b"[" + b"1," * MANY + b"1]",
    "names": b"{" + b'"":1,' * MANY + b'"":1}',
    "digits": b"9" * MANY,
    "a title that never begins": b"<title " * (MANY // 7),
    "an error whose code never begins": b"<Error><Code " + b"<Code " * (MANY // 6),
    "titles": b"<title>" * (MANY // 7),
    "entities": b"&#" * (MANY // 2),
    "UTF-16": ("[" + "[]," * (MANY // 4) + "1]").encode("utf-16"),
}


@pytest.mark.parametrize("name", SWELLING_JSON)
def test_no_answer_holds_the_loop(name: str) -> None:
    """Ten times what is read, so that a busy machine does not matter; memory is what small values would take."""
    body = SWELLING_JSON[name]
    began = time.thread_time()
    reason_of(body)
    assert time.thread_time() - began < 0.25
    tracemalloc.start()
    try:
        parse(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(body) + 4 * MEGABYTE


def test_an_answer_with_many_values_is_read_and_one_with_more_is_not() -> None:
    assert parse(json.dumps([0] * MAX_VALUES).encode()) == [0] * MAX_VALUES
    assert parse(json.dumps([0] * (MAX_VALUES + 9)).encode()) is None
