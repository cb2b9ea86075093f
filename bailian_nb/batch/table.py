"""Table: rows with columns, as light as they can be. `sources` and `tables` make one, `calls` reads it."""

from __future__ import annotations

import os
import unicodedata
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows with columns, as light as they can be."""

    title: str
    """What the source is called in captions."""
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    """A value for each column; None or "" where there is none."""
    lines: array[int] = field(default_factory=lambda: array("L"))
    """The line of the file that each row begins in, empty for what is no file."""
    folder: Path
    """What relative paths in its cells start from, absolute."""
    foreign: bool = False
    """True for a file: its cells may come from anybody, so no path of theirs may leave the folder."""
    pictures: bool = False
    """True where each row is a picture, in the column `image`."""

    index: Any = None
    """A frame's own index, which its results keep, so that they can be joined to it; None for other sources."""

    def line(self, number: int) -> int:
        """Return the file's line of a row (counted from 1), 0 where there is no file."""
        return self.lines[number - 1] if len(self.lines) >= number else 0


def composed(text: str) -> str:
    """Return a name in Unicode's composed form: a Mac writes file names in the other one."""
    return unicodedata.normalize("NFC", text)


def of_mappings(items: Sequence[Mapping[Any, Any]], *, lines: array[int] | None = None, **more: Any) -> Table:
    """Return the Table of rows that name their columns themselves; a name that one lacks is empty there."""
    columns: dict[str, int] = {}
    for item in items:
        for name in item:
            columns.setdefault(composed(str(name)), len(columns))
    names = tuple(columns)
    plain = {str(name) for name in names}
    rows: list[tuple[Any, ...]] = []
    for item in items:
        known = item if plain.issuperset(item) else {composed(str(name)): value for name, value in item.items()}
        rows.append(tuple(_plain_scalar(known.get(name)) for name in names))
    kept = [
        number
        for number, row in enumerate(rows)
        if any(value not in (None, "") for value in row if _is_text(value)) or any(not _is_text(value) for value in row)
    ]
    if len(kept) < len(rows):
        rows = [rows[number] for number in kept]
        lines = None if lines is None else array("L", (lines[number] for number in kept))
    return Table(columns=names, rows=rows, lines=lines or array("L"), **more)


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, float) and value != value:
        return None
    return str(value) if isinstance(value, os.PathLike) and not hasattr(value, "record") else value
