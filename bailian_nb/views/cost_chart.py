"""A small chart of what was spent by day and model, with the caps drawn in: SVG that stands in a cell as it is.

It has no script and no style of its own but colours that are seen on white and on black; its words take the colour of
the page. It counts as caps do, with what is on its way. Its description says the same in numbers, for those who cannot
see it. `costs` puts it under the table of an account.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..money.ledger import Sum
from ..money.report import Costs
from ..texts.catalogue import say
from .tables import escape

DAYS = 30
"""The most days that are drawn: up to the last on which something was sent."""
_COLOURS = ("#3d85c6", "#d07b1f", "#2e9e6b", "#b95a9c", "#8f8226")
_REST = "#808891"
"""Of all models beyond those."""
_CAP = "#d64541"
_WIDE, _HIGH = 640, 150
_LEFT, _RIGHT, _TOP, _FOOT = 44, 8, 30, 20
_LINE = 18
"""Pixels of a line of the legend."""
_LETTER = 6.2
"""Pixels of a letter, as far as that can be known."""
_NAME = 40
"""Characters of a model's name."""


@dataclass(frozen=True, kw_only=True)
class _Bar:
    day: date
    parts: Sequence[tuple[str, float]]
    """Models and CNY, from below."""

    @property
    def cny(self) -> float:
        return sum(cny for _, cny in self.parts)


def svg(costs: Costs, lang: str) -> str:
    """Return the chart of one account as an SVG element; "" where nothing that has a price was sent."""
    bars, models = _bars(costs, lang)
    if not any(bar.cny for bar in bars):
        return ""
    cap = costs.max_cost_day
    top = _rounded_up(max(cap or 0.0, *(bar.cny for bar in bars)))
    title = say("chart_emulator" if costs.emulator else "chart_title", lang, count=len(bars))
    told = [f"{bar.day}: {', '.join(f'{model} {cny:.2f}' for model, cny in bar.parts)}" for bar in bars if bar.cny]
    legend, below = _legend(models)
    month, below = _month(costs, lang, below)
    id_ = f"bn-{hashlib.sha256(repr((costs.account, told, title)).encode()).hexdigest()[:12]}"
    return (
        f'<svg role="img" aria-labelledby="{id_}-title {id_}-desc" viewBox="0 0 {_WIDE} {below}" width="100%" '
        f'style="max-width:{_WIDE}px;display:block;margin:8px 0" font-size="11" fill="currentColor">'
        f'<title id="{id_}-title">{escape(title)}</title>'
        f'<desc id="{id_}-desc">{escape("; ".join([*told, *_caps(costs)]))}</desc>'
        f'<text x="{_LEFT}" y="14" aria-hidden="true">{escape(title)}</text>'
        f"{_axis(top)}{_drawn(bars, models, top)}{_cap(cap, top)}{legend}{month}</svg>"
    )


def held(found: Sum) -> float:
    """Return CNY as caps count them: billed, on their way, and perhaps billed."""
    return found.cny + found.open_cny + found.maybe_cny


def _bars(costs: Costs, lang: str) -> tuple[list[_Bar], list[str]]:
    """Return a bar for each day, those without any costs too, and the models in the order of their colours."""
    spent: dict[str, float] = {}
    for each in costs.days:
        spent[each.model] = spent.get(each.model, 0.0) + held(each.total)
    dear = sorted((name for name in spent if spent[name]), key=lambda name: (-spent[name], name))
    named, others = {name: name[:_NAME] for name in dear[: len(_COLOURS)]}, say("chart_others", lang)
    by_day: dict[date, dict[str, float]] = {}
    for each in costs.days:
        parts = by_day.setdefault(date.fromisoformat(each.day), {})
        model = named.get(each.model, others)
        parts[model] = parts.get(model, 0.0) + held(each.total)
    if not by_day:
        return [], []
    last = max(by_day)
    first = max(min(by_day), last - timedelta(days=DAYS - 1))
    models = list(dict.fromkeys([*named.values(), *([others] if len(dear) > len(named) else [])]))
    bars = []
    for number in range((last - first).days + 1):
        found = by_day.get(day := first + timedelta(days=number), {})
        bars.append(_Bar(day=day, parts=[(model, found[model]) for model in models if found.get(model)]))
    return bars, models


