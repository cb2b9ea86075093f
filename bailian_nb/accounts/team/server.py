"""The one door to Redis: its address, its faults in one line each, and the scripts that are its operations.

`member` and the stores beside it ask here, from worker threads; redis-py is imported when the first address is opened.
"""

from __future__ import annotations

import importlib.util
import ssl
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from ...config.server_address import ServerAddress
from ...errors import InvalidRequest
from ...system.language import os_reason, sentence

if TYPE_CHECKING:
    from redis.client import PubSub

SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster")
SECONDS = 2.0
"""How long a connection or an answer may take before the server counts as away."""


class Away(OSError):
    """Redis cannot be used now; what was asked may or may not have been done."""


class Cold(Away):
    """Redis came up empty a moment ago: it says nothing until all machines have told what they know."""


class Server:
    """One server (or its sentinels, or a cluster of them), asked by scripts only."""

    def __init__(self, client: Any, shown: str = "redis", connect: Callable[[], Any] | None = None) -> None:
        self._opened = client
        self._connect = connect
        self._scripts: dict[str, Any] = {}
        self.shown = shown
        """The address as it may be shown: without user name and password."""

    @classmethod
    def open(cls, url: ServerAddress | str) -> Server:
        """Return the server at an address; it need not be there yet.

        Raises
        ------
        InvalidRequest
            When the address cannot be read, or redis-py is not installed.
        """
        address = url if isinstance(url, ServerAddress) else ServerAddress(url)
        _check_readable(address)
        if "+cluster://" in address.shown:  # its client asks it for its nodes at once: whoever uses it first does
            return cls(None, address.shown, partial(connect, address))
        return cls(connect(address), address.shown)

    @property
    def _client(self) -> Any:
        """The client; a cluster is asked for its nodes when it is used first, and again while it is away."""
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
        except InvalidRequest as error:
            raise Away(error.message) from None
        except _faults() as error:
            raise Away(reason_of(error)) from None

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
        try:
            self._client.ping()
            self._script("check")(keys=["bnb:{check}"], args=[])
        except Away:
            raise
        except _faults() as error:
            raise _refused(self.shown, error) from None

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
        except InvalidRequest as error:
            raise Away(error.message) from None
        except _faults() as error:
            raise Away(reason_of(error)) from None
        return found

    def close(self) -> None:
        """Hang up."""
        if self._opened is not None:
            self._opened.close()


def connect(address: ServerAddress) -> Any:
    """Return the client for an address as redis-py reads it; `+sentinel` and `+cluster` follow the scheme.

    Raises
    ------
    InvalidRequest
        When the address cannot be read, or no server will ever let us in by it.
    Away
        When a cluster does not answer now: it is asked for its nodes at once.
    """
    client, wrong, error = _client(address)  # what is secret is in no frame that raises
    if wrong:
        raise _no_address(address.shown, wrong)
    if error is not None:
        raise _refused(address.shown, error)
    return client


def _check_readable(address: ServerAddress) -> None:
    if importlib.util.find_spec("redis") is None:
        raise InvalidRequest(
            sentence("BAILIAN_NB_LIMITS takes redis-py, which is not installed: pip install '.[team]' in the checkout")
        )
    if wrong := _unreadable(address):
        raise _no_address(address.shown, wrong)


def _no_address(shown: str, reason: str) -> InvalidRequest:
    return InvalidRequest(
        sentence(
            "BAILIAN_NB_LIMITS must be the address of a Redis, such as redis://host:6379/0, got {url}: {reason}",
            url=shown,
            reason=reason,
        )
    )


