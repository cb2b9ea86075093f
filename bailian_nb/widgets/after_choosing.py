"""What the grid offers for the cell that was chosen: more cells about it, code to go on with, and files of the sweep.

`sweep_grid` calls it. Nothing here sends anything: new cells are planned, and Run is pressed for them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from .. import specs
from ..sweeps.finer import numbers
from .as_code import rerun_of
from .sweep_protocol import SweepLike

Wish = Literal["nearby", "reseed", "edit", "upscale", "code", "sheet", "page"]


def offered(sweep: SweepLike) -> list[Wish]:
    """Return what can be wished for here; a sweep of a caller's own may have less than ours."""
    found: list[Wish] = []
    if hasattr(sweep, "nearby") and any(numbers(values) for name, values in sweep.axes.items() if name != "seed"):
        found.append("nearby")
    if hasattr(sweep, "extend") and "seed" in sweep.axes:
        found.append("reseed")
    if hasattr(sweep, "picture"):
        found += ["edit", "upscale", "code"]
    if hasattr(sweep, "to_contact_sheet"):
        found.append("sheet")
    if hasattr(sweep, "to_html"):
        found.append("page")
    return found


def code(path: Path, wish: Wish) -> str:
    """Return a cell that paints on the picture, makes it larger, or makes it again."""
    if wish == "edit":
        return f"import bailian_nb as wan\n\npainter = wan.MaskPainter({str(path)!r})\npainter\n"
    if wish == "upscale":
        (row,) = [row for row in specs.get(specs.DEFAULT_EDIT).functions if row.name == "super_resolution"]
        call = f"{str(path)!r}, {row.name!r}, {row.example.en!r}, upscale_factor=2"
        return f"import bailian_nb as wan\n\njob = wan.edit({call})\njob\n"
    return rerun_of(path)


def file(sweep: Any, wish: Wish) -> Path:
    """Write the contact sheet or the page into the current folder, under a name that none there has."""
    suffix = {"sheet": "png", "page": "html"}[wish]
    stem = time.strftime("sweep_%Y%m%d_%H%M%S")
    names = (Path(f"{stem}{f'_{number}' if number else ''}.{suffix}") for number in range(1000))
    path = next(name for name in names if not name.exists())
    found: Path = sweep.to_contact_sheet(path) if wish == "sheet" else sweep.to_html(path)
    return found
