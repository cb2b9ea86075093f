"""Where the rows of a batch come from: a folder, pattern, bucket, file, list or frame. `make` reads one into a Table.

Nothing is checked here but that there are rows with columns; what a row asks for is `calls` and `check`.
"""

from __future__ import annotations

import glob
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from ..errors import InvalidRequest, printable
from ..images.decode import SUFFIXES
from ..specs import shown
from ..store import buckets
from ..system.language import sentence
from ..system.paths import user_path
from . import tables
from .table import Table, composed, of_mappings

MOST_ROWS = 100_000
"""Of one batch."""
PICTURES = frozenset({*SUFFIXES.values(), ".jpeg", ".jpe", ".bmp", ".tif", ".tiff", ".heic", ".avif"})
"""Endings of files that count as pictures in a folder."""
_NO_ROW = (tuple, list, set, frozenset, int, float)
"""What stands in lists by mistake for rows."""
_TABLES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".txt")


def read(source: Any, encoding: str | None = None) -> Table:
    """Read whatever users hand over as rows; `encoding` is that of a file, which is found out where it is None.

    Raises
    ------
    InvalidRequest
        When it is no source, cannot be read or holds no row.
    """
    if isinstance(source, str | os.PathLike):
        table = _from_path(source, encoding)
    elif isinstance(source, Table):
        table = source
    elif (hasattr(source, "itertuples") or hasattr(source, "iter_rows")) and hasattr(source, "columns"):
        table = _from_frame(source)
    elif hasattr(source, "collect") and hasattr(source, "collect_schema"):
        raise InvalidRequest(
            sentence("a {kind} has no rows before it is collected; give frame.collect()", kind=type(source).__name__)
        )
    elif isinstance(source, Iterable) and not isinstance(source, Mapping | bytes | bytearray):
        table = _from_list(list(source))
    else:
        raise InvalidRequest(
            sentence(
                "a batch takes a folder, a pattern, a CSV or JSONL file, a list of prompts or dicts, or a frame; got "
                "{source}",
                source=type(source).__name__,
            )
        )
    if not table.rows:
        raise InvalidRequest(sentence("{title} holds no row; a batch needs one at least", title=table.title))
    if len(table.rows) > MOST_ROWS:
        raise InvalidRequest(
            sentence(
                "{title} has {count} rows, a batch takes {MOST_ROWS} at most; split it",
                title=table.title,
                count=len(table.rows),
                MOST_ROWS=MOST_ROWS,
            )
        )
    return table


def _from_path(given: str | os.PathLike[str], encoding: str | None) -> Table:
    text = os.fspath(given)
    if isinstance(text, str) and not text.strip():
        raise InvalidRequest(sentence("a batch needs a source, got an empty text; give a file, a folder or a pattern"))
    if isinstance(text, str) and buckets.is_address(text):
        return _from_bucket(text)
    path = user_path(text)
    try:
        is_folder, is_file, is_there = path.is_dir(), path.is_file(), path.exists()
    except (OSError, ValueError):  # too long for a name, or a character that no name has
        is_folder = is_file = is_there = False
    if is_folder:
        return _from_folder(path)
    if is_file and path.suffix.lower() in PICTURES:
        return _of_pictures([path], title=printable(path.name), folder=path.parent)
    if is_file:
        return tables.read(path, encoding)
    if isinstance(given, str) and glob.has_magic(text):
        return _from_pattern(text)
    if is_there:
        raise InvalidRequest(sentence("{path} is neither a file nor a folder", path=printable(text)))
    raise InvalidRequest(
        sentence(
            "there is no file or folder {path}; a batch takes a folder, a pattern like photos/*.jpg, or a file "
            "({endings}); a prompt stands in a list: [{text}]",
            path=printable(text, 200),
            endings=" ".join(_TABLES),
            text=shown(text[:40]),
        )
    )


def _from_folder(folder: Path) -> Table:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_file() and is_picture_name(entry.name)]
    title = printable(folder.name or str(folder))
    if not names:
        raise InvalidRequest(
            sentence(
                "folder {title} holds no picture ({endings}); folders in it are not looked into, a pattern like "
                "{title}/**/*.jpg does that",
                title=title,
                endings=" ".join(sorted(PICTURES)),
            )
        )
    return _of_pictures([folder / name for name in names], title=title, folder=folder)


