"""Everything that bailian_nb raises on purpose, in one tree.

::

    BailianError
    ├── InvalidRequest            refused here, before anything was sent; lists every problem
    ├── MissingApiKey             no key is configured and nobody asked for the emulator
    ├── BudgetExceeded            the estimate passes max_cost or confirm_above
    ├── RequestRejected           the service refused the request (4xx)
    │   ├── AuthenticationError   key missing, wrong, or of another region
    │   ├── AccessDenied          key is right, but may not do this
    │   ├── BillingError          overdue, not purchased, budget or free quota used up
    │   ├── Throttled             over a rate or quota limit; nothing was created
    │   ├── ContentRejected       moderation or intellectual-property check
    │   └── InputDownloadFailed   the service could not fetch an input URL
    ├── SubmitUncertain           the create call broke: a task may or may not exist
    ├── TaskFailed                the remote task ended FAILED
    ├── TaskCanceled              the remote task was canceled
    ├── TaskExpired               the service forgot the task (24 h) before it was saved
    ├── NotSent                   a call to collect was never sent, and nobody here has asked for it
    ├── ServiceError              the service or a gateway broke (5xx, unreadable answer)
    ├── NetworkError              no connection; nothing was sent
    ├── SaveFailed                the pictures are paid and fetched, but cannot be written; resume saves them
    ├── DownloadError             a finished picture could not be fetched or is not a picture
    ├── BucketError               object storage refused or cannot be reached
    └── JobTimeout                waiting took longer than asked (also a TimeoutError)

``WaitInterrupted`` stands beside the tree: it is a ``KeyboardInterrupt`` that says that the Job goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

# C0 and C1 controls but tab and newline, bidirectional overrides, and lone surrogates: what can move a cursor,
# colour a terminal, reorder a line or break an encoder.
_UNPRINTABLE = re.compile(
    "\x1b\\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


# Bytes of a name that the locale cannot read, as Python shows them; others of its bytes may look like letters.
_NAME = re.compile(r"[^\s/\\]+")
_RAW = re.compile("[\udc80-\udcff]")
_RAW_ALONE = re.compile("[\udc80-\udcff][\udc80-\udcff@-~]*")
_KEY = re.compile(r"(?<![A-Za-z0-9])sk-(?:[A-Za-z0-9]{1,8}-)?[A-Za-z0-9]{20,}")
"""What looks like an API key, and like no word or file's name that somebody would choose."""
_ENDS = (".", "!", "?", "…", "。", "！", "？")


Front = Literal["python", "magic", "program"]
"""Who reads a line: code that calls in Python, the cell of a magic, a terminal after `bailian-nb`."""

_NO = {"paste_back": "--no-paste"}
_PROGRAM = (
    *("cancel", "config", "cost", "doctor", "functions", "help"),
    *("history", "inspect", "jobs", "models", "rerun", "resume"),
)
"""Commands of `%wan` that the command line has, too."""
_IN_PYTHON = ("resume", "rerun")
"""Those that are functions of `bailian_nb`."""
_TAKING = "n|to|mask|max_cost|retries|(?:left|right|top|bottom)_scale"
_SPELLED = re.compile(
    r"""(?P<quoted>(?<!\w)(?:'[^']*'|"[^"]*")(?!\w))"""
    r"|(?P<both>\b\w+(?:=[\w.]*|\([^()]*\)))(?: \(|（)(?P<typed>(?:--|%wan)[^()（）]*)[)）]"
    r"|(?<!--axis )(?P<axis>\b(?!label\b|color\b)[a-z_]+)=\[(?P<values>[^\]]*)\]"
    r"|(?<![\w.])(?P<switch>[a-z_]+)=(?P<truth>True|False)\b"
    rf"|(?<![\w.?&-])(?<!--axis )(?P<name>{_TAKING})=(?P<value>[\w.:*]*)"
    r"|`%wan (?P<command>[a-z]+)(?P<rest>[^`]*)`"
    r"|%wan (?P<bare>[a-z]+)(?P<switches>(?: --[a-z]+)*)"
    r"|`--(?P<option>adopt|forget|send)(?P<of> [^`]+)?`"
)
"""How lines are written here: options as in Python (or both ways), commands as in a cell."""


def spelled(text: str, front: Front) -> str:
    """Return a line of ours with its options and commands as they are written at a front.

    Lines are written with options as in Python (`fit=True`), commands as in a cell (`%wan resume`), or with both
    (`cache=False (--no-cache)`); what stands in quotes is what somebody gave and stays.

    >>> spelled("fit=True shrinks it; `%wan resume --adopt t-1`", "magic")
    '--fit shrinks it; `%wan resume --adopt t-1`'
    >>> spelled("fit=True shrinks it; `%wan resume --adopt t-1`", "python")
    "fit=True shrinks it; `wan.resume(adopt='t-1')`"
    """
    return _SPELLED.sub(lambda match: _respelled(match, front), text)


