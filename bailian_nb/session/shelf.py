"""Shelf: all saved pictures as somebody goes through them: filtered, starred, tagged, put into the bin, drawn again.

The history of Python and its widget are two fronts of it. The journal is never touched here: what was paid stays
written down, whatever becomes of a picture.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from .. import config, specs
from ..errors import BailianError, InvalidRequest, one_line
from ..gallery import Picture
from ..gallery.bin import binned, move_to_bin, restore
from ..gallery.found import picture_at
from ..gallery.listing import Wanted
from ..gallery.marks import PLAIN, Key, Mark, PictureMarks, key_of, tag_named
from ..gallery.shared import Shared
from ..jobs.job import Job
from ..planning.plain import plain
from ..planning.plan import Plan
from ..store import buckets
from ..system.language import sentence
from . import cache
from .rerun import find, plan_rerun
from .session import Session

Place = int | Path | str
"""What a picture of a list is opened by: its number in the index, its path in the bin, where it lies in the place that
everybody's pictures go to."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What pictures of a history must pass; "" and False pass all.

    Parameters
    ----------
    words
        Every one stands in its prompt, model or function.
    model, function
        By name; a function also by its short one.
    since, until
        Days of local time, "2026-11-29", both included.
    binned
        Those in the bin instead, by their file's name alone.
    everybody
        What all have put into the place that pictures go to (BAILIAN_NB_OUT), instead of what was made here.
    owner
        Of that, what one of them made.
    """

    words: str = ""
    model: str = ""
    function: str = ""
    tag: str = ""
    since: str = ""
    until: str = ""
    starred: bool = False
    binned: bool = False
    everybody: bool = False
    owner: str = ""

    @property
    def is_shared(self) -> bool:
        """True where it asks for what others have made, too."""
        return self.everybody or bool(self.owner)

    @property
    def narrows(self) -> bool:
        """True where some picture may not pass."""
        return self != Filter()


class Shelf:
    """The saved pictures that one session knows; every method may be called from any thread."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.marks = PictureMarks(session.home)
        self._lock = threading.Lock()
        self._shared: Shared | None = None
        self._deleted: list[list[Path]] = []
        """What each deletion has put into the bin, the latest last."""

    def places(self, wanted: Filter) -> Sequence[Place]:
        """Return where every picture that passes is found, the newest first.

        Raises
        ------
        InvalidRequest
            For a day that is none, or for the bin of everybody.
        BailianError
            When index or marks cannot be read.
        """
        since, before = _start(wanted.since, "since", 0), _start(wanted.until, "until", 1)
        if wanted.binned and wanted.is_shared:
            raise InvalidRequest(
                sentence("the bin is this machine's own: leave out binned, or everybody and owner"),
            )
        if wanted.binned:
            return [*binned(self._folders())]
        marked = self._marked(wanted)
        asked = Wanted(
            words=wanted.words,
            model=wanted.model,
            function=_function(wanted.function),
            since=since,
            before=before,
            names=None if marked is None else {name for name, _ in marked},
        )
        if wanted.is_shared:
            return self._of_everybody(asked, wanted, marked)
        found = self.session.index.listed(asked)
        if marked is None:
            return found
        return [number for number, picture in self.session.index.opened(found).items() if key_of(picture) in marked]

    def rebuild(self, progress: Callable[[Path, int, int], object]) -> int:
        """Read all pictures again, below the folder of pictures and where others lie; return how many there are.

        `progress` hears for each folder how many files of how many were read. It may be interrupted: what was read is
        known then, and nothing is forgotten.

        Raises
        ------
        BailianError
            When the index is locked, cannot be written, or a folder cannot be read.
        """
        roots: list[Path] = []
        for folder in sorted({config.out_dir(self.session.settings()).resolve(), *self.session.index.places()}):
            if folder.is_dir() and not any(folder.is_relative_to(root) for root in roots):
                roots.append(folder)
        try:
            return sum(self.session.index.rebuild(root, partial(progress, root)) for root in roots)
        except (sqlite3.Error, OSError) as error:
            raise BailianError(
                sentence("the index of pictures cannot be made anew: {reason}", reason=one_line(error))
            ) from None

    def open(self, places: Sequence[Place]) -> list[Picture | None]:
        """Return the picture of each place, None where it is there no more."""
        known = self.session.index.opened([place for place in places if isinstance(place, int)])
        elsewhere = [place for place in places if isinstance(place, str)]
        theirs = self.shared.opened(elsewhere) if elsewhere else {}
        return [
            self._in_bin(place)
            if isinstance(place, Path)
            else theirs.get(place)
            if isinstance(place, str)
            else known.get(place)
            for place in places
        ]

    def pictures(self, places: Sequence[Place]) -> list[Picture]:
        """Return those of the pictures that are there."""
        return [picture for picture in self.open(places) if picture is not None]

    def marked(self) -> Mapping[Key, Mark]:
        """Return every star and tag; `mark_of` finds a picture's."""
        return self.marks.all()

    def choices(self) -> dict[str, list[str]]:
        """Return what there is to choose from, by name: models, functions, tags and who made pictures."""
        models, functions = self.session.index.makers()
        tags = sorted({tag for mark in self.marked().values() for tag in mark.tags})
        functions = sorted({_typed(name) for name in functions})
        return {"model": models, "function": functions, "tag": tags, "owner": self._owners()}

    def _owners(self) -> list[str]:
        """Return who is known to put pictures where everybody's go, [] where that place is nobody else's."""
        try:
            named, is_bucket = config.named_owner(), bool(buckets.is_address(self.shared.place))
            found = set(self.shared.owners())
        except BailianError:  # whoever asks for them hears it
            return []
        return sorted(found | {config.owner()}) if found or named or is_bucket else []

    def delete(self, pictures: Sequence[Picture]) -> list[Path]:
        """Put pictures into the bin, and return where they lie there; `undo` brings them back.

        Raises
        ------
        InvalidRequest, OSError
            When one cannot be moved; those before it are in the bin then.
        """
        moved: list[Path] = []
        me = config.owner()
        if others := sorted({each.record.owner for each in pictures} - {"", me}):
            raise InvalidRequest(
                sentence("only who made a picture puts it into the bin: these are of {names}", names=", ".join(others))
            )
        try:
            for picture in pictures:
                moved.append(move_to_bin(picture))
        finally:
            if moved:
                with self._lock:
                    self._deleted.append(moved)
        return moved

    def undo(self) -> list[Path]:
        """Bring back what was deleted last, and return where it lies; [] where nothing was, or it is back already.

        Raises
        ------
        InvalidRequest, OSError
            When one cannot be moved back.
        """
        with self._lock:
            paths = self._deleted.pop() if self._deleted else []
        return self.restore([path for path in paths if path.is_file()])

    def restore(self, paths: Sequence[Path]) -> list[Path]:
        """Move pictures from the bin back to where they were; raises as `undo` does."""
        restored = [restore(path) for path in paths]
        for path in restored:
            picture = picture_at(path)
            if picture is not None and not self.session.index.knows(picture):  # it was made anew meanwhile
                self.session.index.add(picture)
        return restored

    @property
    def undoable(self) -> int:
        """How many deletions `undo` knows."""
        with self._lock:
            return len(self._deleted)

    def plan(self, picture: Picture, **changes: Any) -> Plan:
        """Return the Plan that draws a picture's request again, with changes; without a seed one is drawn.

        Raises
        ------
        InvalidRequest
            As `plan_rerun`.
        """
        if picture.record.seed is not None and changes.get("seed") is None:
            changes["seed"] = secrets.randbelow(2**31)
        return plan_rerun(self.session, find(self.session, picture), changes=changes)

    def on_disk(self, plan: Plan) -> bool:
        """Tell whether `send` would answer from disk, for nothing; raises as `cache.saved`."""
        return cache.saved(self.session, plan, self.session.target(plan.settings)) is not None

    def is_emulated(self, plan: Plan) -> bool:
        """Tell whether the emulator would draw it."""
        return self.session.target(plan.settings).emulator

    def send(self, plan: Plan) -> Job:
        """Send what somebody was shown the price of, and return the Job."""
        return self.session.send(plan)

    @property
    def shared(self) -> Shared:
        """What everybody has put into the place that pictures go to.

        Raises
        ------
        InvalidRequest
            When that place is none.
        """
        folder = config.out_dir(self.session.settings()).absolute()
        if self._shared is None or self._shared.folder != folder:
            self._shared = Shared(self.session.home, folder, actions=self.session.index.actions)
        return self._shared

    def _of_everybody(self, asked: Wanted, wanted: Filter, marked: set[Key] | None) -> Sequence[Place]:
        self.shared.look()
        found = self.shared.places(asked, wanted.owner)
        if marked is None:
            return found
        return [place for place, picture in self.shared.opened(found).items() if key_of(picture) in marked]

    def _in_bin(self, path: Path) -> Picture | None:
        picture = picture_at(path)
        if picture is not None:
            picture.actions = self.session.index.actions
        return picture

    def _folders(self) -> list[Path]:
        """Return the folders that pictures were saved in, the newest first, and the one that is configured."""
        try:
            out = config.out_dir(self.session.settings()).absolute()
            days = sorted((each for each in (out / "wan_bin").glob("*") if each.is_dir()), reverse=True)
        except (BailianError, OSError):
            return self.session.index.places()
        return [*self.session.index.places(), *(out / each.name for each in days)]

    def _marked(self, wanted: Filter) -> set[Key] | None:
        """Return the pictures that have what is asked for, None where nothing is."""
        if not (wanted.starred or wanted.tag):
            return None
        tag = tag_named(wanted.tag) if wanted.tag else ""
        return {
            key
            for key, mark in self.marked().items()
            if (mark.star or not wanted.starred) and (not tag or tag in mark.tags)
        }


