"""`history`: the saved pictures, one a line; its options are those of `%wan history` and `wan.history`."""

from __future__ import annotations

import argparse
import sys

from .. import api
from ..errors import printable
from ..planning.plain import plain_value
from ..system.language import spoken
from ..texts.catalogue import say
from ..views.listings import place
from .command import Command, explained, whole
from .rows import add_formats, most, print_rows

PROMPT = 60
"""Characters of a prompt in its line."""
SWITCHES = ("starred", "binned", "everybody", "rebuild")
FILTERS = ("model", "function", "tag", "since", "until", "owner")


def _add_history(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("words", nargs="*")
    for name in FILTERS:
        read = str if name == "tag" else plain_value
        parser.add_argument(f"--{name}", type=read, default="", help=explained(f"history --{name}", lang))
    for name in SWITCHES:
        parser.add_argument(f"--{name}", action="store_true", help=explained(f"history --{name}", lang))
    parser.add_argument("--limit", type=whole, default=30, help=explained("history --limit", lang))
    parser.add_argument("--page", type=whole, default=1, help=explained("history --page", lang))
    add_formats(parser, lang)


def _history(given: argparse.Namespace) -> int:
    chosen = {name: getattr(given, name) for name in (*FILTERS, *SWITCHES, "page")}
    found = api.history(" ".join(given.words), limit=most(given), **chosen)
    for line in found.notes:
        print(line, file=sys.stderr)
    if print_rows(given, found.to_dicts()):
        return 0
    if not found:
        print(say("no_pictures", spoken()), file=sys.stderr)
    for picture in found:
        prompt = printable(picture.record.prompt, PROMPT)
        whose = [printable(picture.record.owner)] if found.filter.is_shared else []
        print("  ".join([picture.record.created, *whose, repr(picture), repr(prompt), place(picture)]))
    return 0


HISTORY = Command(name="history", act=_history, add_arguments=_add_history)
