"""Help on one thing: what the table says of it, and what `word_help` does. Shown by `%wan help X` and `--help`."""

from __future__ import annotations

from collections.abc import Sequence

from .. import specs
from ..errors import (
    AccessDenied,
    AuthenticationError,
    BailianError,
    BillingError,
    InvalidRequest,
    ServiceError,
    Throttled,
)
from ..specs import Code, Function, Model, Parameter, frames, service
from ..system.language import sentence
from ..texts.catalogue import say
from ..texts.help import TAKING
from ..texts.signs import sign
from . import help as help_pages
from .reference import allowed, changes, default, pictures_in, priced
from .reference import example as function_example
from .tables import Bundle, Table, escape, heads, joined
from .word_help import word_help, words

STATUSES: dict[str, tuple[type[BailianError], ...]] = {
    "401": (AuthenticationError,),
    "403": (AccessDenied, BillingError),
    "429": (Throttled, BillingError),
    "500": (ServiceError,),
    "503": (ServiceError,),
}
"""HTTP statuses that people see before they see a code, and what the codes below them become."""


_KINDS: tuple[specs.Kind, ...] = ("t2i", "edit")


def topic_help(topic: str, lang: str) -> Bundle:
    """Return help on any word that users meet: a row of the table or its code, an option, a command, a setting, …

    Raises
    ------
    InvalidRequest
        For an unknown name, with the nearest one.
    """
    found = [page for page in (_row_help(topic, lang), word_help(topic, lang)) if page is not None]
    if found:
        return joined(found)
    meant = specs.nearest(topic, topics())
    raise InvalidRequest(
        sentence(
            "no help on {topic}{meant} Known: every name of %wan models and %wan functions, every "
            "command, option, parameter, setting, state, error class, every error code, and HTTP "
            "{names}",
            topic=topic[:60],
            meant=meant,
            names=", ".join(STATUSES),
        )
    )


def topics() -> list[str]:
    """Return every word that `topic_help` knows, for completion."""
    rows = [name for model in specs.models() for name in (model.name, *_functions_of(model))]
    parameters = [row.name for kind in _KINDS for row in specs.parameters(kind)]
    codes = [code for row in specs.CODES for code in row.codes]
    return list(dict.fromkeys([*rows, *specs.recipes(), *parameters, *words(), *codes, *STATUSES, "axis", "sweep"]))


def _functions_of(model: Model) -> list[str]:
    return [name for row in model.functions for name in (row.name, row.short)]


def _row_help(topic: str, lang: str) -> Bundle | None:
    """Return help on a row of the table, None when no row is called so."""
    names = [model.name for model in specs.models()]
    if topic.strip("-") in ("axis", "sweep"):
        return help_pages.sweep(lang)
    if topic.strip("-") == "batch":
        return help_pages.batch(lang)
    if topic in names:
        return model_help(topic, lang)
    for model in specs.models("edit"):
        for row in model.functions:
            if topic in (row.name, row.short):
                return function_help(model, row, lang)
            if topic == row.meaning.zh.partition("：")[0]:
                return function_help(model, row, lang)
    if topic in specs.recipes():
        return recipe_help(topic, lang)
    code = specs.lookup(topic)
    if code in specs.CODES:
        return code_help(topic, code, lang)
    if topic in STATUSES:
        return status_help(topic, lang)
    taken = {row.name: row for kind in _KINDS for row in specs.parameters(kind)}
    name = topic.strip("-").replace("-", "_")
    return parameter_help(name, lang) if name in taken else None


def sweep_help(function: str, lang: str) -> Bundle:
    """Return how a sweep is written, and what its function takes if one is named."""
    page = help_pages.sweep(lang)
    return joined([page, topic_help(function, lang)]) if function else page


