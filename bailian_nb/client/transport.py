"""One exchange with a host, with a limit on how long it takes and on what comes back.

The Client and its neighbours use it. No exception of httpx or httpcore leaves this file: it may hold the request with
its key, so a fault is returned as words and raised outside of every `except`.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

import httpcore
import httpx

from .._version import __version__
from ..config import Secret
from ..errors import NetworkError, printable
from ..system.language import mark, sentence
from .bodies import Packed, read_body
from .meter import METER, Clear, Excess, Meter, Stage, Withheld
from .network import Network
from .reply import NO_IDS, Ids, Reply, ids_of

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""The longest answer of the API that is read; a page of a hundred tasks has some 50 kB."""
USER_AGENT = f"bailian-nb/{__version__}"

_OVERHEAD = 2
"""How many times as much as its body an answer may bring on the wire, for chunk headers and trailers."""
_FAULTS = (
    Excess,
    Packed,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpx.StreamError,
    OSError,
)

Waiting = Callable[[Stage], None]
"""Hears what an exchange waits for once that has become long, and each time that it changes from then on."""
T = TypeVar("T")

log = logging.getLogger("bailian_nb")


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How patient a Client is, in seconds.

    Parameters
    ----------
    connect
        For TCP and for TLS, each; together with `read` it is the limit of a whole exchange, to which a body that is
        sent adds its length divided by `pace`.
    read
        For the answer of a task, and for each next byte of a picture.
    write
        For each 64 kB to be taken by the line.
    sync
        For the answer of a synchronous call; the service itself gives up after 300.
    probe
        For a host that is only asked whether it is there.
    whole
        For one picture, however fast it comes.
    pace
        Bytes a second of the slowest line that is waited for: what phone companies leave of a line whose volume is
        used up (128 kbit/s). On average a picture must come as fast, too, after the first minute.
    silent
        Until whoever waits is told what for.
    """

    connect: float = 10.0
    read: float = 60.0
    write: float = 60.0
    sync: float = 330.0
    probe: float = 5.0
    whole: float = 1800.0
    pace: float = 16_000.0
    silent: float = 5.0

    def steps(self, read: float) -> dict[str, float | None]:
        """Return the limits of single steps, as httpcore takes them."""
        return {"connect": self.connect, "read": read, "write": self.write, "pool": self.connect}


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What one exchange may take.

    Parameters
    ----------
    seconds
        From its beginning to its last byte.
    body
        Bytes of the answer's body.
    grows
        Seconds that it may take in all when the body comes at `pace` bytes a second at least.
    """

    seconds: float
    body: int
    grows: float = 0.0
    pace: float = DEFAULT_TIMEOUTS.pace


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A broken exchange; `sent` is False only when certainly nothing of the request was written.

    `ids` are those in the part of the answer that came.
    """

    words: str
    sent: bool
    hint: str = ""
    ids: Ids = NO_IDS


class ExactURL(httpx.URL):
    """A URL whose path and query go out byte for byte: a signature covers them as they were given.

    httpx alone would resolve dots and quote some characters. As text it shows no query, so that no log can.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        target = url.partition("#")[0].partition("://")[2]
        cut = min((place for mark in "/?" if (place := target.find(mark)) >= 0), default=len(target))
        exact = target[cut:] if target[cut:].startswith("/") else f"/{target[cut:]}"
        self._target = "".join(_sendable(character) for character in exact).encode("ascii")

    @property
    def raw_path(self) -> bytes:
        return self._target

    @property
    def query(self) -> bytes:
        return self._target.partition(b"?")[2]

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc.decode('ascii')}{self._target.partition(b'?')[0].decode('ascii')}"


