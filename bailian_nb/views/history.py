"""History: saved pictures to go through, as a table with small pictures; in a front end it is shown as a gallery.

`wan.history` and `%wan history` make it; the widget of the same name shows it where somebody can click.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from .. import config, specs
from ..errors import InvalidRequest, readable
from ..gallery import Picture
from ..gallery.shared import bring_small
from ..images import jpeg_thumbnail
from ..images.thumbnail import thumbnail
from ..session import front
from ..session.session import current
from ..session.shelf import Filter, Shelf, mark_of
from ..system.files import write_new
from ..system.language import sentence, spoken
from ..system.paths import user_path
from . import listings
from .progress import Draw, moving
from .report import Report
from .tables import Bundle

LISTED = 30
"""Pictures of a page when nobody says how many."""
SHEET_PICTURES, SHEET_SIDE, SHEET_BYTES = 100, 2048, 4_000_000
"""The most pictures of a sheet; pixels of its longer side, and bytes, at most."""
_CELL = 512


class History(Report[Picture]):
    """A page of saved pictures, the newest first; shown in a front end it is a gallery of all that pass its filter.

    Attributes
    ----------
    filter
        What they pass.
    total
        How many do, on all pages.
    """

    def __init__(self, shelf: Shelf, wanted: Filter, *, limit: int | None = LISTED, page: int = 1) -> None:
        self.shelf = shelf
        self.filter = wanted
        self._window = (limit, page)
        places = shelf.places(wanted)
        start = 0 if limit is None else limit * (page - 1)
        found = shelf.pictures(places[start:] if limit is None else places[start : start + limit])
        self.total = len(places)  # when a page is opened what is gone drops out
        marks = shelf.marked()
        marked = [mark_of(picture, marks) for picture in found]
        lang = spoken()
        most = len(found) if limit is not None else LISTED

        def shown() -> Bundle:
            bring_small(found[:most])
            return listings.history(
                found[:most],
                lang,
                marks=marked[:most],
                of=self.total,
                start=start,
                owners=wanted.is_shared,
                notes=self.notes,
            )

        super().__init__(found, listings.history_rows(found, marked), shown)

    @property
    def notes(self) -> list[str]:
        """What is to be said of the list itself, in lines: what of the place of everybody could not be read yet."""
        if not self.filter.is_shared:
            return []
        return self.shelf.shared.lines(self.filter.owner)

    def star(self, *pictures: Picture, on: bool = True) -> History:
        """Star pictures, or with `on=False` take their stars away; returns the same page as it is now.

        Raises
        ------
        BailianError
            When the file of the stars cannot be written.
        """
        self.shelf.marks.star(pictures, on)
        return self.again()

    def tag(self, picture: Picture | Sequence[Picture], *tags: str, on: bool = True) -> History:
        """Give pictures tags, or with `on=False` take these away; returns the same page as it is now.

        Raises
        ------
        InvalidRequest
            For a tag that is empty, longer than 60 characters or holds a comma.
        """
        self.shelf.marks.tag([picture] if isinstance(picture, Picture) else picture, tags, on)
        return self.again()

    def delete(self, *pictures: Picture) -> list[Path]:
        """Move pictures with their Records into the bin, a folder `wan_bin` beside them, and return where they lie.

        `undo` brings them back, here or after a restart what `wan.history(binned=True)` lists. What they cost stays in
        every sum.

        Raises
        ------
        InvalidRequest, OSError
            When one cannot be moved.
        """
        return self.shelf.delete(pictures)

    def undo(self) -> list[Path]:
        """Bring back what `delete` of this history moved last, and return where it lies."""
        return self.shelf.undo()

    def restore(self, *pictures: Picture) -> list[Path]:
        """Move pictures of the bin back to where they were, and return where they lie."""
        return self.shelf.restore([picture.path for picture in pictures])

    def sheet(self, path: str | os.PathLike[str] | None = None, *, pictures: Sequence[Picture] | None = None) -> Path:
        """Save a contact sheet of these pictures (default: this page's) as a JPEG, and return its path.

        Parameters
        ----------
        path
            Where; a file that is there gets a neighbour `-2`. Default: `sheet-<time>.jpg` in the folder of pictures.

        Raises
        ------
        InvalidRequest
            For no picture, more than 100, or a name that does not end in .jpg.
        """
        return save_sheet(self.shelf, list(self if pictures is None else pictures), path)

    def again(self) -> History:
        """Return the same page of the same filter as it is now."""
        limit, page = self._window
        return History(self.shelf, self.filter, limit=limit, page=page)

    def static_view(self) -> Bundle:
        """Return what stays in a saved notebook: the table of this page."""
        return self._repr_mimebundle_()

    def _ipython_display_(self) -> None:
        display = front.here.display
        if display is None:
            raise NotImplementedError
        display.show_history(self)


def history(
    words: str = "",
    *,
    model: str = "",
    function: str = "",
    starred: bool = False,
    tag: str = "",
    since: str | date = "",
    until: str | date = "",
    binned: bool = False,
    everybody: bool = False,
    owner: str = "",
    limit: int | None = LISTED,
    page: int = 1,
    rebuild: bool = False,
) -> History:
    """Return the newest saved pictures, newest first; those whose prompt, model or function hold every word.

    Shown in a front end it is a gallery of all of them, in which one opens, compares, stars, tags, deletes and draws
    again; elsewhere a table with small pictures. `to_dataframe()` has a row for each with prompt, model, function,
    seed, size, cost (CNY by list price), created (UTC), file, address in a bucket, starred, tags and owner.

    Parameters
    ----------
    words
        A word may be part of one. The id of a job or task finds its pictures, too.
    model, function
        Only what these made; a function also by its short name.
    starred, tag
        Only what is starred, or has this tag.
    since, until
        Days of local time, "2026-11-29" or a date, both included.
    binned
        What lies in the bin instead.
    everybody, owner
        What all, or one of them, have put into the place that pictures go to (BAILIAN_NB_OUT, a bucket or a folder that
        colleagues reach), instead of what was made here. Nothing is fetched but how each was made, once; a picture
        comes when it is opened. `owner` is the name that `bailian-nb team` shows.
    limit, page
        How many at a time, None for all, and which of these pages, from 1.
    rebuild
        Read all pictures below BAILIAN_NB_OUT, and where others were saved, again first (about 1 s for 2,000; an
        interrupt keeps what was read): for pictures that another program has copied, moved or written to.

    Raises
    ------
    InvalidRequest
        When `limit` or `page` is no whole number above 0, a day is none, or what is searched for is no text.
    """
    for name, value in (("limit", limit), ("page", page)):
        if (name == "page" or value is not None) and (
            isinstance(value, bool) or not isinstance(value, int) or value < 1
        ):
            raise InvalidRequest(
                sentence("{name} must be a whole number of at least 1, got {value!r}", name=name, value=value)
            )
    texts = {"words": words, "model": model, "function": function, "tag": tag, "owner": owner}
    for name, given in {**texts, "since": since, "until": until}.items():
        if not isinstance(given, str) and (name in texts or not isinstance(given, date)):
            raise InvalidRequest(sentence("{name} must be text, got {value}", name=name, value=specs.shown(given)))
    wanted = Filter(
        words=words,
        model=model,
        function=function,
        tag=tag,
        since=str(since)[:10] if isinstance(since, date) else since,
        until=str(until)[:10] if isinstance(until, date) else until,
        starred=starred,
        binned=binned,
        everybody=everybody,
        owner=owner,
    )
    shelf = Shelf(current())
    if rebuild:
        _rebuild(shelf)
    return History(shelf, wanted, limit=limit, page=page)


def _rebuild(shelf: Shelf) -> None:
    with contextlib.ExitStack() as lines:
        begun: dict[Path, Draw | None] = {}

        def show(folder: Path, done: int, total: int) -> None:
            if folder not in begun:
                begun[folder] = lines.enter_context(moving(total, f"{readable(folder.name)}  ", notebook=True))
            if (draw := begun[folder]) is not None:
                draw(done, "")

        shelf.rebuild(show)


def save_sheet(shelf: Shelf, pictures: Sequence[Picture], path: str | os.PathLike[str] | None = None) -> Path:
    """Draw and save a sheet; see `History.sheet`."""
    if not 1 <= len(pictures) <= SHEET_PICTURES:
        raise InvalidRequest(
            sentence("a sheet has 1-{most} pictures, got {count}", most=SHEET_PICTURES, count=len(pictures))
        )
    if path is None:
        now = datetime.fromtimestamp(shelf.session.clock.now(), UTC).astimezone()
        target = config.out_dir(shelf.session.settings()).absolute() / f"sheet-{now:%Y-%m-%d-%H%M%S}.jpg"
    else:
        target = user_path(os.fspath(path)).absolute()
    if target.suffix.lower() not in (".jpg", ".jpeg"):
        raise InvalidRequest(sentence("a sheet is a .jpg file, got {name}", name=readable(target.name)))
    labels = [picture.record.prompt or picture.path.stem for picture in pictures]
    small = [thumbnail(picture.image, _CELL) for picture in pictures]
    jpeg = jpeg_thumbnail(small, labels=labels, side=SHEET_SIDE, max_bytes=SHEET_BYTES)
    return write_new(target.parent, target.stem, {target.suffix: jpeg}).with_suffix(target.suffix)
