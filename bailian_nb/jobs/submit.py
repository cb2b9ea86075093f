"""Sending: the create call of one Job, and the search for its task when the call broke half-way.

The runner calls it once a place within the limits is held. Creates of one account and model go out one at a time, and
none goes out while it is open whether the last one made a task.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from .. import specs
from ..accounts.stores import LeaseLost, OneTooMany
from ..client import Answer, Prepared, Submitted
from ..errors import BailianError, NetworkError, ServiceError, SubmitUncertain, TaskExpired, Throttled
from ..reconcile.attempt import Attempt
from ..reconcile.search import Candidates, Search
from ..specs import service
from ..store.kernels import BEAT, beat_time
from ..store.row import RowLost
from ..system.language import sentence
from .job import Job
from .journal_writes import FAULTS, try_write, withdraw, write_deferred, write_or_defer
from .run import Run
from .services import Services
from .status import WaitReason
from .team import admit, confirm, sent
from .unclear import unclear
from .waiting import by_minute, paused, team_says, told

log = logging.getLogger("bailian_nb")

_TURN = ("creating", "limits_away", "limits_cold")
"""What a Job waits for until it is its turn to create."""
GLANCE = 10.0
"""Seconds between looks at the row of a call that broke, beside those at the service's list."""
NO_CONNECTION = (0.5, 2.0)
"""Seconds before a call that found no connection goes out again; after the last one the Job fails."""