async def converse(
    way: httpx.AsyncBaseTransport,
    request: httpx.Request,
    hear: Callable[[httpx.Response], Awaitable[T]],
    *,
    limit: Limit,
    silent: float = DEFAULT_TIMEOUTS.silent,
    waiting: Waiting | None = None,
    clear: Clear | None = None,
) -> T | Fault:
    """Send a request, give its answer to `hear` while it is open, and return what that makes of it, or how it broke.

    `limit` holds from the first step to the end of `hear`, whatever the other side sends meanwhile. What `clear` raises
    is raised here, and nothing was sent then.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    told = _Told(loop, waiting, first="connect" if isinstance(way, Network) else "answer")
    bell = loop.call_later(silent, told.ring)
    clock = asyncio.timeout_at(began + limit.seconds)

    def more_time(came: int) -> None:
        end = began + min(limit.seconds + came / limit.pace, limit.grows)
        if not clock.expired() and end > (clock.when() or end):
            clock.reschedule(end)

    meter = Meter(limit.body * _OVERHEAD, on_stage=told.stage, on_body=more_time, clear=clear)
    before = METER.set(meter)
    ended = "cut off"
    try:
        request.extensions["trace"] = _without_words
        async with clock:
            if not isinstance(way, Network):
                await meter.clears(b"", None)
                meter.spoke = True  # an app in this process hears it at once
            response = await way.handle_async_request(request)
            response.request = request
            try:
                return await hear(response)
            finally:
                ended = str(response.status_code)
                await response.aclose()
    except Withheld as error:  # its frames hold the request
        withheld = error.reason.with_traceback(None)
        ended = "not sent"
    except _FAULTS as error:
        return _fault_of(error, request, sent=meter.spoke, seconds=loop.time() - began)
    except Exception as error:  # noqa: BLE001  # its text and frames may hold the key; where it happened does not
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("fault in bailian_nb: %s in an exchange with %s\n%s", type(error).__name__, request.url.host, where)
        return Fault(
            words=sentence("a fault in bailian_nb cut the exchange off: {name}", name=type(error).__name__), sent=True
        )
    except BaseException as error:  # a cancellation passes, but not the frames below it, which hold headers
        error.__cause__ = error.__context__ = error.__traceback__ = None
        raise
    finally:
        METER.reset(before)
        bell.cancel()
        told.over = True
        path = request.url.raw_path.partition(b"?")[0].decode("ascii", "replace")
        log.debug("%s %s%s: %s, %.2f s", request.method, request.url.host, path, ended, loop.time() - began)
    raise withheld


class _Told:
    """Passes the stage on from the moment that `ring` is called until it is `over`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, waiting: Waiting | None, *, first: Stage) -> None:
        self.over = False
        self._loop, self._waiting = loop, waiting
        self._stage = first
        self._rung = False

    def ring(self) -> None:
        self._rung = True
        self._pass_on()

    def stage(self, stage: Stage) -> None:
        changed, self._stage = stage != self._stage, stage
        if changed and self._rung:
            self._loop.call_soon(self._pass_on)  # what breaks there must not break the exchange

    def _pass_on(self) -> None:
        if self._waiting is not None and not self.over:
            self._waiting(self._stage)


async def _without_words(event: str, info: dict[str, Any]) -> None:
    """Be the trace hook of httpcore, which logs what it gives to it: answers may repeat the key or a signature."""
    if event.endswith((".complete", ".failed")):
        info.clear()


async def exchange(
    way: httpx.AsyncBaseTransport,
    method: str,
    url: str,
    *,
    timeouts: Timeouts,
    read: float | None = None,
    key: Secret | None = None,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    params: Mapping[str, str] | None = None,
    waiting: Waiting | None = None,
    clear: Clear | None = None,
) -> Reply | Fault:
    """Send one request of the API and read its whole answer, or say how it broke.

    `key` goes into the Authorization header, and what the answer repeats of it is hidden. `read` takes the place of
    that of `timeouts`. `clear` as for `converse`.
    """
    # What is sent may lie in a buffer of this machine for as long as the line needs for it.
    patience = (read or timeouts.read) + len(content or b"") / timeouts.pace
    request = _request(method, url, headers=headers, content=content, params=params, steps=timeouts.steps(patience))
    if request is None:
        return Fault(words=sentence("the base URL is no http(s) URL"), sent=False, hint=sentence(_UNSENT_HINT))
    if key is not None and not _signed(request, key):
        return Fault(
            words=sentence("the API key holds characters that cannot be sent"),
            sent=False,
            hint=sentence("Set it once more."),
        )

    came = bytearray()

    async def hear(response: httpx.Response) -> Reply:
        body = await read_body(response, MAX_ANSWER_BYTES, came)
        found = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(status=response.status_code, headers=found, body=body)
        return reply if key is None else reply.without(key)

    limit = Limit(seconds=timeouts.connect + patience, body=MAX_ANSWER_BYTES)
    answer = await converse(way, request, hear, limit=limit, silent=timeouts.silent, waiting=waiting, clear=clear)
    if isinstance(answer, Reply) or not came:
        return answer
    part = Reply(status=0, body=bytes(came))
    return replace(answer, ids=ids_of((part if key is None else part.without(key)).body))


