"""A large input that lies in the user's own bucket is read there by the service, by an address that is signed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from bailian_nb import specs
from bailian_nb.client import Client
from bailian_nb.client.faults import error_from
from bailian_nb.config import Secret
from bailian_nb.errors import NetworkError
from bailian_nb.images import Input
from bailian_nb.request import Request

ADDRESS = "memory://shop/in/cat.png"
SIGNATURE = "c2lnbmF0dXJl%2F%3D"
PUBLIC, PRIVATE = "47.88.1.2", "10.0.0.7"


class Signing(MemoryFileSystem):  # type: ignore[misc]
    """A store that signs addresses as S3 and OSS do."""

    scheme = "https"

    def sign(self, path: str, expiration: int = 100, **more: Any) -> str:
        return f"{self.scheme}://shop.oss.example/{path}?Expires={expiration}&Signature={SIGNATURE}"


@pytest.fixture(autouse=True)
def store() -> Iterator[Any]:
    fsspec.register_implementation("memory", Signing, clobber=True)
    store = fsspec.filesystem("memory")
    store.pipe_file("/shop/in/cat.png", b"\x89PNG cat")
    yield store
    store.store.clear()
    fsspec.register_implementation("memory", MemoryFileSystem, clobber=True)


@pytest.fixture
def _nothing_fits() -> Iterator[None]:
    row = specs.get("wanx2.1-imageedit")
    specs.register(replace(row, images=replace(row.images, max_data_url_bytes=10)))
    yield
    specs.register(row)


def prepared(data: bytes = b"\x89PNG cat", *, at: str = PUBLIC, host: str = "dashscope.aliyuncs.com") -> dict[str, Any]:
    """Return the input that would be sent; nothing here reaches a network."""

    async def resolve(name: str) -> tuple[str, ...]:
        return (at,)

    async def go() -> dict[str, Any]:
        scheme = "http" if host.startswith("127.") else "https"
        client = Client(base_url=f"{scheme}://{host}/api/v1", key=Secret("sk-0123456789abcdef"), resolve=resolve)
        picture = Input.from_bytes(data, (512, 512), name="cat.png", address=ADDRESS)
        values = {"prompt": "x", "n": 1}
        request = Request(model="wanx2.1-imageedit", function="description_edit", values=values, images=(picture,))
        try:
            ready = await client.prepare(request)
        finally:
            await client.aclose()
        assert SIGNATURE not in repr(ready)
        return json.loads(ready.content)["input"]

    return asyncio.run(go())


@pytest.mark.usefixtures("_nothing_fits")
def test_it_is_named_by_a_signed_address_and_not_uploaded() -> None:
    url = prepared()["base_image_url"]
    assert url == f"https://shop.oss.example/shop/in/cat.png?Expires=86400&Signature={SIGNATURE}"


def test_one_that_fits_stands_in_the_request() -> None:
    assert prepared()["base_image_url"].startswith("data:")


@pytest.mark.usefixtures("_nothing_fits")
@pytest.mark.parametrize("why", ["another content", "a private host", "no TLS", "an emulator on a port"])
def test_what_the_service_could_not_read_there_is_uploaded(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # where the upload is asked for, and fails
    if why == "no TLS":
        monkeypatch.setattr(Signing, "scheme", "http")
    given: dict[str, Any] = {
        "another content": {"data": b"\x89PNG dog"},
        "a private host": {"at": PRIVATE},
        "no TLS": {},
        "an emulator on a port": {"host": "127.0.0.1:9"},
    }[why]
    if why == "a private host":
        monkeypatch.delenv("HTTPS_PROXY")
        with pytest.raises(NetworkError, match="no permit to upload"):
            prepared(host="dashscope.invalid", **given)
        return
    with pytest.raises(NetworkError, match=r"no permit to upload cat\.png"):
        prepared(**given)


@pytest.mark.parametrize(
    "url",
    [
        f"https://shop.oss.example/in/cat.png?OSSAccessKeyId=LTAI&Expires=1&Signature={SIGNATURE}",
        f"https://shop.s3.amazonaws.com/cat.png?X-Amz-Credential=AKIA&X-Amz-Signature={SIGNATURE}&X-Amz-Date=1",
    ],
)
def test_a_refusal_that_repeats_the_address_shows_no_signature(url: str) -> None:
    said = {"code": "InvalidParameter.DataInspection", "message": f"Failed to download {url}, try again."}
    error = error_from(400, json.dumps(said).encode(), {})
    assert SIGNATURE not in str(error)
    assert "cat.png?..., try again." in str(error) or "cat.png?... try again." in str(error)
