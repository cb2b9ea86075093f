"""One table of what was measured: each benchmark keeps its rows in a folder, and this makes the pages of them.

`make bench` gives the folder and runs this file at the end. A row is a ratio or a time with its goal beside it; both
sides of a ratio are measured by turns in one run, so that it says the same on a slow machine as on a quick one.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "BAILIAN_NB_BENCH"
"""The variable that names the folder; without it a row is printed and not kept."""
NOTE = (
    "Both sides of a ratio were measured by turns in one run, and medians are shown. A goal is the most that a ratio, "
    "or a time where nothing is beside it, may be. Where only what a processor worked is below it, the rest was waited "
    "for a disk or for the other programs of a busy machine, and that is said."
)
BEFORE = {
    "%load_ext bailian_nb": "0.87 of `import dashscope`",
    "the same, run at once after %load_ext": "500 to 900 ms, whether typed or run at once",
    "prompt back from the first %wan_t2i, typed": "500 to 900 ms",
    "prompt back from later ones": "14 ms",
    "40 tasks of 7 to 9 s": "1.09 of the least for 20 edits of 8 s, two at once; the official SDK 1.23",
    "notice of edits of 7 to 9 s": "0.42 s for edits of 8 s; the official SDK 1.68 s",
    "looks at edits of 7 to 9 s": "5.0 for edits of 8 s; the official SDK 6.3",
    "notice of pictures from words of 11 to 28 s": "0.52 s",
    "notice of edits of 5 to 15 s": "0.46 s",
    "the newest 20, of 100,000 that are gone": "31 s",
    "parts of two words, of 100,000": "4 to 5 s for any search",
    "a request that is not there, of 100,000": "900 ms",
    "the file of 100,000": "148 MB",
    "the history of 100,000, 400 in its middle": "61 ms",
    "the history of 100,000 with their files, for the first time": "139 ms",
    "the history of 1,000,000 with their files, for the first time": "203 ms",
    "resume() of 5,000 open rows": "0.70 s, of it processor 0.63 s",
}
"""What some rows were before they were made quicker, on a machine of two cores like the one of the table."""
BEFORE_NOTE = (
    "What was slow once, as it was measured on a machine of two cores before it was mended, and as it is in the run "
    "that made this page."
)
HEAD = ("what", "ours", "of it processor", "beside", "ratio", "goal", "met", "what limits it")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure.

    Parameters
    ----------
    room
        Rows of one room stand together.
    ours, peer
        In `unit`; `peer` is None where nothing can be set beside it, and `beside` says what it is.
    cpu
        Of `ours`, what a processor worked; the rest was waited for a disk, or for other programs.
    goal
        What the ratio must not pass, or `ours` where there is no peer.
    limit
        What would have to change for less.
    """

    room: str
    what: str
    ours: float
    unit: str
    goal: float
    limit: str
    cpu: float | None = None
    peer: float | None = None
    beside: str = ""

    @property
    def found(self) -> float:
        return self.ours if self.peer is None else self.ours / self.peer

    @property
    def met(self) -> bool:
        return self.found <= self.goal


def keep(row: Row) -> Row:
    """Print a row, and keep it for the table."""
    print(f"\n{row.what}: {' | '.join(_cells(row)[1:7])}")
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = "".join(letter if letter.isalnum() else "_" for letter in f"{row.room} {row.what}")
        (Path(folder) / f"{name}.json").write_text(json.dumps(asdict(row)), encoding="utf-8")
    return row


def by_turns(tries: int, *acts: Callable[[], float]) -> list[float]:
    """Return the median of what each act gives, all of them once in each turn."""
    found = [[act() for act in acts] for _ in range(tries)]
    return [statistics.median(column) for column in zip(*found, strict=True)]


def _cells(row: Row) -> list[str]:
    unit = f" {row.unit}" if row.unit else ""
    peer = f"{row.beside} {row.peer:.3g}{unit}" if row.peer is not None else row.beside
    ratio = f"{row.found:.2f}" if row.peer is not None else ""
    goal = f"{row.goal:g}" if row.peer is not None else f"{row.goal:g}{unit}"
    cpu = "" if row.cpu is None else f"{row.cpu:.3g}{unit}"
    return [row.what, f"{row.ours:.3g}{unit}", cpu, peer, ratio, goal, _met(row), row.limit]


def _met(row: Row) -> str:
    if row.met:
        return "yes"
    return "by the processor" if row.peer is None and row.cpu is not None and row.cpu <= row.goal else "no"


def page(rows: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    parts = [
        "<!-- Written by `make bench`; edit tests/benchmarks. -->",
        "# How quick it is",
        NOTE,
        f"Measured on: {machine}, SQLite {sqlite3.sqlite_version}; load {os.getloadavg()[0]:.0f} at the end.",
    ]
    if old := [row for row in rows if row.what in BEFORE]:
        lines = [("what", "before", "now", "met"), ["---"] * 4, *(_before_and_now(row) for row in old)]
        parts += ["## Before and now", BEFORE_NOTE, _table(lines)]
    for room in dict.fromkeys(row.room for row in rows):
        lines = [HEAD, ["---"] * len(HEAD), *(_cells(row) for row in rows if row.room == room)]
        parts += [f"## {room}", _table(lines)]
    return "\n\n".join(parts) + "\n"


def _table(lines: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _before_and_now(row: Row) -> list[str]:
    ours, peer, ratio = (_cells(row)[at] for at in (1, 3, 4))
    return [row.what, BEFORE[row.what], f"{ours}, {ratio} of {peer}" if ratio else ours, _met(row)]


def main(folder: str, target: str) -> None:
    """Write `speed.md` and `speed.json` into `target` from the rows in `folder`."""
    rows = [Row(**json.loads(path.read_text("utf-8"))) for path in sorted(Path(folder).glob("*.json"))]
    Path(target).mkdir(parents=True, exist_ok=True)
    listed = [{**asdict(row), "ratio": row.found, "met": row.met, "before": BEFORE.get(row.what, "")} for row in rows]
    (Path(target) / "speed.json").write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (Path(target) / "speed.md").write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
