"""What a sweep tells of itself: plain data for the grid, the sheet and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict


class ShownCell(TypedDict):
    """One combination of the axes' values.

    `state` is "planned", "invalid" or a Job's status. A cell that can be tried again has `retry`. `version` grows when
    the cell has another picture than before; without it, an ended cell has one picture for good. `unpaid` says in words
    why nothing was paid, where `cost` would be.
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
    unpaid: NotRequired[str]
    retry: NotRequired[bool]
    starred: NotRequired[bool]
    winner: NotRequired[bool]
    version: NotRequired[int]


class SweepPlan(TypedDict):
    """What running would take; `invalid` holds one line a problem, `note` what the cost does not know,
    `dated` of when its list prices are.
    """

    images: int
    tasks: int
    cost: NotRequired[float | None]
    minutes: NotRequired[float | None]
    cached: NotRequired[int]
    invalid: NotRequired[Sequence[str]]
    note: NotRequired[str]
    dated: NotRequired[str]
