"""Sentences on models that come and go: plans, doctor, `%wan models` and refusals take them from here."""

from __future__ import annotations

from datetime import date

from .. import specs
from ..specs import Model, Text

_NEAR = Text("{model} retires on {day}", "{model} 将于 {day} 下线")
_PAST = Text("{model} was announced to retire on {day}", "{model} 已公告于 {day} 下线")
_ELSEWHERE = Text("{model} is no model of this package", "{model} 不在本工具支持的模型中")
_USE = Text(": use {instead}", "：请改用 {instead}")


def ending(model: Model, today: date, lang: str = "en") -> str:
    """Say that the end of a model is near or past and what to use, ``""`` while there is nothing to say."""
    life = model.life
    if life is None or life.retires is None or not life.ending(today):
        return ""
    return _sentence(_NEAR if today < life.retires else _PAST, model.name, life.retires, life.successor, lang)


def refused(name: str, lang: str = "en") -> str:
    """Say what to use for a name that the service refused, ``""`` for one that is to stay as far as is known."""
    row = next((row for row in specs.models() if row.name == name), None)
    life = row.life if row is not None else None
    if life is not None and life.retires is not None:
        return _sentence(_PAST, name, life.retires, life.successor, lang)
    known = specs.unlisted(name)
    if known is None or known.retires is None:
        return ""
    return _sentence(_PAST, name, known.retires, known.instead, lang)


def unlisted(name: str, lang: str = "en") -> str:
    """Say what to use for a name that has no row, ``""`` for one that nothing is known of."""
    known = specs.unlisted(name)
    if known is None:
        return ""
    return _sentence(_PAST if known.retires else _ELSEWHERE, name, known.retires, known.instead, lang)


def _sentence(words: Text, name: str, day: date | None, instead: str, lang: str) -> str:
    said = words.get(lang).format(model=name, day=day)
    return said + (_USE.get(lang).format(instead=instead) if instead else "")
