"""One open call of a request over all machines: who makes it, how far that is, and where its pictures lie.

A claim is known by a hash of account and request. `jobs.team` takes it before a create call and marks each step; what
this process holds is told again with its beats, so that a server that came back empty knows it, too.
"""

from __future__ import annotations

import hashlib
import json
import platform
import threading
from dataclasses import dataclass

from ...system.language import sentence
from .member import GRACE, LASTS, Member, milliseconds, new_life
from .server import Cold

KEEP = 86400.0
"""Seconds for which a claim lies in Redis: as long as the service keeps a task."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What another machine makes of the same request.

    `state` is `claimed` before its create call, `sent`, `parked` or `done`; `gone` tells that its process has not been
    heard of. `pictures` are (path, raw path, sha256) as that machine wrote them.
    """

    machine: str
    row: str
    owner: str
    host: str
    state: str
    task: str = ""
    pictures: tuple[tuple[str, str, str], ...] = ()
    gone: bool = False


class Claims:
    """The claims of one account, as the machine named `machine` holds them."""

    def __init__(self, member: Member, machine: str) -> None:
        self._member = member
        self._machine = machine
        self._held: dict[str, tuple[str, str, str]] = {}
        """By key: row, state and task."""
        self._lock = threading.Lock()
        member.on_beat.append(self._tell_again)

    def take(self, request: str, row: str, age: float) -> Claim | None:
        """Claim a request; return who makes it, or has made it within the last `age` seconds, None where that is us.

        Raises
        ------
        Away
            When the server cannot be used, as from every method here; Cold while it gathers what it had forgotten.
        """
        key, member = self._key(request), self._member
        given = [
            member.machine(self._machine),
            row,
            member.owner,
            platform.node(),
            *milliseconds(LASTS, KEEP, age, GRACE),
            new_life(),
        ]
        what, life, *other = member.ask("claim", [key, member.key("life")], given)
        member.lived(life)
        if what == 2:
            raise Cold(sentence("it came up empty, and hears from all machines what they make"))
        if what == 0:
            gone, fields = other
            return _read(dict(zip(fields[::2], fields[1::2], strict=True)), bool(gone))
        with self._lock:
            self._held[key] = row, "claimed", ""
        return None

    def adopt(self, request: str, row: str, task: str) -> bool:
        """Take over the task of a machine that is gone; False where it is back, or another one was quicker."""
        key, member = self._key(request), self._member
        given = [member.machine(self._machine), row, member.owner, platform.node(), *milliseconds(LASTS, KEEP), task]
        if not member.ask("adopt", [key], given):
            return False
        with self._lock:
            self._held[key] = row, "sent", task
        return True

    def mark(self, request: str, row: str, state: str, *, task: str = "", pictures: object = ()) -> bool:
        """Note how far a request of ours is, "" gives it up; False where another machine has it."""
        key = self._key(request)
        with self._lock:
            if state in ("", "done", "parked"):
                self._held.pop(key, None)
            else:
                self._held[key] = row, state, task
        return self._mark([key], [(row, state, task, json.dumps(pictures) if pictures else "")])[0] == 1

    def holds(self) -> bool:
        """Tell whether there is anything to tell again."""
        return bool(self._held)

    def _tell_again(self) -> None:
        with self._lock:
            held = dict(self._held)
        if held:
            self._mark(list(held), [(*each, "") for each in held.values()])

    def _mark(self, keys: list[str], claims: list[tuple[str, str, str, str]]) -> list[int]:
        member = self._member
        given = [member.machine(self._machine), member.owner, platform.node(), *milliseconds(LASTS, KEEP)]
        found: list[int] = member.ask("mark", keys, [*given, *(each for claim in claims for each in claim)])
        return found

    def _key(self, request: str) -> str:
        named = hashlib.sha256(f"{self._member.account}\n{request}".encode()).hexdigest()[:32]
        return self._member.key("claim", named)


def _read(fields: dict[str, str], gone: bool) -> Claim:
    pictures = tuple(tuple(each) for each in json.loads(fields.get("pictures") or "[]"))
    named = {name: fields.get(name, "") for name in ("machine", "row", "owner", "host", "state", "task")}
    return Claim(**named, pictures=pictures, gone=gone)
