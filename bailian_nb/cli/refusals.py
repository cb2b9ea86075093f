"""Words that a command takes none of, refused in one line: for `reading`, and for `edit` once it knows its words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..errors import InvalidRequest
from ..planning.edit_args import is_file
from ..planning.options import meant_option
from ..planning.plain import QUOTES
from ..system.language import sentence


def refuse_too_much(given: argparse.Namespace, rest: Sequence[str]) -> None:
    """Refuse words that are too many, and one that was meant as an option."""
    see = sentence("see {prog} --help", prog=given.command.prog)
    words = [*getattr(given, "words", ()), getattr(given, "prompt", ""), *rest]
    spelled_so = (word for word in words if not is_file(word))
    if hasattr(given, "dry_run") and (meant := next(filter(None, map(meant_option, spelled_so)), "")):
        raise InvalidRequest(sentence("{meant}; {see}", meant=meant, see=see))
    if not rest:
        return
    if hasattr(given, "dry_run"):
        quote = next((word[0] for word in words if word[:1] in QUOTES and word[0] not in "\"'"), "")
        if quote:
            raise InvalidRequest(
                sentence(
                    "{rest!r} is too much: a shell does not know the quote {quote}; use \" or '; {see}",
                    rest=rest[0],
                    quote=quote,
                    see=see,
                )
            )
        raise InvalidRequest(
            sentence("{rest!r} is too much; put a prompt of several words into quotes; {see}", rest=rest[0], see=see)
        )
    raise InvalidRequest(sentence("{rest!r} is too much; {see}", rest=rest[0], see=see))
