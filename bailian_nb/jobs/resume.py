"""Take up what an earlier kernel left: tasks that were sent and are not yet on disk.

Called by the session, for `resume` and for a call that was sent before. It never creates a task: intents that were
never sent are only listed.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import specs
from ..accounts.account import Account
from ..errors import BailianError, InvalidRequest, printable
from ..gallery.carry import Carrying
from ..reconcile.attempt import Attempt
from ..request import Request
from ..specs import service
from ..store.buckets import address_of, here
from ..store.journal import Journal
from ..store.kernels import BEAT, is_alive, silence
from ..store.orphans import OrphanTask
from ..store.row import Row, RowLost
from ..store.schema import OPEN
from ..system.clock import Clock
from ..system.language import sentence, together
from .job import Job
from .journal_writes import FAULTS
from .runner import Runner


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What came back and what did not.

    `jobs` go on now: their task is known, or is looked for in the service's list. `unsent` were never sent,
    `unclaimed` have tasks that may be theirs, for the user to say (they are looked for all the same), `uncertain` may
    or may not exist and no list names them, `gone` are such ones that are older than 24 hours, `others` belong to
    another key of the same base URL, `alive` are in the hands of another running kernel, `faults` stay as they are
    for now, for the reason beside them. `refused` says why not all was sent that was to be: the rest is still among
    the `unsent`. `carrying` is what is brought up to buckets that were away. However old a row seems, its
    task is asked for once more: the clock may be what is wrong.
    """

    jobs: list[Job] = field(default_factory=list)
    unsent: list[Row] = field(default_factory=list)
    unclaimed: list[tuple[Row, list[OrphanTask]]] = field(default_factory=list)
    uncertain: list[Row] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    alive: list[Row] = field(default_factory=list)
    faults: list[tuple[Row, str]] = field(default_factory=list)
    refused: list[BailianError] = field(default_factory=list)
    carrying: Carrying = field(default_factory=Carrying)

    def __bool__(self) -> bool:
        rows = (self.unsent, self.unclaimed, self.uncertain, self.gone, self.others, self.alive)
        return any((self.jobs, *rows, self.faults, self.carrying))

    def __repr__(self) -> str:
        names = ", ".join(job.id for job in self.jobs)
        parts = [sentence("{count} resumed", count=len(self.jobs)) + (f" ({names})" if names else "")]
        for count, text in (
            (self.unsent, sentence("never sent (resume(send=...) sends them)")),
            (
                [row for row, _ in self.unclaimed],
                sentence("may own a task in unclaimed/ (resume(adopt=...) or forget=...)"),
            ),
            (self.uncertain, sentence("may or may not have been sent")),
            (self.gone, sentence("older than 24 hours and gone for good")),
            (self.others, sentence("of another key or account name")),
            (self.alive, sentence("in another running kernel")),
            ([row for row, _ in self.faults], sentence("that could not be taken up now")),
        ):
            if count:
                parts.append(
                    sentence(
                        "{count} {text}: {names}", count=len(count), text=text, names=", ".join(row.id for row in count)
                    )
                )
        return together([*parts, *(str(error) for error in self.refused), *self.carrying.lines()])


