"""One try of a Job on its way: what its steps (prepare, submit, poll, save, finish) hand on to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..accounts.account import Account
from ..money.budget import Budget
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
    budget
        The caps that are checked once more where its row is written; None where there are none.
    sends
        False where it is there to collect what an earlier kernel has sent, and to send nothing by itself.
    """

    job: Job
    row_id: str
    account: Account
    request: Request
    folder: Path
    budget: Budget | None = None
    sends: bool = True

    @classmethod
    def of(cls, job: Job, account: Account, folder: Path, *, budget: Budget | None = None, sends: bool = True) -> Run:
        """Return the first try of a Job that has its Request."""
        if job.request is None:
            raise RuntimeError("a Job that is driven has a Request")
        return cls(
            job=job, row_id=job.id, account=account, request=job.request, folder=folder, budget=budget, sends=sends
        )

    @property
    def caps(self) -> Mapping[str, float]:
        """Of a day and a month in CNY, by the name of the setting, as the call was made under."""
        return self.budget.caps if self.budget else {}


def next_try(job: str, row_id: str) -> str:
    """Return the name of the row behind `row_id` among those of a Job: `job`, `job.1`, `job.2` and so on."""
    return f"{job}.{1 + int(row_id.removeprefix(job).removeprefix('.') or 0)}"
