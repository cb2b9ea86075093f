"""Tab completion for the magics: options and values from the table. Registered with IPython's completer.

Files and variables are IPython's own to offer; where one may stand, nothing here keeps them away.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence

from .. import specs
from ..planning import expand
from ..planning.options import option_names, table_options
from ..specs import Function, Model, frames
from ..texts.help import COMMANDS, SWITCHES, TAKING

_LINE = re.compile(r"\s*(?:\w+\s*=\s*)?%%?(wan_t2i|wan_edit|wan_sweep|wan)\s+(.*)$", re.DOTALL)
_OPTIONS = {
    "cost": ("--all", "--json"),
    "resume": ("--send", "--adopt", "--forget"),
    "inspect": ("--json",),
}
_NAMING = ("fetch", "wait", "cancel", "rerun", "inspect")
"""Commands that take a job by its id, and also a variable or a picture file."""
_MASKED = ("mask", "invert", "no-paste")
_FREE = tuple(name for name in TAKING if name not in ("model", "to"))
"""Options whose value is a number, a file or a variable: nothing in the table can say which."""


def candidates(line: str, jobs: Callable[[], Sequence[str]] = tuple) -> list[str]:
    """Return what may stand at the end of `line` (the text up to the cursor), or nothing outside our magics.

    >>> candidates("%wan_edit instr")
    ['instruct']
    """
    match = _LINE.match(line)
    if match is None or "\n" in match[2]:
        return []
    before, _, word = match[2].rpartition(" ")
    given = before.split()
    return sorted(dict.fromkeys(each for each in _all(match[1], given, word, jobs) if each.startswith(word)))


def alone(line: str) -> bool:
    """Tell whether nothing but `candidates` may stand there: no file and no variable."""
    match = _LINE.match(line)
    given = match[2].rpartition(" ")[0].split() if match is not None else []
    return not (match is not None and match[1] == "wan" and given and given[0] in _NAMING)


def _all(magic: str, given: list[str], word: str, jobs: Callable[[], Sequence[str]]) -> Iterable[str]:
    if magic == "wan":
        return _command(given, word, jobs)
    kind: specs.Kind = "t2i" if magic == "wan_t2i" else "edit"
    if given and (values := _values(given[-1], kind, magic)) is not None:
        return values
    words = [each for each in given if not each.startswith("-")]
    if kind == "edit" and not words and not word.startswith("-"):
        return _functions()
    if kind == "edit" and not word.startswith("-"):
        return []
    axis = ["--axis"] if magic == "wan_sweep" else []
    return [*axis, *(_narrowed(given, words) if kind == "edit" else option_names(kind))]


def _command(given: list[str], word: str, jobs: Callable[[], Sequence[str]]) -> Iterable[str]:
    if not given:
        return [name.split()[0] for name in COMMANDS]
    command, first = given[0], len(given) == 1
    if word.startswith("-"):
        return ["--on", *option_names("edit")] if command == "rerun" else _OPTIONS.get(command, ())
    if command in _NAMING:
        return jobs()
    models, functions = [*_models("t2i"), *_models("edit")], _functions()
    known = {"help": [*models, *functions, "axis"], "models": models, "functions": functions}
    return known.get(command, []) if first else []


def _narrowed(given: list[str], words: list[str]) -> list[str]:
    """Return the options that the function or model of the line takes; every one while it is not known."""
    found = _chosen(given, words)
    if found is None:
        return option_names("edit")
    model, row = found
    taken = {each.name.replace("_", "-") for each in model.takes(row.name if row else None)}
    taken |= {*SWITCHES, *TAKING, "help"}
    taken -= set() if row is not None and row.mask else set(_MASKED)
    taken -= set() if model.recipes else {"keep"}
    taken -= set() if frames.scale_rows(row) else {"to"}
    taken |= {"negative"} if "negative-prompt" in taken else set()
    return [name for name in option_names("edit") if not name.startswith("--") or name[2:] in taken]


def _chosen(given: list[str], words: list[str]) -> tuple[Model, Function | None] | None:
    for option, value in itertools.pairwise(given):
        named = {model.name: model for model in specs.models("edit")}
        if option in ("-m", "--model") and value in named and not named[value].functions:
            return named[value], None
    if words and words[0] in specs.recipes():
        return specs.get(specs.DEFAULT_BACKGROUND), None
    for model in specs.models("edit"):
        for row in model.functions:
            if words and words[0] in (row.short, row.name):
                return model, row
    return None


def _values(option: str, kind: specs.Kind, magic: str) -> list[str] | None:
    """Return the values of an option that was just typed, None when it is none or takes none."""
    if option in ("-m", "--model"):
        return _models(kind)
    if option in ("-o", "-n") or option.removeprefix("--") in _FREE:
        return []
    if option == "--axis" and magic == "wan_sweep":
        return [f"{name}=" for name in dict.fromkeys([*table_options("edit"), *table_options("t2i"), "to"])]
    if option == "--to":
        rules = [row.size for row in table_options("t2i").values() if row.size is not None]
        return [name for name, _ in rules[0].named if expand.read(name)] if rules else []
    row = table_options(kind).get(option.removeprefix("--").replace("-", "_"))
    if row is None or row.type == "bool" or not option.startswith("--"):
        return None
    if row.choices:
        return [str(choice) for choice in row.choices]
    if row.size is not None:
        return [name for name, _ in row.size.named] + [row.size.default]
    return []


def _models(kind: specs.Kind) -> list[str]:
    return [model.name for model in specs.models(kind)]


def _functions() -> list[str]:
    named = [name for model in specs.models("edit") for row in model.functions for name in (row.short, row.name)]
    return [*named, *specs.recipes()]
