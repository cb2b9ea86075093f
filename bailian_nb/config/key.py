"""The API key: where it is found, how it stays unseen, and what stands for its account in our files.

A frame of a traceback can be printed with all that it holds. So what is raw becomes a Secret in a frame that does
nothing else, and whatever can go wrong (a file that cannot be read, a salt that cannot be made, a key that is none) is
told by frames that hold the Secret at the most.
"""

from __future__ import annotations

import errno
import secrets
from pathlib import Path

from ..errors import InvalidRequest, MissingApiKey, printable
from ..system.environment import Environment, Variables, environment, masked
from ..system.files import PRIVATE, private_folder, write_whole
from ..system.home import expanded, home
from ..system.language import os_reason, sentence
from ..system.regular import open_file, read_file
from .key_source import renewed_key
from .key_value import Secret, hash_of

_LONGEST_FILE = 64 * 1024
_SHORTEST_SALT = 16
PIPE_SECONDS = 1.0
"""How long a key file that is a pipe is waited for, whose program writes when somebody opens it."""


def find_key(env: Variables = None) -> Secret | None:
    """Return the key that is configured, None where there is none.

    The first of DASHSCOPE_API_KEY, DASHSCOPE_API_KEY_FILE_PATH, BAILIAN_NB_KEY_COMMAND, BAILIAN_NB_KEY_SERVER and
    `~/.dashscope/api_key`.

    Raises
    ------
    MissingApiKey
        When a file that is named cannot be read or is empty, when a command or server gives none, or when what was
        found can be no key.
    """
    env = environment(env)
    if key := Secret(env.get("DASHSCOPE_API_KEY")):
        return _usable(key, "DASHSCOPE_API_KEY")
    named = env.get("DASHSCOPE_API_KEY_FILE_PATH")
    if not named and (renewed := renewed_key(env)) is not None:
        return renewed
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
    return hash_of(salt, name, base_url) if name else key.keyed_hash(salt, base_url)


def team_id(key: Secret, base_url: str, *, name: str | None = None) -> str:
    """Return what an account is known by on all machines, where no salt of one of them can stand in it.

    `name` (the `account` setting) joins several keys, and temporary ones of the same parent.
    """
    salt = b"bailian_nb limits over machines"
    return hash_of(salt, name, base_url) if name else key.team_hash(salt, base_url)


def _salt(path: Path) -> bytes:
    try:
        private_folder(path.parent)
        left = _read_salt(path)
        if left is not None and len(left) >= _SHORTEST_SALT:
            return left
        # Two kernels may begin together: both read what the first one wrote. A short one is what a power cut left.
        write_whole(path, secrets.token_bytes(32), mode=PRIVATE, overwrite=left is not None)
        return read_file(path)
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
        return read_file(path)
    except FileNotFoundError:
        return None


def _from_file(path: Path) -> Secret | None:
    """Return what a key file holds, None when it is not there."""
    try:
        with open(path, "rb", opener=_open_source) as file:
            read = Secret.read(file.read(_LONGEST_FILE))
    except FileNotFoundError:
        return None
    except TimeoutError:
        reason = sentence("it is a pipe that nobody writes to")
    except OSError as error:
        reason = sentence("it is no file") if error.errno == errno.EINVAL else type(error).__name__
    else:
        if read.is_text:
            return read
        reason = sentence("it is no Unicode text; save it as UTF-8, with nothing but the key in it")
    raise MissingApiKey(
        sentence("the key file {masked} cannot be read ({reason})", masked=masked(str(path)), reason=reason)
    )


def _open_source(path: str, flags: int) -> int:
    return open_file(path, flags, pipe_seconds=PIPE_SECONDS)


def _usable(key: Secret, source: str) -> Secret:
    if fault := key.fault:
        raise MissingApiKey(sentence("the key in {source} {fault}", source=source, fault=fault))
    return key
