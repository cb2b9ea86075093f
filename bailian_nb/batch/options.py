"""The options of `bailian-nb batch` as argparse reads them, light enough to be made for `--help`; `command` runs it."""

from __future__ import annotations

import argparse

from .. import specs
from ..planning.options import add_options, add_parameters
from ..planning.plain import plain_value
from ..texts import batch as words
from ..texts.help import PROGRAM_OPTIONS

CALL = (
    *("model", "preset", "mask", "keep", "invert", "no-paste", "fit", "retries", "no-cache", "no-embed", "a1111"),
    "sync",
)
"""Options of every call that mean the same for each row."""


_KINDS: tuple[specs.Kind, ...] = ("t2i", "edit")


def add_arguments(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add what the command takes."""

    def text(name: str) -> str:
        found = {**words.BOTH, **words.SWITCHES, **words.PROGRAM}[name]
        return found.get(lang).replace("%", "%%")

    parser.epilog = words.EXIT_CODES.get(lang)
    parser.add_argument("words", nargs="+", metavar="SOURCE", help=text("SOURCE"))
    parser.add_argument("--function", type=plain_value, default=None, help=text("function"))
    for name in ("prompt", *words.BOTH, "csv"):
        read = plain_value if name == "encoding" else str
        parser.add_argument(f"--{name}", type=read, default=None, help=text(name))
    parser.add_argument("--out", "--out-dir", dest="out_dir", default=None, help=text("out"))
    parser.add_argument("--max-cost", type=plain_value, default=None, help=text("max-cost"))
    parser.add_argument("--share", type=plain_value, default=None, help=text("share"))
    for name in ("run", *words.SWITCHES, "retry-failed", "park", "collect", "unpark", "dry-run", "json"):
        parser.add_argument(f"--{name}", action="store_true", help=text(name))
    add_options(parser, CALL, lang=lang, words=PROGRAM_OPTIONS)
    rows = {row.name: row for kind in _KINDS for row in specs.parameters(kind)}
    add_parameters(parser, rows.values(), lang=lang)
