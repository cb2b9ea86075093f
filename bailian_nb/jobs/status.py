"""The states of a Job, why it waits in one of them, and how long its task should take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal[
    "WAITING",
    "QUEUED",
    "SUBMITTING",
    "UNCERTAIN",
    "PENDING",
    "RUNNING",
    "SAVING",
    "SUCCEEDED",
    "FAILED",
    "CANCELED",
    "EXPIRED",
]
FINAL: frozenset[Status] = frozenset({"SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"})


@dataclass(frozen=True, kw_only=True)
class WaitReason:
    """Why a Job waits: a key of the text catalogue with its values."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Seconds from submit to end: `low` and `high` hold most tasks between them."""

    low: float
    high: float

    @property
    def typical(self) -> float:
        return (self.low + self.high) / 2
