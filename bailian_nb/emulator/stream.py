"""A synchronous answer as server-sent events, as a call with `stream` and X-DashScope-SSE gets it.

`app` sends these. Each event holds what is new, one text or one picture; the last one says that it is finished and
carries the usage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def events(answer: Json) -> Iterator[str]:
    """Yield the events of a whole answer to a messages call."""
    choices = answer["output"]["choices"]
    items = [item for choice in choices for item in choice["message"]["content"]]
    for number, item in enumerate(items, start=1):
        last = number == len(items)
        message = {"role": "assistant", "content": [item]}
        choice = {"finish_reason": "stop" if last else "null", "message": message}
        data: Json = {"output": {"choices": [choice], "finished": last}, "request_id": answer["request_id"]}
        data["usage"] = answer["usage"] if last else {"image_count": 0, "input_tokens": 0, "output_tokens": 0}
        yield f"id:{number}\nevent:result\n:HTTP_STATUS/200\ndata:{json.dumps(data, ensure_ascii=False)}\n\n"
