"""The money rule: what is above `confirm_above` is asked first. Magics, sweeps and the command line ask here.

No IPython here; who hears the question shows it, or raises it where nobody could answer.
"""

from __future__ import annotations

from ..errors import BudgetExceeded
from ..jobs.job import Job
from ..planning.plan import Plan
from ..texts.catalogue import say
from .held_job import HeldJob
from .session import Session


def send(
    session: Session, plan: Plan, *, confirmed: bool, button: bool, lang: str, max_cost: float | None = None
) -> Job:
    """Send `plan`; what is above `confirm_above`, is not `confirmed` and would cost something is asked first.

    Returns
    -------
    Job
        A HeldJob that waits for its Run button, where somebody sees a `button`.

    Raises
    ------
    BudgetExceeded
        With the question, where nobody could answer it; and as `Session.send`.
    """

    def ask() -> Job | None:
        limit = plan.settings.confirm_above
        if plan.cost is not None and plan.cost <= limit:
            return None
        if not button:
            raise BudgetExceeded(worded(plan.cost, plan.model.prices_dated, limit, lang))
        return HeldJob(session, plan, max_cost=max_cost)

    return session.send(plan, max_cost=max_cost, instead=None if confirmed else ask)


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
