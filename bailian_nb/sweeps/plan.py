"""What a sweep would cost, and sending its cells under its caps. `Sweep.plan` and `Sweep.run` call it.

Sending stops before the task that would pass a cap. A cell whose task may exist already is left out alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .. import specs
from ..config import values
from ..errors import BudgetExceeded, SubmitUncertain
from ..planning.plan import Plan
from ..session.session import Session
from ..system.language import sentence
from ..texts.catalogue import say
from .cell import SweepCell, SweepPlan


def estimate(session: Session, cells: Sequence[SweepCell], missing: Sequence[SweepCell]) -> SweepPlan:
    """Return the plan that a grid shows; cost is CNY by list price, None when some price is unknown."""
    plans = [cell.plan for cell in missing if cell.plan is not None]
    known = [plan.cost for plan in plans if plan.cost is not None]
    models = [cell.plan.model for cell in cells if cell.plan is not None] or specs.models()
    dated = max(model.prices_dated for model in models)
    return {
        "images": sum(plan.images for plan in plans),
        "tasks": len(plans),
        "cost": round(sum(known), 6) if len(known) == len(plans) else None,
        "minutes": _minutes(session, plans),
        "cached": sum(1 for cell in cells if cell.picture is not None),
        "invalid": [f"{cell.title}: {cell.problem}" for cell in cells if cell.problem],
        "note": say("cost_note", session.settings().lang, dated=dated),
        "dated": dated,
    }


def _minutes(session: Session, plans: Sequence[Plan]) -> float:
    """Return the usual minutes: waves of as many tasks as may run at once, but no faster than they may be sent."""
    if not plans:
        return 0.0
    model = plans[0].model
    limit = model.limit(session.settings().region)
    waves = math.ceil(len(plans) / limit.tasks_at_once) * (model.latency.low + model.latency.high) / 2
    return round(max(waves, len(plans) / limit.submits_per_second) / 60, 1)


def send(
    cells: Sequence[SweepCell], missing: Sequence[SweepCell], cap: float | None, send_one: Callable[[SweepCell], None]
) -> None:
    """Send what is missing in order, as long as the whole sweep stays within `cap` in CNY (None or inf: no cap).

    What the sweep has spent already counts. Cells that are left out keep the reason, and the next run sends them.

    Raises
    ------
    BudgetExceeded
        When not even the first one may be sent.
    SubmitUncertain
        When each of them was sent before and may have made a task.
    """
    uncertain = 0
    limit = math.inf if cap is None else values.cap("max_cost", cap)
    for position, cell in enumerate(missing):
        cell.held = ""
        cost = cell.plan.cost if cell.plan is not None else None
        spent = sum(_spent(each) for each in cells)
        try:
            if cost is not None and spent + cost > limit + 1e-9:
                raise BudgetExceeded(
                    sentence(
                        "not sent: the sweep has spent CNY {spent:.2f} by list price, {cost:.2f} more would pass "
                        "max_cost {limit:g}; run again with a higher one, and only what is missing is sent",
                        spent=spent,
                        cost=cost,
                        limit=limit,
                    )
                )
            send_one(cell)
        except BudgetExceeded as error:
            for left in missing[position:]:
                left.held = str(error)
            if position == 0:
                raise
            return
        except SubmitUncertain as error:
            cell.held = str(error)
            uncertain += 1
            if uncertain == len(missing):
                raise


def _spent(cell: SweepCell) -> float:
    """Return what a cell has cost: the estimate while it runs, and where nobody knows whether a task was made.

    What an emulator drew counts by list price, so that a cap can be practised there.
    """
    if cell.job is None:
        return 0.0
    estimate = cell.plan.cost if cell.plan is not None else None
    drawn = cell.job.emulator and cell.job.outcome is not None and not cell.job.outcome.cached
    return (estimate if drawn or cell.job.cost is None else cell.job.cost) or 0.0