class Sender:
    """Makes create calls; used on the runner's loop only."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._journal = services.journal
        self._clock = services.clock
        self._save = services.save
        self.closing = False
        self.posting: dict[str, asyncio.Future[Submitted | Answer]] = {}
        """Create calls that are out, by job id: they are not canceled, and the process waits for them at its end."""
        self._broken: set[str] = set()
        """Rows whose create call broke in this process: that is not known to be long ago, whatever the clock says."""
        self._unwritten: dict[str, Job] = {}
        """By row, Jobs whose create call was answered when the journal could not be written."""

    async def send(self, run: Run) -> Answer | Search | None:
        """Make the create call; None when a task was made, an Answer from a synchronous call.

        A Search where it broke, and it is not clear yet whether it made a task: `look_again` goes on with it.

        Raises
        ------
        BailianError
            Nothing was created, and the row says so; SubmitUncertain when that is not known.
        LeaseLost, MadeElsewhere
            Nothing was sent, and the row waits still: its place, or the request, is another machine's.
        """
        job, row_id, account, request = run.job, run.row_id, run.account, run.request
        prepared: Prepared | None = None
        refusals = 0
        try:
            await admit(run, self._services)
            while True:
                try:
                    with told(job) as waiting:
                        prepared = prepared or await account.client.prepare(request, waiting=waiting)
                    async with self._turn(run):
                        try:
                            return await self._create(run, prepared)
                        except SubmitUncertain as error:
                            if error.task_id and not request.sync:  # it broke, and says all the same what it made
                                await self._note_task(run, error.task_id, error.request_id)
                                return None
                            attempt = await self._broke(run, error)
                            if request.sync:
                                raise  # it has no task, so no list names it
                            search = self._search(run, attempt)
                            candidates = await search.first_reading()
                            break
                except Throttled as error:
                    again = specs.lookup(error.code, error.message, 429).again
                    limit, slow = account.limit(request.model), again == "slow"
                    placed = not (job.parks or request.sync)
                    if placed and account.limiter.refused_ahead(request.model, limit, slow=slow):
                        await self._back(run, None)
                        raise OneTooMany(error.code) from None
                    until = account.limiter.throttled(request.model, retry_after=error.retry_after, slow=slow)
                    await self._back(run, WaitReason(key="throttled", values={"until": until}))
                except NetworkError:
                    if refusals == len(NO_CONNECTION):
                        raise
                    await self._back(run, WaitReason(key="no_connection"))
                    await self._clock.sleep(NO_CONNECTION[refusals])
                    refusals += 1
        except SubmitUncertain:
            raise
        except BailianError as error:
            await try_write(
                job, self._journal.end, row_id, "failed", at=self._clock.now(), error=str(error), default=None
            )
            job.closed = True
            raise
        except asyncio.CancelledError:
            if job.cancel_asked and self.unsent(job):
                await withdraw(job, self._journal, row_id, at=self._clock.now())
            raise
        return None if await self._is_clear(run, search, candidates) else search

    def unsent(self, job: Job) -> bool:
        """Tell whether certainly no task of this Job exists: its create call is not out, and none was made."""
        return job.submitted is None and job.id not in self.posting

    def flush(self, row_id: str) -> bool:
        """Write down what the create call of a row was answered, False where that is not owed; faults are raised."""
        job = self._unwritten.get(row_id)
        if job is None or not job.deferred:
            return False
        job.deferred.flush()
        return True

    async def write_deferred(self) -> None:
        """Write down what any Job owes, as far as that can be done by now: nobody else knows it."""
        # One that fails (its row was taken over) must not keep the others from being written.
        await asyncio.gather(*(write_deferred(job) for job in self._unwritten.values()), return_exceptions=True)

    async def seek(self, run: Run, attempt: Attempt) -> None:
        """Find the task of a create call that was left open, by an earlier kernel as a rule; as `look_again` does."""
        account, request = run.account, run.request
        if await self._said(run.job, run.row_id):  # since the row was read
            return
        run.job.change(status="UNCERTAIN", why=WaitReason(key="searching"))
        search = self._search(run, attempt)
        async with account.limiter.creating(request.model, account.limit(request.model)):
            candidates = await search.first_reading()
        if not await self._is_clear(run, search, candidates):
            await self.look_again(run, search)

    async def look_again(self, run: Run, search: Search) -> None:
        """Look on, seldom, until it is clear what became of the create call; it returns when the Job has its task.

        What is unclear now is often clear once the calls around it have ended.

        Raises
        ------
        ServiceError
            When it made none.
        SubmitUncertain
            When the user must say which one it is.
        """
        account, request = run.account, run.request
        while True:
            until = self._clock.now() + search.pause
            run.job.change(status="UNCERTAIN", why=WaitReason(key="looks_again", values={"until": until}))
            if await self._said_within(search.pause, run, search):
                return
            try:
                async with account.limiter.creating(request.model, account.limit(request.model)):
                    candidates = await search.read_list()
                if await self._is_clear(run, search, candidates):
                    return
            except SubmitUncertain as error:
                if search.settled or not error.later:
                    raise

    async def _is_clear(self, run: Run, search: Search, candidates: Candidates) -> bool:
        """Give the Job its task, if it can be said by now which one it is."""
        try:
            await self._resolve(run, search, candidates)
        except SubmitUncertain as error:
            if search.settled or not error.later:
                raise
            return False
        return True

    @asynccontextmanager
    async def _turn(self, run: Run) -> AsyncIterator[None]:
        """Let the creates of a model out one at a time, and say what a Job waits for."""
        job, model, limiter = run.job, run.request.model, run.account.limiter

        def ahead(count: int) -> None:
            own = WaitReason(key="creating", values={"model": model, "ahead": count - 1})
            job.change(why=team_says(run.account, model, creating=True) or own)

        limit = run.account.limit(model)
        async with limiter.creating(model, limit, ahead=ahead, paused=paused(job), owner=job.owner):
            if job.status == "QUEUED" and job.why is not None and job.why.key in _TURN:
                job.change(why=None)
            yield

    def _search(self, run: Run, attempt: Attempt) -> Search:
        account, request = run.account, run.request
        return Search.of(attempt, account=account, request=request, journal=self._journal, clock=self._clock)

    async def _back(self, run: Run, why: WaitReason | None) -> None:
        """Note that nothing was created: the call may go out again."""
        await asyncio.to_thread(self._journal.refused, run.row_id)
        run.job.change(status="QUEUED", submitted=None, why=why)

    async def _broke(self, run: Run, error: SubmitUncertain) -> Attempt:
        job, row_id = run.job, run.row_id
        now = max(self._clock.now(), job.submitted or 0.0)  # a clock that was set back has not undone the call
        self._broken.add(row_id)
        note = partial(self._journal.uncertain, row_id, str(error), at=now)
        known = {"request_id": error.request_id, "task_begins": error.task_begins, "whole": error.whole}
        await asyncio.to_thread(note, **known)
        job.change(status="UNCERTAIN", why=WaitReason(key="searching"))
        row = await asyncio.to_thread(self._journal.row, row_id)
        return replace(Attempt.of(row, now), broke=now) if row else Attempt(row_id=row_id, submitted=now, broke=now)

    async def _resolve(self, run: Run, search: Search, candidates: Candidates) -> None:
        verdict = await search.resolve(candidates)
        job, row_id, url = run.job, run.row_id, run.account.base_url
        if await self._said(job, row_id):
            return
        if (found := verdict.ours) is not None:
            if not await asyncio.to_thread(self._journal.own, row_id, url, found.task_id, found.request_id):
                raise SubmitUncertain(
                    sentence("the create call broke, and task {task_id} belongs to another job", task_id=found.task_id)
                )
            await asyncio.to_thread(self._journal.orphans.taken, url, found.task_id, job=row_id)
            job.notes.append(sentence("the answer to its create call was lost; its task was found in the task list"))
            job.change(status="PENDING", task_id=found.task_id, request_id=found.request_id, why=None)
            return
        old = row_id not in self._broken and self._clock.now() - search.attempt.submitted > service.KEPT_SECONDS
        if verdict.nothing and not old:
            said = sentence(
                "the create call broke, and made no task that is billed: the service's list has shown none since"
            )
            await try_write(job, self._journal.made_nothing, row_id, at=self._clock.now(), error=said, default=None)
            job.closed = True
            raise ServiceError(said, hint=sentence("Run it again."), request_id=search.attempt.request_id)
        error = await unclear(run, search, verdict, candidates.doubt, self._services)
        if await self._said(job, row_id):
            return
        doubt = verdict.doubt or candidates.doubt
        if old and not (doubt or verdict.unclear or verdict.unpaid or verdict.unread):
            said = sentence(
                "the create call broke more than 24 hours ago, and the service's task list shows no task of it"
            )
            orphans = await asyncio.to_thread(self._journal.orphans.unclaimed, url)
            folders = {orphan.folder for orphan in orphans if orphan.job == row_id}
            said += (
                sentence("; what may be its own lies in {names}", names=", ".join(sorted(folders))) if folders else ""
            )
            await try_write(job, self._journal.end, row_id, "expired", at=self._clock.now(), error=said, default=None)
            job.closed = True
            raise TaskExpired(said, hint=sentence("If there was one, it is gone for good."))
        raise error

    async def _said_within(self, seconds: float, run: Run, search: Search) -> bool:
        """Wait so long, or until it is known without the list what became of the call; return whether it is."""
        while seconds > 0:
            await search.long.pause(min(seconds, GLANCE))
            seconds -= GLANCE
            if await self._said(run.job, run.row_id):
                return True
        return False

    async def _said(self, job: Job, row_id: str) -> bool:
        """Take the task that the user has said meanwhile to be this Job's.

        Raises
        ------
        SubmitUncertain
            When the user has given the Job up.
        RowLost
            When the kernel that made the call has woken up, and will send it or has sent it, or another one has it.
        """
        row = await asyncio.to_thread(self._journal.row, row_id)
        if row is not None and row.finished is not None:
            raise SubmitUncertain(
                sentence("the create call broke, and its job was given up"), request_id=row.request_id or ""
            )
        if row is not None and (row.state == "intent" or row.kernel not in (self._journal.kernel, "")):
            raise RowLost(row)
        if row is None or not row.task_id:
            return False
        job.change(status="PENDING", task_id=row.task_id, request_id=row.request_id or "", why=None)
        return True

    async def _create(self, run: Run, prepared: Prepared) -> Answer | None:
        job, account, request = run.job, run.account, run.request
        limit = account.limit(request.model)
        await account.limiter.pace(request.model, limit, paused=paused(job), turn=by_minute(job, limit))
        if job.why is not None and job.why.key == "by_minute":
            job.change(why=None)
        if not job.parks and account.limiter.too_many(request.model, limit):
            raise OneTooMany
        if self.closing or job.cancel_asked:
            raise asyncio.CancelledError  # at the end the row stays an intent: the next kernel lists it as never sent
        post = asyncio.ensure_future(self._post(run, prepared))
        self.posting[job.id] = post
        post.add_done_callback(lambda done: self._posted(job, done))
        answer = await asyncio.shield(post)
        account.limiter.accepted(request.model)
        return answer if isinstance(answer, Answer) else None

    def _posted(self, job: Job, post: asyncio.Future[Submitted | Answer]) -> None:
        self.posting.pop(job.id, None)
        if not post.cancelled():
            post.exception()  # at the end of the process nobody waits any more, and asyncio would complain

    async def _post(self, run: Run, prepared: Prepared) -> Submitted | Answer:
        """Send and write the task id down in one piece that no cancellation can cut in two."""
        job, row_id = run.job, run.row_id
        now = self._clock.now()
        await asyncio.to_thread(self._journal.submitting, row_id, now)
        job.change(status="SUBMITTING", submitted=now, why=None)
        try:
            with told(job) as waiting:
                answer = await run.account.client.submit(prepared, waiting=waiting, clear=partial(self._confirm, run))
        except (LeaseLost, RowLost) as lost:  # nothing was sent, and nobody else can know that
            job.change(submitted=None)
            await self._back(run, WaitReason(key="limits_lost"))
            raise lost if isinstance(lost, LeaseLost) else LeaseLost from None
        except FAULTS:  # of the journal, for the client raises errors of its own: nothing was sent
            job.change(submitted=None)
            await write_or_defer(job, lambda: self._journal.refused(row_id))
            raise
        if isinstance(answer, Submitted):
            await self._note_task(run, answer.task_id, answer.request_id, answer.task_status)
        else:
            kept = answer.to_dict()
            at = self._clock.now()
            asked = answer.request_id
            if not await write_or_defer(job, lambda: self._journal.answered(row_id, kept, request_id=asked, at=at)):
                self._unwritten[row_id] = job
        return answer

    async def _confirm(self, run: Run) -> None:
        """Ask once more whether place and row are ours, and again where this kernel was stopped since it asked.

        Raises
        ------
        LeaseLost
            When the place was given to others meanwhile.
        RowLost
            When it is not: whoever has it now may have sent the call.
        """
        while True:
            began = beat_time()
            await asyncio.to_thread(confirm, run, self._journal)
            if beat_time() - began < BEAT:
                return run.account.limiter.leaves(run.request.model)

    async def _note_task(self, run: Run, task_id: str, request_id: str, task_status: str = "") -> None:
        """Write down what exists now, on the Job first, so that nothing loses it; tell it when the journal has it."""
        job, row_id = run.job, run.row_id
        ids = {"task_id": task_id, "request_id": request_id}
        job.change(task_status=task_status, **ids)
        at = self._clock.now()
        if not await write_or_defer(job, lambda: self._journal.accepted(row_id, **ids, at=at)):
            self._unwritten[row_id] = job
        job.change(status="PENDING")
        log.info("job %s (%s): sent, task %s", job.id, job.label, task_id)
        sent(run, task_id)