def _from_pattern(pattern: str) -> Table:
    spelled = os.fspath(user_path(pattern))
    found = [Path(name) for name in glob.iglob(spelled, recursive=True)]  # noqa: PTH207  # Path.glob takes no absolute one
    files = [path for path in found if is_picture_name(path.name) and path.is_file()]
    if not files:
        held = sentence("{count} files, no picture among them", count=len(found)) if found else sentence("no file")
        raise InvalidRequest(sentence("{pattern} matches {held}", pattern=printable(pattern), held=held))
    return _of_pictures(files, title=printable(pattern), folder=Path.cwd())


def _from_bucket(given: str) -> Table:
    address = buckets.checked(given, sentence("the source of the batch"))
    title = printable(address, 160)
    found = buckets.objects(address)
    if found is None:
        raise InvalidRequest(sentence("there is no object or folder {path}", path=title))
    names = [name for name in found if is_picture_name(PurePosixPath(name).name)]
    if not names:
        held = sentence("{count} files, no picture among them", count=len(found)) if found else sentence("no file")
        raise InvalidRequest(sentence("{pattern} matches {held}", pattern=title, held=held))
    return _of_pictures(names, title=title, folder=Path.cwd())


def _of_pictures(paths: Sequence[Path | str], *, title: str, folder: Path) -> Table:
    ordered = sorted((str(path) for path in paths), key=composed)
    return Table(
        title=title,
        columns=("image",),
        rows=[(path,) for path in ordered],
        folder=folder.absolute(),
        pictures=True,
    )


def is_picture_name(name: str) -> bool:
    """Tell whether a file counts as a picture by its name; hidden ones do not."""
    return not name.startswith(".") and PurePath(name).suffix.lower() in PICTURES


def _from_frame(frame: Any) -> Table:
    """Take a frame of pandas or polars, by what it can do: neither library is needed here."""
    columns = tuple(composed(str(name)) for name in frame.columns)
    if doubled := sorted({name for name in columns if columns.count(name) > 1}):
        raise InvalidRequest(sentence("the frame has columns of the same name: {names}", names=", ".join(doubled)))
    raw = frame.iter_rows() if hasattr(frame, "iter_rows") else frame.itertuples(index=False, name=None)
    return Table(
        title=sentence("the frame"),
        columns=columns,
        rows=[tuple(map(_plain, row)) for row in raw],
        folder=Path.cwd(),
        index=getattr(frame, "index", None),
    )


def _plain(value: Any) -> Any:
    """Return a cell as Python has it: None for what a frame calls missing, a number for NumPy's."""
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return None
    found = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    return None if isinstance(found, float) and math.isnan(found) else found


def _from_list(items: list[Any]) -> Table:
    title, folder = sentence("the list"), Path.cwd()
    if items and all(isinstance(item, str) for item in items):
        rows = [(item,) for item in items if item.strip()]
        return Table(title=title, columns=("prompt",), rows=rows, folder=folder)
    if items and all(isinstance(item, Mapping) for item in items):
        return of_mappings(items, title=title, folder=folder)
    if items and all(not isinstance(item, str | Mapping) for item in items):
        if wrong := [item for item in items if item is None or isinstance(item, _NO_ROW)]:
            raise InvalidRequest(
                sentence(
                    "a list of rows holds prompts, or dicts, or pictures, got a {kind}; a row of several cells is a "
                    "dict such as {example}",
                    kind=type(wrong[0]).__name__,
                    example='{"sku": "s1", "scene": "a shop"}',
                )
            )
        images = [
            (str(item) if isinstance(item, os.PathLike) and not hasattr(item, "record") else item,) for item in items
        ]
        return Table(title=title, columns=("image",), rows=images, folder=folder, pictures=True)
    if not items:
        return Table(title=title, columns=(), rows=[], folder=folder)
    kinds = ", ".join(sorted({type(item).__name__ for item in items}))
    raise InvalidRequest(
        sentence("a list of rows holds prompts, or dicts, or pictures, and not a mixture of them: {kinds}", kinds=kinds)
    )
