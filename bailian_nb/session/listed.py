"""What a process has on its way and has had: its Jobs by name, and the batches that sum up Jobs of theirs.

The base of `Session`.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import InvalidRequest
from ..jobs.job import Job
from ..system.language import sentence


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a batch has come to, in rows."""

    title: str
    call: str
    """Model and function."""
    created: float
    """When it was started first, in seconds since 1970."""
    total: int
    done: int
    failed: int
    partly: int
    """Rows among the failed ones that have some of their pictures."""
    going: int
    """Rows that will go on by themselves."""
    cost: float
    """CNY so far by list price."""
    emulator: bool

    @property
    def status(self) -> str:
        """In the words of `Job.status`, and PARTIAL where some pictures are there and others are not to be had.

        "" where what is left waits for somebody to send it.
        """
        if self.going:
            return "RUNNING"
        if self.done == self.total:
            return "SUCCEEDED"
        if self.failed and self.done + self.partly:
            return "PARTIAL"
        return "FAILED" if self.failed == self.total else ""


class Group(Protocol):
    """A batch, as lists of Jobs know it: Jobs of one `owner`, of which those that have ended are let go."""

    @property
    def owner(self) -> str: ...
    def tally(self) -> Tally: ...
    def on_change(self, callback: Callable[[Any], object]) -> object: ...


class Listed:
    """Jobs by name, and batches in the order in which they were started."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._groups: weakref.WeakValueDictionary[str, Group] = weakref.WeakValueDictionary()
        self._lock = threading.RLock()

    def jobs(self) -> list[Job]:
        """Return the Jobs of this process, the oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def job(self, name: str) -> Job:
        """Return a Job by its id, or by a start of it that only one Job has."""
        matches = [job for job in self.jobs() if job.id == name] or [
            job for job in self.jobs() if name and job.id.startswith(name)
        ]
        if len(matches) != 1:
            known = ", ".join(job.id for job in self.jobs()) or sentence("none yet")
            found = sentence("several jobs start") if matches else sentence("no job starts")
            raise InvalidRequest(
                sentence("{found} with {name!r}; jobs here: {known}", found=found, name=name, known=known)
            )
        return matches[0]

    def forget(self, job: Job) -> None:
        """List a Job that has ended no more: a batch has thousands of them."""
        with self._lock:
            if self._jobs.get(job.id) is job and job.ended.done():
                del self._jobs[job.id]

    def groups(self) -> list[Group]:
        """Return the batches that were started in this process and that somebody still holds, the oldest first."""
        with self._lock:
            return list(self._groups.values())

    def list_group(self, group: Group) -> None:
        """List a batch from now on; once is enough."""
        with self._lock:
            self._groups.setdefault(group.owner, group)
