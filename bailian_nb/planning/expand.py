"""Expand to a proportion: from `to="16:9"` to the scales that expand takes, the picture kept in the middle.

`plan` calls this before and after it knows the picture's size; what it finds goes into the Request like any scale.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import Problem
from ..images import Input
from ..request import Request
from ..specs import Function, Parameter, frames
from ..system.language import sentence
from ..texts.catalogue import say

NAMES = {"square": "1:1", "landscape": "4:3", "portrait": "3:4"}
_RATIO = re.compile(r"\s*(\d{1,5}(?:\.\d{1,3})?)\s*[:*xX×/]\s*(\d{1,5}(?:\.\d{1,3})?)\s*")
_DIGITS = 4
"""Of a scale that is sent: half a pixel in 4096 is 0.0001."""


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """Width to height that a picture is to have, and how it is written."""

    label: str
    ratio: Fraction


class Unreachable(ValueError):
    """Says in one line why a picture cannot be widened to a proportion."""


def read(value: object) -> Proportion | None:
    """Return the proportion that `16:9`, `1280*720`, `2.35:1`, (1280, 720) or `square` means, None for anything else.

    >>> read("1280*720")
    Proportion(label='16:9', ratio=Fraction(16, 9))
    """
    if isinstance(value, tuple | list) and len(value) == 2:
        value = f"{value[0]}:{value[1]}"
    if not isinstance(value, str):
        return None
    match = _RATIO.fullmatch(NAMES.get(value.strip().lower(), value))
    if match is None:
        return None
    wide, high = Fraction(match[1]), Fraction(match[2])
    if not wide or not high:
        return None
    ratio = wide / high
    whole = "." not in match[1] + match[2]
    return Proportion(
        label=f"{ratio.numerator}:{ratio.denominator}" if whole else f"{match[1]}:{match[2]}", ratio=ratio
    )


def take_proportion(
    values: Mapping[str, Any], function: Function | None, where: str, problems: list[Problem]
) -> tuple[dict[str, Any], Proportion | None]:
    """Take `to` out of `values`: return DashScope's own values, and the proportion that it asks for, if any.

    What is wrong with it goes to `problems`; `where` names function or model there.
    """
    rest = {name: value for name, value in values.items() if name != "to"}
    given = values.get("to")
    if given is None:
        return rest, None
    rows = frames.scale_rows(function)
    wanted = read(given)
    message = ""
    if not rows:
        message = sentence("to is for function outpaint, whose scales it works out; {where} has none", where=where)
    elif wanted is None:
        message = sentence(
            "to must be a proportion such as 16:9, 1280*720 or square, got {given!r} ({where})",
            given=str(given)[:60],
            where=where,
        )
    elif both := [row.name for row in rows if rest.get(row.name) is not None]:
        message = sentence(
            "to={label} works the scales out, so {names} cannot be given too; leave one out",
            label=wanted.label,
            names=sentence(" and ").join(both),
        )
    if message:
        problems.append(Problem(parameter="to", message=message))
        return rest, None
    return rest, wanted


def unmoved(
    values: Mapping[str, Any], function: Function | None, wanted: Proportion | None, pictures: Sequence[Input] = ()
) -> list[Problem]:
    """Return the problem of an expand that would add no pixel at any side: it would be billed and change nothing.

    `values` are checked ones; `wanted` is the proportion that works the scales out. Without `pictures` the scales alone
    are looked at.
    """
    rows = frames.scale_rows(function)
    if function is None or not rows or wanted is not None:
        return []
    given = {row.name: float(values.get(row.name) or 1.0) for row in rows}
    size = pictures[0].size if pictures else None
    if max(given.values()) > 1 and (size is None or frames.frame(size, given).size != size):
        return []
    message = sentence(
        "{name} would add nothing: {names} take 1.0-{most}, 1.0 leaves a side as it is, so at least one must be "
        "larger, for example right_scale=1.5 (--right-scale 1.5); a proportion such as 16:9 as to= works them out "
        "(function {name})",
        name=function.short,
        names=", ".join(given),
        most=rows[0].maximum,
    )
    return [Problem(parameter=rows[0].name, message=message)]


def widen(
    wanted: Proportion, pictures: list[Input], function: Function, found: list[Problem]
) -> tuple[dict[str, float], tuple[int, int]]:
    """Return the scales that give the first picture this proportion, and its (width, height) in pixels.

    Both are empty where that cannot be; the reason goes to `found`.
    """
    if not pictures:
        return {}, (0, 0)  # the picture itself was refused
    size = pictures[0].size
    try:
        if size is None:
            raise Unreachable(
                sentence(
                    "to={label} needs the size of the picture, and a URL is sent unread; give the file, or "
                    "the scales themselves, for example left_scale=1.5, right_scale=1.5",
                    label=wanted.label,
                )
            )
        return scales(wanted, size, frames.scale_rows(function)), size
    except Unreachable as error:
        found.append(
            Problem(parameter="to", message=sentence("{error} (function {name})", error=error, name=function.short))
        )
        return {}, (0, 0)


def scales(wanted: Proportion, size: tuple[int, int], rows: tuple[Parameter, ...]) -> dict[str, float]:
    """Return the two scales that widen a picture of `size` pixels (width, height) to a proportion, both sides alike.

    A scale is 1.0 or more: by how much the picture grows to that side; `rows` are the table's, with its bounds.

    Raises
    ------
    Unreachable
        When the picture has that proportion already, or the scales would leave the bounds of the table.
    """
    width, height = size
    factor = wanted.ratio * height / width
    sides = ("left", "right") if factor > 1 else ("top", "bottom")
    scale = round(float(factor if factor > 1 else 1 / factor), _DIGITS)
    found = {f"{side}_scale": scale for side in sides}
    most = next(row.maximum for row in rows if row.name in found) or 1.0
    if scale > most:
        reach = sentence(
            "from {width}x{number} to {number2}x{height}",
            width=width,
            number=round(height * most),
            number2=round(width * most),
            height=height,
        )
        shares = sentence(
            "{number:.2f}:1 to {number2:.2f}:1", number=width / (height * most), number2=width * most / height
        )
        raise Unreachable(
            sentence(
                "to={label} needs {names} of {scale:.2f}, allowed are 1.0-{most}; {width}x{height} "
                "reaches {reach} ({shares}), so take one between or crop the picture first",
                label=wanted.label,
                names=sentence(" and ").join(found),
                scale=scale,
                most=most,
                width=width,
                height=height,
                reach=reach,
                shares=shares,
            )
        )
    if frames.frame(size, found).size == size:
        raise Unreachable(
            sentence(
                "the picture has {width}x{height} pixels, which is {label} already, so outpaint would add "
                "nothing; take another proportion",
                width=width,
                height=height,
                label=wanted.label,
            )
        )
    return found


def line(wanted: Proportion, size: tuple[int, int], found: Mapping[str, float], lang: str) -> str:
    """Say the frame: which scales are sent, and what the picture becomes by them."""
    new = frames.frame(size, found)
    return say(
        "frame",
        lang,
        scales=" ".join(f"{name} {scale:g}" for name, scale in found.items()),
        before=f"{size[0]}x{size[1]}",
        after=f"{new.width}x{new.height}",
        to=wanted.label,
    )


def frame_of(request: Request) -> frames.Frame | None:
    """Return the larger picture that an expand makes; None for other functions and where the size is unknown."""
    size = request.images[0].size if request.images else None
    rows = frames.scale_rows(request.row.function(request.function))
    if not rows or size is None:
        return None
    given = {row.name: float(value) for row in rows if isinstance(value := request.values.get(row.name), int | float)}
    new = frames.frame(size, given)
    return new if new.size != size else None
