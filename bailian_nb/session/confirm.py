"""The money rule: what is above `confirm_above` is asked first. Magics, sweeps and the command line ask here.

No IPython here; who hears the question shows it, or raises it where nobody could answer.
"""

from __future__ import annotations

from ..planning.plan import Plan
from ..texts.catalogue import say
from .session import Session


def question(session: Session, plan: Plan, lang: str) -> str:
    """Return what to ask before `plan` is sent, "" when it may go out: it is cheap enough or would send nothing."""
    limit = plan.settings.confirm_above
    if (plan.cost is not None and plan.cost <= limit) or session.on_disk(plan):
        return ""
    return worded(plan.cost, plan.model.prices_dated, limit, lang)


def worded(cost: float | None, dated: str, limit: float, lang: str) -> str:
    """Say an estimate in CNY (None: no page gives a price) that is above `limit`, and how it is sent all the same."""
    if cost is None:
        return say("confirm_unknown", lang, limit=f"{limit:.2f}")
    return say("confirm", lang, cost=f"{cost:.2f}", dated=dated, limit=f"{limit:.2f}")


def button(cost: float | None, dated: str, limit: float, lang: str) -> str:
    """Say the same over a Run button, in words that are still true in what is saved after it was pressed."""
    known = cost is not None
    estimate = say("estimate", lang, cost=f"{cost:.2f}", dated=dated) if known else say("cost_unknown", lang)
    return " · ".join([say("waits_for_run", lang, limit=f"{limit:.2f}"), estimate, say("no_button", lang)])
