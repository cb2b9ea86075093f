"""Plan: what a call would send, checked as a whole, before a key is needed or money moves.

`session` turns what users give into a Plan, shows it (`--dry-run`, the money rule) or sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
from ..system.language import sentence
from ..texts.catalogue import say
from ..texts.shelf import ending
from . import expand, presets
from .advice import advised
from .checks import complete, elsewhere, inside, meaningless, structural
from .inputs import gathered, read_ahead, read_mask_input, read_pictures, snapshot
from .keep import kept, own_size, readable, worded


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One call, ready to send."""

    model: Model
    """Its row of the table."""
    function: str | None
    """DashScope's function name, None for a model without functions."""
    request: Request | None
    """What is sent; None while an input is a Job that has not ended."""
    build: Callable[[], Request]
    """Makes the Request once the inputs are there; raises InvalidRequest with what is wrong with them."""
    needs: tuple[Job, ...]
    """The Jobs whose pictures are its inputs and that have not ended; the call waits for them."""
    images: int
    """The most pictures that it may return, 1 or more; each is billed."""
    cost: float | None
    """The most that it may cost: CNY by list price before free quota and savings plan, None when that is unknown."""
    folder: Path
    """Where pictures go, an absolute path; each day has a folder below it."""
    retries: int
    """Further tries, 0-10, after a task failed by the service's own fault."""
    cache: bool
    """Whether pictures on disk, or a Job on its way, may answer it instead."""
    settings: Settings
    """The settings that held when it was made: caps, language, `embed`."""
    fit: bool = False
    """Whether pictures that would be refused are shrunk or converted."""
    invert: bool = False
    """Whether the mask means the opposite: black is edited."""
    warnings: tuple[str, ...] = field(default=())
    """What the user is told beside the pictures, a sentence each."""
    parks: bool = False
    """Whether its task is left in the service's own queue, for whoever collects it."""
    owner: str = ""
    """Whom its Job belongs to: owners of one kernel take turns, see `accounts.queue`."""
    names: Callable[[int], str] | None = None
    """Gives the file name, without ending, of each picture from 0; None for names of our own."""

    @property
    def label(self) -> str:
        """Return model and function as captions name them."""
        return specs.label(self.model.name, self.function)

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


def embedded(settings: Settings, a1111: bool | None) -> None:
    """Refuse a call that asks for the prompt in the picture and wants it out of there."""
    if a1111 and not settings.embed:
        raise InvalidRequest(sentence("a1111 writes the prompt into the picture and no-embed keeps it out; give one"))


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
    preset: str | None = None,
    cache: bool = True,
    paste_back: bool | None = None,
    region: str,
    today: date | None = None,
    keep: Any = None,
    notes: Sequence[str] = (),
) -> Plan:
    """Check everything that was given and return the Plan.

    Parameters
    ----------
    folder
        Where the pictures go, an absolute path.
    model, function
        Names of the table; the function also by its short name.
    values
        DashScope's parameters by name, None for those that were not given; for expand, `to` may stand there for its
        scales.
    images
        Pictures in any form that `read_input` takes, or Jobs, in the order in which they are sent.
    mask, invert, fit, sync, paste_back
        As for `api.edit`; paste_back None means: where there is a mask.
    retries
        0-10, None for the setting of that name.
    region
        DashScope's region, which decides price, limits and what is offered.
    preset
        Name of a style in the settings, see `presets`.
    keep
        For background: what of the picture is kept, see `api.edit`.
    notes
        What the user is told besides.
    today
        The day of the call, in UTC: a model whose end is near or past is warned of; None warns of none.

    Raises
    ------
    InvalidRequest
        With every problem at once; nothing was sent or written.
    """
    row = specs.get(model)
    function = _function(row, function)
    chosen, recipe = row.function(function), row.recipe(function)
    told = list(notes)
    if preset is not None:
        values = presets.styled(settings, preset, values, [each.name for each in row.takes(function)], told)
    sync = sync or not row.protocol.asynchronous
    seed_given = values.get("seed") is not None
    problems: list[Problem] = []
    where = specs.where_of(row, chosen)
    values, proportion = expand.take_proportion(values, chosen, where, problems)
    values, images = gathered(row, worded(recipe, values), images)
    if values.get("prompt") == "" and not row.functions and row.prompt is None:
        values["prompt"] = None
    checked = specs.check(row, function, complete(settings, row, values, images), len(images))
    problems += [advised(problem, row, function, values) for problem in checked.problems]
    problems += structural(row, chosen, checked.values, images, mask, sync)
    if not any(each.parameter == "to" or each.parameter.endswith("_scale") for each in problems):
        problems += expand.unmoved(checked.values, chosen, proportion)
    problems += meaningless(row, chosen, invert=invert and mask is None, keep=keep is not None and recipe is None)
    problems += elsewhere(row, settings, region, sync)
    tries = settings.retries
    try:
        tries = tries if retries is None else count("retries", retries, COUNTS["retries"])
    except InvalidRequest as error:
        problems.append(Problem(parameter="retries", message=error.message))
    needs = tuple(each for each in (*images, mask, keep) if isinstance(each, Job) and each.outcome is None)
    if needs and not problems:
        mask, keep = snapshot(mask), snapshot(keep)
        images = read_ahead(row, images, fit, problems, checked.values, readable(recipe, row.images))
    if needs and problems:
        raise InvalidRequest(problems)
    told += [problem.message for problem in checked.warnings]
    told += _remarks(row, settings.lang, pictures=len(images), today=today)
    if paste_back and recipe is None and not (chosen and chosen.mask):
        named = say("of_function" if chosen else "of_model", settings.lang, name=chosen.short if chosen else row.name)
        told.append(say("no_paste_back", settings.lang, where=named))
    call = _Call(
        row=row,
        function=function,
        values=checked.values,
        images=images,
        mask=mask,
        keep=keep,
        proportion=proportion,
        fit=fit,
        invert=invert,
        sync=sync,
        seed_given=seed_given,
        paste_back=paste_back,
        lang=settings.lang,
        problems=tuple(problems),
        warnings=tuple(told),
    )
    request = None if needs else call.build()
    most = row.estimate(region, checked.values, len(images))
    return Plan(
        model=row,
        function=function,
        request=request,
        build=call.build,
        needs=needs,
        images=most.images,
        cost=most.cny,
        folder=folder,
        retries=tries,
        cache=cache,
        settings=settings,
        fit=fit,
        invert=invert,
        warnings=call.warnings if request is None else request.warnings,
    )


