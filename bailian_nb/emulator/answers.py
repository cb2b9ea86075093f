"""The JSON that the emulator answers with, in the shapes that the documents show.

`app` calls these; nothing here looks at the clock or at the store.

Sources: T2I V2 and EDIT API references, "manage asynchronous tasks", stored 2026-11-21.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from .. import specs
from .faults import plain
from .refusals import Refusal, message_of
from .tasks import Task

Json = dict[str, Any]
BEIJING = timezone(timedelta(hours=8))
_ADDED = "soft light, fine detail, balanced composition"


def refused(refusal: Refusal, request_id: str) -> Json:
    """Flat body of a refused request."""
    return {"code": refusal.code, "message": refusal.message, "request_id": request_id}


def created(task: Task) -> Json:
    """First answer to an asynchronous submit."""
    return {"output": {"task_status": "PENDING", "task_id": task.id}, "request_id": task.request_id}


def unknown(task_id: str, request_id: str) -> Json:
    """Answer for a task that expired or never was: HTTP 200, with no more than this."""
    return {"request_id": request_id, "output": {"task_id": task_id, "task_status": "UNKNOWN"}}


def queried(task: Task, now: float, request_id: str, url: Callable[[int], str]) -> Json:
    """Answer to a query; `url` gives the address of a picture by its index."""
    status = task.status(now)
    output: Json = {"task_id": task.id, "task_status": status, "submit_time": _time(task.created)}
    if status == "CANCELED":
        return {"request_id": request_id, "output": {**output, "end_time": _time(task.canceled or now)}}
    if status != "PENDING":
        output["scheduled_time"] = _time(task.start)
    if status in ("PENDING", "RUNNING"):
        return {"request_id": request_id, "output": {**output, "task_metrics": _metrics(task, _drawn(task, now), 0)}}
    output["end_time"] = _time(task.end)
    metrics = _metrics(task, len(task.good), task.n - len(task.good))
    if status == "FAILED":
        code = task.code or task.slots[0]
        output |= {"code": code, "message": task.message or message_of(code), "task_metrics": metrics}
        return {"request_id": request_id, "output": output}
    if _family(task) == "single":
        output["image_url"] = url(0)
        if task.message:
            output["message"] = task.message
        return {"request_id": request_id, "output": output, "usage": _usage(task)}
    if task.letter == "A":
        output["results"] = [_result(task, index, url) for index in range(task.n)]
    else:
        output |= {"finished": True, "choices": _choices(task, url)}
    output["task_metrics"] = metrics
    return {"request_id": request_id, "output": output, "usage": _usage(task)}


def synchronous(task: Task, url: Callable[[int], str]) -> Json:
    """Answer to a synchronous call that went well."""
    output: Json = {"choices": _choices(task, url)}
    if _family(task) in ("", "z"):
        output["finished"] = True
    if _family(task) == "qima":
        output["rewrite_status"] = "success" if task.values.get("prompt_extend") else "skipped"
    return {"output": output, "usage": _usage(task), "request_id": task.request_id}


def listed(tasks: list[Task], now: float, page: int, size: int, request_id: str) -> Json:
    """One page of the task list: no prompts and no pictures, times in ms since the epoch."""
    rows = tasks[(page - 1) * size : page * size]
    return {
        "total": len(tasks),
        "data": [_row(task, now) for task in rows],
        "total_page": math.ceil(len(tasks) / size),
        "page_no": page,
        "page_size": size,
        "request_id": request_id,
    }


def api_key_id(account: str) -> str:
    """Return the number that the task list shows for a key."""
    return str(int(hashlib.sha256(account.encode()).hexdigest()[:8], 16) % 900_000 + 100_000)


def logged(tasks: Iterable[Task], now: float) -> list[Json]:
    """Every create, the oldest first, for tests that count what was really asked for and billed."""
    rows = []
    for task in tasks:
        status = task.status(now)
        rows.append(
            {
                "task_id": task.id,
                "model": task.model,
                "function": task.function,
                "n": task.n,
                "seed": task.seed,
                "values": task.given,
                "billed": len(task.good) if status == "SUCCEEDED" else 0,
                "status": status,
                "protocol": task.letter,
                "api_key_id": api_key_id(task.account),
                "at": task.created,
                "start": task.start,
                "end": task.end,
                "leak": task.leak,
                "ignored": list(task.ignored),
            }
        )
    return rows


def _row(task: Task, now: float) -> Json:
    key_id, status = api_key_id(task.account), task.status(now)
    kind = ":".join(task.path.removeprefix("/services/").split("/"))
    row: Json = {
        "api_key_id": key_id,
        "caller_parent_id": "1000000000000000",
        "caller_uid": "1000000000000000",
        "gmt_create": round(task.created * 1000),
        "model_name": task.model,
        "region": task.region,
        "request_id": task.request_id,
        "status": status,
        "task_id": task.id,
        "user_api_unique_key": f"apikey:v1:{kind}:{task.model}",
    }
    if status not in ("PENDING", "CANCELED"):
        row["start_time"] = round(task.start * 1000)
    if status in ("SUCCEEDED", "FAILED"):
        row["end_time"] = round(task.end * 1000)
    return row


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, BEIJING).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _metrics(task: Task, good: int, bad: int) -> Json:
    return {"TOTAL": task.n, "SUCCEEDED": good, "FAILED": bad}


def _drawn(task: Task, now: float) -> int:
    """How many pictures a running task has finished."""
    if now < task.start or task.end <= task.start:
        return 0
    return min(int(task.n * (now - task.start) / (task.end - task.start)), len(task.good))


def _result(task: Task, index: int, url: Callable[[int], str]) -> Json:
    if index in task.slots:
        return {"code": task.slots[index], "message": message_of(task.slots[index])}
    if task.function is not None or "prompt" not in task.given:
        return {"url": url(index)}
    prompt = str(task.given.get("prompt", ""))
    extended = {"actual_prompt": f"{plain(prompt)}, {_ADDED}"} if task.values.get("prompt_extend") else {}
    return {"orig_prompt": prompt, **extended, "url": url(index)}


def _choices(task: Task, url: Callable[[int], str]) -> list[Json]:
    """One choice a picture; no document shows a failed one, so it is left out and `image_count` tells.

    An interleaved answer is one message of text and pictures in turn.
    """
    if task.values.get("enable_interleave") is True:
        content: list[Json] = []
        for index in task.good:
            content.append({"text": f"Picture {index + 1}, drawn by the emulator.", "type": "text"})
            content.append({"image": url(index), "type": "image"})
        return [{"finish_reason": "stop", "message": {"role": "assistant", "content": content}}]
    family = _family(task)
    if family in ("qwen", "qima"):  # one choice with every picture, and no type
        content = [{"image": url(index)} for index in task.good]
        return [{"finish_reason": "stop", "message": {"role": "assistant", "content": content}}]
    if family == "z":
        prompt = plain(str(task.given.get("prompt", "")))
        rewritten = task.values.get("prompt_extend") is True
        message: Json = {"role": "assistant", "content": [{"image": url(index)} for index in task.good]}
        message["content"].append({"text": f"{prompt}, {_ADDED}" if rewritten else prompt})
        return [{"finish_reason": "stop", "message": {**message, "reasoning_content": _ADDED if rewritten else ""}}]
    return [
        {
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": [{"image": url(index), "type": "image"}]},
        }
        for index in task.good
    ]


def _family(task: Task) -> str:
    """Return the family of the model's answers; a model that is not registered any more answers as Wan does."""
    return next((row.answers for row in specs.models() if row.name == task.model), "")


def _usage(task: Task) -> Json:
    count = len(task.good)
    if task.letter == "A":
        return {"image_count": count}
    width, height = (int(side) for side in task.size.split("*")) if "*" in task.size else (0, 0)
    if _family(task) == "qima":
        tier = "1k" if width * height <= 2_250_000 else "2k"
        return {
            "output_width": width,
            "output_height": height,
            "input_image_count": len(task.images),
            "input_image_type": f"qima_input_{tier}",
            "output_image_count": count,
            "output_image_type": f"qima_output_{tier}",
        }
    if _family(task) in ("qwen", "z"):
        return {"width": width, "height": height, "image_count": count}
    spent = 720 if task.model.startswith("wan2.7") else 0  # counted there, and not billed
    return {
        "image_count": count,
        "size": task.size,
        "input_tokens": spent,
        "output_tokens": 11 if spent else 0,
        "total_tokens": spent + 11 if spent else 0,
    }