def model_help(name: str, lang: str) -> Bundle:
    """Return what a model takes, what it costs, and how it is called in a cell and in Python."""
    model = specs.get(name)
    title = f"{model.name}{sign('colon', lang)}{model.meaning.get(lang)}"
    facts = [*_pictures(model, lang), *_sizes(model, lang), *_cases(model, lang), *_money(model, lang)]
    facts += [note.get(lang) for note in model.notes]
    if model.functions:
        head = _parameters(model, model.parameters, title, lang)
        return joined([_page(head, [*facts, say("help_rights", lang)], ()), help_pages.functions(lang)])
    head = _parameters(model, model.takes(None), title, lang)
    rights = [say("help_rights", lang)] if model.images is not None else []
    return _page(head, [*facts, *rights], [line for kind in model.kinds for line in _example(model, kind, lang)])


def function_help(model: Model, row: Function, lang: str) -> Bundle:
    """Return what a function does and takes, with tips, rights, price and an example in both forms."""
    magic, call = function_example(row, lang)
    example = [magic, call]
    if frames.scale_rows(row):
        example += [magic.replace("--to 16:9", "--right-scale 1.5"), call.replace('to="16:9"', "right_scale=1.5")]
    facts = [tip.get(lang) for tip in row.tips]
    facts.append(row.rights.get(lang) if row.rights else say("help_rights", lang))
    facts += [*_pictures(model, lang), *([say("help_mask", lang)] if row.mask else []), *_money(model, lang)]
    facts += [note.get(lang) for note in model.notes]
    title = f"{row.short} ({row.name}){sign('colon', lang)}{row.meaning.get(lang)}"
    more = [("to", "--to", "1:1, 16:9, 1280*720, …", "", TAKING["to"].get(lang))] if frames.scale_rows(row) else []
    return _page(_parameters(model, model.takes(row.name), title, lang, more), facts, example)


def recipe_help(name: str, lang: str) -> Bundle:
    """Return what a recipe does, by which models, and how it is called in a cell and in Python."""
    takers = [(row, recipe) for row in specs.models() if (recipe := row.recipe(name)) is not None]
    lines = [
        (row.name, (recipe.instruction or recipe.meaning).get(lang), row.life.retires if row.life else None)
        for row, recipe in takers
    ]
    rows = [(model, words, "" if day is None else str(day)) for model, words, day in lines]
    head = (*heads(lang, "head_model", "head_what"), say("head_retires", lang))
    recipe = takers[0][1]
    table = Table(title=f"{name}{sign('colon', lang)}{recipe.meaning.get(lang)}", head=head, rows=rows).bundle()
    prompt = recipe.example.get(lang)
    example = [
        f'%wan_edit {name} mug.png "{prompt}" --keep mask.png',
        f'wan.edit("mug.png", "{name}", "{prompt}", keep="mask.png")',
    ]
    return _page(table, [say("help_keep", lang), say("help_rights", lang)], example)


def code_help(name: str, row: Code, lang: str) -> Bundle:
    """Return what an error code means and what to do; one code may mean more than one thing."""
    rows = [each for each in specs.CODES if each is row or (each.message_part and name in each.codes)]
    lines = [
        (f"… {each.message_part} …" if each.message_part else "", each.meaning.get(lang), each.todo.get(lang))
        for each in rows
    ]
    head = heads(lang, "help_message", "help_meaning", "todo")
    return Table(title=name, head=head, rows=lines).bundle()


def status_help(status: str, lang: str) -> Bundle:
    """Return every code that the service sends with an HTTP status, for those who only see the number."""
    rows = [row for row in specs.CODES if issubclass(row.error, STATUSES[status])]
    lines = [(", ".join(row.codes), row.meaning.get(lang), row.todo.get(lang)) for row in rows]
    lines = list(dict.fromkeys(lines))  # one that is known by its message, too, has two rows
    head = heads(lang, "head_code", "help_meaning", "todo")
    return Table(title=f"HTTP {status}", head=head, rows=lines).bundle()


def parameter_help(wanted: str, lang: str) -> Bundle:
    """Return who takes a parameter and what it may be there."""
    lines = [
        (model.name, function.short if function else "", allowed(row, lang), default(row, lang), row.meaning.get(lang))
        for model in specs.models()
        for function in model.functions or (None,)
        for row in model.takes(function.name if function else None)
        if row.name == wanted
    ]
    head = heads(lang, "head_model", "head_function", "head_takes", "head_default", "head_what")
    return Table(title=wanted, head=head, rows=lines).bundle()


