"""Stars and tags of saved pictures, in a file of their own: the index may be lost and made anew, and these stay.

A picture is known by its file's name and the hash in its Record, so its marks go along when a folder above it is
renamed or moved. `session.shelf` asks here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..errors import BailianError, InvalidRequest
from ..system.databases import use
from ..system.language import sentence
from ..system.paths import stored, user_path
from .picture import Picture

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds for which another kernel that marks is waited for."""
LONGEST_TAG = 60
MOST_TAGS = 20
"""Tags of one picture."""
_STAR, _TAG = "star", "tag"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS picture_marks"
    " (name TEXT, sha256 TEXT, kind TEXT, value TEXT, PRIMARY KEY (name, sha256, kind, value))"
)
Key = tuple[str | bytes, str]
"""What a picture is known by: its file's name, and the hash in its Record."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What somebody has set on one picture; tags are in alphabetical order."""

    star: bool = False
    tags: tuple[str, ...] = ()


PLAIN = Mark()
"""Of a picture without any."""


def key_of(picture: Picture) -> Key:
    """Return what a picture is known by."""
    return stored(Path(picture.path.name)), picture.record.sha256


class PictureMarks:
    """The stars and tags in `marks.sqlite` below `home`; sweeps keep theirs in the same file.

    Every call opens its own connection, so threads and kernels may share the file.
    """

    def __init__(self, home: Path) -> None:
        self._path = user_path(home) / "marks.sqlite"

    def all(self) -> Mapping[Key, Mark]:
        """Return every picture's marks.

        Raises
        ------
        BailianError
            When the file cannot be read.
        """
        if not self._path.exists():
            return {}
        stars: set[Key] = set()
        tags: dict[Key, list[str]] = {}
        statement = "SELECT name, sha256, kind, value FROM picture_marks ORDER BY value"
        for name, sha256, kind, value in self._do(lambda db: db.execute(statement).fetchall()):
            if kind == _STAR:
                stars.add((name, sha256))
            elif kind == _TAG:
                tags.setdefault((name, sha256), []).append(value)
        return {key: Mark(star=key in stars, tags=tuple(tags.get(key, ()))) for key in {*stars, *tags}}

    def stars(self) -> frozenset[Key]:
        """Return what the starred pictures are known by.

        Raises
        ------
        BailianError
            When the file cannot be read.
        """
        statement = "SELECT name, sha256 FROM picture_marks WHERE kind = ?"
        return frozenset(self._do(lambda db: db.execute(statement, (_STAR,)).fetchall()))

    def star(self, pictures: Iterable[Picture], on: bool = True) -> None:
        """Star pictures, or take their stars away.

        Raises
        ------
        BailianError
            When the file cannot be written.
        """
        self._set([(key_of(picture), _STAR, "") for picture in pictures], on)

    def tag(self, pictures: Iterable[Picture], tags: Sequence[str], on: bool = True) -> None:
        """Give pictures these tags, or take these away.

        Raises
        ------
        InvalidRequest
            For a tag that is empty, longer than 60 characters or holds a comma, and for more than 20 of one picture.
        BailianError
            When the file cannot be written.
        """
        named = [tag_named(each) for each in tags]
        found = list(pictures)
        if on:
            known = self.all()
            for picture in found:
                self._few_enough({*known.get(key_of(picture), PLAIN).tags, *named})
        self._set([(key_of(picture), _TAG, tag) for picture in found for tag in named], on)

    @staticmethod
    def _few_enough(tags: set[str]) -> None:
        if len(tags) > MOST_TAGS:
            told = sentence("a picture has at most {most} tags, not {count}", most=MOST_TAGS, count=len(tags))
            raise InvalidRequest(told)

    def _set(self, rows: Sequence[tuple[Key, str, str]], on: bool) -> None:
        statement = (
            "INSERT OR REPLACE INTO picture_marks VALUES (?, ?, ?, ?)"
            if on
            else "DELETE FROM picture_marks WHERE name = ? AND sha256 = ? AND kind = ? AND value = ?"
        )

        def work(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(statement, [(*key, kind, value) for key, kind, value in rows])
            db.execute("COMMIT")

        self._do(work)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def within(db: sqlite3.Connection) -> T:
            db.execute(_TABLE)
            return work(db)

        try:
            return use(self._path, within, seconds=PATIENCE)
        except (sqlite3.Error, OSError) as error:
            raise BailianError(
                sentence("stars and tags in {path} can be neither read nor kept: {error}", path=self._path, error=error)
            ) from error


def tag_named(given: object) -> str:
    """Return a tag without the blanks around it.

    Raises
    ------
    InvalidRequest
        When it is none.
    """
    tag = " ".join(given.split()) if isinstance(given, str) else ""
    if not tag or len(tag) > LONGEST_TAG or "," in tag or not tag.isprintable():
        raise InvalidRequest(
            sentence("a tag has 1-{most} characters and no comma, got {given!r}", most=LONGEST_TAG, given=given)
        )
    return tag
