"""Read the line of a magic and its body: words, options from the table, names filled in, and what is wrong with them.

No IPython here. `magics`, `rerun` and `sweep` read their lines through `read_line`, `%wan` its words through `words`.
"""

from __future__ import annotations

import argparse
import functools
import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .. import specs
from ..config.values import COUNTS, cap, count
from ..errors import InvalidRequest, Problem
from ..planning.edit_args import as_named, is_file
from ..planning.options import (
    PATHS,
    add_options,
    add_parameters,
    is_text,
    options_in_order,
    parameter_values,
    read_value,
    table_options,
    unknown_option,
)
from ..planning.plain import COLONS, EQUALS, plain, plain_option, plain_value, unended
from ..system.language import sentence
from ..texts.help import SWITCHES, TAKING
from .split import Piece, split
from .template import UnknownName, alone, fill, look_up

_TEXTS = ("model", "preset", "retries", "max_cost", "out_dir")
"""Options whose value is read from a text, whatever a variable holds."""
_MARK = re.compile("\0(\\d+)\0")
"""Stands for a word while argparse sorts options from the rest: it must never look into one."""


class Word(str):
    """A word of a line, or a body, with its names filled in.

    As a str it is what it reads as: the filled text, or, where it is one name that stands for an object (a picture, a
    mask, a list), that name as typed. `value` is that object, else the text; `text` is what stands in a prompt for it,
    and `fault` says why nothing does; `filled` tells whether there was a name in it.
    """

    value: Any
    text: str
    fault: str
    filled: bool

    @property
    def prompt(self) -> Any:
        """What it gives as a prompt: its text, or a list, which is an axis of a sweep and elsewhere no prompt."""
        return self.value if isinstance(self.value, list | tuple | dict | set) else self.text

    @classmethod
    def of(cls, typed: str, names: Mapping[str, Any] | None, unknown: list[str]) -> Word:
        """Fill the names in; those that have no value go to `unknown`. Without `names` everything stays as typed."""
        value: Any = typed
        text = typed
        fault = ""
        if names is not None:
            missing: list[str] = []
            text = fill(typed, names, missing)
            single = alone(typed)
            try:
                value = text if single is None else look_up(single, names)
            except UnknownName:
                value = text
            else:
                if single is not None and missing:  # an object that no text can stand for
                    fault, missing = missing[0], []
            if missing and is_file(typed):
                text = typed
            else:
                unknown.extend(missing)
        simple = isinstance(value, str | int | float) or (hasattr(value, "__fspath__") and not fault)
        word = cls(text if simple else typed)
        word.value, word.text, word.fault, word.filled = value, text, fault, text != typed or value is not typed
        return word


