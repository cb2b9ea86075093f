"""One cell of a sweep: what it would send, the Job that fills it, and how grid and sheet show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from PIL import Image

from ..errors import DownloadError, Front, SaveFailed, SubmitUncertain, spelled
from ..gallery import Picture
from ..jobs.job import Job
from ..jobs.result import Result
from ..planning.plan import Plan
from ..texts.catalogue import say
from ..views.explain import explain, short
from . import axes as axis
from .marks import Marks
from .sheet import Shown


class ShownCell(TypedDict):
    """One combination of the axes' values, as a grid shows it.

    `state` is "planned", "invalid" or a Job's status. `seconds` is from submit to end, `cost` CNY by list price. A cell
    that can be tried again has `retry`. `version` grows when the cell has another picture than before; without it, an
    ended cell has one picture for good. `unpaid` says in words why nothing was paid, where `cost` would be, `from_disk`
    that it is the answer of an earlier call.
    """

    id: str
    labels: Mapping[str, Any]
    state: str
    title: NotRequired[str]
    why: NotRequired[str]
    reason: NotRequired[str]
    code: NotRequired[str]
    todo: NotRequired[str]
    seconds: NotRequired[float | None]
    cost: NotRequired[float | None]
    unpaid: NotRequired[str]
    from_disk: NotRequired[bool]
    retry: NotRequired[bool]
    starred: NotRequired[bool]
    winner: NotRequired[bool]
    version: NotRequired[int]


class CellRecord(ShownCell):
    """The same with its picture's file, None while there is none."""

    file: Path | None


class SweepPlan(TypedDict):
    """What running would take.

    `images` are pictures at most, `cost` CNY by list price (None: some price is unknown), `minutes` the usual time,
    `cached` the cells that have a picture already. `invalid` holds one line a problem, `dated` the date of the list
    prices, `note` the sentence that says so.
    """

    images: int
    tasks: int
    cost: NotRequired[float | None]
    minutes: NotRequired[float | None]
    cached: NotRequired[int]
    invalid: NotRequired[Sequence[str]]
    note: NotRequired[str]
    dated: NotRequired[str]


class SweepCell:
    """One combination: what it would send, or why it cannot, and the Job that fills it."""

    def __init__(self, cell: axis.Cell) -> None:
        self.id = cell.id
        self.labels = dict(cell.labels)
        """The axes' values by parameter."""
        self.plan: Plan | None = None
        self.problem = ""
        """Why it cannot be sent at all; then there is no plan."""
        self.held = ""
        """Why a run left it out: it would have passed a cap, or a task of it may exist."""
        self.job: Job | None = None
        """The Job of its last try, or one that answers it without sending."""
        self.tries = 0
        """How often a run or a retry has sent it."""

    @property
    def title(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.labels.items())

    @property
    def result(self) -> Result | None:
        return self.job.outcome if self.job else None

    @property
    def picture(self) -> Picture | None:
        """Return the first picture, None while there is none."""
        result = self.result
        return result[0] if result is not None and len(result) else None

    @property
    def seed(self) -> int | None:
        """Return that of the first picture, or what would be sent; None where neither is known."""
        if (picture := self.picture) is not None:
            return picture.seed
        return self.plan.request.seed if self.plan is not None and self.plan.request is not None else None

    @property
    def again(self) -> bool:
        """True when a new try cannot pay twice: the task failed, so was not billed, and none is left on its way."""
        job = self.job
        if job is None or not job.final or job.outcome is not None:
            return False
        return not job.open_still and not isinstance(job.error, SubmitUncertain | SaveFailed | DownloadError)


def shown(cell: SweepCell, marks: Marks, lang: str, front: Front = "python") -> ShownCell:
    """Return what a grid shows of a cell: state, reason and advice in words, marks, cost and seconds."""
    job = cell.job
    found: ShownCell = {
        "id": cell.id,
        "labels": cell.labels,
        "state": "invalid" if cell.problem else job.status if job else "planned",
        "title": cell.title,
        "reason": spelled(cell.problem, front) or cell.held,
        "retry": cell.again,
        "starred": marks.starred(cell),
        "winner": marks.winner == cell.id,
        "cost": job.cost if job else cell.plan.cost if cell.plan else None,
        "seconds": _seconds(job),
        "version": cell.tries + 1 if cell.picture is not None else 0,
    }
    if job is not None and job.outcome is not None and (job.outcome.cached or job.emulator):
        found["unpaid"] = say("cached" if job.outcome.cached else "not_billed", lang)
        found["from_disk"] = job.outcome.cached
    if job is not None and job.error is not None:
        said = explain(job.error, lang, front=front)
        found["code"], found["todo"], found["reason"] = said.code, said.todo, said.reason
    return found


def _seconds(job: Job | None) -> float | None:
    """Return the seconds from submit to end; None where it has not ended, and for what was found on disk."""
    if job is None or not job.finished or (job.outcome is not None and job.outcome.cached):
        return None
    return job.finished - (job.submitted or job.created)


def table(cells: Sequence[SweepCell], shown: Sequence[ShownCell]) -> list[dict[str, object]]:
    """Return the rows of a data frame: the axes' values, then what the grid shows, and the first picture's file."""
    return [
        {
            **cell.labels,
            "state": said["state"],
            "reason": said.get("reason", ""),
            "seed": cell.seed,
            "file": str(cell.picture.path) if cell.picture else "",
            "seconds": said.get("seconds"),
            "cost": said.get("cost"),
            "starred": said.get("starred", False),
            "winner": said.get("winner", False),
        }
        for cell, said in zip(cells, shown, strict=True)
    ]


def on_sheet(cell: SweepCell, marks: Marks, picture: Image.Image | None = None) -> Shown:
    """Return what the contact sheet shows of a cell, with its picture, which is read or only wanted small."""
    error = cell.job.error if cell.job else None
    state = cell.job.status if cell.job else "not sent"
    reason = "invalid" if cell.problem else short(error) if error else state
    mark = "winner" if marks.winner == cell.id else "star" if marks.starred(cell) else ""
    return Shown(label=cell.title, picture=picture, reason=reason, mark=mark)
