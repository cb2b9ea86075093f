"""A request that was sent to one model, put into the terms of another: what goes over, and what cannot.

`rerun.plan_rerun` calls it for `on=`: the successor of a model that retires, or any model that is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import specs
from ..errors import InvalidRequest
from ..request import Request
from ..system.language import sentence

SUCCESSOR = "successor"


@dataclass(frozen=True, kw_only=True)
class Translated:
    """The same request for another model; `left` says a line for each thing that could not go along."""

    model: str
    function: str | None
    values: dict[str, Any]
    pictures: int
    """How many of the request's first pictures go along."""
    masked: bool
    left: tuple[str, ...]


def translate(request: Request, on: str) -> Translated:
    """Put a request into the terms of `on`, a model's name or "successor".

    Raises
    ------
    InvalidRequest
        When the model has no successor, or the name is unknown.
    """
    row = _target(request, on)
    left: list[str] = []
    function = request.function
    chosen, recipe = row.function(function), row.recipe(function)
    if function is not None and chosen is None and recipe is None:
        left.append(
            sentence(
                "function {function}: {name} has none of that name, its prompt says what to do",
                function=specs.short_name(request.model, function),
                name=row.name,
            )
        )
        function = None
    if row.functions and function is None:
        known = ", ".join(each.name for each in row.functions)
        raise InvalidRequest(
            sentence(
                "{name} needs a function ({known}), and {model} was called without one",
                name=row.name,
                known=known,
                model=request.model,
            )
        )
    own = len(request.images) - request.row.further(request.values)
    left += [
        sentence("{name}: {name2} takes no such picture", name=each.name, name2=row.name)
        for each in request.row.picture_rows()
        if request.values.get(each.name)
    ]
    pictures = min(own, row.images.max_count if row.images else 0)
    if pictures < own:
        left.append(
            sentence(
                "{number} of {own} pictures: {name} takes {pictures}",
                number=own - pictures,
                own=own,
                name=row.name,
                pictures=pictures,
            )
        )
    further = {each.name for each in request.row.picture_rows()}
    values: dict[str, Any] = {}
    taken = {each.name for each in row.takes(function)}
    for name, value in request.values.items():
        if name in further:
            continue
        if name not in taken:
            left.append(
                sentence("{name}={value}: {name2} has no such parameter", name=name, value=value, name2=row.name)
            )
            continue
        wrong = [
            each for each in specs.check(row, function, {name: value}, pictures).problems if each.parameter == name
        ]
        if wrong:
            left.append(wrong[0].message)
        else:
            values[name] = value
    masked = request.mask is not None and (recipe is not None or (chosen is not None and chosen.mask))
    if request.mask is not None and not masked:
        left.append(sentence("mask: {name} takes none", name=row.name))
    return Translated(
        model=row.name, function=function, values=values, pictures=pictures, masked=masked, left=tuple(left)
    )


def _target(request: Request, on: str) -> specs.Model:
    if on != SUCCESSOR:
        return specs.get(on)
    life = request.row.life
    if life is None or not life.successor:
        raise InvalidRequest(
            sentence(
                "{model} has no successor: no page says that it retires; name a model to run it on", model=request.model
            )
        )
    return specs.get(life.successor)
