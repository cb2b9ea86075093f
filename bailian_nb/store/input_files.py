"""Kept inputs: the bytes of pictures that open rows of the journal name, a file for each, called by its sha256.

`journal` writes and sweeps them while nobody else can write rows. After a power cut a file may be empty or short, for
its name lasts sooner than its bytes; one that is not what its name says is no input.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ..system.files import PRIVATE, private_folder, write_whole


class Kept:
    """The files in `folder`, which is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __bool__(self) -> bool:
        """Tell whether there are any files."""
        return self._folder.is_dir() and any(self._folder.iterdir())

    def read(self, digest: str) -> bytes | None:
        """Return a kept input by its sha256, None when it is gone or not whole."""
        try:
            data = (self._folder / digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def write(self, digest: str, data: bytes) -> None:
        """Keep an input, whole or not at all; it lasts through a power cut before its row does."""
        if self.read(digest) is not None:
            return
        private_folder(self._folder)
        write_whole(self._folder / digest, data, mode=PRIVATE)

    def sweep(self, needed: Collection[str]) -> None:
        """Delete all but these, also what a killed kernel left; a file that somebody reads goes the next time."""
        for path in self._folder.iterdir():
            if path.name not in needed:
                with contextlib.suppress(OSError):
                    path.unlink()


def digests(request: dict[str, Any]) -> set[str]:
    """Return which inputs a request of the journal names."""
    pictures = [*request.get("images", []), *([request["mask"]] if request.get("mask") else [])]
    return {picture["sha256"] for picture in pictures if picture.get("sha256")}
