"""Whoever sits between the emulator and us and puts something else into one kind of answer; and ways to do that."""

from __future__ import annotations

import copy
import io
import json
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from PIL import Image
from starlette.responses import Response, StreamingResponse

At = Literal["create", "query", "list", "download"]
ALWAYS = 10**9
MEGABYTE = 1024 * 1024
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
ZLIB_HEAD = b"\x78\x9c"


@dataclass(frozen=True, kw_only=True)
class Real:
    """The emulator's own answer."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ended(self) -> bool:
        """True for a task's last answer, with its pictures."""
        return b'"SUCCEEDED"' in self.body


Answer = Callable[[Real], Response | None]
"""What comes instead; None lets this answer pass and does not count."""


@dataclass(kw_only=True)
class Meddler:
    """An ASGI app before the emulator; `instead` keeps the call from it, otherwise only its answer is lost."""

    app: Any
    at: At
    answer: Answer
    times: int = ALWAYS
    instead: bool = False
    lost_create: bool = False
    asked: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kind = _kind(scope["method"], scope["path"])
        self.asked[kind] = self.asked.get(kind, 0) + 1
        self.heard.append((kind, {name.decode(): value.decode() for name, value in scope["headers"]}))
        real = Real(status=0, body=b"")
        if not (self.instead and kind == self.at and self.times > 0):
            # What the emulator draws is no matter here, and takes long.
            drawn = b"Signature=" in scope["query_string"]
            real = Real(status=200, body=PICTURE) if drawn else await _real(self.app, scope, receive)
        made = None
        if kind == self.at and self.times > 0:
            made = self.answer(real)
            self.times -= made is not None
        elif kind == "create" and self.lost_create:
            made = Response("<html>502 Bad Gateway</html>", 502)
        await (made or Response(real.body, real.status))(scope, receive, send)


def _kind(method: str, path: str) -> str:
    if method == "POST":
        return "cancel" if path.endswith("/cancel") else "create"
    if "/tasks" not in path:
        return "download"
    return "list" if path.rstrip("/").endswith("/tasks") else "query"


async def _real(app: Any, scope: Any, receive: Any) -> Real:
    status, body = 0, b""

    async def keep(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, keep)
    return Real(status=status, body=body)


def raw(body: bytes | str = b"", status: int = 200, **headers: str) -> Answer:
    """Answer with these bytes; header names have _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda real: Response(body, status, named)


def says(value: Any, status: int = 200, **headers: str) -> Answer:
    """Answer with this value as JSON, NaN and all."""
    return raw(json.dumps(value), status, **headers)


def kept(change: Callable[[bytes], bytes] = bytes, status: int = 200, **headers: str) -> Answer:
    """Answer with the real bytes in another dress."""
    return lambda real: raw(change(real.body), status, **headers)(real)


def put(path: str, value: Any) -> Answer:
    """Answer as is but for one value, `output.results.0.url` for example."""

    def answer(real: Real) -> Response:
        found = node = real.json
        *way, last = path.split(".")
        for name in way:
            node = node[int(name)] if isinstance(node, list) else node.setdefault(name, {})
        if isinstance(node, list):
            node[int(last)] = copy.deepcopy(value)
        else:
            node[last] = value(node[last]) if callable(value) else value
        return Response(json.dumps(found))

    return answer


def at_end(answer: Answer) -> Answer:
    """Change only the answer that has the pictures."""
    return lambda real: answer(real) if real.ended else None


def end(path: str, value: Any) -> Answer:
    return at_end(put(path, value))


def url(value: Any) -> Answer:
    return end("output.results.0.url", value)


def to(place: str, status: int = 302) -> Answer:
    return raw(b"", status, Location=place)


def without_length(real: Real) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(real.body), 4096):
            yield real.body[start : start + 4096]

    return StreamingResponse(pieces())


def swelling(size: int) -> bytes:
    """Return zlib's raw data for that many zeros; made of one block again and again, so it takes no time."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflate.compress(b"\x00" * MEGABYTE) + deflate.flush(zlib.Z_FULL_FLUSH)
    return block * (size // MEGABYTE)


def zipped(size: int) -> bytes:
    """Pack that many zeros; the sum at the end is missing, which only shows to whoever has unpacked them all."""
    return GZIP_HEAD + swelling(size)


def deep(levels: int = 10_000) -> bytes:
    return b'{"output":' + b"[" * levels + b"]" * levels + b"}"


def png_of(width: int, height: int) -> bytes:
    """A small file that says that it is as large as this."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def png_with_text_bomb() -> bytes:
    text = b"Comment\x00\x00" + ZLIB_HEAD + swelling(80 * MEGABYTE)
    plain = picture("PNG")
    return plain[:33] + _chunk(b"zTXt", text) + plain[33:]


def picture(kind: str, after: bytes = b"") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "tan").save(file, kind)
    return file.getvalue() + after


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PICTURE = picture("PNG")


def headers_of(meddler: Meddler, kind: At) -> list[Mapping[str, str]]:
    return [headers for each, headers in meddler.heard if each == kind]
