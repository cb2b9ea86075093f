"""Settings, and every source that they are read from: overrides, environment, project file, user's file, defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

from .. import specs
from ..errors import InvalidRequest
from ..specs import service
from ..store.buckets import is_address
from ..system.environment import Environment, Variables, environment, names_variable
from ..system.language import in_both, language_named, mark, of_the_system, sentence
from ..system.regular import read_file
from .server_address import ServerAddress
from .styles import Style, read_styles
from .values import COUNTS, count, money, part, seconds, shown, switch, text, without_userinfo

_MONEY = ("max_cost", "max_cost_day", "max_cost_month", "confirm_above")
_PROJECT_KEYS = {"model", "edit_model", "n", "size", "lang", "out_dir", "styles", *_MONEY}
_SWITCHES = ("emulator", "sync", "embed", "a1111")
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; the key is not one of them (see `find_key`).

    `max_cost` (of a call), `max_cost_day`, `max_cost_month` (of an account) and `confirm_above` are CNY; `out_dir` None
    means `wan_out` in the current folder. `region` follows a documented base URL. `configured` is set nowhere: it tells
    that base URL, region or workspace are, somewhere. `emulator_seconds` is how long a task of the emulator in this
    process takes; None: half a second to two, drawn from the task's own values. `models` are names of the user's own
    with the models that they are based on; `styles` are the presets of both files. `limits` is the address of the Redis
    through which machines share an account's limits, None for files of this machine; `limits_away` is the part of them,
    0 to 1, that a process may use by itself while that is away.
    """

    model: str = specs.DEFAULT_T2I
    edit_model: str = specs.DEFAULT_EDIT
    n: int = 1
    size: str | None = None
    lang: str = field(default_factory=of_the_system)
    out_dir: str | None = None
    max_cost: float | None = None
    max_cost_day: float | None = None
    max_cost_month: float | None = None
    confirm_above: float = 5.0
    retries: int = 0
    embed: bool = True
    a1111: bool = False
    account: str | None = None
    limits: ServerAddress | None = None
    limits_away: float = 0.0
    region: str = service.DEFAULT_REGION
    workspace: str = ""
    base_url: str | None = None
    emulator: bool | None = None
    emulator_seconds: float | None = None
    sync: bool | None = None
    models: tuple[tuple[str, str], ...] = ()
    styles: tuple[Style, ...] = ()
    configured: bool = False


def load(overrides: Mapping[str, Any] | None = None, *, env: Variables = None, cwd: Path | None = None) -> Settings:
    """Read every source and return the settings that hold now.

    Raises
    ------
    InvalidRequest
        When a file or variable holds something that cannot be read; it names the file and the key.
    """
    env = environment(env)
    cwd = Path.cwd() if cwd is None else cwd
    found: dict[str, Any] = {}
    user = _user_file()
    found.update(_read_toml(user))
    if "styles" in found:
        found["styles"] = read_styles(f"{user.name}: styles", found["styles"])
    files = dict.fromkeys(found, user)
    if (project := _project_file(str(cwd))) is not None:
        harmless = _harmless(project, found)
        found.update(harmless)
        files |= dict.fromkeys(harmless, project)
    given = _from_env(env) | {name: value for name, value in (overrides or {}).items() if value is not None}
    found.update(given)
    return checked(found, {name: f"{path.name}: " for name, path in files.items() if name not in given})


