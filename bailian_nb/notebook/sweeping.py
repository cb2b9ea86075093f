"""What `%wan_sweep` does once its line is read: a Sweep, and whether to show its plan or to run it. No IPython here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import specs
from .. import sweeps as sweeping
from ..errors import BudgetExceeded, InvalidRequest, Problem
from ..session import Session
from ..sweeps import Sweep
from ..sweeps.shapes import SweepPlan
from ..texts import say
from .line import Line, read_line
from .tables import Bundle, Table

USAGE = '%wan_sweep style photo.jpg "Convert to French picture book style" --axis strength=0:1:0.25'


def kind_of(line: str) -> specs.Kind:
    """Tell a sweep over an edit (the first word that is no option is a function) from one over text to image."""
    names = {name for model in specs.models("edit") for row in model.functions for name in (row.name, row.short)}
    return "edit" if set(read_line(line, "edit").words[:1]) & names else "t2i"


def make(
    session: Session,
    read: Line,
    kind: specs.Kind,
    *,
    look: Callable[[str], Any],
    prompt: Callable[[Sequence[str], list[Problem]], str],
) -> Sweep:
    """Return the Sweep of a line; `look` turns a word into a picture, `prompt` reads what is left.

    Raises
    ------
    InvalidRequest
        With everything that is wrong with the line and the axes.
    """
    problems = list(read.problems)
    axes: dict[str, list[Any]] = {}
    for text in read.axis:
        try:
            name, values = sweeping.parse(text)
        except InvalidRequest as error:
            problems.extend(error.problems)
            continue
        axes[name] = [*axes.get(name, []), *values]
    words = list(read.words)
    function = image = None
    if kind == "edit":
        function = words.pop(0)
        if not words:
            problems.append(Problem(parameter="image", message=f"a picture is needed, for example {USAGE}"))
        else:
            image = look(words.pop(0))
    text = prompt(words, problems)
    try:
        sweep = sweeping.make(
            session,
            image=image,
            function=function,
            prompt=text,
            model=read.model,
            values={**read.values, **axes},
            mask=None if read.mask is None else look(read.mask),
            fit=read.fit,
            invert=read.invert,
            sync=read.sync,
            cache=not read.no_cache,
            paste_back=False if read.no_paste else None,
            retries=read.retries,
            out_dir=read.out_dir,
        )
    except InvalidRequest as error:
        raise InvalidRequest([*problems, *error.problems], hint=error.hint) from None
    if problems:
        raise InvalidRequest(problems)
    return sweep


def run(sweep: Sweep, read: Line, *, confirm_above: float, interactive: bool, lang: str) -> str:
    """Send the Sweep by the money rule; return a sentence instead when somebody must confirm first.

    Raises
    ------
    BudgetExceeded
        When the estimate is above `confirm_above` and nobody can confirm, or above the cap.
    """
    cost = sweep.plan["cost"]
    if read.dry_run:
        return say("dry_run", lang)
    if (cost is None or cost > confirm_above) and not read.run:
        asked = say("confirm", lang, cost="?" if cost is None else f"{cost:.2f}", limit=f"{confirm_above:.2f}")
        if not interactive:
            raise BudgetExceeded(asked)
        return asked
    sweep.run(max_cost=read.max_cost)
    return ""


def outputs(sweep: Sweep, lang: str) -> list[Bundle]:
    """Return a sweep's static outputs: the sheet and a caption when something was run, else the plan."""
    if not sweep.jobs:
        return [Table(title=sweep.title, head=("", ""), rows=_plan_rows(sweep.plan, lang)).bundle()]
    return [sweep.still(), sweep.caption(lang)]


def _plan_rows(plan: SweepPlan, lang: str) -> list[tuple[str, object]]:
    """Return the plan as rows of a table."""
    cost = "?" if plan["cost"] is None else f"{plan['cost']:.2f}"
    rows: list[tuple[str, object]] = [
        (say("plan_tasks", lang), plan["tasks"]),
        (say("plan_images", lang), plan["images"]),
        (say("plan_cost", lang), f"CNY {cost} ({plan['note']})"),
        (say("plan_minutes", lang), plan["minutes"]),
        (say("plan_cached", lang), plan["cached"]),
    ]
    return [*rows, *((say("plan_invalid", lang), line) for line in plan["invalid"])]
