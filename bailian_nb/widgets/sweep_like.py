"""What the grid needs of a sweep. `bailian_nb.sweep` fits it; so does anything else with cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, Protocol, TypedDict


class SweepCell(TypedDict):
    """One combination of the axes' values.

    `state` is "planned", "invalid" or a Job's status. A cell that can be tried again has `retry`. `version` grows when
    the cell has another picture than before; without it, an ended cell has one picture for good.
    """

    id: str
    labels: Mapping[str, Any]
    state: str
    title: NotRequired[str]
    why: NotRequired[str]
    reason: NotRequired[str]
    code: NotRequired[str]
    todo: NotRequired[str]
    seconds: NotRequired[float | None]
    cost: NotRequired[float | None]
    retry: NotRequired[bool]
    starred: NotRequired[bool]
    winner: NotRequired[bool]
    version: NotRequired[int]


class SweepPlan(TypedDict):
    """What running would take; `invalid` holds one line a problem, `note` what the cost does not know."""

    images: int
    tasks: int
    cost: NotRequired[float | None]
    minutes: NotRequired[float | None]
    cached: NotRequired[int]
    invalid: NotRequired[Sequence[str]]
    note: NotRequired[str]


class SweepLike(Protocol):
    """A sweep as the grid sees it. Its methods may be called from any thread and return at once."""

    @property
    def axes(self) -> Mapping[str, Sequence[Any]]:
        """Values by parameter, in the order in which the user gave them."""

    @property
    def plan(self) -> SweepPlan: ...

    def cells(self) -> Sequence[SweepCell]: ...

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

    def on_change(self, callback: Callable[[Any], object]) -> object:
        """Call `callback` after every change of a cell."""
