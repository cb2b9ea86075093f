"""The first page of help, and the tables of models and functions. Shown by `%wan`; `topics` has help on one thing."""

from __future__ import annotations

from .. import specs
from ..reference import MODELS_HEAD, dated, facts
from .line import LETTERS, SWITCHES, TAKING
from .tables import Bundle, Table, joined

COMMANDS: dict[str, str] = {
    "help [MODEL|FUNCTION|PARAMETER|CODE]": "this, or what a model or function takes, or an error code (or 429) means",
    "models [MODEL]": "models with price, limits and usual time; or one of them",
    "functions [FUNCTION]": "functions of the edit model; or one of them",
    "jobs": "the jobs of this kernel",
    "fetch JOB": "show a job's output again",
    "wait [JOB ...]": "block until these (or all) jobs have ended",
    "cancel JOB": "cancel a job that does not run yet",
    "resume [--send [JOB ...]] [--adopt TASK ...] [--forget JOB ...]": "take up what an earlier kernel left; send what"
    " was never sent; say whose a task of unclaimed/ is",
    "history [WORDS]": "saved pictures, the newest first",
    "rerun PICTURE|JOB [options]": "send the same request again, from disk if nothing is changed",
    "inspect PICTURE|JOB [--json]": "how a picture was made: everything that its Record says",
    "cost [--all] [--json]": "what was spent: this kernel, today, this month, by model and notebook",
    "doctor": "check key, network, result hosts, folders",
    "config": "the settings that hold now",
}


AXES = [
    ("--axis strength=0:1:0.25", "from, to and step, both ends included: 0, 0.25, 0.5, 0.75, 1"),
    ("--axis seed=1,2,5", "these values; sizes too: --axis size=16:9,1:1"),
    (
        "--axis A --axis B",
        "every pair of values: a grid. Any parameter can be an axis; 100 values each and 400 cells at most",
    ),
]
"""How the option is written that only `%wan_sweep` has, and what it means."""


def overview(lang: str) -> Bundle:
    """Return the first page of help."""
    head = Table(
        title="bailian_nb",
        head=("type", "does"),
        rows=[
            ('%wan_sweep FUNCTION IMAGE "prompt" --axis strength=0:1:0.25', "the same over a grid of values"),
            ("%%wan_t2i [options] + prompt in the cell", "draw pictures from a text"),
            ('%wan_edit FUNCTION IMAGE "prompt" [options]', "edit a picture (%%wan_edit: prompt in the cell)"),
            *((f"%wan {name}", does) for name, does in COMMANDS.items()),
        ],
        foot="Options of all three: "
        + ", ".join(f"--{name}" for name in (*TAKING, *SWITCHES))
        + "; of %wan_sweep also "
        "--axis (%wan_sweep --help); and one for each parameter of the model: see %wan help wan2.6-t2i, %wan help "
        "description_edit.",
    )
    return joined([head.bundle(), models(lang), functions(lang)])


def sweep(lang: str) -> Bundle:
    """Return how a sweep is written: the axes, then the options that every magic takes."""
    rows = [*AXES, *_options()]
    foot = (
        'A sweep without function and picture draws from a text: %wan_sweep "A lighthouse" --axis size=16:9,1:1. '
        'In Python: wan.sweep("photo.jpg", "style", "...", strength=[0, 0.5, 1]).run()'
    )
    usage = '%wan_sweep FUNCTION IMAGE "prompt" --axis NAME=VALUES [options]'
    return Table(title=usage, head=("type", "means"), rows=rows, foot=foot).bundle()


def docstring(kind: specs.Kind | None) -> str:
    """Return the options as text for `%wan_edit?`; None is for `%wan_sweep`, which takes those of both kinds."""
    kinds: tuple[specs.Kind, ...] = ("t2i", "edit") if kind is None else (kind,)
    rows = {row.name: row for each in kinds for row in specs.parameters(each)}
    lines = [*(AXES if kind is None else ()), *_options()]
    if kind == "t2i":
        lines = [
            line for line in lines if not line[0].startswith(("--to", "--mask", "--invert", "--no-paste", "--fit"))
        ]
    lines += [(f"--{name.replace('_', '-')}", row.meaning.en) for name, row in rows.items()]
    listed = "\n".join(f"    {name:<22}{does}" for name, does in lines)
    return f"Options\n-------\n{listed}\n\n%wan help MODEL or FUNCTION has ranges, defaults, price and an example."


def _options() -> list[tuple[str, str]]:
    """Return the options that are no parameter, as typed, and what they do."""
    taking = [(f"--{name}{f', {LETTERS[name]}' if name in LETTERS else ''} …", does) for name, does in TAKING.items()]
    return [
        *taking,
        *((f"--{name}{f', {LETTERS[name]}' if name in LETTERS else ''}", does) for name, does in SWITCHES.items()),
    ]


def models(lang: str) -> Bundle:
    """Return the table of models."""
    rows = [(model.name, model.meaning.get(lang), *facts(model)) for model in specs.models()]
    return Table(title="Models", head=MODELS_HEAD, rows=rows, foot=dated()).bundle()


def functions(lang: str) -> Bundle:
    """Return the table of edit functions."""
    rows = [
        (row.name, row.short, row.meaning.get(lang), "yes" if row.mask else "", row.example.get(lang))
        for model in specs.models("edit")
        for row in model.functions
    ]
    head = ("function", "short", "what", "mask", "example prompt")
    return Table(title="Functions", head=head, rows=rows).bundle()
