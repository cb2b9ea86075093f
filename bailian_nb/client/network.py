"""Connections to hosts, by httpcore: through the proxy that the environment names, and metered.

`transport.py` speaks through them for the Client. httpx's own client is left out: it logs a line for each call, keeps
cookies, unpacks whatever comes, and has no place for a meter.
"""

from __future__ import annotations

import importlib.util
import logging
import ssl
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any, cast

import httpcore
import httpx

from ..config import connections
from ..config.connections import (
    Certificates,
    Proxies,
    certificates,
    check_kind,
    load_certificates,
    proxies,
    split_no_proxy,
)
from ..errors import NetworkError, printable
from ..system.language import mark, sentence
from ..texts.catalogue import say
from .meter import METER, MeteredBackend

log = logging.getLogger("bailian_nb")
LOOPBACK = connections.LOOPBACK

_USUAL_PORTS = {"http": 80, "https": 443}  # a URL does not show them
_MOST_CONNECTIONS = 100
_KEPT_CONNECTIONS = 20
_KEPT_SECONDS = 5.0
_HINT = mark("Look at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY; NO_PROXY names hosts that are reached without one.")


class Network(httpx.AsyncBaseTransport):
    """A way to every host; raises what httpcore raises.

    Parameters
    ----------
    fresh
        Gives every call a connection of its own.
    proxies
        What the environment says; loopback is always reached directly.
    """

    def __init__(self, *, fresh: bool, proxies: Proxies, tls: ssl.SSLContext) -> None:
        self._by_scheme = proxies.by_scheme
        self._direct = proxies.direct
        self._pools = {
            given: _Pool(
                proxy=_proxy(given, tls) if given else None,
                ssl_context=tls,
                max_connections=_MOST_CONNECTIONS,
                max_keepalive_connections=0 if fresh else _KEPT_CONNECTIONS,
                keepalive_expiry=_KEPT_SECONDS,
                network_backend=MeteredBackend(),
            )
            for given in ("", *self._by_scheme.values())
        }

    def proxy_of(self, url: httpx.URL) -> str:
        """Return the proxy that leads to a URL, ``""`` where the way is direct."""
        if url.host in LOOPBACK or is_direct(url, self._direct):
            return ""
        return self._by_scheme.get(url.scheme) or self._by_scheme.get("all", "")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        proxy = self.proxy_of(url)
        if (meter := METER.get()) is not None:
            meter.proxied = bool(proxy)
        answer = await self._pools[proxy].handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=cast("AsyncIterator[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()


class _Pool(httpcore.AsyncConnectionPool):
    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return cast("httpcore.AsyncConnectionInterface", _Connection(super().create_connection(origin)))


class _Connection:
    """A connection that is closed when it fails.

    httpcore counts a tunnel whose TLS has failed as busy for ever; after a hundred of them no call goes out any more.
    """

    def __init__(self, inner: httpcore.AsyncConnectionInterface) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        try:
            return await self._inner.handle_async_request(request)
        except httpcore.ConnectionNotAvailable:
            raise  # another call has it
        except BaseException:
            await self._inner.aclose()
            raise


class _Stream(httpx.AsyncByteStream):
    """The body of an answer, as httpx wants it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def open_network(*, fresh: bool = False, need_proxy: bool = True) -> Network:
    """Open a way to every host that honours the usual proxy variables, but reaches loopback directly.

    `fresh` gives every call a connection of its own: a create call must not ride on an idle one that the other side
    is just closing, for nobody could tell whether it was read. Without `need_proxy` proxy settings that cannot be
    used are left aside instead of refused, and so are certificates.

    Raises
    ------
    NetworkError
        When the settings of the environment cannot be used; it names the variable.
    """
    found = proxies()
    if not need_proxy and proxy_fault(found):
        found = Proxies(by_scheme={}, variables={})
    if problem := proxy_fault(found):
        raise NetworkError(problem, hint=sentence(_HINT))
    _say(found)
    try:
        trusted = certificates()
        return Network(fresh=fresh, proxies=found, tls=_tls(trusted))
    except NetworkError:
        if need_proxy:
            raise
        return Network(fresh=fresh, proxies=found, tls=_tls(Certificates()))


@lru_cache(maxsize=16)
def _say(found: Proxies) -> None:
    """Tell once what of the proxy settings was read in another way than it is written, or left out."""
    for note in found.notes:
        log.warning("%s", note)
    if found.left_out:
        log.warning("%s", say("doctor_no_proxy", parts=printable(", ".join(found.left_out[:5]), 120)))


def proxy_fault(found: Proxies) -> str:
    """Return why one of the proxies cannot be used, "" when all can; no part of a password is in it."""
    for scheme, url in found.by_scheme.items():
        variable = found.variables[scheme]
        try:
            kind = check_kind(url, variable)
            httpx.Proxy(url)
        except NetworkError as error:
            return error.message
        except (httpx.InvalidURL, ValueError):  # whose words may be a part of the password
            return sentence(
                "{variable} holds a proxy's URL that cannot be read; it is like http://127.0.0.1:7890; "
                "in a user name or password write / as %2F, @ as %40 and : as %3A",
                variable=variable,
            )
        if kind.startswith("socks") and not has_socks():
            return sentence(
                "{variable} names a SOCKS proxy, which takes the extra socks: pip install socksio", variable=variable
            )
    return ""


def has_socks() -> bool:
    """Tell whether the package is there that httpcore speaks to a SOCKS proxy with."""
    return importlib.util.find_spec("socksio") is not None


def open_app(app: Any) -> httpx.AsyncBaseTransport:
    """Open a way that leads every call to an ASGI app in this process, and none to a network."""
    # A crash in the app is a 500, as it would be over a socket.
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)


def is_direct(url: httpx.URL, no_proxy: str | tuple[str, ...]) -> bool:
    """Tell whether NO_PROXY names the host of a URL: by its name, a domain above it, its address or a range of them."""
    parts = split_no_proxy(no_proxy)[0] if isinstance(no_proxy, str) else no_proxy
    port = url.port or _USUAL_PORTS.get(url.scheme)
    return any(connections.is_direct(url.host, port, part) for part in parts)


@lru_cache(maxsize=4)
def _tls(found: Certificates) -> ssl.SSLContext:
    """Read the certificates that the settings name, once for all clients: it takes longer than a request."""
    return load_certificates(found) or httpx.create_ssl_context(trust_env=False)


def _proxy(given: str, tls: ssl.SSLContext) -> httpcore.Proxy:
    proxy = httpx.Proxy(given)
    url = proxy.url
    return httpcore.Proxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        auth=proxy.raw_auth,
        ssl_context=tls if url.scheme == "https" else None,
    )
