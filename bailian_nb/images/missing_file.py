"""What to say of a file that is not there: a pattern, a name that was mistyped, a folder that does not exist."""

from __future__ import annotations

import difflib
import itertools
import os
from pathlib import Path

from ..errors import readable
from ..system.language import sentence

_LOOKED_AT = 2000
"""Files of a folder that are looked at for one that may have been meant."""


def why_missing(path: Path) -> str:
    """Return the end of a line about a path: what is wrong with it, and which file may have been meant."""
    return _pattern(path) or sentence("does not exist{similar}", similar=_similar(path))


def shown_path(value: object) -> str:
    """Return a path for a line, cut in its midst where it is long."""
    text = readable(value)
    return text if len(text) <= 120 else f"{text[:60]}…{text[-55:]}"


def _pattern(path: Path) -> str:
    """Say what a name with `*`, `?` or `[` stands for, "" for any other."""
    if not any(sign in path.name for sign in "*?["):
        return ""
    try:
        names = sorted(entry.name for entry in itertools.islice(path.parent.glob(path.name), _LOOKED_AT))
    except (OSError, ValueError):
        names = []
    found = (
        sentence("{count} match, such as {names}", count=len(names), names=names[0])
        if names
        else sentence("none matches")
    )
    return sentence(
        "is a pattern, which stands for several files ({found}); give one file, or glob.glob(...) in a loop",
        found=found,
    )


def _similar(path: Path) -> str:
    folder = path.parent
    try:
        if not folder.is_dir():
            return sentence("; there is no folder {shown}", shown=shown_path(folder))
        with os.scandir(folder) as entries:
            names = [entry.name for entry in itertools.islice(entries, _LOOKED_AT)]
    except OSError:
        return ""
    lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(path.name.lower(), lower, n=1, cutoff=0.6)
    # Without their endings, too: two names that share ".jpg" alone are not alike.
    if close and difflib.SequenceMatcher(None, path.stem.lower(), Path(close[0]).stem).ratio() >= 0.6:
        return sentence("; did you mean {lower}?", lower=lower[close[0]])
    return sentence(" in {folder}", folder=shown_path(folder.resolve())) if not path.is_absolute() else ""
