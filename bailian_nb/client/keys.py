"""What a key server and those that ask it say to each other, to the service and to a hub, over the same wire.

`broker` calls it. Each answer is read without trust, and no key or token goes anywhere but into its own header.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from ..config import Secret
from ..errors import AuthenticationError, InvalidRequest, NetworkError, ServiceError, printable
from ..system.language import sentence
from .faults import error_from
from .network import LOOPBACK, Network, open_app, open_network
from .reply import Reply, mapping, text
from .transport import DEFAULT_TIMEOUTS, Fault, exchange


class Wire:
    """Ways out of one event loop, for as long as a key server runs; `app` takes the network's place."""

    def __init__(self, app: Any | None = None) -> None:
        self._way: Network | httpx.AsyncBaseTransport = open_app(app) if app is not None else open_network()

    async def aclose(self) -> None:
        await self._way.aclose()

    async def mint(self, base_url: str, parent: Secret, seconds: int) -> Secret:
        """Ask the service for a temporary key with the rights of `parent`.

        Source: the vendor's own skills for agents (modelstudioai/skills, read 2026-11): `expire_in_seconds` is 1 to
        `TEMPORARY_KEY_SECONDS`, the answer holds `token` and `expires_at`.

        Raises
        ------
        RequestRejected, ServiceError, NetworkError
            When there is none.
        """
        answer = await self._ask("POST", f"{base_url}/tokens", parent, {"expire_in_seconds": str(seconds)})
        if not answer.ok:
            raise error_from(answer.status, answer.body, answer.headers)
        key = Secret(text(mapping(answer.json).get("token")))
        if key.kind != "st-" or key.fault:
            raise ServiceError(sentence("the service's answer holds no temporary key"))
        return key

    async def user_of(self, hub_api: str, token: Secret) -> str:
        """Return the name of the user whose token a JupyterHub knows, "" for a token that it does not know.

        Raises
        ------
        NetworkError, ServiceError
            When it cannot be asked.
        """
        answer = await self._ask("GET", f"{hub_api}/user", token)
        if answer.status in (401, 403, 404):
            return ""
        if not answer.ok:
            raise ServiceError(sentence("the hub answered HTTP {status}", status=answer.status))
        found = mapping(answer.json)
        return printable(text(found.get("name")), 120) if found.get("kind", "user") == "user" else ""

    async def fetch(self, server: str, token: Secret) -> dict[str, Any]:
        """Ask a key server for a temporary key, and return its answer.

        Raises
        ------
        AuthenticationError
            When it does not know the token.
        NetworkError, ServiceError
            When it cannot be reached or gives no key.
        """
        answer = await self._ask("POST", f"{server}/keys", token)
        found = mapping(answer.json)
        if answer.ok and Secret(text(found.get("token"))).kind == "st-":
            return {name: found[name] for name in ("token", "expires_in", "account", "team") if name in found}
        said = printable(text(found.get("error")), 300)
        line = sentence("the key server answered HTTP {status}{said}", status=answer.status, said=said and f": {said}")
        if answer.status == 401:  # in the words of who asks, whatever language the server speaks
            line = sentence("the key server answered HTTP 401: this key server does not know the token")
        raise (AuthenticationError if answer.status in (401, 403) else ServiceError)(line, http_status=answer.status)

    async def _ask(self, method: str, url: str, key: Secret, params: dict[str, str] | None = None) -> Reply:
        reply = await exchange(self._way, method, url, timeouts=DEFAULT_TIMEOUTS, key=key, params=params)
        return reply if not isinstance(reply, Fault) else _unreachable(reply)

    def __repr__(self) -> str:
        return "<Wire>"


def _unreachable(fault: Fault) -> Reply:
    raise NetworkError(fault.words, hint=fault.hint)


def server_url(given: str, what: str, *, plain: bool = False) -> str:
    """Return the URL of a key server or a hub without its last slash; `plain` lets it be one without TLS.

    Raises
    ------
    InvalidRequest
        When it is no http(s) URL, or would carry a token in plain text to another machine; `what` names it.
    """
    url = given.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        valid = valid and not (parts.query or parts.fragment or parts.username or parts.password)
    except ValueError:
        valid = False
    if not valid:
        raise InvalidRequest(sentence("{what} must be an http(s) URL without a user name or query", what=what))
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain:
        raise InvalidRequest(
            sentence(
                "{what} would send a token in plain text, got {url}: put TLS in front and write https://; http:// is "
                "for this machine alone",
                what=what,
                url=printable(url, 120),
            )
        )
    return url