def _pictures(model: Model, lang: str) -> list[str]:
    """Say which pictures go in, and how."""
    return [] if model.images is None else [pictures_in(model.images, lang), say("help_inputs", lang)]


def _sizes(model: Model, lang: str) -> list[str]:
    """Say the words that `size` takes and what they stand for."""
    rule = next((row.size for row in model.parameters if row.size is not None), None)
    if rule is None:
        return []
    words = [say("help_pixels", lang, word=word, pixels=pixels) for word, pixels in rule.words]
    named = [f"{name} = {size}" for name, size in rule.named]
    return [say("help_sizes", lang, sizes=", ".join([*words, *named]))]


def _cases(model: Model, lang: str) -> list[str]:
    return [f"{case.words.get(lang)}: {changes(case, lang)}" for case in model.cases]


def _money(model: Model, lang: str) -> list[str]:
    """Say price, free pictures, limits, usual time, and how long the service keeps a picture."""
    prices = ", ".join(f"{priced(price, lang)} ({price.region})" for price in model.prices)
    found = [say("help_price", lang, prices=prices, dated=model.prices_dated)]
    if model.free_pictures:
        found.append(say("help_free", lang, count=model.free_pictures, days=service.FREE_DAYS))
    limit = model.limits[0]
    rate, tasks = f"{limit.submits_per_second * limit.window:g}", limit.tasks_at_once
    words = "help_limits_minute" if limit.window == 60 else "help_limits"
    found.append(say(words, lang, rate=rate, tasks=tasks, region=limit.region))
    found.append(say("help_time", lang, low=f"{model.latency.low:g}", high=f"{model.latency.high:g}"))
    return [*found, say("help_kept", lang, hours=service.KEPT_SECONDS // 3600)]


def _example(model: Model, kind: specs.Kind, lang: str) -> tuple[str, ...]:
    """Return one call in a cell and the same in Python, for one of the kinds that the model is for."""
    text = model.example if kind == model.kind else model.also_example
    if text is None:
        return ()
    prompt = text.get(lang)
    if kind == "t2i":
        # Some models draw from a text alone only when a switch is on.
        alone = next((case.when for case in model.cases if case.counts is not None and not case.counts[0]), ())
        switches = alone if model.counts({}, 0)[0] > 0 else ()
        options = "".join(f" --{'' if on else 'no-'}{name.replace('_', '-')}" for name, on in switches)
        named = "".join(f", {name}={on}" for name, on in switches)
        return f"%%wan_t2i -m {model.name}{options}", prompt, f'wan.t2i("{prompt}", model="{model.name}"{named})'
    several = model.images is not None and model.images.max_count > 1
    words, given = ("a.jpg b.jpg", '["a.jpg", "b.jpg"]') if several else ("photo.jpg", '"photo.jpg"')
    call = f'wan.edit({given}, prompt="{prompt}", model="{model.name}")'
    return f'%wan_edit -m {model.name} {words} "{prompt}"', call


def _page(table: Bundle, facts: Sequence[str], example: Sequence[str]) -> Bundle:
    html = table["text/html"] + "".join(f"<p>{escape(line)}</p>" for line in facts)
    if example:
        html += "<pre>" + "\n".join(map(escape, example)) + "</pre>"
    return {"text/html": html, "text/plain": "\n".join([table["text/plain"], *facts, *example])}


def _parameters(
    model: Model, rows: Sequence[Parameter], title: str, lang: str, more: Sequence[tuple[object, ...]] = ()
) -> Bundle:
    table = Table(
        title=title,
        head=heads(lang, "head_parameter", "head_option", "head_takes", "head_default", "head_what"),
        rows=[
            (
                row.name,
                "" if row.name == "prompt" else f"--{row.name.replace('_', '-')}",
                allowed(row, lang),
                default(row, lang),
                row.meaning.get(lang),
            )
            for row in rows
        ]
        + list(more),
        foot=say("help_dated", lang, dated=model.prices_dated),
    )
    return table.bundle()
