"""One HTTP answer as it came, and doubtful JSON read without trust. The readers of answers and faults use it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..config import Secret
from ..errors import printable

MAX_VALUES = 100_000
"""The most values that are read from JSON: each takes up to 100 bytes, and a page of a hundred tasks has 1,500."""

_OPENS = (b"[", b"{", b",")  # one before each value but the first
_LONG_ENOUGH_TO_HIDE = 12
_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_GIVEN = re.compile(rb'"(task_id|request_id)"\s*:\s*"([A-Za-z0-9][A-Za-z0-9._:-]{0,127})("?)')
_SIGNED_QUERY = re.compile(r"\?[^\s\"'<>]*?(?:signature|security-token)=[^\s\"'<>)]*", re.IGNORECASE)
_TELLING = 12
"""Characters of an id by which it is known: no two of a day's begin with the same."""


class Ids(NamedTuple):
    """What an answer that broke off says of ids; `task_begins` is the beginning of one that was cut."""

    task_id: str = ""
    request_id: str = ""
    task_begins: str = ""


NO_IDS = Ids()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Status, headers (names in lower case) and body of one answer of the API."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The body as JSON, None when it is none."""
        return parse(self.body)

    @property
    def request_id(self) -> str:
        """The service's id of this answer, from the body or else from the header."""
        return printable(text(mapping(self.json).get("request_id")) or self.headers.get("x-request-id", ""), 120)

    def without(self, key: Secret) -> Reply:
        """Return this answer with the key hidden, also where escapes or another encoding hide it from a search."""
        if len(key.reveal()) < _LONG_ENOUGH_TO_HIDE:
            return self
        body = self.body.replace(key.reveal().encode(), repr(key).encode())
        if b"\\u" in body or b"&#" in body or json.detect_encoding(body) != "utf-8":
            plain = _plain(body)
            body = plain.replace(key.reveal(), repr(key)).encode("utf-8", "replace") if key.reveal() in plain else body
        headers = {name: hidden(value, key) for name, value in self.headers.items()}
        return Reply(status=self.status, headers=headers, body=body)


def unsigned(words: str) -> str:
    """Return text from outside without the queries of signed URLs: whoever has one can read what it names."""
    return _SIGNED_QUERY.sub("?...", words)


def hidden(words: str, key: Secret) -> str:
    """Return text from outside with the key hidden; one too short to be told from other words stays."""
    return words.replace(key.reveal(), repr(key)) if len(key.reveal()) >= _LONG_ENOUGH_TO_HIDE else words


def parse(body: bytes) -> Any:
    """Return the JSON value of `body`, None when it cannot be read; bytes that are no text become question marks."""
    if sum(map(body.count, _OPENS)) > MAX_VALUES:
        return None
    try:
        return json.loads(body.decode(json.detect_encoding(body), "replace"), parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def _plain(body: bytes) -> str:
    """Return what a reader of JSON or of a page makes of `body`."""
    try:
        if (value := parse(body)) is not None:
            return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        pass  # read, but too deep to be written
    return html.unescape(body.decode("utf-8", "replace"))


def ids_of(body: bytes) -> Ids:
    """Return the ids in a piece of JSON that is no whole one."""
    found = {name.decode(): (word.decode(), bool(whole)) for name, word, whole in _GIVEN.findall(body[:65_536])}
    task, request = (found.get(name, ("", False)) for name in ("task_id", "request_id"))
    return Ids(
        task_id=task[0] if task[1] else "",
        request_id=request[0] if request[1] else "",
        task_begins=task[0] if not task[1] and len(task[0]) >= _TELLING else "",
    )


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any, limit: int = 20_000) -> str:
    """Return a string or number as text that every encoder takes, anything else as ``""``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:limit].encode("utf-8", "replace").decode()


def task_id_of(value: Any) -> str:
    """Return a task id that can stand in a path, else ``""``."""
    word = text(value).strip()
    return word if _TASK_ID.fullmatch(word) else ""


def _whole(digits: str) -> int | float:
    # int() refuses very long numbers, and one silly number must not hide the task id beside it.
    return int(digits) if len(digits) < 20 else float(digits)
