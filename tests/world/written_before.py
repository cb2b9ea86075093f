"""What 0.1 wrote before its package was rearranged, unpacked for one test at the time at which it was written.

`data/make_written_by_0_1.py` says how it was made; `conftest.written` hands it to tests of every room.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bailian_nb.session.session import Session

DATA = Path(__file__).parents[1] / "data" / "written_by_0_1"
MADE_IN = "/tmp/written_by_0_1"
PATHS = {
    "journal.sqlite": {"jobs": ("out_dir",), "pictures": ("path", "raw_path"), "strays": ("folder",)},
    "index.sqlite": {"pictures": ("path", "raw_path")},
}
"""The columns that hold absolute paths."""
LATER = 600.0
"""Seconds after which it is opened: each task that was on its way has ended, and none is forgotten."""


class Since:
    """Time that goes on from a moment of the past, many times as fast as the machine's."""

    def __init__(self, start: float, speed: float = 40.0) -> None:
        self.speed = speed
        self._start, self._origin = start, time.monotonic()

    def now(self) -> float:
        return self._start + (time.monotonic() - self._origin) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


@dataclass(frozen=True, kw_only=True)
class Written:
    """The unpacked files, what the version that wrote them said of them, and a session that opens them."""

    folder: Path
    said: dict[str, Any]
    session: Session

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def lab(self) -> Path:
        return self.folder / "lab"

    def named(self, path: Path | str) -> str:
        """Return a path as `said` names it."""
        return Path(path).relative_to(self.folder).as_posix()

    def job(self, prompt: str) -> str:
        """Return the job with this prompt, or whose prompt alone begins so."""
        prompts = {row["id"]: row["request"]["values"]["prompt"] for row in self.said["rows"]}
        found = [name for name, given in prompts.items() if given == prompt]
        (name,) = found or [name for name, given in prompts.items() if given.startswith(prompt)]
        return str(name)


def unpack(folder: Path) -> dict[str, Any]:
    """Copy the files into `folder`, where they name themselves from now on, and return what was said of them."""
    shutil.copytree(DATA, folder)
    for file, tables in PATHS.items():
        db = sqlite3.connect(folder / "home" / file)
        with db:
            for table, columns in tables.items():
                for column in columns:
                    db.execute(
                        f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE {column} LIKE ?",
                        (str(folder), len(MADE_IN) + 1, f"{MADE_IN}/%"),
                    )
        db.close()
    said: dict[str, Any] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return said
