"""Read values against the table: find every problem at once, before anything is sent.

Called by `planning` for what users give and by the emulator for what arrives. Both get the same problems; who
refuses and who answers 400 is theirs to decide. `lists` reads what is more than one value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import Problem
from ..system.language import sentence, spoken
from .lists import Unreadable, boxes, pairs, palette, texts
from .parse_size import as_text, outside, parse_size
from .size_rule import SizeRule
from .spelling import FOREIGN, as_bool, as_number, is_blank, nearest, shown
from .types import Case, Function, Model, Parameter

Value = int | float | bool | str | tuple[Any, ...]


@dataclass(kw_only=True)
class _Findings:
    """What was found so far."""

    values: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, name: str, message: str) -> None:
        self.problems.append(Problem(parameter=name, message=message))

    def warn(self, name: str, message: str) -> None:
        self.warnings.append(Problem(parameter=name, message=message))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Values in the service's own form, with what is wrong (refuse) and what is doubtful (warn and send)."""

    values: dict[str, Value]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check(model: Model, function: str | None, values: Mapping[str, object], pictures: int | None = None) -> Checked:
    """Check `values` (prompt included) against what `model` or this `function` of it takes.

    A value None counts as not given. Numbers and lists may arrive as text, as magics and forms send them. `pictures`
    is how many input pictures go along, None where that is not known; the pictures themselves are not looked at.
    """
    given = {name: value for name, value in values.items() if value is not None}
    switches = {row.name: as_bool(given[row.name]) for row in model.takes(function) if row.name in given}
    cases = model.cases_of({name: truth for name, truth in switches.items() if truth is not None}, pictures)
    rows = {row.name: row for row in model.takes(function)}
    where = where_of(model, model.function(function))
    places = dict.fromkeys(rows, where)
    for case in cases:
        rows |= {row.name: row for row in case.parameters}
        places |= {row.name: f"{where} {case.words.get(spoken())}" for row in case.parameters}
    into = _Findings()
    for name, value in given.items():
        row = rows.get(name)
        if row is None:
            instead = _instead(model, name, list(rows))
            into.refuse(
                name,
                sentence("{name} is no parameter of {where}{instead}", name=name, where=where, instead=instead),
            )
        else:
            _check_one(row, value, places[name], pictures, into)
    _check_together(model, rows.values(), cases, where, into)
    return Checked(values=into.values, problems=tuple(into.problems), warnings=tuple(into.warnings))


def _check_together(
    model: Model, rows: Iterable[Parameter], cases: Sequence[Case], where: str, into: _Findings
) -> None:
    """Look at what is not there, at values that do not go together, and at those that do nothing."""
    named = {problem.parameter for problem in into.problems}
    for row in rows:
        if row.required and row.name not in into.values and row.name not in named:
            line = sentence(
                "{name} is missing; {where} needs it ({en})",
                name=row.name,
                where=where,
                en=row.meaning.get(spoken()),
            )
            into.refuse(row.name, line)
    for rule in () if into.problems else model.rules:
        if (wrong := rule(into.values)) is not None:
            name, said = wrong
            into.refuse(name, sentence("{wrong} {wrong2} ({where})", wrong=name, wrong2=said, where=where))
    for case in cases:
        for name in case.no_effect:
            if into.values.get(name, False) is not False:
                en = case.words.get(spoken())
                into.warn(name, sentence("{name} has no effect {en} ({where})", name=name, en=en, where=where))


def _instead(model: Model, name: str, known: Sequence[str]) -> str:
    """End the sentence about a name that is not taken here: who takes it or what was meant, and what is taken."""
    takers = [row.name for row in model.functions if any(each.name == name for each in row.parameters)]
    ending = nearest(name, known)
    if takers:
        ending = (
            sentence(", but of {names}.", names=sentence(" and ").join(takers))
            if len(takers) < 3
            else sentence(", but of {names}.", names=", ".join(takers))
        )
    elif name in FOREIGN:
        ending = f": {sentence(FOREIGN[name])}."
    return sentence("{ending} It takes {names}", ending=ending, names=", ".join(known))


