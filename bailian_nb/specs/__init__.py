"""THE TABLE: models, functions, parameters, limits, prices and meanings of error codes.

Everything that knows about a model reads it from here: validation, magic options and their help, widget controls, the
emulator's own checks, pacing, estimates and reference pages. `register` adds a row at run time.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..errors import InvalidRequest
from ..system.language import mark, sentence
from .check import Checked, Value, check, where_of
from .codes import CODES, Code, lookup
from .dates import Life, Unlisted, day, unlisted
from .parse_size import parse_size
from .prices import Estimate, Limit, Price
from .qwen import ROWS as QWEN
from .services import ROWS as SERVICES
from .size_rule import SizeRule
from .spelling import nearest, scalar, shown
from .t2i import ROWS as T2I
from .t2i import WAN26_T2I
from .types import Case, Function, ImageRule, Kind, Latency, Model, Parameter, Protocol, Recipe, Text, whole
from .wan25_26 import ROWS as NEWER
from .wan27 import ROWS as NEWEST
from .wanx21_edit import ROWS as EDITS
from .wanx21_edit import WANX21_IMAGEEDIT

__all__ = [
    "CODES",
    "DEFAULT_BACKGROUND",
    "DEFAULT_EDIT",
    "DEFAULT_T2I",
    "Case",
    "Checked",
    "Code",
    "Estimate",
    "Function",
    "ImageRule",
    "Kind",
    "Latency",
    "Life",
    "Limit",
    "Model",
    "Parameter",
    "Price",
    "Protocol",
    "Recipe",
    "SizeRule",
    "Text",
    "Unlisted",
    "Value",
    "check",
    "day",
    "edit_model",
    "function_name",
    "get",
    "label",
    "lookup",
    "models",
    "nearest",
    "parameters",
    "parse_size",
    "recipes",
    "register",
    "scalar",
    "shown",
    "unlisted",
    "where_of",
    "whole",
]

DEFAULT_T2I = WAN26_T2I.name
DEFAULT_EDIT = WANX21_IMAGEEDIT.name
DEFAULT_BACKGROUND = "wan2.7-image"

ORDER = mark('the order is edit(image, function, prompt) (%wan_edit FUNCTION IMAGE "prompt")')

_models: dict[str, Model] = {row.name: row for row in (*T2I, *EDITS, *NEWER, *NEWEST, *QWEN, *SERVICES)}


def models(kind: Kind | None = None) -> tuple[Model, ...]:
    """Return every known model, or those that are for one kind, in the table's order."""
    return tuple(row for row in _models.values() if kind is None or kind in row.kinds)


def get(name: str, kind: Kind | None = None) -> Model:
    """Return the row of `name`.

    Raises
    ------
    InvalidRequest
        When no row has that name; it names the nearest one.
    """
    known = [model.name for model in models(kind)]
    if not isinstance(name, str) or not name.strip():
        raise InvalidRequest(
            sentence("model must be a name, got {name}. Known: {names}", name=shown(name), names=", ".join(known))
        )
    row = _models.get(name)
    if row is None and (other := unlisted(name)) is not None:
        gone = (
            sentence("was announced to retire on {retires}", retires=other.retires)
            if other.retires
            else sentence("is no model of this package")
        )
        names = ", ".join(known)
        raise InvalidRequest(
            sentence(
                "model {name} {gone}; use {instead}. Known: {names}",
                name=name,
                gone=gone,
                instead=other.instead,
                names=names,
            )
            if other.instead
            else sentence("model {name} {gone}. Known: {names}", name=name, gone=gone, names=names)
        )
    if row is None:
        raise InvalidRequest(
            sentence(
                "unknown model {name}{nearest} Known: {names}",
                name=shown(name, str),
                nearest=nearest(name, known),
                names=", ".join(known),
            )
        )
    if kind is not None and kind not in row.kinds:
        raise InvalidRequest(
            sentence(
                "model {name} is for {kind}, not for {kind2}; use one of {names}",
                name=name,
                kind=row.kind,
                kind2=kind,
                names=", ".join(known),
            )
        )
    return row


def parameters(kind: Kind) -> tuple[Parameter, ...]:
    """Return every parameter that some model of this kind takes, once each; the prompt is not among them."""
    rows = models(kind)
    known = _parameters.get(kind)
    if known is None or known[0] != rows:
        known = _parameters[kind] = rows, _parameters_of(rows)
    return known[1]


_parameters: dict[Kind, tuple[tuple[Model, ...], tuple[Parameter, ...]]] = {}
"""What `parameters` has returned, and of which rows: every line of a magic asks several times."""


def _parameters_of(rows: tuple[Model, ...]) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for model in rows:
        for function in (*(row.name for row in model.functions), None):
            for row in model.takes(function):
                if row.name != "prompt":
                    found.setdefault(row.name, row)
    return tuple(found.values())


