"""What a Job is told that ends for a reason of ours: canceled, never sent, not written down, or the process ends."""

from __future__ import annotations

from ..errors import BailianError, RequestRejected, SaveFailed, SubmitUncertain, TaskCanceled
from .job import Job


def canceled(job: Job) -> TaskCanceled:
    """Return the end of a Job that was canceled here."""
    return TaskCanceled(f"job {job.id} was canceled before it was sent")


def ends(job: Job) -> BailianError:
    """Return what those hear who wait for a Job when the process ends."""
    return BailianError(f"the process ends; job {job.id} is taken up by the next %wan resume")


def not_sent(refused: RequestRejected) -> RequestRejected:
    """Return why a Job that waited behind a refused one was not sent."""
    return type(refused)(
        f"not sent, since the call before it was refused: {refused.message}",
        code=refused.code,
        hint="Mend that, then %wan resume --send sends what waited.",
        http_status=refused.http_status,
    )


def unwritten(job: Job, error: Exception, *, answered: bool) -> BailianError:
    """Return what follows from a disk that cannot be written; `answered` when the journal has a synchronous answer."""
    if job.submitted is None:
        return BailianError(f"cannot write the journal: {error}; nothing was sent", hint="Mend it and run it again.")
    if not (job.task_id or answered or (job.request and job.request.sync)):
        return SubmitUncertain(
            f"cannot write the journal: {error}; whether the create call made a task is not known",
            hint="It is not sent again; mend the disk, and %wan resume looks for its task.",
        )
    known = "nothing is lost for 24 h, mend it and run %wan resume"
    lost = "its answer is known to this kernel alone: mend it, then run %wan resume here or the same call again"
    note = f"cannot write the pictures: {error}; {known if job.task_id or answered else lost}"
    return SaveFailed(note, task_id=job.task_id)
