"""What comes of a batch as data: records, a frame, a CSV that spreadsheets open, contact sheets, one static page."""

from __future__ import annotations

import csv
import html
import io
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from PIL import Image

from ..errors import BailianError, InvalidRequest, printable
from ..gallery import carried_labels
from ..images.decode import decode
from ..images.thumbnail import thumbnail
from ..sweeps.sheet import Shown, draw
from ..system.files import write_whole
from ..system.language import sentence, spoken
from ..system.paths import user_path
from ..views.page import THUMB
from ..views.tables import escape
from .rows import Row
from .slots import BAD, counted

if TYPE_CHECKING:
    import pandas

OWN = ("row", "status", "file", "files", "cost", "seconds", "error", "decision", "seed")
"""The columns before those of the source."""
_LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
PER_PAGE = 100
"""Pictures of one contact sheet."""
MOST_PER_PAGE = 400


class Told(Protocol):
    """What is needed of a batch to write it down."""

    title: str
    rows: Any

    @property
    def emulator(self) -> bool: ...
    def decision(self, number: int) -> str: ...


def records(batch: Told) -> Iterator[dict[str, Any]]:
    """Return a dict for each row: row, status, file, files, cost, seconds, error, decision, seed, and its own cells.

    `files` are paths, `file` is the first of them, `cost` CNY by list price. A column of the source with one of these
    names is called `source_...`.
    """
    for row in batch.rows:
        made = row.outcome
        own = {f"source_{name}" if name in OWN else name: value for name, value in row.values.items()}
        yield {
            "row": row.number,
            "status": row.status,
            "file": made.files[0] if made.files else "",
            "files": list(made.files),
            "cost": None if row.state in ("PLANNED", "SENT", "INVALID", "PARKED") else made.cost,
            "seconds": None if made.seconds is None else round(made.seconds, 2),
            "error": _error(row),
            "decision": batch.decision(row.number),
            "seed": row.parameters.get("seed") if made.seed is None else made.seed,
            **own,
        }


def frame(batch: Told) -> pandas.DataFrame:
    """Return the records as a frame of pandas, with the index of the frame that the rows came from.

    Raises
    ------
    BailianError
        Where pandas is not there.
    """
    try:
        frames = import_module("pandas")
    except ImportError as error:
        raise BailianError(
            sentence("a frame needs pandas, which is not installed"),
            hint=sentence("pip install pandas, or take batch.records() or batch.to_csv(...)."),
        ) from error
    found: pandas.DataFrame = frames.DataFrame(list(records(batch)), index=batch.rows.index)
    return found


def save_csv(batch: Told, given: str | os.PathLike[str]) -> Path:
    """Write the records as UTF-8 with the mark that Excel knows it by; files relative to the CSV, no live formula."""
    path = user_path(os.fspath(given))
    file = io.StringIO(newline="")
    writer: Any = None
    for each in records(batch):
        each["files"] = "; ".join(_relative(name, path.parent) for name in each["files"])
        each["file"] = _relative(each["file"], path.parent) if each["file"] else ""
        if writer is None:
            writer = csv.DictWriter(file, fieldnames=list(each))
            writer.writerow({name: quoted(name) for name in each})
        writer.writerow({name: quoted(value) for name, value in each.items()})
    write_whole(path, file.getvalue().encode("utf-8-sig", "backslashreplace"), follow=True)
    return path


