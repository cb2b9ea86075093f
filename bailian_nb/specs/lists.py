"""Read what is more than one value: a palette, boxes, texts, pairs of terms. `check` calls these.

Lists may come as JSON text, as magics and command lines send them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..system.language import mark, sentence
from .types import Parameter

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?%?")
_PALETTE = mark('a list such as [{{"hex": "#C2D1E6", "ratio": "60.00%"}}, …]')
_BOXES = mark("a list for each picture of boxes [x1, y1, x2, y2] in its pixels, such as [[[10, 10, 200, 180]]]")
MOST_BOXES = 2
"""Boxes in one picture."""


class Unreadable(ValueError):
    """Says what a list must be, without the name of the parameter."""


def palette(row: Parameter, value: object) -> tuple[dict[str, str], ...]:
    """Return colours as the service wants them: {"hex", "ratio"} with ratios like "25.00%" that add up to 100.

    Raises
    ------
    Unreadable
        With the rest of a sentence that begins with the parameter's name.
    """
    given = _listed(value, sentence(_PALETTE))
    low, high = round(row.minimum or 0), round(row.maximum or 0)
    if not low <= len(given) <= high:
        raise Unreadable(sentence("must hold {low}-{high} colours, got {count}", low=low, high=high, count=len(given)))
    found, total = [], Decimal(0)
    for entry in given:
        colour, share = _colour(entry)
        total += share
        found.append({"hex": colour, "ratio": f"{share:.2f}%"})
    if total != 100:
        raise Unreadable(sentence("must have ratios that add up to 100.00%, got {total}%", total=total))
    return tuple(found)


def boxes(row: Parameter, value: object, pictures: int | None) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the boxes of each picture; a picture without any has an empty list.

    Raises
    ------
    Unreadable
        With the rest of a sentence that begins with the parameter's name.
    """
    given = _listed(value, sentence(_BOXES))
    if pictures is not None and len(given) != pictures:
        raise Unreadable(
            sentence(
                "must hold one list for each of the {pictures} input pictures, got {count}",
                pictures=pictures,
                count=len(given),
            )
        )
    found = []
    for number, of_picture in enumerate(given, start=1):
        inside = _listed(of_picture, sentence(_BOXES))
        if len(inside) > MOST_BOXES:
            raise Unreadable(
                sentence(
                    "must hold at most {MOST_BOXES} boxes a picture, got {count} for picture {number}",
                    MOST_BOXES=MOST_BOXES,
                    count=len(inside),
                    number=number,
                )
            )
        found.append(tuple(_box(box) for box in inside))
    return tuple(found)


def _listed(value: object, wanted: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise Unreadable(sentence("must be {wanted}", wanted=wanted))
    return list(value)


def _colour(entry: object) -> tuple[str, Decimal]:
    given = (entry.get("hex"), entry.get("ratio")) if isinstance(entry, Mapping) else entry
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise Unreadable(sentence("must be {form}", form=sentence(_PALETTE)))
    colour, ratio = given
    if not isinstance(colour, str) or not _HEX.fullmatch(colour):
        raise Unreadable(sentence("must name colours like #C2D1E6, got {colour!r}", colour=colour))
    spelled = str(ratio).strip() if isinstance(ratio, str | int | float) and not isinstance(ratio, bool) else ""
    try:
        share = Decimal(spelled.removesuffix("%")) if _PERCENT.fullmatch(spelled) else None
    except InvalidOperation:
        share = None
    if share is None or not 0 < share <= 100:
        raise Unreadable(sentence('must give ratios like "25.00%", got {ratio!r}', ratio=ratio))
    return colour.upper(), share


def _box(box: object) -> tuple[int, ...]:
    sides = _listed(box, sentence(_BOXES))
    whole = all(isinstance(side, int) and not isinstance(side, bool) and side >= 0 for side in sides)
    if len(sides) != 4 or not whole:
        raise Unreadable(
            sentence("must hold boxes of four whole numbers [x1, y1, x2, y2] of 0 or more, got {box!r}", box=box)
        )
    left, top, right, bottom = sides
    if left >= right or top >= bottom:
        raise Unreadable(sentence("must hold boxes with x1 < x2 and y1 < y2, got {box!r}", box=box))
    return left, top, right, bottom


_TEXTS = mark('a list of texts, such as ["one", "two"]')
_PAIRS = mark('a list of terms, such as [{{"src": "应用程序接口", "tgt": "API"}}]')


def texts(row: Parameter, value: object) -> tuple[str, ...]:
    """Return the texts of a list, each at most `max_length` characters long.

    Raises
    ------
    Unreadable
        With the rest of a sentence that begins with the parameter's name.
    """
    given = _counted(row, _listed(value, sentence(_TEXTS)), sentence("texts"))
    for entry in given:
        if not isinstance(entry, str):
            raise Unreadable(sentence("must be {form}", form=sentence(_TEXTS)))
        if row.max_length is not None and len(entry) > row.max_length:
            most = row.max_length
            raise Unreadable(
                sentence(
                    "must hold texts of at most {most} characters, got one of {count}", most=most, count=len(entry)
                )
            )
    return tuple(given)


def pairs(row: Parameter, value: object) -> tuple[dict[str, str], ...]:
    """Return terms with their translations as the service wants them: {"src", "tgt"}.

    Raises
    ------
    Unreadable
        With the rest of a sentence that begins with the parameter's name.
    """
    given = _counted(row, _listed(value, sentence(_PAIRS)), sentence("terms"))
    for entry in given:
        whole = isinstance(entry, Mapping) and set(entry) == {"src", "tgt"}
        if not whole or not all(isinstance(each, str) and each for each in entry.values()):
            raise Unreadable(sentence("must be {form}", form=sentence(_PAIRS)))
    return tuple({"src": entry["src"], "tgt": entry["tgt"]} for entry in given)


def _counted(row: Parameter, given: list[Any], what: str) -> list[Any]:
    low, high = round(row.minimum or 0), round(row.maximum or 0)
    if not low <= len(given) <= high:
        raise Unreadable(
            sentence("must hold {low}-{high} {what}, got {count}", low=low, high=high, what=what, count=len(given))
        )
    return given
