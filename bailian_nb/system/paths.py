"""Names of files whose bytes are no text in this locale: to open, and to keep in a database.

A name is bytes on Linux. Python shows those that its locale cannot read as lone surrogates, which no file, database or
message takes; and a locale such as C cannot write down a Chinese name that somebody typed. Every path that comes in
passes `native`, every one that is kept `stored` and `restored`; `errors.readable` shows one.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import unicodedata
from pathlib import Path, PurePath
from typing import TextIO


def native(path: str | PurePath) -> str:
    """Return a path that the system takes: in a locale without its letters, by its bytes in UTF-8."""
    text = str(path)
    with contextlib.suppress(UnicodeEncodeError):
        os.fsencode(text)
        return text
    with contextlib.suppress(UnicodeEncodeError):  # half of a pair, which no name has: whoever opens it is told
        return os.fsdecode(text.encode("utf-8", "surrogateescape"))
    return text


def user_path(given: str | PurePath) -> Path:
    """Return a path as a user spelled it, with its `~` filled in, in a form that the system takes.

    A file whose own name begins with `~` is meant where no home of that name has it, and one whose letters and accents
    are composed in the other way (as macOS does) where no other is there.

    Raises
    ------
    RuntimeError
        When it names the home of a user who does not exist.
    """
    path = Path(native(given))
    try:
        found = path.expanduser()
    except RuntimeError:
        if _is_there(path):
            return path
        raise
    if _is_there(found):
        return found
    others = [path, *(Path(unicodedata.normalize(form, str(found))) for form in ("NFC", "NFD"))]
    return next((other for other in others if other != found and _is_there(other)), found)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no name of this system's, or in a folder that is closed to us: whoever opens it says so
        return False


def stored(path: PurePath) -> str | bytes:
    """Return what a database knows a path by: its text in any locale, or its bytes where they are no text."""
    name = os.fsencode(native(path))
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name


def restored(value: str | bytes) -> Path:
    """Return the path that `stored` gave a database, in the locale of this process."""
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return Path(os.fsdecode(data))


def print_any(stream: TextIO | None) -> None:
    """Let a text stream print every name: the bytes that its file has, and other letters that it lacks as UTF-8."""
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is not None and reconfigure is not None and stream.errors in ("strict", "surrogateescape"):
        reconfigure(errors=_PRINTING)


def _as_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end]
    if codecs.lookup(error.encoding).name in ("utf-8", "ascii"):
        return part.encode("utf-8", "surrogateescape"), error.end
    return part.encode("ascii", "backslashreplace"), error.end


_PRINTING = "bailian_nb.printing"
codecs.register_error(_PRINTING, _as_bytes)
