"""The driver: the way of one Job from its row in the journal to its end, by itself or behind whoever has its row.

The runner calls it for each Job, on its own loop. A row may be lost to another kernel while this one stands still, and
come back unsent where that one ends: it is followed meanwhile, and sent after all where somebody here wants it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import specs
from ..accounts.account import Account
from ..accounts.stores import LeaseLost
from ..client import Answer
from ..errors import ServiceError, TaskFailed
from ..money.budget import Budget
from ..money.ledger import job_of
from ..reconcile.attempt import Attempt
from ..reconcile.search import Search
from ..store.row import Row, RowLost, SameRequest
from ..store.schema import OPEN
from ..system.language import sentence
from .cancel import Canceling
from .finish import finish
from .follow import LOOK, failed_there, follow, not_sent_there, sent_again
from .job import Job
from .journal_writes import withdraw
from .park import park
from .poll import poll
from .prepare import Unasked, intend
from .result import Result
from .run import Run, next_try
from .services import Services
from .submit import Sender
from .team import MadeElsewhere, follow_elsewhere
from .waiting import wait_for_place
from .wanted import Wanted

Work = Coroutine[Any, Any, None]


class Driver:
    """Sees Jobs to their end; used on the runner's loop only.

    Parameters
    ----------
    document
        Names the notebook that runs.
    take_over
        Drives a row whose kernel is gone; None where somebody else is quicker.
    driven
        Names the Jobs that this kernel drives.
    """

    def __init__(
        self,
        services: Services,
        *,
        document: Callable[[], str],
        take_over: Callable[[Row, Account], Job | None],
        driven: Callable[[], Collection[str]],
    ) -> None:
        self._services = services
        self._journal = services.journal
        self._document = document
        self._take_over = take_over
        self._driven = driven
        self.sender = Sender(services)
        self.canceling = Canceling(posting=self.sender.posting, clock=services.clock)
        self.intents = asyncio.Lock()
        self.rows: dict[str, str] = {}
        """By Job, the row that it has in the journal now."""
        self._claimed: dict[str, str] = {}
        """By Job, the row of a kernel that is gone, which it is to be sent in place of."""

    async def new(self, first: Run, retries: int) -> None:
        """Send, and again after a failure that a further try may mend; each try has a row of its own."""
        job, run = first.job, first
        for number in range(retries + 1):
            try:
                await self._once(run, "" if number else job.replaces)
                return
            except (TaskFailed, ServiceError) as error:
                again = specs.lookup(error.code, error.message).again == "rerun" and bool(error.code)
                if number == retries or not again or not job.task_id:
                    raise
                said = sentence("try {number} failed ({code}), trying again", number=number + 1, code=error.code)
                job.notes.append(said)
                run = self._next(run)

    async def known(self, job: Job, account: Account, folder: Path) -> None:
        """See a task to its end that the journal knows."""
        run = self._taken_up(job, account, folder)
        await self._collect(run, self._resumed(run))

    async def sought(self, job: Job, account: Account, folder: Path, attempt: Attempt) -> None:
        """Look for the task of a call that broke, then see it to its end."""
        run = self._taken_up(job, account, folder)

        async def found() -> None:
            await self.sender.seek(run, attempt)
            await self._resumed(run)

        await self._collect(run, found())

    def let_go(self, job: Job) -> set[str]:
        """Forget the rows of a Job that has ended, and return those that may be open still."""
        row_id = self.rows.pop(job.id, "")
        return {"" if job.closed else row_id, self._claimed.pop(job.id, ""), job.replaces} - {""}

    def _taken_up(self, job: Job, account: Account, folder: Path) -> Run:
        """Return the Run of a row that stands in the journal."""
        self.rows[job.id] = job.id
        return Run.of(job, account, folder, sends=False)

    async def _collect(self, run: Run, work: Work) -> None:
        """Do what is to be done with a row of an earlier kernel; where that was never sent, send what is wanted."""
        if (free := await self._own(run, work)) is not None:
            await self._once(await self._after_all(run, free), free)

    async def _once(self, run: Run, replaces: str) -> None:
        """Send one task and see it to the end, or follow the one that makes the same request.

        Where whoever took its row over leaves that unsent, it is sent from here after all.
        """
        free: str | None = replaces
        while free is not None and await self._written(run, free):
            if run.job.stopped_by is not None:
                raise asyncio.CancelledError
            if (free := await self._own(run, self._in_turn(run))) is not None:
                run = await self._after_all(run, free)

    async def _written(self, run: Run, replaces: str) -> bool:
        """Write the row of a try; False where another one of the same request has ended, and the Job with it."""
        job = run.job
        while True:
            try:
                async with self.intents:  # first come, first served: the order of the cells is that of the queue
                    others = frozenset(self._driven()) - {job.id}  # an unsent row of its own is the one it replaces
                    await intend(run, self._services, driven=others, notebook=self._document(), replaces=replaces)
                break
            except SameRequest as same:
                if (free := await self._ended_with(run, same.row)) is None:
                    return False
                replaces = free
            except Unasked as unasked:
                await asyncio.to_thread(unasked.ask)
                job.ask_first = None
        self._claimed.pop(job.id, None)
        self.rows[job.id] = run.row_id
        return True

    def _next(self, run: Run) -> Run:
        """Return the try after this one, with nothing known of it yet."""
        job = run.job
        job.closed = False
        job.change(status="QUEUED", task_id="", task_status="", request_id="", submitted=None, why=None)
        return replace(run, row_id=next_try(job.id, self.rows.get(job.id, run.row_id)))

    async def _after_all(self, run: Run, free: str) -> Run:
        """Return the try that is sent for a row which another kernel has left unsent.

        Raises
        ------
        BailianError
            Where nobody here has asked for its pictures: it was to be collected, if it was there.
        CancelledError
            Where it was canceled meanwhile.
        """
        job, wanted = run.job, _wanted(run)
        if wanted is None:
            raise not_sent_there(free)
        again = self._next(replace(run, request=wanted.request, sends=True))
        if job.cancel_asked:
            if job_of(free) == job.id or free == job.id:
                await withdraw(job, self._journal, free, at=self._services.clock.now())
            raise asyncio.CancelledError
        budget = await asyncio.to_thread(wanted.ask)
        job.ask_first = None
        job.change(cost=wanted.cost)
        job.notes.append(sentence("whoever had taken it over left it unsent; it is sent from here"))
        return replace(again, budget=budget)

    async def _in_turn(self, run: Run) -> None:
        while True:
            try:
                await (park(run, self.sender, self._services, self._resumed) if run.job.parks else self._sent(run))
                return
            except LeaseLost:
                continue  # back to the end of the line
            except MadeElsewhere as made:
                if await follow_elsewhere(run, made.claim, self._services, self._resumed):
                    return

    async def _sent(self, run: Run) -> None:
        job, account, model = run.job, run.account, run.request.model
        try:
            await wait_for_place(run)
        except asyncio.CancelledError:
            if job.cancel_asked:
                await withdraw(job, self._journal, run.row_id, at=self._services.clock.now())
            raise
        try:
            sent = await self.sender.send(run)
            answer = await self._watched(run) if sent is None else sent
        finally:
            account.limiter.release(model)  # the task has ended: fetching its pictures takes no place
        if isinstance(answer, Search):  # nothing runs that we know of
            await self.sender.look_again(run, answer)
            await self._resumed(run)
        else:
            await finish(run, answer, self._services)

    async def _own(self, run: Run, work: Work) -> str | None:
        """Do what is to be done with a row of ours; when it was taken over meanwhile, go on as its new driver does.

        Return the unsent row that this one stands for now, ours, where that driver is gone; None at the Job's end.
        """
        try:
            await work
        except RowLost as lost:
            self.rows.pop(run.job.id, None)
            row, seen = lost.row, {run.row_id}
            while (free := await self._ended_with(run, row)) == "":
                seen.add(row.id)
                row = await sent_again(row, self._services, seen)
            return free
        return None

    async def _ended_with(self, run: Run, row: Row) -> str | None:
        """Follow the row of the same request to its end, and end so.

        Where it came to nothing, and the Job must be sent after all, return the row that it is sent in place of, "" if
        there is none.

        Raises
        ------
        BailianError
            The reason, where the other one has failed.
        """
        job, journal, clock = run.job, self._journal, self._services.clock
        if row.kernel == journal.kernel and row.id not in self.rows.values():
            await asyncio.to_thread(journal.release, row.id)  # ours, and nothing here drives it
        known = partial(self.canceling.hand_on, job, run.account)
        while (found := await follow(run, row, self._services, known)) is not None and found.state in OPEN:
            if found.state == "intent":
                if await asyncio.to_thread(journal.claim, found):
                    self._claimed[job.id] = found.id  # its kernel is gone before it sent anything
                    return found.id
                await clock.sleep(LOOK)
            elif (taken := await asyncio.to_thread(self._take_over, found, run.account)) is not None:
                taken.wanted = _wanted(run)
                job.follow(taken)
                await asyncio.shield(asyncio.wrap_future(taken.ended))
                return None
            else:
                await clock.sleep(LOOK)
            row = found
        if found is None or found.state == "canceled":
            job.change(status="QUEUED", task_id="", request_id="", why=None)
            return ""
        if found.state == "done":
            job.task_id, job.request_id = found.task_id or "", found.request_id or ""
            made = await asyncio.to_thread(self._services.save.reopened, found.id)
            job.succeed(Result(made, cost=0.0, cached=True), at=clock.now())
            return None
        raise failed_there(found)

    async def _resumed(self, run: Run) -> None:
        synchronous = run.request.sync or not run.job.task_id  # there is no task to ask for
        if synchronous and (kept := await asyncio.to_thread(self._journal.kept_answer, run.row_id)) is not None:
            await finish(run, Answer.from_dict(kept), self._services)
            return
        model, account = run.request.model, run.account
        account.limiter.occupy(model, account.limit(model))
        try:
            answer = await self._watched(run)
        finally:
            account.limiter.release(model)
        await finish(run, answer, self._services)

    async def _watched(self, run: Run) -> Answer:
        with run.account.limiter.running(run.request.model, run.job.task_id):
            await self.canceling.hand_on(run.job, run.account)
            return await poll(run, self._services)


def _wanted(run: Run) -> Wanted | None:
    """Return what is to be sent where a row that is followed comes back unsent, None where nobody has asked for it."""
    if not run.sends:
        return run.job.wanted
    job = run.job

    def ask() -> Budget | None:
        if job.ask_first is not None:
            job.ask_first()
        return run.budget

    return Wanted(request=run.request, cost=job.cost, ask=ask)
