"""Read values against the table: find every problem at once, before anything is sent.

Called by `session` for what users give and by the emulator for what arrives. Both get the same problems; who
refuses and who answers 400 is theirs to decide.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .check_lists import Unreadable, boxes, palette
from .types import Function, Model, Parameter, SizeRule

Value = int | float | bool | str | tuple[Any, ...]
_SIZE = re.compile(r"\s*(\d{1,6})\s*[*xX×]\s*(\d{1,6})\s*")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_LONGEST = 60
_RATIO = re.compile(r"\s*(\d{1,4})\s*:\s*(\d{1,4})\s*")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Values in the service's own form, with what is wrong (refuse) and what is doubtful (warn and send)."""

    values: dict[str, Value]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """End a sentence: `, did you mean X?` for the nearest known word, else a full stop."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f", did you mean {close[0]}?" if close else "."


def check(model: Model, function: str | None, values: Mapping[str, object], pictures: int | None = None) -> Checked:
    """Check `values` (prompt included) against what `model` or this `function` of it takes.

    A value None counts as not given. Numbers and lists may arrive as text, as magics and forms send them. `pictures`
    is how many input pictures go along, None where that is not known; the pictures themselves are not looked at.
    """
    given = {name: value for name, value in values.items() if value is not None}
    switches = {row.name: _as_bool(given[row.name]) for row in model.takes(function) if row.name in given}
    cases = model.cases_of({name: truth for name, truth in switches.items() if truth is not None}, pictures)
    rows = {row.name: row for row in model.takes(function)}
    where = _where(model, model.function(function))
    places = dict.fromkeys(rows, where)
    for case in cases:
        rows |= {row.name: row for row in case.parameters}
        places |= {row.name: f"{where} {case.words.en}" for row in case.parameters}
    found: dict[str, Value] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for name, value in given.items():
        row = rows.get(name)
        if row is None:
            known = ", ".join(rows)
            problems.append(
                _problem(name, f"{name} is no parameter of {where}{nearest(name, list(rows))} It takes {known}")
            )
            continue
        _check_one(row, value, places[name], pictures, found, problems, warnings)
    for row in rows.values():
        if row.required and row.name not in found and not any(problem.parameter == row.name for problem in problems):
            problems.append(_problem(row.name, f"{row.name} is missing; {where} needs it ({row.meaning.en})"))
    for case in cases:
        for name in case.no_effect:
            if found.get(name, False) is not False:
                warnings.append(_problem(name, f"{name} has no effect {case.words.en} ({where})"))
    return Checked(values=found, problems=tuple(problems), warnings=tuple(warnings))


def whole(values: Mapping[str, Value], name: str, default: int) -> int:
    """Return a checked whole number, `default` where it is not given."""
    value = values.get(name)
    return int(value) if isinstance(value, int | float | str) else default


def parse_size(text: str, rule: SizeRule) -> str | None:
    """Return ``"W*H"`` for `1280*720`, `1280x720`, `16:9` or `square`, a word such as `2K`; None for anything else.

    A ratio without a documented size is worked out from the default's pixels, with sides in multiples of 16.
    """
    named = dict(rule.named)
    word = text.strip().lower()
    if word in named:
        return named[word]
    if word.upper() in dict(rule.words):
        return word.upper()
    if match := _SIZE.fullmatch(text):
        return f"{int(match[1])}*{int(match[2])}"
    if (match := _RATIO.fullmatch(text)) and int(match[1]) and int(match[2]):
        return _of_ratio(int(match[1]) / int(match[2]), rule)
    return None


def _of_ratio(ratio: float, rule: SizeRule) -> str:
    """Work a size out, with sides in multiples of 16; where rounding leaves the bounds, the nearest that does not."""
    width, height = rule.pixels("")
    pixels = width * height
    if rule.max_side:
        pixels = min(pixels, round(rule.max_side**2 * min(ratio, 1 / ratio)))
    wide = round(math.sqrt(pixels * ratio) / 16) * 16
    high = math.ceil(pixels / max(wide, 1) / 16) * 16
    if _outside(wide, high, rule):
        steps = range(-96, 17, 16)
        near = [(wide + x, high + y) for x in steps for y in steps if wide + x > 0 and high + y > 0]
        inside = [size for size in near if not _outside(*size, rule)]
        wide, high = min(inside or [(wide, high)], key=lambda size: abs(math.log(size[0] / size[1] / ratio)))
    return f"{wide}*{high}"


def _outside(width: int, height: int, rule: SizeRule) -> str:
    """Return which bound a size passes, "" when none."""
    pixels, ratio = width * height, width / height if height else 0.0
    if not rule.min_pixels <= pixels <= rule.max_pixels:
        return "pixels"
    if rule.max_ratio and not rule.min_ratio <= ratio <= rule.max_ratio:
        return "ratio"
    sides = min(width, height) < rule.min_side or (rule.max_side and max(width, height) > rule.max_side)
    return "sides" if sides else ""


def _where(model: Model, function: Function | None) -> str:
    return f"function {function.name}" if function else f"model {model.name}"


def _problem(name: str, message: str) -> Problem:
    return Problem(parameter=name, message=message)


def _check_one(
    row: Parameter,
    value: object,
    where: str,
    pictures: int | None,
    found: dict[str, Value],
    problems: list[Problem],
    warnings: list[Problem],
) -> None:
    if row.type == "text":
        _check_text(row, value, where, found, problems, warnings)
    elif row.type == "size":
        _check_size(row, value, where, found, problems, warnings)
    elif row.type == "bool":
        truth = _as_bool(value)
        if truth is None:
            problems.append(_problem(row.name, f"{row.name} must be true or false, got {_shown(value)} ({where})"))
        else:
            found[row.name] = truth
    elif row.type in ("palette", "boxes"):
        try:
            found[row.name] = palette(row, value) if row.type == "palette" else boxes(row, value, pictures)
        except Unreadable as error:
            problems.append(_problem(row.name, f"{row.name} {error} ({where})"))
    else:
        _check_number(row, value, where, found, problems)


def _check_text(
    row: Parameter,
    value: object,
    where: str,
    found: dict[str, Value],
    problems: list[Problem],
    warnings: list[Problem],
) -> None:
    if not isinstance(value, str):
        problems.append(_problem(row.name, f"{row.name} must be text, got {_shown(value)} ({where})"))
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        problems.append(
            _problem(row.name, f"{row.name} holds half of a character pair, which cannot be sent ({where})")
        )
        return
    if row.required and not value.strip():
        if not row.warn_empty:
            problems.append(_problem(row.name, f"{row.name} is empty; {where} needs one ({row.meaning.en})"))
            return
        warnings.append(_problem(row.name, f"{row.name} is empty: the service may refuse that ({where})"))
    if row.max_length is not None and len(value) > row.max_length:
        problems.append(
            _problem(
                row.name,
                f"{row.name} has {len(value)} characters, {where} takes at most {row.max_length}; "
                "shorten it, for the service would cut it silently",
            )
        )
        return
    if row.warn_length is not None and len(value) > row.warn_length:
        warnings.append(
            _problem(
                row.name,
                f"{row.name} has {len(value)} characters; the newest page says that {where} reads {row.warn_length}",
            )
        )
    found[row.name] = value


def _check_number(row: Parameter, value: object, where: str, found: dict[str, Value], problems: list[Problem]) -> None:
    number = _as_number(value)
    low, high = row.minimum, row.maximum
    kind = "a whole number" if row.type == "int" else "a number"
    bounds = _bounds(row)
    if number is None or (row.type == "int" and number != int(number)):
        allowed = f"{kind} in {bounds}" if bounds else kind
        problems.append(_problem(row.name, f"{row.name} must be {allowed}, got {_shown(value)} ({where})"))
        return
    if (low is not None and number < low) or (high is not None and number > high):
        problems.append(_problem(row.name, f"{row.name} must lie in {bounds}, got {_shown(value, str)} ({where})"))
        return
    found[row.name] = int(number) if row.type == "int" else float(number)


def _check_size(
    row: Parameter,
    value: object,
    where: str,
    found: dict[str, Value],
    problems: list[Problem],
    warnings: list[Problem],
) -> None:
    rule = row.size
    if rule is None:
        raise TypeError(f"row {row.name} has type size but no SizeRule")
    if isinstance(value, tuple | list) and len(value) == 2:
        value = f"{value[0]}*{value[1]}"
    size = parse_size(value, rule) if isinstance(value, str) else None
    if size is None:
        names = ", ".join(name for name, _ in (*rule.words, *rule.named))
        problems.append(
            _problem(row.name, f"size must look like 1280*1280, 16:9 or one of {names}; got {_shown(value)} ({where})")
        )
        return
    if size in dict(rule.words):
        found[row.name] = size
        return
    width, height = rule.pixels(size)
    pixels = width * height
    said = {
        "pixels": f"has {pixels} pixels, {where} takes {rule.min_pixels}-{rule.max_pixels}",
        "ratio": f"has ratio {width / max(height, 1):.3g}, {where} takes "
        f"{rule.min_ratio:g}-{rule.max_ratio:g} (width/height)",
        "sides": f"has a side outside {rule.min_side}-{rule.max_side} ({where})",
    }
    if bad := _outside(width, height, rule):
        problems.append(_problem(row.name, f"size {size} {said[bad]}; try {rule.default} or 16:9"))
        return
    if pixels < rule.warn_below_pixels and size not in dict(rule.named).values():
        warnings.append(
            _problem(
                row.name,
                f"size {size} has {pixels} pixels; the newest page asks for {rule.warn_below_pixels} or more ({where})",
            )
        )
    found[row.name] = size


def _as_number(value: object) -> float | None:
    if isinstance(value, bool | bytes | bytearray):
        return None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    try:
        number = float(value)  # type: ignore[arg-type]  # numpy scalars and Fractions are welcome
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _as_bool(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        return word in _TRUE if word in _TRUE + _FALSE else None
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return None


def _bounds(row: Parameter) -> str:
    """Return the allowed range as the row's type writes it (1-4, 0.0-1.0), "" where the row has none."""
    if row.minimum is None or row.maximum is None:
        return ""
    low, high = (str(int(bound)) if row.type == "int" else str(float(bound)) for bound in (row.minimum, row.maximum))
    return f"{low}-{high}"


def _shown(value: object, write: Callable[[object], str] = repr) -> str:
    """Show what was given, short enough that the rest of the line can be read."""
    try:
        text = write(value)
    except ValueError:  # a number with more digits than Python turns into text
        text = type(value).__name__
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
