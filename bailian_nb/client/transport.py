"""httpx, opened the way that this package needs it, and one exchange with a limit on what comes back.

The Client and `download.py` use it. No exception of httpx leaves this file: it may hold the request with its key,
so a fault is returned as words and raised outside of every `except`.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import httpx

from .._version import __version__
from ..errors import NetworkError, printable
from .reply import Reply

MAX_ANSWER_BYTES = 16 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")
USER_AGENT = f"bailian-nb/{__version__}"

_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
FAULTS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError)


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds: `read` is the wait for the next byte of a task's answer, `sync` that of a synchronous call.

    `whole` is for one picture from its first byte to its last.
    """

    connect: float = 10.0
    read: float = 60.0
    write: float = 300.0
    sync: float = 330.0
    probe: float = 5.0
    whole: float = 1800.0

    def httpx(self, read: float | None = None) -> httpx.Timeout:
        return httpx.Timeout(connect=self.connect, read=read or self.read, write=self.write, pool=self.connect)


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A broken exchange; `sent` is False only when certainly nothing of the request was written."""

    words: str
    sent: bool
    hint: str = ""


class Tunnel:
    """Watches whether a proxy opens its tunnel; one that breaks before raises what a broken answer raises."""

    def __init__(self) -> None:
        self._asked = self._passed = False

    async def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Be the trace hook of httpcore. Events of other names leave a fault where it is safe: counted as sent."""
        if event.endswith("send_request_headers.started"):
            connects = info["request"].method == b"CONNECT"
            self._asked, self._passed = self._asked or connects, self._passed or not connects

    @property
    def is_closed(self) -> bool:
        """True when the proxy was asked and nothing went through."""
        return self._asked and not self._passed


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


def open_network(*, fresh: bool = False, need_proxy: bool = True) -> httpx.AsyncClient:
    """Open a client that honours the usual proxy variables, but reaches loopback directly.

    `fresh` gives every call a connection of its own: a create call must not ride on an idle one that the other side
    is just closing, for nobody could tell whether it was read. Without `need_proxy` proxy settings that cannot be
    used are left aside instead of refused.
    """
    problem = ""
    for trust_env in (True, False) if not need_proxy else (True,):
        try:
            return httpx.AsyncClient(
                headers={"User-Agent": USER_AGENT},
                mounts={f"all://{f'[{host}]' if ':' in host else host}": None for host in LOOPBACK},
                limits=httpx.Limits(max_connections=100, max_keepalive_connections=0 if fresh else 20),
                follow_redirects=False,
                trust_env=trust_env,
                verify=_tls(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            )
        except httpx.InvalidURL:  # whose words may be a part of the password
            problem = "a proxy's URL cannot be read; in a user name or password write / as %2F, @ as %40 and : as %3A"
        except (ImportError, ValueError, OSError) as error:
            problem = printable(error, 200)
    raise NetworkError(
        f"the proxy or certificate settings of the environment cannot be used: {problem}",
        hint="Look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE; a SOCKS proxy needs `pip install httpx[socks]`.",
    )


@lru_cache(maxsize=4)
def _tls(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Read the certificates that these settings name, once for all clients: it takes longer than a request."""
    del file, folder
    return httpx.create_ssl_context(trust_env=True)


def open_app(app: Any) -> httpx.AsyncClient:
    """Open a client whose every call goes to an ASGI app in this process, and none to a network."""
    # A crash in the app is a 500, as it would be over a socket.
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, headers={"User-Agent": USER_AGENT}, follow_redirects=False, trust_env=False
    )


def uses_proxy() -> bool:
    """Return True when the environment names a proxy; then the peer of a connection is not the host asked."""
    return any(scheme in urllib.request.getproxies() for scheme in ("http", "https", "all"))


def as_given(request: httpx.Request) -> httpx.Request:
    """Be an `auth` that adds nothing: httpx would turn a user name in a URL into an Authorization header."""
    return request


async def exchange(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    auth: Callable[[httpx.Request], httpx.Request],
    timeout: httpx.Timeout,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    params: Mapping[str, str] | None = None,
) -> Reply | Fault:
    """Send one request of the API and read its whole answer, or say how it broke."""
    tunnel = Tunnel()
    request: httpx.Request | None = None
    try:
        request = http.build_request(
            method,
            url,
            headers=headers,
            content=content,
            params=params,
            timeout=timeout,
            extensions={"trace": tunnel.watch},
        )
        response = await http.send(request, auth=auth, stream=True)
        try:
            # `read` only limits each wait, so a server that drips bytes would hold us for ever without this.
            async with asyncio.timeout((timeout.read or 60.0) * 2):
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        return Fault(words=f"the answer is larger than {MAX_ANSWER_BYTES} bytes", sent=True)
        finally:
            await response.aclose()
        found = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, headers=found, body=bytes(body))
    except FAULTS as error:
        led_astray = request is not None and isinstance(error, httpx.InvalidURL)  # by a redirect of the answer
        unsent = tunnel.is_closed or (isinstance(error, _UNSENT) and not led_astray)
        return fault_of(error, url, timeout, sent=not unsent)


def fault_of(error: BaseException, url: str, timeout: httpx.Timeout, *, sent: bool = True) -> Fault:
    """Describe an exception of httpx in our words; its own text is used only where no header can be in it."""
    host = host_of(url) or "the base URL"
    hint = "" if sent else "Nothing was sent. Check the network, the base URL and HTTPS_PROXY."
    said = printable(error, 160)
    match error:
        case httpx.ConnectTimeout():
            words = f"no connection to {host} within {timeout.connect:g} s"
        case httpx.ConnectError():
            words = f"no connection to {host}: {said}"
            if "CERTIFICATE_VERIFY_FAILED" in said:
                hint = "Nothing was sent. If a proxy or firewall re-signs traffic, point SSL_CERT_FILE to its CA."
        case httpx.ProxyError():
            words = f"the proxy refused to connect to {host}: {said}"
        case httpx.PoolTimeout():
            words = "too many connections are open already"
        case httpx.InvalidURL() if sent:
            words = f"{host} answered with a redirect to what is no URL"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            words = "the base URL is no http(s) URL"
        case httpx.ReadTimeout() | TimeoutError():
            words = f"{host} did not answer in time ({timeout.read:g} s)"
        case httpx.WriteError() | httpx.WriteTimeout():
            words = f"the connection to {host} broke while sending"
        case httpx.DecodingError():
            words = f"the answer of {host} cannot be unpacked"
        case httpx.LocalProtocolError():
            words = f"the request to {host} could not be written"
        case _:
            words = f"the connection to {host} broke before the answer was complete"
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
