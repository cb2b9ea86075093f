"""One try of a Job on its way: what its steps (prepare, submit, poll, save, finish) hand on to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    caps
        Of a day and a month in CNY, by the name of the setting, as the call was made under.
    """

    job: Job
    row_id: str
    account: Account
    request: Request
    folder: Path
    caps: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, job: Job, account: Account, folder: Path) -> Run:
        """Return the first try of a Job that has its Request."""
        if job.request is None:
            raise RuntimeError("a Job that is driven has a Request")
        return cls(job=job, row_id=job.id, account=account, request=job.request, folder=folder)
