"""Bring saved pictures up to their bucket, and back from it where the local copy is gone.

`jobs` calls it before a Job is done, `session` for what a bucket that was away has left; whoever opens a picture asks
`bring_back`. What is carried says so itself: the JSON beside the local copy names the address. So whatever is killed
in between, the next one finds what is still to be carried by looking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..images.decode import SUFFIXES
from ..store import buckets
from ..store.buckets import BucketError
from ..system.files import write_whole
from ..system.language import sentence
from .chunks import MAX_RECORD_BYTES, read_record
from .picture import Picture
from .record import Record

MOST_BYTES = 1024 * 1024 * 1024
"""Larger than any picture of the service."""
_SUFFIXES = frozenset(SUFFIXES.values())


def carry(picture: Picture, home: Path | None = None) -> bool:
    """Carry a picture up and let its Record name the address; False where it goes to no bucket, or is there already.

    The JSON goes first and the picture last, so that whoever sees the picture can read how it was made; both are looked
    at once they are there. A name that another picture has gets a few letters of the content's hash behind it.

    Raises
    ------
    BucketError
        When the bucket refuses or cannot be reached; the local copies stay.
    OSError
        When the local copies cannot be read, or cannot note it.
    """
    if not buckets.address_of(picture.path, home) or picture.record.address:
        return False
    if picture.raw_path != picture.path:
        _carry_file(picture.raw_path, home)
    picture.record = _carry_file(picture.path, home)
    return True


def left_below(home: Path) -> Iterator[Path]:
    """Yield the pictures below the buckets' local folders that no bucket has yet, by name."""
    root = home / buckets.FOLDER
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.suffix in _SUFFIXES and not path.name.startswith("."):
            record = read_record(path)
            if record is not None and not record.address:
                yield path


def bring_back(path: Path, sha256: str = "", home: Path | None = None) -> bool:
    """Fetch a picture of ours whose local copy is gone from its bucket, with its JSON; tell whether it is there now.

    `sha256` is that of its Record, "" to take what has the name.

    Raises
    ------
    BucketError
        When the bucket refuses or cannot be reached.
    OSError
        When the local folder cannot be written.
    """
    if path.exists():
        return True
    wanted = buckets.address_of(path, home)
    if not wanted:
        return False
    for address in _named(wanted):
        try:
            text = buckets.read(_beside(address), MAX_RECORD_BYTES)
            record = Record.from_json(text)
            if sha256 and record.sha256 != sha256:
                continue
            data = buckets.read(address, MOST_BYTES)
        except BucketError as error:
            if error.missing:
                continue
            raise
        except ValueError:
            continue
        write_whole(path.with_suffix(".json"), text)
        write_whole(path, data, overwrite=False)
        return True
    return False


def _named(address: str) -> Iterator[str]:
    yield address
    try:
        yield from buckets.names_like(address)
    except BucketError as error:
        if not error.missing:
            raise


def _carry_file(path: Path, home: Path | None) -> Record:
    record = _of_json(path)
    if record.address:
        return record
    data = path.read_bytes()
    wanted = buckets.address_of(path, home)
    stem = wanted.removesuffix(path.suffix)
    digest = hashlib.sha256(data).hexdigest()
    for name in (stem, f"{stem}-{digest[:6]}", f"{stem}-{digest}"):
        address = f"{name}{path.suffix}"
        named = replace(record, address=address)
        text = (named.to_json(indent=2) + "\n").encode("utf-8", "backslashreplace")
        if not buckets.put_new(_beside(address), text):
            continue
        if buckets.put_new(address, data):
            write_whole(path.with_suffix(".json"), text)
            return named
        buckets.remove(_beside(address))
    raise BucketError(sentence("{address} and the names beside it are taken by other pictures", address=wanted))


def _beside(address: str) -> str:
    head, _, name = address.rpartition("/")
    return f"{head}/{name.rpartition('.')[0]}.json"


def _of_json(path: Path) -> Record:
    """Return the Record beside a picture: that in it was written before anybody knew the address."""
    try:
        return Record.from_json(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        record = read_record(path)
    if record is None:
        raise OSError(sentence("{name} has no Record", name=path.name))
    return record
