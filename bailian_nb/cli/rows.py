"""Lists as data: `--json` and `--csv` of the commands that have rows to give."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping, Sequence

from ..errors import InvalidRequest
from ..system.language import sentence
from .command import explained


def add_formats(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add the two options."""
    parser.add_argument("--json", action="store_true", help=explained("list --json", lang))
    parser.add_argument("--csv", action="store_true", help=explained("list --csv", lang))


def most(given: argparse.Namespace) -> int:
    """Return `--limit`.

    Raises
    ------
    InvalidRequest
        When it is below 1.
    """
    limit: int = given.limit
    if limit < 1:
        raise InvalidRequest(
            sentence(
                "option --limit is 1 or more, got {limit}; see {prog} --help", limit=limit, prog=given.command.prog
            )
        )
    return limit


def print_rows(given: argparse.Namespace, rows: Sequence[Mapping[str, object]], *, document: str | None = None) -> bool:
    """Print the rows as they were asked for, and tell whether they were; `document` is the JSON where it is another.

    Raises
    ------
    InvalidRequest
        When both were asked for.
    """
    if given.json and given.csv:
        raise InvalidRequest(sentence("--json and --csv go to the same place; give one of them"))
    if given.json:
        print(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str) if document is None else document)
    if given.csv and rows:
        from ..batch.results import quoted

        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(rows[0])
        out.writerows([quoted(value) for value in row.values()] for row in rows)
    return bool(given.json or given.csv)
