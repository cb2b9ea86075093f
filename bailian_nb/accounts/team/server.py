"""The one door to Redis: its address, its faults in one line each, and the scripts that are its operations.

`member` and the stores beside it ask here, from worker threads; redis-py is imported when the first address is opened.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...config.values import without_password
from ...errors import InvalidRequest
from ...system.language import sentence

if TYPE_CHECKING:
    from redis.client import PubSub

SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster")
SECONDS = 2.0
"""How long a connection or an answer may take before the server counts as away."""


class Away(OSError):
    """Redis cannot be used now; what was asked may or may not have been done."""


class Server:
    """One server (or its sentinels, or a cluster of them), asked by scripts only."""

    def __init__(self, client: Any, shown: str = "redis", connect: Callable[[], Any] | None = None) -> None:
        self._opened = client
        self._connect = connect
        self._scripts: dict[str, Any] = {}
        self.shown = shown
        """The address as it may be shown: without user name and password."""

    @classmethod
    def open(cls, url: str) -> Server:
        """Return the server at an address; it need not be there yet.

        Raises
        ------
        InvalidRequest
            When the address cannot be read, or redis-py is not installed.
        """
        try:
            return cls(connect(url), without_password(url))
        except Away:  # a cluster is asked for its nodes at once
            return cls(None, without_password(url), partial(connect, url))

    @property
    def _client(self) -> Any:
        """The client; a cluster that was away is asked for its nodes again."""
        if self._opened is None and self._connect is not None:
            self._opened = self._connect()
        return self._opened

    def run(self, script: str, keys: Sequence[str], given: Sequence[object] = ()) -> Any:
        """Run one operation as one step of the server.

        Raises
        ------
        Away
            When the server does not answer, or refuses.
        """
        try:
            return self._script(script)(keys=list(keys), args=list(given))
        except Away:
            raise
        except _faults() as error:
            raise Away(self.reason(error)) from None

    def _script(self, name: str) -> Any:
        if name not in self._scripts:
            self._scripts[name] = self._client.register_script(_text(name))
        return self._scripts[name]

    def check(self) -> None:
        """Ask whether the server answers, lets us in and runs an operation.

        Raises
        ------
        InvalidRequest
            When it never will with these settings: a wrong password, a certificate, a name that is no host, a cluster
            that is named as one server or the other way round, a version that is too old.
        Away
            When it does not answer now.
        """
        from redis.exceptions import AuthenticationError, NoPermissionError

        try:
            self._client.ping()
            self._script("check")(keys=["bnb:{check}"], args=[])
        except _faults() as error:  # Away among them
            refused = isinstance(error, AuthenticationError | NoPermissionError) or _is_password(error)
            if refused or _is_tls(error) or _is_address(error) or _amiss(error):
                raise InvalidRequest(
                    sentence(
                        "BAILIAN_NB_LIMITS names {shown}, which cannot be used: {reason}; nothing was sent",
                        shown=self.shown,
                        reason=self.reason(error),
                    ),
                    hint=sentence(
                        "Correct scheme, user name, password, certificate or host in BAILIAN_NB_LIMITS; "
                        "unset, limits hold on this machine alone."
                    ),
                ) from None
            raise error if isinstance(error, Away) else Away(self.reason(error)) from None

    def listen(self, channel: str) -> PubSub:
        """Return a subscription.

        Raises
        ------
        Away
            When the server does not answer.
        """
        try:
            found: PubSub = self._client.pubsub(ignore_subscribe_messages=False)
            found.subscribe(channel)
        except Away:
            raise
        except _faults() as error:
            raise Away(self.reason(error)) from None
        return found

    def reason(self, error: Exception) -> str:
        """Say in one line why the server cannot be used; no password is in it."""
        from redis.exceptions import (
            AuthenticationError,
            BusyLoadingError,
            NoPermissionError,
            OutOfMemoryError,
            ReadOnlyError,
        )
        from redis.exceptions import TimeoutError as RedisTimeout

        if isinstance(error, AuthenticationError) or _is_password(error):
            return sentence("user name or password is wrong, or none was given")
        if isinstance(error, NoPermissionError):
            return sentence("this user may not run scripts on keys that begin with bnb:")
        if _is_tls(error):
            return sentence("no TLS connection: {reason}", reason=_line(error))
        if _is_address(error):
            return sentence("no host of that name")
        if isinstance(error, RedisTimeout | TimeoutError):
            return sentence("no answer within {seconds:g} s", seconds=SECONDS)
        if isinstance(error, BusyLoadingError):
            return sentence("it loads its data still")
        if amiss := _amiss(error):
            return amiss
        if isinstance(error, OutOfMemoryError) or "maxmemory" in str(error):
            return sentence("its memory is full (maxmemory)")
        if "MISCONF" in str(error):
            return sentence("it cannot write its data to its disk")
        if isinstance(error, ReadOnlyError):
            return sentence("it is a replica, which cannot be written")
        return _line(error)

    def close(self) -> None:
        """Hang up."""
        if self._opened is not None:
            self._opened.close()


def connect(url: str) -> Any:
    """Return the client for an address as redis-py reads it; `+sentinel` and `+cluster` follow the scheme."""
    parts = _parts(url)
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise InvalidRequest(
            sentence("BAILIAN_NB_LIMITS takes redis-py, which is not installed: pip install 'bailian-nb[team]'")
        ) from None
    kind, _, more = parts.scheme.partition("+")
    ways: dict[str, Any] = {
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        "decode_responses": True,
        "retry": Retry(NoBackoff(), 1 if more == "cluster" else 0),
        "client_name": "bailian-nb",
    }
    plain = f"{kind}://{url.partition('://')[2]}"
    try:
        if more == "cluster":
            return redis.RedisCluster.from_url(plain, **ways)
        if more == "sentinel":
            return _by_sentinels(parts, tls=kind == "rediss", ways=ways)
        return redis.Redis.from_url(plain, **ways)
    except ValueError as error:
        raise _unreadable(url, str(error)) from None
    except _faults() as error:
        raise Away(_line(error)) from None


def _by_sentinels(parts: Any, *, tls: bool, ways: dict[str, Any]) -> Any:
    from redis.sentinel import Sentinel

    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    name, _, number = parts.path.strip("/").partition("/")
    places = [(host or "localhost", int(port or 26379)) for host, _, port in map(_split, hosts.split(","))]
    if not name:
        raise ValueError(sentence("the name of the master is missing behind the sentinels: /NAME/0"))
    ways = {**ways, "db": int(number or 0), "ssl": tls}
    if login:
        ways |= {"username": user or None, "password": password or None}
    sentinels: Any = Sentinel
    return sentinels(places, socket_timeout=SECONDS).master_for(name, **ways)


def _split(host: str) -> tuple[str, str, str]:
    return host.partition(":")


def _parts(url: str) -> Any:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _unreadable(url, str(error)) from None
    if parts.scheme not in SCHEMES:
        raise _unreadable(url, sentence("it begins with none of {names}", names=", ".join(SCHEMES)))
    if not (parts.netloc or parts.scheme == "unix"):
        raise _unreadable(url, sentence("the host is missing"))
    return parts


def _unreadable(url: str, reason: str) -> InvalidRequest:
    return InvalidRequest(
        sentence(
            "BAILIAN_NB_LIMITS must be the address of a Redis, such as redis://host:6379/0, got {url}: {reason}",
            url=without_password(url),
            reason=reason,
        )
    )


def check_address(url: str) -> None:
    """Refuse an address that no client could read; nothing is imported or connected."""
    _parts(url)


def _faults() -> tuple[type[Exception], ...]:
    """Return what redis-py raises where a server cannot be used; of a cluster that is an error of its own kind."""
    from redis.exceptions import RedisClusterException, RedisError

    return RedisError, RedisClusterException, OSError


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _amiss(error: Exception) -> str:
    """Return why a server is of another kind than its address says, or of no use whatever comes; "" for the rest."""
    said = f"{type(error).__name__} {error}"
    if "Cluster mode is not enabled" in said:
        return sentence("it is no cluster: the address begins with redis:// then")
    if any(word in said for word in ("MovedError", "AskError", "Hash slot not served", "MOVED ")):
        return sentence("it is part of a cluster: the address begins with redis+cluster:// then")
    if "non deterministic" in said or "unknown command" in said.lower():
        return sentence("its version is too old: Redis 5 or newer, or Valkey, is needed")
    return ""


def _is_password(error: Exception) -> bool:
    return any(word in str(error) for word in ("NOAUTH", "WRONGPASS", "without any password", "NOPERM"))


def _is_tls(error: Exception) -> bool:
    return any(isinstance(each, ssl.SSLError) for each in _causes(error)) or "SSL" in str(error)


def _is_address(error: Exception) -> bool:
    import socket

    named = any(isinstance(each, socket.gaierror) for each in _causes(error))
    return named or "Name or service not known" in str(error)


@cache
def _text(script: str) -> str:
    folder = files(__package__) / "lua"
    return "\n".join((folder / f"{name}.lua").read_text(encoding="utf-8") for name in ("common", script))