def quoted(value: Any) -> Any:
    """Return a cell that no spreadsheet computes: a text that begins like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_LIVE) else text


def save_sheets(
    batch: Told, given: str | os.PathLike[str], *, side: int = THUMB, columns: int = 10, per_page: int = PER_PAGE
) -> list[Path]:
    """Write contact sheets of `per_page` pictures each and return their paths: `name.png`, or `name_1.png`, …

    Raises
    ------
    InvalidRequest
        For any other kind of file than PNG and JPEG, or numbers that are out of bounds.
    """
    path = user_path(os.fspath(given))
    kind = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}.get(path.suffix.lower())
    if kind is None:
        raise InvalidRequest(sentence("a contact sheet is a .png or .jpg file, got {name}", name=path.name))
    if not (1 <= per_page <= MOST_PER_PAGE and 1 <= columns <= 40 and 32 <= side <= 512):
        raise InvalidRequest(
            sentence(
                "a contact sheet has {most} pictures, 40 columns and sides of 32-512 px at most", most=MOST_PER_PAGE
            )
        )
    shown = [row.number for row in batch.rows if row.files or row.state in BAD]
    parts = [shown[start : start + per_page] for start in range(0, len(shown), per_page)] or [[]]
    written = []
    for number, part in enumerate(parts, start=1):
        target = path if len(parts) == 1 else path.with_name(f"{path.stem}_{number}{path.suffix}")
        rows = [batch.rows.row(each) for each in part]
        cells = [cell for row in rows for cell in _cells(row, side)]
        lines = [cells[start : start + columns] for start in range(0, len(cells), columns)] or [[]]
        title = batch.title if len(parts) == 1 else f"{batch.title}  {number}/{len(parts)}"
        file = io.BytesIO()
        draw(lines, title=title, side=side).save(file, kind, **({"quality": 90} if kind == "JPEG" else {}))
        content = file.getvalue()
        if kind == "PNG":
            content = carried_labels(content, [Path(name) for row in rows for name in row.files], words="")
        write_whole(target, content, follow=True)
        written.append(target)
    return written


def _cells(row: Row, side: int) -> list[Shown]:
    label = f"{row.number}"
    if not row.files:
        return [Shown(label=label, picture=None, reason=row.outcome.code or row.state)]
    return [
        Shown(label=f"{label}  {Path(name).stem}", picture=small(Path(name), side), reason=row.outcome.code)
        for name in row.files
    ]


def small(path: Path, side: int) -> Image.Image | None:
    """Return a thumbnail of a picture's file, None where it is gone or broken."""
    try:
        return thumbnail(decode(path.read_bytes()), side)
    except (OSError, ValueError):
        return None


_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root{{color-scheme:light dark}}body{{font:14px system-ui,sans-serif;margin:1rem}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:12px}}
figure{{margin:0;content-visibility:auto;contain-intrinsic-size:220px 260px}}
img{{width:100%;height:200px;object-fit:contain;background:#8881}}
figcaption{{overflow-wrap:anywhere}}.bad{{color:#b00020}}@media(prefers-color-scheme:dark){{.bad{{color:#ff8a80}}}}
</style><h1>{title}</h1><p>{counts}</p><main>
"""


def save_page(batch: Told, given: str | os.PathLike[str]) -> Path:
    """Write one static page: each row with its pictures, which it links and does not copy; return its path.

    Raises
    ------
    InvalidRequest
        When the name is not that of an HTML file.
    """
    path = user_path(os.fspath(given))
    if path.suffix.lower() not in (".html", ".htm"):
        raise InvalidRequest(sentence("the page is an .html file, got {name}", name=path.name))
    rows = batch.rows
    counts = counted(len(rows.numbers("SUCCEEDED")), len(rows.numbers(*BAD)), len(rows))
    words = " · ".join([counts, *(["EMULATOR"] if batch.emulator else [])])
    parts = [_PAGE.format(lang=spoken(), title=escape(batch.title), counts=escape(words))]
    for row in rows:
        parts.extend(_figures(row, path.parent, batch.decision(row.number)))
    parts.append("</main></html>\n")
    write_whole(path, "".join(parts).encode("utf-8", "backslashreplace"), follow=True)
    return path


def _figures(row: Row, folder: Path, decision: str) -> Iterator[str]:
    prompt = html.escape(printable(row.prompt, 300), quote=True)
    said = " · ".join(filter(None, [f"{row.number}", printable(decision, 100)]))
    for name in row.files:
        address = html.escape(quote(os.fsencode(_relative(name, folder).replace(os.sep, "/"))), quote=True)
        words = escape(f"{said} · {Path(name).name}")
        yield (
            f'<figure><a href="{address}"><img loading="lazy" decoding="async" src="{address}" alt="{prompt}"></a>'
            f"<figcaption>{words}<br>{escape(printable(row.prompt, 300))}</figcaption></figure>\n"
        )
    if not row.files or row.state == "PARTIAL":
        reason = escape(f"{said} · {row.status} {_error(row)}")
        prompt = escape(printable(row.prompt, 300))
        yield f'<figure><figcaption class="bad">{reason}<br>{prompt}</figcaption></figure>\n'


def _error(row: Row) -> str:
    made = row.outcome
    return printable(": ".join(filter(None, [made.code, made.error.removeprefix(f"{made.code}: ")])), 1000)


def _relative(name: str, folder: Path) -> str:
    """Return a path as it is seen from a folder, absolute where no way leads there (another drive)."""
    try:
        return os.path.relpath(name, folder.absolute())
    except ValueError:
        return name
