"""Tab completion for the magics: options and values from the table. Registered with IPython's completer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import outpaint, specs
from .helping import COMMANDS
from .line import option_names, table_options


def candidates(line: str) -> list[str]:
    """Return what may stand at the end of `line` (the text up to the cursor), or nothing outside our magics.

    >>> candidates("%wan_edit instr")
    ['instruct']
    """
    match = re.match(r"\s*(?:\w+\s*=\s*)?%%?(wan_t2i|wan_edit|wan_sweep|wan)\s+(.*)$", line, re.DOTALL)
    if match is None or "\n" in match[2]:
        return []
    before, _, word = match[2].rpartition(" ")
    given = before.split()
    return sorted(dict.fromkeys(each for each in _all(match[1], given) if each.startswith(word)))


def _all(magic: str, given: list[str]) -> Iterable[str]:
    if magic == "wan":
        if not given:
            return [name.split()[0] for name in COMMANDS]
        topics = [*_models("t2i"), *_models("edit"), *_functions()]
        return topics if given[0] == "help" and len(given) == 1 else []
    kind: specs.Kind = "t2i" if magic == "wan_t2i" else "edit"
    values = _values(given[-1], kind) if given else None
    if values is not None:
        return values
    words = [word for word in given if not word.startswith("-")]
    return [*(_functions() if kind == "edit" and not words else []), *option_names(kind)]


def _values(option: str, kind: specs.Kind) -> list[str] | None:
    """Return the values of an option that was just typed, None when it is none or takes none."""
    if option in ("-m", "--model"):
        return _models(kind)
    if option == "--to":
        rules = [row.size for row in table_options("t2i").values() if row.size is not None]
        return [name for name, _ in rules[0].named if outpaint.read(name)] if rules else []
    row = table_options(kind).get(option.removeprefix("--").replace("-", "_"))
    if row is None or row.type == "bool" or not option.startswith("--"):
        return None
    if row.size is not None:
        return [name for name, _ in row.size.named] + [row.size.default]
    return []


def _models(kind: specs.Kind) -> list[str]:
    return [model.name for model in specs.models(kind)]


def _functions() -> list[str]:
    return [name for model in specs.models("edit") for row in model.functions for name in (row.short, row.name)]
