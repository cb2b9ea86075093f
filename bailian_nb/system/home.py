"""The journal's home, and how a folder that the environment names is read. `config` and the loading of a notebook ask.

This imports next to nothing, so that `%load_ext` can look whether there is a journal.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

from ..errors import InvalidRequest, printable
from .environment import Variables, environment, fill_in
from .language import sentence
from .paths import native, user_path


def home(env: Variables = None) -> Path:
    """Return the folder of journal, index and emulator; it is made by whoever writes there, for its owner alone.

    Raises
    ------
    InvalidRequest
        When BAILIAN_NB_HOME cannot be read, or names another folder from each working directory: of two journals,
        neither knows what the other one has paid.
    """
    given = environment(env).get("BAILIAN_NB_HOME")
    if given:
        path = expanded(given, "BAILIAN_NB_HOME", env)
        if not path.is_absolute():
            raise InvalidRequest(
                sentence(
                    "BAILIAN_NB_HOME must be a whole path, for {given} is another folder in each working directory, "
                    "which would not know what was paid: write {path}",
                    given=printable(given, 80),
                    path=printable(str(path.absolute()), 160),
                )
            )
        return path
    return Path(platformdirs.user_data_dir("bailian_nb", appauthor=False))


def expanded(given: str, what: str, env: Variables = None) -> Path:
    """Return the path with its `~` and its variables filled in; a folder that really has such a name is taken, too.

    Raises
    ------
    InvalidRequest
        When it names a user or a variable that does not exist; `what` says where it comes from.
    """
    try:
        given = fill_in(given, what, env)
    except InvalidRequest:
        if not is_there(Path(native(given))):
            raise
    try:
        return user_path(given)
    except RuntimeError:
        raise InvalidRequest(
            sentence("{given} names the home of a user who does not exist; see {what}", given=given, what=what)
        ) from None


def is_there(path: Path) -> bool:
    """Tell whether something has this path; a path that no system takes is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
