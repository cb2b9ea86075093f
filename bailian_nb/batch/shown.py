"""What a batch shows without a widget, and what leaves it: the base of `Batch` that only reads rows and plan.

A saved notebook keeps the newest pictures as one small sheet and a caption of a few lines, whatever the number of rows.
"""

from __future__ import annotations

import base64
import html
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import printable
from ..sweeps.sheet import Shown, draw
from ..system import live
from ..system.language import sentence
from ..texts.catalogue import say
from ..views.page import THUMB
from ..views.tables import Bundle
from . import results
from .batch_plan import BatchPlan
from .calls import Invalid
from .check import lines
from .progress import Progress
from .rows import Rows

if TYPE_CHECKING:
    import pandas

STATIC_PICTURES, STATIC_SIDE, STATIC_COLUMNS = 12, 128, 6
"""Of the sheet that a notebook keeps."""
MOST_REASONS = 8


class ShownBatch(ABC):
    """Rows, plan and progress as others see them; see the module."""

    title: str
    rows: Rows

    @property
    @abstractmethod
    def plan(self) -> BatchPlan: ...
    @property
    @abstractmethod
    def invalid(self) -> Sequence[Invalid]: ...
    @property
    @abstractmethod
    def notes(self) -> Sequence[str]: ...
    @property
    @abstractmethod
    def progress(self) -> Progress: ...
    @property
    @abstractmethod
    def emulator(self) -> bool: ...

    def decision(self, number: int) -> str:
        """Return what was decided of a row, "" where nothing was; `review` knows."""
        return ""

    def records(self) -> Iterator[dict[str, object]]:
        """Return a dict for each row: row, status, file, files, cost, seconds, error, decision, seed, its own cells."""
        return results.records(self)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return these records as a frame of pandas; BailianError where pandas is not installed.

        The rows of a frame keep its index: `goods.join(batch.to_dataframe()[["file", "cost"]])`.
        """
        return results.frame(self)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write these records as a CSV that Excel opens (UTF-8 with its mark) and return its path.

        `file` is relative to the CSV. A text that a spreadsheet would compute gets an apostrophe before it.
        """
        return results.save_csv(self, path)

    def to_contact_sheet(
        self,
        path: str | os.PathLike[str],
        *,
        side: int = THUMB,
        columns: int = 10,
        per_page: int = results.PER_PAGE,
    ) -> list[Path]:
        """Write contact sheets, `per_page` pictures each, and return their paths: `name.png`, or `name_1.png`, …"""
        return results.save_sheets(self, path, side=side, columns=columns, per_page=per_page)

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write one static page of all rows, which links their pictures, and return its path."""
        return results.save_page(self, path)

    def plan_table(self, lang: str = "en") -> Bundle:
        """Return the plan as a table."""
        return self.plan.table(lang)

    def static_view(self) -> Bundle:
        """Return what a saved notebook shows: the newest pictures, by their rows, as a JPEG; text alone before any."""
        newest = list(self.progress.newest) or self._first_files()
        shown = [
            Shown(label=f"{number}", picture=results.small(Path(name), STATIC_SIDE))
            for number, name in sorted(newest[-STATIC_PICTURES:], key=lambda each: each[0])
        ]
        if not any(each.picture for each in shown):
            return {"text/plain": repr(self)}
        parts = [shown[start : start + STATIC_COLUMNS] for start in range(0, len(shown), STATIC_COLUMNS)]
        file = io.BytesIO()
        draw(parts, title=self.title, side=STATIC_SIDE).save(file, "JPEG", quality=80, optimize=True)
        return {"image/jpeg": base64.b64encode(file.getvalue()).decode("ascii"), "text/plain": repr(self)}

    def caption(self, lang: str = "en") -> Bundle:
        """Return the line under it: how many rows are done, what it has cost, and why rows failed."""
        now = self.progress
        said = [self.title, sentence("{done} of {count} done", done=now.done, count=now.total)]
        said += [sentence("{failed} failed", failed=now.failed)] if now.failed else []
        said.append(say("not_billed", lang) if now.emulator else say("cost", lang, cost=f"{now.cost:.2f}"))
        found = [" · ".join(said)]
        found += lines(self.invalid, MOST_REASONS)
        found += [each.said for each in now.failures[:MOST_REASONS]]
        found += [line for line in (now.why or now.held_up, now.left_here) if line]
        divs = "".join(f"<div>{html.escape(printable(line, 1000))}</div>" for line in found)
        return {"text/html": divs, "text/plain": repr(self)}

    def _first_files(self) -> list[tuple[int, str]]:
        numbers = self.rows.numbers("SUCCEEDED")[:STATIC_PICTURES]
        return [(number, self.rows.row(number).files[0]) for number in numbers if self.rows.row(number).files]

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return self.static_view()

    def _ipython_display_(self) -> None:
        from ..session import front

        if front.here.display is None:
            raise NotImplementedError
        front.here.display.show_batch(self)

    def _display_(self) -> object:
        """Return what marimo shows: a widget that follows it."""
        return live.shown(self)
