"""What the API answers, read into frozen values (`shapes`): created tasks, their state and pictures, the task list.

Pure. Every field may be missing, null or of another type; none of that may lose a task id or a picture.
"""

from __future__ import annotations

import math
from typing import Any

from ..errors import ServiceError, printable
from ..system.language import sentence
from .faults import error_from, redirect_error, refusal_from
from .reply import Reply, mapping, task_id_of, text, unsigned
from .shapes import Answer, Slot, State, Submitted, TaskPage, TaskRow

_STATES: dict[str, State] = {
    "PENDING": "PENDING",
    "RUNNING": "RUNNING",
    "SUCCEEDED": "SUCCEEDED",
    "SUCCESS": "SUCCEEDED",
    "FAILED": "FAILED",
    "CANCELED": "CANCELED",
    "CANCELLED": "CANCELED",
    "UNKNOWN": "UNKNOWN",
}
_INSIDE = ("results", "result", "choices", "message", "content", "output")
_DEEPEST = 8
_MOST = 100
"""Pictures that are read from one answer; no model draws a third of them."""


def read_created(reply: Reply, *, asynchronous: bool, model: str = "") -> Submitted | Answer:
    """Read the answer to a create call; a refusal of a `model` that is retired says what to use.

    Raises
    ------
    SubmitUncertain
        When it says neither that a task exists nor that the call was refused.
    RequestRejected
        When the call was refused.
    """
    if reply.ok:
        output = mapping(mapping(reply.json).get("output"))
        if not asynchronous:
            answer = answer_of(reply)
            if answer is not None and (answer.slots or answer.state == "FAILED"):
                return answer
        if task_id := task_id_of(output.get("task_id")):
            return Submitted(
                task_id=task_id, request_id=reply.request_id, task_status=text(output.get("task_status")) or "PENDING"
            )
    raise refusal_from(reply, asynchronous=asynchronous, model=model)


def read_task(reply: Reply, task_id: str) -> Answer:
    """Read the answer to a question about `task_id`.

    Raises
    ------
    ServiceError
        When the answer cannot be read or did not come from the service; asking again may help.
    RequestRejected
        When the service refused to say.
    """
    answer = answer_of(reply, task_id=task_id) if reply.ok else None
    if answer is None:
        raise _unread(reply, task_id=task_id)
    return answer


def read_cancel(reply: Reply, task_id: str) -> str:
    """Return the request id of a cancel call that was accepted, or raise what was answered."""
    if not reply.ok or not isinstance(reply.json, dict) or text(reply.json.get("code")):
        raise _unread(reply, task_id=task_id)
    return reply.request_id


def read_page(reply: Reply) -> TaskPage:
    """Read one page of the task list; a page that cannot be read is an error, never an empty list."""
    body = mapping(reply.json)
    body = body if "data" in body or "tasks" in body else mapping(body.get("output"))
    rows = body.get("data", body.get("tasks"))
    total = _number(body.get("total"))
    if rows is None and total == 0:
        rows = []
    if not reply.ok or not isinstance(rows, list):
        raise _unread(reply)
    read = tuple(row for item in rows if (row := _row(mapping(item))).task_id)
    count = len(read) if total is None else int(total)
    size = max(_number(body.get("page_size")) or 10, 1)
    return TaskPage(rows=read, total=count, pages=int(_number(body.get("total_page")) or math.ceil(count / size)))


def answer_of(reply: Reply, *, task_id: str = "") -> Answer | None:
    """Return what a 200 says about a task, None when it says nothing."""
    body = mapping(reply.json)
    output = mapping(body.get("output"))
    slots = _slots(output)
    word = printable(text(output.get("task_status")), 60)
    code = text(output.get("code"))
    if not word and not slots:
        return None
    return Answer(
        task_id=task_id or task_id_of(output.get("task_id")),
        request_id=reply.request_id,
        task_status=word,
        state=_STATES.get(word.upper(), "RUNNING") if word else "SUCCEEDED",
        slots=slots,
        usage=_usage(body.get("usage")),
        total=_total(output),
        code=code or text(body.get("code")),
        message=unsigned(text(output.get("message")) or text(body.get("message"))),
        submit_time=text(output.get("submit_time")),
        scheduled_time=text(output.get("scheduled_time")),
        end_time=text(output.get("end_time")),
    )


