"""Ask for a task until it is final; faults of a read never end a Job.

`looks` plans when, `list_looks` spares requests where many tasks are looked at.
"""

from __future__ import annotations

import math
from statistics import quantiles

from .. import specs
from ..client import Answer, TaskRow
from ..errors import PASSING, DownloadError, TaskExpired
from ..reconcile.task_list import DOUBTED_TRIES
from ..specs import service
from ..system.clock import Patience, backoff
from ..system.language import sentence
from .journal_writes import try_write, write_deferred
from .list_looks import GOES_ON, IN_A_ROW
from .looks import next_delay, next_look, planned
from .run import Run
from .services import Services
from .status import Expected, WaitReason
from .waiting import told

EXPIRED_TRIES = 2
"""How often in the case of a task that should be forgotten: our clock may be what is wrong."""
Plan = tuple[Expected, tuple[float, ...]]
"""How long the task should take, and the ages at which it is looked at."""


async def poll(run: Run, services: Services) -> Answer:
    """Return the final answer for the Job's task.

    Raises
    ------
    TaskExpired
        When the service has said nothing final in 24 hours of asking, whatever the clock says; the journal row stays
        open.
    DownloadError
        When the task has succeeded, it is said, but no answer names a picture; the journal row stays open.
    BailianError
        When a read is refused for good (a wrong key, say); the journal row stays open.
    """
    usual = specs.get(run.request.model).latency
    low, high = service.EMULATOR_SECONDS if run.account.emulator else (usual.low, usual.high)

    def plan() -> Plan:
        known = services.journal.durations(run.request.model, run.request.function, emulator=run.account.emulator)
        return expected(known, low, high), planned(tuple(known), low, high)

    made = await try_write(run.job, plan, default=(Expected(low=low, high=high), planned((), low, high)))
    return await _Polling(run, services, made).to_the_end()


class _Polling:
    """What is known of one task so far, and how often it was asked for in vain."""

    def __init__(self, run: Run, services: Services, plan: Plan) -> None:
        self._run = run
        self._services = services
        self._clock = services.clock
        self._expected, self._looks = plan
        self._submitted = run.job.submitted or services.clock.now()
        self._patience = Patience(services.clock, service.KEPT_SECONDS)
        self._faults = self._doubted = self._in_a_row = 0
        self._listed = -math.inf
        """When a list last showed that it goes on."""
        run.job.change(expected=self._expected)

    async def to_the_end(self) -> Answer:
        age = self._clock.now() - self._submitted
        delay = 0.0 if age > self._looks[-1] else next_delay(age, self._looks)
        while True:
            row = await self._wait(delay)
            answer = await self._ask() if row is None else None
            if answer is not None and answer.state not in GOES_ON:
                self._judge_lists(answer)
                return answer
            if self._patience.over:
                raise _late(sentence("not finished after 24 hours"), self._run.job.task_id)
            if row is not None:
                delay = await self._goes_on(row.status, row.status, row.waited)
            elif answer is not None:
                delay = await self._goes_on(answer.state, answer.task_status, answer.waited)
            else:
                delay = backoff(self._faults or self._doubted)

    async def _wait(self, delay: float) -> TaskRow | None:
        """Wait for the next look; return what a list says of a task that has not ended, None where it must be asked."""
        run = self._run
        row = await self._services.looks.wait(
            run.account,
            run.request.model,
            run.job.task_id,
            delay,
            submitted=self._submitted,
            alone=self._in_a_row >= IN_A_ROW or bool(self._faults or self._doubted),
        )
        await self._patience.pause(0.0)
        await write_deferred(run.job)
        if row is not None:
            self._in_a_row += 1
            self._listed = self._clock.now()
        return row

    async def _ask(self) -> Answer | None:
        """Ask for the task by its id; None when the read failed, or when its answer is hard to believe."""
        job, account = self._run.job, self._run.account
        await account.reads.wait()
        try:
            with told(job) as waiting:
                answer = await account.client.query(job.task_id, waiting=waiting)
        except PASSING as error:
            if self._patience.over:
                raise _late(sentence("no answer for 24 hours"), job.task_id) from None
            self._faults += 1
            values: dict[str, object] = {"code": error.code or type(error).__name__, "count": self._faults}
            job.change(why=WaitReason(key="read_fault", values=values))
            return None
        self._faults = self._in_a_row = 0
        job.change(task_status=answer.task_status)
        if (doubt := _doubt(answer, job.task_id)) is None:
            return answer
        expired = answer.state == "UNKNOWN" and self._clock.now() - self._submitted > service.KEPT_SECONDS
        self._doubted += 1
        if self._doubted <= (EXPIRED_TRIES if expired else DOUBTED_TRIES):
            return None
        if not expired:
            raise doubt
        return answer

    async def _goes_on(self, state: str, task_status: str, waited: float | None) -> float:
        """Note that the task waits or runs, and return the seconds until the next look."""
        job = self._run.job
        pending = state == "PENDING"
        if state != job.status:
            await try_write(job, self._services.journal.stage, self._run.row_id, state, default=None)
        why = WaitReason(key="service_queue") if pending else None
        job.change(status="PENDING" if pending else "RUNNING", task_status=task_status, why=why)
        age = self._clock.now() - self._submitted - (waited or 0.0)
        return next_look(age, self._expected) if pending else next_delay(age, self._looks)

    def _judge_lists(self, answer: Answer) -> None:
        if answer.ran is not None:
            at = self._submitted + (answer.waited or 0.0) + answer.ran
            self._services.looks.ended(self._run.account, self._run.request.model, at=at, listed=self._listed)


def _doubt(answer: Answer, task_id: str) -> TaskExpired | DownloadError | None:
    """Return what to say of a final answer that would lose a picture if it were wrong, None for any other."""
    if answer.state == "UNKNOWN":
        return TaskExpired(
            sentence("the service does not know this task, though it is younger than 24 hours"),
            hint=sentence("Check the key, its base URL and region; the job stays open, %wan resume asks again."),
            request_id=answer.request_id,
            task_id=task_id,
        )
    if answer.state == "SUCCEEDED" and not any((answer.code, *(slot.url or slot.code for slot in answer.slots))):
        return DownloadError(
            sentence("the service says that the task succeeded, but names no picture and no reason"),
            hint=sentence("The job stays open, %wan resume asks again."),
            request_id=answer.request_id,
            task_id=task_id,
        )
    return None


def _late(what: str, task_id: str) -> TaskExpired:
    return TaskExpired(what, hint=sentence("The job stays open, %wan resume asks again."), task_id=task_id)


def expected(history: list[float], low: float, high: float) -> Expected:
    """Return what past tasks say, or the given bounds when fewer than four are known."""
    if len(history) < 4:
        return Expected(low=low, high=high)
    cuts = quantiles(history, n=10)
    return Expected(low=max(cuts[0], 0.1), high=max(cuts[8], cuts[0] * 1.2, 0.2))
