"""Python's collector of garbage, put off for a moment: while thousands of Jobs begin, and a history is opened."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collecting_later() -> Iterator[None]:
    """Look for no garbage within: while thousands of objects are made that stay, each look takes longer than the last.

    Of two threads within, the one that was there first lets it go on.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
