"""Find a picture that is not where it was saved: its folder was renamed or moved. `session.cache` asks here.

Our own file names stay when somebody renames the folders above them, so they are looked for near the old place; the
content decides.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..store.buckets import here
from .chunks import read_record
from .fetch import bring_back
from .found import BIN, is_unchanged
from .picture import Picture

SECONDS = 1.0
"""How long one picture is looked for."""
DEPTH = 4
"""Levels of folders below the nearest one that is still there."""


def find_moved(path: Path, raw_path: Path, sha256: str, *, also: Iterable[Path] = ()) -> Picture | None:
    """Return the picture that was saved as `path`, where it lies now; None when it is not found.

    Parameters
    ----------
    path, raw_path
        Where the picture and the file as served were saved; they are looked at first.
    sha256
        Of the picture as its Record has it, "" where that is not known: the Record in the file says it then.
    also
        Further folders to look in.

    Raises
    ------
    BucketError
        When it lies in a bucket that cannot be asked, and the local copy is gone.
    """
    path, raw_path = here(path), here(raw_path)
    for each in dict.fromkeys((raw_path, path)):
        bring_back(each, sha256 if each == path else "")
    end = time.monotonic() + SECONDS
    for found in _candidates(path, also, end):
        record = read_record(found) if found.is_file() else None
        raw = raw_path if found == path else found.with_name(raw_path.name)
        if record is None or (sha256 and record.sha256 != sha256):
            continue
        picture = Picture(path=found, raw_path=raw, record=record)
        if is_unchanged(picture):
            return picture
    return None


def _candidates(path: Path, also: Iterable[Path], end: float) -> Iterator[Path]:
    yield path
    near = next((folder for folder in path.parents[2:] if folder.is_dir()), None)
    for root in (*also, *((near,) if near is not None else ())):
        level = [root]
        for _ in range(DEPTH):
            below: list[Path] = []
            for folder in level:
                if time.monotonic() > end:
                    return
                yield folder / path.name
                below += _folders(folder)
            level = below


def _folders(folder: Path) -> list[Path]:
    try:
        below = [each for each in folder.iterdir() if not each.name.startswith(".") and each.name != BIN]
        return [each for each in below if each.is_dir()]
    except OSError:
        return []
