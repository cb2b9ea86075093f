"""Where settings come from, and the key that does not print.

Order, first wins: what a call gives, what `%config WanMagics` set, environment, the project's `bailian_nb.toml`, the
user's `config.toml`, default. Everything is read when it is asked for, nothing at import.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from . import specs
from .errors import InvalidRequest, MissingApiKey
from .specs import service

EMULATOR_URL = "http://emulator.bailian-nb.invalid/api/v1"
"""Base URL of the emulator that runs inside the process; `.invalid` never resolves."""

_PROJECT_KEYS = {"model", "edit_model", "n", "size", "lang", "out_dir", "max_cost", "confirm_above"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class Secret:
    """An API key that shows only its last four characters; `reveal()` is for the wire alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"sk-...{self._value[-4:]}" if len(self._value) >= 12 else "sk-..."

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> Any:
        raise TypeError("an API key is not written anywhere")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(("Secret", len(self._value)))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; the key is not one of them (see `find_key`).

    `max_cost` and `confirm_above` are CNY; `out_dir` None means `wan_out` in the current folder.
    """

    model: str = specs.DEFAULT_T2I
    edit_model: str = specs.DEFAULT_EDIT
    n: int = 1
    size: str | None = None
    lang: str = "en"
    out_dir: str | None = None
    max_cost: float | None = None
    confirm_above: float = 5.0
    retries: int = 0
    embed: bool = True
    account: str | None = None
    region: str = service.DEFAULT_REGION
    workspace: str = ""
    base_url: str | None = None
    emulator: bool | None = None
    sync: bool | None = None


def load(
    overrides: Mapping[str, Any] | None = None, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Settings:
    """Read every source and return the settings that hold now.

    Raises
    ------
    InvalidRequest
        When a file or variable holds something that cannot be read; it names the file and the key.
    """
    env = os.environ if env is None else env
    cwd = Path.cwd() if cwd is None else cwd
    found: dict[str, Any] = {}
    user = Path(platformdirs.user_config_dir("bailian_nb", appauthor=False)) / "config.toml"
    found.update(_read_toml(user))
    project = _project_file(cwd)
    if project is not None:
        found.update(_harmless(_read_toml(project), found, project))
    found.update(_from_env(env))
    found.update({name: value for name, value in (overrides or {}).items() if value is not None})
    return _checked(found)


def home(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder of journal, index and emulator; it is made by whoever writes there."""
    env = os.environ if env is None else env
    given = env.get("BAILIAN_NB_HOME", "").strip()
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("bailian_nb", appauthor=False))


def out_dir(settings: Settings, env: Mapping[str, str] | None = None) -> Path:
    """Return the folder for pictures: setting, BAILIAN_NB_OUT, else `wan_out` in the current folder."""
    env = os.environ if env is None else env
    given = settings.out_dir or env.get("BAILIAN_NB_OUT", "").strip()
    return Path(given).expanduser() if given else Path.cwd() / "wan_out"


def find_key(env: Mapping[str, str] | None = None) -> Secret | None:
    """Return the key from DASHSCOPE_API_KEY, DASHSCOPE_API_KEY_FILE_PATH or `~/.dashscope/api_key`."""
    env = os.environ if env is None else env
    if given := env.get("DASHSCOPE_API_KEY", "").strip():
        return _key(given, "DASHSCOPE_API_KEY")
    named = env.get("DASHSCOPE_API_KEY_FILE_PATH", "").strip()
    path = Path(named).expanduser() if named else Path.home() / ".dashscope" / "api_key"
    try:
        given = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        if named:
            raise MissingApiKey(f"DASHSCOPE_API_KEY_FILE_PATH names {named}, which does not exist") from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MissingApiKey(f"the key file {path} cannot be read ({type(error).__name__})") from None
    return _key(given, str(path)) if given else None


def wants_emulator(settings: Settings, *, interactive: bool, env: Mapping[str, str] | None = None) -> bool:
    """Decide between emulator and service.

    BAILIAN_NB_EMULATOR=1 always, 0 never. Unset: only when no key, base URL, region or workspace is configured
    anywhere and somebody is at a front end or prompt.
    """
    if settings.emulator is not None:
        return settings.emulator
    configured = (
        settings.base_url
        or settings.workspace
        or settings.region != service.DEFAULT_REGION
        or find_key(env) is not None
    )
    return interactive and not configured


def service_url(settings: Settings) -> str:
    """Return the base URL with `/api/v1`, checked.

    Raises
    ------
    InvalidRequest
        When it is no http(s) URL, or when the region has no host without a workspace.
    """
    if settings.base_url:
        url = settings.base_url.strip().rstrip("/")
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            raise InvalidRequest(
                f"DASHSCOPE_HTTP_BASE_URL must be an http(s) URL that ends in /api/v1, got {settings.base_url!r}"
            )
        return url
    url_of_region = service.base_url(settings.region, settings.workspace)
    if url_of_region is None:
        known = ", ".join(service.REGIONS)
        need = "needs DASHSCOPE_WORKSPACE_ID" if settings.region in service.REGIONS else f"is not one of {known}"
        raise InvalidRequest(f"DASHSCOPE_API_REGION {settings.region!r} {need}")
    return url_of_region


