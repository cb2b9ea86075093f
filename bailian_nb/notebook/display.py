"""The live display: two outputs a Job that move while it runs and are frozen to static ones when it ends.

One daemon thread redraws what has changed, and ends when nothing is live. A cell that waits writes the finished
outputs again from the main thread: nbclient, papermill and nbval drop what comes from anywhere else.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from ..errors import InvalidRequest
from ..gallery import sheet_jpeg
from ..jobs.job import Job
from ..session.held_job import HeldJob
from ..session.listed import Listed
from ..system.language import spoken
from ..system.loops import at_exit
from ..views import cell, terminal
from ..views.tables import Bundle, literal
from .front import NotebookFront, in_voila

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..batch.batch import Batch
    from ..sweeps import Sweep
    from ..views.history import History
    from ..widgets import JobCard, Review

log = logging.getLogger("bailian_nb")
REDRAW = 0.25
"""Seconds between two checks of what has changed."""
AGE = 4
"""At every fourth check the age of each Job is drawn anew."""
STOP_TIMEOUT = 1.0
"""Seconds that a kernel's end waits for a drawing that is being sent."""


class StaticView(Protocol):
    """What has a static picture and a caption."""

    def static_view(self) -> Bundle: ...
    def caption(self, lang: str) -> Bundle: ...


@dataclass(eq=False)
class _Pair:
    """The two displays of one Job in one cell."""

    job: Job
    view: str = field(default_factory=lambda: uuid4().hex)
    caption: str = field(default_factory=lambda: uuid4().hex)
    seen: int = -1
    frozen: bool = False
    repeated: bool = False
    quiet: bool = False
    card: JobCard | None = None


