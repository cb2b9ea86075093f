"""Kept inputs: the bytes of pictures that open rows of the journal name, a file for each, called by its sha256.

`journal` writes them into a folder of its kernel's own before it locks out the others, and gives them their names and
sweeps them while nobody else can write rows. After a power cut a file may be empty or short, for
its name lasts sooner than its bytes; one that is not what its name says is no input.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..system.files import PRIVATE, patiently, private_folder, sync_folder, write_whole
from ..system.regular import read_file

SHARE = 8
"""A sweep reads every open row: there is none before one in so many of them has been closed since the last one, ..."""
SWEEP_SECONDS = 60.0
"""... or so long has gone by."""


class Kept:
    """The files in `folder`, which is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready: dict[str, Path] = {}
        self._closings = self._open = 0
        self._swept = -SWEEP_SECONDS

    def due(self) -> bool:
        """Count a row that was closed, and tell whether there are files to be swept and it is time for it."""
        self._closings += 1
        late = time.monotonic() - self._swept >= SWEEP_SECONDS
        if not (late or self._closings * SHARE >= self._open):
            return False
        return self._folder.is_dir() and any(self._folder.iterdir())

    def read(self, digest: str) -> bytes | None:
        """Return a kept input by its sha256, None when it is gone or not whole."""
        try:
            data = read_file(self._folder / digest)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    @contextlib.contextmanager
    def ready(self, inputs: Mapping[str, bytes], kernel: str) -> Iterator[None]:
        """Write inputs beside the others, whole and on disk; those that `settle` gives no name go in the end."""
        own = self._folder / kernel
        try:
            for digest, data in inputs.items():
                if self.read(digest) is None:
                    private_folder(self._folder)
                    private_folder(own)
                    write_whole(own / digest, data, mode=PRIVATE)
                    self._ready[digest] = own / digest
            yield
        finally:
            for digest in inputs:
                if (path := self._ready.pop(digest, None)) is not None:
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # there is none, or another thread of this kernel has files in it
                own.rmdir()

    def settle(self, inputs: Mapping[str, bytes]) -> None:
        """Give what is `ready` its name; it lasts through a power cut before its row does."""
        named = False
        for digest, data in inputs.items():
            if (path := self._ready.get(digest)) is not None:
                with contextlib.suppress(FileNotFoundError):  # another thread of this kernel has named it
                    patiently(partial(path.replace, self._folder / digest))
                named = True
            if self._size(digest) != len(data):  # it was swept since
                private_folder(self._folder)
                write_whole(self._folder / digest, data, mode=PRIVATE)
        if named:
            sync_folder(self._folder)

    def _size(self, digest: str) -> int:
        try:
            return (self._folder / digest).stat().st_size
        except OSError:
            return -1

    def sweep(self, rows: Collection[Collection[str]], lives: Callable[[str], bool]) -> None:
        """Delete all but what open rows name, also what a killed kernel left.

        A file that somebody reads goes the next time. `rows` has a collection for each open row.
        """
        needed = {name for names in rows for name in names}
        self._closings, self._open, self._swept = 0, len(rows), time.monotonic()
        for path in self._folder.iterdir():
            if path.is_dir():
                if not lives(path.name):
                    shutil.rmtree(path, ignore_errors=True)
            elif path.name not in needed:
                with contextlib.suppress(OSError):
                    path.unlink()


def digests(request: dict[str, Any]) -> set[str]:
    """Return which inputs a request of the journal names."""
    pictures = [*request.get("images", []), *([request["mask"]] if request.get("mask") else [])]
    return {picture["sha256"] for picture in pictures if picture.get("sha256")}
