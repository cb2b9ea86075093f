"""Temporary uploads, for pictures too large to stand in the request: a permit, a form, an `oss://` address.

The Client calls it before a create call, so whatever breaks here, no task was made. The store keeps a file for
48 h, for the account and the model that the permit was asked for, and gives it to nobody else.

Source: "get temporary file URL" of Model Studio, stored 2026-11-21.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx

from ..errors import BailianError, NetworkError, RequestRejected, ServiceError, printable
from ..images import Input
from ..request import Request
from ..specs import service
from ..system.language import mark, sentence
from .faults import error_from, reason_of
from .hosts import origin
from .reply import Reply, mapping, text
from .transport import Fault, Timeouts, Waiting, exchange

KEPT_SECONDS = service.UPLOADS_KEPT_SECONDS / 2
"""How long an address is used again."""
_STORES = ".aliyuncs.com"
_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/bmp": ".bmp", "image/tiff": ".tiff"}
_AGAIN = mark("No task was made; send it again.")
_HINTS = {
    "EntityTooLarge": mark("No task was made; fit=True shrinks the picture."),
    "AccessDenied": mark("No task was made; a permit lasts a few minutes, send it again."),
}

Ask = Callable[[str, Mapping[str, str], Waiting | None], Awaitable[Reply | Fault]]
"""Sends a GET of the API, with the key and without a workspace: path and query in, answer out."""

Sign = Callable[[Input], Awaitable[str]]
"""Gives a signed URL of a picture in the user's own bucket, "" where the service could not read it there."""


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Where one file may be put, and the fields that prove it; `max_bytes` is None where the service names none."""

    host: str
    folder: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    max_bytes: float | None = None


@dataclass(kw_only=True)
class Uploads:
    """What this client has uploaded, so that a sweep sends one large picture once."""

    own: httpx.URL
    known: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    async def addresses(
        self,
        request: Request,
        ask: Ask,
        way: httpx.AsyncBaseTransport,
        timeouts: Timeouts,
        *,
        sign: Sign,
        waiting: Waiting | None = None,
    ) -> dict[str, str]:
        """Upload what `request` cannot carry itself; return the addresses by sha256.

        What lies in a bucket of the user's already is not uploaded where `sign` gives a URL of it.

        Raises
        ------
        NetworkError, RequestRejected
            When a picture could not be uploaded; no task was made.
        """
        found: dict[str, str] = {}
        for picture in too_large(request):
            if picture.address and (url := await sign(picture)):
                found[picture.sha256] = url
                continue
            key = (request.model, picture.sha256)
            address, at = self.known.get(key, ("", 0.0))
            if not address or time.monotonic() - at > KEPT_SECONDS:
                permit = await ask_permit(request.model, picture, ask, waiting=waiting)
                address = await put(permit, picture, way, timeouts, self.own, waiting=waiting)
                self.known[key] = (address, time.monotonic())
            found[picture.sha256] = address
        return found


def too_large(request: Request) -> tuple[Input, ...]:
    """Return the pictures whose data URL is longer than the model takes, each once."""
    rule = request.row.images
    if rule is None:
        return ()
    found = {picture.sha256: picture for picture in request.sent if picture.data_url_length > rule.max_data_url_bytes}
    return tuple(found.values())


async def ask_permit(model: str, picture: Input, ask: Ask, *, waiting: Waiting | None = None) -> Permit:
    """Ask for a permit; it is bound to `model`."""
    reply = await ask("/uploads", {"action": "getPolicy", "model": model}, waiting)
    if isinstance(reply, Fault):
        raise NetworkError(
            sentence("no permit to upload {name}: {words}", name=_name(picture), words=reply.words),
            hint=reply.hint or sentence(_AGAIN),
        )
    if not reply.ok:
        raise _refused(reply, picture)
    permit = read_permit(reply)
    if permit is None:
        raise RequestRejected(
            sentence("the permit to upload {name} cannot be read", name=_name(picture)),
            hint=sentence(_AGAIN),
            request_id=reply.request_id,
        )
    if permit.max_bytes is not None and len(picture.data) > permit.max_bytes:
        raise RequestRejected(
            sentence(
                "{name} has {count} bytes, an upload takes {max_bytes:.0f}",
                name=_name(picture),
                count=len(picture.data),
                max_bytes=permit.max_bytes,
            ),
            hint=sentence(_HINTS["EntityTooLarge"]),
            request_id=reply.request_id,
        )
    return permit


def read_permit(reply: Reply) -> Permit | None:
    """Return the permit of an answer, None when something is missing; numbers may come as text."""
    data = mapping(mapping(reply.json).get("data"))
    given = {name: text(data.get(name)) for name in ("upload_host", "upload_dir", "oss_access_key_id", "signature")}
    given["policy"] = text(data.get("policy"), 100_000)
    if not all(given.values()):
        return None
    try:
        megabytes = float(text(data.get("max_file_size_mb")) or "nan")
    except ValueError:
        megabytes = float("nan")
    return Permit(
        host=given["upload_host"],
        folder=given["upload_dir"].strip("/"),
        fields=(
            ("OSSAccessKeyId", given["oss_access_key_id"]),
            ("Signature", given["signature"]),
            ("policy", given["policy"]),
            ("x-oss-object-acl", text(data.get("x_oss_object_acl")) or "private"),
            ("x-oss-forbid-overwrite", text(data.get("x_oss_forbid_overwrite")).lower() or "true"),
        ),
        max_bytes=megabytes * 1024 * 1024 if megabytes > 0 else None,
    )


async def put(
    permit: Permit,
    picture: Input,
    way: httpx.AsyncBaseTransport,
    timeouts: Timeouts,
    own: httpx.URL,
    *,
    waiting: Waiting | None = None,
) -> str:
    """Put the bytes into the store, without the key, and return their `oss://` address.

    The name is ours and new each time: two files of one name would meet on one key, which the store refuses.
    """
    url = _place(permit.host, own)
    name = f"{uuid.uuid4().hex}{_SUFFIX.get(picture.mime, '')}"
    key = f"{permit.folder}/{name}"
    content, kind = await asyncio.to_thread(_form, url, permit, key, name, picture)
    reply = await exchange(
        way, "POST", str(url), timeouts=timeouts, headers={"Content-Type": kind}, content=content, waiting=waiting
    )
    if isinstance(reply, Fault):
        raise NetworkError(
            sentence("{name} could not be uploaded: {words}", name=_name(picture), words=reply.words),
            hint=reply.hint or sentence(_AGAIN),
        )
    if not reply.ok:
        raise _refused_by_store(reply, picture)
    return f"oss://{key}"


def _form(url: httpx.URL, permit: Permit, key: str, name: str, picture: Input) -> tuple[bytes, str]:
    """Return the form and its content type; the file stands last, as the store wants it."""
    fields = {**dict(permit.fields), "key": key, "success_action_status": "200"}
    form = httpx.Request("POST", url, data=fields, files={"file": (name, picture.data, picture.mime)})
    return form.read(), form.headers["content-type"]


def _place(host: str, own: httpx.URL) -> httpx.URL:
    """Return the store's URL; a picture goes to a store of Alibaba Cloud over https, or to where the API is."""
    try:
        url = httpx.URL(host)
    except httpx.InvalidURL:
        url = httpx.URL("")
    known = url.scheme == "https" and url.host.endswith(_STORES) and not url.userinfo
    if not known and origin(url) != origin(own):
        raise RequestRejected(
            sentence(
                "the service wants the picture at {host}, which is no store that the documents name",
                host=printable(host, 100),
            ),
            hint=sentence("Nothing was uploaded and no task was made."),
        )
    return url


def _refused(reply: Reply, picture: Input) -> BailianError:
    error = error_from(reply.status, reply.body, reply.headers)
    said = sentence("no permit to upload {name}: {message}", name=_name(picture), message=error.message)
    if isinstance(error, ServiceError):
        return RequestRejected(
            said, code=error.code, request_id=error.request_id, http_status=error.http_status, hint=sentence(_AGAIN)
        )
    error.message = said
    return error


def _refused_by_store(reply: Reply, picture: Input) -> RequestRejected:
    reason = reason_of(reply.body)
    said = f": {reason.message}" if reason.message else ""
    return RequestRejected(
        sentence("the store refused {name} (HTTP {status}){said}", name=_name(picture), status=reply.status, said=said),
        code=reason.code,
        request_id=reason.request_id or reply.headers.get("x-oss-request-id", ""),
        http_status=reply.status,
        hint=sentence(_HINTS.get(reason.code, _AGAIN)),
    )


def _name(picture: Input) -> str:
    return picture.name or "the picture"