def _client(address: ServerAddress) -> tuple[Any, str, Exception | None]:
    """Return a client, or what is wrong with the address, or why a cluster cannot be used; nothing is raised."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    url = address.reveal()
    kind, _, more = urlsplit(url).scheme.partition("+")
    ways: dict[str, Any] = {
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        "decode_responses": True,
        "retry": Retry(NoBackoff(), 1 if more == "cluster" else 0),
        "client_name": "bailian-nb",
    }
    plain = f"{kind}://{url.partition('://')[2]}"
    try:
        if more == "sentinel":
            return _by_sentinels(url, tls=kind == "rediss", ways=ways), "", None
        if more == "cluster":
            return redis.RedisCluster.from_url(plain, **ways), "", None
        found = redis.Redis.from_url(plain, **ways)
        found.connection_pool.connection_class(**found.connection_pool.connection_kwargs)  # reads its options
    except (TypeError, ValueError) as error:
        if isinstance(error, UnicodeError):
            return None, sentence("no host of that name"), None
        return None, sentence("redis-py does not know one of the options behind the ?, or its value"), None
    except _faults() as error:
        return None, "", error
    return found, "", None


def _by_sentinels(url: str, *, tls: bool, ways: dict[str, Any]) -> Any:
    from redis.sentinel import Sentinel

    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = (unquote(each) for each in login.partition(":"))
    name, _, number = parts.path.strip("/").partition("/")
    places = [(host or "localhost", port or 26379) for host, port in map(_place, hosts.split(","))]
    ways = {**ways, "db": int(number or 0), "ssl": tls}
    if login:
        ways |= {"username": user or None, "password": password or None}
    sentinels: Any = Sentinel
    return sentinels(places, socket_timeout=SECONDS).master_for(unquote(name), **ways)


def _place(given: str) -> tuple[str | None, int | None]:
    parts = urlsplit(f"//{given}")
    return parts.hostname, parts.port


def _unreadable(address: ServerAddress) -> str:
    """Say why no client could read an address, "" where one can; nothing of it is shown.

    What redis-py would read in a way of its own is refused, too: a name in the place of the number would be number 0.
    """
    try:
        parts = urlsplit(address.reveal())
        hosts = [_place(each) for each in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:  # a mark of its password ends the part before the host
        return sentence(
            "host and port cannot be read; in a password write %2F for /, %23 for #, %3F for ?, %40 for @ and %25 for %"
        )
    if parts.scheme not in SCHEMES:
        return sentence("it begins with none of {names}", names=", ".join(f"{name}://" for name in SCHEMES))
    if parts.scheme == "unix":
        return "" if parts.path else sentence("the path of the socket is missing")
    if not parts.netloc or any(port == 0 for _, port in hosts):
        return sentence("the host is missing, or its port is 0")
    if parts.scheme.startswith("rediss") and (missing := _missing_file(parts.query)):
        return missing
    number = parts.path.strip("/")
    if parts.scheme.endswith("+sentinel"):
        name, _, number = number.partition("/")
        if not name:
            return sentence("the name of the master is missing behind the sentinels: /NAME/0")
    if number and not (number.isascii() and number.isdigit()):
        return sentence("behind the host stands no number of a database, such as /0")
    return ""


def _missing_file(query: str) -> str:
    """Say which of the files of certificates that an address names cannot be read, "" where there is none."""
    for name, paths in parse_qs(query).items():
        for path in paths if name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile") else ():
            try:
                with open(path, "rb"):  # noqa: PTH123  # as redis-py does
                    pass
            except (OSError, ValueError) as error:
                return sentence("{name} cannot be read: {reason}", name=name, reason=os_reason(error))
    return ""


def _refused(shown: str, error: Exception) -> Exception:
    """Return what to raise for a fault: InvalidRequest where no time mends it."""
    reason = reason_of(error)
    hopeless = _is_password(error) or _is_tls(error) or _is_address(error) or _is_database(error) or _amiss(error)
    if not hopeless:
        return Away(reason)
    return InvalidRequest(
        sentence(
            "BAILIAN_NB_LIMITS names {shown}, which cannot be used: {reason}; nothing was sent",
            shown=shown,
            reason=reason,
        ),
        hint=sentence(
            "Correct scheme, user name, password, certificate, host or database in BAILIAN_NB_LIMITS; "
            "unset, limits hold on this machine alone."
        ),
    )


def reason_of(error: Exception) -> str:
    """Say in one line why a server cannot be used; no password is in it."""
    from redis.exceptions import BusyLoadingError, NoPermissionError, OutOfMemoryError, ReadOnlyError
    from redis.exceptions import TimeoutError as RedisTimeout
    from redis.sentinel import MasterNotFoundError

    if isinstance(error, NoPermissionError):
        return sentence("this user may not run scripts on keys that begin with bnb:")
    if _is_password(error):
        return sentence("user name or password is wrong, or none was given")
    if (kept_out := _keeps_out(error)) is not None:
        return sentence(
            "no TLS connection: its certificate is not trusted here ({reason}); "
            "?ssl_ca_certs=FILE behind the address names who signed it",
            reason=kept_out.verify_message,
        )
    if _is_tls(error):
        return sentence("no TLS connection: {reason}", reason=_line(error))
    if _is_address(error):
        return sentence("no host of that name")
    if amiss := _amiss(error):
        return amiss
    if _is_database(error):
        return sentence("it has no database of that number")
    if isinstance(error, MasterNotFoundError):
        return sentence("no sentinel answers that knows a master of that name")
    if isinstance(error, RedisTimeout | TimeoutError):
        return sentence("no answer within {seconds:g} s", seconds=SECONDS)
    if isinstance(error, BusyLoadingError):
        return sentence("it loads its data still")
    if isinstance(error, OutOfMemoryError) or "maxmemory" in str(error):
        return sentence("its memory is full (maxmemory)")
    if "MISCONF" in str(error):
        return sentence("it cannot write its data to its disk")
    if isinstance(error, ReadOnlyError):
        return sentence("it is a replica, which cannot be written")
    system = next((each for each in _causes(error) if isinstance(each, OSError) and each.errno), None)
    if system is not None:
        return os_reason(system)
    return _line(error)


def _faults() -> tuple[type[Exception], ...]:
    """Return what redis-py raises where a server cannot be used; a cluster has an error of its own, a host a name."""
    from redis.exceptions import RedisClusterException, RedisError

    return RedisError, RedisClusterException, OSError, UnicodeError


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
    if "Cluster mode is not enabled" in said or "cluster support disabled" in said:
        return sentence("it is no cluster: the address begins with redis:// then")
    if any(word in said for word in ("MovedError", "AskError", "Hash slot not served", "MOVED ")):
        return sentence("it is part of a cluster: the address begins with redis+cluster:// then")
    if "non deterministic" in said or "unknown command" in said.lower():
        return sentence("its version is too old: Redis 5 or newer, or Valkey, is needed")
    return ""


def _is_password(error: Exception) -> bool:
    from redis.exceptions import AuthenticationError, NoPermissionError

    said = ("NOAUTH", "WRONGPASS", "without any password", "NOPERM", "invalid username-password")
    return isinstance(error, AuthenticationError | NoPermissionError) or any(word in str(error) for word in said)


def _is_tls(error: Exception) -> bool:
    return any(isinstance(each, ssl.SSLError) for each in _causes(error)) or "SSL" in str(error)


def _keeps_out(error: Exception) -> ssl.SSLCertVerificationError | None:
    return next((each for each in _causes(error) if isinstance(each, ssl.SSLCertVerificationError)), None)


def _is_address(error: Exception) -> bool:
    import socket

    named = any(isinstance(each, socket.gaierror) for each in _causes(error))
    return named or isinstance(error, UnicodeError) or "Name or service not known" in str(error)


def _is_database(error: Exception) -> bool:
    return "DB index" in str(error)


@cache
def _text(script: str) -> str:
    folder = files(__package__) / "lua"
    return "\n".join((folder / f"{name}.lua").read_text(encoding="utf-8") for name in ("common", script))
