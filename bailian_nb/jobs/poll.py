"""Ask for a task until it is final; faults of a read never end a Job.

It asks densely where the end is expected, by what past tasks of this model and function took on this machine or by the
table's usual latency, and sparsely elsewhere.
"""

from __future__ import annotations

from statistics import quantiles

from .. import specs
from ..client import Answer
from ..errors import PASSING, DownloadError, TaskExpired
from ..reconcile.task_list import DOUBTED_TRIES
from ..specs import service
from ..system.clock import Patience, backoff
from ..system.language import sentence
from .journal_writes import try_write, write_deferred
from .run import Run
from .services import Services
from .status import Expected, WaitReason
from .waiting import told

EXPIRED_TRIES = 2
"""How often in the case of a task that should be forgotten: our clock may be what is wrong."""


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
    job, account, request, clock = run.job, run.account, run.request, services.clock
    usual = specs.get(request.model).latency
    low, high = service.EMULATOR_SECONDS if account.emulator else (usual.low, usual.high)
    kind = (request.model, request.function)
    unknown: list[float] = []
    history = await try_write(job, services.journal.durations, *kind, emulator=account.emulator, default=unknown)
    wanted = expected(history, low, high)
    job.change(expected=wanted)
    submitted = started = job.submitted or clock.now()
    pending = False
    faults = doubted = 0
    patience = Patience(clock, service.KEPT_SECONDS)
    while True:
        age = clock.now() - started
        await patience.pause(backoff(faults) or (next_look(age, wanted) if pending else next_delay(age, wanted)))
        await write_deferred(job)
        await account.reads.wait()
        try:
            with told(job) as waiting:
                answer = await account.client.query(job.task_id, waiting=waiting)
        except PASSING as error:
            if patience.over:
                raise _late(sentence("no answer for 24 hours"), job.task_id) from None
            faults += 1
            job.change(
                why=WaitReason(key="read_fault", values={"code": error.code or type(error).__name__, "count": faults})
            )
            continue
        faults = 0
        job.change(task_status=answer.task_status)
        if (doubt := _doubt(answer, job.task_id)) is not None:
            expired = answer.state == "UNKNOWN" and clock.now() - submitted > service.KEPT_SECONDS
            doubted += 1
            if doubted <= (EXPIRED_TRIES if expired else DOUBTED_TRIES):
                await clock.sleep(backoff(doubted))
                continue
            if not expired:
                raise doubt
        if answer.state not in ("PENDING", "RUNNING"):
            return answer
        if patience.over:
            raise _late(sentence("not finished after 24 hours"), job.task_id)
        pending = answer.state == "PENDING"
        started = submitted + (answer.waited or 0.0)
        if answer.state != job.status:
            await try_write(job, services.journal.stage, run.row_id, answer.state, default=None)
        job.change(status=answer.state, why=WaitReason(key="service_queue") if answer.state == "PENDING" else None)


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


EARLY_PROBE = 2.0
DENSEST = 0.2
PENDING_LOOK = 0.5
SPARSE = 15.0


def expected(history: list[float], low: float, high: float) -> Expected:
    """Return what past tasks say, or the given bounds when fewer than four are known."""
    if len(history) < 4:
        return Expected(low=low, high=high)
    cuts = quantiles(history, n=10)
    return Expected(low=max(cuts[0], 0.1), high=max(cuts[8], cuts[0] * 1.2, 0.2))


def next_look(age: float, wanted: Expected) -> float:
    """Return seconds until the next query for a task that waited at the service just now, `age` seconds old.

    It cannot end sooner than after a whole run.
    """
    return min(max(wanted.low, age / 20, PENDING_LOOK), SPARSE)


def next_delay(age: float, wanted: Expected) -> float:
    """Return seconds until the next query for a task that has run for `age` seconds.

    One early probe (a refused input fails at once), then a sleep to the low end, dense queries until past the high
    end, then ever sparser ones. They are as dense as a task of the usual length can have with a query every five
    seconds of it.
    """
    dense = min(max((wanted.typical - wanted.low) / (2.3 + wanted.typical / 5), DENSEST), 3.0)
    probe = min(EARLY_PROBE, wanted.low / 2)
    age = max(age, 0.0)  # a clock that was set back must not make a task sleep until tomorrow
    if age < probe * 0.9:
        return probe - age
    if age < wanted.low:
        return max(wanted.low - age, 0.1)
    if age < wanted.high * 1.5:
        return dense
    return min(max(dense, age / 20), SPARSE)
