"""`mask`, `ops` and `best` are traits: they can be observed and set."""

from __future__ import annotations

import pytest
import traitlets as t
from PIL import Image

import bailian_nb as wan
from bailian_nb import Mask
from bailian_nb.errors import InvalidRequest
from bailian_nb.widgets import MaskPainter, SweepGrid

SIZE = (640, 480)
STROKE = {"op": "stroke", "points": [[100, 100], [200, 150]], "r": 12, "erase": False}


@pytest.fixture
def painter() -> MaskPainter:
    return MaskPainter(Image.new("RGB", SIZE, "grey"), keep=False)


def test_observers_of_the_mask_hear_of_every_change_with_old_and_new(painter: MaskPainter) -> None:
    heard = []
    painter.observe(heard.append, names=["mask", "ops"])
    painter.fill()
    painter.fill()  # the same mask, by one step more
    assert [(change.name, change.owner is painter) for change in heard] == [
        ("mask", True),
        ("ops", True),
        ("ops", True),
    ]
    assert (heard[0].old, heard[0].new) == (Mask.like(SIZE), ~Mask.like(SIZE))
    assert heard[2].new == [{"op": "fill"}, {"op": "fill"}] == painter.ops


def test_what_an_observer_raises_is_shown_and_stops_no_other(painter: MaskPainter) -> None:
    heard = []
    painter.observe(lambda change: 1 / 0, names="mask")
    painter.on_change(heard.append)
    painter.invert()
    assert heard == [painter]
    assert "division by zero" in painter.fault


def test_a_mask_is_set_and_can_be_undone(painter: MaskPainter) -> None:
    mask = Mask.like(SIZE).ellipse(10, 10, 90, 60)
    painter.mask = mask
    assert painter.mask == mask
    painter.undo()
    assert painter.mask == Mask.like(SIZE)
    with pytest.raises(InvalidRequest, match="one size"):
        painter.mask = Mask.like((8, 8))


def test_ops_are_set_and_drawn_or_nothing_changes(painter: MaskPainter) -> None:
    painter.fill()
    painter.ops = [STROKE, {"op": "invert"}]
    assert painter.ops == [STROKE, {"op": "invert"}]
    assert painter.mask == ~Mask.like(SIZE).stroke([(100, 100), (200, 150)], 12)
    assert painter.shown["undo"] == 2
    before = painter.mask
    with pytest.raises(InvalidRequest):
        painter.ops = [STROKE, {"op": "nonsense"}]
    assert (painter.mask, len(painter.ops)) == (before, 2)
    painter.undo()
    assert painter.ops == [STROKE]


def test_a_painter_s_mask_is_linked_to_another_trait(painter: MaskPainter) -> None:
    class Holder(t.HasTraits):
        mask = t.Any()

    holder = Holder()
    t.dlink((painter, "mask"), (holder, "mask"))
    painter.fill()
    assert holder.mask == painter.mask


def test_the_best_picture_of_a_grid_is_observed_and_set() -> None:
    sweep = wan.sweep(prompt="A lighthouse", seed=[1, 2])
    grid = SweepGrid(sweep.run().wait())
    grid.refresh()
    heard = []
    grid.observe(heard.append, names="best")
    first, second = (job.result()[0] for job in sweep.jobs)
    assert grid.best is None
    grid.best = second
    assert (grid.best, sweep.best) == (second, second)
    assert [cell["winner"] for cell in grid.cells] == [False, True]
    grid.best = first
    assert [change.new for change in heard][-1] is first
    grid.best = None
    assert (grid.best, [cell["winner"] for cell in grid.cells]) == (None, [False, False])
    with pytest.raises(InvalidRequest, match="one of the sweep's cells"):
        grid.best = "0.5"
