"""The widgets: a Job's card, the mask painter, a sweep's grid, a batch's view and its review, the history, the Jobs.

Only this room imports anywidget and ipywidgets.

Names are loaded when they are first used: anywidget reads its bundle when a widget class is made.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch_view import BatchView
    from .history import HistoryView
    from .job_card import JobCard
    from .jobs_view import JobsView
    from .painter import MaskPainter
    from .review import Review
    from .sweep_grid import SweepGrid

_HOMES = {
    "BatchView": "batch_view",
    "HistoryView": "history",
    "JobCard": "job_card",
    "JobsView": "jobs_view",
    "MaskPainter": "painter",
    "Review": "review",
    "SweepGrid": "sweep_grid",
}

__all__ = ["BatchView", "HistoryView", "JobCard", "JobsView", "MaskPainter", "Review", "SweepGrid"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
