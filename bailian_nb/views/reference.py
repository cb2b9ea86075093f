"""Reference pages in Markdown, written from the table: one a model, one for the error codes, and a first page.

`make reference` writes them to notebooks/reference; a test holds them against the table, so they cannot lie.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from .. import specs
from ..specs import Case, Function, ImageRule, Limit, Model, Parameter, Price, frames
from ..system.files import write_whole
from ..texts.catalogue import say
from ..texts.signs import sign
from .tables import heads

NOTE = "<!-- written by `make reference` from bailian_nb/specs; edit there -->"
OTHERS = ("speed.md",)
"""Pages of the same folder that others write."""


def models_head(lang: str = "en") -> tuple[str, ...]:
    """Return what heads a table of models, of which each row is a name, a meaning and `facts`."""
    return heads(lang, "head_model", "head_what", "head_price", "head_limits", "head_time", "head_regions")


def facts(model: Model, lang: str = "en") -> tuple[str, ...]:
    """Return the price of a picture (CNY, first region), the account's limits there, usual seconds and all regions."""
    price, limit, usual = model.prices[0], model.limits[0], model.latency
    return (
        priced(price, lang),
        _rate(limit, lang),
        say("seconds", lang, seconds=f"{usual.low:g}-{usual.high:g}"),
        ", ".join(model.regions),
    )


def dated(lang: str = "en") -> str:
    """Say from which date the prices are, and that the limits are the whole account's."""
    return say("help_models", lang, dated=max(model.prices_dated for model in specs.models()))


def pages() -> dict[str, str]:
    """Return every page by file name."""
    found = {"README.md": _first(), "errors.md": _errors()}
    for model in specs.models():
        found[f"{model.name}.md"] = _model(model)
    return found


def allowed(row: Parameter, lang: str = "en") -> str:
    """Return the values that a parameter takes, in words."""
    if row.size is not None:
        names = ", ".join(dict.fromkeys([name for name, _ in row.size.named] + [word for word, _ in row.size.words]))
        rule = row.size
        shape = say("takes_ratio", lang, ratio=f"{rule.max_ratio:g}")
        shape = say("takes_sides", lang, low=rule.min_side, high=rule.max_side) if rule.max_side else shape
        low_pixels = rule.warn_below_pixels
        doubt = f" {say('takes_doubt', lang, pixels=low_pixels)}" if low_pixels else ""
        pixels = say("takes_pixels", lang, low=rule.min_pixels, high=rule.max_pixels)
        return f"{pixels}{doubt}{sign('comma', lang)}{shape}{sign('together', lang)}{names}"
    if row.type == "bool":
        return say("takes_bool", lang)
    if row.choices:
        return ", ".join(map(str, row.choices))
    if row.type == "text":
        text = say("takes_text", lang, count=row.max_length)
        return text + (
            sign("comma", lang) + say("takes_text_doubt", lang, count=row.warn_length) if row.warn_length else ""
        )
    low, high = row.minimum, row.maximum
    if low is None or high is None:
        return ""
    return f"{low:g}" if low == high else f"{low:g}-{high:.10g}"


def default(row: Parameter, lang: str = "en") -> str:
    """Return what is used when the parameter is not given."""
    if row.name == "n":
        return say("default_n", lang)
    if row.name == "seed":
        return say("default_seed", lang)
    return "" if row.default is None else str(row.default).lower() if row.type == "bool" else str(row.default)


def _first() -> str:
    rows = [
        (f"[{model.name}]({model.name}.md)", f"{model.meaning.en} / {model.meaning.zh}", *facts(model))
        for model in specs.models()
    ]
    return _page("Models", [_table(models_head(), rows), dated(), "Error codes: [errors.md](errors.md)"])


def _model(model: Model) -> str:
    parts = [f"{model.meaning.en} / {model.meaning.zh}. Source: {model.source}."]
    prices = [
        (price.region, priced(price, "en", bare=True), "" if price.usd is None else f"{price.usd:g}")
        for price in model.prices
    ]
    limits = {each.region: _rate(each) for each in model.limits}
    listed = [(*price, limits[price[0]]) for price in prices]
    parts.append(_table(heads("en", "head_region", "head_each", "head_usd", "head_limits"), listed))
    if model.images is not None:
        line = pictures_in(model.images)
        parts.append(f"{line[:1].upper()}{line[1:]}.")
    parts += [note.en for note in model.notes]
    if not model.functions:
        cases = "\n".join(f"- {case.words.en}: {changes(case, 'en')}" for case in model.cases)
        return _page(model.name, [*parts, _parameters(model.takes(None)), *([cases] if cases else [])])
    for row in model.functions:
        parts += _function(model, row)
    return _page(model.name, parts)


