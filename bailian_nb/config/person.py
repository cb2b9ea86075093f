"""Who sits at this process, as colleagues know them: the team's turns and sums are told by this name."""

from __future__ import annotations

import getpass
import platform
import re

from ..system.environment import environment

_LONGEST = 60


def owner() -> str:
    """Return the user of the hub, else the one of this machine, as one word."""
    env = environment(None)
    named = env.get("BAILIAN_NB_OWNER") or env.get("JUPYTERHUB_USER")
    if not named:
        try:
            person = getpass.getuser()
        except (OSError, KeyError):  # a container's user has no name
            person = "user"
        named = f"{person}@{platform.node() or 'machine'}"
    return re.sub(r"[^\w.@+-]", "_", named)[:_LONGEST] or "user"