def mark_of(picture: Picture, marked: Mapping[Key, Mark]) -> Mark:
    """Return a picture's stars and tags."""
    return marked.get(key_of(picture), PLAIN)


def _start(day: str, name: str, later: int) -> str:
    """Return the midnight, local time, at which a day begins, or so many days later; as Records have it, in UTC."""
    if not day:
        return ""
    try:
        start = datetime.combine(_day(day) + timedelta(days=later), time())
        return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(
            sentence("{name} must be a day such as 2026-11-29, today or yesterday, got {day!r}", name=name, day=day)
        ) from None


def _day(word: str) -> date:
    """Return the day, of this machine's clock, that a word means; ValueError where it means none."""
    ago = _AGO.get(word.strip().lower())
    if ago is None:
        return date.fromisoformat(plain(word))
    return datetime.now(UTC).astimezone().date() - timedelta(days=ago)


_AGO = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}


def _function(name: str) -> str:
    """Return DashScope's name of a function that is given by that or by its short one."""
    return next((row.name for row in _functions() if name and name in (row.name, row.short)), name)


def _typed(name: str) -> str:
    """Return the short name of a function that is given by that of DashScope."""
    return next((row.short for row in _functions() if row.name == name), name)


def _functions() -> list[specs.Function]:
    return [row for model in specs.models() for row in model.functions]
