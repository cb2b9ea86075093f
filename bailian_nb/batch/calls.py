"""What each row of a Table asks for: its templates filled, its values, its pictures. `check` and `feeder` ask here.

A row is filled anew whenever it is needed, so ten thousand of them take no memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from ..errors import InvalidRequest, Problem, printable
from ..specs import Model
from ..system.language import sentence
from .paths import Folders, Found, Outside, is_address
from .table import Table, composed
from .template import OWN, PICTURE, ROW, STEM, Template, parse

PICTURE_FIELDS = ("image", "mask", "keep")
"""What is looked for as a file."""
COPY = "copy"
"""Among what was said of a row: which of several equal pictures it is, where no seed can tell them apart."""
NEXT_COPY = 1_000_000
"""Between a picture and the one that is made of its row anew: more than a batch has rows."""


class Invalid(NamedTuple):
    """One thing that is wrong with one row."""

    row: int
    """Of the data rows, from 1."""
    line: int
    """Of the file, 0 where there is none."""
    column: str
    """The column or the parameter."""
    given: str
    allowed: str


class RowProblem(Exception):
    """Something is wrong with the row that is being filled: column, what was given, what is allowed."""

    def __init__(self, column: str, given: str, allowed: str) -> None:
        super().__init__(column, given, allowed)
        self.column, self.given, self.allowed = column, given, allowed


@dataclass(frozen=True, slots=True)
class RowCall:
    """One row, filled: values by parameter, pictures as files, addresses or what Python handed over."""

    values: dict[str, Any]
    images: tuple[Any, ...]
    mask: Any = None
    keep: Any = None
    copy: int = 0
    """Which of several equal rows it is, from 0, where the model takes no seed."""

    @property
    def files(self) -> tuple[Found, ...]:
        """Return the files among its pictures, those of parameters too."""
        pictures = (*self.images, self.mask, self.keep, *self.values.values())
        return tuple(each for each in pictures if isinstance(each, Found))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    template: Template
    implied: bool
    folders: Folders | None = None


class Calls:
    """The rows of one Table as calls of one model.

    Parameters
    ----------
    given
        What the user gave beside the source, by name: texts are templates, anything else is the same for every row.
    name
        The template of the files' names, None for our own names.
    """

    def __init__(
        self, table: Table, model: Model, function: str | None, given: Mapping[str, Any], name: str | None
    ) -> None:
        self.table = table
        self.model, self.function = model, function
        self.changes: dict[int, dict[str, Any]] = {}
        """What was said of single rows since, by row number."""
        takes = {each.name: each for each in model.takes(function)}
        self.seeded = "seed" in takes
        pictures = (*PICTURE_FIELDS, *(each.name for each in takes.values() if each.type == "pictures"))
        self._files = frozenset(pictures)
        """What is looked for as a file: pictures of the call, and parameters that are pictures."""
        columns = {composed(each).strip().casefold(): each for each in table.columns}
        columns |= {each: each for each in table.columns if each == each.casefold()}  # of Prompt and prompt the latter
        self._constant: dict[str, Any] = {}
        self._fields: dict[str, _Field] = {}
        self._images: list[Any] = []
        problems: list[Problem] = []

        def field(what: str, text: str, *, implied: bool, own: Sequence[str]) -> _Field | None:
            try:
                read = parse(text, table.columns, what, title=table.title, own=own)
            except InvalidRequest as error:
                problems.extend(error.problems)
                return None
            folders = Folders(read, table, implied=implied) if what in pictures else None
            return _Field(template=read, implied=implied, folders=folders)

        wanted = [*takes, *PICTURE_FIELDS]
        for what in dict.fromkeys([*wanted, *given]):
            value, own = given.get(what), (ROW, STEM) if what not in pictures else (ROW,)
            if what == "image" and isinstance(value, list | tuple):
                named = [
                    field("image", each, implied=False, own=own) if isinstance(each, str) else each for each in value
                ]
                self._images = [each for each in named if each is not None]
            elif isinstance(value, str):
                if (made := field(what, value, implied=False, own=own)) is not None:
                    self._fields[what] = made
            elif value is not None:
                self._constant[what] = value
            elif (column := columns.get(what.casefold())) is not None and what != "keep":
                place = Template(f"{{{column}}}", (table.columns.index(column),))
                folders = Folders(place, table, implied=True) if what in pictures else None
                self._fields[what] = _Field(template=place, implied=True, folders=folders)
        if "image" in self._fields:
            self._images = [self._fields.pop("image")]
        elif "image" in self._constant:
            self._images = [self._constant.pop("image")]
        self.name: Template | None = None
        text = name if name is not None else f"{{{columns['name']}}}" if "name" in columns else None
        if text is not None:
            try:
                self.name = parse(text, table.columns, "name", title=table.title, own=OWN)
            except InvalidRequest as error:
                problems.extend(error.problems)
        needing = [what for what, each in self._fields.items() if each.template.needs(STEM)]
        needing += ["name"] if self.name is not None and self.name.needs(STEM) else []
        if needing and not self._images:
            message = sentence(
                "{place} in {what} is a picture's file name, and the rows have none", place="{stem}", what=needing[0]
            )
            problems.append(Problem(parameter=needing[0], message=message))
        if problems:
            raise InvalidRequest(problems)

    def __len__(self) -> int:
        return len(self.table.rows)

    @property
    def has_pictures(self) -> bool:
        """True where rows have input pictures."""
        return bool(self._images)

    def blanks(self) -> dict[str, int]:
        """Return in how many rows a column is empty that the prompt names, among others, by its name."""
        prompt = self._fields.get("prompt")
        named = () if prompt is None or prompt.implied else prompt.template.columns
        counted = {at: sum(row[at] in (None, "") for row in self.table.rows) for at in dict.fromkeys(named)}
        return {self.table.columns[at]: count for at, count in counted.items() if count}

    def fill(self, number: int) -> RowCall:
        """Return the call of a row (from 1), files looked up but not read; its seed only where one was given.

        Raises
        ------
        RowProblem
            When a picture is missing or leaves its folder, or a cell that is needed is empty.
        """
        row = self.table.rows[number - 1]
        changed = self.changes.get(number, {})
        own: dict[str, Any] = {ROW: number}
        images = tuple(self._picture("image", each, row, own) for each in self._images)
        images = (changed["image"],) if "image" in changed else images
        if images:
            own[STEM] = stem_of(images[0])
        values = dict(self._constant)
        mask, keep = values.pop("mask", None), values.pop("keep", None)
        for what, each in self._fields.items():
            if what == "mask":
                mask = self._picture(what, each, row, own)
            elif what == "keep":
                keep = "alpha" if each.template.text == "alpha" else self._picture(what, each, row, own)
            elif what in self._files:
                if (picture := self._picture(what, each, row, own)) is not None:
                    values[what] = picture
            elif (value := self._value(what, each, row, own)) is not None:
                values[what] = value
        values |= {what: value for what, value in changed.items() if what not in (*PICTURE_FIELDS, COPY)}
        return RowCall(values, images, changed.get("mask", mask), keep, changed.get(COPY, 0))

    def names(self, number: int, call: RowCall) -> Callable[[int], str] | None:
        """Return what gives the file name of each picture of a row, counted from 0; None for names of our own."""
        if self.name is None:
            return None
        template, row = self.name, self.table.rows[number - 1]
        own: dict[str, Any] = {ROW: number, STEM: stem_of(call.images[0]) if call.images else ""}

        def name(index: int) -> str:
            return composed(template.fill(row, {**own, PICTURE: index + 1}))

        return name

    def seed(self, call: RowCall, twins: dict[bytes, int]) -> int | None:
        """Return a seed for a row that has none, the same whenever the same row is read again; None where it has one.

        `twins` counts the rows that are alike: each of them gets a seed of its own. Where the model takes none, `copy`
        tells them apart.
        """
        if not self.seeded or call.values.get("seed") not in (None, ""):
            return None
        # These parts and their hash must stay as they are: what earlier versions have made is found by the seed.
        pictures = [self._known_as(each) for each in (*call.images, call.mask, call.keep)]
        parts = (
            self.model.name,
            self.function,
            sorted((name, self._known_as(value)) for name, value in call.values.items()),
            pictures,
        )
        digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()[:16]
        count = twins[digest] = twins.get(digest, 0) + 1
        mixed = hashlib.sha256(digest + count.to_bytes(4, "big")).digest()
        return int.from_bytes(mixed[:4], "big") % 2_000_000_000

    def copy(self, call: RowCall, twins: dict[bytes, int]) -> int:
        """Return which of several equal rows this one is, from 0; 0 where the model takes a seed."""
        if self.seeded:
            return 0
        parts = (sorted((name, repr(value)) for name, value in call.values.items()), call.images, call.mask, call.keep)
        digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()[:16]
        count = twins[digest] = twins.get(digest, -1) + 1
        return count

    def _known_as(self, picture: Any) -> str:
        if isinstance(picture, Found):
            return PurePath(picture.path).name
        plain = picture is None or isinstance(picture, str | int | float | list | tuple)
        return str(picture) if plain else type(picture).__name__

    def _value(self, what: str, each: _Field, row: Sequence[Any], own: Mapping[str, Any]) -> Any:
        template = each.template
        if (lone := template.lone) is not None:
            value = row[lone]
            if value is None or (isinstance(value, str) and not value.strip()):
                return None
            return (
                value
                if what == "prompt" and isinstance(value, str)
                else value.strip()
                if isinstance(value, str)
                else value
            )
        if template.columns and all(row[column] in (None, "") for column in template.columns):
            raise RowProblem(
                self.table.columns[template.columns[0]], sentence("nothing"), sentence("a value for {what}", what=what)
            )
        return template.fill(row, own)

    def _picture(self, what: str, each: Any, row: Sequence[Any], own: Mapping[str, Any]) -> Any:
        """Return the file or the address that a template names for this row; None for a mask that it has none of."""
        if not isinstance(each, _Field):
            return each
        template, folders = each.template, each.folders
        columns = self.table.columns
        column = columns[template.columns[0]] if template.columns else what
        value = row[template.lone] if template.lone is not None else template.fill(row, own)
        if any(row[number] in (None, "") for number in template.columns):
            if what != "image" and each.implied:
                return None
            raise RowProblem(column, sentence("nothing"), sentence("the path of a picture"))
        if not isinstance(value, str):
            return value
        text = value if self.table.pictures else value.strip()  # a file found there is called as it is called
        if is_address(text) or folders is None:
            return text
        try:
            found = folders.find(text)
        except Outside:
            allowed = sentence("a path inside {folder}", folder=folders.shown)
            raise RowProblem(column, printable(text, 120), allowed) from None
        if found is None:
            allowed = sentence("a picture that is there, below {folder}", folder=folders.shown)
            raise RowProblem(column, printable(text, 120), allowed)
        return found


def stem_of(picture: Any) -> str:
    """Return a picture's file name without its ending, "" for what has no name."""
    if isinstance(picture, Found):
        return PurePath(picture.path).stem
    if isinstance(picture, str) and not picture.startswith("data:"):
        return PurePath(picture.partition("?")[0].rpartition("/")[2]).stem
    path = getattr(picture, "path", None) or getattr(picture, "filename", None)
    return PurePath(path).stem if path else ""
