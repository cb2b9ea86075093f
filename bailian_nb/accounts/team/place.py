"""Which of several copies of one home this is: a word in it that changes whenever a process begins to use it.

`member` shows it to Redis, which knows the last word of each name. A home that was moved, or whose pod came up anew
under another host name, has that word; a copy (a cloned machine, an image) has an older one and gets a name of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from ...system.files import PRIVATE, write_whole

SECONDS = 5.0
"""How long another process of this home may take to ask for its name."""


class Place:
    """The word of one home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "place"
        self._lock = FileLock(home / "place.lock", mode=PRIVATE, thread_local=False)

    @contextmanager
    def words(self, *, begins: bool) -> Iterator[tuple[str, str, str]]:
        """Hold off the other processes of this home; yields the last two words, and the one that holds from now on.

        It is written before it is said, so that an answer which is lost leaves both.

        Raises
        ------
        OSError
            When the home cannot be written.
        """
        with self._lock.acquire(timeout=SECONDS):
            try:
                known = self._path.read_text(encoding="ascii").split()[-2:]
            except (FileNotFoundError, ValueError):
                known = []
            before, last = (["-", "-", *known])[-2:]
            new = secrets.token_hex(8) if begins or not known else last
            if new != last:
                write_whole(self._path, f"{last} {new}\n".encode("ascii"), mode=PRIVATE, overwrite=True)
            yield before, last, new
