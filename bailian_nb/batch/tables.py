"""Files of rows: CSV as Excel and others write it, TSV, JSON and JSONL, a prompt a line. `sources` calls it."""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InvalidRequest, Problem, printable
from ..system.language import sentence
from .encodings import decoded
from .table import Table, composed, of_mappings

MOST_BYTES = 256 * 1024 * 1024
LONGEST_CELL = 1024 * 1024
_SEPARATORS = ",;\t"
_MOST_SHOWN = 8
_WIDE = "，；、"
"""What Chinese keyboards type where a separator is meant."""


def read(path: Path, encoding: str | None = None) -> Table:
    """Read a file of rows, written in `encoding`, or as its bytes tell.

    Raises
    ------
    InvalidRequest
        When it is too large, holds no text, or its rows have no columns.
    """
    name = printable(path.name)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InvalidRequest(
                sentence(
                    "{name} has {size} MB, a file of rows has {most} at most; split it",
                    name=name,
                    size=size // 2**20,
                    most=MOST_BYTES // 2**20,
                )
            )
        data = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(
            sentence("{name} cannot be read: {error}", name=name, error=error.strerror or error)
        ) from error
    text = decoded(data, name, encoding)
    more: dict[str, Any] = {"title": name, "folder": path.parent.absolute(), "foreign": True}
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return _lines_of_json(text, name, more)
    if suffix == ".json":
        return _whole_json(text, name, more)
    if suffix == ".txt":
        return _prompts(text, more)
    return _csv(text, name, "\t" if suffix in (".tsv", ".tab") else "", more)


def _csv(text: str, name: str, separator: str, more: dict[str, Any]) -> Table:
    """Read rows below a line of column names; Excel's own `sep=` line says what stands between the cells."""
    skipped = 0
    first, _, rest = text.partition("\n")
    said = first.rstrip("\r")
    if said[:4].lower() == "sep=" and len(said) == 5:
        separator, text, skipped = said[4], rest, 1
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        return _cells(text, name, separator or _separator(text), skipped, more)
    finally:
        csv.field_size_limit(before)


def _separator(text: str) -> str:
    """Return what stands between the column names: the sign that is most frequent there outside of quotes."""
    counts, quoted = dict.fromkeys(_SEPARATORS, 0), False
    for sign in text.lstrip("\r\n")[:65536]:
        if sign == '"':
            quoted = not quoted
        elif sign == "\n" and not quoted:
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    return max(counts, key=lambda sign: counts[sign])


def _cells(text: str, name: str, separator: str, skipped: int, more: dict[str, Any]) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = []
    lines = array("L")
    problems: list[Problem] = []
    last = 0
    try:
        for cells in reader:
            line, last = last + 1 + skipped, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _header(cells, name, line)
                continue
            if len(cells) > len(columns):
                if any(cell.strip() for cell in cells[len(columns) :]):
                    problems.append(_too_many(len(rows) + 1, line, len(cells), len(columns)))
                cells = cells[: len(columns)]
            elif len(cells) < len(columns):
                cells = [*cells, *("" for _ in range(len(columns) - len(cells)))]
            rows.append(tuple(cells))
            lines.append(line)
    except csv.Error as error:
        begun = last + 1 + skipped
        raise InvalidRequest(
            sentence(
                "{name}, row {row} (line {line}) cannot be read: {error}; a cell with a quote in it is "
                'written "like ""this"""',
                name=name,
                row=len(rows) + 1,
                line=begun,
                error=error,
            )
        ) from error
    if not columns:
        raise InvalidRequest(sentence("{name} is empty; its first line names the columns", name=name))
    if problems:
        raise InvalidRequest(summary(problems))
    return Table(columns=columns, rows=rows, lines=lines, **more)


def _too_many(row: int, line: int, count: int, known: int) -> Problem:
    message = sentence(
        "row {row} (line {line}) has {count} cells, the first line names {known} columns; put a cell that holds "
        "the separator into quotes",
        row=row,
        line=line,
        count=count,
        known=known,
    )
    return Problem(parameter="source", message=message)


def summary(problems: list[Problem]) -> list[Problem]:
    """Return the first few of many problems, and one that says how many more there are."""
    if len(problems) <= _MOST_SHOWN:
        return problems
    more = sentence("and {count} more like these", count=len(problems) - _MOST_SHOWN)
    return [*problems[:_MOST_SHOWN], Problem(parameter=problems[0].parameter, message=more)]


def _header(cells: list[str], name: str, line: int) -> tuple[str, ...]:
    names = [composed(cell.strip()) for cell in cells]
    while names and not names[-1]:  # a separator at the end of each line
        names.pop()
    if len(names) == 1 and (wide := next((sign for sign in _WIDE if sign in names[0]), "")):
        raise InvalidRequest(
            sentence(
                "{name}, line {line}: between the names of columns stands {sign!r}, which is part of a name; write a "
                "comma",
                name=name,
                line=line,
                sign=wide,
            )
        )
    if "" in names:
        raise InvalidRequest(
            sentence(
                "{name}, line {line}: column {number} has no name; the first line names every column",
                name=name,
                line=line,
                number=names.index("") + 1,
            )
        )
    if doubled := sorted({each for each in names if names.count(each) > 1}):
        raise InvalidRequest(
            sentence(
                "{name}, line {line} names {names} twice; each column needs a name of its own",
                name=name,
                line=line,
                names=", ".join(map(printable, doubled)),
            )
        )
    return tuple(names)


def _lines_of_json(text: str, name: str, more: dict[str, Any]) -> Table:
    items: list[Any] = []
    lines = array("L")
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            message = sentence("{name}, line {number} is no JSON: {error}", name=name, number=number, error=error)
            problems.append(Problem(parameter="source", message=message))
            continue
        items.append(item)
        lines.append(number)
    return _of_json(items, lines, name, more, problems)


def _whole_json(text: str, name: str, more: dict[str, Any]) -> Table:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(sentence("{name} is no JSON: {error}", name=name, error=error)) from error
    if not isinstance(items, list):
        raise InvalidRequest(sentence("{name} holds no list; a batch takes a list of objects or of prompts", name=name))
    return _of_json(items, array("L"), name, more, [])


def _of_json(items: list[Any], lines: array[int], name: str, more: dict[str, Any], problems: list[Problem]) -> Table:
    rows: list[Mapping[str, Any]] = []
    for number, item in enumerate(items, start=1):
        if isinstance(item, str):
            rows.append({"prompt": item})
        elif isinstance(item, dict):
            rows.append(item)
        else:
            message = sentence(
                "{name}, row {number} is {kind}; a row is an object or a prompt",
                name=name,
                number=number,
                kind=type(item).__name__,
            )
            problems.append(Problem(parameter="source", message=message))
    if problems:
        raise InvalidRequest(summary(problems))
    return of_mappings(rows, lines=lines, **more)


def _prompts(text: str, more: dict[str, Any]) -> Table:
    found = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    lines = array("L", (number for number, _ in found))
    return Table(columns=("prompt",), rows=[(line,) for _, line in found], lines=lines, **more)