def where_of(model: Model, function: Function | None) -> str:
    return sentence("function {name}", name=function.short) if function else sentence("model {name}", name=model.name)


_LISTS: Mapping[str, Callable[[Parameter, object], tuple[Any, ...]]] = {
    "palette": palette,
    "texts": texts,
    "pairs": pairs,
}


def _check_one(row: Parameter, value: object, where: str, pictures: int | None, into: _Findings) -> None:
    if row.type == "text":
        _check_text(row, value, where, into)
    elif row.type == "size":
        _check_size(row, value, where, into)
    elif row.type == "bool":
        truth = as_bool(value)
        if truth is not None:
            into.values[row.name] = truth
            return
        line = sentence(
            "{name} must be true or false, got {value} ({where})", name=row.name, value=shown(value), where=where
        )
        into.refuse(row.name, line)
    elif row.type == "choice":
        word = next((each for each in row.choices if str(each).casefold() == str(value).casefold()), None)
        if isinstance(value, str) and word is not None:
            into.values[row.name] = word
        else:
            into.refuse(row.name, _none_of(row, shown(value), where))
    elif row.type in ("palette", "boxes", "texts", "pairs"):
        try:
            into.values[row.name] = boxes(row, value, pictures) if row.type == "boxes" else _LISTS[row.type](row, value)
        except Unreadable as error:
            into.refuse(row.name, sentence("{name} {error} ({where})", name=row.name, error=error, where=where))
    else:
        _check_number(row, value, where, into)


def _none_of(row: Parameter, given: str, where: str) -> str:
    allowed = ", ".join(map(str, row.choices))
    return sentence(
        "{name} must be one of {allowed}; got {value} ({where})",
        name=row.name,
        allowed=allowed,
        value=given,
        where=where,
    )


def _check_text(row: Parameter, value: object, where: str, into: _Findings) -> None:
    if not isinstance(value, str):
        line = sentence("{name} must be text, got {value} ({where})", name=row.name, value=shown(value), where=where)
        into.refuse(row.name, line)
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        line = sentence(
            "{name} holds half of a character pair, which cannot be sent ({where})", name=row.name, where=where
        )
        into.refuse(row.name, line)
        return
    if row.required and is_blank(value) and not row.warn_empty:
        line = sentence(
            "{name} is empty; {where} needs one ({en})", name=row.name, where=where, en=row.meaning.get(spoken())
        )
        into.refuse(row.name, line)
        return
    if row.required and is_blank(value):
        line = sentence("{name} is empty: the service may refuse that ({where})", name=row.name, where=where)
        into.warn(row.name, line)
    if row.max_length is not None and len(value) > row.max_length:
        line = sentence(
            "{name} has {count} characters, {where} takes at most {max_length}; shorten it, for the "
            "service would cut it silently",
            name=row.name,
            count=len(value),
            where=where,
            max_length=row.max_length,
        )
        into.refuse(row.name, line)
        return
    if row.warn_length is not None and len(value) > row.warn_length:
        into.warn(row.name, _long(row, len(value), row.warn_length, where))
    into.values[row.name] = value


def _long(row: Parameter, count: int, read: int, where: str) -> str:
    """Say that a text is longer than what the newest page says is read of it."""
    if not row.tokens:
        return sentence(
            "{name} has {count} characters; the newest page says that {where} reads {warn_length}",
            name=row.name,
            count=count,
            where=where,
            warn_length=read,
        )
    reads = sentence(
        "{warn_length} tokens, about as many Chinese characters or four times as many letters", warn_length=read
    )
    return sentence(
        "{name} has {count} characters; {where} reads {reads}", name=row.name, count=count, where=where, reads=reads
    )


