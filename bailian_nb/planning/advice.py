"""Say what to write instead of a number that cannot be sent. `plan` adds it to what the table says is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import Problem
from ..specs import Model, Parameter
from ..specs.spelling import as_number
from ..system.language import sentence

_LEFT = ("auto", "default", "none", "null", "random", "true", "false")
"""What people write for a value that is not to be theirs."""


def advised(problem: Problem, row: Model, function: str | None, values: Mapping[str, Any]) -> Problem:
    """Return a problem with the end of its sentence, where what to write can be told."""
    taken = next((each for each in row.takes(function) if each.name == problem.parameter), None)
    if taken is None or taken.type not in ("int", "float") or taken.name not in values:
        return problem
    return replace(problem, message=problem.message + instead(taken, values[taken.name]))


def instead(row: Parameter, value: object) -> str:
    """Return the end of a sentence about a number that cannot be sent: what to write, "" where nobody can tell."""
    known = as_number(value)
    if row.name == "seed" and (known is None or known < 0):
        return sentence("; leave it out and one is drawn, sent and recorded")
    text = value.strip() if isinstance(value, str) else ""
    percent = text.endswith("%")
    bare = text.removesuffix("%").replace(",", "" if row.type == "int" else ".")
    number = as_number(bare)
    if number is not None and bare != text:
        number = number / 100 if percent else number
        low, high = row.minimum, row.maximum
        return (
            sentence("; write {number:g}", number=number)
            if (low is None or number >= low) and (high is None or number <= high)
            else ""
        )
    if known is not None:
        return ""
    if row.name == "n":  # always sent, whatever the service's default is
        return sentence("; write the number of pictures, such as 1")
    if text and text.lower() not in _LEFT:
        return ""
    return sentence("; leave it out for the default") + ("" if row.default is None else f" ({row.default})")
