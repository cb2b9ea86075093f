"""What the API answers, as frozen values: a created task, its state and pictures, the task list.

`answers` reads them out of replies; jobs, reconcile and gallery work with them. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

State = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A task that exists now."""

    task_id: str
    request_id: str = ""
    task_status: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One asked-for picture: its URL, or code and message of why it is missing (both may be empty)."""

    url: str | None = None
    code: str = ""
    message: str = ""
    orig_prompt: str | None = None
    actual_prompt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """State and pictures of a task, or of a synchronous call.

    Parameters
    ----------
    task_status
        The service's own word.
    state
        The word as one of six; a word that nobody knows counts as RUNNING, since deadlines stand elsewhere.
    slots
        The pictures in the service's order: the n-th used seed + n.
    usage
        What is billed, whole numbers as int even where they came as text.
    total
        How many pictures the task was to make (``task_metrics.TOTAL``), 0 where the service does not say.
    submit_time, scheduled_time, end_time
        As the service writes them (Beijing time without zone), ``""`` where absent.
    """

    task_id: str = ""
    request_id: str = ""
    task_status: str = ""
    state: State = "SUCCEEDED"
    slots: tuple[Slot, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    total: int = 0
    code: str = ""
    message: str = ""
    submit_time: str = ""
    scheduled_time: str = ""
    end_time: str = ""

    @property
    def waited(self) -> float | None:
        """Return the seconds between submit and start, None where the service does not say."""
        return _between(self.submit_time, self.scheduled_time)

    @property
    def ran(self) -> float | None:
        """Return the seconds between start and end, None where the service does not say."""
        return _between(self.scheduled_time, self.end_time)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it; the slots hold presigned URLs."""
        return {**asdict(replace(self, usage={})), "usage": dict(self.usage)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Answer:
        """Read what `to_dict` returned."""
        return cls(**{**given, "slots": tuple(Slot(**slot) for slot in given["slots"])})


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One line of the task list; times are epoch seconds, None where absent."""

    task_id: str
    status: str = ""
    model: str = ""
    created: float | None = None
    started: float | None = None
    ended: float | None = None
    request_id: str = ""
    api_key_id: str = ""
    region: str = ""

    @property
    def waited(self) -> float | None:
        """Return the seconds between creation and start, None where the service does not say."""
        return None if self.created is None or self.started is None else max(self.started - self.created, 0.0)


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """One page of the task list; `total` rows on `pages` pages."""

    rows: tuple[TaskRow, ...]
    total: int
    pages: int


def _between(start: str, end: str) -> float | None:
    """Return the seconds between two times of the service's clock; ours may be another."""
    try:
        return max(0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
    except (ValueError, TypeError):  # there is none, or only one has a zone
        return None
