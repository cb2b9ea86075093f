"""Sending: the create call of one Job, and the search for its task when the call broke half-way.

The runner calls it once a place within the limits is held. Creates of one account and model go out one at a time, and
none goes out while it is open whether the last one made a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from .. import specs
from ..client import Answer, Prepared, Submitted
from ..errors import BailianError, NetworkError, SubmitUncertain, Throttled
from ..gallery import Picture
from ..request import Request
from .account import Account
from .bookkeeping import book
from .clock import Clock
from .job import Job, Why
from .journal import Journal
from .saving import Saver
from .search import Attempt, Finding, Search, Sighting

NO_CONNECTION = (0.5, 2.0)
"""Seconds before a call that found no connection goes out again; after the last one the Job fails."""


class Sender:
    """Makes create calls; used on the runner's loop only."""

    def __init__(self, *, journal: Journal, clock: Clock, save: Saver) -> None:
        self._journal = journal
        self._clock = clock
        self._save = save
        self.closing = False
        self.posting: dict[str, asyncio.Future[Submitted | Answer]] = {}
        """Create calls that are out, by job id: they are not canceled, and the process waits for them at its end."""

    async def send(self, job: Job, row_id: str, account: Account, request: Request, folder: Path) -> Answer | None:
        """Make the create call; None when a task was made, an Answer from a synchronous call.

        Raises
        ------
        BailianError
            Nothing was created, and the row says so; SubmitUncertain when that is not known.
        """
        prepared: Prepared | None = None
        refusals = 0
        try:
            while True:
                try:
                    prepared = prepared or await account.client.prepare(request)
                    async with account.slots.creating(request.model, account.limit(request.model), paused=_paused(job)):
                        try:
                            return await self._create(job, row_id, account, request, prepared)
                        except SubmitUncertain as error:
                            attempt = await self._broke(job, row_id, error)
                            if request.sync:
                                raise  # it has no task, so no list names it
                            search = self._search(account, request, attempt)
                            sighting = await search.first_look()
                            break
                except Throttled as error:
                    again = specs.lookup(error.code, error.message, 429).again
                    until = account.slots.throttled(request.model, retry_after=error.retry_after, slow=again == "slow")
                    await self._back(job, row_id, Why(key="throttled", values={"until": until}))
                except NetworkError:
                    if refusals == len(NO_CONNECTION):
                        raise
                    await self._back(job, row_id, Why(key="no_connection"))
                    await self._clock.sleep(NO_CONNECTION[refusals])
                    refusals += 1
        except SubmitUncertain:
            raise
        except BailianError as error:
            await book(job, self._journal.end, row_id, "failed", at=self._clock.now(), error=str(error), default=None)
            job.closed = True
            raise
        except asyncio.CancelledError:
            if job.cancel_asked:
                self._journal.end(row_id, "canceled", at=self._clock.now())
            raise
        await self._settle(job, search, sighting, folder)
        return None

    async def seek(self, job: Job, account: Account, request: Request, folder: Path, attempt: Attempt) -> None:
        """Find the task of a create call that an earlier kernel left open; returns when the Job has its task.

        Raises
        ------
        SubmitUncertain
            When there is none, or when the user must say which one it is.
        """
        job.change(status="UNCERTAIN", why=Why(key="searching"))
        search = self._search(account, request, attempt)
        async with account.slots.creating(request.model, account.limit(request.model)):
            sighting = await search.first_look()
        await self._settle(job, search, sighting, folder)

    def _search(self, account: Account, request: Request, attempt: Attempt) -> Search:
        return Search(account=account, request=request, attempt=attempt, journal=self._journal, clock=self._clock)

    async def _back(self, job: Job, row_id: str, why: Why) -> None:
        """Note that nothing was created: the call may go out again."""
        await asyncio.to_thread(self._journal.refused, row_id)
        job.change(status="QUEUED", submitted=None, why=why)

    async def _broke(self, job: Job, row_id: str, error: SubmitUncertain) -> Attempt:
        now = self._clock.now()
        await asyncio.to_thread(self._journal.uncertain, row_id, str(error), at=now, request_id=error.request_id)
        job.change(status="UNCERTAIN", why=Why(key="searching"))
        return Attempt(row_id=row_id, submitted=job.submitted or now, broke=now, request_id=error.request_id)

    async def _settle(self, job: Job, search: Search, sighting: Sighting, folder: Path) -> None:
        finding = await search.settle(sighting) if sighting.candidates or sighting.certain else Finding()
        if (row := finding.ours) is not None:
            await asyncio.to_thread(
                self._journal.accepted, search.attempt.row_id, task_id=row.task_id, request_id=row.request_id
            )
            await asyncio.to_thread(
                self._journal.strays.judge, search.account.base_url, row.task_id, "ours", job=search.attempt.row_id
            )
            job.notes.append("the answer to its create call was lost; its task was found in the task list")
            job.change(status="PENDING", task_id=row.task_id, request_id=row.request_id, why=None)
            return
        if finding.unclear:
            raise await self._set_apart(job, search, finding, folder / "unclaimed")
        raise SubmitUncertain(
            "the create call broke, and the service's task list shows no task of it: most likely nothing was made",
            hint="It is not sent again by itself; run it again, or look once more with %wan resume.",
            request_id=search.attempt.request_id,
        )

    async def _set_apart(self, job: Job, search: Search, finding: Finding, folder: Path) -> SubmitUncertain:
        """Save what may be ours under `unclaimed`, for the user to say."""
        names = [row.task_id for row, _ in finding.unclear]
        pictures: list[Picture] = []
        whole = True
        for _, answer in finding.unclear:
            saved, complete = await self._save.unclaimed(
                job, search.account, search.request, answer, folder, self._clock, names
            )
            pictures += saved
            whole = whole and complete
        for row, _ in finding.unclear if whole else ():  # else they stay open, and the next resume saves them anew
            await asyncio.to_thread(
                self._journal.strays.judge,
                search.account.base_url,
                row.task_id,
                "unclaimed",
                job=search.attempt.row_id,
                folder=str(folder),
            )
        return SubmitUncertain(
            f"the create call broke, and {len(names)} task(s) in the list may be its own: {', '.join(names)}. "
            f"{len(pictures)} picture(s) of them are saved in {folder}",
            hint=f"`%wan resume --adopt TASK` takes one, `%wan resume --forget {job.id}` none."
            if whole
            else "Some could not be fetched yet: %wan resume tries again.",
            request_id=search.attempt.request_id,
        )

    async def _create(
        self, job: Job, row_id: str, account: Account, request: Request, prepared: Prepared
    ) -> Answer | None:
        await account.slots.pace(request.model, account.limit(request.model), paused=_paused(job))
        if self.closing:
            raise asyncio.CancelledError  # the row stays an intent: the next kernel lists it as never sent
        post = asyncio.ensure_future(self._post(job, row_id, account, prepared))
        self.posting[job.id] = post
        post.add_done_callback(lambda done: self._posted(job, done))
        answer = await asyncio.shield(post)
        account.slots.accepted(request.model)
        return answer if isinstance(answer, Answer) else None

    def _posted(self, job: Job, post: asyncio.Future[Submitted | Answer]) -> None:
        self.posting.pop(job.id, None)
        if not post.cancelled():
            post.exception()  # at the end of the process nobody waits any more, and asyncio would complain

    async def _post(self, job: Job, row_id: str, account: Account, prepared: Prepared) -> Submitted | Answer:
        """Send and write the task id down in one piece that no cancellation can cut in two."""
        now = self._clock.now()
        await asyncio.to_thread(self._journal.submitting, row_id, now)
        job.change(status="SUBMITTING", submitted=now, why=None)
        answer = await account.client.submit(prepared)
        if isinstance(answer, Submitted):  # on the Job first, so that nothing loses it
            job.change(
                status="PENDING", task_status=answer.task_status, task_id=answer.task_id, request_id=answer.request_id
            )
            await book(
                job,
                self._journal.accepted,
                row_id,
                task_id=answer.task_id,
                request_id=answer.request_id,
                at=self._clock.now(),
                default=None,
            )
        return answer


def _paused(job: Job) -> Callable[[float], None]:
    return lambda until: job.change(why=Why(key="throttled", values={"until": until}))
