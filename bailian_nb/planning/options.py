"""The options of a call as argparse reads them: one for each parameter of the table, and those of `texts.help`.

The magics' lines and the command line build their parsers here, so an option is spelled, explained and refused alike in
both, and means the same arguments of `Session.plan`. What only one of them has (quoting, `-o`, a program's name) is its
own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .. import specs
from ..texts.help import LETTERS, SWITCHES, TAKING

ALIASES = {"negative": "negative_prompt"}
"""Shorter names of parameters, which help does not list."""


class CallOptions(Protocol):
    """The options of every call, as a magic's line has them; argparse's Namespace has the same names."""

    @property
    def sync(self) -> bool: ...
    @property
    def retries(self) -> int | str | None: ...
    @property
    def no_cache(self) -> bool: ...
    @property
    def no_embed(self) -> bool: ...
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


def option_names(kind: specs.Kind) -> list[str]:
    """Return every option of a magic of this kind as typed, sorted, for completion."""
    table = table_options(kind)
    aliases = [name for name, long in ALIASES.items() if long in table]
    names = [*map(_dashed, table), *SWITCHES, *TAKING, *aliases, "help"]
    return sorted({*(f"--{name}" for name in names), *LETTERS.values()})


def add_options(
    parser: argparse.ArgumentParser,
    names: Iterable[str],
    *,
    lang: str = "en",
    words: Mapping[str, specs.Text] | None = None,
) -> None:
    """Add options that are no parameter, such as `model` or `dry-run`; `words` explain some of them otherwise.

    A switch is False unless it is given. Values stay text, None where none is given: what they may be is checked with
    the whole call.
    """
    for name in names:
        spelled = {"dest": _name(name), "help": _explained({**TAKING, **SWITCHES, **(words or {})}[name].get(lang))}
        if name in SWITCHES:
            parser.add_argument(*_spelled(name), **spelled, action="store_true")  # type: ignore[arg-type]
        else:
            parser.add_argument(*_spelled(name), **spelled)  # type: ignore[arg-type]


def add_parameters(parser: argparse.ArgumentParser, rows: Iterable[specs.Parameter], *, lang: str = "en") -> None:
    """Add an option for each parameter: with dashes or underscores, and `--no-…` where it is a switch."""
    for row in rows:
        action: Any = argparse.BooleanOptionalAction if row.type == "bool" else "store"
        shown = _spelled(_dashed(row.name))
        hidden = [f"--{row.name}", *(f"--{alias}" for alias, name in ALIASES.items() if name == row.name)]
        parser.add_argument(*shown, dest=row.name, action=action, default=None, help=_explained(row.meaning.get(lang)))
        for spelling in hidden:
            if spelling not in shown:
                parser.add_argument(spelling, dest=row.name, action=action, default=None, help=argparse.SUPPRESS)


def unknown_option(word: str, parser: argparse.ArgumentParser, see: str) -> tuple[str, argparse.Action | None]:
    """Say that `word` is no option, name the nearest one, and where to look (`see`); return that one's action, too."""
    name = word.partition("=")[0]
    known = {spelling: action for action in parser._actions for spelling in action.option_strings}
    meant = specs.nearest(name, [spelling for spelling in known if spelling.startswith("--")])
    namesake = next((action for spelling, action in known.items() if f" {spelling}?" in meant), None)
    return f"unknown option {name}{meant} See {see}", namesake


def parameter_values(given: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that were given, by DashScope's names."""
    return {name: value for name in names if (value := getattr(given, name)) is not None}


def call_arguments(given: CallOptions | argparse.Namespace) -> dict[str, Any]:
    """Return what the options of every call mean as arguments of `Session.plan`; None leaves it to the settings."""
    return {
        "sync": given.sync,
        "retries": given.retries,
        "cache": not given.no_cache,
        "out_dir": given.out_dir,
        "embed": False if given.no_embed else None,
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
