"""A row of the journal, one task or what is to become one, as `journal` reads it; and what may stand against a note."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from ..system.language import sentence
from ..system.paths import restored
from .request_key import is_exact
from .schema import State


@dataclass(frozen=True, kw_only=True)
class Row:
    """One job as the journal knows it; times are seconds since 1970."""

    id: str
    account: str
    base_url: str
    emulator: bool
    region: str
    model: str
    function: str | None
    request: dict[str, Any]
    out_dir: str
    kernel: str
    state: State
    task_id: str | None
    request_id: str | None
    created: float
    submitted: float | None
    finished: float | None
    images: int
    cost: float | None
    error: str | None
    notebook: str = ""
    broke: float | None = None
    """When the create call broke, of an uncertain row."""
    answered: float | None = None
    """When the answer to the create call was there; None where it was lost."""
    answer: str | None = field(default=None, repr=False)
    """What a synchronous call answered, JSON, as long as its pictures are not on disk; its URLs are not to be shown."""
    estimate: float | None = None
    """CNY by list price as the kernel knew it that sent it; None where no page gives a price."""
    embed: bool = True
    """Whether the Record goes into the picture files, too."""
    a1111: bool = False
    """Whether the text that A1111 reads goes there, too."""
    request_key: str | None = None
    """What the same request is known by, see `request_key`; None where an input is a URL."""
    fresh: bool = False
    """True where the user wanted it sent whatever was made before: then it stands beside others of its key."""
    generation: int = 0
    """How often it was taken over."""
    sent_order: int | None = None
    """The number that its create call took, of a count that those of the task list take from, too; None in old rows."""
    task_begins: str = ""
    """How the id of its task begins, where the answer that gave it was cut in the middle of it."""
    stage: str = ""
    """What its driver saw last of an accepted task: PENDING, RUNNING or SAVING; "" where it never said."""
    columns: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """All that the file holds of it, as it stands there."""

    @property
    def complete(self) -> bool:
        """True when it is done and no picture that was asked for is missing: it answers the same request."""
        values = self.request.get("values", {})
        return self.state == "done" and (self.images >= values.get("n", 1) or not is_exact(values))


class SavedPicture(NamedTuple):
    """Where the picture of one slot was saved: as it is shown, as it was served, and the hash that its Record has."""

    path: Path
    raw_path: Path
    sha256: str


class SameRequest(Exception):
    """The same request has a row already that is open, or was done a moment ago: nothing was written."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.id)
        self.row = row


class RowLost(Exception):
    """Another kernel has taken a row over, since this one stood still; what was to be written of it is not."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.id)
        self.row = row


class RowGone(KeyError):
    """A row that was written is not in the journal any more, whose file was replaced."""

    def __str__(self) -> str:
        return sentence("job {args} is not in the journal any more, whose file was replaced", args=self.args[0])


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Whose a task is, when its create call went out, when that was answered and under which id."""

    account: str
    submitted: float | None
    answered: float | None
    request_id: str = ""


_FLAGS = ("emulator", "embed", "a1111", "fresh")
_PLAIN = tuple({each.name for each in fields(Row)} - {*_FLAGS, "kernel", "out_dir", "request", "columns"})
"""The others that are columns as they stand there."""


@functools.lru_cache(maxsize=256)
def _folder(value: str | bytes) -> str:
    """Return a folder as the system spells it; thousands of rows name the same one."""
    return str(restored(value))


def read_columns(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Return the columns of each row that a statement finds by their names, which are asked for once."""
    names = [each[0] for each in cursor.description]
    cursor.row_factory = None
    return [dict(zip(names, values, strict=True)) for values in cursor]


def read_rows(found: sqlite3.Cursor | list[dict[str, Any]]) -> list[Row]:
    """Return the rows that a statement finds, or whose columns were read; it asks for all of them."""
    return [_row(values) for values in (read_columns(found) if isinstance(found, sqlite3.Cursor) else found)]


def _row(columns: dict[str, Any]) -> Row:
    row = object.__new__(Row)
    values = vars(row)  # a frozen class would set thirty fields one by one
    values.update({name: columns[name] for name in _PLAIN})
    values.update({name: bool(columns[name]) for name in _FLAGS})
    values["kernel"] = columns["owner"]
    values["out_dir"] = _folder(columns["out_dir"])
    values["request"] = json.loads(columns["request"])
    values["columns"] = columns
    return row
