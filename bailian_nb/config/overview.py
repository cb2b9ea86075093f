"""Every variable that is set and that we or our connections go by, as it was read and without its secrets.

The doctor lists them: most of what goes wrong on another machine stands there.
"""

from __future__ import annotations

import re

from ..system.environment import environment, masked
from .key import Secret
from .values import without_userinfo

_OURS = (
    "DASHSCOPE_API_KEY",
    "DASHSCOPE_API_KEY_FILE_PATH",
    "DASHSCOPE_HTTP_BASE_URL",
    "DASHSCOPE_WORKSPACE_ID",
    "DASHSCOPE_WORKSPACE",
    "DASHSCOPE_API_REGION",
    "BAILIAN_NB_HOME",
    "BAILIAN_NB_OUT",
    "BAILIAN_NB_LANG",
    "BAILIAN_NB_SYNC",
    "BAILIAN_NB_EMULATOR",
    "BAILIAN_NB_EMULATOR_SECONDS",
)
_CONNECTIONS = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LONGEST = 120


def variables_set() -> tuple[tuple[str, str], ...]:
    """Return name and value of each variable that is set; of a key its last four characters, of a proxy no password."""
    env = environment(None)
    names = [*_OURS]
    for name in _CONNECTIONS:
        names += [name.lower(), name] if name.endswith("PROXY") else [name]
    return tuple((name, _shown(name, value)) for name in names if (value := env.get(name)))


def _shown(name: str, value: str) -> str:
    if name == "DASHSCOPE_API_KEY":
        return repr(Secret(value))
    if name.lower().endswith("proxy") or name == "DASHSCOPE_HTTP_BASE_URL":
        value = re.sub(r"[^\s,;/]*@", "...@", without_userinfo(value)) if "@" in value else value
    value = masked(value)
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
