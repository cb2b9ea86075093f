"""Plan: what a call would send, checked as a whole, before a key is needed or money moves.

`session` turns what users give into a Plan, shows it (`--dry-run`, the money rule) or sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import specs
from ..config import Settings
from ..config.values import COUNTS, count
from ..errors import InvalidRequest, Problem
from ..jobs.job import Job
from ..money import budget
from ..request import Request
from ..specs import Model
from ..texts.catalogue import say
from . import expand
from .checks import complete, elsewhere, inside, structural
from .inputs import frozen, read_pictures, read_white


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
    checked = specs.check(row, function, complete(settings, row, values, images), len(images))
    problems = [*misfits, *checked.problems, *structural(row, chosen, checked.values, images, mask, sync)]
    if invert and mask is None and not (chosen and chosen.mask):
        problems.append(Problem(parameter="invert", message=f"invert turns a mask over, and {where} takes none"))
    problems.extend(elsewhere(row, settings, region, sync))
    try:
        tries = settings.retries if retries is None else count("retries", retries, COUNTS["retries"])
    except InvalidRequest as error:
        problems.append(Problem(parameter="retries", message=error.message))
    needs = tuple(each for each in (*images, mask) if isinstance(each, Job) and each.outcome is None)
    mask = frozen(mask) if needs else mask
    warnings = [problem.message for problem in checked.warnings]
    if paste_back and not (chosen and chosen.mask):
        named = say("of_function" if chosen else "of_model", settings.lang, name=function or row.name)
        warnings.append(say("no_paste_back", settings.lang, where=named))

    def build() -> Request:
        found: list[Problem] = []
        pictures = read_pictures(row, images, fit, found)
        inside(checked.values, pictures, found)
        warnings.extend(note for picture in pictures for note in picture.notes)
        values = dict(checked.values)
        if proportion is not None and chosen is not None:
            scales, size = expand.widen(proportion, pictures, chosen, found)
            if scales:
                values |= scales
                warnings.append(expand.line(proportion, size, scales, settings.lang))
        white = read_white(chosen, mask, pictures, invert, warnings, found)
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
