"""Pictures of ours among the files of a disk, and whether one is still the file that was saved. The index asks here."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from ..images import PNG_SIGNATURE
from ..images.decode import SUFFIXES
from ..system.paths import restored, stored
from .chunks import extract, read_record
from .picture import Picture


def is_unchanged(picture: Picture) -> bool:
    """Compare the file, without the Record that we put into it, with the hash in its Record."""
    try:
        if not (picture.path.is_file() and picture.raw_path.is_file()):
            return False
        data = picture.path.read_bytes()
        found = extract(data) if data.startswith(PNG_SIGNATURE) else None
        return picture.record.sha256 in (
            hashlib.sha256(data).hexdigest(),
            hashlib.sha256(found[1]).hexdigest() if found else None,
        )
    except (OSError, ValueError):
        return False


BIN = "wan_bin"
"""The folder of what somebody deleted: no picture in it is looked for."""
_SUFFIXES = frozenset(SUFFIXES.values())
_MISSED = 20
"""Files that are gone after which the names of a folder are read at once."""
PASTED = re.compile(r"_pasted(-\d+)?$")


def files_below(folder: Path) -> list[Path]:
    """Return every file below `folder` that may be a picture of ours, by name; what lies in a bin is none."""
    paths = (path for path in folder.rglob("*") if may_be_picture(path.name))
    return sorted(path for path in paths if not is_binned(path.relative_to(folder)))


def may_be_picture(name: str) -> bool:
    """Tell by a file's name whether it may be a picture of ours."""
    return not name.startswith(".") and f".{name.rpartition('.')[2]}" in _SUFFIXES


def is_binned(path: Path) -> bool:
    """Tell whether a path leads into the bin."""
    return BIN in path.parts[:-1]


def newest_in(folders: Iterable[Path], known: Container[object]) -> Iterator[Picture | None]:
    """Read the files that lie right in these folders; yield a picture of ours, None for a file that is none.

    Folders are looked at in their order, in each the newest name first; those that cannot be read are passed over, and
    so is what is `known`.
    """
    for folder in folders:
        pasted_over: set[Path] = set()
        try:
            resolved = folder.resolve()
            names = [path.name for path in folder.iterdir() if path.suffix in _SUFFIXES]
        except OSError:
            continue
        for name in sorted((name for name in names if stored(resolved / name) not in known), reverse=True):
            path = folder / name
            if path in pasted_over:
                continue
            picture = picture_at(path)
            if picture is not None and picture.raw_path != picture.path:
                pasted_over.add(picture.raw_path)  # which comes later, by its shorter name
            yield picture


def picture_at(path: Path) -> Picture | None:
    """Return the picture of ours that a file is, None for any other file."""
    if path.suffix not in _SUFFIXES or path.name.startswith(".") or not path.is_file():
        return None
    record = read_record(path)
    if record is None:
        return None
    raw = None
    if record.source == "pasted":
        name = PASTED.sub("", path.stem)
        raw = next((one for suffix in SUFFIXES.values() if (one := path.with_name(name + suffix)).is_file()), None)
    return Picture(path=path, raw_path=raw, record=record)


class Files:
    """Which files are there, for one question: a folder that is gone is asked for once, however many it held."""

    def __init__(self, folders: Iterable[tuple[int, object, str]]) -> None:
        self._paths: dict[int, object] = {}
        self.newest: list[tuple[int, str]] = []
        """Each folder's id, and when its newest picture was made; the newest first."""
        for number, path, newest in folders:
            self._paths[number] = path
            self.newest.append((number, newest))
        self._there: dict[int, Path | None] = {}
        self._missed: dict[int, int] = {}
        self._names: dict[int, set[str]] = {}

    def holds(self, folder: int) -> bool:
        """Tell whether the folder is there."""
        if folder not in self._there:
            value = self._paths.get(folder)
            path = restored(value) if isinstance(value, str | bytes) else None
            self._there[folder] = path if path is not None and path.is_dir() else None
        return self._there[folder] is not None

    def has(self, folder: int, value: object) -> bool:
        """Tell whether the file is there."""
        if not (self.holds(folder) and isinstance(value, str | bytes)):
            return False
        above = self._there[folder]
        name = value if isinstance(value, str) and value.isascii() else restored(value).name
        if above is None or (folder in self._names and name not in self._names[folder]):
            return False
        if os.path.isfile(os.path.join(above, name)):  # noqa: PTH113, PTH118  # of hundreds: a Path takes four times as long
            return True
        self._missed[folder] = self._missed.get(folder, 0) + 1
        if self._missed[folder] == _MISSED:
            with contextlib.suppress(OSError):  # then each is asked for
                self._names[folder] = {each.name for each in above.iterdir()}
        return False
