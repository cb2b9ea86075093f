"""The options of a call as argparse reads them: one for each parameter of the table, and those of `texts.help`.

The magics' lines and the command line build their parsers here, so an option is spelled, explained and refused alike in
both, and means the same arguments of `Session.plan`. What only one of them has (quoting, `{name}`, a program's name) is
its own.
"""

from __future__ import annotations

import argparse
import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from .. import specs
from ..errors import Problem
from ..system.language import sentence
from ..texts.help import LETTERS, SETTINGS, SWITCHES, TAKING
from .edit_args import exists
from .plain import plain, plain_option, plain_value, unended

ALIASES = {"negative": "negative_prompt"}
"""Shorter names of parameters, which help does not list."""
PATHS = ("mask", "keep", "out_dir")
"""Options whose value may be the name of a file, in whatever signs it is written."""
_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")

ReadValue = Callable[[str, str], Any]
"""Reads the value of the option that is called so, with underscores; raises nothing."""


class CallOptions(Protocol):
    """The options of every call, as a magic's line has them; argparse's Namespace has the same names."""

    @property
    def sync(self) -> bool: ...
    @property
    def retries(self) -> int | str | None: ...
    @property
    def preset(self) -> str | None: ...
    @property
    def no_cache(self) -> bool: ...
    @property
    def no_embed(self) -> bool: ...
    @property
    def a1111(self) -> bool: ...
    @property
    def no_paste(self) -> bool: ...
    @property
    def out_dir(self) -> str | None: ...
    @property
    def invert(self) -> bool: ...
    @property
    def fit(self) -> bool: ...


def table_options(kind: specs.Kind) -> dict[str, specs.Parameter]:
    """Return the parameters that are options of a call of this kind, by name."""
    return {row.name: row for row in specs.parameters(kind)}


def every_option() -> dict[str, specs.Parameter]:
    """Return the same of both kinds, for a line that does not say which it is."""
    return {**table_options("t2i"), **table_options("edit")}


def option_names(kind: specs.Kind) -> list[str]:
    """Return every option of a magic of this kind as typed, sorted, for completion."""
    table = table_options(kind)
    aliases = [name for name, long in ALIASES.items() if long in table]
    names = [*map(_dashed, table), *SWITCHES, *TAKING, *aliases, "help"]
    return sorted({*(f"--{name}" for name in names), *LETTERS.values()})


def is_text(name: str) -> bool:
    """Tell whether the value of an option reaches the service, or the disk, sign by sign as it is typed."""
    texts = (row.name for kind in ("t2i", "edit") for row in specs.parameters(kind) if row.type == "text")
    return name in PATHS or name in texts


def read_value(name: str, text: str) -> str:
    """Return the value of an option as it is meant: made plain, unless it is a text or a path that exists.

    A path that does not exist loses the comma or full stop behind it.
    """
    if name in PATHS:
        return text if exists(text) else unended(text)
    return text if is_text(name) else plain_value(text)


def add_options(
    parser: argparse.ArgumentParser,
    names: Iterable[str],
    *,
    lang: str = "en",
    words: Mapping[str, specs.Text] | None = None,
    read: ReadValue = read_value,
) -> None:
    """Add options that are no parameter, such as `model` or `dry-run`; `words` explain some of them otherwise.

    A switch is False unless it is given. Values are what `read` makes of them, None where none is given: what they may
    be is checked with the whole call.
    """
    for name in names:
        meaning = {**TAKING, **SWITCHES, **(words or {})}[name].get(lang)
        more: dict[str, Any] = {"dest": _name(name), "help": _explained(meaning)}
        more |= {"action": "store_true"} if name in SWITCHES else {"type": functools.partial(read, _name(name))}
        parser.add_argument(*_spelled(name), **more)


def add_parameters(
    parser: argparse.ArgumentParser, rows: Iterable[specs.Parameter], *, lang: str = "en", read: ReadValue = read_value
) -> None:
    """Add an option for each parameter: with dashes or underscores, and `--no-…` where it is a switch."""
    for row in rows:
        more: dict[str, Any] = {"dest": row.name, "default": None}
        if row.type == "bool":
            more["action"] = argparse.BooleanOptionalAction
        else:
            more["type"] = functools.partial(read, row.name)
        shown = _spelled(_dashed(row.name))
        hidden = [f"--{row.name}", *(f"--{alias}" for alias, name in ALIASES.items() if name == row.name)]
        parser.add_argument(*shown, **more, help=_explained(row.meaning.get(lang)))
        for spelling in hidden:
            if spelling not in shown:
                parser.add_argument(spelling, **more, help=argparse.SUPPRESS)


def options_in_order(
    words: Sequence[str],
    parser: argparse.ArgumentParser,
    problems: list[Problem],
    *,
    read: ReadValue = read_value,
    peek: Callable[[str], str] = plain_value,
) -> list[str]:
    """Return the words with every option spelled as the parser knows it.

    Names are made plain (`——size＝16：9` is `--size=16：9`), and a switch may have a value, as people write both:
    `--watermark=false` and `--watermark false` are `--no-watermark`, `--wait=true` is `--wait`. A value that is
    neither goes to `problems`, and so does an option that would be given a second value. `peek` says what the word
    behind a switch means.
    """
    known = {spelling: action for action in parser._actions for spelling in action.option_strings}
    once = _Once(problems)
    found: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":  # what stands behind it is text
            return [*found, *words[position:]]
        position += 1
        option = plain_option(word)
        action = known.get(option[0]) if option is not None else None
        if option is None or action is None or action.nargs != 0:
            found.append(word if option is None else option[0] if option[1] is None else "=".join(map(str, option)))
            if action is not None and option is not None:
                once.valued(action, option[0])
            continue
        name, text = option
        following = peek(words[position]).lower() if text is None and position < len(words) else ""
        if following in (*_TRUE, *_FALSE):
            position += 1
        meant = (
            following if following in (*_TRUE, *_FALSE) else "true" if text is None else str(read(action.dest, text))
        )
        switched = _switched(name, meant, action, problems)
        once.switched(action, name, switched)
        found.extend(switched)
    return found


