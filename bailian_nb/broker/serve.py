"""The key server on a port. `bailian-nb keys serve` calls `serve`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import config
from ..client.keys import Wire, server_url
from ..config import Secret
from ..errors import InvalidRequest, MissingApiKey
from ..specs import service
from ..system.language import sentence
from .app import create_app
from .minting import Minting
from .users import FileUsers, HubUsers, Users

MOST_AT_ONCE = 500
"""Connections, after which more are told to come again."""
HEAD_SECONDS = 10.0
"""How long a connection may take to say what it wants: those that say nothing must not keep others out."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a key server is told: whom it knows (one of `hub_api` and `tokens`), and how it gives keys.

    `beside_hub` says that the hub itself has named its API, whose pods speak to it in the same way; `prefix` is what
    its proxy leaves before the path.
    """

    base_url: str
    hub_api: str = ""
    beside_hub: bool = False
    only: tuple[str, ...] = ()
    tokens: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8790
    seconds: int = service.TEMPORARY_KEY_SECONDS
    per_minute: int = 10
    prefix: str = "/"


def serve(options: Options, *, on_ready: Callable[[str], object], stop: Callable[[], bool] = lambda: False) -> None:
    """Serve until it is interrupted, or `stop` says so; `on_ready` hears the URL once requests are taken.

    Raises
    ------
    InvalidRequest
        When nobody is known to it, or an option cannot be used.
    MissingApiKey
        When there is no parent key, or it is a temporary one itself.
    OSError
        When the port is taken.
    """
    parent = parent_key()
    if not 1 <= options.seconds <= service.TEMPORARY_KEY_SECONDS:
        raise InvalidRequest(
            sentence(
                "a key lives 1 to {most} seconds, got {seconds}",
                most=service.TEMPORARY_KEY_SECONDS,
                seconds=options.seconds,
            )
        )
    if bool(options.hub_api) == bool(options.tokens):
        raise InvalidRequest(
            sentence("say who gets keys: --hub-api URL for users of a JupyterHub, or --tokens FILE, and not both")
        )
    if options.hub_api:
        server_url(options.hub_api, "--hub-api", plain=options.beside_hub)
    if options.tokens is not None:
        FileUsers(path=options.tokens).names()
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        asyncio.run(_serve(options, parent, listener, on_ready, stop))


def parent_key() -> Secret:
    """Return the key that temporary ones are minted from.

    Raises
    ------
    MissingApiKey
        When there is none, or it is a temporary one.
    """
    key = config.find_key()
    if key is None:
        raise MissingApiKey(sentence("a key server needs the parent key: set DASHSCOPE_API_KEY_FILE_PATH here"))
    if key.kind == "st-":
        raise MissingApiKey(sentence("a key server needs the parent key, and {key!r} is a temporary one", key=key))
    return key


async def _serve(
    options: Options,
    parent: Secret,
    listener: socket.socket,
    on_ready: Callable[[str], object],
    stop: Callable[[], bool],
) -> None:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    shown = f"[{options.host}]" if ":" in options.host else options.host
    url = f"http://{shown}:{listener.getsockname()[1]}"

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(HEAD_SECONDS, self._end_silent)

        def _end_silent(self) -> None:
            asked: object = self.cycle  # None until a head was whole
            if asked is None:
                self.transport.close()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                on_ready(url)

        async def on_tick(self, counter: int) -> bool:
            return await super().on_tick(counter) or stop()

    wire = Wire()
    users: Users
    if options.tokens is not None:
        users = FileUsers(path=options.tokens)
    else:
        users = HubUsers(
            api=server_url(options.hub_api, "--hub-api", plain=options.beside_hub), wire=wire, only=options.only
        )
    minting = Minting(
        base_url=options.base_url,
        parent=parent,
        account=config.account_id(parent, options.base_url),
        team=config.team_id(parent, options.base_url),
        wire=wire,
        seconds=options.seconds,
        per_minute=options.per_minute,
    )
    settings = uvicorn.Config(
        create_app(users, minting, prefix=options.prefix),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        http=Protocol,
        headers=[("Connection", "close")],  # a second request would have no end to its head
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=MOST_AT_ONCE,
    )
    try:
        await Server(settings).serve(sockets=[listener])
    finally:
        await wire.aclose()
