"""Where settings come from, where things lie and go, and the key that does not print.

Order, first wins: what a call gives, what `%config WanMagics` set, environment, the project's `bailian_nb.toml`, the
user's `config.toml`, default. Everything is read when it is asked for, nothing at import.
"""

from __future__ import annotations

from ..system.files import exposed
from ..system.home import home
from .check import check
from .connections import Proxies, certificates, proxies
from .folders import check_home, check_writable, nearest_there, network_file_system, out_dir
from .key import account_id, find_key, team_id
from .key_value import Secret
from .overview import misspelt, variables_set
from .person import named_owner, owner
from .settings import Settings, language, load
from .target import EMULATOR_URL, Target, outside, service_url, target, wants_emulator

__all__ = [
    "EMULATOR_URL",
    "Proxies",
    "Secret",
    "Settings",
    "Target",
    "account_id",
    "certificates",
    "check",
    "check_home",
    "check_writable",
    "exposed",
    "find_key",
    "home",
    "language",
    "load",
    "misspelt",
    "named_owner",
    "nearest_there",
    "network_file_system",
    "out_dir",
    "outside",
    "owner",
    "proxies",
    "service_url",
    "target",
    "team_id",
    "variables_set",
    "wants_emulator",
]
