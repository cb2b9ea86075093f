"""Templates: text with `{column}` in it, filled from one row. Prompt, pictures, mask, name and parameters are such.

A column's own text is put in as it is and never read as a template again. `{{` and `}}` stand for braces; braces around
anything that could be no column's name stay as they were typed (`{a|b}` is a wildcard, for whoever expands those).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import InvalidRequest, Problem, printable
from ..specs import nearest
from ..system.language import sentence
from .table import composed

ROW: Final = "n"
"""`{n}`: the row's number, from 1."""
STEM: Final = "stem"
"""`{stem}`: the file name of the row's picture without its ending."""
PICTURE: Final = "i"
"""`{i}`: the picture's number within its row, from 1; for names alone."""
OWN = (ROW, STEM, PICTURE)
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}|\n]{1,200})\}")


@dataclass(frozen=True, slots=True)
class Own:
    """A place that is not filled by a column but by `n`, `stem` or `i`."""

    name: str


Part = str | int | Own
"""Text, the number of a column, or a place of our own."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template, read against the columns that there are."""

    text: str
    parts: tuple[Part, ...]

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the columns that it needs, by number."""
        return tuple(part for part in self.parts if isinstance(part, int))

    def needs(self, name: str) -> bool:
        """Tell whether it has `{n}`, `{stem}` or `{i}` in it."""
        return any(isinstance(part, Own) and part.name == name for part in self.parts)

    @property
    def lone(self) -> int | None:
        """Return the one column that the whole template is, whose value is taken as it is; else None."""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], int) else None

    def fill(self, row: Sequence[Any], own: Mapping[str, Any]) -> str:
        """Return the text for one row; `own` has what stands for `n`, `stem` and `i`, as far as it is known."""
        return "".join(
            part if isinstance(part, str) else _text(row[part]) if isinstance(part, int) else str(own[part.name])
            for part in self.parts
        )

    @property
    def beginning(self) -> str:
        """Return what is the same for every row, up to the first place."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""


def parse(text: str, columns: Sequence[str], what: str, *, title: str, own: Sequence[str] = (ROW, STEM)) -> Template:
    """Read a template; `own` are the places of our own that it may have.

    Raises
    ------
    InvalidRequest
        For `{name}` where no column is called so.
    """
    known = {composed(name): number for number, name in enumerate(columns)}
    folded = {name.strip().casefold(): number for name, number in known.items()}
    parts: list[Part] = []
    problems: list[Problem] = []
    at = 0
    for match in _FIELD.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        name = composed(match[1] or "")
        column = known.get(name, known.get(name.strip(), folded.get(name.strip().casefold())))
        if not name:
            parts.append(match[0][0])
        elif name in own:
            parts.append(Own(name))
        elif column is not None:
            parts.append(column)
        elif name in OWN:
            problems.append(Problem(parameter=what, message=_not_here(name, what)))
        elif not name.strip().isidentifier():
            parts.append(match[0])
        else:
            problems.append(Problem(parameter=what, message=_unknown(name, columns, what, title)))
    parts.append(text[at:])
    if problems:
        raise InvalidRequest(problems)
    return Template(text, tuple(_joined(parts)))


def _joined(parts: Sequence[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found


def _not_here(name: str, what: str) -> str:
    if name == PICTURE:
        return sentence(
            "{place} numbers the pictures of a row and stands in name alone, not in {what}; {row} is the row's number",
            place="{i}",
            what=what,
            row="{n}",
        )
    return sentence("{place} stands for nothing in {what}", place=f"{{{name}}}", what=what)


def _unknown(name: str, columns: Sequence[str], what: str, title: str) -> str:
    shown = ", ".join(map(printable, columns[:20]))
    return sentence(
        "{what} has {place}, and {title} has no such column{nearest} Its columns: {shown}",
        what=what,
        place=f"{{{printable(name)}}}",
        title=title,
        nearest=nearest(name, columns),
        shown=shown,
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # a column of whole numbers with a gap in it is one of floats in a frame
    return os.fspath(value) if isinstance(value, os.PathLike) and not hasattr(value, "record") else str(value)
