"""JobCard: one Job while it runs: its state and age, Run and Cancel buttons, and its pictures when it has ended."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..errors import one_line
from ..gallery import sheet_jpeg
from ..jobs.job import Job
from ..session.held_job import HeldJob
from ..system.language import spoken
from ..texts.widgets import words
from ..views.job import describe, uncanceled
from .base import STATIC, LiveWidget


class JobCard(LiveWidget):
    """Show a Job while it runs; a HeldJob shows what it would cost, and a Run button that sends it.

    Parameters
    ----------
    job
        The Job; the card follows it from whatever thread changes it.
    on_cancel
        Called when somebody presses Cancel, instead of `job.cancel()`; False means that it is too late.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "card.js"
    _css = STATIC / "card.css"

    card = t.Dict().tag(sync=True)
    """What the card says, in words; see `views.job.Words`, with `thumb`, a JPEG or empty, and `run` for a HeldJob."""

    def __init__(self, job: Job, *, on_cancel: Callable[[Job], object] | None = None, lang: str | None = None) -> None:
        self.job = job
        self._lang = lang or spoken()
        self._on_cancel = on_cancel or (lambda job: job.cancel())
        super().__init__(texts=words("card", self._lang), card=self._words(), fault=_refusal(job))
        job.on_change(self._follow)

    def static_view(self) -> dict[str, str]:
        bundle = {"text/plain": self.job.summary}
        if self.card["thumb"]:
            bundle["image/jpeg"] = base64.b64encode(self.card["thumb"]).decode("ascii")
        return bundle

    def refresh(self) -> None:
        """Show the Job as it is now; once it has ended, why it could not be canceled is of no use any more."""
        with self._lock:
            if self.job.final:
                self.fault = ""
            self.card = self._words()

    def _follow(self, job: Job) -> None:
        self.refresh()

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        match content.get("kind"):
            case "cancel":
                self.fault = ""
                if self._on_cancel(self.job) is False and not self.job.final:
                    self.fault = uncanceled(self.job, self._lang)
                self.refresh()
            case "run" if isinstance(self.job, HeldJob):
                self.fault = ""
                try:
                    self.job.run()
                finally:
                    self.refresh()

    def _words(self) -> dict[str, Any]:
        outcome = self.job.outcome
        thumb = sheet_jpeg(list(outcome)) if outcome else b""
        said = {**describe(self.job, self._lang), "thumb": thumb, "run": False}
        if isinstance(self.job, HeldJob) and self.job.held:
            line, *detail = self.job.lines(self._lang)
            said |= {"line": line, "detail": "\n".join(detail), "since": 0.0, "run": True}
        return said

    def __repr__(self) -> str:
        return f"<JobCard {self.job!r}>"


def _refusal(job: Job) -> str:
    """Return why Run would be refused at this moment, as a pressed button would say it."""
    refusal = job.refusal if isinstance(job, HeldJob) else None
    return one_line(refusal) if refusal is not None else ""
