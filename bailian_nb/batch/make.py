"""From what users give to a Batch: the source is read, the model chosen, every row checked; nothing is sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from .. import specs
from ..errors import InvalidRequest
from ..planning import wildcards
from ..session.session import Session
from ..system.language import sentence
from .batch import Batch
from .calls import Calls
from .sources import read
from .table import composed
from .words import MOST_WORDS, spread, styled


def make(
    session: Session,
    source: Any,
    *,
    function: str | None,
    model: str | None,
    given: Mapping[str, Any],
    name: str | None,
    options: Mapping[str, Any],
) -> Batch:
    """Return a Batch that has sent nothing.

    Parameters
    ----------
    given
        Templates and values by name: prompt, image, mask, keep and parameters; None where none is given.
    options
        What is the same for every row and no parameter: fit, invert, paste_back, sync, retries, cache, out_dir,
        embed, a1111; the name of a preset; and the encoding of a file.

    Raises
    ------
    InvalidRequest
        For a source that cannot be read, an unknown model or function, a template that names no column.
    """
    table = read(_expanded(source), options.get("encoding"))
    stated = {what: value for what, value in given.items() if value is not None}
    if name is not None and not isinstance(name, str):
        raise InvalidRequest(
            sentence("name is a template such as {example!r}, got {name!r}", example="{sku}_{i}", name=name)
        )
    columns = {composed(column).strip().casefold() for column in table.columns}
    settings = session.settings()
    edits = function is not None or "image" in stated or "image" in columns
    kind: specs.Kind = "edit" if edits else "t2i"
    usual = specs.edit_model(function, settings.edit_model) if edits else settings.model
    row = specs.get(usual, kind) if model is None else specs.get(model)
    if row.functions and function is None:
        known = ", ".join(each.name for each in row.functions)
        raise InvalidRequest(sentence("{name} needs a function: {names}", name=row.name, names=known))
    chosen = specs.function_name(row, function) if function is not None else None
    if chosen is None and row.recipes and row.recipes[0].cut_out:
        chosen = row.recipes[0].name
    kept = {what: value for what, value in options.items() if value is not None and what != "encoding"}
    notes = [
        sentence("the column {name} is not used: a batch has one; give {name}=...", name=name)
        for name in ("model", "function")
        if name in columns and f"{{{name}}}" not in str(list(stated.values()))
    ]
    if (preset := kept.pop("preset", None)) is not None:
        taken = [each.name for each in row.takes(chosen)]
        stated = styled(settings, preset, stated, table.columns, taken, notes)
    if not str(stated.get("prompt", "-")).strip():  # it would be said of every row
        empty = [each for each in specs.check(row, chosen, {"prompt": ""}).problems if each.parameter == "prompt"]
        if empty:
            raise InvalidRequest(empty)
    table, stated = spread(table, stated)
    calls = Calls(table, row, chosen, stated, name)
    notes += [
        sentence(
            "{column} is empty in {count} of {rows} rows; their prompt goes without",
            column=column,
            count=count,
            rows=len(calls),
        )
        for column, count in calls.blanks().items()
    ]
    return Batch(session, calls, kept, owner=f"batch {secrets.token_hex(4)}", notes=notes)


def _expanded(source: Any) -> Any:
    """Return a list of prompts with every prompt that its wildcards stand for; any other source as it is."""
    if not isinstance(source, list | tuple) or not all(isinstance(each, str) for each in source):
        return source
    if not any(map(wildcards.has_wildcards, source)):
        return source
    return [each for text in source for each in wildcards.expand(text, MOST_WORDS)]
