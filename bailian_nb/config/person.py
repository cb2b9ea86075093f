"""Who sits at this process, as colleagues know them: the team's turns and sums are told by this name."""

from __future__ import annotations

import getpass
import platform
import re

from ..system.environment import environment

_LONGEST = 60


def owner() -> str:
    """Return the user of the hub, else the one of this machine, as one word."""
    named = named_owner()
    if not named:
        try:
            person = getpass.getuser()
        except (OSError, KeyError):  # a container's user has no name
            person = "user"
        named = f"{person}@{platform.node() or 'machine'}"
    return _one_word(named) or "user"


def named_owner() -> str:
    """Return the name that somebody, or the hub, has given, as one word; "" where nobody did."""
    env = environment(None)
    return _one_word(env.get("BAILIAN_NB_OWNER") or env.get("JUPYTERHUB_USER") or "")


def _one_word(named: str) -> str:
    return re.sub(r"[^\w.@+-]", "_", named)[:_LONGEST]
