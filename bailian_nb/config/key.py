"""The API key: where it is found, how it stays unseen, and what stands for its account in our files.

A frame of a traceback can be printed with all that it holds. So what is raw becomes a Secret in a frame that does
nothing else, and whatever can go wrong (a file that cannot be read, a salt that cannot be made, a key that is none) is
told by frames that hold the Secret at the most.
"""

from __future__ import annotations

import codecs
import hmac
import re
import secrets
from pathlib import Path
from typing import Any

from ..errors import InvalidRequest, MissingApiKey, printable
from ..system.environment import Environment, Variables, clean, environment, masked
from ..system.files import PRIVATE, private_folder, write_whole
from ..system.home import expanded, home
from ..system.language import os_reason, sentence

KINDS = ("sk-ws-", "sk-sp-", "st-", "sk-")
"""Prefixes of keys: of a workspace, of a Token Plan, temporary, and the common one."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/:@-]+=*")
_PLACEHOLDER = re.compile(
    r"<.*>|(sk-|st-)(ws-|sp-)?([x*.]*|your.*|my-?key|api-?key)|your.*|none|null|api.?key|changeme", re.I
)
_FILLED_IN = re.compile(r"\$|%\w+%$|\{\{")
_BYTE_ORDER = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_FILE = 64 * 1024
_SHORTEST_SALT = 16


class Secret:
    """An API key that shows only its last four characters; `reveal()` is for the wire alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def read(cls, raw: bytes) -> Secret:
        """Return what a key file holds, in any Unicode, without the blanks, quotes and marks around it."""
        return cls(clean(raw.decode(_encoding(raw), "replace")))

    def reveal(self) -> str:
        return self._value

    def keyed_hash(self, salt: bytes, base_url: str) -> str:
        """Return 24 hexadecimal digits that tell this key at this base URL from any other, and nothing else."""
        # Every text has bytes this way: here, and nowhere else below `account_id`, a frame sees the key.
        return _keyed_hash(salt, self._value, base_url)

    @property
    def is_text(self) -> bool:
        """False when it was read from bytes that are no UTF-8."""
        return "\ufffd" not in self._value and "\0" not in self._value

    @property
    def fault(self) -> str:
        """Say why this can be no key, "" when it can; nothing of it is shown."""
        value = self._value
        if value.startswith(("/", "~", "./", "..", "file:")) or value[1:3] in (":\\", ":/") or "://" in value:
            return sentence(
                "names a file or an address and no key; DASHSCOPE_API_KEY_FILE_PATH takes the path of a key file"
            )
        if _FILLED_IN.match(value):
            return sentence("is the name of another variable, which was not filled in; write the key itself")
        if _PLACEHOLDER.fullmatch(value):
            return sentence("is a placeholder and no key; copy the key from the console of Model Studio (Bailian)")
        if value.lower().startswith("bearer"):
            return sentence("holds a space or a character that no key has: leave out the word Bearer")
        if "=" in value.rstrip("="):
            return sentence("holds a whole line NAME=KEY; leave only what stands after the =")
        if not _TOKEN.fullmatch(value):
            return sentence("holds a space or a character that no key has; copy it again")
        if value.startswith("LTAI"):
            return sentence(
                "is an AccessKey ID of Alibaba Cloud; an API key is made in the console of Model Studio (Bailian)"
            )
        return ""

    @property
    def kind(self) -> str:
        """Return the prefix that says what a key is for ("sk-", "sk-ws-", "sk-sp-", "st-"), "" for any other."""
        return next((prefix for prefix in KINDS if self._value.startswith(prefix)), "")

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        shown = f"{self.kind or 'sk-'}..."
        return f"{shown}{self._value[-4:]}" if len(self._value) >= 12 else shown

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> Any:
        raise TypeError("an API key is not written anywhere")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(_bytes(self._value), _bytes(other._value))

    def __hash__(self) -> int:
        return hash(("Secret", len(self._value)))


