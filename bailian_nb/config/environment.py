"""The environment as this room reads it: one variable at a time, and shown nowhere, for one of them is the key.

Debuggers and verbose tracebacks print what a frame holds. `os.environ` prints all that it holds, so no frame that may
raise has it; `settings`, `key`, `folders` and `target` have this instead.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


class Environment:
    """Variables that can be asked for and not be printed; those of the process unless others are given."""

    __slots__ = ("_variables",)

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def get(self, name: str) -> str:
        """Return a variable without the blanks around it, "" when it is not set."""
        return self._variables.get(name, "").strip()


Variables = Mapping[str, str] | Environment | None
"""What functions take: an Environment, a mapping that stands for it, or None for the process's own."""


def environment(given: Variables) -> Environment:
    """Return `given` as an Environment."""
    return given if isinstance(given, Environment) else Environment(given)