def changes(case: Case, lang: str) -> str:
    """Return what is different in calls of one kind, in words."""
    found = [f"{row.name} {allowed(row, lang)}" for row in case.parameters]
    if case.counts is not None:
        found.append(say("help_counts", lang, low=case.counts[0], high=case.counts[1]))
    if case.no_effect:
        found.append(say("help_no_effect", lang, names=", ".join(case.no_effect)))
    if case.billed:
        found.append(say("help_billed", lang, name=case.billed))
    if case.asynchronous_only:
        found.append(say("help_asynchronous", lang))
    return sign("together", lang).join(found)


def pictures_in(rule: ImageRule, lang: str = "en") -> str:
    """Say how many pictures go in, and which: formats, sides in pixels, size of the file."""
    low, high = rule.min_count, rule.max_count
    more = [say("help_ratio", lang, ratio=f"{rule.max_ratio:g}")] if rule.max_ratio else []
    more += [] if rule.alpha else [say("help_no_alpha", lang)]
    line = say(
        "help_pictures",
        lang,
        count=str(low) if low == high else f"{low}-{high}",
        formats=", ".join(rule.formats),
        low=rule.min_side,
        high=rule.max_side,
        mb=rule.max_bytes // (1024 * 1024),
    )
    return sign("together", lang).join([line, *more])


def example(row: Function, lang: str = "en") -> tuple[str, str]:
    """Return one edit by a function as typed in a cell, and the same in Python."""
    prompt = row.example.get(lang)
    option, argument = (" --mask mask.png", ', mask="mask.png"') if row.mask else ("", "")
    if frames.scale_rows(row):
        option, argument = " --to 16:9", ', to="16:9"'
    call = f'wan.edit("photo.jpg", "{row.short}", "{prompt}"{argument})'
    return f'%wan_edit {row.short} photo.jpg "{prompt}"{option}', call


def priced(price: Price, lang: str = "en", *, bare: bool = False) -> str:
    """Return the price of a picture in words, with what makes it another one; `bare` leaves the currency out."""

    def worded(cny: float) -> str:
        return f"{cny:g}" if bare else say("cost", lang, cost=f"{cny:g}")

    if price.cny is None:
        return say("cost_unknown", lang)
    found = [worded(price.cny)]
    if price.large_cny is not None:
        found.append(say("price_large", lang, cost=worded(price.large_cny), pixels=price.large_above))
    if price.rewritten_cny is not None:
        found.append(say("price_rewritten", lang, cost=worded(price.rewritten_cny)))
    if price.input_cny:
        found.append(say("price_input", lang, cost=worded(price.input_cny)))
    return sign("together", lang).join(found)


def _rate(limit: Limit, lang: str = "en") -> str:
    if limit.window == 60:
        return say("help_rate_minute", lang, rate=limit.submits, tasks=limit.tasks_at_once)
    return say("help_rate", lang, rate=f"{limit.submits_per_second:g}", tasks=limit.tasks_at_once)


def _function(model: Model, row: Function) -> list[str]:
    magic, call = example(row)
    said = [tip.en for tip in row.tips] + ([row.rights.en] if row.rights else [])
    return [
        f"## {row.short} (`{row.name}`)",
        f"{row.meaning.en} / {row.meaning.zh}",
        _parameters(model.takes(row.name)),
        *([" ".join(said)] if said else []),
        f"```\n{magic}\n{call}\n```",
    ]


def _errors() -> str:
    rows = [
        (", ".join(f"`{code}`" for code in row.codes), row.error.__name__, row.meaning.en, row.todo.en, row.again)
        for row in specs.CODES
    ]
    head = heads("en", "head_codes", "head_raised", "help_meaning", "todo", "head_again")
    return _page("Error codes", [_table(head, rows)])


def _parameters(rows: Sequence[Parameter]) -> str:
    listed = [
        (f"`{row.name}`", allowed(row), default(row), f"{row.meaning.en} / {row.meaning.zh}", row.source)
        for row in rows
    ]
    head = heads("en", "head_parameter", "head_takes", "head_default", "help_meaning", "head_source")
    return _table(head, listed)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(title: str, parts: Sequence[str]) -> str:
    return "\n\n".join([NOTE, f"# {title}", *parts]) + "\n"


def main(folder: str) -> None:
    """Write every page into `folder` and take away pages of models that are gone."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in root.glob("*.md"):
        if path.name not in wanted and path.name not in OTHERS:
            path.unlink()
    for name, text in wanted.items():
        write_whole(root / name, text.encode(), lasting=False)


if __name__ == "__main__":
    main(sys.argv[1])