def resume_rows(
    journal: Journal,
    runner: Runner,
    account: Account,
    clock: Clock,
    *,
    known: Callable[[str], bool],
    attach: Callable[[Job], None],
    only: str = "",
) -> Resumed:
    """Sort the open rows of this base URL and drive those whose task is known.

    `known(id)` tells Jobs that this process runs already; `attach` prepares a Job before it starts. `only` is the one
    row to be taken up.
    """
    found = Resumed()
    rows = [row for row in journal.unfinished(account.base_url) if only in ("", row.id)]
    ours = [row for row in rows if row.account in account.ids]
    found.others.extend(row for row in rows if row.account not in account.ids)
    theirs = [row for row in ours if row.kernel != journal.kernel]
    living = {name: is_alive(journal.home, name) for name in {row.kernel for row in theirs}}
    # An intent is only listed: one that is claimed counts as about to be sent.
    wanted = [row for row in theirs if row.state != "intent"]
    try:
        claimed = journal.claim_all(wanted)
    except FAULTS as error:
        found.faults.extend((row, printable(error)) for row in wanted if not living[row.kernel])
        wanted, claimed = [row for row in wanted if living[row.kernel]], set()
    apart: dict[str | None, list[OrphanTask]] = {}
    for orphan in journal.orphans.unclaimed(account.base_url):
        apart.setdefault(orphan.job, []).append(orphan)
    asked = {row.id for row in wanted}
    with runner.together():
        for row in ours:
            if row.kernel != journal.kernel and row.state == "intent":
                (found.alive if living[row.kernel] else found.unsent).append(row)
            elif row.kernel != journal.kernel and row.id not in claimed:
                found.alive.extend([row] if row.id in asked else [])
            elif row.kernel != journal.kernel or not known(row.id):
                try:
                    _sort(found, row, apart.get(row.id, ()), journal, runner, account, clock, attach)
                except FAULTS as error:  # the others are none the worse
                    found.faults.append((row, printable(error)))
                except RowLost as lost:  # its kernel has woken up right now
                    found.alive.extend([lost.row] if lost.row.state in OPEN else [])
    return found


def _sort(
    found: Resumed,
    row: Row,
    orphans: Sequence[OrphanTask],
    journal: Journal,
    runner: Runner,
    account: Account,
    clock: Clock,
    attach: Callable[[Job], None],
) -> None:
    silent = max(silence(journal.home, row.kernel) - BEAT, 0.0)  # it may have been stopped just before a beat
    if row.state == "submitting":  # what it was answered may be owed still, or was written down since it was read
        runner.flush(row.id)
        row = journal.row(row.id) or row
        if row.state not in OPEN:
            return
    sent = row.submitted or row.created
    open_create = row.state in ("submitting", "uncertain")
    if row.state == "intent":
        found.unsent.append(row)
    elif open_create and row.request.get("sync"):
        if clock.now() - sent > service.KEPT_SECONDS:
            journal.end(row.id, "expired", at=clock.now(), error=sentence("older than 24 hours when it was resumed"))
            found.gone.append(row)
        else:
            if row.state == "submitting":
                journal.uncertain(row.id, sentence("the kernel ended during a synchronous call"), at=row.broke)
            found.uncertain.append(row)
    else:
        job, folder = revive(row, journal)
        if open_create:
            if orphans:
                found.unclaimed.append((row, list(orphans)))
            if row.state == "submitting":
                journal.uncertain(row.id, sentence("the kernel ended during the create call"), at=row.broke)
            attempt = Attempt.of(row, clock.now(), silent)
            attach(job)
            runner.seek(job, account, folder=folder, attempt=attempt)
        else:
            attach(job)
            runner.resume(job, account, folder=folder)
        found.jobs.append(job)


def adopt(journal: Journal, base_url: str, named: str) -> str:
    """Give a task that is set apart to its job, and return that job: the user says that it is this one's.

    `named` is the task's id, or `JOB=TASK` where several jobs may own it.

    Raises
    ------
    InvalidRequest
        When no such task is set apart, or the job must be named; it names those that can be.
    """
    given, _, task_id = named.rpartition("=")
    orphans = journal.orphans.unclaimed(base_url)
    orphan = next((each for each in orphans if each.task_id == task_id), None)
    if orphan is None or orphan.job is None:
        listed = ", ".join(each.task_id for each in orphans) or sentence("none")
        raise InvalidRequest(
            sentence("task {task_id} is not among the unclaimed ones: {listed}", task_id=task_id, listed=listed)
        )
    open_rows = [row for row in journal.unfinished(base_url) if row.state in ("submitting", "uncertain")]
    rows = {row.id: row for row in open_rows if row.model == orphan.model}
    if given not in rows and (given or len(rows) > 1):
        raise InvalidRequest(
            sentence(
                "say whose task {task_id} is, as JOB={task_id}; jobs that may own it: {names}",
                task_id=task_id,
                names=", ".join(rows),
            )
        )
    owner = given or orphan.job
    if owner not in rows:
        raise InvalidRequest(
            sentence(
                "job {owner} looks for no task any more; its pictures stay in {folder}",
                owner=owner,
                folder=orphan.folder,
            )
        )
    _not_elsewhere(journal, rows[owner])
    if not journal.adopt(rows[owner], base_url, task_id):
        raise InvalidRequest(sentence("task {task_id} belongs to a job already", task_id=task_id))
    journal.orphans.taken(base_url, task_id, job=owner)
    return owner