def find_key(env: Variables = None) -> Secret | None:
    """Return the key from DASHSCOPE_API_KEY, DASHSCOPE_API_KEY_FILE_PATH or `~/.dashscope/api_key`.

    Raises
    ------
    MissingApiKey
        When a file that is named cannot be read or is empty, or when what was found can be no key.
    """
    env = environment(env)
    if key := Secret(env.get("DASHSCOPE_API_KEY")):
        return _usable(key, "DASHSCOPE_API_KEY")
    named = env.get("DASHSCOPE_API_KEY_FILE_PATH")
    path = _key_file(named, env) if named else Path.home() / ".dashscope" / "api_key"
    read = _from_file(path)
    if read is None:
        if named:
            raise MissingApiKey(
                sentence("DASHSCOPE_API_KEY_FILE_PATH names {masked}, which does not exist", masked=masked(named))
            )
        return None
    if named and not read:
        raise MissingApiKey(
            sentence("DASHSCOPE_API_KEY_FILE_PATH names {masked}, which is empty", masked=masked(named))
        )
    return (
        _usable(read, sentence("{path} (DASHSCOPE_API_KEY_FILE_PATH)", path=path) if named else str(path))
        if read
        else None
    )


def _key_file(named: str, env: Environment) -> Path:
    try:
        return expanded(named, "DASHSCOPE_API_KEY_FILE_PATH", env)
    except InvalidRequest as error:
        line = masked(error.message)
    raise MissingApiKey(line)


def account_id(key: Secret, base_url: str, *, name: str | None = None) -> str:
    """Return whom limits and bills belong to: a keyed hash that reveals nothing of the key.

    The salt lies in BAILIAN_NB_HOME with mode 0600. `name` (the `account` setting) joins several keys.

    Raises
    ------
    InvalidRequest
        When the salt can be neither read nor made; it names the file.
    """
    salt = _salt(home() / "salt")
    return _keyed_hash(salt, name, base_url) if name else key.keyed_hash(salt, base_url)


def team_id(key: Secret, base_url: str, *, name: str | None = None) -> str:
    """Return what an account is known by on all machines, where no salt of one of them can stand in it.

    `name` (the `account` setting) joins several keys, and temporary ones of the same parent.
    """
    salt = b"bailian_nb limits over machines"
    return _keyed_hash(salt, name, base_url) if name else key.keyed_hash(salt, base_url)


def _keyed_hash(salt: bytes, whose: str, base_url: str) -> str:
    return hmac.digest(salt, _bytes(f"{whose}\n{base_url}"), "sha256").hex()[:24]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _salt(path: Path) -> bytes:
    try:
        private_folder(path.parent)
        left = _read_salt(path)
        if left is not None and len(left) >= _SHORTEST_SALT:
            return left
        # Two kernels may begin together: both read what the first one wrote. A short one is what a power cut left.
        write_whole(path, secrets.token_bytes(32), mode=PRIVATE, overwrite=left is not None)
        return path.read_bytes()
    except OSError as error:
        why = os_reason(error)
    raise InvalidRequest(
        sentence(
            "the salt that tells accounts apart can be neither read nor made in {path}: {reason}; "
            "make BAILIAN_NB_HOME a folder that can be written, and put the file back if it was moved",
            path=printable(str(path), 160),
            reason=why,
        )
    )


def _read_salt(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _from_file(path: Path) -> Secret | None:
    """Return what a key file holds, None when it is not there."""
    try:
        with path.open("rb") as file:
            read = Secret.read(file.read(_LONGEST_FILE))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = type(error).__name__
    else:
        if read.is_text:
            return read
        reason = sentence("it is no Unicode text; save it as UTF-8, with nothing but the key in it")
    raise MissingApiKey(
        sentence("the key file {masked} cannot be read ({reason})", masked=masked(str(path)), reason=reason)
    )


def _usable(key: Secret, source: str) -> Secret:
    if fault := key.fault:
        raise MissingApiKey(sentence("the key in {source} {fault}", source=source, fault=fault))
    return key


def _encoding(raw: bytes) -> str:
    """Tell UTF-16 and UTF-32, which Windows tools write, from UTF-8: by their mark, or by a zero in every pair."""
    for mark, name in _BYTE_ORDER:
        if raw.startswith(mark):
            return name
    if len(raw) >= 8 and len(raw) % 2 == 0:
        even, odd = raw[::2].count(0), raw[1::2].count(0)
        if odd == len(raw) // 2 and not even:
            return "utf-16-le"
        if even == len(raw) // 2 and not odd:
            return "utf-16-be"
    return "utf-8"
