"""How widgets write static outputs, and write them again: the notebook extension puts its publisher here.

This imports nothing of anywidget, so that loading the extension makes no widget class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Publisher(Protocol):
    """Writes an output under a display id; with `update`, replaces the one that has this id."""

    def __call__(self, bundle: dict[str, str], display_id: str, *, update: bool) -> None: ...


class Outputs:
    """The publisher of this process, None without the extension, and whether a front end shows live widgets."""

    publisher: Publisher | None
    live: Callable[[], bool]

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be as before a notebook was loaded."""
        self.publisher = None
        self.live = lambda: True


outputs = Outputs()
