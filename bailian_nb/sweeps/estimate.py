"""What running a sweep takes: pictures, tasks, money, minutes, and what cannot run."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..planning.plan import Plan
from ..session.session import Session
from .cell import SweepCell
from .shapes import SweepPlan


def estimate(session: Session, cells: Sequence[SweepCell], missing: Sequence[SweepCell]) -> SweepPlan:
    """Return the plan that a grid shows; cost is CNY by list price, None when some price is unknown."""
    plans = [cell.plan for cell in missing if cell.plan is not None]
    known = [plan.cost for plan in plans if plan.cost is not None]
    model = next((cell.plan.model for cell in cells if cell.plan), None)
    return {
        "images": sum(plan.images for plan in plans),
        "tasks": len(plans),
        "cost": round(sum(known), 6) if len(known) == len(plans) else None,
        "minutes": _minutes(session, plans),
        "cached": sum(1 for cell in cells if cell.picture is not None),
        "invalid": [f"{cell.title}: {cell.problem}" for cell in cells if cell.problem],
        "note": f"list price of {model.prices_dated}, before free quota and savings plan" if model else "",
        "dated": model.prices_dated if model else "",
    }


def _minutes(session: Session, plans: Sequence[Plan]) -> float:
    """Return the usual minutes: waves of as many tasks as may run at once, but no faster than they may be sent."""
    if not plans:
        return 0.0
    model = plans[0].model
    limit = model.limit(session.settings().region)
    waves = math.ceil(len(plans) / limit.tasks_at_once) * (model.latency.low + model.latency.high) / 2
    return round(max(waves, len(plans) / limit.submits_per_second) / 60, 1)
