"""Bring saved pictures up to their bucket.

`jobs` calls it before a Job is done, `session` for what a bucket that was away has left. What is carried says so
itself: the JSON beside the local copy names the address. So whatever is killed in between, the next one finds what is
still to be carried by looking.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import BucketError
from ..images.decode import SUFFIXES
from ..store import buckets
from ..system.files import write_whole
from ..system.language import sentence
from . import small
from .chunks import read_record
from .fetch import beside
from .found import files_below, picture_at
from .picture import Picture
from .record import Record

FAULTS = 3
"""Refusals after which a bucket is asked no more in one go."""
_SUFFIXES = frozenset(SUFFIXES.values())


@dataclass(kw_only=True)
class Carrying:
    """What a look at all that is left came to; it grows while `done` is False.

    `carried` are addresses, `kept` the local files that still wait, `reasons` says why, each reason once.
    """

    carried: list[str] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    done: bool = True
    ended: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def end(self) -> None:
        """Note that the look is over."""
        self.done = True
        self.ended.set()

    def wait(self) -> None:
        """Wait until the look is over: where the process ends before that, the next one goes on with it."""
        if not self.done:
            self.ended.wait()

    def __bool__(self) -> bool:
        return bool(self.carried or self.kept or not self.done)

    def lines(self) -> list[str]:
        """Return it in words."""
        found = []
        if self.carried:
            folders = ", ".join(dict.fromkeys(address.rpartition("/")[0] for address in self.carried[-3:]))
            found.append(sentence("{count} carried up to {folders}", count=len(self.carried), folders=folders))
        if self.kept:
            why = "; ".join(self.reasons)
            found.append(
                sentence("{count} still saved on this machine alone, since {why}", count=len(self.kept), why=why)
            )
        if not self.done:
            found.append(sentence("others are being carried up now"))
        return found


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
    small.keep(picture.path)
    return True


def carry_left(home: Path, found: Carrying, listed: Callable[[Picture], object]) -> None:
    """Carry up all that lies below `home` and has no address yet, into `found`; `listed` hears of each picture."""
    buckets.try_again()
    refused: Counter[str] = Counter()
    for path in _left(home):
        bucket = "/".join(buckets.address_of(path, home).split("/")[:3])
        if refused[bucket] >= FAULTS:
            found.kept.append(path)
            continue
        try:
            record = _carry_file(path, home)
        except (BucketError, OSError) as error:
            refused[bucket] += 1
            found.kept.append(path)
            found.reasons[:] = dict.fromkeys([*found.reasons, str(error)])
            continue
        found.carried.append(record.address)
        if not _pasted_over(path) and (picture := picture_at(path)) is not None:
            small.keep(path)
            listed(picture)


def _left(home: Path) -> Iterator[Path]:
    """Yield our pictures below the buckets' local folders that no bucket has yet; the bin stays here."""
    root = home / buckets.FOLDER
    for path in files_below(root) if root.is_dir() else ():
        try:
            record = _of_json(path)
        except OSError:  # another tool's picture, or a sheet
            continue
        if not record.address:
            yield path


def _pasted_over(path: Path) -> bool:
    return any(path.with_name(f"{path.stem}_pasted{suffix}").exists() for suffix in _SUFFIXES)


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
        if not buckets.put_new(beside(address), text):
            continue
        if buckets.put_new(address, data):
            write_whole(path.with_suffix(".json"), text)
            return named
        buckets.remove(beside(address))
    raise BucketError(sentence("{address} and the names beside it are taken by other pictures", address=wanted))


def _of_json(path: Path) -> Record:
    """Return the Record beside a picture: that in it was written before anybody knew the address."""
    try:
        return Record.from_json(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        record = read_record(path)
    if record is None:
        raise OSError(sentence("{name} has no Record", name=path.name))
    return record
