"""The API key: where it is found, how it stays unseen, and what stands for its account in our files."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import MissingApiKey
from .folders import expanded, home


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


def find_key(env: Mapping[str, str] | None = None) -> Secret | None:
    """Return the key from DASHSCOPE_API_KEY, DASHSCOPE_API_KEY_FILE_PATH or `~/.dashscope/api_key`."""
    env = os.environ if env is None else env
    if given := env.get("DASHSCOPE_API_KEY", "").strip():
        return _key(given, "DASHSCOPE_API_KEY")
    named = env.get("DASHSCOPE_API_KEY_FILE_PATH", "").strip()
    path = expanded(named) if named else Path.home() / ".dashscope" / "api_key"
    try:
        given = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        if named:
            raise MissingApiKey(f"DASHSCOPE_API_KEY_FILE_PATH names {named}, which does not exist") from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MissingApiKey(f"the key file {path} cannot be read ({type(error).__name__})") from None
    if named and not given:
        raise MissingApiKey(f"DASHSCOPE_API_KEY_FILE_PATH names {named}, which is empty")
    return _key(given, str(path)) if given else None


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
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_bytes(secrets.token_bytes(32))
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
