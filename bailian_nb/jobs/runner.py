"""The runner: takes a Job from Request to saved pictures, on its own loop.

The order is the promise: intent in the journal, a place within the limits, the create call (one at a time for each
model), the task id in the journal, queries until the task is final, pictures on disk, and only then `done`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import specs
from ..accounts.account import Account
from ..accounts.stores import LeaseLost
from ..client import Answer, Client
from ..errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    RequestRejected,
    ServiceError,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
    one_line,
)
from ..money.budget import Budget
from ..reconcile.attempt import Attempt
from ..reconcile.search import Search
from ..specs import service
from ..store.journal import Journal
from ..store.kernels import BEAT
from ..store.row import Row, RowGone, RowLost, SameRequest
from ..store.schema import OPEN
from ..system.clock import Clock
from ..system.language import sentence
from ..system.loops import Callbacks, LoopThread, wait
from .cancel import Canceling, closed, heard
from .finish import canceled, ends, finish, not_sent, unwritten
from .follow import LOOK, failed_there, follow, sent_again
from .job import Job
from .journal_writes import try_write, withdraw
from .park import park
from .poll import poll
from .prepare import Prepare, Unasked, intend, prepared, wait_for_inputs
from .relieve import relieve
from .result import Result
from .run import Run
from .save import Saver
from .services import Services
from .shutdown import STEP_TIMEOUT, shutdown
from .submit import Sender
from .team import MadeElsewhere, attach, follow_elsewhere, settle
from .waiting import wait_for_place

log = logging.getLogger("bailian_nb")
ANSWERS = 5.0
"""Seconds within which the loop answers at the latest, however busy the machine is."""
Work = Callable[[], Coroutine[Any, Any, None]]
"""Makes the coroutine only when its task runs: one that a closing loop never starts would be complained about."""


@dataclass(frozen=True, kw_only=True)
class _Drive:
    """A Job on its way."""

    job: Job
    task: asyncio.Task[None]
    account: Account


class Runner:
    """Drives every Job of this process; its methods may be called from any thread."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        loop: LoopThread,
        callbacks: Callbacks,
        save: Saver,
        document: Callable[[], str] = str,
        take_over: Callable[[Row, Account], Job | None] = lambda row, account: None,
    ) -> None:
        self.journal = journal
        self.clock = clock
        self._services = Services.of(journal, clock, save)
        self._loop = loop
        self.together = loop.together
        self._callbacks = callbacks
        self._document = document
        self._take_over = take_over
        self._sender = Sender(self._services)
        self._canceling = Canceling(posting=self._sender.posting, clock=clock)
        self._intents = asyncio.Lock()
        self._driving: dict[str, _Drive] = {}
        self._rows: dict[str, str] = {}
        """By Job, the row that it has in the journal now."""
        self._claimed: dict[str, str] = {}
        """By Job, the row of a kernel that is gone, which it is to be sent in place of."""
        self._pulse: asyncio.Task[None] | None = None
        self._releasing: set[asyncio.Future[None]] = set()

    def start(
        self,
        job: Job,
        account: Account,
        *,
        folder: Path,
        needs: Sequence[Job] = (),
        prepare: Prepare | None = None,
        retries: int = 0,
        budget: Budget | None = None,
    ) -> None:
        """Drive a new Job to its end; returns at once, from any thread.

        Parameters
        ----------
        folder
            Where its pictures go; made when there is something to save.
        needs
            Jobs whose pictures it takes: it waits until they have ended well, and fails when one of them fails.
        prepare
            Builds the Request after that, or finds what answers it; None where the Job has its Request.
        retries
            Further tries, each a task of its own, after a failure of the service that is not billed.
        budget
            The caps that are checked once more where its row is written; None where there are none.
        """

        async def fresh() -> None:
            if needs:
                await wait_for_inputs(job, needs)
            if prepare is not None and (answer := await prepared(job, prepare)) is not None:
                job.succeed(answer, at=self.clock.now())
                return
            await self._tried(Run.of(job, account, folder), retries, budget)

        self._drive(job, account, fresh)

    def resume(self, job: Job, account: Account, *, folder: Path) -> None:
        """Drive a Job whose task the journal knows already."""

        async def resumed() -> None:
            run = self._known(job, account, folder)
            await self._own(run, self._resumed(run))

        self._drive(job, account, resumed, known=True)

    def seek(self, job: Job, account: Account, *, folder: Path, attempt: Attempt) -> None:
        """Drive a Job whose create call broke in an earlier kernel: look for its task, then see it to the end."""

        async def sought() -> None:
            run = self._known(job, account, folder)

            async def found() -> None:
                await self._sender.seek(run, attempt)
                await self._resumed(run)

            await self._own(run, found())

        self._drive(job, account, sought, known=True)

    def drives(self, job: Job) -> bool:
        """Tell whether a Job is on its way here: one whose `start` was interrupted is not, and never will be."""
        if not (self._sender.closing or self._loop.here):
            begun, before = self._loop.submit_behind(asyncio.sleep(0)), -1  # behind every start of this thread
            while not begun.done() and before != len(self._driving):  # it may have thousands to begin
                before = len(self._driving)
                concurrent.futures.wait([begun], ANSWERS)
        return job.id in self._driving

    def flush(self, row_id: str) -> bool:
        """See `Sender.flush`."""
        return self._sender.flush(row_id)

    def cancel(self, job: Job) -> bool:
        """See `Job.cancel`."""
        if self._sender.closing:
            return closed(job)
        asked = self._loop.submit_behind(self._cancel(job))
        return not self._loop.here and heard(asked, job, self._callbacks.loop)

    def drain(self, timeout: float, clients: Sequence[Client] = ()) -> None:
        """Start no further create call, wait until those that are out have written their task ids down, and hang up.

        What was not sent has its intent in the journal then, so that the next kernel can offer it.
        """
        self._sender.closing = True
        self._loop.hurry()
        if not self._loop.started:
            return
        try:
            wait(self._loop.submit_behind(self._end(timeout, clients)), timeout + 1.0, self._callbacks.loop)
        except (concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            log.debug("the runner's loop does not answer")
        finally:  # an interrupt, too, lets those go who wait in other threads
            for drive in list(self._driving.values()):
                drive.job.abandon(ends(drive.job))

    async def _end(self, timeout: float, clients: Sequence[Client]) -> None:
        tasks = partial(map, lambda drive: drive.task, self._driving.values())
        await shutdown(self._sender, self._intents, tasks, clients, timeout)
        if self._releasing:
            await asyncio.wait(self._releasing, timeout=STEP_TIMEOUT)

    def _drive(self, job: Job, account: Account, work: Work, *, known: bool = False) -> None:
        if self._sender.closing:
            job.abandon(ends(job))
        else:
            self._loop.hand_over(self._begin(job, account, work, known))

    async def _begin(self, job: Job, account: Account, work: Work, known: bool) -> None:
        if known and self._sender.closing:  # its row is the next kernel's
            job.abandon(ends(job))
        if job.final or job.error is not None:  # or given up while the loop did not answer
            return
        task = asyncio.ensure_future(self._guard(job, account, work))
        self._driving[job.id] = _Drive(job=job, task=task, account=account)
        attach(account, self.journal)
        task.add_done_callback(partial(self._let_go, job))
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.ensure_future(self._beat())

    async def _beat(self) -> None:
        """Show other kernels that this one does not stand still, as long as it drives anything."""
        while self._driving:
            self.journal.beat()
            await asyncio.sleep(BEAT)
            for account in {id(drive.account): drive.account for drive in self._driving.values()}.values():
                jobs = [drive.job for drive in self._driving.values() if drive.account is account]
                await relieve(jobs, account, self.journal, self._take_over)

    def _let_go(self, job: Job, task: asyncio.Task[None]) -> None:
        """End a Job whose task was canceled, which may be before the task's first step."""
        drive = self._driving.pop(job.id, None)
        if drive is not None and drive.account.team is not None and (last := self._rows.get(job.id)):
            self._at_the_end(settle(drive.account, self.journal, last))
        row_id = "" if job.closed else self._rows.get(job.id, "")
        self._rows.pop(job.id, None)
        left = {row_id, self._claimed.pop(job.id, ""), job.replaces} - {""}
        if left and not self._sender.closing:
            self._at_the_end(self._release(job, left))
        if not task.cancelled():
            return
        if job.cancel_asked and self._sender.unsent(job):
            job.fail(canceled(job), at=self.clock.now(), status="CANCELED")
        elif job.stopped_by is not None:
            job.fail(not_sent(job.stopped_by), at=self.clock.now())
        else:
            job.abandon(ends(job))

    def _at_the_end(self, work: Coroutine[Any, Any, None]) -> None:
        doing = asyncio.ensure_future(work)
        self._releasing.add(doing)
        doing.add_done_callback(self._releasing.discard)

    async def _release(self, job: Job, rows: Collection[str]) -> None:
        """Let others take up what is open of a Job that has ended."""
        for row_id in rows:
            with contextlib.suppress(RowLost):
                await try_write(job, self.journal.release, row_id, default=None)

    async def _guard(self, job: Job, account: Account, work: Work) -> None:
        """End the Job whatever happens; a fault of ours is logged with its stack."""
        try:
            await work()
        except TaskExpired as error:
            job.fail(error, at=self.clock.now(), status="EXPIRED")
        except TaskCanceled as error:
            job.fail(error, at=self.clock.now(), status="CANCELED")
        except (BillingError, AuthenticationError) as error:
            job.fail(error, at=self.clock.now())
            if job.request is not None and not job.task_id:  # one that only followed another was refused nothing itself
                self._stop_queue(job, account, error)
        except BailianError as error:
            job.fail(error, at=self.clock.now())
        except (OSError, sqlite3.Error, RowGone) as error:
            row = await try_write(job, self.journal.row, job.id, default=None)
            job.fail(unwritten(job, error, answered=bool(row and row.answer)), at=self.clock.now())
        except Exception as error:
            log.exception("job %s", job.id)
            job.fail(BailianError(sentence("fault in bailian_nb: {error}", error=one_line(error))), at=self.clock.now())

    async def _tried(self, first: Run, retries: int, budget: Budget | None) -> None:
        """Send, and again after a failure that a further try may mend; each try has a row of its own."""
        job = first.job
        for number in range(retries + 1):
            run = first if number == 0 else replace(first, row_id=f"{job.id}.{number}")
            try:
                await self._once(run, budget)
                return
            except (TaskFailed, ServiceError) as error:
                again = specs.lookup(error.code, error.message).again == "rerun" and bool(error.code)
                if number == retries or not again or not job.task_id:
                    raise
                said = sentence("try {number} failed ({code}), trying again", number=number + 1, code=error.code)
                job.notes.append(said)
                job.closed = False
                job.change(status="QUEUED", task_id="", task_status="", submitted=None)

    async def _once(self, run: Run, budget: Budget | None) -> None:
        """Send one task and see it to the end, or follow the one that makes the same request."""
        job = run.job
        replaces = job.replaces if run.row_id == job.id else ""
        while True:
            try:
                async with self._intents:  # first come, first served: the order of the cells is that of the queue
                    named = {"notebook": self._document(), "replaces": replaces}
                    await intend(run, self._services, budget=budget, driven=frozenset(self._driving), **named)
                break
            except SameRequest as same:
                if (free := await self._ended_with(run, same.row)) is None:
                    return
                replaces = free
            except Unasked as unasked:
                await asyncio.to_thread(unasked.ask)
                job.ask_first = None
        self._claimed.pop(job.id, None)
        self._rows[job.id] = run.row_id
        if job.stopped_by is not None:
            raise asyncio.CancelledError
        await self._own(run, self._in_turn(replace(run, caps=budget.caps) if budget else run))

    async def _in_turn(self, run: Run) -> None:
        while True:
            try:
                await (park(run, self._sender, self._services, self._resumed) if run.job.parks else self._sent(run))
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
                await withdraw(job, self.journal, run.row_id, at=self.clock.now())
            raise
        try:
            sent = await self._sender.send(run)
            answer = await self._watched(run) if sent is None else sent
        finally:
            account.limiter.release(model)  # the task has ended: fetching its pictures takes no place
        if isinstance(answer, Search):  # nothing runs that we know of
            await self._sender.look_again(run, answer)
            await self._resumed(run)
        else:
            await finish(run, answer, self._services)

    def _known(self, job: Job, account: Account, folder: Path) -> Run:
        """Return the Run of a row that stands in the journal."""
        self._rows[job.id] = job.id
        return Run.of(job, account, folder)

    async def _own(self, run: Run, work: Coroutine[Any, Any, None]) -> None:
        """Do what is to be done with a row of ours; when it was taken over meanwhile, go on as its new driver does."""
        try:
            await work
        except RowLost as lost:
            self._rows.pop(run.job.id, None)
            row = lost.row
            while (unsent := await self._ended_with(run, row)) is not None:
                row = await sent_again(row, unsent, self._services)

    async def _ended_with(self, run: Run, row: Row) -> str | None:
        """Follow the row of the same request to its end, and end so.

        Where it came to nothing, and the Job must be sent after all, return the row that it is sent in place of, "" if
        there is none.

        Raises
        ------
        BailianError
            The reason, where the other one has failed.
        """
        job = run.job
        if row.kernel == self.journal.kernel and row.id not in self._rows.values():
            await asyncio.to_thread(self.journal.release, row.id)  # ours, and nothing here drives it
        known = partial(self._canceling.hand_on, job, run.account)
        while (found := await follow(run, row, self._services, known)) is not None and found.state in OPEN:
            if found.state == "intent":
                if await asyncio.to_thread(self.journal.claim, found):
                    self._claimed[job.id] = found.id  # its kernel is gone before it sent anything
                    return found.id
                await self.clock.sleep(LOOK)
            elif (taken := await asyncio.to_thread(self._take_over, found, run.account)) is not None:
                job.follow(taken)
                await asyncio.shield(asyncio.wrap_future(taken.ended))
                return None
            else:
                await self.clock.sleep(LOOK)
            row = found
        if found is None or found.state == "canceled":
            job.change(status="QUEUED", task_id="", request_id="", why=None)
            return ""
        if found.state == "done":
            job.task_id, job.request_id = found.task_id or "", found.request_id or ""
            made = await asyncio.to_thread(self._services.save.reopened, found.id)
            job.succeed(Result(made, cost=0.0, cached=True), at=self.clock.now())
            return None
        raise failed_there(found)

    async def _resumed(self, run: Run) -> None:
        synchronous = run.request.sync or not run.job.task_id  # there is no task to ask for
        if synchronous and (kept := await asyncio.to_thread(self.journal.kept_answer, run.row_id)) is not None:
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
            await self._canceling.hand_on(run.job, run.account)
            return await poll(run, self._services)

    def _stop_queue(self, refused: Job, account: Account, error: RequestRejected) -> None:
        """Send nothing of what waits in this account's queue; what has no row yet gets one, to be offered later."""
        model = refused.request.model if refused.request and error.code in service.COUNTED_BY_MODEL else None
        for drive in self._driving.values():
            job = drive.job
            if job is refused or job.status != "QUEUED" or not self._sender.unsent(job):
                continue
            theirs = job.request.model if job.request is not None else ""
            if drive.account.id == account.id and model in (None, theirs):
                job.stopped_by = error
                if job.id in self._rows:
                    drive.task.cancel()

    async def _cancel(self, job: Job) -> bool:
        drive = self._driving.get(job.id)
        return drive is not None and await self._canceling.cancel(job, drive.task, drive.account)
