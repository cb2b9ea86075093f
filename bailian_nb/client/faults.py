"""What went wrong, as one of our errors: answers with a code, pages of a gateway, tasks that failed.

Pure. The same code may come as a 4xx, inside a task, or for one picture; all go through the table's `lookup`.
"""

from __future__ import annotations

import html
import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import specs
from ..errors import (
    AuthenticationError,
    BailianError,
    BillingError,
    ContentRejected,
    InputDownloadFailed,
    RequestRejected,
    ServiceError,
    SubmitUncertain,
    TaskCanceled,
    TaskExpired,
    TaskFailed,
    Throttled,
    printable,
)
from ..system.language import mark, sentence, spoken
from ..texts.shelf import refused
from .reply import Reply, ids_of, mapping, parse, task_id_of, text, unsigned

if TYPE_CHECKING:
    from .shapes import Answer

KEY_WORDS = {"sk-ws-": "key_workspace", "sk-sp-": "key_plan", "st-": "key_temporary"}
"""Which sentence says what a key is for, by its prefix; of the common kind, none does."""
LONGEST_RETRY_AFTER = 3600.0
_OF_A_GATEWAY = (408, 502, 503, 504)
"""Statuses of answers that a gateway gives on its own; it may hand the call on late all the same."""
_OF_A_MODEL = (403, 404)
"""What a create call for a retired name is answered with."""
_OF_A_TASK = (ContentRejected, InputDownloadFailed, BillingError)
_UNCERTAIN_HINT = mark(
    "It is not sent again by itself: a task may exist and be billed. The console's task list shows it."
)
_LOST_HINT = mark(
    "It is not sent again by itself: it may be billed, and a synchronous call leaves no task to look for."
)


class Reason(NamedTuple):
    """Code, message and ids as an answer gives them, ``""`` where it does not."""

    code: str
    message: str
    request_id: str
    task_id: str


def error_from(
    http_status: int, body: bytes, headers: Mapping[str, str], *, task_id: str = "", reading: bool = False
) -> BailianError:
    """Return the error that an answer means; `headers` have names in lower case.

    With `reading` the answer is to a GET: what did not come from the service itself, and every 5xx, becomes a
    ServiceError, so that asking goes on.
    """
    reason = reason_of(body)
    row = specs.lookup(reason.code, reason.message, http_status)
    kind = row.error
    known = row in specs.CODES
    nonsense = http_status < 400 and not known
    if http_status == 429:
        kind = Throttled if issubclass(kind, ServiceError) else kind
    elif nonsense or (reading and _not_from_the_service(kind, http_status, reason)):
        kind = ServiceError
    more: dict[str, Any] = {
        "code": reason.code,
        "request_id": reason.request_id or headers.get("x-request-id", ""),
        "task_id": task_id or reason.task_id,
        "hint": row.todo.get(spoken()) if known or reason.code else "",
        "http_status": http_status,
    }
    message = reason.message or (
        row.meaning.get(spoken())
        if known
        else sentence("HTTP {http_status} without a reason that can be read", http_status=http_status)
    )
    if not reason.code:
        message = (
            sentence("HTTP {http_status}: {message}", http_status=http_status, message=reason.message)
            if reason.message
            else message
        )
    if issubclass(kind, Throttled):
        return kind(message, retry_after=retry_after(headers), **more)
    return kind(message, **more)


def refusal_from(reply: Reply, *, asynchronous: bool, model: str = "") -> BailianError:
    """Return the error of a create call that was answered with anything but a task or a result.

    A 5xx, a 408 and a 2xx that says neither are uncertain: the service may have begun before it broke.
    """
    if 300 <= reply.status < 400:
        return redirect_error(reply, RequestRejected)
    error = error_from(reply.status, reply.body, reply.headers)
    same: dict[str, Any] = {
        "code": error.code,
        "request_id": error.request_id,
        "task_id": task_id_of(error.task_id) or "",
        "http_status": reply.status,
    }
    if reply.status < 300 or reply.status >= 500 or reply.status == 408:
        if reply.json is None:
            same |= {name: found for name, found in ids_of(reply.body)._asdict().items() if found}
        wanted = "task id" if asynchronous else "picture"
        same["whole"] = reply.status not in _OF_A_GATEWAY
        said = (
            error.message
            if error.code or not reply.ok
            else sentence("the answer (HTTP {status}) holds no {wanted}", status=reply.status, wanted=wanted)
        )
        return uncertain(said, asynchronous=asynchronous, **same)
    if reply.status in _OF_A_MODEL and (todo := refused(model)):
        error.hint = f"{todo}."
    if isinstance(error, ServiceError):
        return RequestRejected(error.message, hint=error.hint, **same)
    return error


