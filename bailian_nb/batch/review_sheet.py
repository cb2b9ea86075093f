"""A review without keys: the accepted pictures as one small sheet, the counts, and why others were rejected.

A saved notebook keeps it, and it is all that there is where nobody sits before a front end.
"""

from __future__ import annotations

import base64
import html
import io
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

from ..errors import printable
from ..sweeps.sheet import Shown, draw
from ..system.language import sentence
from ..views.tables import Bundle
from . import results

PICTURES, SIDE, COLUMNS = 24, 112, 8
MOST_REASONS = 8
MOST_NOTES = 12


class Reviewed(Protocol):
    """What is needed of a batch to show what was decided."""

    title: str

    @property
    def emulator(self) -> bool: ...
    def items(self, decision: str | None = None) -> Any: ...


class ReviewSheet:
    """What was decided about a batch's pictures, as text and one small picture."""

    def __init__(self, batch: Reviewed) -> None:
        self.batch = batch

    def static_view(self) -> Bundle:
        """Return the accepted pictures, or while there are none the undecided ones, as a JPEG with stable text."""
        items = self.batch.items("accept") or self.batch.items("")
        cells = [Shown(label=f"{item.row}", picture=results.small(Path(item.file), SIDE)) for item in items[:PICTURES]]
        if not cells:
            return {"text/plain": repr(self)}
        lines = [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
        file = io.BytesIO()
        draw(lines, title=self.batch.title, side=SIDE).save(file, "JPEG", quality=80, optimize=True)
        return {"image/jpeg": base64.b64encode(file.getvalue()).decode("ascii"), "text/plain": repr(self)}

    def caption(self, lang: str = "") -> Bundle:
        """Return the counts, the reasons, and the notes of the first few."""
        items = self.batch.items()
        reasons = Counter(
            item.decision.reason or sentence("no reason given") for item in items if item.decision.decision == "reject"
        )
        lines = [f"{self.batch.title} · {self._counts()}"]
        lines += [
            sentence("{count} rejected: {reason}", count=count, reason=reason)
            for reason, count in reasons.most_common(MOST_REASONS)
        ]
        noted = [item for item in items if item.decision.note]
        lines += [
            sentence("row {row}: {note}", row=item.row, note=printable(item.decision.note, 200))
            for item in noted[:MOST_NOTES]
        ]
        divs = "".join(f"<div>{html.escape(printable(line, 1000))}</div>" for line in lines)
        return {"text/html": divs, "text/plain": repr(self)}

    def _counts(self) -> str:
        found = Counter(item.decision.decision for item in self.batch.items())
        return sentence(
            "{accepted} accepted, {rejected} rejected, {undecided} undecided",
            accepted=found["accept"],
            rejected=found["reject"],
            undecided=found[""],
        )

    def __repr__(self) -> str:
        return f"<Review {self.batch.title}: {self._counts()}{' EMULATOR' if self.batch.emulator else ''}>"

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return self.static_view()

    def _ipython_display_(self) -> None:
        from ..session import front

        if front.here.display is None:
            raise NotImplementedError
        front.here.display.show_static(self)
