"""Tab completion for the magics: options and values from the table, files as a magic takes them. No IPython here.

Variables are IPython's own to offer; where one may stand, nothing here keeps them away. `extension` registers this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .. import specs
from ..planning import expand
from ..planning.edit_args import is_file
from ..planning.options import ALIASES, option_names, table_options
from ..planning.plain import QUOTES, plain_option
from ..specs import Function, Model, frames
from ..texts import batch
from ..texts.help import COMMANDS, PROGRAM_OPTIONS, SWITCHES, TAKING
from ..views.help_topics import topics
from .files import offered
from .split import Piece, as_word, cut

_LINE = re.compile(r"\s*(?:\w+\s*=\s*)?%%?(wan_t2i|wan_edit|wan_sweep|wan_batch|wan)\s+(.*)$", re.DOTALL)
_OPTIONS = {
    "cost": ("--all", "--json"),
    "history": tuple(name.split()[1] for name in PROGRAM_OPTIONS if name.startswith("history --")),
    "resume": ("--send", "--adopt", "--forget"),
    "inspect": ("--json",),
}
_NAMING = ("fetch", "wait", "cancel", "rerun", "inspect")
"""Commands that take a job by its id, and also a variable or a picture file."""
_EDITS = ("to", "mask", "invert", "no-paste", "fit")
"""Options that mean nothing without a picture."""
_MASKED = ("mask", "invert", "no-paste")
_FREE = tuple(name for name in TAKING if name not in ("model", "to"))
"""Options whose value is a number, a file or a variable: nothing in the table can say which."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What may stand at the end of a line: `words` in place of `fragment`, the part of the line that they complete.

    `files` are written as the magic reads them; `alone` tells that nothing else may stand there, no variable either.
    """

    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    fragment: str = ""
    alone: bool = False


def complete(
    line: str,
    jobs: Callable[[], Sequence[str]] = tuple,
    usual: Mapping[specs.Kind, str] | None = None,
    presets: Callable[[], Sequence[str]] = tuple,
) -> Found:
    """Return what may stand at the end of `line` (the text up to the cursor); nothing outside our magics.

    `jobs` gives the ids of jobs, `usual` the models that a line without one means, `presets` the names of styles.
    """
    match = _LINE.match(line)
    if match is None or "\n" in match[2]:
        return Found()
    given, word = cut(match[2])
    option = plain_option(word) if "=" in word else None
    if option is not None and option[1] is not None and match[1] != "wan":
        given, word = [*given, Piece(option[0])], option[1]
    if match[1] == "wan_batch":
        return _batch(given, word, usual or {})
    if match[1] == "wan":
        found = _command([piece.text for piece in given], word, jobs)
        naming = bool(given) and given[0].text in _NAMING
        files = offered(word) if naming and given[0].text in ("rerun", "inspect") and not word.startswith("-") else ()
        return Found(words=_matching(word, found), files=tuple(files), fragment=word, alone=not naming)
    if given and not given[-1].quoted and plain_option(given[-1].text) == ("--preset", None):
        opening = word[:1] if word[:1] in QUOTES else ""
        names = [name for name in presets() if name.casefold().startswith(word[len(opening) :].casefold())]
        return Found(words=tuple(as_word(name, opening) for name in names), fragment=word, alone=True)
    if (paths := _paths(match[1], given, word, usual or {})) is not None:
        return Found(files=tuple(paths), fragment=word, alone=bool(word) and word[0] in QUOTES)
    return Found(words=_matching(word, _call(match[1], given, word, usual or {})), fragment=word, alone=True)


def candidates(line: str, jobs: Callable[[], Sequence[str]] = tuple) -> list[str]:
    """Return what the table and the commands offer there: what is typed bare, no file.

    >>> candidates("%wan_edit instr")
    ['instruct']
    """
    return list(complete(line, jobs).words)


def _batch(given: Sequence[Piece], word: str, usual: Mapping[specs.Kind, str]) -> Found:
    """Offer what a batch takes: its kind, then what a call of that kind does, any file as its source."""
    if not given:
        return Found(words=_matching(word, ("edit", "t2i")), fragment=word, alone=True)
    kind: specs.Kind = "t2i" if given[0].text == "t2i" else "edit"
    magic, rest = f"wan_{kind}", given[1:]
    own = [f"--{name}" for name in (*batch.BOTH, *batch.SWITCHES)]
    typed = _words(rest, kind)
    wanted = 1 if typed and typed[0].text in _functions() else 0
    if not word.startswith("-") and len(typed) == wanted and not (kind == "edit" and not typed and word.isalpha()):
        before = plain_option(rest[-1].text) if rest and not rest[-1].quoted else None
        if before is None:
            functions = _matching(word, _functions()) if kind == "edit" and not typed else ()
            return Found(words=functions, files=tuple(offered(word, everything=True)), fragment=word)
    found = _call(magic, rest, word, usual)
    return Found(words=_matching(word, [*found, *(own if word.startswith("-") else ())]), fragment=word, alone=True)


def _matching(word: str, found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for each in found if each.startswith(word)}))


def _words(given: Sequence[Piece], kind: specs.Kind) -> list[Piece]:
    """Return what is neither option nor the value of one."""
    taking = {*(f"--{name}" for name in TAKING), "-m", "-o", "-n", "--axis", *(f"--{name}" for name in ALIASES)}
    taking |= {f"--{name.replace('_', '-')}" for name, row in table_options(kind).items() if row.type != "bool"}
    found, skip = [], False
    for piece in given:
        option = None if piece.quoted else plain_option(piece.text)
        if not skip and option is None:
            found.append(piece)
        skip = not skip and option is not None and option[1] is None and option[0] in taking
    return found


def _kind(magic: str, words: Sequence[Piece]) -> specs.Kind:
    """Tell an edit from a text to image; a sweep is the latter where a prompt comes first."""
    if magic != "wan_sweep":
        return "t2i" if magic == "wan_t2i" else "edit"
    edit = not words or words[0].text in _functions() or is_file(words[0].text) or not words[0].quoted
    return "edit" if edit else "t2i"


def _paths(magic: str, given: Sequence[Piece], word: str, usual: Mapping[specs.Kind, str]) -> list[str] | None:
    """Return the files that may stand where a picture or a path does, None where neither does."""
    before = None if not given or given[-1].quoted else plain_option(given[-1].text)
    if before is not None and before[1] is None:
        if before[0] in ("--mask", "--out-dir"):
            return offered(word, folders=before[0] == "--out-dir")
        if _values(before[0], "edit", magic) is not None:
            return None
    if magic == "wan_t2i" or word.startswith("-"):
        return None
    words = _words(given, "edit")
    model = _named_model(given) or next((row for row in specs.models("edit") if row.name == usual.get("edit")), None)
    if model is not None and not model.functions:
        return offered(word)
    return offered(word) if len(words) == 1 and words[0].text in _functions() else None


def _call(magic: str, given: Sequence[Piece], word: str, usual: Mapping[specs.Kind, str]) -> Iterable[str]:
    words = _words(given, "edit")
    kind = _kind(magic, words)
    before = None if not given or given[-1].quoted else plain_option(given[-1].text)
    if before is not None and before[1] is None and (values := _values(before[0], kind, magic)) is not None:
        return values
    if kind == "edit" and not word.startswith("-"):
        return [] if words else _functions()
    axis = ["--axis"] if magic == "wan_sweep" else []
    return [*axis, *_narrowed(kind, given, words, usual)]


def _command(given: Sequence[str], word: str, jobs: Callable[[], Sequence[str]]) -> Iterable[str]:
    if not given:
        return [name.split()[0] for name in COMMANDS]
    command, first = given[0], len(given) == 1
    if command == "help":
        return topics() if first else []
    if word.startswith("-"):
        return ["--on", *option_names("edit")] if command == "rerun" else _OPTIONS.get(command, ())
    if command in _NAMING:
        return jobs()
    known = {"models": [*_models("t2i"), *_models("edit")], "functions": _functions()}
    return known.get(command, []) if first else []


def _narrowed(
    kind: specs.Kind, given: Sequence[Piece], words: Sequence[Piece], usual: Mapping[specs.Kind, str]
) -> list[str]:
    """Return the options that the function or model of the line takes; every one while it is not known."""
    model, row = _chosen(kind, given, words, usual)
    switches = [row.name.replace("_", "-") for row in table_options(kind).values() if row.type == "bool"]
    names = [*option_names(kind), *(f"--no-{name}" for name in switches)]
    if model is None:
        return [name for name in names if kind == "edit" or name[2:] not in _EDITS]
    taken = {each.name.replace("_", "-") for each in model.takes(row.name if row else None)}
    taken |= {*SWITCHES, *TAKING, "help", *(f"no-{name}" for name in taken)}
    taken -= set() if kind == "edit" else set(_EDITS)
    taken -= set() if row is not None and row.mask else set(_MASKED)
    taken -= set() if model.recipes else {"keep"}
    taken -= set() if frames.scale_rows(row) else {"to"}
    taken |= {alias for alias, name in ALIASES.items() if name.replace("_", "-") in taken}
    return [name for name in names if not name.startswith("--") or name[2:] in taken]


def _chosen(
    kind: specs.Kind, given: Sequence[Piece], words: Sequence[Piece], usual: Mapping[specs.Kind, str]
) -> tuple[Model | None, Function | None]:
    """Return model and function of a line, as far as they are known."""
    named = _named_model(given)
    if words and words[0].text in specs.recipes():
        return specs.get(specs.DEFAULT_BACKGROUND), None
    if kind == "edit":
        for model in [named] if named is not None else specs.models("edit"):
            for row in model.functions:
                if words and words[0].text in (row.short, row.name):
                    return model, row
    if named is None:
        named = next((row for row in specs.models(kind) if row.name == usual.get(kind)), None)
    return (None, None) if named is None or (kind == "edit" and named.functions) else (named, None)


def _named_model(given: Sequence[Piece]) -> Model | None:
    """Return the model that an option of the line names."""
    found, wanted = None, False
    for piece in given:
        option = None if piece.quoted else plain_option(piece.text)
        name = piece.text if wanted else option[1] if option and option[0] in ("-m", "--model") else None
        found = next((row for row in specs.models() if row.name == name), found)
        wanted = option is not None and option[0] in ("-m", "--model") and option[1] is None
    return found


def _values(option: str, kind: specs.Kind, magic: str) -> list[str] | None:
    """Return the values of an option that was just typed, None when it is none or takes none."""
    if option in ("-m", "--model"):
        return [*_models("t2i"), *_models("edit")] if magic == "wan_sweep" else _models(kind)
    if option in ("-o", "-n") or option.removeprefix("--") in _FREE:
        return []
    if option == "--axis" and magic == "wan_sweep":
        return [f"{name}=" for name in dict.fromkeys([*table_options("edit"), *table_options("t2i"), "to"])]
    if option == "--to":
        rules = [row.size for row in table_options("t2i").values() if row.size is not None]
        return [name for name, _ in rules[0].named if expand.read(name)] if rules else []
    name = option.removeprefix("--").replace("-", "_")
    row = table_options(kind).get(ALIASES.get(name, name))
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