class _Once:
    """Refuses a second value of an option, which argparse would take without a word; the same switch twice is none."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._given: dict[str, list[str] | None] = {}

    def valued(self, action: argparse.Action, name: str) -> None:
        if isinstance(action, argparse._AppendAction):  # and what extends a list, which is one
            return
        if action.dest in self._given:
            self._refuse(action, name)
        self._given[action.dest] = None

    def switched(self, action: argparse.Action, name: str, meaning: list[str]) -> None:
        if self._given.setdefault(action.dest, meaning) != meaning:
            self._refuse(action, name)

    def _refuse(self, action: argparse.Action, name: str) -> None:
        problem = Problem(parameter=action.dest.removeprefix("more "), message=more_than_once(name))
        if problem not in self._problems:
            self._problems.append(problem)


def _switched(name: str, word: str, action: argparse.Action, problems: list[Problem]) -> list[str]:
    """Return a switch without its value: itself, its opposite where it has one, or nothing."""
    truth = word.strip().lower()
    if truth not in (*_TRUE, *_FALSE, "0", "1"):
        problems.append(
            Problem(
                parameter=action.dest,
                message=sentence("{name} must be true or false, got {word!r}", name=name, word=word),
            )
        )
    if truth not in (*_FALSE, "0"):
        return [name]
    opposite = f"--{name[5:]}" if name.startswith("--no-") else f"--no-{name[2:]}"
    return [opposite] if opposite in action.option_strings else []


def unknown_option(word: str, parser: argparse.ArgumentParser, see: str) -> tuple[str, argparse.Action | None]:
    """Say that `word` is no option, name the nearest one, and where to look (`see`); return that one's action, too.

    Of a setting it says how it is set.
    """
    name = word.partition("=")[0]
    known = {spelling: action for action in parser._actions for spelling in action.option_strings}
    if (setting := name.lstrip("-").replace("-", "_")) in SETTINGS and f"--{name.lstrip('-')}" not in known:
        message = sentence(
            "{name} is a setting and no option: %config WanMagics.{setting} = … in a notebook; see %wan help {setting}",
            name=name,
            setting=setting,
        )
        return message, argparse.Action([name], setting)
    meant = specs.nearest(name, [spelling for spelling in known if spelling.startswith("--")])
    namesake = next((action for spelling, action in known.items() if f" {spelling}?" in meant), None)
    return sentence("unknown option {name}{meant} See {see}", name=name, meant=meant, see=see), namesake


def more_than_once(name: str) -> str:
    """Say that an option, as typed, is there again."""
    return sentence("option {name} is given more than once and takes one value; leave the others out", name=name)


def is_option(spelling: str) -> bool:
    """Tell whether a magic has an option that is typed so."""
    return any(spelling in option_names(kind) for kind in ("t2i", "edit"))


def meant_option(word: str) -> str:
    """Say how the option is written that a word such as `size=16:9` was meant as, "" for any other word."""
    name, equals, value = (*re.split("([=:])", plain(unended(word)), maxsplit=1), "", "")[:3]
    known = {*table_options("t2i"), *table_options("edit"), *map(_name, (*TAKING, *SWITCHES)), *ALIASES}
    if not equals or _name(name) not in known or " " in word:
        return ""
    spelled = f"-{name}" if len(name) == 1 else f"--{_dashed(name)}"
    on = _name(name) in map(_name, SWITCHES) and value.lower() == "true"
    return sentence(
        "{word!r} is no option in this form; write {what}", word=str(word), what=spelled if on else f"{spelled} {value}"
    )


def parameter_values(given: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that were given, by DashScope's names."""
    return {name: value for name in names if (value := getattr(given, name)) is not None}


def call_arguments(given: CallOptions | argparse.Namespace) -> dict[str, Any]:
    """Return what the options of every call mean as arguments of `Session.plan`; None leaves it to the settings."""
    return {
        "sync": given.sync,
        "retries": given.retries,
        "preset": given.preset,
        "cache": not given.no_cache,
        "out_dir": given.out_dir,
        "embed": False if given.no_embed else None,
        "a1111": given.a1111,
    }


def edit_arguments(given: CallOptions | argparse.Namespace) -> dict[str, Any]:
    """Return what the options of an edit mean as arguments of `Session.plan`, beside those of every call."""
    return {"invert": given.invert, "fit": given.fit, "paste_back": False if given.no_paste else None}


def _spelled(option: str) -> list[str]:
    letter = LETTERS.get(option)
    return [f"--{option}", *([letter] if letter else [])]


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _name(option: str) -> str:
    return option.replace("-", "_")


def _explained(text: str) -> str:
    """Return a text as argparse takes it, which fills in `%(default)s` and the like."""
    return text.replace("%", "%%")
