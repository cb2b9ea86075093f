"""The options of `bailian-nb batch` as argparse reads them, light enough to be made for `--help`; `command` runs it."""

from __future__ import annotations

import argparse
from typing import Any

from ..planning.options import CallOptions, add_options, add_parameters, call_arguments, edit_arguments, every_option
from ..planning.plain import plain_value
from ..texts import batch as words
from ..texts.help import PROGRAM_OPTIONS

CALL = (
    *("model", "preset", "mask", "keep", "invert", "no-paste", "fit", "retries", "no-cache", "no-embed", "a1111"),
    "sync",
)
"""Options of every call that mean the same for each row."""
SWITCHES = ("invert", "fit", "sync", "a1111")
"""Those of them that mean nothing while they are off."""


def add_arguments(parser: argparse.ArgumentParser, lang: str) -> None:
    """Add what the command takes."""

    def text(name: str) -> str:
        found = {**words.BOTH, **words.SWITCHES, **words.PROGRAM}[name]
        return found.get(lang).replace("%", "%%")

    parser.epilog = words.EXIT_CODES.get(lang)
    parser.add_argument("words", nargs="+", metavar="SOURCE", help=text("SOURCE"))
    parser.add_argument("--function", type=plain_value, default=None, help=text("function"))
    for name in ("prompt", *words.BOTH, "csv"):
        kind = plain_value if name == "encoding" else str  # the others are templates and paths: as they are typed
        parser.add_argument(f"--{name}", type=kind, default=None, help=text(name))
    parser.add_argument("--out", "--out-dir", dest="out_dir", default=None, help=text("out"))
    parser.add_argument("--max-cost", type=plain_value, default=None, help=text("max-cost"))
    parser.add_argument("--share", type=plain_value, default=None, help=text("share"))
    for name in ("run", *words.SWITCHES, "retry-failed", "park", "collect", "unpark", "dry-run", "json"):
        parser.add_argument(f"--{name}", action="store_true", help=text(name))
    add_options(parser, CALL, lang=lang, words=PROGRAM_OPTIONS)
    add_parameters(parser, every_option().values(), lang=lang)


def of_rows(given: CallOptions | argparse.Namespace, encoding: str | None) -> dict[str, Any]:
    """Return what the options of a line mean for each row, as `make` takes them; None says nothing."""
    found = {**call_arguments(given), **edit_arguments(given), "encoding": encoding and plain_value(encoding)}
    return {**found, **{name: found[name] or None for name in SWITCHES}}
