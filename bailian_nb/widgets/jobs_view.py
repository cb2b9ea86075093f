"""JobsView: the Jobs of this kernel in one list that moves: prompt, state, time that is left, cost, and Cancel."""

from __future__ import annotations

import html
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..errors import printable
from ..jobs.job import Job
from ..session.listed import Group, Listed, Tally
from ..system.language import spoken
from ..texts.widgets import words
from ..views import job_table
from ..views.job import STAGES, describe, uncanceled
from .base import STATIC, LiveWidget
from .pace import Paced

PACE = 0.3
"""Seconds between two updates."""
MOST = 200
"""Jobs that are listed, the newest; a kernel that has run for weeks has thousands."""
_LONGEST_PROMPT = 200


class JobsView(LiveWidget):
    """Show Jobs while they run, each with a Cancel button.

    Parameters
    ----------
    here
        Has all Jobs and batches, the oldest first; asked whenever one of them changes.
    now
        Gives seconds since 1970, by which the ages in a saved notebook are told.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "jobs.js"
    _css = STATIC / "jobs.css"

    rows: t.List[dict[str, Any]] = t.List().tag(sync=True)
    """What is said of each Job, the newest first; see `views.job.Words`, with id, prompt and outcome."""
    total = t.Unicode("").tag(sync=True)

    def __init__(self, here: Listed, *, now: Callable[[], float] = time.time, lang: str | None = None) -> None:
        self._here = here
        self._now = now
        self._lang = lang or spoken()
        self._followed: weakref.WeakSet[Job | Group] = weakref.WeakSet()
        self._paced = Paced(self._refresh_open, PACE, "jobs-view")
        rows, total = self._told()
        super().__init__(texts=words("jobs", self._lang), rows=rows, total=total)
        self._follow_all()

    def refresh(self) -> None:
        """Show the Jobs as they are now."""
        number = self._paced.begin()
        self._follow_all()
        rows, total = self._told()
        with self._lock:
            if not self._paced.is_newest(number):
                return
            with self.hold_sync():
                self.rows, self.total = rows, total
        self.update_static_soon()

    def static_view(self) -> dict[str, str]:
        """Return the table of the Jobs."""
        return job_table.jobs(self._here.jobs(), self._lang, now=self._now(), groups=self._here.groups())

    def caption(self) -> dict[str, str]:
        """Return how many there are and what they cost."""
        return {"text/html": f"<div>{html.escape(self.total)}</div>", "text/plain": self.total}

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        if content.get("kind") != "cancel":
            return
        job = next((job for job in self._here.jobs() if job.id == content.get("id")), None)
        if job is None:
            return
        self.fault = ""
        if not job.cancel() and not job.final:
            self.fault = printable(f"{job.id}: {uncanceled(job, self._lang)}")
        self.refresh()

    def _told(self) -> tuple[list[dict[str, Any]], str]:
        groups = self._here.groups()
        tallies = [group.tally() for group in groups]
        jobs = job_table.lone(self._here.jobs(), groups)
        unbilled = not job_table.emulated(jobs, tallies)
        rows = [(job.created, self._row(job, unbilled=unbilled)) for job in jobs[-MOST:]]
        rows += [
            (tally.created, self._summed(group.owner, tally)) for group, tally in zip(groups, tallies, strict=True)
        ]
        newest = sorted(rows, key=lambda row: row[0])[: -MOST - 1 : -1]
        return [row for _, row in newest], job_table.total(jobs, self._lang, tallies)

    def _row(self, job: Job, *, unbilled: bool) -> dict[str, Any]:
        return {
            **describe(job, self._lang, unbilled=unbilled),
            "id": job.id,
            "prompt": printable(job.request.prompt, _LONGEST_PROMPT) if job.request is not None else "",
            "outcome": job_table.outcome(job, self._lang),
        }

    def _summed(self, owner: str, tally: Tally) -> dict[str, Any]:
        """Return a batch as one row; it has Pause and Cancel where it is shown itself."""
        return {
            "title": tally.call,
            "badge": "EMULATOR" if tally.emulator else "",
            "state": STAGES.get(tally.status, "waiting"),
            "line": job_table.tallied(tally, self._lang),
            "detail": "",
            "usual": 0.0,
            "since": 0.0,
            "cancel": False,
            "id": owner,
            "prompt": printable(tally.title, _LONGEST_PROMPT),
            "outcome": "",
        }

    def _follow_all(self) -> None:
        groups = self._here.groups()
        alone = [job for job in job_table.lone(self._here.jobs(), groups) if not job.final]
        moving: list[Job | Group] = [*alone, *groups]
        with self._lock:
            new = [each for each in moving if each not in self._followed]
            self._followed.update(new)
        for each in new:
            each.on_change(self._follow)

    def _follow(self, changed: Job | Group) -> None:
        """Show changes a moment later, many at once."""
        if self.comm is not None:
            self._paced.change_later()

    def _refresh_open(self) -> None:
        if self.comm is not None:
            self.refresh()

    def __repr__(self) -> str:
        return f"<JobsView {self.total}>"
