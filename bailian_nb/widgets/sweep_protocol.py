"""What the grid needs of a sweep; `bailian_nb.sweeps.Sweep` has it, and a caller's own class may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..sweeps.cell import ShownCell, SweepPlan


class SweepLike(Protocol):
    """A sweep as the grid sees it. Its methods may be called from any thread and return at once."""

    @property
    def axes(self) -> Mapping[str, Sequence[Any]]:
        """Values by parameter, in the order in which the user gave them."""

    @property
    def plan(self) -> SweepPlan: ...

    best: Any
    """The winner's picture; setting it makes another one the winner. A grid of a sweep without it has no best one."""

    def cells(self) -> Sequence[ShownCell]: ...

    def run(self) -> object:
        """Send what is planned."""

    def retry(self, cell_id: str) -> object: ...

    def star(self, cell_id: str) -> object:
        """Star a cell, or take its star away."""

    def winner(self, cell_id: str) -> object:
        """Make a cell the winner, or no longer."""

    def thumb(self, cell_id: str) -> bytes | None:
        """Return a JPEG of about 256 pixels, None while there is no picture."""

    def large(self, cell_id: str) -> bytes | None:
        """Return a JPEG of at most 1024 pixels."""

    def original(self) -> bytes | None:
        """Return a JPEG of the picture that was edited, at most 1024 pixels; None for text-to-image."""

    def static_view(self) -> dict[str, str]:
        """Return the static picture as a bundle."""

    def caption(self, lang: str) -> dict[str, str]:
        """Return the line under it, with what failed and why, as a bundle."""

    def on_change(self, callback: Callable[[Any], object]) -> object:
        """Call `callback` after every change of a cell."""
