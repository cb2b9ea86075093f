"""Help on a word that users meet and that is no row of the table: command, option, setting, state, error, variable.

`help_topics` asks here first; a word may be several of these, and then all are shown.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

from .. import errors, specs
from ..planning.options import ALIASES
from ..specs import Text
from ..texts import batch, topics
from ..texts.help import AXES, COMMANDS, LETTERS, PROGRAM, PROGRAM_OPTIONS, SETTINGS, SWITCHES, TAKING
from .tables import Bundle, Table, heads


def words() -> list[str]:
    """Return every word that has help here, as it is typed behind `%wan help`."""
    spelled = [word for typed, _ in _rows() for word in _names(typed)]
    return sorted({word for word in spelled if word.isascii()})


def word_help(topic: str, lang: str) -> Bundle | None:
    """Return help on a word, however it is spelled (`--fit`, `fit=`, `WanMagics.n`), None for any other word."""
    found = [(typed, does) for typed, does in _rows() if _bare(topic) in map(_bare, _names(typed))]
    if not found:
        return None
    rows = [(typed, does.get(lang).replace("{functions}", _functions())) for typed, does in found]
    rows += [
        (", ".join(code.codes), code.meaning.get(lang))
        for name in (typed for typed, _ in found)
        if inspect.isclass(kind := getattr(errors, name, None))
        for code in specs.CODES
        if code.error is kind
    ]
    return Table(title=topic, head=heads(lang, "head_type", "head_means"), rows=rows).bundle()


def _rows() -> Iterable[tuple[str, Text]]:
    """Return what is typed, and what it means."""
    yield from topics.TERMS.items()
    yield from topics.MAGICS.items()
    yield from ((f"%wan {typed}", does) for typed, does in COMMANDS.items())
    for options, value in ((TAKING, " …"), (SWITCHES, "")):
        yield from ((f"--{name}{_letter(name)}{value}", does) for name, does in options.items())
    for alias, name in ALIASES.items():
        row = next(row for row in specs.parameters("t2i") if row.name == name)
        yield f"--{alias}", row.meaning
    yield from AXES.items()
    yield from batch.MAGIC.items()
    yield from ((f"--{name}", does) for name, does in {**batch.BOTH, **batch.SWITCHES}.items())
    yield from ((f"%config WanMagics.{name} = …", does) for name, does in SETTINGS.items())
    yield from topics.VARIABLES.items()
    yield from topics.STATES.items()
    yield from topics.ERRORS.items()
    yield from topics.WRITING.items()
    yield from ((f"bailian-nb {name}", does) for name, does in PROGRAM.items())
    for option, does in PROGRAM_OPTIONS.items():
        yield (f"bailian-nb {option}" if " " in option else f"bailian-nb … --{option}"), does


def _functions() -> str:
    return ", ".join(row.short for model in specs.models("edit") for row in model.functions)


def _letter(name: str) -> str:
    return f", {LETTERS[name]}" if name in LETTERS else ""


def _names(typed: str) -> list[str]:
    """Return the words that a line of help explains: its first one that is no program, and the options in it."""
    bare = re.sub(r"^(%wan|bailian-nb( …)?|%config) (?=[^C]\S)", "", typed)
    first = bare.split()[0].strip(",").removeprefix("WanMagics.")
    options = re.findall(r"(?<!\S)\[?(--?[a-z][\w-]*)", bare)
    call = re.sub("^%+wan_", "", first) if typed in topics.MAGICS else first
    return list(dict.fromkeys([first, call, *options]))


def _bare(word: str) -> str:
    return word.strip("-%=…{}").removeprefix("WanMagics.").replace("-", "_").casefold()
