"""Pictures from URLs: results of the service, and inputs that users gave as a URL.

The Client calls it. Nothing of ours goes along (no key, no cookie), the query stays as it was signed, redirects
are checked hop by hop, and a body that is too long or cut off is an error.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from ..config import Secret
from ..errors import DownloadError
from ..system.language import sentence
from .bodies import Packed, read_body
from .faults import reason_of
from .hosts import Gate
from .meter import Excess
from .reply import hidden
from .transport import ExactURL, Fault, Limit, Timeouts, Waiting, converse, plain_headers

MAX_PICTURE_BYTES = 100 * 1024 * 1024
MAX_INPUT_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5

_MAX_ERROR_BYTES = 65_536
_LATER = frozenset({408, 425, 429})
_GONE = frozenset({403, 404, 410})

Check = Callable[[httpx.URL, httpx.URL | None], Awaitable[str]]


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


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """How pictures are fetched: by which way, from which hosts, and at most how much; `key` is hidden in errors."""

    way: httpx.AsyncBaseTransport
    gate: Gate
    most: int
    timeouts: Timeouts
    key: Secret
    waiting: Waiting | None = None


async def fetch_result(fetching: Fetching, url: str) -> Download:
    """Fetch a finished picture.

    Raises
    ------
    DownloadError
        With `again` True when another try may succeed.
    """
    return await _follow(fetching, url, fetching.gate.result)


async def fetch_public(fetching: Fetching, url: str) -> Download:
    """Fetch an input picture from a public host.

    Raises
    ------
    DownloadError
        With `again` True when another try may succeed.
    """

    async def check(url: httpx.URL, came_from: httpx.URL | None) -> str:
        del came_from
        await fetching.gate.public(url)
        return ""

    return await _follow(fetching, url, check)


def expires_at(url: str) -> float | None:
    """Return when a presigned URL ends (epoch seconds, from its `Expires`), None when it does not say."""
    try:
        given = parse_qs(urlsplit(url).query).get("Expires", [""])[0]
        seconds = float(given) if len(given) <= 20 else math.nan
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def verdict(url: str, error: Exception, now: float) -> tuple[str, bool]:
    """Return what to say of a result that could not be fetched, and whether it is gone for good.

    It is gone when its host refuses it and its URL has expired at `now` (epoch seconds). Either alone may be wrong: a
    host that says "expired" before the time in the URL, or the clock of this machine.
    """
    until = expires_at(url)
    if not isinstance(error, DownloadError) or error.http_status not in _GONE or until is None:
        return str(error), False
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(until))
    if now < until:
        return sentence(
            "{rstrip}, though its URL is good until {when}", rstrip=str(error).rstrip("."), when=when
        ), False
    return sentence(
        "the picture's URL ended at {when}, and the service keeps pictures for 24 hours only ({error})",
        when=when,
        error=error,
    ), True


async def _follow(fetching: Fetching, url: str, check: Check) -> Download:
    notes: dict[str, None] = {}
    place: ExactURL | None = None
    for _ in range(MAX_REDIRECTS + 1):
        came_from, place = place, _read_url(url)
        if note := await check(place, came_from):
            notes[note] = None
        found = await _get(fetching, place)
        if found.error is not None:
            raise found.error
        if not found.location:
            return Download(data=found.data, notes=tuple(notes))
        url = _next(url, found.location)
    raise DownloadError(sentence("more than {MAX_REDIRECTS} redirects", MAX_REDIRECTS=MAX_REDIRECTS), again=False)


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
        raise DownloadError(sentence("the picture's address is no URL"))
    return place


async def _get(fetching: Fetching, url: ExactURL) -> _Hop:
    """Fetch one hop; a slow line is waited for as long as it does not fall below `pace`."""
    times = fetching.timeouts
    request = httpx.Request(
        "GET",
        f"{url.scheme}://{url.netloc.decode()}/",
        headers=plain_headers(),
        extensions={"timeout": times.steps(times.read)},
    )
    request.url = url

    async def hear(response: httpx.Response) -> _Hop:
        return await _hop(response, fetching)

    async def clear(peer: str) -> None:
        _check_peer(peer, url, fetching.gate)

    limit = Limit(
        seconds=min(times.connect + times.read, times.whole),
        body=max(fetching.most, _MAX_ERROR_BYTES),
        grows=times.whole,
        pace=times.pace,
    )
    found = await converse(
        fetching.way, request, hear, limit=limit, silent=times.silent, waiting=fetching.waiting, clear=clear
    )
    return _Hop(error=DownloadError(found.words, again=True)) if isinstance(found, Fault) else found


async def _hop(response: httpx.Response, fetching: Fetching) -> _Hop:
    if response.has_redirect_location:
        return _Hop(location=hidden(response.headers["location"], fetching.key))
    if response.status_code == 200:
        return await _body(response, fetching.most)
    try:
        body = await read_body(response, _MAX_ERROR_BYTES)
    except (Excess, Packed):
        body = b""
    return _Hop(error=_refused(response, body, fetching.key))


async def _body(response: httpx.Response, most: int) -> _Hop:
    given = response.headers.get("content-length", "")
    declared = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else None
    host = response.request.url.host
    if declared is not None and declared > most:
        return _Hop(
            error=DownloadError(
                sentence(
                    "the file at {host} has {declared} bytes; at most {most} are fetched",
                    host=host,
                    declared=declared,
                    most=most,
                )
            )
        )
    try:
        data = await read_body(response, most)
    except Excess as error:
        return _Hop(
            error=DownloadError(
                sentence("{host} {error}; at most {most} are fetched", host=host, error=error, most=most)
            )
        )
    if declared is not None and response.num_bytes_downloaded != declared:
        words = sentence(
            "{host} sent {num_bytes_downloaded} of {declared} bytes",
            host=host,
            num_bytes_downloaded=response.num_bytes_downloaded,
            declared=declared,
        )
        return _Hop(error=DownloadError(words, again=True))
    if not data:
        return _Hop(error=DownloadError(sentence("{host} sent an empty file", host=host), again=True))
    return _Hop(data=data)


def _check_peer(peer: str, url: httpx.URL, gate: Gate) -> None:
    """Refuse a connection that leads into a private network although the name did not a moment ago.

    Raises
    ------
    DownloadError
        Before anything was sent there.
    """
    if peer and gate.resolve is not None and not gate.knows(url) and not gate.reaches(peer):
        raise DownloadError(
            sentence("{host} leads to a private address, which pictures are not fetched from", host=url.host)
        )


def _refused(response: httpx.Response, body: bytes, key: Secret) -> DownloadError:
    """Return what the host says; whether that means that the picture is gone is for `verdict` to tell.

    Its code stands in the sentence: a store's AccessDenied is none of the service's, and has nothing to do with a key.
    """
    status = response.status_code
    reason = reason_of(body)
    code = f" ({hidden(reason.code, key)})" if reason.code else ""
    said = f": {hidden(reason.message, key)}" if reason.message else ""
    return DownloadError(
        sentence(
            "{host} answered HTTP {status}{code}{said}",
            host=response.request.url.host,
            status=status,
            code=code,
            said=said,
        ),
        again=status >= 500 or status in _LATER,
        request_id=hidden(reason.request_id or response.headers.get("x-oss-request-id", ""), key),
        http_status=status,
    )
