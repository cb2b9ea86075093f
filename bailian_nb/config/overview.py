"""Every variable that is set and that we or our connections go by, as it was read and without its secrets.

The doctor lists them, and those that look like one of ours and are read by nobody: most of what goes wrong on another
machine stands there.
"""

from __future__ import annotations

import difflib
import re

from ..system.environment import Variables, environment, masked
from ..system.language import sentence
from .key_value import Secret
from .server_address import without_password
from .values import without_userinfo

_OURS = (
    "DASHSCOPE_API_KEY",
    "DASHSCOPE_API_KEY_FILE_PATH",
    "BAILIAN_NB_KEY_COMMAND",
    "BAILIAN_NB_KEY_SERVER",
    "BAILIAN_NB_KEY_TOKEN",
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
    "BAILIAN_NB_LIMITS",
    "BAILIAN_NB_LIMITS_AWAY",
    "BAILIAN_NB_OWNER",
    "BAILIAN_NB_MAX_COST",
    "BAILIAN_NB_MAX_COST_DAY",
    "BAILIAN_NB_MAX_COST_MONTH",
    "BAILIAN_NB_CONFIRM_ABOVE",
)
_MONEY = (
    *("BAILIAN_NB_EMULATOR", "BAILIAN_NB_KEY_COMMAND", "BAILIAN_NB_KEY_SERVER"),
    *(name for name in _OURS if name.startswith(("DASHSCOPE_", "BAILIAN_NB_MAX_", "BAILIAN_NB_CONFIRM_"))),
)
"""Those that decide who is asked, who pays, and how much."""
_OTHERS = re.compile(r"DASHSCOPE_(API_VERSION|API_HOST|LOGGING_LEVEL|TIMEOUT|MAX_RETRIES|DISABLE_\w+|WEBSOCKET_\w+)")
"""Variables of the official SDK and command line that mean nothing here, and are spelled right."""
_ALIKE = 0.72
_FAMILY = re.compile(r"(BAILIANNB|BAILIAN|DASHSCOPE|DASHCOPE)(.*)")
_SHORT = dict.fromkeys(("KEY", "TOKEN", "APITOKEN", "SECRETKEY", "SKKEY"), "DASHSCOPE_API_KEY")
_SHORT |= dict.fromkeys(("URL", "BASEURL", "APIBASE", "ENDPOINT"), "DASHSCOPE_HTTP_BASE_URL")
_SHORT |= {"REGION": "DASHSCOPE_API_REGION"}
_CONNECTIONS = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LONGEST = 120


def variables_set() -> tuple[tuple[str, str], ...]:
    """Return name and value of each variable that is set; of a key its last four characters, of a proxy no password."""
    env = environment(None)
    names = [*_OURS]
    for name in _CONNECTIONS:
        names += [name.lower(), name] if name.endswith("PROXY") else [name]
    return tuple((name, _shown(name, value)) for name in names if (value := env.get(name)))


def misspelt(env: Variables = None, *, money: bool = False) -> tuple[str, ...]:
    """Return a line for each variable that nobody reads and whose name is nearly one of ours; no value is in it.

    With `money` only those that were to decide between emulator and service, or who pays, and are not set themselves.
    """
    env = environment(env)
    found = []
    for name in env.names():
        meant = _meant(name)
        if meant and not (money and (meant not in _MONEY or env.get(meant))):
            found.append(sentence("{name} is set, and nothing reads it: did you mean {meant}?", name=name, meant=meant))
    return tuple(found)


def _meant(name: str) -> str:
    """Return the variable of ours that a name is nearly, "" for one of ours, for others' and for any other."""
    match = _FAMILY.fullmatch(re.sub(r"[^A-Z]", "", name.upper()))
    if match is None or not match[2] or name in _OURS or _OTHERS.fullmatch(name):
        return ""
    rest = match[2]
    if rest in _SHORT:
        return _SHORT[rest]
    stems = {each.removeprefix("BAILIAN_NB_").removeprefix("DASHSCOPE_").replace("_", ""): each for each in _OURS}
    near = difflib.get_close_matches(rest, stems, n=1, cutoff=_ALIKE)
    near += [stem for stem in stems if len(rest) > 2 and (stem.startswith(rest) or rest.startswith(stem))]
    return stems[near[0]] if near else ""


def _shown(name: str, value: str) -> str:
    if name == "DASHSCOPE_API_KEY":
        return repr(Secret(value))
    if name == "BAILIAN_NB_LIMITS":
        return without_password(value)
    if name in ("BAILIAN_NB_KEY_COMMAND", "BAILIAN_NB_KEY_TOKEN"):  # either may hold a secret of any shape
        return sentence("(set, not shown)")
    if name.lower().endswith("proxy") or name == "DASHSCOPE_HTTP_BASE_URL":
        value = re.sub(r"[^\s,;/]*@", "...@", without_userinfo(value)) if "@" in value else value
    value = masked(value)
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
