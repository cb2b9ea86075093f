"""Read the line of a magic: words and options from the table, and what is wrong with them. No IPython here."""

from __future__ import annotations

import argparse
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .. import specs
from ..errors import InvalidRequest, Problem
from ..planning.options import add_options, add_parameters, parameter_values, table_options, unknown_option
from ..texts.help import SWITCHES, TAKING

_QUOTES = {'"': '"', "'": "'", "“": "”", "「": "」"}
_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")
_PATH = re.compile(r"(--?[\w-]+=)?([A-Za-z]:[\\/]|\\\\)")
"""How a Windows path begins: its backslashes are literal, also before a quote."""
_WORD = "\0"
"""Marks a quoted word that begins with a dash: argparse would take it for an option."""


@dataclass(frozen=True, kw_only=True)
class MagicLine:
    """One magic line, read; its options have the names that they are typed by, with underscores.

    `words` are what is no option, in order and without quotes; `values` the parameters of the table (and `to`) as text,
    or true and false; `axis` each `--axis` as typed; `max_cost` CNY. `problems` are what is wrong with the line itself:
    whoever checks the rest raises everything at once.
    """

    words: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    values: dict[str, object] = field(default_factory=dict)
    model: str | None = None
    output: str | None = None
    mask: str | None = None
    keep: str | None = None
    axis: tuple[str, ...] = ()
    retries: int | None = None
    max_cost: float | None = None
    out_dir: str | None = None
    invert: bool = False
    fit: bool = False
    sync: bool = False
    wait: bool = False
    run: bool = False
    dry_run: bool = False
    no_cache: bool = False
    no_paste: bool = False
    no_embed: bool = False
    raw: bool = False
    json: bool = False
    quiet: bool = False
    traceback: bool = False
    help: bool = False
    behind: Mapping[str, str] = field(default_factory=dict)
    """Unquoted words that stand behind a switch such as --watermark: perhaps meant as its value."""


class _Parser(argparse.ArgumentParser):
    """argparse that raises instead of ending the kernel."""

    def error(self, message: str) -> NoReturn:
        raise InvalidRequest(message.replace("argument ", "option ", 1))


def words(line: str) -> list[str]:
    """Split a line at blanks outside quotes; backslashes are literal, for Windows paths, but \\" is a quote in quotes.

    >>> words('instruct C:\\\\a.png "two words"')
    ['instruct', 'C:\\\\a.png', 'two words']
    """
    return [word for word, _ in _split(line)]


def read_line(line: str, kind: specs.Kind) -> MagicLine:
    """Read the line of `%%wan_t2i` (kind t2i) or `%wan_edit` (kind edit).

    An unknown option, a value that is no number and a bad variable name are `problems` of the MagicLine.

    Raises
    ------
    InvalidRequest
        When the line cannot be taken apart: an open quote, an option without its value.
    """
    # Options of the other kind are read too: the table then says better than "unknown" that they do not belong here.
    parameters = {**table_options("edit"), **table_options("t2i"), **table_options(kind)}
    problems: list[Problem] = []
    parser = _parser(parameters)
    behind: dict[str, str] = {}
    marked = [_WORD + word if quoted and word.startswith("-") else word for word, quoted in _split(line)]
    try:
        given, rest = parser.parse_known_args(_booleans(marked, parameters, problems, behind))
    except argparse.ArgumentError as error:
        raise InvalidRequest(_misused(error)) from None
    given = argparse.Namespace(**{name: _plain(value) for name, value in vars(given).items()})
    free = _free_words(rest, parser, problems)
    if given.output is not None and (not given.output.isidentifier() or keyword.iskeyword(given.output)):
        problems.append(_problem("output", f"-o needs a variable name, got {given.output!r}"))
    retries = _number(given.retries, int, "--retries", problems)
    max_cost = _number(given.max_cost, float, "--max-cost", problems)
    return MagicLine(
        words=tuple(free),
        problems=tuple(problems),
        values=parameter_values(given, (*parameters, "to")),
        model=given.model,
        output=given.output,
        mask=given.mask,
        keep=given.keep,
        axis=tuple(map(_plain, given.axis or ())),
        retries=retries,
        max_cost=max_cost,
        out_dir=given.out_dir,
        help=given.help,
        behind=behind,
        **{name.replace("-", "_"): getattr(given, name.replace("-", "_")) for name in SWITCHES},
    )


