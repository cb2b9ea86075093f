"""From the words of a shell to a command and its values; `main` runs what is read here."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence

from .._version import __version__
from ..errors import InvalidRequest, Problem
from ..planning.edit_args import is_file
from ..planning.options import is_option, options_in_order, unknown_option
from ..planning.parser import Parser
from ..planning.plain import BLANKS
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..texts.help import PROGRAM
from .refusals import refuse_too_much
from .table import COMMANDS


def read(arguments: Sequence[str] | None) -> argparse.Namespace:
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    words[:1] = [word for word in re.split(f"[{BLANKS}]+", words[0]) if word]
    parser, commands = make_parser(spoken(), words[:1])
    if words and words[0] in commands:
        words[1:] = [f"./{word}" if word[:1] == "-" and is_file(word) else word for word in words[1:]]
        problems: list[Problem] = []
        words[1:] = options_in_order(words[1:], commands[words[0]], problems)
        if problems:
            raise InvalidRequest(problems)
    given, rest = parser.parse_known_args(words)
    unknown = next((word for word in rest if word.startswith("-")), None)
    if unknown is not None and "--" in words and is_option(unknown.partition("=")[0]):
        raise InvalidRequest(
            sentence("{unknown} stands behind --, where all is text; put options before it", unknown=unknown)
        )
    if unknown is not None:
        raise InvalidRequest(unknown_option(unknown, given.command, f"{given.command.prog} --help")[0])
    if not hasattr(given, "words"):
        refuse_too_much(given, rest)
        return given
    given.words.extend(rest)  # argparse leaves words that stand behind an option
    return given


def make_parser(lang: str, named: Sequence[str] | None = None) -> tuple[Parser, dict[str, Parser]]:
    """Return the parser of the whole program, and that of each command.

    A command leaves its function in `act` and its parser in `command`. Only those that are `named` know their options,
    all of them with None: to add them all takes longer than most commands.
    """
    parser = Parser(prog="bailian-nb", description=say("cli_program", lang), epilog=say("cli_codes", lang))
    parser.add_argument(
        "--version",
        action="version",
        version=f"bailian_nb {__version__}",
        help=say("cli_version", lang),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    for each in COMMANDS:
        command: Parser = commands.add_parser(each.name, help=PROGRAM[each.name].get(lang))
        command.set_defaults(act=each.act, command=command, program=parser)
        if named is None or each.name in named:
            each.add_arguments(command, lang)
    return parser, commands.choices
