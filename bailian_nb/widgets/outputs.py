"""Where a widget's output can be written again: the notebook puts its publisher here when it is loaded.

Nothing of anywidget is imported by this, so the notebook can do that before any widget is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Publisher(Protocol):
    """Writes an output under a display id, or writes it anew."""

    def __call__(self, bundle: dict[str, str], display_id: str, *, update: bool) -> None: ...


class Outputs:
    """The one publisher of this process (None: no notebook is loaded), and whether a front end looks on."""

    publisher: Publisher | None
    live: Callable[[], bool]

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be as before a notebook was loaded."""
        self.publisher = None
        self.live = lambda: True


outputs = Outputs()
