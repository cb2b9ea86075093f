"""One try of a Job on its way: what its steps (prepare, submit, poll, save, finish) hand on to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..accounts.account import Account
from ..request import Request
from .job import Job


@dataclass(frozen=True, kw_only=True)
class Run:
    """One try of a Job.

    Parameters
    ----------
    row_id
        Its row in the journal: the Job's id, with the number of the try behind a dot from the second one on.
    account
        Who pays, and whose limits hold.
    folder
        Where its pictures go: they lie in a folder of the day below it.
    """

    job: Job
    row_id: str
    account: Account
    request: Request
    folder: Path

    @classmethod
    def of(cls, job: Job, account: Account, folder: Path) -> Run:
        """Return the first try of a Job that has its Request."""
        if job.request is None:
            raise RuntimeError("a Job that is driven has a Request")
        return cls(job=job, row_id=job.id, account=account, request=job.request, folder=folder)
