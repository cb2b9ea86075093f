"""The environment as it is read here: a variable at a time, cleaned, and shown nowhere, for one of them is the key.

Debuggers and verbose tracebacks print what a frame holds. `os.environ` prints all that it holds, so no frame that may
raise has it; `home` and the room `config` have this instead. What people paste comes with the
blanks, marks and quotes of the page or script that it was copied from: no value of ours has any of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from ..errors import InvalidRequest, printable
from .language import sentence

_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "\u201c": "\u201d",  # English and Chinese
    "\u2018": "\u2019",
    "\u201e": "\u201c\u201d",  # German, Polish
    "\u201a": "\u2018\u2019",
    "\u201d": "\u201d",  # Swedish, and whoever finds only one key
    "\u2019": "\u2019",
    "\u00ab": "\u00bb",  # French
    "\u2039": "\u203a",
    "\u00bb": "\u00ab\u00bb",
    "\u300c": "\u300d",  # Japanese
    "\u300e": "\u300f",
    "\u300a": "\u300b",
    "\u3008": "\u3009",
    "\uff02": "\uff02",  # full width
    "\uff07": "\uff07",
}
_BLANKS = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
"""What cannot be seen and is no white space to Python: marks of byte order and direction, joiners, soft hyphens."""
_NAMED = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS", re.IGNORECASE)


class Environment:
    """Variables that can be asked for and not be printed; those of the process unless others are given."""

    __slots__ = ("_variables",)

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def get(self, name: str) -> str:
        """Return a variable without the blanks and the one pair of quotes around it, "" when it is not set."""
        return clean(self._variables.get(name, ""))

    def quoted(self, name: str) -> str:
        """Return a variable whose quotes mean something, a command line, without the blanks around it."""
        return _bare(self._variables.get(name, ""))

    def names(self) -> tuple[str, ...]:
        """Return the names of all variables that are set, and the value of none."""
        return tuple(name for name in self._variables if self.get(name))

    def first(self, *names: str) -> tuple[str, str]:
        """Return the name and value of the first variable that is set, ("", "") when none is."""
        return next(((name, value) for name in names if (value := self.get(name))), ("", ""))


Variables = Mapping[str, str] | Environment | None
"""What functions take: an Environment, a mapping that stands for it, or None for the process's own."""


def environment(given: Variables = None) -> Environment:
    """Return `given` as an Environment."""
    return given if isinstance(given, Environment) else Environment(given)


def clean(text: str) -> str:
    """Return a value without what surrounds it: white space, invisible marks, one pair of quotes of any language."""
    bare = _bare(text)
    if len(bare) >= 2 and bare[-1] in _QUOTES.get(bare[0], ""):
        return _bare(bare[1:-1])
    return bare


def _bare(text: str) -> str:
    before = None
    while text != before:
        before, text = text, text.strip().strip(_BLANKS)
    return text


def masked(text: str) -> str:
    """Hide what looks like a key."""
    return re.sub(r"(sk-)[\w-]+|\b(st-)[\w-]{12,}", lambda match: f"{match[1] or match[2]}...", text)


def names_variable(path: str) -> bool:
    """Tell whether a path has a part that `fill_in` fills in."""
    return _NAMED.search(path) is not None


def fill_in(given: str, what: str, env: Variables = None) -> str:
    """Return a path with the variables that it names: `$HOME`, `${HOME}` and `%USERPROFILE%`, on every system.

    Raises
    ------
    InvalidRequest
        When one is not set, or looks like a secret, whose value must not become the name of a folder; `what` says where
        the path comes from.
    """
    variables = environment(env)

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        found = "" if _SECRET.search(name) else variables.get(name) or Environment().get(name)
        if not found:
            why = sentence("must not stand in a path") if _SECRET.search(name) else sentence("is not set")
            shown = printable(masked(given), 80)
            raise InvalidRequest(
                sentence(
                    "{what} is {shown!r}, and the variable {name} {why}; write it out",
                    what=what,
                    shown=shown,
                    name=name,
                    why=why,
                )
            )
        return found

    return _NAMED.sub(value, given)
