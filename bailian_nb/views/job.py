"""A Job in a few words, for the card, the painter and the cells of a sweep."""

from __future__ import annotations

import time
from typing import Literal, TypedDict

from ..jobs.job import Job
from ..jobs.status import WaitReason
from ..texts.catalogue import say
from .explain import failures

Stage = Literal["waiting", "running", "done", "partial", "failed"]

STAGES: dict[str, Stage] = {
    "WAITING": "waiting",
    "QUEUED": "waiting",
    "SUBMITTING": "waiting",
    "UNCERTAIN": "waiting",
    "PENDING": "waiting",
    "RUNNING": "running",
    "SAVING": "running",
    "SUCCEEDED": "done",
    "PARTIAL": "partial",
    "FAILED": "failed",
    "CANCELED": "failed",
    "EXPIRED": "failed",
}
"""What a widget draws for each status of a Job, and of a batch among them."""


class Words(TypedDict):
    """What a widget shows of a Job.

    The browser puts the age in seconds in place of `{age}` in `line`: it counts from `since` (seconds since 1970, 0 for
    a Job that has ended). `usual` is seconds from `since` to the usual end, 0 when nobody knows.
    """

    title: str
    badge: str
    state: Stage
    line: str
    detail: str
    usual: float
    since: float
    cancel: bool


def describe(job: Job, lang: str, *, aging: bool = True, unbilled: bool = True) -> Words:
    """Return the Job's present state in words.

    `aging=False` leaves out the age, which changes with every second; `unbilled=False` that an emulator bills nothing,
    where that is said once of all.
    """
    stage = STAGES[job.status]
    return {
        "title": job.label,
        "badge": "EMULATOR" if job.emulator else "",
        "state": stage,
        "line": " · ".join(_line(job, lang, aging, unbilled)),
        "detail": _reason(job, lang) or "\n".join(job.notes),
        "usual": job.expected.typical if job.expected is not None and job.submitted is not None else 0.0,
        "since": 0.0 if job.final else (job.submitted or job.created),
        "cancel": not job.final and not job.cancel_asked,
    }


def _line(job: Job, lang: str, aging: bool, unbilled: bool) -> list[str]:
    parts = [say(job.status.lower(), lang)]
    if job.final:
        if job.finished is not None:
            parts.append(say("seconds", lang, seconds=f"{job.finished - (job.submitted or job.created):.1f}"))
        if job.emulator:
            parts += [say("not_billed", lang)] if unbilled else []
        elif job.cost is not None and job.status == "SUCCEEDED":
            parts.append(say("cost", lang, cost=f"{job.cost:.2f}"))
        return parts
    return [*parts, *waiting(job, lang, age="{age}" if aging else None)]


def waiting(job: Job, lang: str, *, age: object) -> list[str]:
    """Say why a Job waits, and its age against the usual time; `age` is seconds or `{age}`, None leaves it out."""
    parts = []
    if job.why is not None:
        values = dict(job.why.values)
        if isinstance(until := values.get("until"), float):
            values["until"] = time.strftime("%H:%M:%S", time.localtime(until))
        parts.append(say(job.why.key, lang, **values))
    if age is None:
        return parts
    if job.expected is None:
        return [*parts, say("age", lang, age=age)]
    return [*parts, say("usual", lang, age=age, low=_rounded(job.expected.low), high=_rounded(job.expected.high))]


def uncanceled(job: Job, lang: str) -> str:
    """Say why `Job.cancel` has not ended the Job."""
    why = job.uncanceled or WaitReason(key="too_late")
    return say(why.key, lang, **why.values)


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}".removesuffix(".0")


def _reason(job: Job, lang: str) -> str:
    """Say what went wrong and what to do, a line for each picture that is missing and for the Job itself."""
    found = []
    for failure in failures(job, lang):
        head = "" if job.outcome is None else f"{failure.head}: "  # the card has the Job's label already
        parts = (f"{head}{failure.named}.", failure.message, failure.todo, *failure.ids(lang))
        found.append(" ".join(part for part in parts if part))
    return "\n".join(found)
