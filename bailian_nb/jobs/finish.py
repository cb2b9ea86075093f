"""The end of a task: its pictures on disk and the row closed, or the reason why there are none.

Called by the runner. A row is closed only when nothing that was paid for is missing. The errors below end a Job for a
reason of ours: canceled here, never sent, not written down, or the process ends.
"""

from __future__ import annotations

from ..client import Answer, task_error
from ..errors import (
    BailianError,
    DownloadError,
    RequestRejected,
    SaveFailed,
    SubmitUncertain,
    TaskCanceled,
    TaskExpired,
)
from ..store.row import Row
from ..store.schema import State
from ..system.language import sentence
from .job import Job
from .journal_writes import try_write
from .run import Run
from .save import NO_CODE, listed
from .services import Services


async def finish(run: Run, answer: Answer, services: Services) -> None:
    """Turn a final answer into files and end the Job.

    Raises
    ------
    TaskCanceled, TaskExpired, TaskFailed, DownloadError
        When there is no picture; after a DownloadError whose picture still exists the row stays open.
    """
    job, row_id, journal, clock = run.job, run.row_id, services.journal, services.clock
    now = clock.now()
    if answer.state in ("CANCELED", "UNKNOWN"):
        state, error = _without_pictures(answer, job)
        await try_write(job, journal.end, row_id, state, at=now, error=str(error), default=None)
        job.closed = True
        raise error
    if answer.state == "FAILED" or not any(slot.url for slot in answer.slots):
        failed = task_error(answer)
        await try_write(job, journal.end, row_id, "failed", at=now, error=str(failed), default=None)
        job.closed = True
        raise failed
    job.change(status="SAVING", why=None)
    await try_write(job, journal.stage, row_id, "SAVING", answer.ran, default=None)
    result = await services.save.save(run, answer)
    if any(error.again for error in result.errors):
        job.notes.append(sentence("a picture could not be fetched yet; %wan resume tries again"))
    else:
        ended: State = "done" if len(result) else "expired"
        # By list price also where an emulator billed nothing: its account is for practice, with sums and caps.
        more = {"images": len(result), "cost": listed(run.account, run.request, answer)}
        await try_write(job, journal.end, row_id, ended, at=clock.now(), **more, default=None)
        job.closed = True
    if not len(result):
        reason = result.errors[0]
        raise DownloadError(
            sentence("no picture could be fetched: {message}", message=reason.message),
            code="" if reason.code == NO_CODE else reason.code,
            task_id=job.task_id,
            hint=sentence("It is paid and still there: %wan resume tries again.") if reason.again else "",
        )
    job.succeed(result, at=clock.now())


def _without_pictures(answer: Answer, job: Job) -> tuple[State, BailianError]:
    if answer.state == "CANCELED":
        text = sentence("the task was canceled; it is not billed")
        return "canceled", TaskCanceled(text, request_id=answer.request_id, task_id=job.task_id)
    return "expired", TaskExpired(
        sentence("the service does not know this task (it keeps tasks for 24 hours)"),
        hint=sentence("If it is younger, check the base URL and region of the key."),
        request_id=answer.request_id,
        task_id=job.task_id,
    )


def canceled(job: Job) -> TaskCanceled:
    """Return the end of a Job that was canceled here."""
    return TaskCanceled(sentence("job {id} was canceled before it was sent", id=job.id))


def ends(job: Job) -> BailianError:
    """Return what those hear who wait for a Job when the process ends."""
    return BailianError(sentence("the process ends; job {id} is taken up by the next %wan resume", id=job.id))


def not_sent(refused: RequestRejected) -> RequestRejected:
    """Return why a Job that waited behind a refused one was not sent."""
    return type(refused)(
        sentence("not sent, since the call before it was refused: {message}", message=refused.message),
        code=refused.code,
        hint=sentence("Mend that, then %wan resume --send sends what waited."),
        http_status=refused.http_status,
    )


def came_to_nothing(row: Row, *, unsent: bool) -> BailianError:
    """Return why a Job whose row another kernel had has no task: that was canceled there, or left `unsent`."""
    if not unsent:
        return TaskCanceled(sentence("job {id} was canceled by the kernel that had taken it over", id=row.id))
    return BailianError(
        sentence("job {id} was not sent: the kernel that was about to send it has ended or stands still", id=row.id),
        hint=sentence("Run it again, or %wan resume --send sends it."),
    )


def unwritten(job: Job, error: Exception, *, answered: bool) -> BailianError:
    """Return what follows from a disk that cannot be written; `answered` when the journal has a synchronous answer."""
    if job.submitted is None:
        return BailianError(
            sentence("cannot write the journal: {error}; nothing was sent", error=error),
            hint=sentence("Mend it and run it again."),
        )
    if not (job.task_id or answered or (job.request and job.request.sync)):
        return SubmitUncertain(
            sentence(
                "cannot write the journal: {error}; whether the create call made a task is not known", error=error
            ),
            hint=sentence("It is not sent again; mend the disk, and %wan resume looks for its task."),
        )
    known = sentence("nothing is lost for 24 h, mend it and run %wan resume")
    lost = sentence(
        "its answer is known to this kernel alone: mend it, then run %wan resume here or the same call again"
    )
    note = sentence(
        "cannot write the pictures: {error}; {what}", error=error, what=known if job.task_id or answered else lost
    )
    return SaveFailed(note, task_id=job.task_id)
