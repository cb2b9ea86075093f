"""The bin: where pictures go that somebody deletes, and come back from. Nothing is deleted here.

It is a folder `wan_bin` in the folder of the days' folders, laid out as that is, so that a file's place in the bin says
where it came from, in any later kernel too. What a picture cost stays where it is written. `session.shelf` asks here;
whoever looks through folders for pictures passes it over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from ..errors import InvalidRequest, readable
from ..system.files import patiently
from ..system.language import sentence
from . import small
from .found import BIN, is_binned, may_be_picture, picture_at
from .picture import Picture
from .record import Record

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def move_to_bin(picture: Picture) -> Path:
    """Move a picture's files into the bin and return where the picture lies now.

    Its files are the picture, the one as served that it was pasted over, and the Record beside each.

    Raises
    ------
    InvalidRequest
        When it is not there any more, or lies in the bin already.
    OSError
        When it cannot be moved.
    """
    path = picture.path.absolute()
    if is_binned(path):
        raise InvalidRequest(sentence("{name} lies in the bin already", name=readable(path)))
    if not picture.fetched().is_file():
        raise InvalidRequest(sentence("{name} is not there any more", name=readable(path)))
    served = picture.raw_path.absolute()
    binned = _move([path, served, _record_of(path), _record_of(served)], bin_of(path.parent)) / path.name
    small.drop(path)
    return binned


def restore(path: Path) -> Path:
    """Move a picture and what belongs to it from the bin back to where it was, and return that path.

    Raises
    ------
    InvalidRequest
        When it lies in no bin, is not there any more, or another file has its name by now.
    OSError
        When it cannot be moved.
    """
    path = path.absolute()
    above = next((each for each in path.parents if each.name == BIN), None)
    if above is None or not path.is_file():
        raise InvalidRequest(sentence("{name} is not in the bin", name=readable(path)))
    target = above.parent / path.parent.relative_to(above)
    picture = picture_at(path)
    served = picture.raw_path if picture is not None else path
    restored = _move([_record_of(served), _record_of(path), served, path], target) / path.name
    if _lies_in_bucket(restored):
        small.keep(restored)
    return restored


def bin_of(folder: Path) -> Path:
    """Return where the pictures of a folder go: beside the days' folders, or into the folder where it is none."""
    return folder.parent / BIN / folder.name if _DAY.fullmatch(folder.name) else folder / BIN


def binned(folders: Iterable[Path]) -> list[Path]:
    """Return the pictures in the bins of these folders by their names alone, of each folder the newest name first."""
    found: list[Path] = []
    for folder in dict.fromkeys(bin_of(each.absolute()) for each in folders):
        try:
            with os.scandir(folder) as entries:
                names = {entry.name for entry in entries}
        except OSError:
            continue
        stems = {name.rpartition(".")[0] for name in names}
        pictures = sorted((name for name in names if may_be_picture(name)), reverse=True)
        found += [folder / name for name in pictures if f"{name.rpartition('.')[0]}_pasted" not in stems]
    return found


def _lies_in_bucket(path: Path) -> bool:
    """Tell whether the JSON beside a picture names an address: it was carried up."""
    try:
        return bool(Record.from_json(_record_of(path).read_bytes()).address)
    except (OSError, ValueError):
        return False


def _record_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _move(files: Iterable[Path], folder: Path) -> Path:
    """Move what there is of these files, in this order, into a folder and return it; all of them or, as a rule, none.

    The picture goes first into the bin and last out of it: one that is half moved is in the bin, whole with its Record.
    """
    moved = [(file, folder / file.name) for file in dict.fromkeys(files) if file.is_file()]
    for file, target in moved:
        if os.path.lexists(target):
            name, there = readable(file), readable(target)
            raise InvalidRequest(sentence("{name} cannot be moved: {there} is there already", name=name, there=there))
    folder.mkdir(parents=True, exist_ok=True)
    for file, target in moved:
        patiently(partial(file.rename, target))
    return folder
