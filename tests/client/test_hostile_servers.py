"""Create calls and uploads against services and stores that say anything: an end in time, one line, and a true verdict.

A create that may have been carried out is uncertain, and never repeated; of an upload nothing was made.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import socket
import ssl
import struct
import subprocess
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.client import Client, Timeouts
from bailian_nb.config import Secret
from bailian_nb.errors import BailianError, NetworkError, RequestRejected, SubmitUncertain
from bailian_nb.images import Input
from bailian_nb.request import Request

from .conftest import LONGEST, Raw, RawServer
from .test_bodies import BOMBS
from .test_limits import CREATED, ENDLESS, FLOWERS, OK

KEY = "sk-0123456789abcdef0123456789abcdef"
QUICK = Timeouts(connect=0.2, read=0.2, write=0.2, sync=0.2, pace=1e8)
pytestmark = pytest.mark.usefixtures("small_limit")
LARGE = Request(
    model="wanx2.1-imageedit",
    function="description_edit",
    values={"prompt": "x"},
    images=(Input(kind="bytes", data=b"\x00" * 1000, mime="image/png", name="large.png"),),
)
SYNC = Request(model="wan2.6-t2i", values={"prompt": "x", "n": 1}, sync=True)
CALLS: dict[str, Request] = {"create": FLOWERS, "synchronous": SYNC, "permit": LARGE, "store": LARGE}
CREATES = ("create", "synchronous")
Act = Callable[[socket.socket], None]


def cut(*pieces: bytes) -> Act:
    """Send some pieces, and reset the connection."""

    def act(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.02)
        plain = socket.socket(fileno=connection.detach()) if isinstance(connection, ssl.SSLSocket) else connection
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()

    return act


def whole(head: bytes, body: bytes = CREATED) -> Act:
    return Raw.send(OK + head + b"\r\n\r\n" + body)


LENGTH = b"Content-Length: %d" % len(CREATED)
BROKEN: dict[str, Act] = {
    "reset before a word": cut(),
    "reset in the head": cut(OK),
    "reset behind the head": cut(OK + LENGTH + b"\r\n\r\n"),
    "reset in mid body": cut(OK + LENGTH + b"\r\n\r\n", CREATED[:20]),
    "reset in mid chunk": cut(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}"),
    "a 100 and a reset": cut(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "less than it says": whole(b"Content-Length: 9999"),
    "a length below nothing": whole(b"Content-Length: -5"),
    "a length that is no number": whole(b"Content-Length: many"),
    "two lengths": whole(b"Content-Length: 5\r\nContent-Length: 6"),
    "a length beyond all": whole(b"Content-Length: 999999999999999999"),
    "a chunk that is no number": whole(b"Transfer-Encoding: chunked", b"zz\r\n{}"),
    "chunks without an end": whole(b"Transfer-Encoding: chunked", b"5\r\n{}   \r\n"),
    "an encoding that nobody knows": whole(b"Transfer-Encoding: rot13\r\n" + LENGTH),
    "another protocol": Raw.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\x00\x00\x00"),
    "a status beyond all": Raw.send(b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}"),
    "HTTP/0.9": Raw.send(CREATED),
    "a head of nothing": Raw.send(b"\r\n" * 1000),
    "zeros": Raw.send(b"\x00" * 100_000),
    "a header with a zero": whole(b"X: \x00\x01\r\n" + LENGTH),
    "packed and cut": whole(b"Content-Encoding: gzip", gzip.compress(CREATED)[:30]),
}


def permit(server: RawServer) -> bytes:
    named = ("upload_dir", "policy", "signature", "oss_access_key_id")
    origin = server.base_url.removesuffix("/api/v1")
    return json.dumps({"data": {**dict.fromkeys(named, "x"), "upload_host": origin}}).encode()


def fails(base_url: str, request: Request, *, sends: bool) -> BailianError:
    """Return the one clear line that a call ends with in time, after looking for the key in all that it holds."""

    async def speak() -> None:
        client = Client(base_url=base_url, key=Secret(KEY), timeouts=QUICK)
        try:
            await (client.submit(request) if sends else client.prepare(request))
        finally:
            await client.aclose()

    began = time.monotonic()
    with pytest.raises(BailianError) as caught:
        asyncio.run(speak())
    assert time.monotonic() - began < LONGEST / 2
    error = caught.value
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert KEY not in f"{shown}{error!r}{vars(error)}"
    assert str(error).isprintable(), "one line"
    assert len(str(error)) < 500
    return error


def breaks(raw: Raw, call: str, act: Act, **more: Any) -> BailianError:
    """Have a call break by an act of the server, or of the store."""
    server = raw.start(act, **more)
    if call == "store":
        server.script[:] = [raw.answer(permit(server)), act]
    error = fails(server.base_url, CALLS[call], sends=call in CREATES)
    assert len(server.requests) == (2 if call == "store" else 1), "nothing goes out twice"
    if call not in CREATES:
        assert isinstance(error, NetworkError | RequestRejected), "of an upload nothing was made"
        assert "large.png" in error.message
        assert "o task was made" in error.hint or "Nothing was sent" in error.hint
    return error


@pytest.mark.matrix
@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_breaks_is_one_line_and_a_create_is_uncertain(raw: Raw, call: str, fault: str) -> None:
    error = breaks(raw, call, BROKEN[fault])
    assert (type(error) is SubmitUncertain) is (call in CREATES)


@pytest.mark.matrix
@pytest.mark.slow
@pytest.mark.parametrize("fault", ENDLESS)
@pytest.mark.parametrize("call", ["synchronous", "permit", "store"])
def test_an_answer_without_end_is_heard_for_a_moment(raw: Raw, call: str, fault: str) -> None:
    error = breaks(raw, call, raw.drip(*ENDLESS[fault]))
    assert (type(error) is SubmitUncertain) is (call in CREATES)


@pytest.mark.matrix
@pytest.mark.parametrize("packing", BOMBS)
def test_a_store_whose_answer_swells_takes_an_upload_for_nothing(raw: Raw, packing: str) -> None:
    breaks(raw, "store", raw.answer(BOMBS[packing], head=f"Content-Encoding: {packing}\r\n"))
    breaks(raw, "store", raw.answer(BOMBS[packing], status="403 No", head=f"Content-Encoding: {packing}\r\n"))


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent", "300 Many"]
)
@pytest.mark.parametrize("call", ["create", "permit", "store"])
def test_a_redirect_takes_neither_key_nor_picture_elsewhere(raw: Raw, call: str, status: str) -> None:
    elsewhere = raw.start(raw.answer(CREATED))
    error = breaks(raw, call, raw.answer(b"", status=status, head=f"Location: {elsewhere.base_url}\r\n"))
    assert isinstance(error, RequestRejected)
    assert elsewhere.requests == []


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of 127.0.0.1, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    made += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(  # our own words
        [*made, "-keyout", folder / "key.pem", "-out", folder / "made.pem"], check=True, capture_output=True
    )
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "made.pem").read_bytes())
    return both


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def plain_words(connection: socket.socket) -> None:
    """Leave TLS in the middle of an answer."""
    connection.sendall(OK + LENGTH + b"\r\n\r\n" + CREATED[:10])
    with socket.socket(fileno=connection.detach()) as plain:
        plain.sendall(CREATED[10:])


@pytest.mark.matrix
@pytest.mark.parametrize(
    "fault",
    {
        "reset in mid body": BROKEN["reset in mid body"],
        "end without good-bye": BROKEN["less than it says"],
        "plain words": plain_words,
        "nothing": Raw.hang,
        "drip": Raw.drip(OK + b"X: ", b"a", 0.02),
    }.items(),
    ids=lambda fault: fault[0],
)
@pytest.mark.parametrize("call", CALLS)
def test_a_line_that_breaks_behind_its_handshake_is_as_any_other(
    raw: Raw, tls: ssl.SSLContext, call: str, fault: tuple[str, Act]
) -> None:
    error = breaks(raw, call, fault[1], tls=tls)
    assert (type(error) is SubmitUncertain) is (call in CREATES)


@pytest.mark.parametrize(
    "half", [b"\x16\x03\x03", b"\x16\x03\x03\x40\x00" + b"\x02" * 100, b"\x15\x03\x03\x00\x02\x02\x28"]
)
@pytest.mark.parametrize("ends", ["hang", "end", "drip"])
def test_half_a_handshake_means_that_nothing_was_sent(raw: Raw, half: bytes, ends: str) -> None:
    def act(connection: socket.socket) -> None:
        connection.sendall(half)
        if ends == "drip":
            Raw.drip(b"", b"\x00", 0.02)(connection)
        elif ends == "hang":
            Raw.hang(connection)

    server = raw.start(act, read_body=False)
    server._read = lambda connection: connection.recv(65536)  # type: ignore[method-assign]

    error = fails(server.base_url.replace("http:", "https:"), FLOWERS, sends=True)
    assert type(error) is NetworkError
    assert "Nothing was sent" in error.hint


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("call", ["create", "store"])
def test_who_takes_no_picture_and_hangs_up_is_no_riddle(raw: Raw, call: str, answers: bool) -> None:
    """It may answer before it has read what is sent, as gateways do."""

    def act(connection: socket.socket) -> None:
        connection.recv(1000)
        if answers:
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        Raw.reset(connection)

    data = b"\x00" * (6_000_000 if call == "create" else 14_000_000)  # a request takes 10 MB, an upload more
    picture = Input(kind="bytes", data=data, mime="image/png", name="large.png")
    row = specs.get("wanx2.1-imageedit")
    assert row.images is not None
    server = raw.start(act, read_body=False)
    server.script[:] = [act] if call == "create" else [raw.answer(permit(server)), act]
    request = replace(LARGE, images=(picture,))
    with pytest.MonkeyPatch.context() as patch:
        rule = replace(row.images, max_data_url_bytes=10_000_000)
        patch.setitem(specs._models, "wanx2.1-imageedit", replace(row, images=rule))
        error = fails(server.base_url, request, sends=call == "create")
    if call == "create":
        assert type(error) in ((RequestRejected, SubmitUncertain) if answers else (SubmitUncertain,))
    else:
        assert isinstance(error, NetworkError | RequestRejected)
        assert "No task was made" in error.hint
