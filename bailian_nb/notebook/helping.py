"""The first page of help, and the tables of models and functions. Shown by `%wan`; `topics` has help on one thing."""

from __future__ import annotations

from .. import specs
from .line import SWITCHES, TAKING
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
        foot="Options of both: " + ", ".join(f"--{name}" for name in (*TAKING, *SWITCHES)) + "; and one for each "
        "parameter of the model: see %wan help wan2.6-t2i, %wan help description_edit.",
    )
    return joined([head.bundle(), models(lang), functions(lang)])


def models(lang: str) -> Bundle:
    """Return the table of models."""
    rows = []
    for model in specs.models():
        price, limit = model.prices[0], model.limits[0]
        rows.append(
            (
                model.name,
                model.meaning.get(lang),
                f"CNY {price.cny:g}",
                f"{limit.submits_per_second:g}/s, {limit.tasks_at_once} at once",
                f"{model.latency.low:g}-{model.latency.high:g} s",
                ", ".join(model.regions),
            )
        )
    head = ("model", "what", "a picture", "limits", "usual time", "regions")
    dated = max(model.prices_dated for model in specs.models())
    foot = f"List prices of {dated}, before free quota and savings plan; limits are shared by the whole account."
    return Table(title="Models", head=head, rows=rows, foot=foot).bundle()


def functions(lang: str) -> Bundle:
    """Return the table of edit functions."""
    rows = [
        (row.name, row.short, row.meaning.get(lang), "yes" if row.mask else "", row.example.get(lang))
        for model in specs.models("edit")
        for row in model.functions
    ]
    head = ("function", "short", "what", "mask", "example prompt")
    return Table(title="Functions", head=head, rows=rows).bundle()
