"""What lies below the place that pictures go to, a folder of a bucket or of the disk: names, and when each was written.

`gallery.shared` asks here for what everybody has put there; one question lists ten thousand names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ..system.language import sentence
from . import buckets

_ODD = re.compile(r"(^|/)\.{1,2}(/|$)|[\x00-\x1f\x7f-\x9f]")
"""Of a name that would lead out of the bucket's local folder, or that no terminal is to be shown."""


class Entry(NamedTuple):
    """One file or object; `tag` changes whenever its content does, `written` are seconds since 1970, 0.0 if unknown."""

    tag: str
    written: float
    size: int


def everything(place: str) -> dict[str, Entry]:
    """Return what lies below an address or a folder, by address or path; {} where there is no such folder.

    Raises
    ------
    BucketError
        When there is no such bucket, or it refuses or cannot be reached.
    """
    if not buckets.is_address(place):
        return dict(_files(Path(place)))
    found = buckets.ask(place, _objects)
    scheme = place.partition("://")[0]
    return {f"{scheme}://{name.strip('/')}": _entry(each) for name, each in found.items() if not _ODD.search(name)}


def read(name: str, entry: Entry, most: int) -> bytes:
    """Return the content of a listed file or object in one question.

    Raises
    ------
    BucketError, OSError
        When it is larger than `most` bytes, or cannot be read.
    """
    if entry.size > most:
        raise OSError(sentence("{name} is too large", name=name))
    if not buckets.is_address(name):
        return Path(name).read_bytes()
    data = buckets.ask(name, lambda store, path: store.cat_file(path))
    return bytes(data)


def _objects(store: Any, path: str) -> dict[str, Mapping[str, Any]]:
    store.invalidate_cache()
    found: dict[str, Mapping[str, Any]] = store.find(path, detail=True)
    return found


def _entry(found: Mapping[str, Any]) -> Entry:
    size = found.get("size")
    written = next((found[name] for name in ("LastModified", "created", "mtime") if found.get(name)), 0.0)
    if isinstance(written, datetime):
        written = written.timestamp()
    tag = str(found.get("ETag") or f"{size} {written}")
    return Entry(tag, float(written) if isinstance(written, int | float) else 0.0, int(size) if size else 0)


def _files(folder: Path) -> Iterator[tuple[str, Entry]]:
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)  # noqa: PTH118  # a Path of each of ten thousand takes as long as the disk
            try:
                path.encode()
                stat = os.stat(path)  # noqa: PTH116  # as above
            except (OSError, UnicodeError):
                continue
            yield path, Entry(f"{stat.st_size} {stat.st_mtime_ns}", stat.st_mtime, stat.st_size)
