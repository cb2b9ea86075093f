"""Bring one served picture to rest on disk, with its Record in it and beside it, before anybody shows it.

Called by `jobs` in a worker thread, and by `paste` for what it derives.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from .. import specs
from ..errors import DownloadError
from ..images import MAX_SERVED_PIXELS, decode, picture_type
from ..images.decode import SUFFIXES
from ..system.files import write_new
from ..system.language import sentence
from .chunks import embed as embed_record
from .picture import Picture
from .record import Record

NOT_A_PICTURE = "NotAPicture"
"""Code of the DownloadError for bytes that came whole and are no picture: fetching them again seldom helps."""


def save_picture(
    data: bytes,
    record: Record,
    folder: Path,
    stem: str,
    *,
    embed: bool = True,
    a1111: bool = False,
    name: str | None = None,
) -> Picture:
    """Save the bytes as served under `<stem>_<index>`, and return the Picture.

    Parameters
    ----------
    record
        Its `sha256` and `size` are filled in here.
    folder
        Made when it is not there.
    stem
        Our own name, from `stem()`; a name that is taken gets `-2`, `-3`, … and nothing is overwritten.
    name
        The user's own name in place of `<stem>_<index>`.
    embed
        Put the Record into the file too (PNG only); the JSON beside it is always written.
    a1111
        With it, also the text that A1111 and its kin read.

    Raises
    ------
    DownloadError
        When the bytes are no whole picture; nothing is written.
    OSError
        When the disk is full or the folder cannot be written; nothing is left behind.
    """
    kind, size = _judge(data)
    record = replace(record, sha256=hashlib.sha256(data).hexdigest(), size=f"{size[0]}x{size[1]}")
    taken = name or f"{stem}_{record.index}"
    path = write_picture(data, kind, record, folder, taken, embed=embed, a1111=a1111)
    return Picture(path=path, record=record)


def write_picture(
    data: bytes, kind: str, record: Record, folder: Path, name: str, *, embed: bool, a1111: bool = False
) -> Path:
    """Write picture and JSON under one free name, the picture last; return its path."""
    nameless = replace(record, owner="")
    content = embed_record(data, nameless, a1111=a1111) if embed and kind == "png" else data
    beside = (record.to_json(indent=2) + "\n").encode("utf-8", "backslashreplace")
    suffix = SUFFIXES[kind]
    taken = write_new(folder, name, {".json": beside, suffix: content}, reserved=SUFFIXES.values())
    return taken.with_name(taken.name + suffix)


def stem(record: Record, when: datetime) -> str:
    """Return the name of a job's files but for the index: `143205_t2i_ab12cd_s7`.

    Time of day of `when`, function or `t2i` (`edit` for pictures from pictures without a function), six characters of
    the job's id, the request's seed.
    """
    seed = "" if record.seed is None else f"_s{record.seed - record.index}"
    return f"{when:%H%M%S}_{_short(record)}_{_word(record.job_id)[:6] or '000000'}{seed}"


def day_folder(out_dir: Path, when: datetime) -> Path:
    """Return the folder of one day's pictures: `<out_dir>/2026-11-21`."""
    return out_dir / f"{when:%Y-%m-%d}"


def _short(record: Record) -> str:
    if not record.function:
        return "edit" if record.inputs else "t2i"
    return _word(specs.short_name(record.model, record.function))[:24] or "edit"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "", text).lower()


def _judge(data: bytes) -> tuple[str, tuple[int, int]]:
    kind = picture_type(data)
    try:
        image = decode(data, max_pixels=MAX_SERVED_PIXELS)
    except ValueError as error:
        raise DownloadError(
            sentence("what came ({count} bytes) cannot be saved as a picture: {error}", count=len(data), error=error),
            code=NOT_A_PICTURE,
        ) from error
    if kind is None:
        raise DownloadError(
            sentence(
                "what came ({count} bytes) is {format}, which is none of {names}",
                count=len(data),
                format=image.format,
                names=", ".join(SUFFIXES),
            ),
            code=NOT_A_PICTURE,
        )
    return kind, image.size
