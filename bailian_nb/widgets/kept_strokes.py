"""Strokes that outlive their painter: what hands have painted on a picture lies in a file under the picture's hash.

`painter` takes it up when it is first shown and writes it shortly after each stroke, so a cell that is run again, a
restarted kernel, a reloaded page and a closed output find the strokes. The file lies in BAILIAN_NB_HOME and not beside
the notebook: that folder may be read-only, shared or under version control, and masks of unpublished pictures are
private. What cells paint is not kept: they paint it again.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import logging
import os
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .. import config
from ..errors import InvalidRequest, one_line
from ..system.files import PRIVATE, private_folder, write_whole
from ..system.regular import read_file
from ..texts.widgets import painter_says
from . import mask_codec
from .ops import Op, checked

log = logging.getLogger("bailian_nb")
FOLDER = "strokes"
_FORMAT = 1
_MOST = 500
"""Files that are kept; beyond them the oldest go."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was painted by hand, and the mask that it made on top of the start; `at` is in seconds since 1970.

    `heard` has by page the number of its last message that is part of this.
    """

    ops: list[Op]
    packed: bytes
    at: float
    heard: dict[str, int]


class KeptStrokes:
    """The file of one picture as one notebook folder paints on it.

    Parameters
    ----------
    image
        The picture; its pixels count, not its file.
    start
        The bits of the mask that the hands began with: strokes on top of another one are others.
    name
        Tells two painters of one picture apart.
    lang
        "en" or "zh", for what is said of a damaged file.
    """

    def __init__(self, image: Image.Image, start: bytes, name: str, lang: str) -> None:
        self._lang = lang
        digest = hashlib.blake2b(digest_size=16)
        for part in (_here(), name.encode(), f"{image.mode} {image.size}".encode(), start):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        digest.update(image.tobytes())
        self.size = image.size
        self.path = config.home() / FOLDER / f"{digest.hexdigest()}.json"

    def read(self) -> Kept | None:
        """Return what is kept, None when there is nothing; a file that is damaged is laid aside where that can be."""
        try:
            data = read_file(self.path)
        except OSError:
            return None
        try:
            plain = json.loads(data)
            return Kept(
                ops=[_op(value) for value in plain["ops"]],
                packed=mask_codec.inflate(self.size, base64.b64decode(plain["mask"])),
                at=float(plain["at"]),
                heard={str(page): int(number) for page, number in dict(plain.get("heard", {})).items()},
            )
        except (ValueError, KeyError, TypeError, InvalidRequest, RecursionError, zlib.error) as error:
            aside, said = self.path.with_suffix(".broken"), "strokes_aside"
            try:
                self.path.replace(aside)
            except OSError:  # of a folder that cannot be written
                aside, said = self.path, "strokes_damaged"
            log.warning(painter_says(said, self._lang, reason=one_line(error), name=aside.name))
            return None

    def write(self, ops: Sequence[Op], packed: bytes, heard: Mapping[str, int]) -> None:
        """Keep this in place of what was kept; no strokes are no file."""
        if not ops:
            self.path.unlink(missing_ok=True)
            return
        mask = base64.b64encode(mask_codec.deflate(packed)).decode("ascii")
        plain = {"format": _FORMAT, "at": time.time(), "ops": ops, "mask": mask, "heard": dict(heard)}
        private_folder(self.path.parent.parent)
        private_folder(self.path.parent)
        write_whole(self.path, json.dumps(plain).encode(), mode=PRIVATE, lasting=False)
        _forget_oldest(self.path.parent)


def _here() -> bytes:
    """Return the notebook's folder, as far as the kernel knows; nothing where it was deleted."""
    try:
        return os.fsencode(Path.cwd())
    except OSError:
        return b""


def _op(value: object) -> Op:
    """Return an op as it was kept; a loaded mask comes with its picture."""
    op = checked(value)
    if op["op"] == "load" and isinstance(value, Mapping):
        return {"op": "load", "png": str(value["png"])}
    return op


def _forget_oldest(folder: Path) -> None:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(".json")]
    if len(names) <= _MOST:
        return
    aged = []
    for path in map(folder.joinpath, names):
        with contextlib.suppress(OSError):  # another kernel has removed it since
            aged.append((path.stat().st_mtime, path))
    for _, path in sorted(aged)[:-_MOST]:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
