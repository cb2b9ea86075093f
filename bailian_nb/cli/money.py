"""`prices` and `cost`: what a call costs by the table, and what was spent."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import specs
from ..errors import InvalidRequest
from ..session import session as sessions
from ..system.language import os_reason, sentence, spoken
from ..texts.catalogue import say
from .command import Command, explained
from .rows import add_formats, print_rows


def _add_prices(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=explained("prices FILE", lang))


def _prices(given: argparse.Namespace) -> int:
    """Print the table's prices and limits, or what differs from a file of them: then the exit code is 1."""
    from ..specs import prices_file

    if given.file is None:
        print(prices_file.written(specs.models()), end="")
        return 0
    try:
        text = given.file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(sentence("{file} is no UTF-8 text; save it as CSV in UTF-8", file=given.file)) from error
    except OSError as error:
        raise InvalidRequest(
            sentence("{file} cannot be read: {error}", file=given.file, error=os_reason(error))
        ) from error
    found = prices_file.differences(specs.models(), text)
    print("\n".join(found) or say("prices_same", spoken()))
    return 1 if found else 0


def _add_cost(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("--all", action="store_true", help=explained("cost --all", lang))
    add_formats(parser, lang)


def _cost(given: argparse.Namespace) -> int:
    from ..views import costs

    session = sessions.current()
    found, lang = session.costs(everything=given.all), session.settings().lang
    if not print_rows(given, costs.rows(found, kernel=False), document=costs.as_json(found)):
        print(costs.bundle(found, lang, kernel=False)["text/plain"])
    return 0


PRICES = Command(name="prices", act=_prices, add_arguments=_add_prices)
COST = Command(name="cost", act=_cost, add_arguments=_add_cost)
