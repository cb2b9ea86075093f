"""Kept inputs: the bytes of pictures that open rows of the journal name, a file for each, called by its sha256.

`journal` writes and sweeps them while nobody else can write rows.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Any


class Kept:
    """The files in `folder`, which is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __bool__(self) -> bool:
        """Tell whether there are any files."""
        return self._folder.is_dir() and any(self._folder.iterdir())

    def read(self, digest: str) -> bytes | None:
        """Return a kept input by its sha256, None when it is gone."""
        try:
            return (self._folder / digest).read_bytes()
        except OSError:
            return None

    def write(self, digest: str, data: bytes) -> None:
        """Keep an input, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / digest
        if path.exists():
            return
        draft = self._folder / f".{digest}.{secrets.token_hex(4)}"
        draft.write_bytes(data)
        draft.replace(path)

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
