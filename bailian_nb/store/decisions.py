"""What somebody decided about pictures, in one file beside them: accepted, rejected, why; and what was then done anew.

The file is a list of lines, each a JSON object; of two lines about the same picture the later one holds. Lines are
added under a lock, so two kernels may decide at once, and a kernel that is killed, or a full disk, leaves at most one
torn line, which is passed over. It may come with somebody else's folder: sizes are bounded, and a line that is none of
ours is nothing.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from ..errors import InvalidRequest, SaveFailed
from ..system.files import open_lock, write_whole
from ..system.language import sentence

Verdict = Literal["accept", "reject", ""]
"""What may be decided; "" takes a decision back."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
FILE = "decisions.jsonl"
LONGEST = 1000
"""Characters of a reason or a note."""
_LARGEST_LINE = 16_000
_LARGEST = 64 * 1024 * 1024
"""Bytes of the file: of ten thousand pictures it holds about one megabyte."""
_SPARE = 1000
"""Lines that hold no more and are still left where they are."""
_LOCK_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What holds for one picture; `redo` are the values that its row was planned anew with, None where it was not."""

    decision: Verdict = ""
    reason: str = ""
    note: str = ""
    redo: Mapping[str, Any] | None = None

    def __bool__(self) -> bool:
        return bool(self.decision or self.reason or self.note or self.redo is not None)


UNDECIDED = Decision()


class Decisions:
    """The decisions about the pictures below one folder; every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._folder = folder
        self._prefix = f"{str(folder).rstrip(os.sep)}{os.sep}"
        self._lock = threading.Lock()
        self._known: dict[str, Decision] = {}
        self._read = 0
        self._lines = 0
        self._seen: tuple[int, int] = (0, 0)

    def key(self, file: str | Path) -> str:
        """Return what a picture is known by: its path below the folder, or the whole path of one that lies elsewhere.

        So a folder that was moved, or is mounted elsewhere, keeps its decisions.
        """
        path = str(file)  # a text, for ten thousand of them are asked for at once
        below = path[len(self._prefix) :] if path.startswith(self._prefix) else path
        return below.replace(os.sep, "/")

    def get(self, file: str | Path) -> Decision:
        """Return the decision about a picture as it was read last; `refresh` reads what others have decided."""
        return self._known.get(self.key(file), UNDECIDED)

    def refresh(self) -> bool:
        """Read what was added since; tell whether there was anything."""
        with self._lock:
            return self._refresh()

    def put(self, changed: Iterable[tuple[str | Path, Decision]]) -> None:
        """Write decisions down; they are on disk when this returns.

        Raises
        ------
        SaveFailed
            When the folder cannot be written.
        """
        told = {self.key(file): decision for file, decision in changed}
        if not told:
            return
        with self._lock:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with open_lock(self.path.with_name(f".{FILE}.lock")).acquire(timeout=_LOCK_SECONDS):
                    self._refresh()
                    self._add(told)
            except (OSError, TimeoutError) as error:
                raise SaveFailed(
                    sentence("decisions cannot be written to {path}: {error}", path=self.path, error=error)
                ) from error

    def _add(self, told: Mapping[str, Decision]) -> None:
        text = b"".join(_line(key, decision) for key, decision in told.items())
        kept = {**self._known, **told}
        if self._lines + len(told) > 2 * len(kept) + _SPARE:
            whole = b"".join(_line(key, decision) for key, decision in kept.items() if decision)
            write_whole(self.path, whole, overwrite=True, mode=0o666)
            self._read, self._lines, self._known = 0, 0, {}
            self._refresh()
            return
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _AS_IT_IS, 0o666)
        try:
            if os.fstat(descriptor).st_size and not self._ends_whole():
                text = b"\n" + text
            while text:  # of a disk that is nearly full, a part is taken, and the next write says so
                text = text[os.write(descriptor, text) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._refresh()

    def _ends_whole(self) -> bool:
        """Tell whether the last line was written to its end."""
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _refresh(self) -> bool:
        try:
            found = self.path.lstat()
        except OSError:
            changed, self._known, self._read, self._lines = bool(self._known), {}, 0, 0
            return changed
        seen = (found.st_ino, found.st_size)
        if seen == self._seen and self._read == found.st_size:
            return False
        if found.st_ino != self._seen[0] or found.st_size < self._read or found.st_size > _LARGEST:
            self._known, self._read, self._lines = {}, 0, 0
        self._seen = seen
        if found.st_size > _LARGEST or not self.path.is_file():
            return False
        with self.path.open("rb") as file:
            file.seek(self._read)
            data = file.read(_LARGEST)
        whole, _, _ = data.rpartition(b"\n")
        for line in whole.split(b"\n") if whole or data.startswith(b"\n") else ():
            self._lines += 1
            if (read := _of_line(line)) is not None:
                self._known[read[0]] = read[1]
        self._read += len(whole) + 1 if b"\n" in data else 0
        return True


_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""Neither through a link nor, on Windows, with a sign more at the end of each line."""


def checked(decision: object, reason: object = "", note: object = "") -> Decision:
    """Return a Decision made of what a user gave.

    Raises
    ------
    InvalidRequest
        When the decision is none, or reason or note are no texts or too long.
    """
    words = {"accepted": "accept", "rejected": "reject", None: ""}
    word = words.get(decision, decision) if isinstance(decision, str | None) else decision
    if word not in VERDICTS:
        raise InvalidRequest(
            sentence('a decision is "accept", "reject" or "" (none), got {decision!r}', decision=decision)
        )
    for name, text in (("reason", reason), ("note", note)):
        if not isinstance(text, str) or len(text) > LONGEST:
            raise InvalidRequest(sentence("{name} is a text of at most {most} characters", name=name, most=LONGEST))
    return replace(UNDECIDED, decision=word, reason=str(reason), note=str(note))


def _line(key: str, decision: Decision) -> bytes:
    told: dict[str, Any] = {"file": key, "decision": decision.decision, "reason": decision.reason}
    told |= {"note": decision.note} | ({} if decision.redo is None else {"redo": dict(decision.redo)})
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _of_line(line: bytes) -> tuple[str, Decision] | None:
    if not line or len(line) > _LARGEST_LINE:
        return None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("file"), str):
        return None
    if ".." in PurePosixPath(told["file"]).parts or told.get("decision", "") not in VERDICTS:
        return None
    reason, note, redo = told.get("reason", ""), told.get("note", ""), told.get("redo")
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in (reason, note)):
        return None
    simple = isinstance(redo, dict) and all(isinstance(value, str | int | float) for value in redo.values())
    decision = Decision(decision=told.get("decision", ""), reason=reason, note=note, redo=redo if simple else None)
    return told["file"], decision
