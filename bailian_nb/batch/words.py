"""A preset and wildcards in a batch: the template of the prompt is worded, and a row stands once for each of its words.

`make` calls this before any row is read as a call. Each group of wildcards becomes a column (`wildcard`, `wildcard2`),
so names can hold it (`{sku}_{wildcard}`) and tables say which word a picture is of.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..config import Settings
from ..config.styles import PLACE
from ..errors import InvalidRequest
from ..planning.presets import named, said
from ..planning.wildcards import as_columns
from ..system.language import sentence
from .table import Table

MOST_WORDS = 1000
MOST_ROWS = 1_000_000


def styled(
    settings: Settings,
    preset: object,
    given: Mapping[str, Any],
    columns: Sequence[str],
    taken: Sequence[str],
    notes: list[str],
) -> dict[str, Any]:
    """Return what was given in a style: its words around the template of the prompt, its parameters where none are.

    `columns` are those of the source, `taken` the parameters that the model takes; `notes` get what is said of it.

    Raises
    ------
    InvalidRequest
        For a name that no style has.
    """
    style = named(settings.styles, preset)
    notes.extend(said(style, taken))
    known = {column.strip().casefold() for column in columns}
    template = given.get("prompt")
    if template is None:
        template = next((f"{{{column}}}" for column in columns if column.strip().casefold() == "prompt"), "")
    own = {
        name: _literal(value)
        for name, value in style.values
        if name in taken and name not in given and name not in known
    }
    words = style.prompt if PLACE in style.prompt or not template else f"{PLACE}, {style.prompt}"
    return {**given, **own, "prompt": str(template).join(_literal(part) for part in words.split(PLACE))}


def spread(table: Table, given: Mapping[str, Any]) -> tuple[Table, dict[str, Any]]:
    """Return a Table with a row for each combination of the wildcards in the prompt, and the template that fits it.

    Raises
    ------
    InvalidRequest
        When that makes too many rows, or when the source has a column that is called so.
    """
    prompt = given.get("prompt")
    if not isinstance(prompt, str):
        return table, dict(given)
    template, groups = as_columns(prompt, MOST_WORDS)
    if not groups:
        return table, dict(given)
    names = ["wildcard" if number == 1 else f"wildcard{number}" for number in range(1, len(groups) + 1)]
    if taken := [name for name in names if name in table.columns]:
        raise InvalidRequest(sentence("the source has a column {name}, which wildcards need; rename it", name=taken[0]))
    chosen = list(itertools.product(*groups))
    if len(chosen) * len(table.rows) > MOST_ROWS:
        raise InvalidRequest(
            sentence("{rows} rows are too many; shorten the wildcards", rows=len(chosen) * len(table.rows))
        )
    rows = [(*row, *words) for row in table.rows for words in chosen]
    lines = array("L", (line for line in table.lines for _ in chosen))
    columns = (*table.columns, *names)
    return replace(table, columns=columns, rows=rows, lines=lines, index=None), {**given, "prompt": template}


def _literal(value: Any) -> Any:
    """Return a text as a template means it: its braces name no column."""
    return value.replace("{", "{{").replace("}", "}}") if isinstance(value, str) else value