def _check_number(row: Parameter, value: object, where: str, into: _Findings) -> None:
    number = as_number(value)
    low, high = row.minimum, row.maximum
    whole = row.type in ("int", "pictures")
    bounds = _bounds(row)
    if number is None or (whole and number != int(number)):
        kind = sentence("a whole number") if whole else sentence("a number")
        allowed = sentence("{kind} in {bounds}", kind=kind, bounds=bounds) if bounds else kind
        line = sentence(
            "{name} must be {allowed}, got {value} ({where})",
            name=row.name,
            allowed=allowed,
            value=shown(value),
            where=where,
        )
        into.refuse(row.name, line)
    elif low is not None and low == high != number:
        only = bounds.partition("-")[0]
        line = sentence(
            "{name} must be {only}, got {value} ({where})",
            name=row.name,
            only=only,
            value=shown(value, str),
            where=where,
        )
        into.refuse(row.name, line)
    elif (low is not None and number < low) or (high is not None and number > high):
        line = sentence(
            "{name} must lie in {bounds}, got {value} ({where})",
            name=row.name,
            bounds=bounds,
            value=shown(value, str),
            where=where,
        )
        into.refuse(row.name, line)
    elif row.choices and number not in row.choices:
        into.refuse(row.name, _none_of(row, shown(value, str), where))
    else:
        into.values[row.name] = int(number) if whole else float(number)


def _check_size(row: Parameter, value: object, where: str, into: _Findings) -> None:
    rule = row.size
    if rule is None:
        raise TypeError(f"row {row.name} has type size but no SizeRule")
    given = as_text(value)
    size = parse_size(given, rule) if isinstance(given, str) else None
    if size is None:
        names = ", ".join(name for name, _ in (*rule.words, *rule.named))
        line = sentence(
            "size must look like 1280*1280, 16:9 or one of {names}; got {value} ({where})",
            names=names,
            value=shown(value),
            where=where,
        )
        into.refuse(row.name, line)
        return
    if size in dict(rule.words):
        into.values[row.name] = size
        return
    width, height = rule.pixels(size)
    if bad := outside(width, height, rule):
        spelled = (
            sentence(" (from {given})", given=given) if given != size and ":" in str(given).replace("：", ":") else ""
        )
        line = sentence(
            "size {size}{spelled} {said}; try {default} or 16:9",
            size=size,
            spelled=spelled,
            said=_outside(bad, width, height, rule, where),
            default=rule.default,
        )
        into.refuse(row.name, line)
        return
    pixels = width * height
    if pixels < rule.warn_below_pixels and size not in dict(rule.named).values():
        line = sentence(
            "size {size} has {pixels} pixels; the newest page asks for {warn_below_pixels} or more ({where})",
            size=size,
            pixels=pixels,
            warn_below_pixels=rule.warn_below_pixels,
            where=where,
        )
        into.warn(row.name, line)
    into.values[row.name] = size


def _outside(bad: str, width: int, height: int, rule: SizeRule, where: str) -> str:
    """Say in which way a size lies outside its rule."""
    if bad == "pixels":
        return sentence(
            "has {pixels} pixels, {where} takes {min_pixels}-{max_pixels}",
            pixels=width * height,
            where=where,
            min_pixels=rule.min_pixels,
            max_pixels=rule.max_pixels,
        )
    if bad == "ratio":
        return sentence(
            "has ratio {number:.3g}, {where} takes {min_ratio:g}-{max_ratio:g} (width/height)",
            number=width / max(height, 1),
            where=where,
            min_ratio=rule.min_ratio,
            max_ratio=rule.max_ratio,
        )
    return sentence(
        "has a side outside {min_side}-{max_side} ({where})",
        min_side=rule.min_side,
        max_side=rule.max_side,
        where=where,
    )


def _bounds(row: Parameter) -> str:
    """Return the allowed range as the row's type writes it (1-4, 0.0-1.0), "" where the row has none."""
    if row.minimum is None or row.maximum is None:
        return ""
    low, high = (
        str(int(bound)) if row.type in ("int", "pictures") else str(float(bound))
        for bound in (row.minimum, row.maximum)
    )
    return f"{low}-{high}"
