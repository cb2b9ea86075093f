"""Keys that something gives on demand: a command of the user's, or a key server that mints temporary ones.

`find_key` asks here. What comes back is a RenewedKey: it stands for the same account however often its value changes,
and `client` renews it before it ends and when the service refuses it. A key server is asked by a command, too, which is
our own (`bailian-nb keys fetch`), so that there is one way. As in `key`, no frame that raises holds what is secret.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO, Any

from ..errors import MissingApiKey, printable
from ..system.environment import Environment, masked
from ..system.language import sentence
from .key_value import Secret

SECONDS = 30.0
"""How long a command may take."""
EARLY = 0.2
"""The part of a key's life that is left when it is renewed."""
AGAIN = 30.0
"""Seconds until a command that failed is run again, while its last key is good."""
ENDS = 5.0
"""Seconds that a command which is killed has to be gone."""
LINGERS = 0.5
"""Seconds for the last of its output after a command has ended."""
_MOST = 64 * 1024
_TEAM = re.compile(r"[0-9a-f]{24}")
now = time.time
"""Seconds since 1970: a machine that slept must see that its key is over."""


@dataclass(frozen=True)
class _Given:
    """What a command gave: a key, whose account it is, and from when to when it is used; or why there is none."""

    key: Secret = Secret("")  # noqa: RUF009  # one that is none
    account: str = ""
    renew_at: float = float("inf")
    ends: float = float("inf")
    reason: str = ""
    team: str = ""
    """What the account is known by on all machines: whoever has the parent key itself has the same."""


class KeySource:
    """One command and the key that it gave last; all threads share it."""

    def __init__(self, command: Sequence[str], *, named: str, ours: bool = False) -> None:
        self._command = tuple(command)
        self._ours = ours
        self.named = named
        """The variable that it comes from."""
        self.held = _Given(ends=0.0, renew_at=0.0)
        self._one = threading.Lock()

    def __repr__(self) -> str:
        return f"<KeySource {self.named}>"

    @property
    def due(self) -> bool:
        """True when the key should be renewed."""
        return now() >= self.held.renew_at

    @property
    def over(self) -> bool:
        """True when there is no key that can be sent."""
        return now() >= self.held.ends

    @property
    def label(self) -> str:
        """What stands for the account, however often the key changes."""
        return self.held.account or "\n".join((self.named, *self._command))

    def renew(self, refused: Secret | None = None) -> str:
        """Run the command unless another thread has just done so; return why there is no key, "" when there is.

        `refused` is a key that the service did not take: where it is still the one that is held, it is over.
        """
        with self._one:
            if not (self.due if refused is None else refused == self.held.key):
                return ""
            found = _run(self._command, ours=self._ours)
            if found.reason and refused is None and not self.over:
                self.held = replace(self.held, renew_at=min(now() + AGAIN, self.held.ends))
                return ""
            if found.reason:
                return found.reason if found.reason.startswith(self.named) else f"{self.named}: {found.reason}"
            self.held = found
            return ""


class RenewedKey(Secret):
    """A key whose value changes while what it stands for stays; equal to any other of its source."""

    __slots__ = ("_source",)

    def __init__(self, source: KeySource) -> None:
        super().__init__("")
        self._source = source

    def reveal(self) -> str:
        return self._source.held.key.reveal()

    def keyed_hash(self, salt: bytes, base_url: str) -> str:
        """Return digits for the account that the key's source has said, else for the source itself."""
        return Secret(self._source.label).keyed_hash(salt, base_url)

    def team_hash(self, salt: bytes, base_url: str) -> str:
        """Return what the key's source says of its parent's account, else digits as `keyed_hash`."""
        return self._source.held.team or self.keyed_hash(salt, base_url)

    @property
    def renews(self) -> bool:
        """Return True."""
        return True

    @property
    def due(self) -> bool:
        return self._source.due

    @property
    def over(self) -> bool:
        """True when it must not be sent any more."""
        return self._source.over

    def at_the_moment(self) -> Secret:
        return self._source.held.key

    def renew(self, refused: Secret | None = None) -> str:
        return self._source.renew(refused)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RenewedKey) and other._source is self._source

    def __hash__(self) -> int:
        return hash(("RenewedKey", id(self._source)))


_sources: dict[tuple[str, str], KeySource] = {}
_opening = threading.Lock()

if hasattr(os, "register_at_fork"):  # a thread of the parent may hold locks, and is not here to let go
    os.register_at_fork(after_in_child=lambda: globals().update(_sources={}, _opening=threading.Lock()))


def renewed_key(env: Environment) -> RenewedKey | None:
    """Return the key that a command prints or a key server gives, None where neither is named.

    A command prints the key alone, or JSON with `token` and `expires_in` (seconds) or `expires_at` (since 1970). No
    shell reads it; what needs one names it (`sh -c '...'`). What it says on its error output is shown nowhere, and
    neither is the command itself, which may hold a secret.

    Raises
    ------
    MissingApiKey
        When the command cannot be run, fails, takes too long or prints no key; when the server cannot be reached or
        refuses.
    """
    source = _source(env)
    if source is None:
        return None
    key = RenewedKey(source)
    reason = key.renew() if key.over else ""
    if reason:
        raise MissingApiKey(reason)
    return key


