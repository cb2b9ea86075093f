"""The states of a Job, and why it waits in one of them."""

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
class Why:
    """Why a Job waits: a key of the text catalogue with its values."""

    key: str
    values: dict[str, object] = field(default_factory=dict)