def forget(journal: Journal, base_url: str, row_id: str, *, at: float) -> None:
    """Give up an uncertain job: none of the tasks that are set apart is its own.

    Raises
    ------
    InvalidRequest
        When that job is not uncertain, is in another running kernel, or its create call may yet be answered.
    """
    row = journal.row(row_id)
    if row is None or row.state not in ("submitting", "uncertain"):
        raise InvalidRequest(sentence("job {row_id} is not uncertain; %wan resume lists those that are", row_id=row_id))
    _not_elsewhere(journal, row)
    if row.state == "submitting" and row.kernel == journal.kernel:
        raise InvalidRequest(
            sentence(
                "the create call of job {row_id} is still open: wait for its answer, then %wan resume", row_id=row_id
            )
        )
    if not journal.give_up(row, at=at):
        raise InvalidRequest(
            sentence("job {row_id} has changed right now; %wan resume lists those that are uncertain", row_id=row_id)
        )
    open_rows = [each for each in journal.unfinished(base_url) if each.state in ("submitting", "uncertain")]
    others = [each for each in open_rows if each.model == row.model]
    for each in journal.orphans.unclaimed(base_url):
        if each.job == row.id:  # it may be another one's still
            journal.orphans.judge(base_url, each.task_id, "" if others else "forgotten", job=row.id)


def _not_elsewhere(journal: Journal, row: Row) -> None:
    if row.kernel != journal.kernel and is_alive(journal.home, row.kernel):
        raise InvalidRequest(
            sentence("job {id} is in another running kernel: say it there, or end that kernel first", id=row.id)
        )


@functools.lru_cache(maxsize=64)
def _place(named: str, home: Path, _second: int) -> tuple[Path, bool]:
    """Return a folder, and whether it can be saved in; thousands of rows name the same one within a second."""
    folder = here(Path(named), home)
    return folder, bool(address_of(folder, home)) or folder.exists() or folder.parent.exists()


def revive(row: Row, journal: Journal) -> tuple[Job, Path]:
    """Rebuild the Job of a row, and say where its pictures go: where the intent said, else the current folder."""
    needed = row.state == "intent" or row.request["paste_back"]
    request = Request.from_dict(row.request, journal.input_bytes if needed else lambda digest: None)
    label = specs.label(row.model, row.function)
    job = Job(id=row.id, request=request, label=label, emulator=row.emulator, created=row.created, cost=row.estimate)
    job.task_id, job.request_id = row.task_id or "", row.request_id or ""
    job.submitted, job.embed, job.a1111 = row.submitted, row.embed, row.a1111
    job.status = "PENDING" if row.task_id else "UNCERTAIN" if row.submitted else "QUEUED"
    if row.answer:
        job.status = "SAVING"
    folder, there = _place(row.out_dir, journal.home, int(time.monotonic()))
    if not there:
        folder = Path.cwd() / "wan_out"
        job.notes.append(
            sentence(
                "its folder {out_dir} is gone; saved in {name} of the current folder",
                out_dir=row.out_dir,
                name=folder.name,
            )
        )
    if request.paste_back and not all(picture.data for picture in request.inputs):
        job.notes.append(
            sentence("its input picture is gone, so not pasted back: the answer is saved as it was served")
        )
    return job, folder
