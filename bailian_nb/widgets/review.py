"""Review: a keyboard grid over the pictures of a batch, read in windows, so ten thousand take no more than a screenful.

The page asks for the items that are in sight and for their small pictures; what is decided there is written down at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets as t

from ..batch.batch import Batch
from ..batch.review import Item
from ..batch.review_sheet import ReviewSheet
from ..errors import InvalidRequest, printable
from ..system.language import spoken
from ..texts.batch_widgets import REVIEW
from ..texts.widgets import words
from ..views.page import LARGE
from .base import STATIC, LiveWidget
from .pace import Paced
from .thumbs import Thumbs
from .windows import ThumbMaker, window

PACE = 0.5
"""Seconds between two updates while the batch goes on."""
_KEPT_LARGE = 24
_REASONS = 6
FILTERS = ("all", "", "accept", "reject")
_LONGEST_PROMPT = 400


class Review(LiveWidget):
    """Show the pictures of a batch to decide about them.

    Parameters
    ----------
    batch
        The batch; the grid follows it while it runs.
    lang
        "en" or "zh", default as configured.
    """

    _esm = STATIC / "review.js"
    _css = STATIC / "review.css"

    title = t.Unicode("").tag(sync=True)
    badge = t.Unicode("").tag(sync=True)
    counts: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """Pictures by filter, and the rows that all their pictures are rejected of (`redo`)."""
    takes: t.Dict[str, Any] = t.Dict().tag(sync=True)
    """Whether the model takes a strength, and whether pictures have a source."""
    reasons: t.List[str] = t.List().tag(sync=True)
    """What is offered for a rejection: the user's own before the usual ones."""
    version = t.Int(0).tag(sync=True)
    """Grows when what a page has of the items may be out of date."""
    planned = t.Unicode("").tag(sync=True)
    """What was planned anew and waits for Run, "" for nothing."""
    answered = t.Int(0).tag(sync=True)

    def __init__(self, batch: Batch, *, lang: str | None = None) -> None:
        self.batch = batch
        self._lang = lang or spoken()
        self._small, self._large = ThumbMaker(self, self._files), Thumbs(_KEPT_LARGE)
        self._items: list[Item] | None = None
        self._own_reasons: list[str] = []
        self._paced = Paced(self._refresh_open, PACE, "review")
        self._has_focus = False
        self._line: dict[str, str] | None = None
        super().__init__(
            texts=words("review", self._lang),
            title=batch.title,
            badge="EMULATOR" if batch.emulator else "",
            takes=self._takes(),
            reasons=self._offered(),
        )
        self.counts = self._counted()
        batch.on_change(self._follow)

    def refresh(self) -> None:
        """Show the batch, and what was decided elsewhere, as it is now."""
        self._paced.begin()
        with self._lock:
            self._items = None
        counts, reasons = self._counted(), self._offered()
        with self._lock, self.hold_sync():
            self.counts, self.reasons = counts, reasons
            self.version += 1
        self.update_static_soon()

    def static_view(self) -> dict[str, str]:
        """Return the accepted pictures as one small sheet."""
        return ReviewSheet(self.batch).static_view()

    def caption(self) -> dict[str, str]:
        """Return the counts and the reasons.

        It stays as it is while somebody presses keys: a new one is a new anchor, and until the page has moved the
        grid there, the notebook would hear the keys.
        """
        with self._lock:
            known = self._line
            if known is not None and self._has_focus:
                return known
        line = ReviewSheet(self.batch).caption(self._lang)
        with self._lock:
            self._line = line
        return line

    def freeze(self) -> None:
        """Leave only the static picture and caption; the live widget goes."""
        self._has_focus = False
        super().freeze()

    def close(self) -> None:
        """Let the live widget go; its static outputs stay, brought up to date."""
        self._has_focus = False
        super().close()

    def _follow(self, changed: object) -> None:
        self._paced.change_later()

    def _refresh_open(self) -> None:
        if self.comm is not None:
            self.refresh()

    def _all(self) -> list[Item]:
        with self._lock:
            if self._items is None:
                self._items = self.batch.items()
            return self._items

    def _shown(self, chosen: str) -> list[Item]:
        return [item for item in self._all() if chosen == "all" or item.decision.decision == chosen]

    def _counted(self) -> dict[str, int]:
        found = dict.fromkeys(FILTERS, 0)
        for item in self._all():
            found["all"] += 1
            found[item.decision.decision] += 1
        return {**found, "redo": len(self.batch.rejected_rows())}

    def _takes(self) -> dict[str, bool]:
        first = next(iter(self.batch.rows), None)
        return {
            "strength": self.batch.takes("strength"),
            "seed": self.batch.takes("seed"),
            "source": first is not None and bool(first.source),
        }

    def _offered(self) -> list[str]:
        usual = [REVIEW[f"reason {number}"].get(self._lang) for number in range(1, _REASONS + 1)]
        return list(dict.fromkeys([*self._own_reasons[-3:], *usual]))[:9]

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> None:
        match content.get("kind"):
            case "items":
                self._send_items(content)
            case "thumbs":
                self._small.want(content)
            case "large":
                self._send_large(content.get("id"))
            case "decide":
                self._decide(content)
            case "focus":
                self._has_focus = content.get("here") is True
                if not self._has_focus:
                    self.update_static_soon()
            case "redo":
                self._act(lambda: self._redo(content))
            case "run":
                self._act(self._run)

    def _send_items(self, content: Mapping[str, Any]) -> None:
        """Send what a window of the filtered items shows."""
        chosen = content.get("filter")
        chosen = chosen if isinstance(chosen, str) and chosen in FILTERS else "all"
        found = self._shown(chosen)
        start, end = window(content, len(found))
        items = [self._described(item) for item in found[start:end]]
        told = {"kind": "items", "filter": chosen, "from": start, "total": len(found), "version": self.version}
        self.send({**told, "items": items})

    def _described(self, item: Item) -> dict[str, Any]:
        row = self.batch.rows.row(item.row)
        seed = row.parameters.get("seed") if row.outcome.seed is None else row.outcome.seed
        return {
            "id": item.id,
            "row": item.row,
            "picture": item.picture,
            "name": printable(Path(item.file).name, 160),
            "prompt": printable(row.prompt, _LONGEST_PROMPT),
            "seed": "" if seed is None else str(seed),
            "decision": item.decision.decision,
            "reason": item.decision.reason,
            "note": item.decision.note,
            "earlier": len(row.earlier),
            "version": _version(item),
        }

    def _find(self, name: object) -> Item | None:
        return next((item for item in self._all() if item.id == name), None)

    def _files(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        wanted = set(ids)
        return {item.id: (item.file, _version(item)) for item in self._all() if item.id in wanted}

    def _send_large(self, name: object) -> None:
        """Send the picture, its source and the picture that was there before, as far as there are any."""
        item = self._find(name)
        if item is None:
            return
        row = self.batch.rows.row(item.row)
        before = row.earlier[-1].files if row.earlier else ()
        files = {"result": item.file, "source": row.source, "before": before[0] if before else ""}
        found = [
            (which, data)
            for which, file in files.items()
            if file and "://" not in file and (data := self._large.jpeg(file, LARGE)) is not None
        ]
        told = {"kind": "large", "id": item.id, "which": [which for which, _ in found]}
        self.send(told, [data for _, data in found])

    def _decide(self, content: Mapping[str, Any]) -> None:
        item = self._find(content.get("id"))
        if item is None:
            raise InvalidRequest(REVIEW["none"].get(self._lang))
        reason, note = content.get("reason"), content.get("note")
        self.fault = ""
        try:
            self.batch.decide(item.row, content.get("decision"), picture=item.picture, reason=reason, note=note)
        finally:
            if isinstance(reason, str) and reason and reason not in self._offered():
                self._own_reasons.append(reason)
            self.refresh()
            self.send({"kind": "decided", "id": item.id})

    def _redo(self, content: Mapping[str, Any]) -> None:
        """Plan the rejected rows anew; Run sends them."""
        given = {name: content.get(name) for name in ("prompt", "seed", "strength")}
        changes: dict[str, Any] = {
            name: value for name, value in given.items() if isinstance(value, str) and value.strip()
        }
        if changes.get("prompt") == "{prompt}":
            del changes["prompt"]
        rows = self.batch.redo_rejected(**changes)
        cost = self.batch.plan.cost
        said = REVIEW["redo_cost"].get(self._lang).format(cost=f"{cost:,.2f}") if cost is not None else "?"
        self.planned = REVIEW["redo_planned"].get(self._lang).format(count=len(rows), cost=said)

    def _run(self) -> None:
        self.batch.run(skip_invalid=True)
        self.planned = ""

    def _act(self, action: Callable[[], object]) -> None:
        """Do what a button asks for."""
        self.fault = ""
        try:
            action()
        finally:
            self.refresh()
            with self._lock:
                self.answered += 1

    def __repr__(self) -> str:
        return repr(ReviewSheet(self.batch))


def _version(item: Item) -> str:
    return f"{item.id} {Path(item.file).name}"
