"""The filters of the task list: read them from the query, apply them to tasks.

`app` calls `read` and `select` for GET /tasks.

Source: "manage asynchronous tasks", stored 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..specs import service
from . import answers
from .refusals import Refusal
from .tasks import Task

_DAY = 24 * 3600.0
_MAX_PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One list request; times are seconds since the epoch, texts are empty where not asked for."""

    start: float
    end: float
    task_id: str
    model: str
    status: str
    api_key_id: str
    region: str
    page: int
    size: int


def read(query: Mapping[str, str], now: float) -> Asked:
    """Read the filters; without times, the last 24 hours.

    Raises
    ------
    Refusal
        For a time that is not YYYYMMDDhhmmss, a span above 24 h, or a page that is no number.
    """
    end = _time(query, "end_time") if query.get("end_time") else now
    start = _time(query, "start_time") if query.get("start_time") else end - _DAY
    if not 0 <= end - start <= _DAY:
        raise Refusal("InvalidParameter", "start_time and end_time must span at most 24 hours.")
    status = query.get("status", "")
    if status and status not in service.TASK_STATES:
        raise Refusal("InvalidParameter", f"status must be one of {', '.join(service.TASK_STATES)}.")
    return Asked(
        start=start,
        end=end,
        task_id=query.get("task_id", ""),
        model=query.get("model_name", ""),
        status=status,
        api_key_id=query.get("api_key_id", ""),
        region=query.get("region", ""),
        page=_count(query, "page_no", 1, 1_000_000),
        size=_count(query, "page_size", 10, _MAX_PAGE_SIZE),
    )


def select(tasks: list[Task], asked: Asked, now: float) -> list[Task]:
    """Return the tasks that pass every filter; synchronous calls are in no list."""
    return [task for task in tasks if task.letter != "B" and _passes(task, asked, now)]


def _passes(task: Task, asked: Asked, now: float) -> bool:
    # A time in the query has whole seconds, so a task of that very second is meant too.
    return asked.start <= task.created < asked.end + 1 and all(
        not wanted or wanted == found
        for wanted, found in (
            (asked.task_id, task.id),
            (asked.model, task.model),
            (asked.status, task.status(now)),
            (asked.api_key_id, answers.api_key_id(task.account)),
            (asked.region, task.region),
        )
    )


def _time(query: Mapping[str, str], name: str) -> float:
    text = query[name]
    try:
        if len(text) != len("YYYYMMDDhhmmss"):
            raise ValueError(text)
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=answers.BEIJING).timestamp()
    except ValueError as error:
        raise Refusal("InvalidParameter", f"{name} must look like YYYYMMDDhhmmss, got {text[:20]}.") from error


def _count(query: Mapping[str, str], name: str, default: int, maximum: int) -> int:
    text = query.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= maximum:
        raise Refusal("InvalidParameter", f"{name} must lie in 1-{maximum}, got {text[:20]}.")
    return int(text)
