"""What a page asks for that shows a screenful of thousands of pictures: a window of the items, and small pictures.

The review of a batch and the history answer by it. Pictures are made small on a thread of their own, so that no key
waits for them.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import one_line, printable
from ..views.page import THUMB
from .base import LiveWidget
from .thumbs import Thumbs

WINDOW = 400
"""Items that a page may ask for at once."""
AT_ONCE = 8
"""Small pictures of one message."""
_KEPT = 1500
"""Small pictures that are kept: about 15 MB."""

Found = Callable[[Sequence[str]], Mapping[str, tuple[str, str]]]
"""Gives the file of each item that is there, and its version, which changes when another picture is meant."""


def window(content: Mapping[str, Any], total: int) -> tuple[int, int]:
    """Return the part of so many items that a message asks for; whatever stands in it, never more than `WINDOW`."""
    start = _whole(content.get("from"), 0, total)
    return start, _whole(content.get("to"), start, min(total, start + WINDOW))


class ThumbMaker:
    """Makes small pictures for one widget's pages and sends them, a few at a time."""

    def __init__(self, widget: LiveWidget, found: Found) -> None:
        self._widget = widget
        self._found = found
        self._thumbs = Thumbs(_KEPT)
        self._lock = threading.Lock()
        self._wanted: deque[str] = deque()
        self._maker: threading.Thread | None = None

    def want(self, content: Mapping[str, Any]) -> None:
        """Make these next, and leave those that were asked for before and are not made yet: they are out of sight."""
        asked = content.get("ids")
        ids = [each for each in asked if isinstance(each, str)][:WINDOW] if isinstance(asked, list) else []
        with self._lock:
            left = [name for name in self._wanted if name not in set(ids)]
            self._wanted = deque(ids)
            if self._maker is None:
                self._maker = threading.Thread(target=self._make, name="bailian_nb-thumbs", daemon=True)
                self._maker.start()
        if left:
            self._widget.send({"kind": "thumbs", "ids": [], "left": left})

    def _make(self) -> None:
        while True:
            with self._lock:
                ids = [self._wanted.popleft() for _ in range(min(AT_ONCE, len(self._wanted)))]
                if not ids or self._widget.comm is None:
                    self._maker = None
                    return
            try:
                files = self._found(ids)
            except Exception as error:  # noqa: BLE001 - a thread's traceback is seen by nobody; the widget shows this
                self._widget.fault = printable(one_line(error))
                continue  # nothing is said of these: the page asks for them again once somebody has scrolled on
            made = [(name, self._thumbs.jpeg(files[name][0], THUMB) if name in files else None) for name in ids]
            found = [(name, data) for name, data in made if data is not None]
            gone = [name for name, data in made if data is None]
            versions = [files[name][1] for name, _ in found]
            told = {"kind": "thumbs", "ids": [name for name, _ in found], "versions": versions, "gone": gone}
            self._widget.send(told, [data for _, data in found])


def _whole(value: object, low: int, high: int) -> int:
    return min(max(int(value), low), high) if isinstance(value, int | float) and math.isfinite(value) else low
