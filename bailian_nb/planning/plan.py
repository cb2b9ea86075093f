"""Plan: what a call would send, checked as a whole, before a key is needed or money moves.

`session` turns what users give into a Plan, shows it (`--dry-run`, the money rule) or sends it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import specs
from ..config import Settings
from ..config.values import COUNTS, count, shown
from ..errors import InvalidRequest, Problem
from ..images import Input, read_input, read_mask
from ..jobs.job import Job
from ..jobs.result import Result
from ..money import budget
from ..request import Request
from ..specs import Function, Model, service
from . import expand

LARGEST_SEED = 2147483647


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One call, ready to send.

    `request` is None while an input is a Job that has not ended; `build` makes it then. `cost` is CNY by list price
    before free quota and savings plan, None when the price is unknown.
    """

    model: Model
    function: str | None
    request: Request | None
    build: Callable[[], Request]
    needs: tuple[Job, ...]
    images: int
    cost: float | None
    folder: Path
    retries: int
    cache: bool
    settings: Settings
    fit: bool = False
    invert: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def label(self) -> str:
        """Return model and function as captions name them."""
        return f"{self.model.name} {self.function}" if self.function else self.model.name

    def check_budget(self, max_cost: float | None = None) -> None:
        """Check the estimate against `max_cost` in CNY (inf: no limit), or against the setting of that name.

        Raises
        ------
        BudgetExceeded
            When it passes that, or when no page gives a price that could be held against it.
        """
        budget.check_one(self, max_cost)

    def require(self) -> Request:
        """Return the Request; for inputs that are Jobs, wait for them first."""
        return self.request if self.request is not None else self.build()


def make(
    settings: Settings,
    folder: Path,
    *,
    model: str,
    function: str | None,
    values: Mapping[str, Any],
    images: tuple[Any, ...] = (),
    mask: Any = None,
    invert: bool = False,
    fit: bool = False,
    sync: bool = False,
    retries: int | None = None,
    cache: bool = True,
    paste_back: bool | None = None,
    region: str,
) -> Plan:
    """Check everything that was given and return the Plan.

    `values` are DashScope's parameters by name; for expand, `to` may stand there for its scales.

    Raises
    ------
    InvalidRequest
        With every problem at once; nothing was sent or written.
    """
    row = specs.get(model)
    if row.functions and function is None:
        raise InvalidRequest(f"{row.name} needs a function: {', '.join(each.name for each in row.functions)}")
    function = specs.function_name(row, function) if function is not None else None
    chosen = row.function(function)
    seed_given = values.get("seed") is not None
    misfits: list[Problem] = []
    where = f"function {function}" if function else f"model {row.name}"
    values, proportion = expand.taken(values, chosen, where, misfits)
    checked = specs.check(row, function, _complete(settings, row, values, images), len(images))
    problems = [*misfits, *checked.problems, *_structural(row, chosen, checked.values, images, mask, sync)]
    if invert and mask is None and not (chosen and chosen.mask):
        problems.append(Problem(parameter="invert", message=f"invert turns a mask over, and {where} takes none"))
    problems.extend(_elsewhere(row, settings, region, sync))
    try:
        tries = settings.retries if retries is None else count("retries", retries, COUNTS["retries"])
    except InvalidRequest as error:
        problems.append(Problem(parameter="retries", message=error.message))
    needs = tuple(each for each in (*images, mask) if isinstance(each, Job) and each.outcome is None)
    mask = _frozen(mask) if needs else mask
    warnings = [problem.message for problem in checked.warnings]
    if paste_back and not (chosen and chosen.mask):
        warnings.append(f"paste_back has no effect: {where} takes no mask, so nothing is kept as it was")

    def build() -> Request:
        found: list[Problem] = []
        pictures = _pictures(row, images, fit, found)
        _inside(checked.values, pictures, found)
        warnings.extend(note for picture in pictures for note in picture.notes)
        values = dict(checked.values)
        if proportion is not None and chosen is not None:
            scales, size = expand.widen(proportion, pictures, chosen, found)
            if scales:
                values |= scales
                warnings.append(expand.line(proportion, size, scales, settings.lang))
        white = _mask(chosen, mask, pictures, invert, warnings, found)
        if problems or found:
            raise InvalidRequest([*problems, *found])
        pasted = paste_back if paste_back is not None else chosen is not None and chosen.mask
        return Request(
            model=row.name,
            function=function,
            values=values,
            images=tuple(pictures),
            mask=white,
            sync=sync,
            seed_given=seed_given,
            paste_back=pasted and white is not None,
            warnings=tuple(warnings),
        )

    if needs and problems:
        raise InvalidRequest(problems)
    request = None if needs else build()
    most = row.estimate(region, checked.values, len(images))
    return Plan(
        model=row,
        function=function,
        request=request,
        build=build,
        needs=needs,
        images=most.images,
        cost=most.cny,
        folder=folder,
        retries=tries,
        cache=cache,
        settings=settings,
        fit=fit,
        invert=invert,
        warnings=tuple(warnings),
    )


def _complete(settings: Settings, row: Model, values: Mapping[str, Any], images: tuple[Any, ...]) -> dict[str, Any]:
    """Add what is always sent: n, a seed, and the size that the user's settings name."""
    complete = {name: value for name, value in values.items() if value is not None}
    complete.setdefault("n", settings.n)
    if "t2i" in row.kinds and not images and settings.size and any(each.name == "size" for each in row.parameters):
        complete.setdefault("size", settings.size)
    if any(each.name == "seed" for each in row.parameters):
        complete.setdefault("seed", random.SystemRandom().randrange(LARGEST_SEED - 16))
    return complete


