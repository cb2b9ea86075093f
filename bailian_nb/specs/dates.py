"""When a model came, when it goes, and what takes its place; and the names that this package does not call.

`types.Model` holds a Life, `texts.shelf` words both for plans, doctor, tables and refusals.

Sources: "DEP" is the deprecation page of Model Studio and the notice of 2026-07-10, "NEW" the page of newly released
models, both as stored about 2026-10-09. A model mainline is announced three months ahead, a snapshot 30 days, and its
limits shrink from the notice on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase

NOTICE = timedelta(days=90)
"""How long before its end a model is warned of: what the vendor announces it by."""
SEEN = date(2026, 10, 9)
"""The day of the newest stored deprecation page and list of new models."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """The dates of one row.

    Parameters
    ----------
    since
        The day that it was released, None where no page that was read says so.
    retires
        The day that the vendor announced for its end, None where none is announced.
    successor
        What the vendor names in its place; a row that retires has one.
    source
        The page that says so, and `seen` the day of the newest copy of it that was read.
    """

    since: date | None = None
    retires: date | None = None
    successor: str = ""
    source: str
    seen: date

    def ending(self, today: date) -> bool:
        """Tell whether its end is near or past, from `NOTICE` before on."""
        return self.retires is not None and today >= self.retires - NOTICE


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """A name of DashScope's that has no row here.

    `pattern` may end in * for a family. `retires` None: it is offered still, and is not called by this package.
    `instead` is what to use, a model's name first; ``""`` where nothing here does the same.
    """

    pattern: str
    instead: str
    source: str
    retires: date | None = None


_JULY_NOTICE = date(2026, 10, 10)

LISTED = Life(source="DEP", seen=SEEN)
"""A row that stands on no list of retirements; no page that was read says since when there is the model."""

UNLISTED: tuple[Unlisted, ...] = (
    *(
        Unlisted(pattern=name, instead="qwen-image-2.0", retires=_JULY_NOTICE, source="DEP")
        for name in ("qwen-image", "qwen-image-plus*", "qwen-image-max*", "qwen-image-edit*")
    ),
    Unlisted(
        pattern="image-out-painting",
        instead="wanx2.1-imageedit with the function expand",
        retires=_JULY_NOTICE,
        source="DEP",
    ),
    *(
        Unlisted(pattern=name, instead="wan2.7-image with two pictures", retires=_JULY_NOTICE, source="DEP")
        for name in ("aitryon", "aitryon-plus", "aitryon-refiner", "aitryon-parsing-v1", "facechain-generation")
    ),
    *(
        Unlisted(pattern=name, instead="qwen-image-3.0, which draws letters", retires=_JULY_NOTICE, source="DEP")
        for name in ("wordart-semantic", "wordart-texture")
    ),
    *(
        Unlisted(pattern=name, instead="wan2.6-t2i", retires=date(2026, 3, 30), source="DEP")
        for name in ("flux-*", "stable-diffusion-*")
    ),
    *(
        Unlisted(pattern=name, instead=instead, retires=date(2025, 7, 2), source="DEP")
        for name, instead in (
            ("*style-cosplay*", "wan2.7-image"),
            ("wanx-ast", "wan2.7-image"),
            ("wordart-surnames", "qwen-image-3.0, which draws letters"),
            ("wanx-anytext", "qwen-image-3.0, which draws letters"),
        )
    ),
    *(
        Unlisted(pattern=name, instead=instead, source="SERVICES")
        for name, instead in (
            ("wanx-v1", "wan2.6-t2i"),
            ("wanx-sketch-to-image-lite", "wanx2.1-imageedit with the function doodle"),
            ("wanx-x-painting", "wanx2.1-imageedit with the function description_edit_with_mask"),
            ("image-erase-completion", "wanx2.1-imageedit with the function description_edit_with_mask"),
            ("image-instance-segmentation", ""),
            ("*virtualmodel*", "wan2.7-image"),
            ("shoemodel*", "wan2.7-image with two pictures"),
            ("*poster-generation*", "qwen-image-3.0, which draws letters"),
            ("kling*", ""),
            ("vidu*", ""),
        )
    ),
)
"""Names that people meet in old notebooks and pages. For those of 2026-10-10 the vendor names a successor for the
Qwen-Image family alone; for the others, and for all before, what to use is this package's own advice."""


def unlisted(name: str) -> Unlisted | None:
    """Return what is known of a name that has no row, None where nothing is."""
    return next((each for each in UNLISTED if fnmatchcase(name, each.pattern)), None)


def day(seconds: float) -> date:
    """Return the day of `seconds` since 1970, in UTC: the vendor's dates are days, and an hour matters to nobody."""
    return datetime.fromtimestamp(seconds, UTC).date()
