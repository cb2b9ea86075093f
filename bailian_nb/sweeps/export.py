"""What leaves a sweep: the static picture in a notebook, the contact sheet, and one page for people without Jupyter."""

from __future__ import annotations

import base64
import html
import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..errors import InvalidRequest, printable
from ..gallery import carried_labels
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..views import page
from ..views.tables import Bundle, Table, literal
from .cell import ShownCell, SweepCell, SweepPlan

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger("bailian_nb")
_LONGEST_COMMENT = 65_000
"""Bytes of the words that a JPEG takes."""


class Exported(Protocol):
    """What is needed of a sweep to write it down."""

    title: str

    @property
    def axes(self) -> Mapping[str, Sequence[Any]]: ...
    @property
    def emulator(self) -> bool: ...
    def rows(self) -> Sequence[Sequence[SweepCell]]: ...
    def cells(self) -> Sequence[ShownCell]: ...
    def sheet(self, side: int) -> Image.Image: ...
    def small_sheet(self, side: int) -> Image.Image: ...
    def legend(self) -> list[str]: ...
    def large(self, cell_id: str) -> bytes | None: ...
    def original(self) -> bytes | None: ...


STATIC_BYTES = 150_000
"""Of the sheet that a notebook keeps, at most."""
STATIC_SIDE = 192
"""Pixels of a cell of that sheet, at most; fewer where it would be larger than that."""


def static_view(sweep: Exported) -> Bundle:
    """Return what a saved notebook shows: the sheet as JPEG with stable text; text alone while nothing is done."""
    if not any(cell.picture for row in sweep.rows() for cell in row):
        return {"text/plain": repr(sweep)}
    side = STATIC_SIDE
    while True:
        file = io.BytesIO()
        sweep.small_sheet(side).save(file, "JPEG", quality=80, optimize=True)
        if file.tell() <= STATIC_BYTES or side <= 48:
            return {"image/jpeg": base64.b64encode(file.getvalue()).decode("ascii"), "text/plain": repr(sweep)}
        side = side * 3 // 4


def caption(sweep: Exported, lang: str) -> Bundle:
    """Return how many pictures there are, and each failed cell with what it means and what to do."""
    cells = sweep.cells()
    failed = [cell for cell in cells if cell["state"] in ("FAILED", "CANCELED", "EXPIRED", "invalid")]
    done = sum(1 for cell in cells if cell["state"] == "SUCCEEDED")
    counts = say("sweep_counts", lang, done=done, total=len(cells), failed=len(failed))
    billed = [say("not_billed", lang)] if sweep.emulator else []
    lines = [" · ".join([sweep.title, counts, *billed])]
    lines += [
        sentence(
            "{cell}: {found} {cell2} {found2}",
            cell=cell["title"],
            found=cell.get("code", ""),
            cell2=cell["reason"],
            found2=cell.get("todo", ""),
        )
        for cell in failed
    ]
    held = [cell["reason"] for cell in cells if cell["state"] == "planned" and cell["reason"]]
    lines += [say("cells_held", lang, count=len(held), reason=held[0])] if held else []
    lines += sweep.legend()
    lines_html = "".join(f"<div>{html.escape(printable(line, 1000))}</div>" for line in lines)
    return {"text/html": lines_html, "text/plain": " ".join([counts, *(["EMULATOR"] if sweep.emulator else [])])}


def plan_table(title: str, plan: SweepPlan, lang: str) -> Bundle:
    """Return what running would take, as a table: where no grid with a Run button can be shown."""
    rows: list[tuple[str, object]] = [
        (say("plan_cached", lang), plan["cached"]),
        (say("plan_tasks", lang), plan["tasks"]),
    ]
    if plan["tasks"]:
        cost = say("cost_unknown", lang)
        if plan["cost"] is not None:
            priced, note = say("cost", lang, cost=f"{plan['cost']:.2f}"), say("cost_note", lang, dated=plan["dated"])
            cost = f"{priced} ({note})"
        rows += [
            (say("plan_images", lang), plan["images"]),
            (say("plan_cost", lang), cost),
            (say("plan_minutes", lang), plan["minutes"]),
        ]
    rows += [(say("plan_invalid", lang), line) for line in plan["invalid"]]
    return Table(title=title, head=("", ""), rows=rows).bundle()


class ShownPlan(dict[str, Any]):
    """The plan as plain data, which a cell shows as a table."""

    def __init__(self, plan: SweepPlan, title: str) -> None:
        super().__init__(plan)
        self._title = title

    def _repr_html_(self) -> str:
        return literal(plan_table(self._title, cast(SweepPlan, self), spoken()))["text/html"]


def save_sheet(sweep: Exported, given: str | Path, side: int) -> Path:
    """Write the contact sheet; PNG carries the labels that the service embedded in the pictures."""
    path = _file(given)
    kind = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}.get(path.suffix.lower())
    if kind is None:
        raise InvalidRequest(sentence("a contact sheet is a .png or .jpg file, got {name}", name=path.name))
    words = sweep.legend()
    if words:
        log.warning(say("sheet_numbers"), "; ".join(printable(each, 200) for each in words[:20]))
    file = io.BytesIO()
    sheet = sweep.sheet(side)
    if kind == "PNG":
        sheet.save(file, kind)
    else:
        comment = "\n".join(words).encode("utf-8", "replace")[:_LONGEST_COMMENT]
        sheet.save(file, kind, quality=90, **({"comment": comment} if words else {}))
    content = file.getvalue()
    if kind == "PNG":
        pictures = [cell.picture for row in sweep.rows() for cell in row if cell.picture is not None]
        content = carried_labels(content, [picture.raw_path for picture in pictures], words="\n".join(words))
    return page.write(path, content)


def save_page(sweep: Exported, given: str | Path) -> Path:
    """Write the self-contained page of every cell, with the picture that was edited as what stood before."""
    path = _file(given)
    cells: list[page.PageCell] = [
        {
            "title": shown["title"],
            "labels": {name: str(value) for name, value in shown["labels"].items()},
            "reason": f"{shown.get('code', '')} {shown['reason']}".strip() or shown["state"],
            "picture": sweep.large(shown["id"]),
            "mark": "winner" if shown["winner"] else "star" if shown["starred"] else "",
        }
        for shown in sweep.cells()
    ]
    return page.save(
        path,
        title=sweep.title,
        emulator=sweep.emulator,
        cells=cells,
        axes=sweep.axes,
        original=sweep.original(),
        lang=spoken(),
    )


def _file(given: object) -> Path:
    if not isinstance(given, str | Path):
        raise InvalidRequest(sentence("it is saved under the path of a file, got {given!r}", given=given))
    return Path(given)
