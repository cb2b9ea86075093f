"""Pictures that are too large for the request go to the store first: what is sent where, and what can go wrong."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.client import Client, encode
from bailian_nb.config import Secret
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.errors import AuthenticationError, BailianError, NetworkError, RequestRejected, Throttled
from bailian_nb.images import Input
from bailian_nb.request import Request

HOST = "https://dashscope-file-test.oss-cn-beijing.aliyuncs.com"
WIRE = Path(__file__).parents[1] / "data" / "wire"
CREATED = {"output": {"task_id": "t-1", "task_status": "PENDING"}, "request_id": "r-1"}
EXPIRED = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message>
<RequestId>68A1</RequestId></Error>"""


def policy(**changes: Any) -> dict[str, Any]:
    data = {
        "policy": "eyJ-policy",
        "signature": "sig==",
        "upload_dir": "dashscope-instant/abc/2026-11-21/uuid",
        "upload_host": HOST,
        "expire_in_seconds": 300,
        "max_file_size_mb": 100,
        "capacity_limit_mb": 999999999,
        "oss_access_key_id": "LTAI-test",
        "x_oss_object_acl": "private",
        "x_oss_forbid_overwrite": "true",
        **changes,
    }
    return {"request_id": "r-0", "data": data}


@dataclass
class Service:
    """An ASGI app that answers permit, store and create as it is told, and keeps what it was asked."""

    permit: tuple[int, Any] = (200, policy())
    store: tuple[int, bytes] = (200, b"")
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        body = b""
        while (event := await receive())["type"] == "http.request":
            body += event["body"]
            if not event.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        path = scope["path"]
        self.seen.append((f"{scope['method']} {headers['host']}{path}?{scope['query_string'].decode()}", headers, body))
        status, answer = (
            self.permit if path.endswith("/uploads") else self.store if "services" not in path else (200, CREATED)
        )
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": data})

    def submit(self, request: Request, *, times: int = 1, workspace: str = "") -> Any:
        async def go() -> Any:
            client = Client(
                base_url="https://dashscope.aliyuncs.com/api/v1",
                key=Secret("sk-0123456789abcdef0123456789abcdef"),
                workspace=workspace,
                app=self,
            )
            try:
                return [await client.submit(request) for _ in range(times)][-1]
            finally:
                await client.aclose()

        return asyncio.run(go())

    def form(self, number: int = 1) -> list[tuple[str, str]]:
        """Return names and values of an upload's form in the order in which they were sent."""
        _, headers, body = self.seen[number]
        boundary = headers["content-type"].partition("boundary=")[2].encode()
        parts = body.split(b"--" + boundary)[1:-1]
        heads = [part.partition(b"\r\n\r\n") for part in parts]
        return [
            (re.search(rb'name="([^"]+)"', head)[1].decode(), value[:-2].decode("latin-1"))  # type: ignore[index]
            for head, _, value in heads
        ]


def png(side: int = 512, colour: int = 90) -> bytes:
    file = io.BytesIO()
    Image.new("L", (side, side), colour).save(file, "PNG")
    return file.getvalue()


def picture(data: bytes, name: str = "cat.png") -> Input:
    return Input.from_bytes(data, (512, 512), name=name)


def edit(*images: Input, mask: Input | None = None) -> Request:
    function = "description_edit_with_mask" if mask else "description_edit"
    return Request(
        model="wanx2.1-imageedit",
        function=function,
        values={"prompt": "red", "n": 1, "seed": 7},
        images=images,
        mask=mask,
    )


@pytest.mark.usefixtures("small_limit")
def test_a_large_picture_goes_to_the_store_and_its_address_into_the_request() -> None:
    service, data = Service(), png()
    service.submit(edit(picture(data)), workspace="ws-1")
    (ask, ask_headers, _), (put, put_headers, body), (create, create_headers, sent) = service.seen
    assert ask == "GET dashscope.aliyuncs.com/api/v1/uploads?action=getPolicy&model=wanx2.1-imageedit"
    assert ask_headers["authorization"].startswith("Bearer sk-")
    assert "x-dashscope-workspace" not in ask_headers
    assert put == f"POST {HOST.removeprefix('https://')}/?"
    assert "authorization" not in put_headers
    assert data in body
    address = json.loads(sent)["input"]["base_image_url"]
    assert address == f"oss://{dict(service.form())['key']}"
    assert create.endswith("/services/aigc/image2image/image-synthesis?")
    assert create_headers["x-dashscope-ossresourceresolve"] == "enable"
    assert create_headers["x-dashscope-workspace"] == "ws-1"


@pytest.mark.usefixtures("small_limit")
def test_the_form_has_the_documented_fields_in_the_documented_order_and_the_file_last() -> None:
    service = Service()
    service.submit(edit(picture(png())))
    names = [name for name, _ in service.form()]
    assert names == [
        "OSSAccessKeyId",
        "Signature",
        "policy",
        "x-oss-object-acl",
        "x-oss-forbid-overwrite",
        "key",
        "success_action_status",
        "file",
    ]
    recorded = json.loads((WIRE / "edit_description_edit_file.json").read_text())["requests"][1]["body_multipart"]
    of_sdk = {part["name"]: part.get("value") for part in recorded}
    ours = dict(service.form())
    for name in ("OSSAccessKeyId", "Signature", "policy", "x-oss-object-acl", "x-oss-forbid-overwrite"):
        assert ours[name] == of_sdk[name]
    assert ours["success_action_status"] == of_sdk["success_action_status"]
    assert set(of_sdk) - set(ours) == {"x-oss-content-type"}


