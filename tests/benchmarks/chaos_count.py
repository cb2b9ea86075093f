"""Count what came of the chaos, by the service's own log against what lies on our disk.

Lost: billed and on no disk. Wrong: a Record, or a row of the journal, that says something else than the service knows
of that task. Twice: two billed tasks for one call of ours. Pixels: a file that is not what the service drew.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from bailian_nb.gallery import Record, read_record
from bailian_nb.store.journal import Journal

from .chaos_jobs import OURS, THEIRS

Slot = tuple[str, int]
"""A task and the number of one of its pictures."""


@dataclass(kw_only=True)
class Count:
    """What was found; the lists hold a line for each case."""

    calls: int = 0
    tasks: int = 0
    failed_tasks: int = 0
    billed: int = 0
    attributed: int = 0
    unclaimed: int = 0
    unclaimed_of_others: int = 0
    again: int = 0
    """Files of a picture that is there already: a kernel was killed before it could note the first one."""
    answered: int = 0
    """Calls all of whose pictures are attributed."""
    made_nothing: int = 0
    """Calls for which the service was never billed; the user may send them again."""
    asked: list[str] = field(default_factory=list)
    """Calls that end with a question: nobody but the user can say whether they made a task, and which."""
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    pixels: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.wrong or self.twice or self.pixels)


def count(log: dict[str, Any], service: Path, home: Path, out: Path, prompts: list[str]) -> Count:
    """Compare; `service` and `home` are the two homes, `prompts` what our calls asked for."""
    found = Count(calls=len(prompts))
    tasks = {each["task_id"]: each for each in log["creates"]}
    ours = {name: each for name, each in tasks.items() if each["values"]["prompt"].startswith(OURS)}
    found.tasks = len(ours)
    found.failed_tasks = sum(each["status"] == "FAILED" for each in ours.values())
    billed = {(name, index) for name, each in ours.items() for index in range(each["billed"])}
    found.billed = len(billed)
    attributed, apart = _on_disk(out, tasks, service, found)
    found.attributed, found.unclaimed = len(attributed & billed), len((apart - attributed) & billed)
    found.unclaimed_of_others = len({slot for slot in apart if _is_theirs(tasks[slot[0]])})
    found.lost = [
        f"{name} slot {index}: {ours[name]['model']} {ours[name]['values']['prompt']}"
        for name, index in sorted(billed - attributed - apart)
    ]
    times = Counter(each["values"]["prompt"] for each in ours.values() if each["billed"])
    found.twice = [f"{prompt}: {times[prompt]} billed tasks" for prompt in times if times[prompt] > 1]
    have = Counter(tasks[name]["values"]["prompt"] for name, _ in attributed)
    need = Counter(tasks[name]["values"]["prompt"] for name, _ in billed)
    found.answered = sum(bool(need[prompt]) and have[prompt] == need[prompt] for prompt in prompts)
    found.made_nothing = sum(not times[prompt] for prompt in prompts)
    found.wrong += _rows(home, tasks)
    found.asked = _open(home, times)
    return found


def _on_disk(out: Path, tasks: dict[str, Any], service: Path, found: Count) -> tuple[set[Slot], set[Slot]]:
    attributed: dict[Slot, str] = {}
    apart: set[Slot] = set()
    seen: list[Slot] = []
    for path in sorted(out.rglob("*.png")):
        record = read_record(path)
        if record is None or record.task_id not in tasks:
            found.wrong.append(f"{path.name}: no Record, or of no task")
            continue
        slot = (record.task_id, record.index)
        if record.job_id:
            job = record.job_id.partition(".")[0]  # a further try has its Job's id and a number
            if attributed.setdefault(slot, job) != job:
                found.wrong.append(f"{path.name}: {slot} was given to job {attributed[slot]}, too")
            seen.append(slot)
            found.wrong += [f"{path.name}: {line}" for line in _differences(record, tasks[record.task_id])]
        else:
            apart.add(slot)
            if record.seed is not None or record.request_key is not None:
                found.wrong.append(f"{path.name}: set apart, but says whose it is")
        drawn = service / "emulator" / "pictures" / f"{record.task_id}_{record.index}.png"
        if not same_pixels(path.read_bytes(), drawn.read_bytes()):
            found.pixels.append(f"{path.name}: not what the service drew for {slot}")
    found.again = len(seen) - len(attributed)
    return set(attributed), apart


def _differences(record: Record, task: dict[str, Any]) -> list[str]:
    pairs = {
        "prompt": (record.prompt, task["values"]["prompt"]),
        "seed": (record.seed, task["seed"] + record.index),
        "function": (record.function, task["function"]),
        "model": (record.model, task["model"]),
        "n": (record.n, task["n"]),
    }
    lines = [f"{name} {ours!r}, the service's {its!r}" for name, (ours, its) in pairs.items() if ours != its]
    return [*lines, "a colleague's task"] if _is_theirs(task) else lines


def _rows(home: Path, tasks: dict[str, Any]) -> list[str]:
    """Compare the journal: no row may own a task of another prompt, and no task may have two rows."""
    journal = Journal(home)
    rows = [row for row in journal.recent(1_000_000) if row.task_id]
    journal.close()
    lines = [
        f"row {row.id} owns {row.task_id}, whose prompt is another"
        for row in rows
        if row.task_id not in tasks or tasks[row.task_id]["values"]["prompt"] != row.request["values"]["prompt"]
    ]
    owners = Counter(row.task_id for row in rows)
    return lines + [f"task {name} has {times} rows" for name, times in owners.items() if times > 1]


def _open(home: Path, billed: Mapping[str, int]) -> list[str]:
    journal = Journal(home)
    rows = [row for row in journal.recent(1_000_000) if row.state in ("submitting", "uncertain")]
    journal.close()
    return [f"{row.id}, {row.model}: {billed[row.request['values']['prompt']]} billed" for row in rows]


def same_pixels(one: bytes, other: bytes) -> bool:
    with Image.open(io.BytesIO(one)) as left, Image.open(io.BytesIO(other)) as right:
        return left.mode == right.mode and left.size == right.size and left.tobytes() == right.tobytes()


def _is_theirs(task: dict[str, Any]) -> bool:
    return bool(task["values"]["prompt"].startswith(THEIRS))
