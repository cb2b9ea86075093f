"""Help from the table: models, functions and what each of them takes. Shown by `%wan help` and `--help`."""

from __future__ import annotations

from .. import specs
from ..errors import InvalidRequest
from ..reference import allowed, default
from ..specs import Function, Model, Parameter
from .line import SWITCHES, TAKING
from .tables import Bundle, Table, escape

COMMANDS: dict[str, str] = {
    "help [MODEL|FUNCTION]": "this, or what a model or function takes",
    "models": "models with price, limits and usual time",
    "functions": "functions of the edit model",
    "jobs": "the jobs of this kernel",
    "fetch JOB": "show a job's output again",
    "wait [JOB ...]": "block until these (or all) jobs have ended",
    "cancel JOB": "cancel a job that does not run yet",
    "resume [--send [JOB ...]]": "take up what an earlier kernel left; send what was never sent",
    "history [WORDS]": "saved pictures, the newest first",
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
    return _join([head.bundle(), models(lang), functions(lang)])


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


def topic_help(topic: str, lang: str) -> Bundle:
    """Return help on a model or function, by any of its names.

    Raises
    ------
    InvalidRequest
        For an unknown name, with the nearest one.
    """
    names = [model.name for model in specs.models()]
    if topic in names:
        return model_help(topic, lang)
    for model in specs.models("edit"):
        for row in model.functions:
            if topic in (row.name, row.short):
                return function_help(model, row, lang)
    known = [*names, *(name for model in specs.models() for row in model.functions for name in (row.name, row.short))]
    raise InvalidRequest(f"no help on {topic}{specs.nearest(topic, known)} Known: {', '.join(known)}")


def model_help(name: str, lang: str) -> Bundle:
    """Return what a model takes."""
    model = specs.get(name)
    title = f"{model.name}: {model.meaning.get(lang)}"
    if model.functions:
        return _join([_parameters(model, model.parameters, title, lang), functions(lang)])
    magic = "%%wan_t2i" if model.kind == "t2i" else "%wan_edit photo.jpg"
    return _parameters(model, model.takes(None), f"{title}. {magic} -m {model.name}", lang)


def function_help(model: Model, row: Function, lang: str) -> Bundle:
    """Return what a function does and takes, with tips, rights and an example in both forms."""
    prompt = row.example.get(lang)
    mask_option, mask_argument = (" --mask mask.png", ', mask="mask.png"') if row.mask else ("", "")
    magic = f'%wan_edit {row.short} photo.jpg "{prompt}"{mask_option}'
    call = f'wan.edit("photo.jpg", "{row.name}", "{prompt}"{mask_argument})'
    price = model.prices[0]
    more = [tip.get(lang) for tip in row.tips] + ([row.rights.get(lang)] if row.rights else [])
    title = f"{row.name} ({row.short}): {row.meaning.get(lang)}"
    foot = f"CNY {price.cny:g} a picture (list price of {model.prices_dated})."
    taken = _parameters(model, model.takes(row.name), title, lang, foot)
    plain = [taken["text/plain"], *more, magic, call]
    html = taken["text/html"] + "".join(f"<p>{escape(line)}</p>" for line in more)
    return {"text/html": f"{html}<pre>{escape(magic)}\n{escape(call)}</pre>", "text/plain": "\n".join(plain)}


def _parameters(model: Model, rows: tuple[Parameter, ...], title: str, lang: str, foot: str = "") -> Bundle:
    table = Table(
        title=title,
        head=("parameter", "option", "takes", "default", "what"),
        rows=[
            (
                row.name,
                "" if row.name == "prompt" else f"--{row.name.replace('_', '-')}",
                allowed(row),
                default(row),
                row.meaning.get(lang),
            )
            for row in rows
        ],
        foot=foot or f"Source: {model.source}",
    )
    return table.bundle()


def _join(bundles: list[Bundle]) -> Bundle:
    return {
        "text/html": "".join(bundle["text/html"] for bundle in bundles),
        "text/plain": "\n\n".join(bundle["text/plain"] for bundle in bundles),
    }
