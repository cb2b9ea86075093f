"""How a row ended, out of its Job; and the user's own file names for pictures that an earlier call has made."""

from __future__ import annotations

import filecmp
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

from ..errors import BailianError, ServiceError, SubmitUncertain
from ..gallery import Picture
from ..images.decode import SUFFIXES
from ..jobs.job import Job
from ..system.files import write_new
from ..system.language import sentence
from .lost import MISSING, in_vain, some, told
from .slots import Outcome, RowState

_ENDING = re.compile(r"(-\d+)?(_pasted(-\d+)?)?")
_ENDS: dict[str, RowState] = {"CANCELED": "CANCELED", "EXPIRED": "EXPIRED"}


def outcome_of(job: Job, number: int, names: Callable[[int], str] | None) -> tuple[RowState, Outcome]:
    """Return state and outcome of the Job of row `number`, which has ended.

    Pictures that were made under other names are laid down once more under those that the user wants.
    """
    result, error = job.outcome, job.error
    seconds = job.finished - job.submitted if job.finished and job.submitted else None
    known = Outcome(job=job.id, task_id=job.task_id, seconds=seconds, cost=job.cost)
    if result is None:
        error = error or BailianError(sentence("job {id} ended {status}", id=job.id, status=job.status))
        if isinstance(error, ServiceError) and job.submitted is not None and not job.task_id:
            return "UNCERTAIN", known._replace(code=SubmitUncertain.__name__, error=in_vain())
        lost = isinstance(error, SubmitUncertain)
        state: RowState = "UNCERTAIN" if lost else _ENDS.get(job.status, "FAILED")
        return state, known._replace(code=error.code or type(error).__name__, error=told(error, number))
    files, fault = [], ""
    for picture in result:
        try:
            files.append(str(_named(picture, names)))
        except OSError as failed:
            fault = sentence("not laid down under the name {name}: {error}", name=_wanted(picture, names), error=failed)
            files.append(str(picture.path))
    slot = result.errors[0] if result.errors else None
    made = known._replace(
        files=tuple(files),
        code=slot.code if slot else "",
        error=slot.message if slot else fault,
        cached=result.cached,
        seed=result[0].seed if len(result) else None,
    )
    asked = job.request.n if job.request is not None and job.request.exact else 0
    if slot is None and len(files) < asked:  # of another kernel's row, whose reasons stand there
        return "PARTIAL", made._replace(code=MISSING, error=some(len(files), asked))
    return ("PARTIAL" if slot else "SUCCEEDED"), made


def has_name(path: Path, name: str) -> bool:
    """Tell whether a file is called so, pasted or with the number that a taken name gets."""
    return path.stem.startswith(name) and _ENDING.fullmatch(path.stem, len(name)) is not None


def laid(path: Path, name: str) -> Path | None:
    """Return the file that a picture lies in under this name: itself, or a copy that was laid down before; else None.

    Without this every further run would lay down one more.
    """
    if has_name(path, name):
        return path
    for number in count(1):
        copy = path.with_name(name + (f"-{number}" if number > 1 else "") + path.suffix)
        try:
            if filecmp.cmp(path, copy, shallow=False):
                return copy
        except OSError:
            return None
    return None


def _wanted(picture: Picture, names: Callable[[int], str] | None) -> str:
    return names(picture.record.index) if names is not None else ""


def _named(picture: Picture, names: Callable[[int], str] | None) -> Path:
    """Return the path of a picture under the user's name, where it is laid down first if it has another."""
    name = _wanted(picture, names)
    if not name:
        return picture.path
    if (there := laid(picture.path, name)) is not None:
        return there
    beside = picture.path.with_suffix(".json")
    contents = {".json": beside.read_bytes()} if beside.is_file() else {}
    contents[picture.path.suffix] = picture.path.read_bytes()
    taken = write_new(picture.path.parent, name, contents, reserved=SUFFIXES.values())
    return taken.with_name(taken.name + picture.path.suffix)
