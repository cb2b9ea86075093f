"""Hosts of widgets that are no IPython, such as marimo: they ask a Job, a Sweep or a Batch itself what to show."""

from __future__ import annotations

from typing import Any

from ..batch.batch import Batch
from ..jobs.job import Job
from ..sweeps import Sweep
from ..system import live
from .base import LiveWidget


def register() -> None:
    """Have every Job, Sweep and Batch shown as the widget that follows it."""
    live.show = _widget_of


def _widget_of(thing: Any) -> LiveWidget | str:
    if isinstance(thing, Job):
        from .job_card import JobCard

        return JobCard(thing)
    if isinstance(thing, Sweep):
        from .sweep_grid import SweepGrid

        return SweepGrid(thing)
    if isinstance(thing, Batch):
        from .batch_view import BatchView

        return BatchView(thing)
    return repr(thing)