def account_id(key: Secret, base_url: str, *, name: str | None = None) -> str:
    """Return whom limits and bills belong to: a keyed hash that reveals nothing of the key.

    The salt lies in BAILIAN_NB_HOME with mode 0600. `name` (the `account` setting) joins several keys.
    """
    message = f"{name or key.reveal()}\n{base_url}".encode()
    return hmac.new(_salt(), message, hashlib.sha256).hexdigest()[:24]


def _salt() -> bytes:
    path = home() / "salt"
    try:
        if salt := path.read_bytes():
            return salt
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole under another name first, so that a second kernel never reads half a salt; link() decides who wins.
    draft = path.with_name(f"salt.{os.getpid()}.{secrets.token_hex(4)}")
    draft.write_bytes(secrets.token_bytes(32))
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:
        if not path.exists():
            draft.replace(path)
            return path.read_bytes()
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()


def _key(given: str, source: str) -> Secret:
    if not given.isascii() or any(character.isspace() for character in given):
        raise MissingApiKey(f"the key in {source} holds a space or a character that no key has; copy it again")
    return Secret(given)


def _from_env(env: Mapping[str, str]) -> dict[str, Any]:
    names = {
        "base_url": ("DASHSCOPE_HTTP_BASE_URL",),
        "workspace": ("DASHSCOPE_WORKSPACE_ID", "DASHSCOPE_WORKSPACE"),
        "region": ("DASHSCOPE_API_REGION",),
        "emulator": ("BAILIAN_NB_EMULATOR",),
        "sync": ("BAILIAN_NB_SYNC",),
        "lang": ("BAILIAN_NB_LANG",),
    }
    found: dict[str, Any] = {}
    for setting, variables in names.items():
        for variable in variables:
            if value := env.get(variable, "").strip():
                found[setting] = _switch(value, variable) if setting in ("emulator", "sync") else value
                break
    return found


def _switch(value: str, variable: str) -> bool:
    word = value.lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise InvalidRequest(f"{variable} must be 1 or 0, got {value!r}")


def _project_file(cwd: Path) -> Path | None:
    for folder in (cwd, *cwd.parents):
        path = folder / "bailian_nb.toml"
        if path.is_file():
            return path
        if (folder / ".git").exists():
            return None
    return None


def _harmless(project: dict[str, Any], user: dict[str, Any], path: Path) -> dict[str, Any]:
    """Keep what a cloned notebook may set: never where requests or keys go, and money only downwards."""
    refused = sorted(set(project) - _PROJECT_KEYS)
    if refused:
        raise InvalidRequest(
            f"{path.name} may not set {', '.join(refused)}; it may set {', '.join(sorted(_PROJECT_KEYS))}. "
            "Put the rest into your own config.toml or the environment"
        )
    found = dict(project)
    for name in ("max_cost", "confirm_above"):
        own = user.get(name, getattr(Settings, name))
        if name in found and own is not None and float(found[name]) > float(own):
            found[name] = own
    if given := found.get("out_dir"):
        root = path.parent.resolve()
        target = (root / str(given)).resolve()
        if not target.is_relative_to(root):
            raise InvalidRequest(f"{path.name} may set out_dir only inside its own folder, got {given!r}")
        found["out_dir"] = str(target)
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path} cannot be read: {error}") from None
    known = [field.name for field in fields(Settings)]
    for name in found:
        if name not in known:
            raise InvalidRequest(
                f"{path.name}: unknown setting {name}{specs.nearest(name, known)} Known: {', '.join(known)}"
            )
    return found


def _checked(found: dict[str, Any]) -> Settings:
    numbers: dict[str, tuple[type, float, float]] = {
        "n": (int, 1, 100),
        "retries": (int, 0, 10),
        "max_cost": (float, 0, 1e9),
        "confirm_above": (float, 0, 1e9),
    }
    clean = dict(found)
    for name, (kind, low, high) in numbers.items():
        if (value := clean.get(name)) is None:
            continue
        try:
            number = kind(value)
        except (TypeError, ValueError):
            number = None
        if number is None or isinstance(value, bool) or not low <= number <= high:
            raise InvalidRequest(f"setting {name} must be a number in {low:g}-{high:g}, got {value!r}")
        clean[name] = number
    if clean.get("lang", "en").split("-")[0].split("_")[0] not in ("en", "zh"):
        raise InvalidRequest(f"setting lang must be en or zh, got {clean['lang']!r}")
    return replace(Settings(), **clean)