def _structural(
    row: Model,
    function: Function | None,
    values: Mapping[str, Any],
    images: tuple[Any, ...],
    mask: Any,
    sync: bool,
) -> list[Problem]:
    """Check what is not a single value: pictures, mask, protocol."""
    found: list[Problem] = []
    where = f"function {function.name}" if function else f"model {row.name}"
    seed, n = values.get("seed"), values.get("n")
    if isinstance(seed, int) and isinstance(n, int) and seed + n - 1 > LARGEST_SEED:
        found.append(
            Problem(
                parameter="seed",
                message=f"seed {seed} with n={n} passes {LARGEST_SEED}; take {LARGEST_SEED - n + 1} or less ({where})",
            )
        )
    if sync and all(protocol.asynchronous for protocol in row.protocols):
        found.append(
            Problem(parameter="sync", message=f"model {row.name} has no synchronous call; leave out sync=True")
        )
    for case in row.cases_of(values, len(images)):
        if sync and case.asynchronous_only:
            message = f"{where} has no synchronous call {case.words.en} (it would stream); leave out sync=True"
            found.append(Problem(parameter="sync", message=message))
    low, high = row.counts(values, len(images))
    if not high and images:
        found.append(Problem(parameter="image", message=f"{where} takes no input picture"))
    elif not low <= len(images) <= high:
        takes = f"{low}-{high} pictures" if low != high else f"{low} picture{'s' if low != 1 else ''}"
        found.append(Problem(parameter="image", message=f"{where} takes {takes}, got {len(images)}"))
    needs_mask = function is not None and function.mask
    if needs_mask and mask is None:
        found.append(Problem(parameter="mask", message=f"{where} needs a mask: give mask=, white where to edit"))
    if not needs_mask and mask is not None:
        takers = ", ".join(each.name for each in row.functions if each.mask) or "no function of this model"
        found.append(Problem(parameter="mask", message=f"{where} takes no mask; {takers} does"))
    return found


def _elsewhere(row: Model, settings: Settings, region: str, sync: bool) -> list[Problem]:
    """Refuse what no page offers in this region: the model (say where it is or what it is called here) or its `sync`.

    A base URL that no page names (a proxy) may lead anywhere, so nothing is refused there.
    """
    unknown = settings.base_url and service.region_of(settings.base_url) is None
    if sync and not unknown and region in row.asynchronous_only_in:
        message = f"model {row.name} has no synchronous call in region {region}; leave out sync=True"
        return [Problem(parameter="sync", message=message)]
    if unknown or not row.regions or region in row.regions:
        return []
    if region not in service.REGIONS:
        meant, known = specs.nearest(region, list(service.REGIONS)), ", ".join(service.REGIONS)
        message = f"DASHSCOPE_API_REGION {shown(region)} is unknown{meant} Known: {known}"
        return [Problem(parameter="region", message=message)]
    here = dict(row.namesakes).get(region)
    todo = f"here it is called {here}" if here else f"it is in {', '.join(row.regions)}: see DASHSCOPE_API_REGION"
    return [Problem(parameter="model", message=f"model {row.name} is not offered in region {region}; {todo}")]


def _inside(values: Mapping[str, Any], pictures: list[Input], found: list[Problem]) -> None:
    """Hold every box of `bbox_list` against the picture that it belongs to."""
    for number, (boxes, picture) in enumerate(zip(values.get("bbox_list", ()), pictures, strict=False), start=1):
        width, height = picture.size or (math.inf, math.inf)
        for box in boxes:
            if box[2] > width or box[3] > height:
                message = f"bbox_list has the box {list(box)}, but picture {number} has {width}x{height} pixels"
                found.append(Problem(parameter="bbox_list", message=message))


def _pictures(row: Model, images: tuple[Any, ...], fit: bool, found: list[Problem]) -> list[Input]:
    if row.images is None:
        return []
    pictures = []
    for number, image in enumerate(images, start=1):
        what = "image" if len(images) == 1 else f"image {number}"
        try:
            known = isinstance(image, Input)
            pictures.append(image if known else read_input(first_picture(image), row.images, what=what, fit=fit))
        except InvalidRequest as error:
            found.extend(error.problems)
    return pictures


def _mask(
    function: Function | None,
    mask: Any,
    pictures: list[Input],
    invert: bool,
    warnings: list[str],
    found: list[Problem],
) -> Input | None:
    if mask is None or function is None or not function.mask or not pictures:
        return None
    if isinstance(mask, Input):
        warnings.extend([*mask.warnings, *mask.notes])
        return mask
    painted = getattr(mask, "mask", mask)
    try:
        white = read_mask(first_picture(painted), pictures[0], invert=invert)
    except InvalidRequest as error:
        found.extend(error.problems)
        return None
    warnings.extend([*white.warnings, *white.notes])
    return white


def first_picture(image: Any) -> Any:
    """Return the first picture of a Job, waiting for it, or of a Result, or under a painter; else it as it is."""
    found = image.result() if isinstance(image, Job) else image
    if hasattr(found, "mask") and hasattr(found, "to_image"):
        found = getattr(found, "image", found)  # a painter's own to_image() is what was painted on the picture
    return found[0] if isinstance(found, Result) and len(found) else found


def _frozen(mask: Any) -> Any:
    """Return the mask as it is now, for a call that is built later: whoever paints on changes the next call."""
    painted = getattr(mask, "mask", mask)
    if isinstance(painted, str | Path) and Path(painted).is_file():
        return Path(painted).read_bytes()
    copy = getattr(painted, "copy", None)
    return copy() if callable(copy) else painted
