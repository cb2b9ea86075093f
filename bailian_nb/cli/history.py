"""`history`: the saved pictures, one a line."""

from __future__ import annotations

import argparse
import sys

from ..session import session as sessions
from ..system.language import spoken
from ..texts.catalogue import say
from .command import Command, explained, whole
from .rows import add_formats, most, print_rows


def _add_history(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("words", nargs="*")
    parser.add_argument("--limit", type=whole, default=30, help=explained("history --limit", lang))
    add_formats(parser, lang)


def _history(given: argparse.Namespace) -> int:
    from ..views import listings

    index = sessions.current().index
    words = " ".join(given.words)
    limit = most(given)
    found = list(index.search(words, limit) if words else index.recent(limit))
    if print_rows(given, listings.history_rows(found)):
        return 0
    if not found:
        print(say("no_pictures", spoken()), file=sys.stderr)
    for picture in found:
        print(f"{picture.record.created}  {picture!r}  {picture.path}")
    return 0


HISTORY = Command(name="history", act=_history, add_arguments=_add_history)