def _from_env(env: Environment) -> dict[str, Any]:
    names = {
        "base_url": ("DASHSCOPE_HTTP_BASE_URL",),
        "workspace": ("DASHSCOPE_WORKSPACE_ID", "DASHSCOPE_WORKSPACE"),
        "region": ("DASHSCOPE_API_REGION",),
        "emulator": ("BAILIAN_NB_EMULATOR",),
        "emulator_seconds": ("BAILIAN_NB_EMULATOR_SECONDS",),
        "sync": ("BAILIAN_NB_SYNC",),
        "lang": ("BAILIAN_NB_LANG",),
        "out_dir": ("BAILIAN_NB_OUT",),
        **{name: (f"BAILIAN_NB_{name.upper()}",) for name in _MONEY},
        "limits": ("BAILIAN_NB_LIMITS",),
        "limits_away": ("BAILIAN_NB_LIMITS_AWAY",),
    }
    found: dict[str, Any] = {}
    for setting, variables in names.items():
        for variable in variables:
            if value := _without_secrets(setting, env.get(variable)):
                found[setting] = switch(variable, value) if setting in _SWITCHES else value
                break
    return found


def _without_secrets(setting: str, given: Any) -> Any:
    """Return a value as it may stand in a frame that raises."""
    if isinstance(given, str) and setting == "base_url":
        return without_userinfo(given)
    if setting == "limits" and not isinstance(given, ServerAddress):
        return ServerAddress(given) if isinstance(given, str) else None
    return given


def language(overrides: Mapping[str, Any]) -> str:
    """Return the setting `lang`, and read no other where no file can set it: every sentence asks for it.

    Raises
    ------
    InvalidRequest
        When it cannot be read.
    """
    if named := overrides.get("lang") or environment(None).get("BAILIAN_NB_LANG"):
        return checked({"lang": named}, {}).lang
    if _user_file().is_file() or _project_file(os.getcwd()) is not None:  # noqa: PTH109
        return load(overrides).lang
    return of_the_system()


def _user_file() -> Path:
    return _user_file_at(tuple(os.environ.get(name) for name in _PLACES))


