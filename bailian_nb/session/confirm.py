"""The money rule: what is above `confirm_above` is asked first. Magics, sweeps and the command line ask here.

No IPython here; who hears the question shows it, or raises it where nobody could answer.
"""

from __future__ import annotations

from ..errors import BudgetExceeded
from ..jobs.job import Job
from ..money.budget import above_limit
from ..planning.plan import Plan
from ..texts.catalogue import estimate, say
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
            raise BudgetExceeded(above_limit(plan.cost, plan.model.prices_dated, limit, lang))
        return HeldJob(session, plan, max_cost=max_cost)

    return session.send(plan, max_cost=max_cost, instead=None if confirmed else ask)


def button(cost: float | None, dated: str, limit: float, lang: str) -> str:
    """Say what `above_limit` says over a Run button, in words that are still true once it was pressed."""
    waits = say("waits_for_run", lang, limit=f"{limit:.2f}")
    return " · ".join([waits, estimate(cost, dated, lang), say("no_button", lang)])
