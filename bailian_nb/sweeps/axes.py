"""Axes: which parameters vary over which values, and the grid that follows. Pure; `sweep` and `%wan_sweep` read it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from .. import specs
from ..errors import InvalidRequest, Problem
from ..system.language import sentence

MOST_VALUES = 100
"""Of one axis."""
MOST_CELLS = 400
"""Of a sweep: the numbers of values multiplied."""
_SPREAD = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|~|\.{2,3}|…)\s*(\d+(?:\.\d+)?)")
"""Two numbers with what elsewhere means all that lie between."""
_PAIRS = ("size", "to")
"""Axes whose values are two numbers: 16:9 is one of them, not start and stop, and so is (1280, 720)."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One combination of the axes' values; `id` is short and stable while the values are."""

    id: str
    labels: Mapping[str, Any]


def split(values: Mapping[str, Any]) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    """Tell axes (lists, tuples, ranges, arrays of values) from single values; an axis keeps each value once.

    A size given as two numbers is one size, not an axis.

    Raises
    ------
    InvalidRequest
        For an empty axis, or more than 100 values on one or 400 cells in all.
    """
    axes: dict[str, tuple[Any, ...]] = {}
    single: dict[str, Any] = {}
    for name, value in values.items():
        found = _as_axis(name, value)
        if found is None:
            single[name] = value
            continue
        if not found:
            raise InvalidRequest(
                sentence("axis {name} has no values; give at least one, for example {name}=[0.25, 0.5]", name=name)
            )
        if len(found) > MOST_VALUES:
            raise InvalidRequest(
                sentence(
                    "axis {name} has {count} values, a sweep takes {MOST_VALUES} at most",
                    name=name,
                    count=len(found),
                    MOST_VALUES=MOST_VALUES,
                )
            )
        axes[name] = found
    count = 1
    for found in axes.values():
        count *= len(found)
    if count > MOST_CELLS:
        sizes = " x ".join(f"{name}({len(found)})" for name, found in axes.items())
        raise InvalidRequest(
            sentence(
                "{sizes} are {count} cells, a sweep takes {MOST_CELLS} at most; shorten an axis",
                sizes=sizes,
                count=count,
                MOST_CELLS=MOST_CELLS,
            )
        )
    return axes, single


def grid(axes: Mapping[str, Sequence[Any]]) -> Iterator[Cell]:
    """Return every combination, the last axis varying fastest."""
    names = list(axes)
    for combination in itertools.product(*axes.values()):
        labels = dict(zip(names, combination, strict=True))
        yield Cell(id="|".join(f"{name}={value}" for name, value in labels.items()) or "all", labels=labels)


def parse(text: str) -> tuple[str, list[Any]]:
    """Read one `--axis`: `strength=0:1:0.25` (start, stop, step, both ends included) or `seed=1,2,5`.

    Raises
    ------
    InvalidRequest
        When it is neither, never arrives at its end, or has more than 100 values.

    >>> parse("strength=0:0.3:0.1")
    ('strength', [0.0, 0.1, 0.2, 0.3])
    """
    name, equals, spelled = text.partition("=")
    name, spelled = name.strip().replace("-", "_"), spelled.strip()
    if not equals or not name or not spelled:
        raise InvalidRequest(sentence("--axis looks like strength=0:1:0.25 or seed=1,2; got {text!r}", text=text))
    if _takes_numbers(name) and (spread := _SPREAD.fullmatch(spelled)):
        raise InvalidRequest(
            sentence(
                "--axis {text} means nothing: all between two numbers is {axis}, or {axis}:STEP",
                text=text,
                axis=f"{name}={spread[1]}:{spread[2]}",
            )
        )
    parts = spelled.split(":")
    if len(parts) in (2, 3) and name not in _PAIRS:
        return name, _steps(text, parts)
    return name, [_number(word.strip()) for word in spelled.split(",") if word.strip()]


def beside(values: Mapping[str, object], axes: Mapping[str, object]) -> Iterator[Problem]:
    """Say which options of a line are an axis, too, and, where it has no axis, which hold the values of one."""
    for name, value in values.items():
        option = f"--{name.replace('_', '-')}"
        if name in axes:
            yield Problem(
                parameter=name,
                message=sentence("{option} is given, and is an axis, too; leave one of them out", option=option),
            )
        elif not axes and isinstance(value, str) and _is_listed(name, value):
            axis = f"{name}={value}"
            yield Problem(
                parameter=name,
                message=sentence(
                    "{option} takes one value; an axis is written --axis {axis}", option=option, axis=axis
                ),
            )


def _is_listed(name: str, text: str) -> bool:
    """Tell whether what was given for a number is the values of an axis: `0,0.5`, `0:1:0.25`."""
    if not _takes_numbers(name):
        return False
    try:
        return len(parse(f"{name}={text}")[1]) > 1
    except InvalidRequest:
        return False


def _takes_numbers(name: str) -> bool:
    rows = [*specs.parameters("edit"), *specs.parameters("t2i")]
    return any(row.name == name and row.type in ("int", "float") for row in rows)


def _steps(text: str, parts: list[str]) -> list[Any]:
    try:
        start, stop, step = (Decimal(part.strip()) for part in [*parts, "1"][:3])
    except InvalidOperation:
        raise InvalidRequest(
            sentence("--axis {text} needs numbers: start:stop:step, for example strength=0:1:0.25", text=text)
        ) from None
    if not all(number.is_finite() for number in (start, stop, step)) or step == 0 or (stop - start) * step < 0:
        raise InvalidRequest(sentence("--axis {text} never arrives: the step must lead from start to stop", text=text))
    count = int((stop - start) / step) + 1
    if count > MOST_VALUES:
        raise InvalidRequest(
            sentence(
                "--axis {text} has {count} values, a sweep takes {MOST_VALUES} at most",
                text=text,
                count=count,
                MOST_VALUES=MOST_VALUES,
            )
        )
    values = [start + step * number for number in range(count)]
    whole = all(part.strip().lstrip("+-").isdigit() for part in parts)
    return [int(value) if whole else float(value) for value in values]


def _as_axis(name: str, value: Any) -> tuple[Any, ...] | None:
    if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1:
        value = list(value)
    if isinstance(value, str | bytes) or not isinstance(value, list | tuple | range):
        return None
    if name in _PAIRS and isinstance(value, tuple) and len(value) == 2 and all(isinstance(side, int) for side in value):
        return None
    found: list[Any] = []
    for each in map(specs.scalar, value):
        if each not in found:
            found.append(each)
    return tuple(found)


def _number(word: str) -> Any:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def merged(old: Sequence[Any], new: Sequence[Any]) -> tuple[Any, ...]:
    """Return old and new values once each; numbers in ascending order."""
    values = list(dict.fromkeys([*old, *new]))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        values.sort()
    return tuple(values)