_PLACES = ("HOME", "XDG_CONFIG_HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
"""The variables that say on one of the systems where a user's settings lie."""


@lru_cache(maxsize=8)
def _user_file_at(places: tuple[str | None, ...]) -> Path:
    return Path(platformdirs.user_config_dir("bailian_nb", appauthor=False)) / "config.toml"


def _project_file(cwd: str) -> Path | None:
    for path, repository in _candidates(cwd):
        if os.path.isfile(path):  # noqa: PTH113  # every sentence asks, in each folder up to the root
            return Path(path)
        if os.path.exists(repository):  # noqa: PTH110
            return None
    return None


@lru_cache(maxsize=8)
def _candidates(cwd: str) -> list[tuple[str, str]]:
    """Return where a project file may lie, nearest first, each with what says that the project ends there."""
    folders = (Path(cwd), *Path(cwd).parents)
    return [(str(folder / "bailian_nb.toml"), str(folder / ".git")) for folder in folders]


def _harmless(path: Path, user: dict[str, Any]) -> dict[str, Any]:
    """Keep what a cloned notebook may set: never where requests or keys go, and money only downwards."""
    found = _read_toml(path)
    refused = sorted(set(found) - _PROJECT_KEYS)
    if refused:
        raise InvalidRequest(
            sentence(
                "{name} may not set {names}; it may set {names2}. Put the rest into your own config.toml "
                "or the environment",
                name=path.name,
                names=", ".join(refused),
                names2=", ".join(sorted(_PROJECT_KEYS)),
            )
        )
    for name in _MONEY:
        own: Any = user.get(name, getattr(Settings, name))
        if name in found:
            asked = money(_Setting(name, f"{path.name}: "), found[name])
            found[name] = asked if own is None else min(asked, money(_Setting(name, "config.toml: "), own))
    if "styles" in found:
        found["styles"] = {**user.get("styles", {}), **read_styles(f"{path.name}: styles", found["styles"])}
    if given := found.get("out_dir"):
        root = path.parent.resolve()
        if is_address(text(_Setting("out_dir", f"{path.name}: "), given)):
            raise InvalidRequest(
                sentence(
                    "{name} may set out_dir only inside its own folder, got {given!r}", name=path.name, given=given
                )
            )
        if names_variable(text(_Setting("out_dir", f"{path.name}: "), given)):
            raise InvalidRequest(
                sentence(
                    "{name} may set out_dir only to a path without variables, got {given!r}",
                    name=path.name,
                    given=given,
                )
            )
        target = (root / text(_Setting("out_dir", f"{path.name}: "), given)).resolve()
        if not target.is_relative_to(root):
            raise InvalidRequest(
                sentence(
                    "{name} may set out_dir only inside its own folder, got {given!r}", name=path.name, given=given
                )
            )
        found["out_dir"] = str(target)
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    """Return the settings of a file; what raises here holds none of its values, one of which may be a key."""
    try:
        found = tomllib.loads(read_file(path).decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    else:
        found = {name: _without_secrets(name, value) for name, value in found.items()}
        known = [field.name for field in fields(Settings) if field.name != "configured"]
        if (name := next((name for name in found if name not in known), None)) is None:
            return found
        found.clear()
        raise InvalidRequest(
            sentence(
                "{name}: unknown setting {name2}{nearest} Known: {names}",
                name=path.name,
                name2=name,
                nearest=specs.nearest(name, known),
                names=", ".join(known),
            )
        )
    raise InvalidRequest(sentence("{path} cannot be read: {reason}", path=path, reason=reason))


@dataclass(frozen=True)
class _Setting:
    """A setting and where it stands, for a line about it: put into words only where there is one."""

    name: str
    file: str

    def __str__(self) -> str:
        return sentence("{file}setting {name}", file=self.file, name=self.name)

    def __format__(self, how: str) -> str:
        return format(str(self), how)


def _own_models(what: object, value: Any) -> tuple[tuple[str, str], ...]:
    """Read `[models]`, names of the user's own with the models that they are based on, and put them into the table."""
    pairs = tuple(value.items()) if isinstance(value, Mapping) else value
    if not all(isinstance(base, str) for _, base in pairs):
        raise InvalidRequest(
            sentence(
                '{what} must be a table such as my-model = "wan2.7-image", got {value}', what=what, value=shown(value)
            )
        )
    for name, base in pairs:
        specs.register(name, based_on=base)
    return pairs


def checked(found: dict[str, Any], files: Mapping[str, str]) -> Settings:
    """Read each setting in its own type; `files` says for some in which file it stands."""
    clean = dict(found)
    for name, value in found.items():
        what = _Setting(name, files.get(name, ""))
        if name in _MONEY:
            clean[name] = money(what, value)
        elif name == "limits" and isinstance(value, ServerAddress):
            continue
        elif name == "emulator_seconds":
            clean[name] = seconds(what, value)
        elif name == "limits_away":
            clean[name] = part(what, value)
        elif name == "models":
            clean[name] = _own_models(what, value)
        elif name == "styles":
            clean[name] = tuple(read_styles(what, value).values())
        elif name in COUNTS:
            clean[name] = count(what, value, COUNTS[name])
        elif name in _SWITCHES:
            clean[name] = switch(what, value)
        else:
            clean[name] = text(what, value)
    if "lang" in clean:
        named = language_named(clean["lang"])
        if named is None:
            both = in_both(mark("setting lang must be en or zh, got {value}"), value=shown(found["lang"]))
            raise InvalidRequest(files.get("lang", "") + both)
        clean["lang"] = named
    if clean.get("workspace") and not _WORKSPACE.fullmatch(clean["workspace"]):
        raise InvalidRequest(
            sentence(
                "DASHSCOPE_WORKSPACE_ID must be letters, digits, - and _, got {clean}", clean=shown(clean["workspace"])
            )
        )
    clean["configured"] = any(clean.get(name) for name in ("base_url", "region", "workspace"))
    if named := service.region_named(str(clean.get("region", ""))):
        clean["region"] = named
    if not clean.get("region"):
        url = str(clean.get("base_url", "")).strip().rstrip("/")
        clean["region"] = service.region_of(url) or service.DEFAULT_REGION
    return replace(Settings(), **clean)
