"""What is checked beyond a single value: pictures and mask, protocol, region, boxes; and what is always sent.

`plan` calls these; single values are checked by `specs.check`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

from .. import specs
from ..config import Settings
from ..config.values import shown
from ..errors import Problem
from ..images import Input
from ..specs import Function, Model, service
from ..system.language import pictures_in_words, sentence, spoken

LARGEST_SEED = 2147483647
"""The largest seed that the service takes, of every model."""


def complete(settings: Settings, row: Model, values: Mapping[str, Any], images: tuple[Any, ...]) -> dict[str, Any]:
    """Add what is always sent: n, a seed that leaves room for seed + n, and the size that the user's settings name."""
    complete = {name: value for name, value in values.items() if value is not None}
    for each in row.parameters:
        if each.name == "n":
            complete.setdefault("n", min(settings.n, round(each.maximum or settings.n)))
    if "t2i" in row.kinds and not images and settings.size and any(each.name == "size" for each in row.parameters):
        complete.setdefault("size", settings.size)
    if any(each.name == "seed" for each in row.parameters):
        complete.setdefault("seed", random.SystemRandom().randrange(LARGEST_SEED - 16))
    return complete


def structural(
    row: Model,
    function: Function | None,
    values: Mapping[str, Any],
    images: tuple[Any, ...],
    mask: Any,
    sync: bool,
) -> list[Problem]:
    """Return what is wrong beside single values: the number of pictures, the mask, the protocol, seed and n together.

    `values` are checked ones by DashScope's names, `function` the row of the call, None for a model without functions.
    """
    where = specs.where_of(row, function)
    return [
        *_seed(values, where),
        *_protocol(row, values, len(images), where, sync=sync),
        *_pictures(row, values, len(images), where),
        *_mask(row, function, where, given=mask is not None),
    ]


def _seed(values: Mapping[str, Any], where: str) -> list[Problem]:
    seed, n = values.get("seed"), values.get("n")
    if not (isinstance(seed, int) and isinstance(n, int) and seed + n - 1 > LARGEST_SEED):
        return []
    message = sentence(
        "seed {seed} with n={n} passes {LARGEST_SEED}; take {number} or less ({where})",
        seed=seed,
        n=n,
        LARGEST_SEED=LARGEST_SEED,
        number=LARGEST_SEED - n + 1,
        where=where,
    )
    return [Problem(parameter="seed", message=message)]


def _protocol(row: Model, values: Mapping[str, Any], pictures: int, where: str, *, sync: bool) -> list[Problem]:
    if not sync:
        return []
    found = []
    if all(protocol.asynchronous for protocol in row.protocols):
        message = sentence("model {name} has no synchronous call; leave out sync=True", name=row.name)
        found.append(Problem(parameter="sync", message=message))
    for case in row.cases_of(values, pictures):
        if case.asynchronous_only:
            message = sentence(
                "{where} has no synchronous call {en} (it would stream); leave out sync=True",
                where=where,
                en=case.words.get(spoken()),
            )
            found.append(Problem(parameter="sync", message=message))
    return found


def _pictures(row: Model, values: Mapping[str, Any], pictures: int, where: str) -> list[Problem]:
    low, high = row.counts(values, pictures)
    own = pictures - row.further(values)
    if not high and pictures:
        return [Problem(parameter="image", message=sentence("{where} takes no input picture", where=where))]
    if low <= own <= high:
        return []
    takes = sentence("{low}-{high} pictures", low=low, high=high) if low != high else pictures_in_words(low)
    message = sentence("{where} takes {takes}, got {own}", where=where, takes=takes, own=own)
    return [Problem(parameter="image", message=message)]


def _mask(row: Model, function: Function | None, where: str, *, given: bool) -> list[Problem]:
    needed = function is not None and function.mask
    if needed is given:
        return []
    if needed:
        message = sentence("{where} needs a mask: give mask=, white where to edit", where=where)
    elif row.recipes:
        kept = ", ".join(recipe.name for recipe in row.recipes)
        message = sentence(
            "{where} takes no mask; {kept} takes keep, white where the picture is kept", where=where, kept=kept
        )
    else:
        takers = ", ".join(each.short for each in row.functions if each.mask) or sentence("no function of this model")
        message = sentence("{where} takes no mask; {takers} does", where=where, takers=takers)
    return [Problem(parameter="mask", message=message)]


def meaningless(row: Model, function: Function | None, *, invert: bool, keep: bool) -> list[Problem]:
    """Return what is wrong with an `invert` without a mask, and with a `keep` where no recipe is called."""
    found = []
    where = specs.where_of(row, function)
    if invert and not (function and function.mask):
        message = sentence("invert turns a mask over, and {where} takes none", where=where)
        found.append(Problem(parameter="invert", message=message))
    if keep:
        takers = ", ".join(specs.recipes())
        message = sentence("{where} keeps nothing by itself; keep belongs to {takers}", where=where, takers=takers)
        found.append(Problem(parameter="keep", message=message))
    return found


def elsewhere(row: Model, settings: Settings, region: str, sync: bool) -> list[Problem]:
    """Return what no page offers in this region: the model (says where it is or what it is called here) or its `sync`.

    A base URL that no page names (a proxy) may lead anywhere, so nothing is refused there.
    """
    unknown = settings.base_url and service.region_of(settings.base_url) is None
    if sync and not unknown and region in row.asynchronous_only_in:
        message = sentence(
            "model {name} has no synchronous call in region {region}; leave out sync=True", name=row.name, region=region
        )
        return [Problem(parameter="sync", message=message)]
    if unknown or not row.regions or region in row.regions:
        return []
    if region not in service.REGIONS:
        meant = specs.nearest(region, list(service.REGIONS))
        message = sentence(
            "DASHSCOPE_API_REGION {region} is unknown{meant} Known: {known_regions}",
            region=shown(region),
            meant=meant,
            known_regions=service.known_regions(),
        )
        return [Problem(parameter="region", message=message)]
    here = dict(row.namesakes).get(region)
    todo = (
        sentence("here it is called {here}", here=here)
        if here
        else sentence("it is in {names}: see DASHSCOPE_API_REGION", names=", ".join(row.regions))
    )
    return [
        Problem(
            parameter="model",
            message=sentence(
                "model {name} is not offered in region {region}; {todo}", name=row.name, region=region, todo=todo
            ),
        )
    ]


def inside(values: Mapping[str, Any], pictures: list[Input], found: list[Problem]) -> None:
    """Compare every box of `bbox_list` with the size of its picture in pixels; one outside goes to `found`."""
    for number, (boxes, picture) in enumerate(zip(values.get("bbox_list", ()), pictures, strict=False), start=1):
        width, height = picture.size or (math.inf, math.inf)
        for box in boxes:
            if box[2] > width or box[3] > height:
                message = sentence(
                    "bbox_list has the box {list}, but picture {number} has {width}x{height} pixels",
                    list=list(box),
                    number=number,
                    width=width,
                    height=height,
                )
                found.append(Problem(parameter="bbox_list", message=message))