def _respelled(match: re.Match[str], front: Front) -> str:
    part = match.groupdict()
    if part["both"]:
        typed = re.sub("%wan[ _]", "bailian-nb ", part["typed"]) if front == "program" else part["typed"]
        return part["both"] if front == "python" else typed
    if part["command"]:
        return f"`{_command(part['command'], part['rest'], front)}`"
    if part["bare"]:
        return _command(part["bare"], part["switches"], front)
    if part["option"]:
        named = f"{part['option']}={_given(part['of'])}"
        return f"`{named}`" if front == "python" else match[0]
    if front == "python" or part["quoted"]:
        return match[0]
    if part["axis"]:
        return f"--axis {part['axis']}={part['values'].replace(' ', '')}"
    if part["switch"]:
        name = part["switch"].replace("_", "-")
        return f"--{name}" if part["truth"] == "True" else _NO.get(part["switch"], f"--no-{name}")
    dashes = "-" if len(part["name"]) == 1 else "--"
    return f"{dashes}{part['name'].replace('_', '-')} {part['value']}".rstrip()


def _command(name: str, rest: str, front: Front) -> str:
    """Return a command of `%wan` with what stands behind it, as a front has it, if it does."""
    if front == "program" and name in _PROGRAM:
        return f"bailian-nb {name}{rest}"
    if front != "python" or name not in _IN_PYTHON:
        return f"%wan {name}{rest}"
    first = re.match(r" (?!--)(\S+)", rest)
    given = [repr(first[1])] if first else []
    given += [f"{option}={_given(value)}" for option, value in re.findall(r" --([a-z]+)( (?!--)\S+)?", rest)]
    return f"wan.{name}({', '.join(given)})"


def _given(value: str | None) -> str:
    return repr(value.strip()) if value else "True"


def readable(text: object) -> str:
    """Return a name as people read it: bytes that the locale cannot read as UTF-8, else as Chinese of older systems."""
    line = str(text)
    return _NAME.sub(_as_read, line) if _RAW.search(line) else line


def _as_read(match: re.Match[str]) -> str:
    name = match[0]
    if not _RAW.search(name):
        return name
    if any("\u07ff" < letter < "\ud800" for letter in name):  # Chinese words around it
        return _RAW_ALONE.sub(lambda part: _decoded(part[0]), name)
    return _decoded(name)


def _decoded(name: str) -> str:
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair that no name of a file has
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "backslashreplace")


def keyless(text: str) -> str:
    """Return `text` without what looks like an API key: somebody may have put his own into the wrong place.

    >>> keyless("unknown model sk-" + 32 * "a")
    'unknown model sk-...'
    """
    return _KEY.sub("sk-...", text)


