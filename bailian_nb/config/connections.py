"""What the environment says of connections: proxies, hosts that are reached without one, and certificates.

`client.network` opens its ways by it, and the doctor shows it. What cannot be read is left out and said, where a call
can do without it; nothing here shows a proxy's password.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies

from ..errors import InvalidRequest, NetworkError, printable
from ..system.environment import clean, environment
from ..system.home import expanded
from ..system.language import mark, os_reason, sentence

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts that are this machine: always reached directly, and the only ones that a key is sent to without TLS."""

_SCHEMES = ("http", "https", "all")
_KINDS = ("http", "https", "socks5", "socks5h")
_BETWEEN = re.compile(r"[,;|\s\uff0c\uff1b\u3001]+")
_HOST = re.compile(r"[a-z0-9_*?.-]+")
_LOCAL = "<local>"
_WITHOUT = mark("correct it, or unset it to use the usual certificates")


@dataclass(frozen=True, kw_only=True)
class Proxies:
    """Proxy URLs by scheme ("all" for any), the variable that each comes from, and what NO_PROXY names.

    `notes` says what was read in another way than it is written, `left_out` which parts of NO_PROXY cannot be read.
    """

    by_scheme: Mapping[str, str] = field(hash=False)
    variables: Mapping[str, str] = field(hash=False)
    direct: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def proxies() -> Proxies:
    """Read the usual proxy variables, or what the system is set to where none of them is."""
    given = getproxies()
    by_scheme: dict[str, str] = {}
    variables: dict[str, str] = {}
    notes: list[str] = []
    for scheme in _SCHEMES:
        url = clean(given.get(scheme, "")).replace("\uff1a", ":")
        if not url:
            continue
        names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
        variable = environment(None).first(*names)[0] or sentence("the system's proxy for {scheme}", scheme=scheme)
        kind, between, rest = url.partition("://")
        if between and kind.lower() == "socks":
            url = f"socks5://{rest}"
            notes.append(sentence("{variable} begins with socks://, which is read as socks5://", variable=variable))
        by_scheme[scheme], variables[scheme] = url if between else f"http://{url}", variable
    direct, left_out = split_no_proxy(given.get("no", ""))
    return Proxies(by_scheme=by_scheme, variables=variables, direct=direct, left_out=left_out, notes=tuple(notes))


def check_kind(url: str, variable: str) -> str:
    """Return the scheme of a proxy's URL.

    Raises
    ------
    NetworkError
        When it is none that a call can go through.
    """
    kind = url.partition("://")[0].lower()
    if kind in _KINDS:
        return kind
    shown = printable(kind, 20) if kind.isalnum() else "another kind"
    raise NetworkError(
        sentence(
            "{variable} names a proxy of the kind {shown}; http, https and socks5 can be used",
            variable=variable,
            shown=shown,
        )
    )


def split_no_proxy(given: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parts of NO_PROXY that can be read, and those that cannot."""
    parts = [part for part in map(clean, _BETWEEN.split(clean(given).lower())) if part]
    return tuple(part for part in parts if _is_readable(part)), tuple(part for part in parts if not _is_readable(part))


def _is_readable(part: str) -> bool:
    if part in ("*", _LOCAL) or address_range(_place(part)) is not None:
        return True
    host, port = _host_and_port(_place(part))
    named = address_of(host) is not None or (_HOST.fullmatch(host) is not None and host.strip("*.") != "")
    return named and (not port or port.isdigit())


def is_direct(host: str, port: int | None, part: str) -> bool:
    """Tell whether a part of NO_PROXY names a host: its name, a domain above it, a pattern, its address or a range."""
    if part == "*":
        return True
    if part == _LOCAL:
        return "." not in host and ":" not in host
    place = _place(part)
    address = address_of(host)
    network = address_range(place)
    if network is not None:
        return address is not None and address in network
    name, given_port = _host_and_port(place)
    if given_port not in ("", str(port)):
        return False
    if address is not None and address == address_of(name):
        return True
    domain = name.removeprefix("*").removeprefix(".")
    return bool(domain) and (f".{host}".endswith(f".{domain}") or fnmatch.fnmatchcase(host, name))


def _place(part: str) -> str:
    """Return what is left of a URL without its scheme and path; a range keeps its slash."""
    rest = part.rpartition("://")[2]
    return rest if "://" not in part else rest.partition("/")[0]


def _host_and_port(place: str) -> tuple[str, str]:
    if place.startswith("[") or place.count(":") > 1:
        host, _, port = place.removeprefix("[").partition("]:")
        return host.rstrip("]"), port
    host, _, port = place.partition(":")
    return host, port


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def address_range(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name.strip("[]"), strict=False)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Where certificates are read from: a file, or folders; neither means those that come with httpx."""

    file: str = ""
    folders: str = ""
    variable: str = ""


def certificates() -> Certificates:
    """Return what SSL_CERT_FILE or else SSL_CERT_DIR names, after a look whether it is there.

    Raises
    ------
    NetworkError
        It names the variable and the path.
    """
    env = environment(None)
    if given := env.get("SSL_CERT_FILE"):
        path = _found(given, "SSL_CERT_FILE")
        if path.is_dir():
            raise NetworkError(
                sentence(
                    "SSL_CERT_FILE names {shown}, which is a folder; set SSL_CERT_DIR to it instead", shown=_shown(path)
                )
            )
        return Certificates(file=str(path), variable="SSL_CERT_FILE")
    if given := env.get("SSL_CERT_DIR"):
        folders = [_found(each, "SSL_CERT_DIR") for each in given.split(os.pathsep) if each]
        for folder in folders:
            if not folder.is_dir():
                raise NetworkError(
                    sentence(
                        "SSL_CERT_DIR names {shown}, which is a file; set SSL_CERT_FILE to it instead",
                        shown=_shown(folder),
                    )
                )
        return Certificates(folders=os.pathsep.join(map(str, folders)), variable="SSL_CERT_DIR")
    return Certificates()


def load_certificates(found: Certificates) -> ssl.SSLContext | None:
    """Return a context that trusts what `found` names, None where it names nothing.

    Raises
    ------
    NetworkError
        When a file is no list of certificates, or may not be read; it names variable and path.
    """
    if not found.variable:
        return None
    try:
        return ssl.create_default_context(cafile=found.file or None, capath=found.folders or None)
    except ssl.SSLError:
        reason = sentence("holds no certificate in PEM form")
    except OSError as error:
        reason = sentence("cannot be read ({value})", value=os_reason(error))
    raise NetworkError(
        sentence(
            "{variable} names {shown}, which {reason}; {WITHOUT}",
            variable=found.variable,
            shown=_shown(found.file or found.folders),
            reason=reason,
            WITHOUT=sentence(_WITHOUT),
        )
    )


def _found(given: str, variable: str) -> Path:
    try:
        path = expanded(given, variable)
        there = path.exists()
    except InvalidRequest as error:
        raise NetworkError(error.message) from None
    except (OSError, ValueError) as error:
        raise NetworkError(
            sentence(
                "{variable} names {shown}, which is no path ({error}); {WITHOUT}",
                variable=variable,
                shown=_shown(given),
                error=error,
                WITHOUT=sentence(_WITHOUT),
            )
        ) from None
    if not there:
        raise NetworkError(
            sentence(
                "{variable} names {shown}, which does not exist; {WITHOUT}",
                variable=variable,
                shown=_shown(path),
                WITHOUT=sentence(_WITHOUT),
            )
        )
    return path


def _shown(path: Path | str) -> str:
    return printable(str(path), 160)
