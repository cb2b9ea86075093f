"""Values about a chosen one, by which `Sweep` is extended when the eye has settled on a strength. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PARTS = 3
"""Into so many parts the way to each neighbour is cut."""


def between(values: Sequence[Any], chosen: Any) -> list[Any]:
    """Return new values between a chosen one and its neighbours, in ascending order; whole numbers stay whole."""
    ordered = sorted(values)
    at = ordered.index(chosen)
    ends = [ordered[k] for k in (at - 1, at + 1) if 0 <= k < len(ordered)]
    found = [chosen + (end - chosen) * part / PARTS for end in ends for part in range(1, PARTS)]
    whole = all(isinstance(value, int) for value in ordered)
    rounded = [round(value) if whole else round(value, 4) for value in found]
    return sorted(set(rounded) - set(ordered))


def numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
