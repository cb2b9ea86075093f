"""`oss://` by ossfs, against a stand-in for OSS on loopback: put without overwriting, look, list, read, sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from email.utils import formatdate
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import bailian_nb as wan
from bailian_nb.store import buckets

pytestmark = pytest.mark.s3
NOW = "emulator:latency=0"
KEY_ID, SECRET = "LTAI5tEXAMPLE", "aSecretOfTheStoreThatNobodySees"


class Oss:
    """Objects of one bucket, as OSS answers for them; every request must be signed with the key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.app = Starlette(
            routes=[
                Route("/shop/{key:path}", self._object, methods=["PUT", "GET", "HEAD", "DELETE"]),
                Route("/{bucket}/{key:path}", self._no_bucket, methods=["PUT", "GET", "HEAD", "DELETE"]),
            ]
        )

    async def _no_bucket(self, request: Request) -> Response:
        return _error(404, "NoSuchBucket")

    async def _object(self, request: Request) -> Response:
        key, data = request.path_params["key"], await request.body()
        if not _is_signed(request, key):
            return _error(403, "SignatureDoesNotMatch", f"<StringToSign>{SECRET}</StringToSign>")
        if not key:
            return self._list(request.query_params.get("prefix", ""))
        if request.method == "PUT":
            if key in self.objects and request.headers.get("x-oss-forbid-overwrite") == "true":
                return _error(409, "FileAlreadyExists")
            self.objects[key] = data
            return Response(headers={"ETag": _tag(data)})
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return Response(status_code=204)
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        found = self.objects[key]
        headers = {"ETag": _tag(found), "Last-Modified": formatdate(usegmt=True)}
        if given := request.headers.get("range"):
            first, _, last = given.removeprefix("bytes=").partition("-")
            part = found[int(first) : int(last) + 1 if last else None]
            headers["Content-Range"] = f"bytes {first}-{int(first) + len(part) - 1}/{len(found)}"
            return Response(part, 206, headers=headers)
        return Response(found, headers=headers)

    def _list(self, prefix: str) -> Response:
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-30T00:00:00.000Z</LastModified>"
            f"<ETag>{_tag(data)}</ETag><Type>Normal</Type><Size>{len(data)}</Size>"
            "<StorageClass>Standard</StorageClass></Contents>"
            for key, data in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return Response(f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")


def _tag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest().upper()}"'


def _error(status: int, code: str, more: str = "") -> Response:
    return Response(f"<Error><Code>{code}</Code><Message>{code}</Message>{more}</Error>", status)


def _is_signed(request: Request, key: str) -> bool:
    """Check the signature of a request as OSS does (version 1), in its header or in its query."""
    given, query = request.headers.get("authorization", ""), request.query_params
    date = query.get("Expires") or request.headers.get("date", "")
    own = sorted((name, value) for name, value in request.headers.items() if name.startswith("x-oss-"))
    lines = [request.method, request.headers.get("content-md5", ""), request.headers.get("content-type", ""), date]
    text = "\n".join(lines) + "\n" + "".join(f"{name}:{value}\n" for name, value in own) + f"/shop/{key}"
    mine = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha1")).decode()
    return mine in (given.removeprefix(f"OSS {KEY_ID}:"), query.get("Signature"))


@pytest.fixture
def oss(monkeypatch: pytest.MonkeyPatch) -> Iterator[Oss]:
    ossfs = pytest.importorskip("ossfs", reason="ossfs is not installed: pip install --group s3")
    store = Oss()
    server = uvicorn.Server(uvicorn.Config(store.app, port=0, log_level="critical", lifespan="off", ws="none"))
    ready = threading.Event()
    started = server.startup

    async def startup(sockets: Any = None) -> None:
        await started(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=partial(server.run))
    thread.start()
    assert ready.wait(30)
    port = server.servers[0].sockets[0].getsockname()[1]
    monkeypatch.setenv("OSS_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", SECRET)
    monkeypatch.setenv("BAILIAN_NB_OUT", "oss://shop/照片 one")
    ossfs.OSSFileSystem.clear_instance_cache()
    buckets.try_again()
    yield store
    server.should_exit = True
    thread.join()
    ossfs.OSSFileSystem.clear_instance_cache()
    buckets.try_again()


def draw() -> wan.Job:
    return wan.t2i(f"A cat {NOW}", model="wanx2.1-t2i-turbo", size="512*512", seed=7)


def test_a_picture_lies_in_oss_and_comes_back_from_it(oss: Oss) -> None:
    result = draw().result(timeout=60)
    assert result.notes == ()
    (picture,) = result
    key = picture.address.removeprefix("oss://shop/")
    data = picture.path.read_bytes()
    assert oss.objects[key] == data
    picture.path.unlink()
    assert picture.image.size == (512, 512)
    assert picture.path.read_bytes() == data


def test_nothing_in_oss_is_overwritten(oss: Oss) -> None:
    assert buckets.put_new("oss://shop/a/同.png", b"one")
    assert not buckets.put_new("oss://shop/a/同.png", b"two")
    with pytest.raises(OSError) as caught:  # who writes in the same moment hears it from the store itself
        buckets._create(buckets._store("oss"), "oss://shop/a/同.png", "shop/a/同.png", b"two")
    assert buckets._is_taken(caught.value)
    assert oss.objects["a/同.png"] == b"one"


def test_an_address_is_signed_for_a_while(oss: Oss) -> None:
    oss.objects["in/a 一.png"] = b"a photo"
    url = buckets.signed("oss://shop/in/a 一.png", 60)
    assert set(parse_qs(urlsplit(url).query)) >= {"Expires", "Signature"}
    assert SECRET not in url
    assert httpx.get(url, trust_env=False).content == b"a photo"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("OSS_ACCESS_KEY_SECRET", "another", "oss://shop refuses (SignatureDoesNotMatch)"),
        ("BAILIAN_NB_OUT", "oss://nobody-s/a", "oss://nobody-s refuses (NoSuchBucket)"),
        ("OSS_ENDPOINT", "http://127.0.0.1:9", "oss://shop cannot be reached"),
        ("OSS_ENDPOINT", "", "oss:// needs OSS_ENDPOINT, such as https://oss-cn-beijing.aliyuncs.com"),
    ],
)
def test_a_refusal_of_oss_is_one_line_without_a_secret(
    oss: Oss, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = draw().result(timeout=60)
    (note,) = result.notes
    assert note.startswith(f"saved on this machine alone, since {reason}")
    assert not {KEY_ID, SECRET} & set(note.split())
    assert SECRET not in note
