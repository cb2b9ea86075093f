"""What a call is made from: pictures and a mask, read from whatever users hand over. `plan` and sweeps call it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InvalidRequest, Problem
from ..images import Input, read_input, read_mask
from ..images.keep import has_alpha
from ..images.sources import collect, is_open_file
from ..jobs.job import Job
from ..jobs.result import Result
from ..specs import Function, ImageRule, Model
from ..system.language import sentence


def gathered(row: Model, values: Mapping[str, Any], images: tuple[Any, ...]) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return values and pictures with those of parameters at their end, and in the values how many each has.

    A number there stands for pictures that are among `images` already, as a call that is sent again has them.
    """
    rows = row.picture_rows()
    counted = [values.get(each.name) for each in rows]
    known = [count if isinstance(count, int) and not isinstance(count, bool) else 0 for count in counted]
    own, rest = images[: len(images) - sum(known)], images[len(images) - sum(known) :]
    given = dict(values)
    for each, value, count in zip(rows, counted, known, strict=True):
        chosen, rest = rest[:count], rest[count:]
        if value is not None and not count:
            chosen = tuple(value) if isinstance(value, list | tuple) else (value,)
        given[each.name] = len(chosen) or None
        own = (*own, *chosen)
    return given, own


def read_pictures(
    row: Model,
    images: tuple[Any, ...],
    fit: bool,
    found: list[Problem],
    values: Mapping[str, Any],
    first: ImageRule | None = None,
) -> list[Input]:
    """Read the pictures of a call in their order, Jobs waited for; one that cannot be sent goes to `found` instead."""
    if row.images is None:
        return []
    read = (_read(row, images, number, fit, found, values, first) for number in range(1, len(images) + 1))
    return [picture for picture in read if picture is not None]


def read_ahead(
    row: Model,
    images: tuple[Any, ...],
    fit: bool,
    found: list[Problem],
    values: Mapping[str, Any],
    first: ImageRule | None = None,
) -> tuple[Any, ...]:
    """Read what is there of the pictures of a call that is built later, as `read_pictures` does; Jobs stay as they are.

    Whoever writes on a file or an array meanwhile changes the next call, and what cannot be sent is said at once.
    """
    if row.images is None:
        return images
    return tuple(
        image if _pending(image) else _read(row, images, number, fit, found, values, first)
        for number, image in enumerate(images, start=1)
    )


def _pending(image: Any) -> bool:
    return isinstance(image, Job) and image.outcome is None


def _read(
    row: Model,
    images: tuple[Any, ...],
    number: int,
    fit: bool,
    found: list[Problem],
    values: Mapping[str, Any],
    first: ImageRule | None,
) -> Input | None:
    image, what = images[number - 1], "image" if len(images) == 1 else f"image {number}"
    rule = row.rule_of(number - 1, values, len(images)) or row.images
    rule = first if number == 1 and first is not None else rule
    assert rule is not None
    try:
        read: Input = image if isinstance(image, Input) else read_input(first_picture(image), rule, what=what, fit=fit)
        if rule.transparent and read.data and not has_alpha(read):
            line = sentence(
                "{what} has no transparent background, and {name} needs a cut-out there: a PNG with alpha",
                what=what,
                name=row.name,
            )
            found.append(Problem(parameter="image", message=line))
    except InvalidRequest as error:
        found.extend(error.problems)
        return None
    return read


def read_mask_input(
    function: Function | None,
    mask: Any,
    pictures: list[Input],
    invert: bool,
    warnings: list[str],
    found: list[Problem],
) -> Input | None:
    """Read the mask to the first picture's size, white where to edit; None where the function takes none.

    One that is read already (an Input) is taken as it is. What was done to it goes to `warnings`, what is wrong with it
    to `found`.
    """
    if mask is None or function is None or not function.mask or not pictures:
        return None
    if isinstance(mask, Input):
        warnings.extend([*mask.warnings, *mask.notes])
        return mask
    painted = getattr(mask, "mask", mask)
    try:
        read = read_mask(first_picture(painted), pictures[0], invert=invert)
    except InvalidRequest as error:
        found.extend(error.problems)
        return None
    warnings.extend([*read.warnings, *read.notes])
    return read


def first_picture(image: Any) -> Any:
    """Return the first picture of a Job, waiting for it, or of a Result, or under a painter; else it as it is."""
    found = image.result() if isinstance(image, Job) else image
    if hasattr(found, "mask") and hasattr(found, "to_image"):
        found = getattr(found, "image", found)  # a painter's own to_image() is what was painted on the picture
    return found[0] if isinstance(found, Result) and len(found) else found


def snapshot(mask: Any) -> Any:
    """Return the mask as it is now, for a call that is built later: whoever paints on changes the next call."""
    painted = getattr(mask, "mask", mask)
    if isinstance(painted, str | Path) and Path(painted).is_file():
        return Path(painted).read_bytes()
    if is_open_file(painted):
        return collect(painted, "mask").data
    copy = getattr(painted, "copy", None)
    return copy() if callable(copy) else painted
