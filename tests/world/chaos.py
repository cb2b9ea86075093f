"""A way to the emulator that breaks calls by a script and is calm once the script is at its end."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from PIL import Image
from starlette.responses import JSONResponse, Response

Kind = Literal["create", "query", "list", "cancel", "download"]
Fault = Literal["ok", "throttled", "refused", "broken", "lost", "cut", "noise", "word"]
FAULTS: Mapping[str, tuple[Fault, ...]] = {
    "create": ("ok", "throttled", "refused", "broken", "lost", "cut", "noise"),
    "query": ("ok", "throttled", "broken", "lost", "cut", "noise", "word"),
    "list": ("ok", "throttled", "broken", "lost", "cut", "noise"),
    "download": ("ok", "throttled", "broken", "cut", "noise"),
}
"""`broken` and `refused` come before the emulator hears of the call; `lost`, `cut` and `noise` after."""


def _drawn() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), "tan").save(file, "PNG")
    return file.getvalue()


PICTURE = _drawn()
"""What every download gets: drawing takes long and is not what is looked at here."""


@dataclass(kw_only=True)
class Chaos:
    """An ASGI app before `app`."""

    app: Any
    script: dict[str, list[Fault]]
    calls: int = 0
    creates: list[str] = field(default_factory=list)

    def calm(self) -> None:
        self.script.clear()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        kind = _kind(scope["method"], scope["path"])
        planned = self.script.get(kind)
        fault = planned.pop(0) if planned else "ok"
        answer = _before(fault)
        if answer is None:
            status, body = (200, PICTURE) if kind == "download" else await _heard(self.app, scope, receive)
            answer = _after(fault, status, body)
        if kind == "create":
            self.creates.append(fault)
        await answer(scope, receive, send)


def _kind(method: str, path: str) -> Kind:
    if method == "POST":
        return "cancel" if path.endswith("/cancel") else "create"
    if "/tasks" not in path:
        return "download"
    return "list" if path.endswith("/tasks") else "query"


def _before(fault: Fault) -> Response | None:
    if fault == "throttled":
        return JSONResponse({"code": "Throttling.RateQuota", "message": "slow down"}, 429)
    if fault == "refused":
        return JSONResponse({"code": "InvalidParameter", "message": "no"}, 400)
    return Response("<html>503</html>", 503) if fault == "broken" else None


def _after(fault: Fault, status: int, body: bytes) -> Response:
    if fault == "lost":
        return Response("<html>502</html>", 502)
    if fault == "cut":
        return Response(body[: len(body) // 2], status)
    if fault == "noise":
        return Response(b"\xff\xfe\x00noise", status)
    if fault == "word":
        body = body.replace(b'"SUCCEEDED"', b'"DANCING"')
    return Response(body, status)


async def _heard(app: Any, scope: Any, receive: Any) -> tuple[int, bytes]:
    status, body = 0, b""

    async def keep(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, keep)
    return status, body