def plain_headers(**more: str) -> dict[str, str]:
    """Return what every request says of itself."""
    fixed = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "keep-alive", "User-Agent": USER_AGENT}
    return {**fixed, **more}


def _request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None,
    content: bytes | None,
    params: Mapping[str, str] | None,
    steps: dict[str, float | None],
) -> httpx.Request | None:
    named = {**plain_headers(), **(headers or {})}
    try:
        place = httpx.URL(url)
        place = place.copy_merge_params(params) if params else place
        return httpx.Request(method, place, headers=named, content=content, extensions={"timeout": steps})
    except httpx.InvalidURL:
        return None


def _signed(request: httpx.Request, key: Secret) -> bool:
    """Put the key into the request; False where no header can carry it."""
    if not (key.reveal().isascii() and key.reveal().isprintable()):
        return False
    request.headers["Authorization"] = f"Bearer {key.reveal()}"
    return True


_UNSENT_HINT = mark("Nothing was sent. Check the network, the base URL and HTTPS_PROXY.")


def _fault_of(error: Exception, request: httpx.Request, *, sent: bool, seconds: float) -> Fault:
    """Describe an exception in our words; its own text is used only where no header can be in it."""
    host = request.url.host or sentence("the base URL")
    steps = request.extensions["timeout"]
    hint = "" if sent else sentence(_UNSENT_HINT)
    said = printable(error, 160)
    match error:
        case Excess() | Packed():
            words = f"{host} {said}"
        case httpcore.ConnectTimeout():
            words = sentence("no connection to {host} within {steps:g} s", host=host, steps=steps["connect"])
        case httpcore.ConnectError():
            words = sentence("no connection to {host}: {said}", host=host, said=said)
            if "CERTIFICATE_VERIFY_FAILED" in said:
                hint = sentence(
                    "Nothing was sent. If a proxy or firewall re-signs traffic, point SSL_CERT_FILE to its CA."
                )
        case httpcore.ProxyError():
            words = sentence("the proxy refused to connect to {host}: {said}", host=host, said=said)
        case httpcore.PoolTimeout():
            words = sentence("too many connections are open already")
        case httpcore.UnsupportedProtocol():
            words = sentence("the base URL is no http(s) URL")
        case httpcore.ReadTimeout():
            words = sentence("{host} did not answer in time ({steps:g} s)", host=host, steps=round(steps["read"], 1))
        case TimeoutError():
            words = sentence(
                "{host} did not answer in time ({seconds:g} s for the whole exchange)",
                host=host,
                seconds=round(seconds, 1),
            )
        case httpcore.WriteError() | httpcore.WriteTimeout():
            words = sentence("the connection to {host} broke while sending", host=host)
        case httpcore.LocalProtocolError():
            words = sentence("the request to {host} could not be written", host=host)
        case _:
            words = sentence("the connection to {host} broke before the answer was complete", host=host)
    return Fault(words=words, sent=sent, hint=hint)


def unreachable(fault: Fault, *, task_id: str = "") -> NoReturn:
    """Raise the NetworkError of an exchange that never began."""
    raise NetworkError(fault.words, hint=fault.hint, task_id=task_id)


def host_of(url: str) -> str:
    """Return the host of a URL, ``""`` where there is none."""
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""


def _sendable(character: str) -> str:
    if "\x21" <= character <= "\x7e":
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
