"""`history`: the saved pictures, one a line."""

from __future__ import annotations

import argparse
import sys

from ..errors import InvalidRequest
from ..session import session as sessions
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from .command import Command, explained, whole


def _add_history(parser: argparse.ArgumentParser, lang: str) -> None:
    parser.add_argument("words", nargs="*")
    parser.add_argument("--limit", type=whole, default=30, help=explained("history --limit", lang))


def _history(given: argparse.Namespace) -> int:
    index = sessions.current().index
    words = " ".join(given.words)
    if given.limit < 1:
        raise InvalidRequest(
            sentence("option --limit is 1 or more, got {limit}; see bailian-nb history --help", limit=given.limit)
        )
    found = list(index.search(words, given.limit) if words else index.recent(given.limit))
    if not found:
        print(say("no_pictures", spoken()), file=sys.stderr)
    for picture in found:
        print(f"{picture.record.created}  {picture!r}  {picture.path}")
    return 0


HISTORY = Command(name="history", act=_history, add_arguments=_add_history)