def _drawn(bars: Sequence[_Bar], models: Sequence[str], top: float) -> str:
    step = (_WIDE - _LEFT - _RIGHT) / len(bars)
    wide, every = min(36.0, 0.72 * step), math.ceil(len(bars) / 8)
    shown = []
    for number, bar in enumerate(bars):
        middle, low = _LEFT + (number + 0.5) * step, 0.0
        for model, cny in bar.parts:
            y, high = _y(low + cny, top), max(1.0, _y(low, top) - _y(low + cny, top))
            box = f'x="{middle - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
            name = escape(f"{bar.day} {model}: {cny:.2f}")
            shown.append(f'<rect {box} fill="{_colour(model, models)}"><title>{name}</title></rect>')
            low += cny
        if (len(bars) - 1 - number) % every == 0:
            at = f'x="{middle:.1f}" y="{_TOP + _HIGH + 14}"'
            shown.append(f'<text {at} text-anchor="middle">{bar.day:%m-%d}</text>')
    return "".join(shown)


def _axis(top: float) -> str:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = _y(share * top, top)
        lines.append(f'{_line(y, "currentColor")} opacity="0.25"/>')
        lines.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:g}</text>')
    return "".join(lines)


def _cap(cap: float | None, top: float) -> str:
    if cap is None:
        return ""
    y = _y(cap, top)
    words = f'<text x="{_LEFT + 4}" y="{y + (12 if y < _TOP + 12 else -4):.1f}">max_cost_day {cap:g}</text>'
    return f'{_line(y, _CAP)} stroke-width="1.5" stroke-dasharray="6 4"/>{words}'


def _line(y: float, colour: str) -> str:
    return f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"'


def _legend(models: Sequence[str]) -> tuple[str, int]:
    """Return the names of the colours, and where the next line stands."""
    shown, x, y = [], float(_LEFT), _TOP + _HIGH + _FOOT + _LINE
    for model in models:
        wide = 24 + _LETTER * sum(2 if ord(letter) > 0x2E7F else 1 for letter in model)
        if x > _LEFT and x + wide > _WIDE:
            x, y = float(_LEFT), y + _LINE
        square = f'<rect x="{x:.1f}" y="{y - 10}" width="11" height="11" fill="{_colour(model, models)}"/>'
        shown.append(f'{square}<text x="{x + 15:.1f}" y="{y}">{escape(model)}</text>')
        x += wide
    return "".join(shown), y + 12


def _month(costs: Costs, lang: str, y: int) -> tuple[str, int]:
    """Return this month's costs against their cap as a bar, and where the next line stands."""
    cap = costs.max_cost_month
    if cap is None:
        return "", y
    spent, wide = held(costs.month), _WIDE - _LEFT - _RIGHT
    most = max(cap, spent) or 1.0
    name = escape(say("chart_month", lang, spent=f"{spent:.2f}", cap=f"{cap:g}"))
    at, colour = _LEFT + wide * cap / most, _COLOURS[0] if spent <= cap else _CAP
    return (
        f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="10" opacity="0.15"/>'
        f'<rect x="{_LEFT}" y="{y}" width="{wide * spent / most:.1f}" height="10" fill="{colour}"/>'
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y - 3}" y2="{y + 13}" stroke="{_CAP}" stroke-width="2"/>'
        f'<text x="{_LEFT}" y="{y + 24}">{name}</text>'
    ), y + 32


def _caps(costs: Costs) -> list[str]:
    caps = (("max_cost_day", costs.max_cost_day), ("max_cost_month", costs.max_cost_month))
    return [f"{name} {cap:g}" for name, cap in caps if cap is not None]


def _colour(model: str, models: Sequence[str]) -> str:
    at = models.index(model)
    return _COLOURS[at] if at < len(_COLOURS) else _REST


def _y(cny: float, top: float) -> float:
    return _TOP + _HIGH * (1 - cny / top)


def _rounded_up(cny: float) -> float:
    """Return the next 1, 2 or 5 of its power of ten: what an axis ends with."""
    power = 10.0 ** math.floor(math.log10(cny))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= cny * 0.999999)
