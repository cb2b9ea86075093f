"""The `styles` table of a settings file: prompt templates and parameters under a name. `settings` reads it.

A cloned project may bring such a table, so it can hold nothing but texts, numbers and switches of the table of models,
and its template knows one word in braces, `{prompt}`: no variable of the notebook is ever filled in.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import specs
from ..errors import InvalidRequest, printable
from ..system.language import sentence
from .values import shown

PLACE = "{prompt}"
"""Where a template takes the call's own prompt; a template without it is put behind the prompt."""
MOST_STYLES = 500
LONGEST_NAME = 80
LONGEST_PROMPT = 10_000
"""Characters; the model's own limit is checked with the call."""
_SIMPLE = ("int", "float", "bool", "text", "size", "choice")


@dataclass(frozen=True, kw_only=True)
class Style:
    """One preset: a template of the prompt, and parameters under DashScope's names."""

    name: str
    prompt: str = PLACE
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    def worded(self, prompt: str) -> str:
        """Return the prompt that is sent for a call's own."""
        if PLACE in self.prompt:
            return self.prompt.replace(PLACE, prompt)
        return f"{prompt}, {self.prompt}" if prompt else self.prompt


def read_styles(what: object, value: object) -> dict[str, Style]:
    """Read the table of one file; `what` names it in an error.

    Raises
    ------
    InvalidRequest
        For what is no style, and for a parameter that no model takes or that is no text, number or switch.
    """
    if not isinstance(value, Mapping) or len(value) > MOST_STYLES:
        raise InvalidRequest(
            sentence(
                '{what} must be a table of at most {most} styles such as "picture book" = "{{prompt}}, watercolour", '
                "got {value}",
                what=what,
                most=MOST_STYLES,
                value=shown(value) if not isinstance(value, Mapping) else len(value),
            )
        )
    return {name: style if isinstance(style, Style) else _read(what, name, style) for name, style in value.items()}


def _read(what: object, name: str, given: object) -> Style:
    where = f"{what}.{printable(name, LONGEST_NAME)}"
    if not name.strip() or len(name) > LONGEST_NAME or printable(name, LONGEST_NAME) != name:
        raise InvalidRequest(
            sentence("{where}: the name of a style is one line of 1-{most} characters", where=where, most=LONGEST_NAME)
        )
    found = {"prompt": given} if isinstance(given, str) else given
    if not isinstance(found, Mapping):
        raise InvalidRequest(
            sentence(
                "{where} must be a text or a table with prompt and parameters, got {given}",
                where=where,
                given=shown(given),
            )
        )
    prompt = found.get("prompt", PLACE)
    if not isinstance(prompt, str) or len(prompt) > LONGEST_PROMPT:
        raise InvalidRequest(
            sentence("{where}: prompt must be a text of at most {most} characters", where=where, most=LONGEST_PROMPT)
        )
    values = {key: value for key, value in found.items() if key != "prompt"}
    for key, value in values.items():
        if key not in _harmless():
            known = sorted(_harmless())
            raise InvalidRequest(
                sentence(
                    "{where}: {key} is nothing that a style may set{nearest} It may set prompt, {known}",
                    where=where,
                    key=printable(key, 60),
                    nearest=specs.nearest(key, known),
                    known=", ".join(known),
                )
            )
        if not isinstance(value, str | int | float):
            raise InvalidRequest(
                sentence(
                    "{where}: {key} must be a text, a number, true or false, got {value}",
                    where=where,
                    key=key,
                    value=shown(value),
                )
            )
    return Style(name=name, prompt=prompt, values=tuple(values.items()))


@functools.cache
def _harmless() -> frozenset[str]:
    """Return the parameters of the table that are no pictures, addresses or lists."""
    kinds: tuple[specs.Kind, ...] = ("t2i", "edit")
    return frozenset(row.name for kind in kinds for row in specs.parameters(kind) if row.type in _SIMPLE)