class Displays:
    """Shows Jobs in the cells of one IPython shell."""

    def __init__(self, shell: InteractiveShell, front: NotebookFront) -> None:
        self._shell = shell
        self._front = front
        self._lock = threading.Lock()
        self._live: list[_Pair] = []
        self._pairs: dict[str, list[_Pair]] = {}
        self._thread: threading.Thread | None = None
        self._shown: set[str] = set()
        """What the running cell has shown already; emptied by an event: not every cell has a number to go by."""
        shell.events.register("pre_run_cell", self._new_cell)
        self._stop = threading.Event()
        at_exit(self.stop)
        self._cell = front.cell_id
        self._held: dict[str, list[HeldJob]] = {}
        """The Jobs with a Run button, by the id of the cell that made them."""

    def show(self, job: Job, *, quiet: bool = False) -> None:
        """Show the Job in the running cell: live in a front end, once and final without one."""
        if self.has_shown(job):
            return  # the magic showed it; its return value must not show it again
        self._shown.add(_key(job))
        if self._front.waits():
            job.wait()
            self._show_final(job, quiet)
            return
        pair = _Pair(job=job, quiet=quiet, card=self._card(job))
        self._draw(pair, first=True)
        with self._lock:
            self._pairs.setdefault(job.id, []).append(pair)
        if isinstance(job, HeldJob) and job.held:
            self._hold(job)
        else:
            self._follow_up(job)

    def show_sweep(self, sweep: Sweep) -> None:
        """Show the grid in a front end; without one the plan, or when it was run the finished sheet."""
        if self.has_shown(sweep):
            return
        self._shown.add(_key(sweep))
        lang = spoken()
        if not self._front.waits():
            from ..widgets import SweepGrid

            SweepGrid(sweep, lang=lang)._ipython_display_()
            return
        if sweep.jobs:
            sweep.wait()
        self._write([sweep.static_view(), sweep.caption(lang)] if sweep.jobs else [sweep.plan_table(lang)])

    def review(self, batch: Batch) -> Review | None:
        """Return the widget that reviews a batch's pictures, None where nobody can press a key."""
        if self._front.waits():
            return None
        from ..widgets import Review

        return Review(batch, lang=spoken())

    def show_history(self, history: History) -> None:
        """Show the gallery in a front end; without one the table of its page."""
        if not self._is_live() or not (history.total or history.filter.narrows):
            self._write([history.static_view()])
            return
        from ..widgets import HistoryView

        HistoryView(history, lang=spoken())._ipython_display_()

    def show_jobs(self, here: Listed) -> None:
        """Show a list of Jobs that moves while one of them does, in a front end; else the table as it is now."""
        going = any(not job.final for job in here.jobs()) or any(group.tally().going for group in here.groups())
        if not going or not self._is_live():
            from ..views import job_table

            self._write([job_table.jobs(here.jobs(), spoken(), now=time.time(), groups=here.groups())])
            return
        from ..widgets import JobsView

        JobsView(here, lang=spoken())._ipython_display_()

    def _is_live(self) -> bool:
        """Tell whether somebody can click; settings that cannot be read must not hide what is saved."""
        try:
            return not self._front.waits()
        except InvalidRequest:
            return False

    def show_static(self, thing: StaticView) -> None:
        """Show a picture that never changes, and its caption under it."""
        self._write([thing.static_view(), thing.caption(spoken())])

    def show_batch(self, batch: Batch, *, plan: bool = False) -> None:
        """Show the live view in a front end; without one the plan, or what a batch that was run has come to.

        `plan` asks for the plan also where every row is on disk already.
        """
        if self.has_shown(batch):
            return
        self._shown.add(_key(batch))
        lang = spoken()
        if not self._front.waits():
            from ..widgets import BatchView

            BatchView(batch, lang=lang)._ipython_display_()
            return
        now = batch.progress
        plan = plan or (now.state == "planned" and not now.done)
        if not plan:
            batch.wait()
        self._write([batch.plan_table(lang)] if plan else [batch.static_view(), batch.caption(lang)])

    def has_shown(self, thing: object) -> bool:
        """Tell whether the running cell has shown this Job, Sweep or Batch."""
        return _key(thing) in self._shown

    def _write(self, bundles: Sequence[Bundle]) -> None:
        """Publish what never changes; in a terminal print its texts, each once, and draw its pictures where it can."""
        if not self._front.terminal:
            for bundle in bundles:
                self.publish(bundle)
            return
        for text in dict.fromkeys(bundle["text/plain"] for bundle in bundles):
            print(text)  # noqa: T201  # a terminal shows text
        for bundle in bundles:
            if "image/jpeg" in bundle and not self._front.kernel:
                terminal.draw(functools.partial(base64.b64decode, bundle["image/jpeg"]))

    def repeat(self, jobs: Sequence[Job]) -> None:
        """Write finished outputs again from the cell that waited, on the main thread only."""
        if threading.current_thread() is not threading.main_thread():
            return
        for job in jobs:
            for pair in self._pairs.get(job.id, ()):
                if job.final and not pair.repeated:
                    self._draw(pair)
                    pair.repeated = True

    def _card(self, job: Job) -> JobCard | None:
        """Return the live card with its Cancel button, where somebody can see it; it is mounted on the view."""
        if job.final or not self._front.interactive():
            return None
        from ..widgets import JobCard

        return JobCard(job, lang=spoken())

    def stop(self) -> None:
        """Draw no more, and let the last drawing be sent: a kernel that ends closes its channels next."""
        self._stop.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(STOP_TIMEOUT)

    def close(self) -> None:
        """Stop drawing for good, and hear of no more cells."""
        self.stop()
        self._shell.events.unregister("pre_run_cell", self._new_cell)

    def _new_cell(self, info: object) -> None:
        self._shown.clear()
        self._cell = getattr(info, "cell_id", None)
        for job in self._held.pop(self._cell, ()) if self._cell is not None else ():
            job.withdraw()

    def _hold(self, job: HeldJob) -> None:
        """Leave the outputs of a held Job as they are until it is run or canceled; note which cell made it."""
        known = any(each is job for jobs in self._held.values() for each in jobs)
        if self._cell is not None and not known:
            self._held.setdefault(self._cell, []).append(job)
        job.on_change(self._follow_up)

    def _follow_up(self, job: Job) -> None:
        """Draw the Job's outputs whenever it changes, until they are frozen."""
        with self._lock:
            found = [pair for pair in self._pairs.get(job.id, ()) if not pair.frozen and pair not in self._live]
            self._live.extend(found)
            if found:
                self._start()

    def _show_final(self, job: Job, quiet: bool) -> None:
        if self._front.terminal:
            for line in cell.lines(job, spoken()):
                print(line)  # noqa: T201  # a terminal shows text
            if job.outcome and not self._front.kernel:
                terminal.draw(lambda: sheet_jpeg(list(job.outcome or ())))
            return
        self.publish(cell.view(job, spoken()), alt=job.alt)
        if not quiet:
            self.publish(cell.caption(job, spoken()))

    def _draw(self, pair: _Pair, *, first: bool = False) -> None:
        """Write both outputs of the pair as the Job stands now; the last drawing freezes them."""
        pair.seen = pair.job.version
        final = pair.job.final
        lang = spoken()
        card = pair.card
        if first or final or card is None or not card.opened:  # a card that is mounted draws itself
            anchor = card.anchor if card is not None else ""
            self.publish(cell.view(pair.job, lang, anchor), pair.view, alt=pair.job.alt, update=not first)
        if not pair.quiet:
            self.publish(cell.caption(pair.job, lang), pair.caption, update=not first)
        pair.frozen = final
        if final and card is not None and not card.reopened and not in_voila():
            card.close()

    def publish(
        self, bundle: Mapping[str, str], display_id: str | None = None, *, alt: str = "", update: bool = False
    ) -> None:
        """Write an output in the running cell, or anew where its display id is.

        `alt` says what a picture shows; without it that is the text beside it.
        """
        transient = {} if display_id is None else {"display_id": display_id}
        metadata = {"image/jpeg": {"alt": alt or bundle["text/plain"].strip("<>")}} if "image/jpeg" in bundle else {}
        self._shell.display_pub.publish(literal(bundle), metadata=metadata, transient=transient, update=update)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._follow, name="bailian_nb-display", daemon=True)
            self._thread.start()

    def _follow(self) -> None:
        look = 0
        while not self._stop.wait(REDRAW):
            look += 1
            with self._lock:
                live = list(self._live)
            for pair in live:
                if pair.job.version != pair.seen or (look % AGE == 0 and not pair.frozen):
                    self._draw_again(pair)
            with self._lock:
                self._live = [pair for pair in self._live if not pair.frozen]
                if not self._live:
                    self._thread = None
                    return

    def _draw_again(self, pair: _Pair) -> None:
        """Draw the pair, and let no fault of it end the thread that draws the other Jobs."""
        try:
            with contextlib.suppress(OSError, RuntimeError):  # a front end that has closed
                self._draw(pair)
        except Exception:
            log.exception("display: %s", pair.job.id)
            pair.frozen = True


def _key(thing: object) -> str:
    return thing.id if isinstance(thing, Job) else f"{type(thing).__name__} {id(thing)}"