def function_name(model: Model, name: str) -> str:
    """Return DashScope's name for a function given by it or by its short one.

    Raises
    ------
    InvalidRequest
        When the model has no such function; it names the nearest one.
    """
    if not isinstance(name, str):
        raise InvalidRequest(
            sentence("function must be a name, got {name}; {order}", name=shown(name), order=sentence(ORDER))
        )
    word = name.strip()
    if model.recipe(word) is not None:
        return word
    if not model.functions:
        raise InvalidRequest(
            sentence(
                "{name} has no functions, got {word}; the prompt says what to do",
                name=model.name,
                word=shown(word, str),
            )
        )
    for row in model.functions:
        if word in (row.name, row.short):
            return row.name
    # The vendor's Chinese pages have a name of their own for each function; it leads to the one that is sent.
    chinese = {row.meaning.zh.partition("：")[0]: row.name for row in model.functions}
    known = [row.name for row in model.functions] + [row.short for row in model.functions]
    meant = sentence(", did you mean {chinese}?", chinese=chinese[word]) if word in chinese else nearest(word, known)
    meant = sentence("; {order}.", order=sentence(ORDER)) if meant == sentence(".") else meant
    listed = ", ".join(f"{row.short} ({row.name})" for row in model.functions)
    raise InvalidRequest(
        sentence(
            "unknown function {word}{meant} {name} has {listed}",
            word=shown(word, str),
            meant=meant,
            name=model.name,
            listed=listed,
        )
    )


def edit_model(function: str | None, usual: str) -> str:
    """Return the model that an edit takes when none is named: that of a recipe for its name, else the usual one."""
    row = _models.get(usual)
    own = row is not None and row.recipe(function) is not None
    return DEFAULT_BACKGROUND if function == "background" and not own else usual


def recipes() -> tuple[str, ...]:
    """Return the names of all recipes, once each."""
    return tuple(dict.fromkeys(recipe.name for row in models() for recipe in row.recipes))


def label(model: str, function: str | None) -> str:
    """Return model and function as captions, tables and errors name a call; the function may be None or ""."""
    return f"{model} {short_name(model, function)}" if function else model


def short_name(model: str, function: str) -> str:
    """Return the name of a function that users type (`instruct`), which may be given by the service's own, too.

    A name that the model does not have, of a Record of another version for instance, stays as it is.
    """
    found = _models.get(model)
    row = next((row for row in found.functions if function in (row.name, row.short)), None) if found else None
    return row.short if row is not None else function


_LONGEST_NAME = 100
_NAME = re.compile(rf"\w[\w.:/@-]{{0,{_LONGEST_NAME - 1}}}")


def register(model: Model | str, *, based_on: str = "", cny: float | None = None) -> None:
    """Add a row to the table, or replace the one of the same name, for this process.

    From then on it is checked, completed, priced, paced, sent and drawn by the emulator as any other model.

    Parameters
    ----------
    model
        A row: its protocols must be of a known `body`, the asynchronous one first; prices are CNY a picture, limits
        hold for the account. Or the name of a model of your own, such as a fine-tuned one that you deployed.
    based_on
        For a name: the model whose row it takes over, all but the price, which follows from the deployment.
    cny
        For a name: what a picture costs; left out, its price is unknown.

    Raises
    ------
    InvalidRequest
        When it is neither, when the base is unknown, and for the name of a row of the table's own. The values of a row
        are not checked: they are what a page says.
    """
    if isinstance(model, str) and based_on:
        base, name = get(based_on), model.strip()
        known = _models.get(name)
        wrong = ""
        if not name:
            wrong = sentence("the name is empty")
        elif known is not None and known.based_on == "":
            wrong = sentence("{name} is a model of the table", name=name)
        elif not _NAME.fullmatch(name):
            wrong = sentence(
                "{name} is no name of a model: letters, digits and . _ - : / @, up to {most} of them, a letter or "
                "digit first",
                name=shown(name, str),
                most=_LONGEST_NAME,
            )
        if wrong:
            raise InvalidRequest(sentence("register takes a name of your own: {wrong}", wrong=wrong))
        prices = tuple(Price(region=region, cny=cny) for region in base.regions)
        own: dict[str, object] = {"free_pictures": 0, "namesakes": (), "life": None}
        _models[name] = replace(base, name=name, based_on=base.based_on or base.name, prices=prices, **own)  # type: ignore[arg-type]
        return
    if not isinstance(model, Model):
        todo = sentence("a row of the table (specs.Model), or a name with based_on=")
        raise InvalidRequest(sentence("register takes {todo}, got {model}", todo=todo, model=shown(model)))
    _models[model.name] = model
