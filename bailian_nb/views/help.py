"""The first page of help, and the tables of models and functions, as `%wan` shows them; `help_topics` has the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .. import specs
from ..texts import batch as batches
from ..texts.catalogue import say
from ..texts.help import AXES, COMMANDS, LETTERS, SWITCHES, TAKING
from ..texts.shelf import ending
from .reference import dated, facts, models_head
from .tables import Bundle, Table, heads, joined


def overview(lang: str) -> Bundle:
    """Return the first page of help."""
    head = Table(
        title="bailian_nb",
        head=heads(lang, "head_type", "head_does"),
        rows=[
            (say("type_t2i", lang), say("does_t2i", lang)),
            ('%wan_edit FUNCTION IMAGE "prompt" [options]', say("does_edit", lang)),
            ('%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25', say("does_sweep", lang)),
            *((usage, does.get(lang)) for usage, does in batches.MAGIC.items()),
            *((f"%wan {name}", does.get(lang)) for name, does in COMMANDS.items()),
        ],
        foot=say("help_options", lang, options=", ".join(f"--{name}" for name in (*TAKING, *SWITCHES))),
    )
    return joined([head.bundle(), models(lang), functions(lang)])


def sweep(lang: str) -> Bundle:
    """Return how a sweep is written: the axes, then the options that every magic takes."""
    usage = '%wan_sweep FUNCTION IMAGE "prompt" --axis NAME=VALUES [options]'
    call = 'wan.sweep("photo.jpg", "style", "...", strength=[0, 0.5, 1]).run()'
    foot = say("help_sweep", lang, call=call)
    head = heads(lang, "head_type", "head_means")
    return Table(title=usage, head=head, rows=[*_axes(lang), *_options(lang)], foot=foot).bundle()


def batch(lang: str) -> Bundle:
    """Return how a batch is written: its own options, then those that every magic takes."""
    rows = [(usage, does.get(lang)) for usage, does in batches.MAGIC.items()]
    head = heads(lang, "head_type", "head_means")
    call = (
        'wan.batch("goods.csv", function="style", image="photos/{sku}.png", prompt="{scene}", name="{sku}_{i}").run()'
    )
    return Table(title="%wan_batch", head=head, rows=[*rows, *_own(lang), *_options(lang)], foot=call).bundle()


def _own(lang: str) -> list[tuple[str, str]]:
    """Return the options that batches alone have."""
    taking = [(f"--{name} …", does.get(lang)) for name, does in batches.BOTH.items()]
    return [*taking, *((f"--{name}", does.get(lang)) for name, does in batches.SWITCHES.items())]


def docstring(kind: specs.Kind | None, *, batch: bool = False) -> str:
    """Return the options as text for `%wan_edit?`; None takes those of both kinds, for `%wan_sweep` and a `batch`.

    It is English: the text is part of the magic before anybody has set a language.
    """
    kinds: tuple[specs.Kind, ...] = ("t2i", "edit") if kind is None else (kind,)
    rows = {row.name: row for each in kinds for row in specs.parameters(each)}
    own = _own("en") if batch else _axes("en") if kind is None else []
    lines = [*own, *_options("en")]
    if kind == "t2i":
        lines = [
            line for line in lines if not line[0].startswith(("--to", "--mask", "--invert", "--no-paste", "--fit"))
        ]
    lines += [(f"--{name.replace('_', '-')}", row.meaning.en) for name, row in rows.items()]
    listed = "\n".join(f"    {name:<26}{does}" for name, does in lines)
    return f"Options\n-------\n{listed}\n\n{say('help_more')}"


def _axes(lang: str) -> list[tuple[str, str]]:
    return [(name, does.get(lang)) for name, does in AXES.items()]


def _options(lang: str) -> list[tuple[str, str]]:
    """Return the options that are no parameter, as typed, and what they do."""
    return [
        (f"--{name}{f', {LETTERS[name]}' if name in LETTERS else ''}{value}", does.get(lang))
        for options, value in ((TAKING, " …"), (SWITCHES, ""))
        for name, does in options.items()
    ]


def models(lang: str, today: date | None = None, listed: Sequence[specs.Model] | None = None) -> Bundle:
    """Return the table of models (None: all); those whose end is near on the day of `today` are named under it."""
    found = specs.models() if listed is None else listed
    rows = [(model.name, model.meaning.get(lang), *facts(model, lang)) for model in found]
    said = [line for row in found if today is not None and (line := ending(row, today, lang))]
    foot = " ".join([dated(lang), *(f"⚠ {line}." for line in said)])
    return Table(title=say("table_models", lang), head=models_head(lang), rows=rows, foot=foot).bundle()


def functions(lang: str) -> Bundle:
    """Return the table of edit functions."""
    needed = say("help_mask_needed", lang)
    rows = [
        (row.short, row.name, row.meaning.get(lang), needed if row.mask else "", row.example.get(lang))
        for model in specs.models("edit")
        for row in model.functions
    ]
    for name in specs.recipes():
        recipe = specs.get(specs.DEFAULT_BACKGROUND).recipe(name)
        if recipe is not None:
            kept = say("help_keep_needed", lang)
            rows.append((name, name, recipe.meaning.get(lang), kept, recipe.example.get(lang)))
    head = heads(lang, "head_function", "head_sent", "head_what", "head_mask", "head_example")
    return Table(title=say("table_functions", lang), head=head, rows=rows).bundle()
