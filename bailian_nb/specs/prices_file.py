"""The prices and limits of the table as CSV, and what differs between the table and such a file.

`bailian-nb prices` prints the first and `bailian-nb prices FILE` the second, so that a check against new pages of the
vendor is: print, type in what the pages say, compare.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator

from ..errors import InvalidRequest
from ..system.language import sentence
from .prices import Limit, Price
from .types import Model

COLUMNS = (
    "model",
    "region",
    "cny",
    "large_cny",
    "input_cny",
    "rewritten_cny",
    "submits",
    "seconds",
    "tasks_at_once",
)
"""One line for each model and region: prices in CNY, and how many submits in how many seconds. A cell that stays empty
is not compared, and neither is a column that is left out."""
_KEYS = COLUMNS[:2]


def written(models: Iterable[Model]) -> str:
    """Return the table as CSV, a header and one line for each model and region."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for model in models:
        for price in model.prices:
            writer.writerow(_line(model, price, model.limit(price.region)).values())
    return out.getvalue()


def differences(models: Iterable[Model], text: str) -> list[str]:
    """Return one sentence for each figure of `text` (CSV) that is not the table's, in the order of the file.

    A model or region that only one side has is a difference, too; of models that the file does not name nothing is
    said.

    Raises
    ------
    InvalidRequest
        When the text is no such CSV; it names line and column.
    """
    rows = {model.name: model for model in models}
    found: list[str] = []
    named: dict[str, set[str]] = {}
    for number, given in _read(text):
        name, region = given["model"], given["region"]
        named.setdefault(name, set()).add(region)
        row = rows.get(name)
        price = row.price(region) if row is not None else None
        if row is None or price is None:
            found.append(
                sentence("{name} {region}: the table has no such region", name=name, region=region)
                if row
                else sentence("{name} {region}: the table has no such model", name=name, region=region)
            )
            continue
        known = _line(row, price, row.limit(region))
        for column in COLUMNS[2:]:
            if given.get(column):
                told, ours = _number(given[column], number, column), float(known[column] or 0)
                if abs(told - ours) > 1e-9:
                    place, ours_now = f"{name} {region} {column}", known[column] or sentence("none")
                    found.append(
                        sentence(
                            "{place}: the table has {ours}, the file {told}",
                            place=place,
                            ours=ours_now,
                            told=f"{told:g}",
                        )
                    )
    for name, regions in named.items():
        missing = [region for region in (rows[name].regions if name in rows else ()) if region not in regions]
        found += [sentence("{name} {region}: the file has no such region", name=name, region=each) for each in missing]
    return found


def _line(model: Model, price: Price, limit: Limit) -> dict[str, str]:
    figures = (price.cny, price.large_cny, price.input_cny or None, price.rewritten_cny)
    rates = (limit.submits_per_second * limit.window, limit.window, limit.tasks_at_once)
    cells = ["" if each is None else f"{each:g}" if each < 1e-3 or each >= 1 else f"{each:.6f}" for each in figures]
    cells = [cell.rstrip("0") if "." in cell else cell for cell in cells]
    return dict(zip(COLUMNS, (model.name, price.region, *cells, *(f"{each:g}" for each in rates)), strict=True))


def _read(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    head = [name.strip() for name in reader.fieldnames or ()]
    unknown = [name for name in head if name not in COLUMNS]
    twice = sorted({name for name in head if head.count(name) > 1})
    if unknown or twice or not set(_KEYS) <= set(head):
        got = sentence("got {names}", names=", ".join(head) or sentence("nothing"))
        if unknown or twice:
            got = sentence("unknown or twice: {names}", names=", ".join(unknown or twice))
        raise InvalidRequest(
            sentence(
                "the first line of a file of prices names its columns, {names}; {got}",
                names=", ".join(COLUMNS),
                got=got,
            )
        )
    reader.fieldnames = head
    for given in reader:
        if None in given:
            raise InvalidRequest(
                sentence(
                    "line {line} of the file of prices has more cells than its first line has columns; a number is "
                    "written with a point",
                    line=reader.line_num,
                )
            )
        cells = {name: (value or "").strip() for name, value in given.items() if isinstance(name, str)}
        if not all(cells[name] for name in _KEYS):
            raise InvalidRequest(
                sentence("line {line_num} of the file of prices names no model and region", line_num=reader.line_num)
            )
        yield reader.line_num, cells


def _number(cell: str, line: int, column: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise InvalidRequest(
            sentence(
                "line {line} of the file of prices: {column} must be a number, got {cell!r}",
                line=line,
                column=column,
                cell=cell,
            )
        )
    return value
