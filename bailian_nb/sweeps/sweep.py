"""Sweep: one Request over a grid of parameter values, sent through the same journal and limits as every call.

`wan.sweep(...)` makes one and never sends; `run()` does. Cells whose request is on disk already are not sent again,
so running a notebook cell twice, or after a restart, redoes only what is missing.
"""

from __future__ import annotations

import contextlib
import functools
import io
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PIL import Image

from .. import specs
from ..errors import BailianError, Front, InvalidRequest
from ..gallery import Picture
from ..jobs.job import Job
from ..jobs.result import Result
from ..planning.plan import Plan
from ..session.session import Session
from ..system import live
from ..system.language import sentence
from ..views.page import LARGE, THUMB, Previews
from ..views.report import frame_of
from . import axes as axis
from . import export, finer
from .cell import CellRecord, ShownCell, SweepCell, SweepPlan, on_sheet, shown, table
from .marks import Marks
from .plan import estimate, send
from .sheet import Shown, draw, legend

if TYPE_CHECKING:
    import pandas


class Sweep:
    """A grid of calls; `sweep` of the front door makes one, `run` sends it.

    Attributes
    ----------
    title
        Function or model with the prompt, one line of at most 120 characters.
    axes
        Values by parameter, in the order given; the last one varies fastest.
    """

    def __init__(
        self,
        session: Session,
        make: Callable[[Mapping[str, Any]], Plan],
        axes: Mapping[str, Sequence[Any]],
        *,
        title: str,
        original: Callable[[], Image.Image | None],
    ) -> None:
        self._session = session
        self._make = make
        self._original = original
        self._lock = threading.RLock()
        self._listeners: list[Callable[[Sweep], object]] = []
        self._previews = Previews()
        self._cells: list[SweepCell] = []
        self._max_cost: float | None = None  # of the last run: what is tried again after it stays within that
        self.title = title
        self.front: Front = "python"  # who made it: what is wrong with a cell is written so
        self.axes: dict[str, tuple[Any, ...]] = {name: tuple(values) for name, values in axes.items()}
        self._fill()
        self._marks = Marks(session.home, self._key())

    @property
    def emulator(self) -> bool:
        """True when the emulator draws."""
        return self._session.target(self._session.settings()).emulator

    @property
    def jobs(self) -> list[Job]:
        """Return the Jobs that were started, in the order of the cells."""
        return [cell.job for cell in self._cells if cell.job is not None]

    @property
    def final(self) -> bool:
        """True once every cell that can be sent has ended."""
        return all(cell.problem or (cell.job is not None and cell.job.final) for cell in self._cells)

    @property
    def plan(self) -> SweepPlan:
        """Return what running takes: images, tasks, cost (CNY, list price), minutes, cached, invalid; also a table."""
        plan = estimate(self._session, self._cells, self._missing())
        return cast(SweepPlan, export.ShownPlan(plan, self.title))

    def run(self, *, max_cost: float | None = None) -> Sweep:
        """Send every cell that has no picture and no Job on its way; returns the Sweep at once.

        `max_cost` (CNY, or the setting of that name) is for the whole sweep: cells that would pass it are not sent,
        keep the reason, and are sent by a later run.

        Raises
        ------
        BudgetExceeded
            When nothing can be sent within it.
        """
        try:
            with self._lock:
                self._max_cost = max_cost
                self._send(self._missing())
        finally:
            self._tell()
        return self

    def retry(self, cell_id: str) -> Job | None:
        """Try one failed cell again and return its Job; None when it has not failed, or its task may still exist.

        Raises
        ------
        InvalidRequest
            When no cell has this id.
        BudgetExceeded
            When a cap is in the way.
        """
        with self._lock:
            cell = self._cell(cell_id)
            if not cell.again:
                return None
            self._send([cell])
        self._tell()
        return cell.job

    def retry_failed(self) -> Sweep:
        """Try every failed cell again."""
        for cell in [cell for cell in self._cells if cell.again]:
            self.retry(cell.id)
        return self

    def extend(self, **more: Any) -> Sweep:
        """Add values to axes that are there; what is done stays, `run()` sends the rest.

        Raises
        ------
        InvalidRequest
            For a name that is no axis of this sweep, or more than 100 values on one or 400 cells in all.
        """
        added, single = axis.split(more)
        added |= {name: (value,) for name, value in single.items()}
        unknown = [name for name in added if name not in self.axes]
        if unknown:
            ending = specs.nearest(unknown[0], list(self.axes))
            raise InvalidRequest(
                sentence(
                    "{unknown} is no axis of this sweep{ending} Its axes: {names}",
                    unknown=unknown[0],
                    ending=ending,
                    names=", ".join(self.axes),
                )
            )
        with self._lock:
            wider = {name: axis.merged(values, added.get(name, ())) for name, values in self.axes.items()}
            axis.split({name: list(values) for name, values in wider.items()})
            self.axes = wider
            self._fill()
        self._tell()
        return self

    def nearby(self, cell_id: str) -> Sweep:
        """Add a finer axis about a cell: new values between its own and its neighbours'; `run()` sends them.

        The axis is `strength`, else the first other of numbers but the seed. Without one nothing is added.
        """
        cell = self._cell(cell_id)
        fine = [name for name, values in self.axes.items() if name != "seed" and finer.numbers(values)]
        fine.sort(key=lambda name: name != "strength")
        added = finer.between(self.axes[fine[0]], cell.labels[fine[0]]) if fine else []
        return self.extend(**{fine[0]: added}) if added else self

    def picture(self, cell_id: str) -> Picture | None:
        """Return a cell's picture, None while there is none."""
        return self._cell(cell_id).picture

    def wait(self, timeout: float | None = None) -> Sweep:
        """Wait until every Job has ended, or `timeout` seconds for each; raise nothing but an interrupt."""
        for job in self.jobs:
            job.wait(timeout)
        return self

    def raise_if_nothing(self) -> None:
        """Raise the first reason when every Job failed or no cell can be sent: for runs where nobody sees the grid."""
        if all(cell.problem for cell in self._cells):
            raise InvalidRequest(
                sentence(
                    "no cell can be sent: {title}: {problem}",
                    title=self._cells[0].title,
                    problem=self._cells[0].problem,
                )
            )
        errors = [job.error for job in self.jobs if job.error is not None]
        if errors and len(errors) == len(self.jobs):
            raise errors[0]

    def __await__(self) -> Generator[Any, None, Sweep]:
        for job in self.jobs:
            # A cell that failed is no error of the sweep; its reason stands in the grid.
            with contextlib.suppress(BailianError):
                yield from job.__await__()
        return self

    def result(self, **values: Any) -> Result:
        """Return the Result of the one cell with these values, waiting for it.

        Raises
        ------
        InvalidRequest
            When no cell or several have these values, or the cell was never sent.
        BailianError
            The reason when the cell failed.
        """
        found = [cell for cell in self._cells if all(cell.labels.get(name) == value for name, value in values.items())]
        if len(found) != 1:
            spelled = ", ".join(f"{name}={value!r}" for name, value in values.items()) or "no value"
            raise InvalidRequest(
                sentence(
                    "{count} cells have {spelled}; name a value of each axis: {names}",
                    count=len(found),
                    spelled=spelled,
                    names=", ".join(self.axes),
                )
            )
        job = found[0].job
        if job is None:
            raise InvalidRequest(
                found[0].problem or sentence("cell {title} was not sent yet; run() sends it", title=found[0].title)
            )
        return job.result()

    @property
    def best(self) -> Picture | None:
        """Return the winner's picture, else the first starred one, else None."""
        cells, marks = self._cells, self._marks.read(self._cells)
        marked = [cell for cell in cells if marks.winner == cell.id] + [cell for cell in cells if marks.starred(cell)]
        return next((cell.picture for cell in marked if cell.picture is not None), None)

    @best.setter
    def best(self, picture: Picture | None) -> None:
        cell = next((cell for cell in self._cells if picture is not None and cell.picture is picture), None)
        if picture is not None and cell is None:
            raise InvalidRequest(
                sentence(
                    "best takes the picture of one of the sweep's cells, or None, got {picture!r}", picture=picture
                )
            )
        wanted = cell.id if cell is not None else None
        if wanted != self._marks.winner and (turned := wanted or self._marks.winner) is not None:
            self.winner(turned)

    def star(self, cell_id: str) -> None:
        """Star a cell's picture, or take its star away; it is the one that `%wan history --starred` finds."""
        self._marks.toggle_star(self._cell(cell_id))
        self._tell()

    def winner(self, cell_id: str) -> None:
        """Make a cell the winner, or no longer; kept on disk."""
        self._marks.toggle_winner(self._cell(cell_id).id)
        self._tell()

    def cells(self) -> list[ShownCell]:
        """Return what a grid shows of each cell."""
        lang, marks = self._session.settings().lang, self._marks.read(self._cells)
        return [shown(cell, marks, lang, self.front) for cell in self._cells]

    def records(self) -> list[CellRecord]:
        """Return what a grid shows of each cell, and its `file`, None while there is no picture."""
        return [
            {**cell, "file": None if (found := self.picture(cell["id"])) is None else found.path}
            for cell in self.cells()
        ]

    def thumb(self, cell_id: str) -> bytes | None:
        """Return a JPEG of at most 256 pixels, None while there is no picture."""
        return self._jpeg(cell_id, THUMB)

    def large(self, cell_id: str) -> bytes | None:
        """Return a JPEG of at most 1024 pixels, None while there is no picture."""
        return self._jpeg(cell_id, LARGE)

    def original(self) -> bytes | None:
        """Return a JPEG of the picture that is edited, None for text to image and for a URL."""
        return self._previews.jpeg("original", LARGE, self._original)

    def on_change(self, callback: Callable[[Sweep], object]) -> Sweep:
        """Call `callback(sweep)` after every change of a cell, in order, on a thread of its own; returns the Sweep."""
        self._listeners.append(callback)
        return self

    def rows(self) -> list[list[SweepCell]]:
        """Return the cells as rows; the last axis runs along a row."""
        width = len(next(reversed(self.axes.values()), (0,)))
        return [self._cells[start : start + width] for start in range(0, len(self._cells), width)]

    def to_dicts(self) -> list[dict[str, object]]:
        """Return one dict for each cell: the axes' values, state, reason, seed, file, seconds, cost in CNY, marks."""
        return table(self._cells, self.cells())

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the same as a pandas DataFrame; InvalidRequest where pandas is not installed."""
        rows = self.to_dicts()
        return frame_of(rows, tuple(rows[0]) if rows else ())

    def to_contact_sheet(self, path: str | Path, *, side: int = THUMB) -> Path:
        """Save every cell with its labels as one picture (PNG or JPEG by the name) and return its path.

        A cell is at most `side` pixels wide and high. What the service embedded in the pictures (its AI-generation
        label) is carried over into a PNG.

        Raises
        ------
        InvalidRequest
            For any other kind of file.
        """
        return export.save_sheet(self, path, side)

    def to_html(self, path: str | Path) -> Path:
        """Save one self-contained page with slider, before/after and grid, for people without Jupyter; return its path.

        Raises
        ------
        InvalidRequest
            When the name is not that of an HTML file.
        """
        return export.save_page(self, path)

    def sheet(self, side: int = THUMB) -> Image.Image:
        """Return the contact sheet as a picture."""
        return draw(
            self._on_sheet(lambda cell: cell.picture.image if cell.picture else None), title=self.title, side=side
        )

    def small_sheet(self, side: int) -> Image.Image:
        """Return the contact sheet of the thumbnails that a grid shows, which are made once."""
        thumbs = {cell.id: self.thumb(cell.id) for cell in self._cells}
        opened = {name: Image.open(io.BytesIO(data)) for name, data in thumbs.items() if data}
        return draw(self._on_sheet(lambda cell: opened.get(cell.id)), title=self.title, side=min(side, THUMB))

    def legend(self) -> list[str]:
        """Return the words that the contact sheet has numbers for, since no font of this system has their letters."""
        return legend(self._on_sheet(lambda _: None), title=self.title)

    def _on_sheet(self, picture: Callable[[SweepCell], Image.Image | None]) -> list[list[Shown]]:
        marks = self._marks.read(self._cells)
        return [[on_sheet(cell, marks, picture(cell)) for cell in row] for row in self.rows()]

    def __repr__(self) -> str:
        by = " x ".join(f"{name}({len(values)})" for name, values in self.axes.items())
        done = sum(1 for cell in self._cells if cell.picture is not None)
        failed = sum(1 for cell in self._cells if cell.job and cell.job.final and cell.picture is None)
        counts = sentence("{done} of {count} done", done=done, count=len(self._cells)) + (
            f", {failed} failed" if failed else ""
        )
        return f"<Sweep {self.title} {by}: {counts}{' EMULATOR' if self.emulator else ''}>"

    def static_view(self) -> dict[str, str]:
        """Return what a saved notebook shows: the sheet as JPEG with stable text."""
        return export.static_view(self)

    def caption(self, lang: str = "en") -> dict[str, str]:
        """Return the line under it: how many pictures there are, and each failed cell with what to do."""
        return export.caption(self, lang)

    def plan_table(self, lang: str = "en") -> dict[str, str]:
        """Return the plan as a table, for where no grid can be shown."""
        return export.plan_table(self.title, self.plan, lang)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.static_view()

    def _ipython_display_(self) -> None:
        from ..session import front

        display = front.here.display
        if display is None:
            raise NotImplementedError
        display.show_sweep(self)

    def _display_(self) -> object:
        """Return what marimo shows: a widget that follows it."""
        return live.shown(self)

    def _fill(self) -> None:
        """Make the cells of the axes as they are now, keeping those that are known."""
        known = {cell.id: cell for cell in self._cells}
        cells = []
        for each in axis.grid(self.axes):
            cell = known.get(each.id) or self._planned(SweepCell(each))
            cells.append(cell)
        self._cells = cells

    def _planned(self, cell: SweepCell) -> SweepCell:
        try:
            cell.plan = self._make(cell.labels)
        except InvalidRequest as error:
            cell.problem = error.message
            return cell
        cell.job = self._session.known(cell.plan)
        if cell.job is not None:
            cell.job.on_change(self._tell)
        return cell

    def _missing(self) -> list[SweepCell]:
        return [cell for cell in self._cells if cell.plan is not None and (cell.job is None or cell.again)]

    def _send(self, cells: Sequence[SweepCell]) -> None:
        cap = self._session.settings().max_cost if self._max_cost is None else self._max_cost
        send(self._cells, cells, cap, lambda cell: self._send_one(cell, cap))

    def _send_one(self, cell: SweepCell, cap: float | None) -> None:
        if cell.plan is None:
            return
        cell.tries += 1
        cell.job = self._session.send(cell.plan, max_cost=cap)
        cell.job.on_change(self._tell)

    def _cell(self, cell_id: str) -> SweepCell:
        found = next((cell for cell in self._cells if cell.id == cell_id), None)
        if found is None:
            raise InvalidRequest(sentence("no cell {cell_id!r} in this sweep", cell_id=cell_id))
        return found

    def _jpeg(self, cell_id: str, side: int) -> bytes | None:
        picture = self._cell(cell_id).picture
        return None if picture is None else self._previews.jpeg(str(picture.path), side, lambda: picture.image)

    def _key(self) -> str:
        """Return what stars and winner are kept under: the first cell's request without the axes' values."""
        plan = next((cell.plan for cell in self._cells if cell.plan and cell.plan.request), None)
        if plan is None or plan.request is None:
            return ""
        values = {name: value for name, value in plan.request.values.items() if name not in self.axes}
        pictures = [picture.sha256 or picture.url for picture in plan.request.inputs]
        return repr((plan.model.name, plan.function, sorted(values.items()), pictures, sorted(self.axes)))

    def _tell(self, _job: Job | None = None) -> None:
        for listener in list(self._listeners):
            self._session.later(f"sweep {id(self)}", functools.partial(listener, self))