def uncertain(message: str, *, asynchronous: bool, **more: Any) -> SubmitUncertain:
    """Return the error of a create call of which nobody knows whether it was carried out."""
    return SubmitUncertain(message, hint=sentence(_UNCERTAIN_HINT) if asynchronous else sentence(_LOST_HINT), **more)


def redirect_error(reply: Reply, kind: type[BailianError], *, task_id: str = "") -> BailianError:
    """Return the error for a redirect, which is never followed: it could carry key and prompt elsewhere."""
    return kind(
        sentence("the base URL answered with a redirect (HTTP {status}), which is not followed", status=reply.status),
        hint=sentence("Check DASHSCOPE_HTTP_BASE_URL: http or https, the host, and /api/v1 at its end."),
        request_id=reply.request_id,
        task_id=task_id,
        http_status=reply.status,
    )


def task_error(answer: Answer) -> BailianError:
    """Return why a final task gave no picture."""
    ids: dict[str, Any] = {"request_id": answer.request_id, "task_id": answer.task_id}
    if answer.state == "CANCELED":
        return TaskCanceled(sentence("the task was canceled; it is not billed"), **ids)
    if answer.state == "UNKNOWN":
        return TaskExpired(
            sentence("the service does not know this task; it keeps tasks for 24 hours"),
            hint=sentence("If it is younger, check the key's base URL and region."),
            **ids,
        )
    blamed = next((slot for slot in answer.slots if slot.code), None)
    code = answer.code or (blamed.code if blamed else "")
    message = answer.message or (blamed.message if blamed else "")
    row = specs.lookup(code, message)
    kind = row.error if issubclass(row.error, _OF_A_TASK) else TaskFailed
    if not code:
        return kind(message or sentence("the task ended without a picture and without a reason"), **ids)
    return kind(message or row.meaning.get(spoken()), code=code, hint=row.todo.get(spoken()), **ids)


def retry_after(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Return seconds from a Retry-After header (a number or an HTTP date), None when there is none that makes sense."""
    given = headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(given).timestamp() - (time.time() if now is None else now)
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else None


def reason_of(body: bytes) -> Reason:
    """Read code and message from flat or nested JSON, from an XML error, or from a gateway's page."""
    data = parse(body)
    if isinstance(data, dict):
        places = [data, mapping(data.get("error")), mapping(data.get("output"))]
        code = _first(places, "code") or _first(places[1:2], "type")
        if code.isdigit():
            code = ""
        message = _first(places, "message", "msg") or text(data.get("error"))
        return Reason(
            code=code,
            message=unsigned(message),
            request_id=_first(places, "request_id", "requestId"),
            task_id=_first(places, "task_id"),
        )
    page = body[:65_536].decode("utf-8", "replace")
    if "<Error" in page and (code := _tag(page, "Code")):
        return Reason(
            code=code, message=unsigned(_tag(page, "Message")), request_id=_tag(page, "RequestId"), task_id=""
        )
    title = _tag(page, "title")
    plain = "" if "<" in page or data is not None else page
    return Reason(code="", message=printable(unsigned(title or plain), 200), request_id="", task_id="")


def _not_from_the_service(kind: type[BailianError], http_status: int, reason: Reason) -> bool:
    if http_status >= 500:
        return not issubclass(kind, Throttled | ServiceError)
    return not reason.code and not issubclass(kind, AuthenticationError)


def _first(places: list[dict[str, Any]], *names: str) -> str:
    return next((word for place in places for name in names if (word := text(place.get(name)).strip())), "")


def _tag(page: str, name: str) -> str:
    # Attributes have an end, so that a page of nothing but beginnings is not searched through for each of them.
    match = re.search(rf"<{name}\b[^<>]{{0,200}}>([^<]{{1,500}})</{name}>", page, re.IGNORECASE)
    return html.unescape(match[1]).strip() if match else ""