@pytest.mark.usefixtures("small_limit")
def test_base_and_mask_of_one_name_never_meet_on_one_key() -> None:
    service = Service()
    service.submit(edit(picture(png(), "a.png"), mask=picture(png(colour=255), "a.png")))
    first, second = dict(service.form(1))["key"], dict(service.form(3))["key"]
    assert first != second
    assert "/a.png" not in first + second
    sent = json.loads(service.seen[-1][2])["input"]
    assert (sent["base_image_url"], sent["mask_image_url"]) == (f"oss://{first}", f"oss://{second}")


@pytest.mark.usefixtures("small_limit")
def test_the_same_picture_is_uploaded_once_for_a_model() -> None:
    service = Service()
    service.submit(edit(picture(png())), times=3)
    assert [entry[0].split("?")[0].rpartition("/")[2] for entry in service.seen] == [
        "uploads",
        "",
        "image-synthesis",
        "image-synthesis",
        "image-synthesis",
    ]
    two = Request(model="wan2.7-image", values={"prompt": "x", "n": 1}, images=(picture(png()), picture(png(600))))
    service.seen.clear()
    service.submit(two)
    assert len(service.seen) == 5, "another model, and another client: each picture anew"


def test_a_picture_that_fits_is_not_uploaded() -> None:
    service = Service()
    service.submit(edit(picture(png())))
    assert len(service.seen) == 1
    assert "x-dashscope-ossresourceresolve" not in service.seen[0][1]


@pytest.mark.usefixtures("small_limit")
def test_what_is_shown_says_that_it_will_be_uploaded() -> None:
    call = encode(edit(picture(png())))
    assert call.body["input"]["base_image_url"] == "oss://(uploaded when it is sent)/cat.png"
    assert call.headers["X-DashScope-OssResourceResolve"] == "enable"


def denied(status: int, code: str) -> tuple[int, dict[str, str]]:
    return status, {"code": code, "message": "No.", "request_id": "r-9"}


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize(
    ("service", "kind", "part"),
    [
        (Service(permit=denied(401, "InvalidApiKey")), AuthenticationError, "no permit to upload cat.png: No."),
        (Service(permit=denied(403, "AccessDenied")), RequestRejected, "no permit to upload cat.png"),
        (Service(permit=denied(429, "Throttling.RateQuota")), Throttled, "no permit to upload cat.png"),
        (Service(permit=(500, b"<html><title>Bad</title></html>")), RequestRejected, "no permit.*No task was made"),
        (Service(permit=(200, b"nonsense")), RequestRejected, "permit to upload cat.png cannot be read"),
        (Service(permit=(200, policy(signature=None))), RequestRejected, "cannot be read"),
        (
            Service(permit=(200, policy(max_file_size_mb="0.0001"))),
            RequestRejected,
            r"cat.png has \d+ bytes, an upload",
        ),
        (Service(permit=(200, policy(upload_host="http://127.0.0.1:9/x"))), RequestRejected, "no store that the docum"),
        (Service(permit=(200, policy(upload_host="https://evil.example"))), RequestRejected, "Nothing was uploaded"),
        (
            Service(store=(403, EXPIRED)),
            RequestRejected,
            r"AccessDenied.*HTTP 403\): Invalid acc.*expired.*68A1.*again",
        ),
        (Service(store=(409, b"<Error><Code>FileAlreadyExists</Code></Error>")), RequestRejected, "FileAlreadyExists"),
        (Service(store=(400, b"<Error><Code>EntityTooLarge</Code></Error>")), RequestRejected, "fit=True"),
        (Service(store=(503, b"")), RequestRejected, r"the store refused cat.png \(HTTP 503\)\.? No task was made"),
        (Service(store=(302, b"")), RequestRejected, "HTTP 302"),
    ],
)
def test_an_upload_that_fails_is_one_clear_line_and_no_task(
    service: Service, kind: type[BailianError], part: str
) -> None:
    with pytest.raises(kind) as raised:
        service.submit(edit(picture(png())))
    assert re.search(part, str(raised.value)), str(raised.value)
    assert isinstance(raised.value, RequestRejected), "definitely refused, so that nothing is taken for uncertain"
    assert not any("services" in entry[0] for entry in service.seen)


@pytest.mark.usefixtures("small_limit")
def test_a_store_that_cannot_be_reached_is_no_uncertain_task(raw: Any) -> None:
    server = raw.start(raw.reset)

    async def go() -> None:
        client = Client(base_url=server.base_url, key=Secret("sk-test-0001"))
        try:
            await client.submit(edit(picture(png())))
        finally:
            await client.aclose()

    with pytest.raises(NetworkError, match=r"no permit to upload cat\.png.*No task was made"):
        asyncio.run(go())


def test_a_picture_of_nine_megabytes_reaches_the_emulator_whole(tmp_path: Path) -> None:
    noise = Image.frombytes("RGB", (1750, 1700), bytes(range(256)) * (1750 * 1700 * 3 // 256 + 1))
    file = io.BytesIO()
    noise.save(file, "BMP")
    data = file.getvalue()
    large = Input.from_bytes(data, noise.size, name="large.bmp")
    assert 8_000_000 < len(data) < 10 * 1024 * 1024 < large.data_url_length
    app = create_app(tmp_path, EmulatorSettings(latency=(0, 0)))

    async def go() -> None:
        client = Client(base_url="http://emulator.test/api/v1", key=Secret("sk-test-0001"), app=app)
        try:
            created = await client.submit(edit(large))
            answer = await client.query(created.task_id)  # type: ignore[union-attr]
            assert answer.state == "SUCCEEDED", answer
        finally:
            await client.aclose()

    asyncio.run(go())
    stored = [path.read_bytes() for path in (tmp_path / "emulator" / "inputs").iterdir()]
    assert stored == [data]
