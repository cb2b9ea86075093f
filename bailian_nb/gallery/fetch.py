"""Fetch a picture of ours from its bucket again, where the local copy is gone. Whoever opens a picture asks here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import BucketError
from ..store import buckets
from ..system.files import write_whole
from ..system.language import sentence
from .record import Record

MOST_BYTES = 1024 * 1024 * 1024
"""Larger than any picture of the service."""
MOST_RECORD_BYTES = 1024 * 1024


def bring_back(path: Path, sha256: str = "", home: Path | None = None, *, address: str = "") -> bool:
    """Fetch a picture whose local copy is gone, with its JSON; tell whether it is there now.

    Parameters
    ----------
    sha256
        That of its Record, "" to take what has the name.
    home
        Where the buckets' local folders are, None for BAILIAN_NB_HOME.
    address
        Where it lies, "" where only its path says so.

    Raises
    ------
    BucketError
        When the bucket refuses or cannot be reached.
    OSError
        When the local folder cannot be written.
    """
    if path.exists():
        return True
    wanted = address or buckets.address_of(path, home)
    if not wanted:
        return False
    for each in _named(wanted):
        try:
            text = buckets.read(beside(each), MOST_RECORD_BYTES)
            record = Record.from_json(text)
            if sha256 and record.sha256 != sha256:
                continue
            data = buckets.read(each, MOST_BYTES)
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


def local_copy(address: str, home: Path | None = None) -> Path:
    """Return the local copy of a picture of ours that lies at an address, fetched where it is not there yet.

    Raises
    ------
    BucketError
        When it is not there, is no picture of ours, or cannot be fetched.
    """
    path = buckets.local_folder(address, home)
    if not bring_back(path, home=home, address=address):
        raise BucketError(sentence("{address} is no picture of bailian_nb's", address=address), missing=True)
    return path


def beside(address: str) -> str:
    """Return the address of the JSON that belongs to a picture."""
    head, _, name = address.rpartition("/")
    return f"{head}/{name.rpartition('.')[0]}.json"


def _named(address: str) -> Iterator[str]:
    yield address
    try:
        yield from buckets.names_like(address)
    except BucketError as error:
        if not error.missing:
            raise
