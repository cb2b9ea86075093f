"""Attempts of an earlier painter: what was made lately of the picture that is painted on, and what is on its way.

A cell that is run again, or a kernel that was restarted, shows them in its strip; `painter` asks for them on a thread
of its own, once its page is there.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from .. import config, specs
from ..errors import BailianError, one_line
from ..gallery import Picture, read_record
from ..images import read_input
from ..jobs.job import Job
from ..session import session as sessions
from ..store.buckets import here
from ..store.edits import edits
from ..store.row import SavedPicture

log = logging.getLogger("bailian_nb")
MOST = 12
"""Pictures that are brought back; what is older is in the history."""
LOOKED_BACK = 86_400.0
"""Seconds: a day's work, and not what was tried last week."""


class Earlier(NamedTuple):
    """An edit of this picture that an earlier painter, or a cell, has asked for."""

    job: str
    prompt: str
    values: Mapping[str, Any]
    pictures: list[Picture]


class Lately(NamedTuple):
    """What was made of a picture lately, the oldest first, and the Jobs of this process that are at it."""

    made: list[Earlier]
    running: list[Job]


def lately(given: Any, function: str, options: Mapping[str, Any], known: Callable[[str], bool]) -> Lately:
    """Return what was made of a picture with a mask; nothing where the journal cannot be read.

    `given` is the picture as an edit takes it, `options` the painter's own, `known` tells which Jobs are there already.
    """
    same = _Same(given, options)
    try:
        session = sessions.current()
        running = [job for job in session.jobs() if not (job.final or known(job.id)) and _is_of(same, job)]
        there = {job.id for job in running}
        since = session.clock.now() - LOOKED_BACK
        return Lately(_made(same, function, since, lambda job: known(job) or job in there), running)
    except (BailianError, OSError, sqlite3.Error, ValueError, KeyError, TypeError) as error:
        log.debug("earlier attempts: %s", one_line(error))
        return Lately([], [])


class _Same:
    """Tells whether a request is about one picture. That is hashed when it is first asked for: it may be large."""

    def __init__(self, given: Any, options: Mapping[str, Any]) -> None:
        self._given = given
        self._options = options

    @cached_property
    def _digest(self) -> str:
        """The hash of the picture as it is sent, which requests name it by."""
        name = str(self._options.get("model") or config.load().edit_model)
        rule = specs.get(name, "edit").images
        return "" if rule is None else read_input(self._given, rule, fit=bool(self._options.get("fit"))).sha256

    def __call__(self, digests: Sequence[object]) -> bool:
        return len(digests) == 1 and digests[0] == self._digest != ""


def _is_of(same: _Same, job: Job) -> bool:
    request = job.request
    return request is not None and request.mask is not None and same([each.sha256 for each in request.images])


def _made(same: _Same, function: str, since: float, known: Callable[[str], bool]) -> list[Earlier]:
    found: list[Earlier] = []
    left = MOST
    for edit in edits(config.home(), function, since=since):
        asked = edit.request
        if known(edit.job) or not asked["mask"] or not same([each.get("sha256") for each in asked["images"]]):
            continue
        pictures = [picture for picture in map(_opened, edit.pictures[:left]) if picture is not None]
        if pictures:
            values = asked["values"]
            found.insert(0, Earlier(edit.job, str(values.get("prompt", "")), values, pictures))
            left -= len(pictures)
        if left <= 0:
            break
    return found


def _opened(saved: SavedPicture) -> Picture | None:
    """Return a picture that is where it was saved; one that was put away since is no attempt any more."""
    path = here(Path(saved.path))
    record = read_record(path) if path.is_file() else None
    return None if record is None else Picture(path=path, raw_path=here(Path(saved.raw_path)), record=record)
