"""Pictures found on disk by their Records: for an index that is made again. `index` asks here."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from ..images.decode import SUFFIXES
from .chunks import read_record
from .picture import Picture

_PASTED = re.compile(r"_pasted(-\d+)?$")


def found_below(folder: Path) -> list[Picture]:
    """Return every picture of ours below `folder`, the oldest name first."""
    return _once(picture for path in sorted(folder.rglob("*")) if (picture := _picture_at(path)) is not None)


def newest_in(folders: Iterable[Path], seconds: float) -> tuple[list[Picture], bool]:
    """Return the pictures that lie right in these folders, and whether that is all that `seconds` were enough for.

    Folders are looked at in their order; those that cannot be read are passed over.
    """
    end = time.monotonic() + seconds
    found: list[Picture] = []
    for folder in folders:
        try:
            names = sorted((entry.name for entry in os.scandir(folder)), reverse=True)
        except OSError:
            continue
        for name in names:
            if time.monotonic() > end:
                return _once(reversed(found)), False
            if (picture := _picture_at(folder / name)) is not None:
                found.append(picture)
    return _once(reversed(found)), True


def _once(pictures: Iterable[Picture]) -> list[Picture]:
    """Leave out served files that a pasted one stands for."""
    found = list(pictures)
    pasted_over = {picture.raw_path for picture in found if picture.raw_path != picture.path}
    return [picture for picture in found if picture.path not in pasted_over]


def _picture_at(path: Path) -> Picture | None:
    if path.suffix not in SUFFIXES.values() or path.name.startswith(".") or not path.is_file():
        return None
    record = read_record(path)
    if record is None:
        return None
    raw = None
    if record.source == "pasted":
        name = _PASTED.sub("", path.stem)
        raw = next((one for suffix in SUFFIXES.values() if (one := path.with_name(name + suffix)).is_file()), None)
    return Picture(path=path, raw_path=raw, record=record)
