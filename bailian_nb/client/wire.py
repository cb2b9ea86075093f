"""A Request as it goes over the wire, and the same as a curl line. Pure; the client sends it, `--dry-run` prints it.

Facts about paths, headers and bodies come from the table's Protocol rows and from the API references that they name.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypedDict

from .. import specs
from ..errors import InvalidRequest, keyless
from ..images import Input
from ..request import Request
from ..specs import Protocol, Value
from ..system.language import sentence

_BEIJING = timezone(timedelta(hours=8))
_INVISIBLE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Body(TypedDict):
    """The JSON of a create call; `input` holds texts and pictures, `parameters` everything else."""

    model: str
    input: dict[str, Any]
    parameters: dict[str, Value]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One create call without key and host; `path` follows the base URL."""

    method: str = "POST"
    path: str
    headers: Mapping[str, str]
    body: Body = field(repr=False)

    @property
    def asynchronous(self) -> bool:
        """True when the answer is a task id, False when it is the result."""
        return "X-DashScope-Async" in self.headers

    def content(self) -> bytes:
        """Return the body as it is sent: UTF-8 JSON, nothing escaped that need not be."""
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False).encode()

    def shown(self) -> Body:
        """Return the body for people: data URLs are cut to their beginning and length."""
        short: Body = _shortened(self.body)
        return short


def encode(request: Request, uploads: Mapping[str, str] | None = None) -> Call:
    """Put a request into the form that its protocol asks for.

    `n` is always sent: several models draw and bill four pictures without it. Nothing is sent that the request
    does not hold. A picture whose data URL would be too long stands there as the `oss://` address that `uploads` has
    for its sha256; without `uploads`, to be shown, as one that says that it will be uploaded.

    Raises
    ------
    InvalidRequest
        When the model has no protocol of the kind asked for, or no place for a picture that was given.
    """
    protocol = _protocol(request)
    headers = {"Content-Type": "application/json"}
    if protocol.asynchronous:
        headers["X-DashScope-Async"] = "enable"
    place = _Places(request, uploads)
    if any(place(picture).startswith("oss://") for picture in request.sent if place.is_url(picture)):
        headers["X-DashScope-OssResourceResolve"] = "enable"
    inputs = _messages(request, place) if protocol.body == "messages" else _flat(request, protocol, place)
    placed = {row.name for row in request.row.takes(request.function) if row.place or row.type == "pictures"}
    elsewhere = {"prompt", *protocol.input_names, *placed}
    parameters = {name: value for name, value in request.values.items() if name not in elsewhere}
    if request.says_n:
        parameters.setdefault("n", request.n)
    body = Body(model=request.model, input=inputs, parameters=parameters)
    return Call(path=protocol.path, headers=headers, body=body)


def curl_line(call: Call, base_url: str, *, workspace: str = "") -> str:
    """Return one shell line that makes the same call; the key stays in $DASHSCOPE_API_KEY, data URLs are shortened.

    One that was put where URL or workspace belong is in no line either: it may be shown to others.
    """
    base_url, workspace = keyless(base_url), keyless(workspace)
    headers = {**call.headers, **({"X-DashScope-WorkSpace": workspace} if workspace else {})}
    text = json.dumps(call.shown(), ensure_ascii=False)
    # The same JSON, but nothing in it can reorder or hide a part of the line on a terminal.
    text = _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return " ".join(
        (
            sentence(
                "curl -X {method} {quote}", method=call.method, quote=shlex.quote(base_url.rstrip("/") + call.path)
            ),
            '-H "Authorization: Bearer $DASHSCOPE_API_KEY"',
            *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()),
            f"-d {shlex.quote(text)}",
        )
    )


def beijing_stamp(seconds: float) -> str:
    """Return epoch seconds as the task list's filters want them: YYYYMMDDhhmmss in Beijing time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(_BEIJING).strftime("%Y%m%d%H%M%S")


def _protocol(request: Request) -> Protocol:
    for protocol in request.row.protocols:
        if protocol.asynchronous is not request.sync:
            return protocol
    if request.sync:
        raise InvalidRequest(
            sentence("model {model} has no synchronous protocol; leave out sync=True", model=request.model)
        )
    raise InvalidRequest(sentence("model {model} only answers synchronously; give sync=True", model=request.model))


class _Places:
    """Tells how each picture stands in the body: as a data URL, as the URL that was given, or as an upload."""

    def __init__(self, request: Request, uploads: Mapping[str, str] | None) -> None:
        rule = request.row.images
        self._limit = rule.max_data_url_bytes if rule else None
        self._uploads = uploads

    def is_url(self, picture: Input) -> bool:
        return picture.kind != "bytes" or (self._limit is not None and picture.data_url_length > self._limit)

    def __call__(self, picture: Input) -> str:
        if picture.kind != "bytes" or not self.is_url(picture):
            return picture.as_url()
        if self._uploads is not None:
            return self._uploads[picture.sha256]
        return f"oss://(uploaded when it is sent)/{picture.name or picture.sha256[:12]}"


def _messages(request: Request, place: _Places) -> dict[str, Any]:
    if request.mask is not None and not request.keeps:
        raise InvalidRequest(
            sentence("model {model} takes no mask; masks belong to wanx2.1-imageedit", model=request.model)
        )
    content: list[dict[str, str]] = [{"text": request.prompt}]
    content.extend({"image": place(picture)} for picture in request.images)
    return {"messages": [{"role": "user", "content": content}]}


def _flat(request: Request, protocol: Protocol, place: _Places) -> dict[str, Any]:
    given: dict[str, Any] = {**request.values, "prompt": request.prompt, "function": request.function}
    own = request.images[: len(request.images) - request.row.further(request.values)]
    room = 0
    if "images" in protocol.input_names:
        room = len(own)
        given["images"] = [place(picture) for picture in own] or None
    for name in ("base_image_url", "image_url"):
        if name in protocol.input_names:
            room = 1
            given[name] = next((place(picture) for picture in own), None)
    if len(own) > room:
        raise InvalidRequest(
            sentence(
                "model {model} takes {room} input pictures, got {count}", model=request.model, room=room, count=len(own)
            )
        )
    if request.mask is not None and not request.keeps:
        if "mask_image_url" not in protocol.input_names:
            raise InvalidRequest(
                sentence("model {model} takes no mask; masks belong to wanx2.1-imageedit", model=request.model)
            )
        given["mask_image_url"] = place(request.mask)
    inputs = {name: given[name] for name in protocol.input_names if given.get(name) is not None}
    return _placed(request, given, inputs, [place(picture) for picture in request.images[len(own) :]])


def _placed(request: Request, given: dict[str, Any], inputs: dict[str, Any], urls: list[str]) -> dict[str, Any]:
    """Put what has a place of its own below `input` there: pictures of parameters, and names with dots."""
    for row in request.row.takes(request.function):
        value = given.get(row.name)
        if row.type == "pictures":
            count = specs.whole(request.values, row.name, 0)
            chosen, urls = urls[:count], urls[count:]
            value = (chosen[0] if row.maximum == 1 else chosen) if chosen else None
        elif not row.place:
            continue
        if value is None or value == "":
            continue
        *above, name = (row.place or row.name).split(".")
        below = inputs
        for each in above:
            below = below.setdefault(each, {})
        below[name] = value
    return inputs


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    if isinstance(value, str) and value.startswith("data:") and len(value) > 80:
        return sentence("{value}…({count} characters)", value=value[:40], count=len(value))
    return value
