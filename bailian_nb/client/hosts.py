"""Which hosts a picture may come from. `download.py` asks before every hop.

An answer of the service, a redirect or a notebook from elsewhere must not make this machine read from its own
network: private addresses are refused, whatever name they hide behind.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from ..errors import DownloadError
from ..specs import service
from ..system.language import sentence

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Gives every address of a host name, none when it cannot tell."""

LONGEST_LOOKUP = 10.0
"""Seconds that a name server gets; the connection to what it has not found fails at its own time."""

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Proxies that work by DNS answer with made-up addresses from this block, which routes nowhere else, and for IPv6 with
# companions from a private one: by default one of these, or what somebody chose below fc00::/7.
_MADE_UP = ipaddress.ip_network("198.18.0.0/15")
_COMPANIONS = (ipaddress.ip_network("fdfe:dcba:9876::/48"), ipaddress.ip_network("fc00::/18"))
_PRIVATE_6 = ipaddress.ip_network("fc00::/7")


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Let URLs pass or refuse them.

    Parameters
    ----------
    own
        The base URL: what is served from its origin is allowed even on loopback (an emulator on a port).
    resolve
        Looks up addresses; None when there is no network, as with the emulator in process.
    """

    own: httpx.URL
    resolve: Resolve | None
    _made_up: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    async def result(self, url: httpx.URL, came_from: httpx.URL | None) -> str:
        """Return what to note about a result URL, ``""`` for a known one; `came_from` redirected to it.

        Raises
        ------
        DownloadError
            When it may not be fetched.
        """
        if self.trusts(url):
            return ""
        if came_from is not None and came_from.host != url.host:
            raise DownloadError(
                sentence(
                    "the picture's host sent us on to {value}, which is no host of results", value=url.host or "nowhere"
                )
            )
        if not self.knows(url):
            await self.public(url)
        return sentence("the picture came from {host}, a host that the documents do not name", host=url.host)

    async def public(self, url: httpx.URL) -> None:
        """Refuse a URL that does not lead to a public host (or our own).

        Raises
        ------
        DownloadError
            When it does not.
        """
        _check_form(url)
        if origin(url) == origin(self.own):
            return
        host = url.host.rstrip(".")
        addresses: tuple[str, ...] = (host,) if _is_address(host) else ()
        if not addresses and self.resolve is not None:
            addresses = await self.resolve(host)
        local = host == "localhost" or host.endswith(".localhost")
        if local or not (all(map(is_public, addresses)) or await self._are_made_up(addresses)):
            raise DownloadError(
                sentence("{host} is a private address, which pictures are not fetched from", host=url.host)
            )

    def trusts(self, url: httpx.URL) -> bool:
        """Return True for our own origin and the documented result hosts."""
        _check_form(url)
        return origin(url) == origin(self.own) or (url.host in service.RESULT_HOSTS and url.port is None)

    def knows(self, url: httpx.URL) -> bool:
        """Return True for what is trusted, and for a bucket of the service's store that no page names yet.

        The vendor alone gives those names addresses. Where they look private, a proxy or a company's own name server
        made them so, and the picture is paid: refusing it would lose it.
        """
        return self.trusts(url) or (service.looks_like_a_result_host(url.host) and url.port is None)

    def reaches(self, address: str) -> bool:
        """Tell whether a connection may lead to an address: a public one, or one that was judged as made up."""
        return is_public(address) or address in self._made_up

    async def _are_made_up(self, addresses: tuple[str, ...]) -> bool:
        """Tell whether a name server that invents addresses gave these: then no private host is behind them.

        A pair of the usual blocks is known as such. Another IPv6 block is believed where the service's own name leads
        to a pair, too: whoever owns a name can make it lead anywhere, but not that one.
        """
        if not is_made_up_pair(addresses):
            return False
        if not all(_is_companion(address) for address in addresses if not is_public(address)):
            own = await self.resolve(self.own.host) if self.resolve is not None else ()
            if not is_made_up_pair(own):
                return False
        self._made_up.update(addresses)
        return True


def is_made_up_pair(addresses: tuple[str, ...]) -> bool:
    """Tell whether these are one name's invented addresses: IPv4 of 198.18.0.0/15, and private IPv6 beside it."""
    known = [found for address in addresses if (found := _read(address)) is not None]
    fours = [each for each in known if isinstance(each, ipaddress.IPv4Address)]
    sixes = [each for each in known if isinstance(each, ipaddress.IPv6Address)]
    return (
        len(known) == len(addresses)
        and bool(fours)
        and all(each in _MADE_UP for each in fours)
        and all(each in _PRIVATE_6 or each.is_global for each in sixes)
    )


def _is_companion(address: str) -> bool:
    found = _read(address)
    return found is not None and any(found in block for block in _COMPANIONS)


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port (None: the scheme's own)."""
    return url.scheme, url.host, url.port


def is_public(address: str) -> bool:
    """Return True for an address that the whole internet can reach."""
    ip = _read(address)
    if ip is None:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
    elif ip in _MADE_UP:
        return True
    return ip.is_global and not ip.is_multicast


def _read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


async def resolve_host(host: str, seconds: float = LONGEST_LOOKUP) -> tuple[str, ...]:
    """Look up every address of `host`; none when the lookup fails or takes long, since a proxy may still know it."""
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(str(entry[4][0]) for entry in found)


def _check_form(url: httpx.URL) -> None:
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(url.raw_host):
        raise DownloadError(
            sentence("{value}: pictures are fetched over http and https only", value=url.scheme or "no scheme")
        )
    if url.userinfo:
        raise DownloadError(sentence("the URL at {host} names a user, which is not sent", host=url.host))


def _is_address(host: str) -> bool:
    return "%" not in host and _read(host) is not None