def _unread(reply: Reply, *, task_id: str = "") -> Exception:
    if 300 <= reply.status < 400:
        return redirect_error(reply, ServiceError, task_id=task_id)
    return error_from(reply.status, reply.body, reply.headers, task_id=task_id, reading=True)


def _slots(output: dict[str, Any]) -> tuple[Slot, ...]:
    """Find the pictures under whichever name they stand; an entry without one keeps its place."""
    for name in ("results", "result", "choices"):
        entries = output.get(name)
        if not entries:
            continue
        found: list[Slot] = []
        for entry in entries[:_MOST] if isinstance(entries, list) else [entries]:
            found.extend(_pictures(entry) or [_missing(mapping(entry))])
        return tuple(found[:_MOST])
    only = next((url for name in ("image_url", "output_image_url") if (url := _url(output.get(name)))), "")
    return (Slot(url=only),) if only else ()


def _pictures(value: Any, depth: int = 0) -> list[Slot]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [slot for item in value for slot in _pictures(item, depth + 1)]
    if isinstance(value, str):
        return [Slot(url=text(value))] if value.startswith(("http://", "https://")) else []
    if not isinstance(value, dict):
        return []
    if url := next((found for name in ("url", "image", "image_url") if (found := _url(value.get(name)))), ""):
        return [
            Slot(
                url=url,
                code=printable(text(value.get("code")), 120),
                message=printable(unsigned(text(value.get("message")))),
                orig_prompt=text(value.get("orig_prompt")) or None,
                actual_prompt=text(value.get("actual_prompt")) or None,
            )
        ]
    if depth and text(value.get("code")):
        return [_missing(value)]
    inner = [value.get(name) for name in _INSIDE]
    return [slot for item in inner if isinstance(item, dict | list) for slot in _pictures(item, depth + 1)]


def _url(value: Any) -> str:
    return text(value.get("url") if isinstance(value, dict) else value if isinstance(value, str) else None).strip()


def _missing(entry: dict[str, Any]) -> Slot:
    return Slot(
        code=printable(text(entry.get("code")), 120),
        message=printable(unsigned(text(entry.get("message")))) or sentence("the service sent no picture for this one"),
        orig_prompt=text(entry.get("orig_prompt")) or None,
        actual_prompt=text(entry.get("actual_prompt")) or None,
    )


def _row(row: dict[str, Any]) -> TaskRow:
    return TaskRow(
        task_id=task_id_of(row.get("task_id")),
        status=text(row.get("status")),
        model=text(row.get("model_name")),
        created=_seconds(row.get("gmt_create")),
        started=_seconds(row.get("start_time")),
        ended=_seconds(row.get("end_time")),
        request_id=text(row.get("request_id")),
        api_key_id=text(row.get("api_key_id")),
        region=text(row.get("region")),
    )


def _total(output: dict[str, Any]) -> int:
    """Return how many pictures were asked for, 0 where that is not said; qwen's answers have a name of their own."""
    metrics = mapping(output.get("task_metrics")) or mapping(output.get("task_metric"))
    return int(_number(metrics.get("TOTAL")) or 0)


def _usage(value: Any) -> dict[str, Any]:
    return {text(name): _plain(item) for name, item in mapping(value).items()}


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a value that JSON and UTF-8 can hold, with whole numbers as int."""
    if isinstance(value, dict):
        return {text(name): _plain(item, depth + 1) for name, item in value.items()} if depth < _DEEPEST else None
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value] if depth < _DEEPEST else None
    if isinstance(value, bool) or value is None:
        return value
    number = _number(value)
    if number is None:
        return text(value, 400) if isinstance(value, str) else None
    return int(number) if number == int(number) else number


def _number(value: Any) -> float | None:
    """Return a finite number of at least 0, also one that came as text, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 30:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _seconds(milliseconds: Any) -> float | None:
    number = _number(milliseconds)
    return None if not number else number / 1000
