"""Jobs as one table and as data, wherever they come from: those of this process, its batches, rows of the journal.

`%wan jobs`, `wan.jobs()` and `bailian-nb jobs` show it, the newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .. import specs
from ..errors import printable
from ..jobs.job import Job
from ..jobs.status import Status
from ..session.listed import Group, Tally
from ..store.row import Row
from ..store.schema import State
from ..texts.catalogue import say
from ..texts.signs import sign
from .explain import short
from .listings import PROMPT, local_time, money
from .tables import Breakable, Bundle, Table, heads, note

STATUS: dict[State, Status] = {
    "intent": "QUEUED",
    "submitting": "SUBMITTING",
    "uncertain": "UNCERTAIN",
    "accepted": "PENDING",
    "done": "SUCCEEDED",
    "failed": "FAILED",
    "canceled": "CANCELED",
    "expired": "EXPIRED",
}
"""What a Job would say of a row of the journal; of a task that is on its way, its driver wrote down more."""


class Line(NamedTuple):
    """One line of the table; `created` is seconds since 1970."""

    job: str
    prompt: str
    call: str
    status: str
    outcome: str
    created: float
    cost: float | None
    emulator: bool
    task: str


def jobs(found: Sequence[Job], lang: str, *, now: float, groups: Sequence[Group] = ()) -> Bundle:
    """Return the Jobs of this process, and a line for each batch; `now`, seconds since 1970, is what ages end at."""
    if not found and not groups:
        return note(say("no_jobs", lang))
    tallies = [group.tally() for group in groups]
    alone = lone(found, groups)
    lines = [*(_of_job(job, lang, now) for job in alone), *(_of_tally(tally, lang) for tally in tallies)]
    title = f"{say('table_jobs', lang)}{sign('colon', lang)}{total(alone, lang, tallies)}"
    return _table(sorted(lines, key=lambda line: line.created)[::-1], title, lang)


def rows(found: Sequence[Row], lang: str) -> Bundle:
    """Return rows of the journal, of this process or any other, in the order given."""
    if not found:
        return note(say("cli_no_jobs", lang))
    return _table([_of_row(row, lang) for row in found], say("table_jobs", lang), lang)


def lone(found: Sequence[Job], groups: Sequence[Group]) -> list[Job]:
    """Return the Jobs that no batch sums up."""
    owners = {group.owner for group in groups}
    return [job for job in found if job.owner not in owners]


def total(found: Sequence[Job], lang: str, tallies: Sequence[Tally] = ()) -> str:
    """Say how many Jobs and rows of batches go on, have ended and have failed, and what they cost by list price."""
    going = sum(1 for job in found if not job.final)
    failed = sum(1 for job in found if job.final and job.outcome is None)
    done = len(found) - going - failed + sum(tally.done for tally in tallies)
    going, failed = going + sum(tally.going for tally in tallies), failed + sum(tally.failed for tally in tallies)
    billed = [job.cost for job in found if not job.emulator and job.cost is not None]
    billed += [tally.cost for tally in tallies if not tally.emulator]
    said = [
        say("jobs_going", lang, count=going) if going else "",
        say("jobs_done", lang, count=done),
        say("jobs_failed", lang, count=failed) if failed else "",
        say("cost", lang, cost=f"{sum(billed):.2f}") if billed else "",
        say("not_billed", lang) if emulated(found, tallies) else "",
    ]
    return " · ".join(part for part in said if part)


def emulated(found: Sequence[Job], tallies: Sequence[Tally] = ()) -> bool:
    """Tell whether the emulator has drawn all of them: then it is said once, of the sum."""
    drawn = [*(job.emulator for job in found), *(tally.emulator for tally in tallies)]
    return bool(drawn) and all(drawn)


def outcome(job: Job, lang: str) -> str:
    """Return how many pictures were saved, or in one word why there are none."""
    if job.outcome is not None:
        return say("saved_count", lang, count=len(job.outcome))
    return short(job.error) if job.error is not None else ""


def tallied(tally: Tally, lang: str) -> str:
    """Say how far a batch is."""
    said = [
        say("rows_done", lang, done=f"{tally.done:,}", total=f"{tally.total:,}"),
        say("rows_failed", lang, count=f"{tally.failed:,}") if tally.failed else "",
    ]
    return " · ".join(part for part in said if part)


def data(found: Sequence[Job], *, now: float) -> list[dict[str, Any]]:
    """Return Jobs as data: `age` and `rest` (to the usual end, where it is known) in seconds, `cost` in CNY."""
    return [
        {
            "job": job.id,
            "prompt": job.request.prompt if job.request is not None else "",
            "call": job.label,
            "status": job.status,
            "age": (job.finished or now) - job.created,
            "rest": _rest(job, now),
            "pictures": None if job.outcome is None else len(job.outcome),
            "error": "" if job.error is None else short(job.error),
            "cost": job.cost,
            "emulator": job.emulator,
            "task": job.task_id,
        }
        for job in found
    ]


def row_data(found: Sequence[Row]) -> list[dict[str, object]]:
    """Return rows as data; times are ISO 8601 in UTC, `cost` CNY by list price, or its estimate."""
    return [
        {
            "job": row.id,
            "status": status(row),
            "model": row.model,
            "function": row.function,
            "prompt": _prompt(row),
            "pictures": row.images,
            "cost": 0.0 if row.emulator else row.estimate if row.cost is None else row.cost,
            "emulator": row.emulator,
            "created": _stamp(row.created),
            "submitted": _stamp(row.submitted),
            "finished": _stamp(row.finished),
            "task": row.task_id,
            "error": row.error,
            "folder": row.out_dir,
            "notebook": row.notebook,
        }
        for row in found
    ]


def status(row: Row) -> str:
    """Return how a row stands, in the words of `Job.status`."""
    return row.stage if row.stage and row.finished is None else STATUS[row.state]


def _of_job(job: Job, lang: str, now: float) -> Line:
    rest = _rest(job, now)
    said = [
        outcome(job, lang),
        say("seconds", lang, seconds=f"{(job.finished or now) - job.created:.0f}"),
        "" if rest is None else say("rest_left", lang, seconds=f"{rest:.0f}"),
    ]
    return Line(
        job=job.id,
        prompt=job.request.prompt if job.request is not None else "",
        call=job.label,
        status=job.status,
        outcome=" · ".join(part for part in said if part),
        created=job.created,
        cost=job.cost,
        emulator=job.emulator,
        task=job.task_id,
    )


def _of_row(row: Row, lang: str) -> Line:
    saved = say("saved_count", lang, count=row.images) if row.state == "done" else (row.error or "").partition(":")[0]
    took = None if row.finished is None else say("seconds", lang, seconds=f"{row.finished - row.created:.0f}")
    return Line(
        job=row.id,
        prompt=_prompt(row),
        call=specs.label(row.model, row.function),
        status=status(row),
        outcome=" · ".join(part for part in (saved, took) if part),
        created=row.created,
        cost=row.estimate if row.cost is None else row.cost,
        emulator=row.emulator,
        task=row.task_id or "",
    )


def _of_tally(tally: Tally, lang: str) -> Line:
    return Line(
        job=say("batch", lang),
        prompt=tally.title,
        call=tally.call,
        status=tally.status,
        outcome=tallied(tally, lang),
        created=tally.created,
        cost=tally.cost,
        emulator=tally.emulator,
        task="",
    )


def _table(lines: Sequence[Line], title: str, lang: str) -> Bundle:
    cells = [
        (
            line.job,
            printable(line.prompt, PROMPT),
            Breakable(line.call),
            line.status,
            line.outcome,
            local_time(_stamp(line.created) or ""),
            "EMULATOR" if line.emulator else money(line.cost),
            Breakable(line.task),
        )
        for line in lines
    ]
    head = (
        *heads(lang, "job", "head_prompt", "head_call", "head_status", "head_outcome", "head_made", "head_cny"),
        *heads(lang, "task"),
    )
    return Table(title=title, head=head, rows=cells).bundle()


def _rest(job: Job, now: float) -> float | None:
    """Return seconds to the usual end, None where nobody knows."""
    if job.final or job.expected is None or job.submitted is None:
        return None
    return max(0.0, job.submitted + job.expected.typical - now)


def _prompt(row: Row) -> str:
    return str(row.request.get("values", {}).get("prompt", ""))


def _stamp(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
