"""SweepGrid: a sweep as rows and columns that fill as cells finish, its plan above and the large pictures below."""

from __future__ import annotations

import html
import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets as t

from ..gallery.picture import Picture
from ..images import decode
from ..images.thumbnail import thumbnail
from ..planning.checks import LARGEST_SEED
from ..system.language import spoken
from ..texts.widgets import words
from . import after_choosing, grid_state
from .base import MAX_MESSAGE, STATIC, LiveWidget
from .derived import Derived, tell
from .pace import Paced
from .sweep_protocol import SweepLike

PACE = 0.15
"""Seconds between two updates: a sweep of a hundred cells changes more often than a page can show."""


class SweepGrid(LiveWidget):
    """Show a sweep.

    Parameters
    ----------
    sweep
        The sweep; the grid follows it from whatever thread changes it.
    title
        One line above the grid, default the sweep's own `title`, if it has one.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "grid.js"
    _css = STATIC / "grid.css"

    title = t.Unicode("").tag(sync=True)
    """One line above the grid."""
    badge = t.Unicode("").tag(sync=True)
    """"EMULATOR", or nothing."""
    axes: t.List[Any] = t.List().tag(sync=True)
    """Name, values as text, and values as numbers where all are, for each axis."""
    cells: t.List[Any] = t.List().tag(sync=True)
    """What each cell shows, in words."""
    plan: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """What a run takes, in words, and whether there is anything to run."""
    after: t.List[str] = t.List().tag(sync=True)
    """What the page offers for a chosen cell."""
    answered = t.Int(0).tag(sync=True)
    """How many pressed buttons were handled: the page enables its buttons again, whatever the outcome."""

    best: Derived[Picture | None] = Derived(
        lambda grid: getattr(grid.sweep, "best", None),
        lambda grid, picture: grid._crown(picture),
        "The winner's Picture, else the first starred one, else None.",
    )
    """Setting it makes the cell of that picture the winner, None makes none."""

    def __init__(self, sweep: SweepLike, *, title: str | None = None, lang: str | None = None) -> None:
        self.sweep = sweep
        self._lang = lang or spoken()
        self._paced = Paced(self.refresh, PACE, "sweep-grid")
        self._told = getattr(sweep, "best", None)
        """What observers of `best` were told last."""
        super().__init__(
            texts=words("grid", self._lang),
            title=str(getattr(sweep, "title", "")) if title is None else title,
            badge="EMULATOR" if getattr(sweep, "emulator", False) else "",
            after=after_choosing.offered(sweep),
            **self._state(),
        )
        sweep.on_change(self._follow)

    def refresh(self) -> None:
        """Show the sweep as it is now."""
        number = self._paced.begin()
        state = self._state()  # without our lock: the sweep has one of its own, and calls us while it holds it
        with self._lock:
            if not self._paced.is_newest(number):
                return
            with self.hold_sync():
                for name, value in state.items():
                    setattr(self, name, value)
            before, self._told = self._told, self.best
        tell(self, "best", before, self._told)
        self.update_static_soon()

    def static_view(self) -> dict[str, str]:
        return {**self.sweep.static_view(), "text/plain": repr(self)}

    def caption(self) -> dict[str, str]:
        """Return the text under the static sheet; it changes once, when every cell has ended."""
        if any(cell["state"] not in ("done", "failed", "invalid") for cell in self.cells):
            return {"text/html": f"<div>{html.escape(self.title)}</div>", "text/plain": self.title}
        return self.sweep.caption(self._lang)

    def _crown(self, picture: Any) -> None:
        self.sweep.best = picture
        self.refresh()

    def _follow(self, changed: object) -> None:
        self._paced.change()

    def _state(self) -> dict[str, Any]:
        axes = grid_state.axes(self.sweep.axes)
        cells = self.sweep.cells()
        emulator = bool(getattr(self.sweep, "emulator", False))
        return {
            "axes": axes,
            "cells": [grid_state.cell(cell, self.sweep.axes, self._lang, emulator=emulator) for cell in cells],
            "plan": grid_state.plan(self.sweep.plan, cells, self._lang),
        }

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        known = {cell["id"] for cell in self.cells}
        ids = [name for name in content.get("ids", ()) if name in known or name == ""]
        match content.get("kind"):
            case "thumbs":
                self._send_pictures("thumbs", ids)
            case "large":
                self._send_pictures("large", ids)
            case "run":
                self._act(self.sweep.run)
            case "retry":
                self._act(*(lambda name=name: self.sweep.retry(name) for name in ids if name))
            case "wish" if content.get("id") in known and content.get("wish") in self.after:
                self._fulfil(content["wish"], content["id"])
            case "star" | "winner" as mark if content.get("id") in known:
                self._act(lambda: getattr(self.sweep, mark)(content["id"]))

    def _fulfil(self, wish: after_choosing.Wish, cell_id: str) -> None:
        """Do what is wished for a chosen cell, or say what there is to copy or to open."""
        sweep: Any = self.sweep
        match wish:
            case "nearby":
                self._act(lambda: sweep.nearby(cell_id))
            case "reseed":
                self._act(lambda: sweep.extend(seed=[secrets.randbelow(LARGEST_SEED + 1)]))
            case "sheet" | "page":
                self.send({"kind": "saved", "path": str(after_choosing.file(sweep, wish))})
            case _:
                picture = sweep.picture(cell_id)
                if picture is not None:
                    self.send({"kind": "code", "text": after_choosing.code(picture.path, wish)})

    def _act(self, *actions: Callable[[], object]) -> None:
        """Do what a button asks for."""
        self.fault = ""
        try:
            for action in actions:
                action()
        finally:
            self.refresh()
            with self._lock:
                self.answered += 1

    def _send_pictures(self, kind: str, ids: Sequence[str]) -> None:
        """Send the pictures that there are, in as few messages as their sizes allow."""
        versions = {cell["id"]: cell["version"] for cell in self.cells}
        batch: list[tuple[str, bytes]] = []
        none = []
        for name in ids:
            data = self._picture(kind, name)
            if not data:
                none.append(name)
                continue
            if sum(len(other) for _, other in batch) + len(data) > MAX_MESSAGE:
                self._send_batch(kind, batch, versions)
                batch = []
            batch.append((name, data))
        if batch:
            self._send_batch(kind, batch, versions)
        if none:  # the page waits for an answer, also about an original that a text-to-image sweep has not
            self.send({"kind": "none", "ids": none})

    def _send_batch(self, kind: str, batch: list[tuple[str, bytes]], versions: Mapping[str, int]) -> None:
        ids = [name for name, _ in batch]
        content = {"kind": kind, "ids": ids, "versions": [versions.get(name, 0) for name in ids]}
        self.send(content, [data for _, data in batch])

    def _picture(self, kind: str, name: str) -> bytes | None:
        if not name:
            return self.sweep.original()
        data = self.sweep.thumb(name) if kind == "thumbs" else self.sweep.large(name)
        return data if data is None or len(data) <= MAX_MESSAGE else _smaller(data)

    def __repr__(self) -> str:
        states = [cell["state"] for cell in self.cells]
        counts = ", ".join(f"{states.count(state)} {state}" for state in ("done", "failed") if state in states)
        by = " x ".join(f"{axis['name']}({len(axis['values'])})" for axis in self.axes)
        return f"<SweepGrid {by}{': ' + counts if counts else ''}>"


def _smaller(data: bytes) -> bytes:
    """Return a picture that is too large for a message with fewer pixels."""
    file = io.BytesIO()
    thumbnail(decode(data), 1024).save(file, "JPEG", quality=85)
    return file.getvalue()
