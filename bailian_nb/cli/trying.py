"""`demo`, `tutorials` and `emulator`: what a newcomer tries, without a key."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import InvalidRequest
from ..planning.plain import plain_value
from ..system.language import os_reason, sentence, spoken
from ..texts.catalogue import say
from .command import Command, explained, number, whole


def _add_demo(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("--out", default="demo_out", help=explained("demo --out", lang))


def _demo(given: argparse.Namespace) -> int:
    from ..demo import run

    return run(Path(given.out), lang=spoken())


def _add_tutorials(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help=explained("tutorials DIR", lang))


def _tutorials(given: argparse.Namespace) -> int:
    from ..demo.tutorials import lay_out

    there, kept = lay_out(given.folder)
    for path in there:
        print(path)
    for path in kept:
        print(say("tutorial_kept", spoken(), path=path), file=sys.stderr)
    return 0


def _add_emulator(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("--port", type=whole, default=8787, help=explained("emulator --port", lang))
    parser.add_argument("--strict", action="store_true", help=explained("emulator --strict", lang))
    parser.add_argument("--expiry", type=number, default=None, help=explained("emulator --expiry", lang))
    parser.add_argument("--queue", type=whole, default=None, help=explained("emulator --queue", lang))
    parser.add_argument(
        "--over-limit",
        type=plain_value,
        choices=("pending", "429"),
        default="pending",
        help=explained("emulator --over-limit", lang),
    )


def _emulator(given: argparse.Namespace) -> int:
    from .. import config
    from ..emulator import EmulatorSettings, serve

    usual = EmulatorSettings()
    settings = EmulatorSettings(
        strict=given.strict,
        expiry=usual.expiry if given.expiry is None else given.expiry,
        queue=usual.queue if given.queue is None else given.queue,
        over_limit=given.over_limit,
    )

    def ready(url: str) -> None:
        print(say("cli_emulator", spoken(), url=url), flush=True)
        print(say("cli_any_key", spoken()), flush=True)

    try:
        serve(config.home(), given.port, settings=settings, on_ready=ready)
    except OverflowError:
        raise InvalidRequest(
            sentence("port {port} cannot be used: it must lie in 0-65535; --port 0 takes a free one", port=given.port)
        ) from None
    except OSError as error:
        raise InvalidRequest(
            sentence(
                "port {port} cannot be used: {value}; --port 0 takes a free one",
                port=given.port,
                value=os_reason(error),
            )
        ) from error
    return 0


DEMO = Command(name="demo", act=_demo, add_arguments=_add_demo)
TUTORIALS = Command(name="tutorials", act=_tutorials, add_arguments=_add_tutorials)
EMULATOR = Command(name="emulator", act=_emulator, add_arguments=_add_emulator)
