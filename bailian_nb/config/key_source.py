"""Keys that something gives on demand: a command of the user's, or a key server that mints temporary ones.

`find_key` asks here. What comes back is a RenewedKey: it stands for the same account however often its value changes,
and `client` renews it before it ends and when the service refuses it. A key server is asked by a command, too, which is
our own (`bailian-nb keys fetch`), so that there is one way. As in `key`, no frame that raises holds what is secret.
"""

from __future__ import annotations

import json
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
from typing import Any

from ..errors import MissingApiKey, printable
from ..system.environment import Environment
from ..system.language import sentence
from .key_value import Secret

SECONDS = 30.0
"""How long a command may take."""
EARLY = 0.2
"""The part of a key's life that is left when it is renewed."""
AGAIN = 30.0
"""Seconds until a command that failed is run again, while its last key is good."""
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
                return f"{self.named}: {found.reason}"
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
    except ValueError:  # a quote that is not closed; the system says that there is no such program
        return [command]


def _run(command: Sequence[str], *, ours: bool) -> _Given:
    """Run it and read what it prints; nothing is raised but an interrupt."""
    program = printable(PurePath(command[0]).name if command else "", 60)
    try:
        process = subprocess.Popen(  # noqa: S603  # it is the user's own word, and no shell reads it
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name != "nt",
        )
    except (OSError, ValueError, IndexError) as error:
        why = type(error).__name__
        return _Given(reason=sentence("the command {program} cannot be run ({why})", program=program, why=why))
    late = threading.Event()

    def stop() -> None:
        late.set()
        _end(process)

    timer = threading.Timer(SECONDS, stop)
    timer.daemon = True
    timer.start()
    try:
        # Read and understood in one: an interrupt while we wait finds a frame without the key.
        given = _read(process.stdout.read(_MOST + 1) if process.stdout is not None else b"", program, ours=ours)
        if process.stdout is not None:
            process.stdout.close()  # one that prints without end hears it
        code = process.wait()
    finally:
        timer.cancel()
        _end(process)
    if late.is_set():
        said = sentence("the command {program} took longer than {seconds:.0f} s", program=program, seconds=SECONDS)
        return _Given(reason=said)
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
        return


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
    left, end = found.get("expires_in"), found.get("expires_at")
    if isinstance(left, int | float) and not isinstance(left, bool):
        return float(left)
    if isinstance(end, int | float) and not isinstance(end, bool):
        return float(end) - now()
    return float("inf")


def _object(printed: bytes) -> dict[str, Any] | None:
    if not printed.lstrip().startswith(b"{"):
        return None
    try:
        found = json.loads(printed)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