def _source(env: Environment) -> KeySource | None:
    """Return what the first of the variables stands for, the same each time."""
    for named in ("BAILIAN_NB_KEY_COMMAND", "BAILIAN_NB_KEY_SERVER"):
        given = env.quoted(named) if named == "BAILIAN_NB_KEY_COMMAND" else env.get(named)
        if not given:
            continue
        with _opening:
            if (known := _sources.get((named, given))) is None:
                ours = named == "BAILIAN_NB_KEY_SERVER"
                words = [sys.executable, "-m", "bailian_nb", "keys", "fetch", given] if ours else _words(given)
                known = _sources[named, given] = KeySource(words, named=named, ours=ours)
            return known
    return None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, posix=os.name != "nt")
    except ValueError:  # a quote that is not closed
        return []


def _wrong(command: Sequence[str]) -> str:
    """Say why a command line names no command, "" where it does; none of it is shown, as a secret may stand first."""
    if not command or not command[0]:
        return sentence("no command can be read in it; a quote may not be closed")
    if "=" in PurePath(command[0]).name:
        return sentence("it begins with NAME=VALUE, which only a shell understands: write env before it")
    return ""


class _Printed:
    """What a command prints, gathered by a thread: what the command leaves running may hold the line open for long.

    No frame shows it: an interrupt while we wait finds this object alone.
    """

    __slots__ = ("_parts", "_pipe", "_reading")

    def __init__(self, pipe: IO[bytes]) -> None:
        self._parts = bytearray()
        self._pipe = pipe
        self._reading = threading.Thread(target=self._gather, name="bailian_nb-key", daemon=True)
        self._reading.start()

    def understood(self, program: str, *, ours: bool) -> _Given:
        """Return what it printed once it has ended, as far as that has come."""
        self._reading.join(LINGERS)
        return _read(bytes(self._parts[: _MOST + 1]), program, ours=ours)

    def _gather(self) -> None:
        with self._pipe:  # closed after the most that is read: one that prints without end hears it
            while len(self._parts) <= _MOST and (part := self._pipe.read(_MOST)):
                self._parts += part


def _run(command: Sequence[str], *, ours: bool) -> _Given:
    """Run it and read what it prints; nothing is raised but an interrupt."""
    if wrong := _wrong(command):
        return _Given(reason=wrong)
    program = masked(printable(PurePath(command[0]).name, 60))
    try:
        process = subprocess.Popen(  # noqa: S603  # it is the user's own word, and no shell reads it
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=os.name != "nt",
        )
    except (OSError, ValueError) as error:
        why = type(error).__name__
        return _Given(reason=sentence("the command {program} cannot be run ({why})", program=program, why=why))
    if process.stdout is None:
        raise RuntimeError("its output was to come by a pipe")
    printed = _Printed(process.stdout)
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        said = sentence("the command {program} took longer than {seconds:.0f} s", program=program, seconds=SECONDS)
        return _Given(reason=said)
    finally:
        _end(process)
    given = printed.understood(program, ours=ours)
    if code and not (ours and given.reason):
        return _Given(
            reason=sentence(
                "the command {program} ended with exit code {code}; run it in a terminal to see why",
                program=program,
                code=code,
            )
        )
    return given


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and what it has started."""
    if process.poll() is not None:
        return
    try:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:  # it has just ended
        pass
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(ENDS)


def _read(printed: bytes, program: str, *, ours: bool) -> _Given:
    """Return the key that a command printed, or what is wrong with it; none of it is shown.

    What our own command says of an error holds no key.
    """
    found = _object(printed)
    if ours and found and found.get("error"):
        return _Given(reason=printable(str(found["error"]), 400))
    account, team, seconds = "", "", float("inf")
    if found is None:
        key = Secret.read(printed)
    else:
        given = found.get("token") or found.get("key")
        key = Secret(given.strip() if isinstance(given, str) else "")
        seconds = _life(found)
        account, team = (each if isinstance(each := found.get(name), str) else "" for name in ("account", "team"))
        team = team if _TEAM.fullmatch(team) else ""
    if not key:
        return _Given(reason=sentence("the command {program} printed no key", program=program))
    if fault := key.fault:
        return _Given(reason=sentence("what the command {program} printed {fault}", program=program, fault=fault))
    if seconds <= 0:
        return _Given(reason=sentence("the key that the command {program} printed is over already", program=program))
    return _Given(key, account, now() + seconds * (1 - EARLY), now() + seconds, team=team)


def _life(found: dict[str, Any]) -> float:
    """Return the seconds that a key lives: `expires_in` needs no clock, `expires_at` (since 1970) needs ours."""
    left, end = _number(found.get("expires_in")), _number(found.get("expires_at"))
    if left is not None:
        return left
    return end - now() if end is not None else float("inf")


def _number(given: Any) -> float | None:
    """Read a number, which some commands print as text; None where it is none that a clock has."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        found = float(given)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _object(printed: bytes) -> dict[str, Any] | None:
    if not printed.lstrip().startswith(b"{"):
        return None
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