def _misused(error: argparse.ArgumentError) -> str:
    """Say in our words what argparse found about one option."""
    option = (error.argument_name or "").partition("/")[0]
    if given := re.fullmatch(r"ignored explicit argument (.*)", error.message):
        return f"option {option} takes no value, got {given[1]}; leave out = and what follows"
    if error.message == "expected one argument":
        return f"option {option} needs a value after it; see --help"
    return f"option {option}: {error.message}"


def _split(line: str) -> Iterator[tuple[str, bool]]:
    """Yield each word with whether it began with a quote."""
    current: list[str] | None = None
    closing, quoted, skip = "", False, False
    for position, character in enumerate(line):
        if skip:
            skip = False
        elif closing:
            if character == closing:
                closing = ""
            elif current is not None:
                # A \\" inside is a quote, unless it ends a Windows path or nothing would be left to close with.
                skip = character == "\\" and line[position + 1 : position + 2] == closing
                skip = skip and closing in line[position + 2 :] and not _PATH.match("".join(current))
                current.append(closing if skip else character)
        elif character in _QUOTES and (current is None or current[-1:] == ["="]):
            quoted = current is None
            current, closing = current or [], _QUOTES[character]
        elif not character.isspace():
            current = current or []
            current.append(character)
        elif current is not None:
            yield "".join(current), quoted
            current, quoted = None, False
    if closing:
        raise InvalidRequest(f"a quote is not closed; put {closing} at the end of the prompt")
    if current is not None:
        yield "".join(current), quoted


def _free_words(rest: list[str], parser: argparse.ArgumentParser, problems: list[Problem]) -> list[str]:
    """Return what is no option; an unknown option becomes a problem and takes the value that its namesake would."""
    free: list[str] = []
    following = iter(rest)
    for word in following:
        if not word.startswith("-") or word in ("-", "--") or re.fullmatch(r"-[\d.]+", word):
            free.append(word.removeprefix(_WORD))
            continue
        name, equals, _ = word.partition("=")
        message, namesake = unknown_option(name, parser, "--help")
        problems.append(_problem(name, message))
        if not equals and namesake is not None and namesake.nargs != 0:
            next(following, None)
    return free


def _parser(parameters: Mapping[str, specs.Parameter]) -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--help", "-h", action="store_true", default=False)
    parser.add_argument("--axis", action="append")
    add_options(parser, (*TAKING, *SWITCHES))
    add_parameters(parser, parameters.values())
    return parser


def _booleans(
    given: list[str], parameters: Mapping[str, specs.Parameter], problems: list[Problem], behind: dict[str, str]
) -> list[str]:
    """Turn `--watermark false`, `--watermark=false` into `--no-watermark`, as people write both."""
    switches = [name for name, row in parameters.items() if row.type == "bool"]
    flags = {f"--{spelling}" for name in switches for spelling in (name, name.replace("_", "-"))}
    found: list[str] = []
    skip = False
    for position, word in enumerate(given):
        if skip:
            skip = False
            continue
        name, equals, text = word.partition("=")
        if name not in flags:
            found.append(word)
            continue
        following = given[position + 1].lower() if position + 1 < len(given) else ""
        if not equals and following in (*_TRUE, *_FALSE):
            text, skip = following, True
        elif not equals and following.isalnum():
            behind[given[position + 1]] = name
        elif equals and text.lower() not in (*_TRUE, *_FALSE, "0", "1"):
            problems.append(_problem(name, f"{name} must be true or false, got {text!r}"))
        found.append(f"--no-{name[2:]}" if text.lower() in (*_FALSE, "0") else name)
    return found


def _plain(value: Any) -> Any:
    return value.removeprefix(_WORD) if isinstance(value, str) else value


def _problem(parameter: str, message: str) -> Problem:
    return Problem(parameter=parameter, message=message)


def _number(text: str | None, kind: type, option: str, problems: list[Problem]) -> Any:
    try:
        return None if text is None else kind(text)
    except ValueError:
        problems.append(_problem(option, f"{option} needs a number, got {text!r}"))
        return None
