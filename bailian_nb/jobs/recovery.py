"""Take up what an earlier kernel left: tasks that were sent and are not yet on disk.

Called by `session.resume`. It never creates a task: intents that were never sent are only listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..request import Request
from ..specs import service
from .account import Account
from .clock import Clock
from .job import Job
from .journal import Journal, Row
from .runner import Runner


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What came back and what did not.

    `jobs` go on now. `unsent` were never sent, `uncertain` may or may not exist at the service, `gone` are older than
    24 hours, `others` belong to another key of the same base URL, `alive` are in the hands of another running kernel.
    """

    jobs: list[Job] = field(default_factory=list)
    unsent: list[Row] = field(default_factory=list)
    uncertain: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    alive: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.jobs, self.unsent, self.uncertain, self.gone, self.others))

    def __repr__(self) -> str:
        parts = [f"{len(self.jobs)} resumed" + (f" ({', '.join(job.id for job in self.jobs)})" if self.jobs else "")]
        for count, text in (
            (self.unsent, "never sent (resume(send=...) sends them)"),
            (self.uncertain, "may or may not have been sent"),
            (self.gone, "older than 24 hours and gone for good"),
            (self.others, "of another key"),
            (self.alive, "in another running kernel"),
        ):
            if count:
                parts.append(f"{len(count)} {text}: {', '.join(row.id for row in count)}")
        return "; ".join(parts)


def take_up(
    journal: Journal,
    runner: Runner,
    account: Account,
    clock: Clock,
    *,
    known: Callable[[str], bool],
    attach: Callable[[Job], None],
) -> Resumed:
    """Sort the open rows of this base URL and drive those whose task is known.

    `known(id)` tells Jobs that this process runs already; `attach` prepares a Job before it starts.
    """
    found = Resumed()
    for row in journal.unfinished(account.base_url):
        if row.account != account.id:
            found.others.append(row)
            continue
        if row.owner == journal.owner:
            if known(row.id):
                continue
        elif not journal.claim(row):
            found.alive.append(row)
            continue
        _sort(found, row, journal, runner, account, clock, attach)
    return found


def _sort(
    found: Resumed,
    row: Row,
    journal: Journal,
    runner: Runner,
    account: Account,
    clock: Clock,
    attach: Callable[[Job], None],
) -> None:
    sent = row.submitted or row.created
    if row.state == "intent":
        found.unsent.append(row)
    elif row.state in ("submitting", "uncertain"):
        if row.state == "submitting":
            journal.uncertain(row.id, "the kernel ended during the create call")
        found.uncertain.append(row)
    elif clock.now() - sent > service.KEPT_SECONDS:
        journal.end(row.id, "expired", at=clock.now(), error="older than 24 hours when it was resumed")
        found.gone.append(row)
    else:
        job, folder = revive(row, journal)
        attach(job)
        found.jobs.append(job)
        runner.resume(job, account, folder=folder)


def revive(row: Row, journal: Journal) -> tuple[Job, Path]:
    """Rebuild the Job of a row, and say where its pictures go: where the intent said, else the current folder."""
    request = Request.from_dict(row.request, journal.input_bytes)
    label = f"{row.model} {row.function}" if row.function else row.model
    job = Job(id=row.id, request=request, label=label, emulator=row.emulator, created=row.created)
    job.task_id, job.request_id = row.task_id or "", row.request_id or ""
    job.submitted = row.submitted
    job.status = "PENDING" if row.task_id else "QUEUED"
    folder = Path(row.out_dir)
    if not folder.exists() and not folder.parent.exists():
        folder = Path.cwd() / "wan_out"
        job.notes.append(f"its folder {row.out_dir} is gone; saved in {folder.name} of the current folder")
    if request.paste_back and not all(picture.data for picture in request.inputs):
        job.notes.append("its input picture is gone, so the answer was not pasted back into it")
    return job, folder
