"""Pictures from URLs: results of the service, and inputs that users gave as a URL.

The Client calls it. Nothing of ours goes along (no key, no cookie), the query stays as it was signed, redirects
are checked hop by hop, and a body that is too long or cut off is an error.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from ..errors import DownloadError
from .faults import reason_of
from .hosts import Gate, is_public
from .transport import FAULTS, USER_AGENT, ExactURL, Timeouts, as_given, fault_of, uses_proxy

MAX_PICTURE_BYTES = 100 * 1024 * 1024
MAX_INPUT_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5

_MAX_ERROR_BYTES = 65_536
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, kw_only=True)
class Download:
    """The bytes of one picture, and what should be said about where they came from."""

    data: bytes = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Hop:
    """One answer: a body, the next place, or an error."""

    data: bytes = b""
    location: str = ""
    error: DownloadError | None = None


async def fetch_result(http: httpx.AsyncClient, url: str, *, gate: Gate, limit: int, timeouts: Timeouts) -> Download:
    """Fetch a finished picture.

    Raises
    ------
    DownloadError
        With `again` True when another try may succeed.
    """
    return await _follow(http, url, gate.result, gate, limit, timeouts)


async def fetch_public(http: httpx.AsyncClient, url: str, *, gate: Gate, limit: int, timeouts: Timeouts) -> Download:
    """Fetch an input picture from a public host.

    Raises
    ------
    DownloadError
        With `again` True when another try may succeed.
    """

    async def check(url: httpx.URL, came_from: httpx.URL | None) -> str:
        del came_from
        await gate.public(url)
        return ""

    return await _follow(http, url, check, gate, limit, timeouts)


def expires_at(url: str) -> float | None:
    """Return when a presigned URL ends (epoch seconds, from its `Expires`), None when it does not say."""
    try:
        given = parse_qs(urlsplit(url).query).get("Expires", [""])[0]
        seconds = float(given) if len(given) <= 20 else math.nan
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


async def _follow(
    http: httpx.AsyncClient,
    url: str,
    check: Callable[[httpx.URL, httpx.URL | None], Awaitable[str]],
    gate: Gate,
    limit: int,
    timeouts: Timeouts,
) -> Download:
    notes: dict[str, None] = {}
    place: ExactURL | None = None
    for _ in range(MAX_REDIRECTS + 1):
        came_from, place = place, _read_url(url)
        if note := await check(place, came_from):
            notes[note] = None
        found = await _get(http, place, gate, limit, timeouts)
        if found.error is not None:
            raise found.error
        if not found.location:
            return Download(data=found.data, notes=tuple(notes))
        url = _next(url, found.location)
    raise DownloadError(f"more than {MAX_REDIRECTS} redirects", again=False)


def _next(url: str, location: str) -> str:
    """Return where a redirect leads; what cannot be joined is left for the check to refuse."""
    try:
        return location if "://" in location.partition("?")[0] else urljoin(url, location)
    except ValueError:
        return location


def _read_url(url: str) -> ExactURL:
    try:
        place = ExactURL(url)
    except httpx.InvalidURL:
        place = None
    if place is None:
        raise DownloadError("the picture's address is no URL")
    return place


async def _get(http: httpx.AsyncClient, url: ExactURL, gate: Gate, limit: int, timeouts: Timeouts) -> _Hop:
    """Fetch one hop; errors are returned, so that they are raised outside of the `except` of httpx."""
    timeout = timeouts.httpx()
    try:
        request = http.build_request("GET", f"{url.scheme}://{url.netloc.decode()}/", headers=_HEADERS, timeout=timeout)
        request.url = url
        request.headers.pop("cookie", None)
        response = await http.send(request, auth=as_given, stream=True)
        try:
            async with asyncio.timeout(timeouts.whole):  # a host that drips must not hold us for ever
                if error := _wrong_peer(response, gate):
                    return _Hop(error=error)
                if response.has_redirect_location:
                    return _Hop(location=response.headers["location"])
                if response.status_code != 200:
                    return _Hop(error=_refused(response, await _some(response, _MAX_ERROR_BYTES)))
                return await _body(response, limit)
        finally:
            await response.aclose()
    except FAULTS as error:
        if isinstance(error, httpx.InvalidURL) or "location header" in str(error):
            return _Hop(error=DownloadError(f"{url.host} sent us on to an address that is no URL"))
        return _Hop(error=DownloadError(fault_of(error, str(url), timeout).words, again=True))


async def _body(response: httpx.Response, limit: int) -> _Hop:
    given = response.headers.get("content-length", "")
    declared = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else None
    host = response.request.url.host
    if declared is not None and declared > limit:
        return _Hop(error=DownloadError(f"the file at {host} has {declared} bytes; at most {limit} are fetched"))
    data = await _some(response, limit + 1)
    if len(data) > limit:
        return _Hop(error=DownloadError(f"the file at {host} is larger than {limit} bytes"))
    if declared is not None and response.num_bytes_downloaded != declared:
        words = f"{host} sent {response.num_bytes_downloaded} of {declared} bytes"
        return _Hop(error=DownloadError(words, again=True))
    if not data:
        return _Hop(error=DownloadError(f"{host} sent an empty file", again=True))
    return _Hop(data=data)


async def _some(response: httpx.Response, limit: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) >= limit:
            break
    return bytes(data[:limit])


def _wrong_peer(response: httpx.Response, gate: Gate) -> DownloadError | None:
    """Return an error when the connection led into a private network although the name did not a moment ago."""
    stream = response.extensions.get("network_stream")
    if stream is None or gate.resolve is None or gate.trusts(response.request.url) or uses_proxy():
        return None
    peer: Any = stream.get_extra_info("server_addr")
    if not isinstance(peer, tuple) or is_public(str(peer[0])):
        return None
    return DownloadError(f"{response.request.url.host} leads to a private address, which pictures are not fetched from")


def _refused(response: httpx.Response, body: bytes) -> DownloadError:
    status = response.status_code
    reason = reason_of(body)
    more: dict[str, Any] = {
        "code": reason.code,
        "request_id": reason.request_id or response.headers.get("x-oss-request-id", ""),
        "http_status": status,
    }
    if status == 403 and "expired" in reason.message.lower():
        return DownloadError("the picture's URL has expired; the service keeps pictures for 24 hours", **more)
    said = f": {reason.message}" if reason.message else ""
    again = status >= 500 or status in _LATER
    return DownloadError(f"{response.request.url.host} answered HTTP {status}{said}", again=again, **more)
