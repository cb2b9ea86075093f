"""HeldJob: a Job above `confirm_above` that waits for its Run button. Magics make it, the card's button runs it."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace
from typing import Any

from ..errors import BailianError, BudgetExceeded, InvalidRequest, TaskCanceled
from ..jobs.finish import canceled
from ..jobs.job import Job
from ..jobs.result import Result
from ..jobs.status import WaitReason
from ..money.budget import check_budget
from ..planning.plan import Plan
from ..system.language import sentence
from ..texts.catalogue import say
from . import front
from .session import Session

_CAPS = ("max_cost", "max_cost_day", "max_cost_month")


class HeldJob(Job):
    """One call that is sent when somebody says so, exactly as it was planned; nothing of it is written down before.

    Waiting for it while it is held raises BudgetExceeded, since nobody knows whether Run will ever be pressed. When the
    same request is on its way already, it follows the Job that does it: nothing is paid twice.

    Parameters
    ----------
    plan
        What Run sends. Its pictures were read when it was made, and a seed was drawn.
    max_cost
        CNY for this call, as for `Session.send`.

    Raises
    ------
    MissingApiKey
        When there is no key that Run could send it with.
    """

    def __init__(self, session: Session, plan: Plan, *, max_cost: float | None = None) -> None:
        self._session = session
        self.plan = plan
        self._max_cost = max_cost
        self._payer = self._who()
        super().__init__(
            id=session.new_id(),
            request=plan.request,
            label=plan.label,
            emulator=self._payer[1],
            created=session.clock.now(),
            cost=plan.cost,
        )
        self.status = "WAITING"
        self.why = WaitReason(key="waits_for_run", values={"limit": f"{plan.settings.confirm_above:.2f}"})
        self.notes.extend(plan.warnings)
        self.display = front.here.display
        self._pressing = threading.RLock()
        self._left: list[tuple[str, float, float]] = []
        self.refusal: BudgetExceeded | None = None
        """What the caps say against it, as far as they were asked."""
        self._ask_caps()

    @property
    def held(self) -> bool:
        """True until it is run or canceled."""
        return not self.final and self.why is not None and self.why.key == "waits_for_run"

    def run(self) -> None:
        """Send what was shown, once; a held Job that was run or canceled stays as it is.

        Raises
        ------
        BailianError
            When it is refused (by a cap, for instance): nothing was sent then, and it may be run again.
        """
        if self._elsewhere():
            return
        with self._pressing:
            if not self.held:
                return
            if self._who() != self._payer:
                raise InvalidRequest(
                    sentence("key, address or emulator have changed since this was shown; nothing was sent"),
                    hint=sentence("Run the cell again to see what it costs now."),
                )
            try:
                sent = self._session.send(self._capped(), max_cost=self._max_cost, job=self)
            except BudgetExceeded:
                self._ask_caps()
                raise
            if sent is not self:
                self.follow(sent)  # from here on it is held no more; an interrupt before that leaves it held

    def cancel(self) -> bool:
        """Take the button away while it is held; else as every Job."""
        if self._drop(canceled(self)):
            return True
        return super().cancel()

    def withdraw(self) -> None:
        """Let its button do nothing any more, since its cell is run again."""
        self._drop(
            TaskCanceled(sentence("job {id} was not sent: its cell was run again before Run was pressed", id=self.id))
        )

    def wait(self, timeout: float | None = None) -> Job:
        """As `Job.wait`, once it is run; raises BudgetExceeded while it is held."""
        self._must_run()
        return super().wait(timeout)

    def __await__(self) -> Generator[Any, None, Result]:
        self._must_run()
        return super().__await__()

    def lines(self, lang: str) -> list[str]:
        """Say that it waits, what Run sends and costs, and what the caps of the account leave."""
        asked = say("waits_for_run", lang, limit=f"{self.plan.settings.confirm_above:.2f}")
        cost = say("cost_unknown", lang)
        if self.plan.cost is not None:
            cost = say("estimate", lang, cost=f"{self.plan.cost:.2f}", dated=self.plan.model.prices_dated)
        lines = [asked, f"{say('run_pictures', lang, count=self.plan.images)} · {cost}"]
        for name, cap, left in self._left:
            lines.append(say("cost_left", lang, name=name, cap=f"{cap:g}", left=f"{left:.2f}"))
        return lines

    def _must_run(self) -> None:
        if self.held:
            raise BudgetExceeded(say("unpressed", self.plan.settings.lang, job=self.id))

    def _drop(self, error: BailianError) -> bool:
        """End it if it is held still."""
        if self._elsewhere():
            return False
        with self._pressing:
            if not self.held:
                return False
            self.fail(error, at=self._session.clock.now(), status="CANCELED")
            return True

    def _who(self) -> tuple[str, bool]:
        """Return whose money it would be now, and whether the emulator draws."""
        settings = self.plan.settings
        account = self._session.account(self._session.target(settings), settings)
        return account.id, account.emulator

    def _capped(self) -> Plan:
        """Return the same call under the caps that hold now: who was refused may raise one and press again."""
        now = self._session.settings()
        settings = replace(self.plan.settings, **{name: getattr(now, name) for name in _CAPS})
        return replace(self.plan, settings=settings)

    def _ask_caps(self) -> None:
        session, plan = self._session, self._capped()
        capped = plan.settings.max_cost_day is not None or plan.settings.max_cost_month is not None
        self._left = session.costs()[0].left() if capped else []
        account = session.account(session.target(plan.settings), plan.settings)
        self.refusal = None
        try:
            plan.check_budget(self._max_cost)
            check_budget(session.home, account, plan, session.jobs(), clock=session.clock, max_cost=self._max_cost)
        except BudgetExceeded as error:
            self.refusal = error
