"""Small copies of pictures that lie in a bucket: by them a history shows what has no local copy, and fetches nothing.

`carry` makes one once the bucket has the picture, and who looks at what others have put there makes those of a page;
what goes into the bin loses it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from ..images import MAX_SERVED_PIXELS, decode, jpeg_thumbnail
from ..store import buckets
from ..system.files import PRIVATE, private_folder, write_whole

FOLDER = "thumbnails"
"""Below BAILIAN_NB_HOME."""
SIDE, BYTES = 256, 20_000
"""Pixels of the longer side, and bytes, at most."""
MOST_BYTES = 1024 * 1024 * 1024


def place_of(path: Path) -> Path | None:
    """Return where the small copy of a picture is, there or not; None for one that goes to no bucket."""
    address, home = buckets.named_by(path), buckets.home_of(path)
    if not address or home is None:
        return None
    return home / FOLDER / f"{hashlib.sha256(address.encode('utf-8', 'backslashreplace')).hexdigest()[:32]}.jpg"


def keep(path: Path) -> None:
    """Make the small copy of a picture that its bucket has; without one it is listed as long as its file is here."""
    if place_of(path.absolute()) is not None:
        with contextlib.suppress(OSError, ValueError):
            _make(path, path.read_bytes())


def bring(path: Path, address: str) -> None:
    """Make the small copy of a picture that lies at an address alone; it is read once and not kept.

    Raises
    ------
    BucketError, OSError, ValueError
        When it cannot be read, is no picture, or no room is left for the copy.
    """
    _make(path, buckets.read(address, MOST_BYTES))


def _make(path: Path, data: bytes) -> None:
    target = place_of(path.absolute())
    if target is not None:
        jpeg = jpeg_thumbnail([decode(data, max_pixels=MAX_SERVED_PIXELS)], side=SIDE, max_bytes=BYTES)
        private_folder(target.parent)
        write_whole(target, jpeg, mode=PRIVATE, lasting=False)


def drop(path: Path) -> None:
    """Take the small copy away: the picture is not to be listed."""
    if (target := place_of(path.absolute())) is not None:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


class Small:
    """Which pictures have a small copy, for one question about many: the names of a folder are read at once."""

    def __init__(self) -> None:
        self._names: dict[Path, Collection[str]] = {}

    def has(self, path: Path) -> bool:
        place = place_of(path)
        if place is None:
            return False
        if place.parent not in self._names:
            try:
                self._names[place.parent] = frozenset(os.listdir(place.parent))  # noqa: PTH208  # names alone
            except OSError:
                self._names[place.parent] = ()
        return place.name in self._names[place.parent]
