"""BatchView: one live view for a whole batch, whatever the number of its rows: bar, pace, money, newest pictures."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..batch.batch import Batch
from ..errors import printable
from ..system.language import spoken
from ..texts.widgets import words
from ..views.page import THUMB
from . import batch_state
from .base import MAX_MESSAGE, STATIC, LiveWidget
from .pace import Paced
from .thumbs import Thumbs

PACE = 0.3
"""Seconds between two updates."""
STATIC_EVERY = 5.0
"""Seconds between two drawings of what a saved notebook keeps, while the batch runs."""
_KEPT = 64
"""Thumbnails that are kept: the page asks for each of the newest pictures once."""


class BatchView(LiveWidget):
    """Show a batch while it runs, with the buttons that run, pause and end it.

    Parameters
    ----------
    batch
        The batch; the view follows it from whatever thread changes it.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "batch.js"
    _css = STATIC / "batch.css"

    title = t.Unicode("").tag(sync=True)
    badge = t.Unicode("").tag(sync=True)
    """"EMULATOR", or nothing."""
    now: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """What is shown, in words; see `batch_state.shown`."""
    answered = t.Int(0).tag(sync=True)
    """How many pressed buttons were handled: the page enables its buttons again, whatever the outcome."""

    def __init__(self, batch: Batch, *, lang: str | None = None) -> None:
        self.batch = batch
        self._lang = lang or spoken()
        self._thumbs = Thumbs(_KEPT)
        self._paced = Paced(self._refresh_open, PACE, "batch-view")
        self._last_static = 0.0
        super().__init__(
            texts=words("batch", self._lang),
            title=batch.title,
            badge="EMULATOR" if batch.emulator else "",
            now=self._state(),
        )
        batch.on_change(self._follow)

    def refresh(self) -> None:
        """Show the batch as it is now."""
        number = self._paced.begin()
        state = self._state()  # without our lock: the batch has one of its own, and calls us while it holds it
        with self._lock:
            if not self._paced.is_newest(number):
                return
            self.now = state
        self._keep_static(state["state"])

    def static_view(self) -> dict[str, str]:
        """Return the newest pictures as one small sheet."""
        return {**self.batch.static_view(), "text/plain": repr(self.batch)}

    def caption(self) -> dict[str, str]:
        """Return the lines under it: how many rows are done, what it has cost, why rows failed; the title meanwhile."""
        if self.now["state"] == "running":
            return {"text/html": f"<div>{html.escape(printable(self.title))}</div>", "text/plain": repr(self.batch)}
        return self.batch.caption(self._lang)

    def _keep_static(self, state: str) -> None:
        """Write what a saved notebook keeps: at once when the batch comes to rest, now and then while it runs."""
        with self._lock:
            due = state != "running" or time.monotonic() - self._last_static >= STATIC_EVERY
            if due:
                self._last_static = time.monotonic()
        if due:
            self.update_static_soon()

    def _follow(self, changed: object) -> None:
        self._paced.change()

    def _refresh_open(self) -> None:
        if self.comm is not None:
            self.refresh()

    def _state(self) -> dict[str, Any]:
        now = self.batch.progress
        plan = None if now.state == "running" else self.batch.plan
        return batch_state.shown(now, plan, self.batch.invalid, self._lang)

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        match content.get("kind"):
            case "thumbs":
                self._send_thumbs([each for each in content.get("ids", ()) if isinstance(each, str)])
            case "run" | "go_on":
                self._act(self.batch.run, skip_invalid=True)
            case "pause":
                self._act(self.batch.pause)
            case "cancel":
                self._act(self.batch.cancel_unsent)
            case "retry":
                self._act(self.batch.retry_failed)

    def _act(self, action: Callable[..., object], **options: Any) -> None:
        """Do what a button asks for; it is somebody's word that the money may be spent."""
        self.fault = ""
        try:
            action(**options)
        finally:
            self.refresh()
            with self._lock:
                self.answered += 1

    def _send_thumbs(self, ids: Sequence[str]) -> None:
        """Send the newest pictures that are asked for; a page can name no other file."""
        known = {batch_state.known_as(row, path): path for row, path in self.batch.progress.newest}
        made = ((name, self._thumbs.jpeg(known[name], THUMB)) for name in ids[:_KEPT] if name in known)
        found = [(name, data) for name, data in made if data]
        sent, size = [], 0
        for name, data in found:
            if size + len(data) > MAX_MESSAGE:
                break
            sent.append((name, data))
            size += len(data)
        gone = [name for name in ids[:_KEPT] if name not in dict(sent)]
        self.send({"kind": "thumbs", "ids": [name for name, _ in sent], "gone": gone}, [data for _, data in sent])

    def __repr__(self) -> str:
        return repr(self.batch)
