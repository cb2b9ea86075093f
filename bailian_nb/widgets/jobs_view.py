"""JobsView: the Jobs of this kernel in one list that moves: prompt, state, time that is left, cost, and Cancel."""

from __future__ import annotations

import html
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..errors import printable
from ..jobs.job import Job
from ..system.language import spoken
from ..texts.widgets import words
from ..views import listings
from ..views.job import describe, uncanceled
from .base import STATIC, LiveWidget

PACE = 0.3
"""Seconds between two updates."""
MOST = 200
"""Jobs that are listed, the newest; a kernel that has run for weeks has thousands."""
_LONGEST_PROMPT = 200


class JobsView(LiveWidget):
    """Show Jobs while they run, each with a Cancel button.

    Parameters
    ----------
    jobs
        Gives all Jobs, the oldest first; asked whenever one of them changes.
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

    def __init__(
        self, jobs: Callable[[], Sequence[Job]], *, now: Callable[[], float] = time.time, lang: str | None = None
    ) -> None:
        self._jobs = jobs
        self._now = now
        self._lang = lang or spoken()
        self._followed: set[int] = set()
        self._timer: threading.Timer | None = None
        rows, total = self._told()
        super().__init__(texts=words("jobs", self._lang), rows=rows, total=total)
        self._follow_all()

    def refresh(self) -> None:
        """Show the Jobs as they are now."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        self._follow_all()
        rows, total = self._told()
        with self._lock, self.hold_sync():
            self.rows, self.total = rows, total
        self.update_static_soon()

    def static_view(self) -> dict[str, str]:
        """Return the table of the Jobs."""
        return listings.jobs(self._jobs(), self._lang, now=self._now())

    def caption(self) -> dict[str, str]:
        """Return how many there are and what they cost."""
        return {"text/html": f"<div>{html.escape(self.total)}</div>", "text/plain": self.total}

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        if content.get("kind") != "cancel":
            return
        job = next((job for job in self._jobs() if job.id == content.get("id")), None)
        if job is None:
            return
        self.fault = ""
        if not job.cancel() and not job.final:
            self.fault = printable(f"{job.id}: {uncanceled(job, self._lang)}")
        self.refresh()

    def _told(self) -> tuple[list[dict[str, Any]], str]:
        jobs = self._jobs()
        rows = [
            {
                **describe(job, self._lang),
                "id": job.id,
                "prompt": printable(job.request.prompt, _LONGEST_PROMPT) if job.request is not None else "",
                "outcome": listings.outcome(job, self._lang),
            }
            for job in jobs[: -MOST - 1 : -1]
        ]
        return rows, listings.jobs_total(jobs, self._lang)

    def _follow_all(self) -> None:
        with self._lock:
            new = [job for job in self._jobs() if not job.final and id(job) not in self._followed]
            self._followed |= {id(job) for job in new}
        for job in new:
            job.on_change(self._follow)

    def _follow(self, job: Job) -> None:
        """Show changes a moment later, many at once."""
        with self._lock:
            if self._timer is not None or self.comm is None:
                return
            self._timer = threading.Timer(PACE, self.refresh)
            self._timer.daemon = True
            self._timer.start()

    def __repr__(self) -> str:
        return f"<JobsView {self.total}>"
