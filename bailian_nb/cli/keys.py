"""`keys serve` and `keys fetch`: temporary keys for many users from one parent key, see the room `broker`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from ..errors import BailianError, InvalidRequest
from ..specs import service
from ..system.environment import environment
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from .command import Command, whole

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _add_arguments(parser: argparse.ArgumentParser, lang: str) -> None:
    commands = parser.add_subparsers(dest="keys_command", required=True, metavar="serve | fetch")
    serving = commands.add_parser("serve", help=say("keys_serve", lang), description=say("keys_serve", lang))
    serving.add_argument("--hub-api", default="", metavar="URL", help=say("keys_hub_api", lang))
    serving.add_argument("--only", nargs="+", default=(), metavar="USER", help=say("keys_only", lang))
    serving.add_argument("--tokens", type=Path, default=None, metavar="FILE", help=say("keys_tokens", lang))
    serving.add_argument("--host", default="127.0.0.1", help=say("keys_host", lang))
    serving.add_argument("--port", type=whole, default=8790, help=say("keys_port", lang))
    serving.add_argument("--seconds", type=whole, default=service.TEMPORARY_KEY_SECONDS, help=say("keys_seconds", lang))
    serving.add_argument("--per-minute", type=whole, default=10, help=say("keys_per_minute", lang))
    fetching = commands.add_parser("fetch", help=say("keys_fetch", lang), description=say("keys_fetch", lang))
    fetching.add_argument("url", metavar="URL")


def _act(given: argparse.Namespace) -> int:
    return _serve(given) if given.keys_command == "serve" else _fetch(given.url)


def _serve(given: argparse.Namespace) -> int:
    from .. import config
    from ..broker.serve import Options, serve

    settings, env = config.load(), environment(None)
    beside = "" if given.tokens or given.hub_api else env.get("JUPYTERHUB_API_URL")
    options = Options(
        base_url=config.service_url(settings),
        hub_api=given.hub_api or beside,
        beside_hub=bool(beside),
        prefix=env.get("JUPYTERHUB_SERVICE_PREFIX") or "/",
        only=tuple(given.only),
        tokens=given.tokens,
        host=given.host,
        port=given.port,
        seconds=given.seconds,
        per_minute=given.per_minute,
    )
    if given.host not in LOOPBACK:
        print(say("keys_open", spoken(), host=given.host), file=sys.stderr)
    try:
        serve(options, on_ready=lambda url: print(say("keys_ready", spoken(), url=url), flush=True))
    except (OverflowError, OSError) as error:
        raise InvalidRequest(
            sentence("{host}:{port} cannot be used: {error}", host=given.host, port=given.port, error=error)
        ) from None
    return 0


def _fetch(url: str) -> int:
    """Print a temporary key as JSON; an error, too, so that who runs this can say it."""
    try:
        print(json.dumps(asyncio.run(_asked(url))), flush=True)
    except BailianError as error:
        print(json.dumps({"error": error.message}), flush=True)
        return 1
    return 0


async def _asked(url: str) -> dict[str, object]:
    from ..client.keys import Wire, server_url
    from ..config import Secret

    server = server_url(url, "BAILIAN_NB_KEY_SERVER")
    token = Secret(environment(None).first("BAILIAN_NB_KEY_TOKEN", "JUPYTERHUB_API_TOKEN")[1])
    if not token:
        raise InvalidRequest(sentence("a key server asks who you are: set BAILIAN_NB_KEY_TOKEN"))
    wire = Wire()
    try:
        return await wire.fetch(server, token)
    finally:
        await wire.aclose()


KEYS = Command(name="keys", act=_act, add_arguments=_add_arguments)