@dataclass(frozen=True, kw_only=True)
class _Call:
    """What was given, its values checked, before its pictures are read; `problems` are those found so far."""

    row: Model
    function: str | None
    values: Mapping[str, Any]
    images: tuple[Any, ...]
    mask: Any
    keep: Any
    proportion: expand.Proportion | None
    fit: bool
    invert: bool
    sync: bool
    seed_given: bool
    paste_back: bool | None
    lang: str
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]

    def build(self) -> Request:
        """Read the pictures and return the Request; raise everything that is wrong, with the call or with them."""
        row, found, said = self.row, list[Problem](), list(self.warnings)
        chosen, recipe = row.function(self.function), row.recipe(self.function)
        pictures = read_pictures(row, self.images, self.fit, found, self.values, readable(recipe, row.images))
        inside(self.values, pictures, found)
        said += [note for picture in pictures for note in picture.notes]
        values = dict(self.values)
        if self.proportion is not None and chosen is not None:
            scales, size = expand.widen(self.proportion, pictures, chosen, found)
            if scales:
                values |= scales
                said.append(expand.line(self.proportion, size, scales, self.lang))
        elif not self.problems:
            found += expand.unmoved(values, chosen, self.proportion, pictures)
        mask = read_mask_input(chosen, self.mask, pictures, self.invert, said, found)
        if recipe is not None:
            mask = kept(recipe, self.keep, row, pictures, said, found)
            if own := own_size(recipe, row, values, pictures):
                values["size"] = own
                drawn, asked = "{}x{}".format(*pictures[0].size or ()), own.replace("*", "x")
                if asked != drawn:
                    said.append(say("not_its_size", self.lang, size=drawn, asked=asked))
        if self.problems or found:
            raise InvalidRequest([*self.problems, *found])
        masked = recipe is not None or (chosen is not None and chosen.mask)
        pasted = masked if self.paste_back is None else self.paste_back
        return Request(
            model=row.name,
            function=self.function,
            values=values,
            images=tuple(pictures),
            mask=mask,
            sync=self.sync,
            seed_given=self.seed_given,
            paste_back=pasted and mask is not None,
            warnings=tuple(said),
        )


def _function(row: Model, name: str | None) -> str | None:
    """Return DashScope's name of the function that is meant; that of a model which has only one way may be left out."""
    if row.functions and name is None:
        raise InvalidRequest(
            sentence(
                "{name} needs a function: {names}", name=row.name, names=", ".join(each.name for each in row.functions)
            )
        )
    if name is not None:
        return specs.function_name(row, name)
    return row.recipes[0].name if row.recipes and row.recipes[0].cut_out else None


def _remarks(row: Model, lang: str, *, pictures: int, today: date | None) -> list[str]:
    """Return what a user of the model should know of any such call."""
    said = [] if row.protocol.asynchronous else [say("answers_itself", lang, model=row.name)]
    if row.images is not None and 0 < row.images.warn_count < pictures:
        said.append(say("pages_differ", lang, model=row.name, count=row.images.warn_count))
    if today is not None and (farewell := ending(row, today, lang)):
        said.append(farewell)
    return said
