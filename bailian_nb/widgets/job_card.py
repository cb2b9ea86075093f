"""JobCard: one Job, live: its state, its age, a Cancel button, and its pictures when it has ended."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..gallery import sheet_jpeg
from ..job_words import describe, uncanceled
from ..jobs import Job
from .live import STATIC, LiveWidget, language
from .words import words


class JobCard(LiveWidget):
    """Show a Job while it runs.

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
    """What the card says, in words; see `job_words.Words`, with `thumb`, a JPEG or empty."""

    def __init__(self, job: Job, *, on_cancel: Callable[[Job], object] | None = None, lang: str | None = None) -> None:
        self.job = job
        self._lang = language(lang)
        self._on_cancel = on_cancel or (lambda job: job.cancel())
        super().__init__(texts=words("card", self._lang), card=self._words())
        job.on_change(self._follow)

    def still(self) -> dict[str, str]:
        bundle = {"text/plain": repr(self.job)}
        if self.card["thumb"]:
            bundle["image/jpeg"] = base64.b64encode(self.card["thumb"]).decode("ascii")
        return bundle

    def refresh(self) -> None:
        """Show the Job as it is now."""
        with self._lock:
            self.card = self._words()

    def _follow(self, job: Job) -> None:
        self.refresh()

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        if content.get("kind") == "cancel":
            self.fault = ""
            if self._on_cancel(self.job) is False and not self.job.final:
                self.fault = uncanceled(self.job, self._lang)
            self.refresh()

    def _words(self) -> dict[str, Any]:
        outcome = self.job.outcome
        thumb = sheet_jpeg(list(outcome)) if outcome else b""
        return {**describe(self.job, self._lang), "thumb": thumb}

    def __repr__(self) -> str:
        return f"<JobCard {self.job!r}>"
