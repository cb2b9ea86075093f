"""Read the line of a magic: words, options from the table, prompts with `{name}` filled in. No IPython here."""

from __future__ import annotations

import argparse
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .. import specs
from ..errors import InvalidRequest

_QUOTES = {'"': '"', "'": "'", "“": "”", "「": "」"}
_SHORT = {"negative": "negative_prompt"}
_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One magic line, read. `values` hold table parameters as text; `words` what is no option."""

    words: tuple[str, ...]
    values: dict[str, object] = field(default_factory=dict)
    model: str | None = None
    output: str | None = None
    mask: str | None = None
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
    raw: bool = False
    json: bool = False
    quiet: bool = False
    traceback: bool = False
    help: bool = False


SWITCHES: dict[str, str] = {
    "wait": "block until it is done",
    "run": "send although the estimate is above confirm_above",
    "dry-run": "show the exact request, cost, Python call and curl line; send nothing",
    "no-cache": "draw again even if the same request is on disk",
    "no-paste": "masked edits: keep the answer as served only",
    "fit": "shrink or convert a picture that would be refused",
    "invert": "the mask means the opposite: black is edited",
    "sync": "use the synchronous protocol (no task id, cannot be recovered)",
    "raw": "fill in no {name} in the prompt",
    "json": "print the records as JSON",
    "quiet": "show no caption",
    "traceback": "show the whole stack of an error",
}
TAKING: dict[str, str] = {
    "model": "a model of the table",
    "output": "bind the Job to this variable at once",
    "mask": "mask file, or a variable that holds a Mask, picture or painter",
    "retries": "further tries after a fault of the service itself, 0-10",
    "max-cost": "CNY; a higher estimate is refused",
    "out-dir": "folder for the pictures",
}
_LETTERS = {"model": "-m", "output": "-o", "quiet": "-q"}


class _Parser(argparse.ArgumentParser):
    """argparse without exits: every mistake is one line that names the nearest option."""

    def error(self, message: str) -> NoReturn:
        raise InvalidRequest(message.replace("argument ", "option ", 1))


def words(line: str) -> list[str]:
    """Split a line at blanks outside quotes; backslashes are literal, for Windows paths.

    >>> words('instruct C:\\\\a.png "two words"')
    ['instruct', 'C:\\\\a.png', 'two words']
    """
    found: list[str] = []
    current: list[str] | None = None
    closing = ""
    for character in line:
        if closing:
            if character == closing:
                closing = ""
            else:
                current = [*(current or []), character]
        elif character in _QUOTES and (current is None or (current and current[-1] == "=")):
            current, closing = current or [], _QUOTES[character]
        elif character.isspace():
            if current is not None:
                found.append("".join(current))
            current = None
        else:
            current = [*(current or []), character]
    if closing:
        raise InvalidRequest(f"a quote is not closed; put {closing} at the end of the prompt")
    if current is not None:
        found.append("".join(current))
    return found


def table_options(kind: specs.Kind) -> dict[str, specs.Parameter]:
    """Return the parameters that are options of a magic of this kind, by name."""
    return {row.name: row for row in specs.parameters(kind)}


def read_line(line: str, kind: specs.Kind) -> Line:
    """Read the line of `%%wan_t2i` (kind t2i) or `%wan_edit` (kind edit).

    Raises
    ------
    InvalidRequest
        For an unknown option, a missing value or an open quote, in one line with the nearest name.
    """
    parameters = table_options(kind)
    parser = _parser(parameters)
    try:
        given, rest = parser.parse_known_args(_booleans(words(line), parameters))
    except argparse.ArgumentError as error:
        raise InvalidRequest(f"option {error}") from None
    free: list[str] = []
    for word in [*given.words, *rest]:
        if word.startswith("-") and len(word) > 1 and not re.fullmatch(r"-[\d.]+", word):
            raise InvalidRequest(f"unknown option {word.split('=')[0]}{_nearest_option(word, parser)} See --help")
        free.append(word)
    values = {name: value for name in parameters if (value := getattr(given, name)) is not None}
    output = given.output
    if output is not None and (not output.isidentifier() or keyword.iskeyword(output)):
        raise InvalidRequest(f"-o needs a variable name, got {output!r}")
    return Line(
        words=tuple(free),
        values=values,
        model=given.model,
        output=output,
        mask=given.mask,
        axis=tuple(given.axis or ()),
        retries=_number(given.retries, int, "--retries"),
        max_cost=_number(given.max_cost, float, "--max-cost"),
        out_dir=given.out_dir,
        help=given.help,
        **{name.replace("-", "_"): getattr(given, name.replace("-", "_")) for name in SWITCHES},
    )


def option_names(kind: specs.Kind) -> list[str]:
    """Return every option as typed, for completion."""
    spelled = [f"--{name.replace('_', '-')}" for name in table_options(kind)]
    return sorted(
        {*spelled, *(f"--{name}" for name in (*SWITCHES, *TAKING, *_SHORT)), "--help", "-m", "-n", "-o", "-q"}
    )


def fill(prompt: str, names: Mapping[str, Any]) -> str:
    """Fill in `{name}`, `{name.attr}` and `{name[0]}` that exist; `{{` and `}}` stand for braces, the rest stays.

    >>> fill("a {colour} cat for $5 {tail}", {"colour": "red"})
    'a red cat for $5 {tail}'
    """

    def value(match: re.Match[str]) -> str:
        whole = match[0]
        if whole in ("{{", "}}"):
            return whole[0]
        try:
            return str(look_up(whole[1:-1], names))
        except LookupError:
            return whole

    return re.sub(r"\{\{|\}\}|\{[^\W\d]\w*(?:\.[^\W\d]\w*|\[[^\[\]{}]*\])*\}", value, prompt)


def look_up(path: str, names: Mapping[str, Any]) -> Any:
    """Return the object that `name`, `name.attr` or `name[0]` names; LookupError when there is none."""
    match = re.fullmatch(r"([^\W\d]\w*)((?:\.[^\W\d]\w*|\[[^\[\]{}]*\])*)", path)
    if match is None or match[1] not in names:
        raise LookupError(path)
    found = names[match[1]]
    for step in re.findall(r"\.[^\W\d]\w*|\[[^\[\]{}]*\]", match[2]):
        inner = step[1:-1].strip("\"'")
        try:
            found = getattr(found, step[1:]) if step[0] == "." else found[int(inner) if inner.isdigit() else inner]
        except (AttributeError, TypeError, KeyError, IndexError):
            raise LookupError(path) from None
    return found


def _parser(parameters: Mapping[str, specs.Parameter]) -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--help", "-h", action="store_true", default=False)
    parser.add_argument("--axis", action="append")
    for name in TAKING:
        parser.add_argument(*_spellings(name), dest=name.replace("-", "_"))
    for name in SWITCHES:
        parser.add_argument(*_spellings(name), dest=name.replace("-", "_"), action="store_true", default=False)
    for name, row in parameters.items():
        spellings = list(dict.fromkeys([f"--{name.replace('_', '-')}", f"--{name}"]))
        spellings += [f"--{short}" for short, long in _SHORT.items() if long == name]
        if row.type == "bool":
            parser.add_argument(*spellings, dest=name, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(*spellings, *(["-n"] if name == "n" else []), dest=name)
    return parser


def _spellings(name: str) -> list[str]:
    letter = _LETTERS.get(name)
    return [f"--{name}", *([letter] if letter else [])]


def _booleans(given: list[str], parameters: Mapping[str, specs.Parameter]) -> list[str]:
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
        elif equals and text.lower() not in (*_TRUE, *_FALSE, "0", "1"):
            raise InvalidRequest(f"{name} must be true or false, got {text!r}")
        found.append(f"--no-{name[2:]}" if text.lower() in (*_FALSE, "0") else name)
    return found


def _nearest_option(word: str, parser: argparse.ArgumentParser) -> str:
    known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
    return specs.nearest(word.split("=")[0], known)


def _number(text: str | None, kind: type, option: str) -> Any:
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        raise InvalidRequest(f"{option} needs a number, got {text!r}") from None