@dataclass(frozen=True, kw_only=True)
class MagicLine:
    """One magic line, read; its options have the names that they are typed by, with underscores.

    `words` are what is no option, in order and without quotes, and `body` the cell's, None without one; `values` the
    parameters of the table (and `to`) as text, as true or false, or as the object that a name stands for; `axis` each
    `--axis` as typed, or its name and a list; `max_cost` CNY. `problems` are what is wrong with the line itself:
    whoever checks the rest raises everything at once.
    """

    words: tuple[Word, ...]
    body: Word | None = None
    problems: tuple[Problem, ...] = ()
    values: dict[str, object] = field(default_factory=dict)
    model: str | None = None
    output: str | None = None
    mask: Word | None = None
    keep: Word | None = None
    axis: tuple[str | tuple[str, Any], ...] = ()
    preset: str | None = None
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
    a1111: bool = False
    raw: bool = False
    json: bool = False
    quiet: bool = False
    traceback: bool = False
    help: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What was given of the options that this magic alone has, by name."""
    quoted: tuple[bool, ...] = ()
    """Of each word whether it stood in quotes."""
    behind: Mapping[str, str] = field(default_factory=dict)
    """Unquoted words that stand behind a switch such as --watermark: perhaps meant as its value."""


def pictures_needed(read: MagicLine) -> list[Problem]:
    """Return what is wrong with a line that draws from a text alone: options that would mean nothing there."""
    given = {"mask": read.mask, "keep": read.keep, "invert": read.invert, "fit": read.fit, "no_paste": read.no_paste}
    return [
        _problem(
            name,
            sentence(
                "--{replace} is for an edit, and no picture goes in here; leave it out", replace=name.replace("_", "-")
            ),
        )
        for name, value in given.items()
        if value
    ]


def no_axis(read: MagicLine) -> list[Problem]:
    """Return what is wrong with a line that is no sweep: an axis."""
    return [_problem("axis", sentence("--axis is for %wan_sweep; give one value here"))] if read.axis else []


_FORMATTER = functools.partial(argparse.HelpFormatter, width=80)
"""Formats nothing here; but argparse makes one for each option, which would ask the terminal for its width."""


class _Parser(argparse.ArgumentParser):
    """argparse that raises instead of ending the kernel."""

    def error(self, message: str) -> NoReturn:
        raise InvalidRequest(message.replace("argument ", "option ", 1))


def words(line: str, names: Mapping[str, Any] | None = None) -> list[Word]:
    """Return the words of a line that has no options of a call, with names filled in.

    Raises
    ------
    InvalidRequest
        For a quote that is not closed, and for a name that has no value.

    >>> words('instruct C:\\\\a.png "two words"')
    ['instruct', 'C:\\\\a.png', 'two words']
    """
    unknown: list[str] = []
    found = []
    for piece in split(line):
        option = None if piece.quoted else plain_option(piece.text)
        typed = piece.text if option is None else "=".join(each for each in option if each is not None)
        found.append(Word.of(typed, names, unknown))
    if unknown:
        raise InvalidRequest([_problem("", message) for message in unknown])
    return found


def read_line(
    line: str,
    kind: specs.Kind,
    names: Mapping[str, Any] | None = None,
    body: str | None = None,
    *,
    more: Sequence[str] = (),
    switches: Sequence[str] = (),
) -> MagicLine:
    """Read the line of `%%wan_t2i` (kind t2i) or `%wan_edit` (kind edit), and the cell's `body`.

    `names` are filled in, in every word, value and in the body; with None, as with `--raw`, none is. An unknown option,
    a value that is no number and a bad variable name are `problems` of the MagicLine. `more` are options with a text
    and `switches` options without, which this magic alone has: what is given of them is the line's `extra`.

    Raises
    ------
    InvalidRequest
        When the line cannot be taken apart (an open quote, an option without its value), and for every name that has
        no value.
    """
    return _Reader(kind, split(line), names, body, (*more, *switches), switches).read()


class _Reader:
    """Reads one line; argparse sees its options, and of everything else only a mark."""

    def __init__(
        self,
        kind: specs.Kind,
        pieces: Sequence[Piece],
        names: Mapping[str, Any] | None,
        body: str | None,
        more: Sequence[str] = (),
        switches: Sequence[str] = (),
    ) -> None:
        self._more = more
        # Options of the other kind are read too: the table says better than "unknown" that they do not belong here.
        self._parameters = {**table_options("edit"), **table_options("t2i"), **table_options(kind)}
        self._marks: list[Piece] = []
        self._pieces = pieces
        self._body = body
        self._problems: list[Problem] = []
        self._unknown: list[Problem] = []
        self._options = [None if piece.quoted else plain_option(piece.text) for piece in pieces]
        self._names = None if any(option and option[0] == "--raw" for option in self._options) else names
        self._parser = _parser(tuple(self._parameters.values()), tuple(more), tuple(switches))

    def read(self) -> MagicLine:
        marked = options_in_order(self._marked(), self._parser, self._problems, read=self._value, peek=self._peek)
        before = _reader.set(self)
        try:
            given, rest = self._parser.parse_known_args(marked)
        except argparse.ArgumentError as error:
            raise InvalidRequest(_misused(error)) from None
        finally:
            _reader.reset(before)
        free = self._free(rest)
        body = None if self._body is None else self._fill("prompt", "", self._body.strip("\n"))
        if given.output is not None and (not given.output.isidentifier() or keyword.iskeyword(given.output)):
            self._problems.append(
                _problem("output", sentence("-o needs a variable name, got {output!r}", output=given.output))
            )
        retries = self._checked("retries", given.retries, lambda text: count("retries", text, COUNTS["retries"]))
        max_cost = self._checked("max_cost", given.max_cost, lambda text: cap("max_cost", text))
        if self._unknown:
            meant = {problem.parameter for problem in self._unknown}
            others = [problem for problem in self._problems if _bare(problem.parameter) not in meant]
            raise InvalidRequest([*others, *dict.fromkeys(self._unknown)])
        return MagicLine(
            words=tuple(word for word, _ in free),
            quoted=tuple(quoted for _, quoted in free),
            body=body,
            problems=tuple(self._problems),
            values=parameter_values(given, (*self._parameters, "to")),
            model=given.model,
            output=given.output,
            mask=given.mask,
            keep=given.keep,
            axis=tuple(given.axis or ()),
            preset=given.preset,
            retries=retries,
            max_cost=max_cost,
            out_dir=given.out_dir,
            help=given.help,
            extra={name: found for name in self._more if (found := getattr(given, f"more {name}"))},
            behind=self._behind(),
            **{name.replace("-", "_"): getattr(given, name.replace("-", "_")) for name in SWITCHES},
        )

    def _marked(self) -> list[str]:
        """Return options by name, with a mark in place of every value and every other word."""
        found = []
        for piece, option in zip(self._pieces, self._options, strict=True):
            if option is None:
                found.append(self._mark(piece))
            elif option[1] is None:
                found.append(option[0])
            else:
                found.append(f"{option[0]}={self._mark(Piece(option[1]))}")
        return found

    def _mark(self, piece: Piece) -> str:
        self._marks.append(piece)
        return f"\0{len(self._marks) - 1}\0"

    def _typed(self, marked: str) -> str:
        return _MARK.sub(lambda match: self._marks[int(match[1])].text, marked)

    def _fill(self, parameter: str, where: str, typed: str) -> Word:
        missing: list[str] = []
        word = Word.of(typed, self._names, missing)
        self._unknown += [_problem(parameter, f"{where}{message}") for message in missing]
        return word

    def _value(self, name: str, marked: str) -> Any:
        """Return the value of an option: a text, made plain where it is neither prompt nor path, or an object."""
        typed = self._typed(marked)
        word = self._fill(name, f"--{name.replace('_', '-')}: ", read_value(name, typed))
        if word.value is None:
            return None  # as in Python: not given
        if name in ("mask", "keep"):
            return word
        if name == "output":
            return unicodedata.normalize("NFKC", word.text)
        whole = isinstance(word.value, list | tuple | dict) if is_text(name) else not isinstance(word.value, str)
        if whole and name not in _TEXTS:
            return word.value
        if word.fault:
            self._unknown.append(_problem(name, f"--{name.replace('_', '-')}: {word.fault}"))
        return word.text if name in PATHS else read_value(name, word.text)

    def _axis(self, marked: str) -> str | tuple[str, Any]:
        """Return `--axis` made plain, unless it is an axis of texts; or its name and the list of a variable."""
        typed = self._typed(marked)
        name, equals, spelled = _at_equals(typed)
        if not equals:
            return plain_value(self._fill("axis", "--axis: ", plain_value(typed)).text)
        name = plain(name).strip().replace("-", "_")
        word = self._fill(name, "--axis: ", read_value(name, spelled))
        return f"{name}={word.text}" if isinstance(word.value, str | int | float) else (name, word.value)

    def _peek(self, marked: str) -> str:
        """Return what the word behind a switch means, if it may be its value."""
        typed = plain_value(self._typed(marked))
        single = alone(typed)
        try:
            return typed if single is None or self._names is None else str(look_up(single, self._names))
        except UnknownName:
            return ""

    def _free(self, rest: Sequence[str]) -> list[tuple[Word, bool]]:
        """Return what is no option, and whether it is quoted; an unknown option takes the value of its namesake."""
        free: list[tuple[Word, bool]] = []
        following = iter(rest)
        for marked in following:
            if match := _MARK.fullmatch(marked):
                piece = self._marks[int(match[1])]
                if piece.quoted or unended(piece.text):  # a comma alone is no word
                    typed = piece.text if piece.quoted else as_named(piece.text)
                    free.append((self._fill("", "", typed), piece.quoted))
                continue
            name, equals, _ = marked.partition("=")
            message, namesake = unknown_option(name, self._parser, "--help")
            self._problems.append(_problem(name, message))
            if not equals and namesake is not None and namesake.nargs != 0:
                next(following, None)
        return free

    def _behind(self) -> dict[str, str]:
        """Return the unquoted words behind a switch, with its name."""
        known = self._parser._actions
        switches = {spelling for action in known if action.nargs == 0 for spelling in action.option_strings}
        return {
            piece.text: option[0]
            for option, piece in zip(self._options, self._pieces[1:], strict=False)
            if option is not None and option[1] is None and option[0] in switches
            if piece.text.isalnum() and not piece.quoted
        }

    def _checked(self, name: str, text: str | None, read: Callable[[str], Any]) -> Any:
        """Return the number that a text means, in the words of every front where it means none."""
        try:
            return None if text is None else read(text)
        except InvalidRequest as error:
            self._problems.append(_problem(name, error.message))
            return None


_reader: ContextVar[_Reader] = ContextVar("_reader")
"""Whose line is being read: a parser serves every line, and asks it what the marks stand for."""


@functools.lru_cache(maxsize=16)
def _parser(rows: tuple[specs.Parameter, ...], more: tuple[str, ...], switches: tuple[str, ...]) -> _Parser:
    """Return the parser of a magic; it is kept, as making one takes much longer than reading a line with it."""
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False, formatter_class=_FORMATTER)
    parser.add_argument("--help", "-h", action="store_true", default=False)
    parser.add_argument("--axis", action="append", type=lambda marked: _reader.get()._axis(marked))
    add_options(parser, (*TAKING, *SWITCHES), read=_read_marked)
    for name in more:
        how: dict[str, Any] = {"action": "store_true"}
        if name not in switches:
            how = {"type": lambda marked: _reader.get()._typed(marked)}
        parser.add_argument(f"--{name}", dest=f"more {name}", default=None, **how)
    add_parameters(parser, rows, read=_read_marked)
    return parser


def _read_marked(name: str, marked: str) -> Any:
    return _reader.get()._value(name, marked)


def _at_equals(text: str) -> tuple[str, str, str]:
    found = re.match(rf"([^{EQUALS}{COLONS}]*)([{EQUALS}{COLONS}])(.*)", text, re.DOTALL)
    return (found[1], found[2], found[3]) if found else (text, "", "")


def _misused(error: argparse.ArgumentError) -> str:
    """Say in our words what argparse found about one option."""
    option = (error.argument_name or "").partition("/")[0]
    if error.message == "expected one argument":
        return sentence("option {option} needs a value after it; see --help", option=option)
    return sentence("option {option}: {message}", option=option, message=error.message)


def _bare(option: str) -> str:
    return option.lstrip("-").replace("-", "_")


def _problem(parameter: str, message: str) -> Problem:
    return Problem(parameter=parameter, message=message)