def printable(text: object, limit: int = 400) -> str:
    """Return `text` from outside as one safe line of at most `limit` characters; no API key is in it."""
    line = keyless(" ".join(_UNPRINTABLE.sub("", readable(str(text)[: limit * 8])).split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def one_line(error: BaseException) -> str:
    """Return an error as a terminal, a cell or a widget shows it where nothing else stands beside it."""
    name, line = type(error).__name__, str(error)
    return line if line.startswith(f"{name}: ") else f"{name}: {line}"


def _hint_last(line: str, hint: str) -> str:
    return f"{line}{'' if line.endswith(_ENDS) else '.'} {hint}" if line else hint


arrange: Callable[[str, str], str] = _hint_last
"""Puts what was wrong and what to do together; `system.language` knows in which order a language has them."""


joined: Callable[[Iterable[str]], str] = "; ".join
"""Puts several problems into one line, as a language does."""


class BailianError(Exception):
    """Carry what the service said and what to do about it.

    Parameters
    ----------
    message
        What was wrong, in one line.
    code
        DashScope's error code, or ``""`` where the error is ours.
    request_id, task_id
        The service's ids, or ``""``.
    hint
        What to do, in one line, or ``""``.
    http_status
        Status of the answer, 0 where there was none.

    As a str it is written for its `front`, see `spelled`.
    """

    show_traceback = False
    front: Front = "python"

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        request_id: str = "",
        task_id: str = "",
        hint: str = "",
        http_status: int = 0,
    ) -> None:
        self.message = printable(message)
        self.code = printable(code, 120)
        self.request_id = printable(request_id, 120)
        self.task_id = printable(task_id, 120)
        self.hint = keyless(hint)
        self.http_status = http_status
        super().__init__(self.message)

    def __str__(self) -> str:
        code = "" if self.code in self.message else self.code
        message = self.message if self.code else spelled(self.message, self.front)  # the service's words stay
        line = ": ".join(part for part in (code, message) if part)
        ids = ", ".join(
            f"{name} {value}" for name, value in (("request", self.request_id), ("task", self.task_id)) if value
        )
        if ids:
            line = f"{line.rstrip('.')} ({ids})".lstrip()
        return arrange(line, spelled(self.hint, self.front)) if self.hint else line

    def _render_traceback_(self) -> list[str]:
        """Show one line in IPython; a user's mistake needs no stack."""
        if self.show_traceback:
            import traceback

            return traceback.format_exception(self)
        return [one_line(self)]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with a request: `message` says what was given, what is allowed, what to do.

    `parameter` is DashScope's name of what is wrong, "" where it is the call as a whole.
    """

    parameter: str
    message: str


class InvalidRequest(BailianError):
    """Refuse a request before it is sent; `problems` holds every reason, not only the first.

    Parameters
    ----------
    problems
        What is wrong; a str is one Problem that belongs to no parameter.
    """

    def __init__(self, problems: list[Problem] | tuple[Problem, ...] | str, *, hint: str = "") -> None:
        if isinstance(problems, str):
            problems = [Problem(parameter="", message=problems)]
        self.problems = tuple(replace(problem, message=keyless(problem.message)) for problem in problems)
        super().__init__("", hint=hint)
        self.message = joined(printable(problem.message) for problem in self.problems)
        self.args = (self.message,)


class MissingApiKey(BailianError):
    """No API key is configured and the emulator was not asked for."""


class BudgetExceeded(BailianError):
    """The estimate passes `max_cost`, or `confirm_above` where nobody can or did press Run."""


class RequestRejected(BailianError):
    """The service refused the request; no task was made."""


class AuthenticationError(RequestRejected):
    """The key is missing, wrong or belongs to another region."""


class AccessDenied(RequestRejected):
    """The key is right but may not use this model, workspace or protocol."""


class BillingError(RequestRejected):
    """The account must pay, activate or raise a budget first; waiting does not help."""


class Throttled(RequestRejected):
    """A rate or quota limit was passed; nothing was created, so sending again later is safe.

    `retry_after` is seconds as the service asked for, None where it named none.
    """

    def __init__(self, message: str = "", *, retry_after: float | None = None, **more: object) -> None:
        self.retry_after = retry_after
        super().__init__(message, **more)  # type: ignore[arg-type]  # the same keywords as BailianError


class ContentRejected(RequestRejected):
    """Moderation or the intellectual-property check refused the prompt, an input or the result."""


class InputDownloadFailed(RequestRejected):
    """The service could not fetch an input picture from its URL."""


class SubmitUncertain(BailianError):
    """The create call broke half-way: a task may exist and be billed, so it is not sent again.

    `task_begins` is the beginning of its id, where the answer was cut in the middle of it; `later` says if a later
    look may find it. `whole` is True where an answer came, and not a gateway's for it: nothing is made any more then.
    """

    def __init__(
        self,
        message: str = "",
        *,
        task_begins: str = "",
        later: bool = False,
        whole: bool = False,
        **more: object,
    ) -> None:
        self.task_begins = printable(task_begins, 120)
        self.later = later
        self.whole = whole
        super().__init__(message, **more)  # type: ignore[arg-type]  # the same keywords as BailianError


class TaskFailed(BailianError):
    """The remote task ended FAILED; a failed task is not billed."""


class TaskCanceled(BailianError):
    """The remote task was canceled."""


class TaskExpired(BailianError):
    """The service no longer knows the task: it keeps tasks and pictures for 24 hours."""


class NotSent(BailianError):
    """A call that was to be collected here was never sent, and the kernel that was about to send it is gone."""


class ServiceError(BailianError):
    """The service or a gateway before it broke, or its answer cannot be read."""


class NetworkError(BailianError):
    """No connection could be made, so nothing was sent."""


PASSING = (NetworkError, ServiceError, Throttled)
"""What may be over a moment later: a read is repeated after it, a create call is not."""


class DownloadError(BailianError):
    """A finished picture could not be fetched whole, or what came is no picture; `again` says if trying may help."""

    def __init__(self, message: str = "", *, again: bool = False, **more: object) -> None:
        self.again = again
        super().__init__(message, **more)  # type: ignore[arg-type]  # the same keywords as BailianError


class SaveFailed(BailianError):
    """The task succeeded, but its pictures cannot be written; `resume` saves them within 24 hours, for no money."""


class BucketError(BailianError):
    """Object storage refused or cannot be reached; `missing` says that no such object is there.

    The line holds nothing of a key or a signature.
    """

    def __init__(self, message: str = "", *, missing: bool = False, **more: object) -> None:
        self.missing = missing
        super().__init__(message, **more)  # type: ignore[arg-type]  # the same keywords as BailianError


class JobTimeout(BailianError, TimeoutError):
    """Waiting took longer than the seconds that were asked for; the Job goes on."""


class WaitInterrupted(KeyboardInterrupt):
    """Waiting was interrupted; the Job goes on and nothing is lost."""

    def _render_traceback_(self) -> list[str]:
        return [f"Interrupted: {self}"]
