"""What was spent, as tables: `%wan cost` publishes them, `bailian-nb cost` prints their text. No IPython here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from ..money.ledger import Sum
from ..money.report import Costs, Group
from ..system.language import together
from ..texts.catalogue import say
from . import cost_chart
from .tables import Bundle, Table, joined, note

CURRENCY = "CNY"


def bundle(found: Sequence[Costs], lang: str, *, kernel: bool = True) -> Bundle:
    """Return the tables of every account, one after the other; sums of two accounts are never added.

    `kernel` False leaves out what this process spent, which is nothing on the command line.
    """
    if not found:
        return note(say("cost_none", lang))
    shown: list[Bundle] = []
    for costs in found:
        first, *more = (table.bundle() for table in tables(costs, lang, kernel=kernel))
        shown += [{**first, "text/html": first["text/html"] + cost_chart.svg(costs, lang)}, *more]
    return joined(shown)


def as_json(found: Sequence[Costs]) -> str:
    """Return the same as JSON, a list of accounts."""
    return json.dumps([costs.to_dict() for costs in found], ensure_ascii=False, indent=1)


def rows(found: Sequence[Costs], *, kernel: bool = True) -> list[dict[str, object]]:
    """Return the same as data: for each account its sums by time (`kind` is kernel, today, month, total), by model, by
    notebook, and by day and model (`kind` is day, `name` the model).

    `cny`, `open_cny` and `maybe_cny` are CNY by list price: billed, on their way, perhaps billed.
    """
    listed: list[dict[str, object]] = []
    for costs in found:
        whose = {"account": costs.account[:8], "emulator": costs.emulator}
        sums = {"kernel": costs.kernel, "today": costs.today, "month": costs.month, "total": costs.total}
        named = [(kind, "", each) for kind, each in sums.items() if kernel or kind != "kernel"]
        named += [("model", group.name, group.total) for group in costs.models]
        named += [("notebook", group.name, group.total) for group in costs.notebooks]
        listed += [{**whose, "kind": kind, "name": name, "day": "", **asdict(each)} for kind, name, each in named]
        dated = [({"kind": "day", "name": each.model, "day": each.day}, each.total) for each in costs.days]
        listed += [{**whose, **about, **asdict(total)} for about, total in dated]
    return listed


def tables(costs: Costs, lang: str, *, kernel: bool = True) -> list[Table]:
    """Return one account's sums: by time, by model, by notebook."""
    host = urlsplit(costs.base_url).hostname or costs.base_url
    title = say("cost_title", lang, account=costs.account[:8], host=host)
    if costs.emulator:
        title = say("cost_title_emulator", lang)
    head = [say(key, lang) for key in ("cost_open", "cost_maybe", "cost_free")]
    head = ["", say("cost_pictures", lang), CURRENCY, *head]
    times = [
        (say(key, lang), *_cells(found, lang))
        for key, found in (
            *([("cost_kernel", costs.kernel)] if kernel else []),
            ("cost_today", costs.today),
            ("cost_month", costs.month),
            ("cost_total", costs.total),
        )
    ]
    foot = together([say("cost_note", lang, dated=costs.dated), *_left(costs, lang)])
    shown = [_table(title, head, times, foot)]
    head = [*head, f"{CURRENCY} {say('cost_month', lang)}"]
    for key, groups in (("cost_model", costs.models), ("cost_notebook", costs.notebooks)):
        if groups:
            shown.append(_table(say(key, lang), head, [_row(group, lang) for group in groups]))
    return shown


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], foot: str = "") -> Table:
    """Return a table without the columns that say nothing: mostly nothing is on its way, doubtful or free."""
    used = [column for column in range(len(head)) if any(row[column] != "" for row in rows)]
    kept = [[row[column] for column in used] for row in rows]
    return Table(title=title, head=[head[column] for column in used], rows=kept, foot=foot)


def _row(group: Group, lang: str) -> tuple[object, ...]:
    name = group.name or say("cost_no_notebook", lang)
    return (name, *_cells(group.total, lang), f"{group.month.cny:.2f}")


def _cells(found: Sum, lang: str) -> tuple[object, ...]:
    """Return pictures, CNY and the counts of what is not that certain; nothing where there is none."""
    unknown = [say("cost_some_unknown", lang, count=found.unknown)] if found.unknown else []
    return (
        found.images,
        " + ".join([f"{found.cny:.2f}", *unknown]),
        f"{found.open} ({found.open_cny:.2f})" if found.open else "",
        f"{found.maybe} ({found.maybe_cny:.2f})" if found.maybe else "",
        found.free or "",
    )


def _left(costs: Costs, lang: str) -> list[str]:
    """Return what each cap leaves, in words."""
    return [say("cost_left", lang, name=name, cap=f"{cap:g}", left=f"{left:.2f}") for name, cap, left in costs.left()]
