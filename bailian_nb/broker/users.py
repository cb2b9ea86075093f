"""Who asks a key server: users of a JupyterHub by the hub's word, or those of a file of tokens. `app` calls it."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..client.keys import Wire
from ..config import Secret
from ..errors import InvalidRequest
from ..system.language import os_reason, sentence

KNOWN_SECONDS = 30.0
"""How long a hub's word on a token holds: a user who is shut out gets no new key after that."""
_MOST = 4096
_SHORTEST = 16


class Users(Protocol):
    """Tells who has a token."""

    async def who(self, token: Secret) -> str:
        """Return the user's name, "" for a token that nobody has.

        Raises
        ------
        BailianError
            When that cannot be said now.
        """

    def knows(self, token: Secret) -> bool:
        """Tell whether a token is or was somebody's, as far as that can be said without asking anybody."""


@dataclass(kw_only=True)
class HubUsers:
    """Users of a JupyterHub, by its API (`.../hub/api`); `only` names those who get keys, none of them: all."""

    api: str
    wire: Wire
    only: Collection[str] = ()
    now: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    async def who(self, token: Secret) -> str:
        """Return the user's name as the hub has it, remembered for half a minute."""
        mark = _digest(token)
        name, until = self._known.get(mark, ("", 0.0))
        if self.now() >= until:
            name = await self.wire.user_of(self.api, token)
            if len(self._known) >= _MOST:
                self._known.clear()
            if name:
                self._known[mark] = (name, self.now() + KNOWN_SECONDS)
            else:
                self._known.pop(mark, None)
        return name if not self.only or name in self.only else ""

    def knows(self, token: Secret) -> bool:
        """Tell whether the hub has named a user for the token before."""
        return _digest(token) in self._known


@dataclass(kw_only=True)
class FileUsers:
    """Users of a file: a line `NAME TOKEN` each, or `NAME sha256:HEX`; it is read again when it changes."""

    path: Path
    _read: tuple[int, int] = (0, 0)
    _names: dict[str, str] = field(default_factory=dict, repr=False)

    async def who(self, token: Secret) -> str:
        """Return the name that stands before the token."""
        return self.names().get(_digest(token), "")

    def knows(self, token: Secret) -> bool:
        """Tell whether the token stands in the file."""
        return _digest(token) in self.names()

    def names(self) -> dict[str, str]:
        """Return names by the hash of their token.

        Raises
        ------
        InvalidRequest
            When the file cannot be read, is open to others, or has a line that is none.
        """
        try:
            found = self.path.stat()
            if os.name != "nt" and stat.S_IMODE(found.st_mode) & 0o077:
                raise InvalidRequest(sentence("others can read {path}: chmod 600 closes it to them", path=self.path))
            if (found.st_mtime_ns, found.st_size) != self._read:
                self._names = dict(_named(self.path.read_bytes(), self.path))
                self._read = (found.st_mtime_ns, found.st_size)
        except OSError as error:
            reason = os_reason(error)
        else:
            return self._names
        raise InvalidRequest(sentence("{path} cannot be read: {reason}", path=self.path, reason=reason))


def _named(raw: bytes, path: Path) -> list[tuple[str, str]]:
    found, wrong = [], 0
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        given = words[1] if len(words) == 2 else ""
        hashed = given.removeprefix("sha256:").lower() if given.startswith("sha256:") else ""
        if hashed and (len(hashed) != 64 or set(hashed) - set("0123456789abcdef")):
            given = ""
        if len(given) < _SHORTEST:
            wrong = number
            break
        found.append((hashed or _digest(Secret(given)), words[0]))
    if not wrong:
        return found
    del raw, line, words, given
    raise InvalidRequest(
        sentence(
            "line {number} of {path} must be a name and a token of {count} letters or more, or sha256: and its hash",
            number=wrong,
            path=path,
            count=_SHORTEST,
        )
    )


def _digest(token: Secret) -> str:
    return hashlib.sha256(token.reveal().encode("utf-8", "backslashreplace")).hexdigest()
