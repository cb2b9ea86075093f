"""Where the pictures of a row lie: below the folder that the template names, or nowhere. `calls` asks here."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import printable
from ..system.paths import native, user_path
from .table import Table
from .template import Template

_ADDRESS = re.compile(r"(https?|oss|s3|memory|data):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its path, and by what it is known again without being read."""

    path: str
    size: int
    changed: int
    """Nanoseconds since 1970."""


class Outside(ValueError):
    """A path leaves the folder that it must stay in."""


class Folders:
    """The folders in which the pictures of one template are looked for, the first one first."""

    def __init__(self, template: Template, table: Table, *, implied: bool) -> None:
        here, beside = Path.cwd(), table.folder
        begins = native(template.beginning.replace("\\", "/") if os.sep == "/" else template.beginning)
        folder = begins[: max(begins.rfind("/"), begins.rfind(os.sep)) + 1]
        bases = [beside, here] if implied else [here, beside]
        self._bases = [os.path.normpath(base) for base in dict.fromkeys(bases)]
        self._roots = [_joined(base, os.fspath(user_path(folder)) if folder else "") for base in self._bases]
        self._anywhere = not table.foreign and template.lone is not None

    def find(self, text: str) -> Found | None:
        """Return the file that a filled template names, None where there is none.

        Raises
        ------
        Outside
            When it leaves the folder.
        """
        outside = False
        for spelled in _spellings(text):
            try:
                path = os.fspath(user_path(spelled)) if spelled.startswith("~") else native(spelled)
            except RuntimeError:  # the home of nobody
                return None
            for base, root in zip(self._bases, self._roots, strict=True):
                whole = _joined(base, path)
                if not (self._anywhere or _is_inside(whole, root)):
                    outside = True
                    continue
                if (found := look(whole)) is not None:
                    return found
        if outside:
            raise Outside(printable(text, 120))
        return None

    @property
    def shown(self) -> str:
        """Return where pictures must lie, for a message."""
        return printable(self._roots[0])


def is_address(text: str) -> bool:
    """Tell whether a text is no path but an address that is passed on, or a data URL."""
    return _ADDRESS.match(text) is not None


def look(path: str) -> Found | None:
    """Return a file as it is now, None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # as in `_joined`
    except (OSError, ValueError):
        return None
    return Found(path, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _spellings(text: str) -> Iterator[str]:
    """Return a path as it is written, then with the composition and the separators that it may have been meant with."""
    yield text
    forms: Sequence[str] = [unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
    yield from (form for form in dict.fromkeys(forms) if form != text)
    if os.sep == "/" and "\\" in text:
        yield text.replace("\\", "/")


def _joined(base: str, path: str) -> str:
    """Return a path below a base, or by itself, without `..`; links are not followed."""
    # A Path for each of these takes a second for ten thousand rows.
    return os.path.normpath(path if os.path.isabs(path) else f"{base}{os.sep}{path}")  # noqa: PTH117


def _is_inside(path: str, root: str) -> bool:
    return path.startswith(root if root.endswith(os.sep) else root + os.sep)
