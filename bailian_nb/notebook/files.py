"""Offer files where a magic takes one, written as the magic reads them: IPython would write `my\\ cat.jpg`."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from ..planning.plain import QUOTES
from .split import as_word
from .template import NAME

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".gif", ".jfif", ".avif")
_MOST = 5000
"""Entries of a folder that are looked at: a network folder may hold any number."""


def offered(typed: str, *, folders: bool = False, everything: bool = False) -> list[str]:
    """Return the pictures and folders that a word which is still typed may become, as they are typed.

    Every file is offered where no picture fits; `folders` asks for folders alone, `everything` for any file.
    A folder ends in a slash and leaves its quote open, so that one can go on.

    >>> offered("no such folder/")
    []
    """
    opening = typed[:1] if typed[:1] in QUOTES else ""
    path = typed[len(opening) :].replace('\\"', '"') if opening else typed
    head, tail = _at_slash(path)
    entries = list(_entries(head))
    found = [entry for entry in entries if entry[0].startswith(tail)]
    found = found or [entry for entry in entries if entry[0].casefold().startswith(tail.casefold())]
    found = [(name, is_folder) for name, is_folder in found if not name.startswith(".") or tail.startswith(".")]
    pictures = [entry for entry in found if entry[1] or entry[0].lower().endswith(PICTURES)]
    others = found if everything else pictures or found
    kept = [entry for entry in found if entry[1]] if folders else others
    # A name that begins with ~ would be read as a home.
    return [_typed(head + name, opening, is_folder) for name, is_folder in sorted(kept) if head or name[0] != "~"]


def _at_slash(path: str) -> tuple[str, str]:
    cut = max(path.rfind(sign) for sign in {"/", os.sep}) + 1
    return path[:cut], path[cut:]


def _entries(head: str) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(Path(head).expanduser()) as found:
            for entry in itertools.islice(found, _MOST):
                yield entry.name, entry.is_dir()
    except (OSError, RuntimeError, ValueError):
        return


def _typed(path: str, opening: str, is_folder: bool) -> str:
    path = NAME.sub(lambda match: f"{{{match[0]}}}", path)  # or it would be filled in
    if not is_folder:
        return as_word(path, opening)
    word = as_word(f"{path}/", opening)
    return word if word == f"{path}/" else word[:-1]
