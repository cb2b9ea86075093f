"""The emulator on a loopback port, for curl, the official SDK and whatever else speaks HTTP.

`bailian-nb emulator --port 8787` calls `serve`.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .settings import EmulatorSettings


def serve(
    home: Path,
    port: int,
    *,
    host: str = "127.0.0.1",
    settings: EmulatorSettings | None = None,
    on_ready: Callable[[str], object] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve the emulator until it is interrupted; nothing is printed.

    Parameters
    ----------
    port
        0 takes a free one.
    host
        A loopback address: whoever reaches it may read its log.
    on_ready
        Called with the base URL (ending in /api/v1) once requests are taken.
    stop
        Ends serving when it is set, for callers on another thread.

    Raises
    ------
    ValueError
        When `host` is not a loopback address.
    OSError
        When the port is taken.
    """
    if not _is_loopback(host):
        raise ValueError(f"the emulator serves loopback addresses only (127.0.0.1, ::1, localhost), got {host}")
    import uvicorn

    from .app import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if on_ready is not None and self.started:
                on_ready(base_url)

        async def on_tick(self, counter: int) -> bool:
            return await super().on_tick(counter) or (stop is not None and stop.is_set())

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        shown = f"[{host}]" if ":" in host else host
        base_url = f"http://{shown}:{listener.getsockname()[1]}/api/v1"
        config = uvicorn.Config(
            _local_only(create_app(home, settings)),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        Server(config).run(sockets=[listener])


def _local_only(app: ASGIApp) -> ASGIApp:
    """Refuse requests that name another host: a web page may point its own name at this machine."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_loopback(Request(scope).url.hostname or ""):
            await PlainTextResponse("The emulator answers to loopback names only.", 403)(scope, receive, send)
            return
        await app(scope, receive, send)

    return guarded


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
