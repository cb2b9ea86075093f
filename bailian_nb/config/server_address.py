"""The address of the team's Redis, which may hold a password, as an object that does not print it.

`settings` reads it, `accounts.team.server` opens it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_USER = re.compile(r"^([a-z+]*:?//|(?:redis|rediss|unix)(?:\+\w+)?:/?)?.*(?:@|%40)", re.IGNORECASE | re.DOTALL)
"""All before the last @: whoever mistypes an address may have put the password anywhere there."""
_OPTION = re.compile(r"([?&])([^=&]*)=([^&]*)")
_SECRET = re.compile(r"pass|secret|token", re.IGNORECASE)


class ServerAddress:
    """An address that shows neither user name nor password; `reveal()` is for the client alone."""

    __slots__ = ("_url",)

    def __init__(self, url: str) -> None:
        self._url = url

    def reveal(self) -> str:
        return self._url

    @property
    def shown(self) -> str:
        """The address with `...` in the place of what is secret."""
        return without_password(self._url)

    def __bool__(self) -> bool:
        return bool(self._url)

    def __repr__(self) -> str:
        return self.shown

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ServerAddress) and other._url == self._url

    def __hash__(self) -> int:
        return hash(("ServerAddress", self._url))


def without_password(url: str) -> str:
    """Return an address with `...` in the place of user name and password, wherever they stand in it."""
    return _USER.sub(r"\1...@", _OPTION.sub(_hidden, url))


def _hidden(option: re.Match[str]) -> str:
    return f"{option[1]}{option[2]}=..." if _SECRET.search(unquote(option[2])) else option[0]
