"""What a host that is no IPython shows: marimo asks a Job, a Sweep or a Batch itself, and gets what follows it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.errors import TaskFailed
from bailian_nb.jobs.job import Job
from bailian_nb.system import live
from bailian_nb.widgets import BatchView, JobCard, SweepGrid, hosts


@pytest.fixture
def marimo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of marimo, which has no shell of IPython."""
    monkeypatch.setitem(sys.modules, "marimo", ModuleType("marimo"))
    monkeypatch.setattr(live, "show", live.show)  # back afterwards


def test_where_no_host_shows_widgets_it_is_text(make_job: Callable[..., Job]) -> None:
    job = make_job()
    assert job._display_() == repr(job)


@pytest.mark.usefixtures("marimo")
def test_marimo_shows_what_follows_a_job_a_sweep_and_a_batch(make_job: Callable[..., Job]) -> None:
    sweep = wan.sweep(Image.new("RGB", (640, 640)), "stylization_all", "gold leaf", strength=[0.2, 0.5], seed=[7])
    grid = sweep._display_()
    assert isinstance(grid, SweepGrid)
    assert grid.plan["run"]
    assert isinstance(wan.batch(["a fox"], seed=7)._display_(), BatchView)
    job = make_job()
    card = job._display_()
    assert isinstance(card, JobCard)
    job.fail(TaskFailed("x", code="InternalError.Timeout"), at=1001.0)
    assert card.card["state"] == "failed"


def test_what_has_no_widget_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "show", live.show)
    hosts.register()
    assert live.shown(7) == "7"
