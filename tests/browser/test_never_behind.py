"""A cell that is run when the mouse button goes up reads the mask with that stroke, to the bit.

The cell is asked for in the task that sends the stroke, which no hand can. What a read waits for is printed (`-s`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from statistics import median

import pytest

from .hand import Hand, wait_ops

SIZES = {"small": (902, 600), "large": (4096, 4096)}
FRONT_ENDS = {
    "lab": ("lab",),
    "main shell": ("lab", {"@jupyterlab/apputils-extension/kernels-settings": {"commsOverSubshells": "disabled"}}),
    "notebook": ("notebook",),
}
SLOW = [pytest.mark.slow, pytest.mark.timeout(1200)]
SETUP = """
import json, time
from PIL import Image
from bailian_nb.widgets import MaskPainter
painter = MaskPainter(Image.radial_gradient("L").resize({size}).convert("RGB"), keep=False)
painter
"""
READ = """
began = time.perf_counter()
seen = painter.mask
waited = time.perf_counter() - began
count, code = len(painter.ops), painter.as_code()
print(json.dumps([waited, count]))
"""
CHECK = """
names = {}
exec(code, names)
print(json.dumps([seen == painter.mask, names["mask"] == seen, painter.fault, len(painter.ops)]))
"""
LOOP = """
waits, counts = [], []
while not painter.ops or painter.ops[-1]["op"] != "invert":
    began = time.perf_counter()
    painter.mask
    waits.append(time.perf_counter() - began)
    counts.append(len(painter.ops))
print(json.dumps([max(waits), counts == sorted(counts), len(painter.ops)]))
"""


@dataclass
class Series:
    """Cells that were run at mouse-up."""

    waits: list[float]
    stale: int = 0

    def tell(self, what: str) -> None:
        middle, most = 1000 * median(self.waits), 1000 * max(self.waits)
        print(f"{what}: {self.stale} of {len(self.waits)} stale, waited {middle:.0f} ms (median), {most:.0f} ms (most)")


def paint(page, size, tries, *, cell=0):
    """Paint strokes of many shapes; read at each mouse-up; compare with what Python has when all is quiet."""
    hand = Hand(page, cell, size=size)
    series = Series([])
    for number in range(1, tries + 1):
        x, y = 0.1 + 0.7 * (number * 0.37 % 1), 0.1 + 0.7 * (number * 0.61 % 1)
        line = [(x, y), (0.9 - x / 2, y / 2 + 0.1), (x / 2 + 0.2, 0.9 - y / 3)]
        page.execute_after_op(READ)
        hand.drag(*((size[0] * u, size[1] * v) for u, v in line), steps=12)
        waited, count = json.loads(page.executed_after_op())
        wait_ops(page, number)
        same, coded, fault, ops = json.loads(page.execute(CHECK))
        assert (fault, ops) == ("", number)
        series.waits.append(waited)
        series.stale += not (same and coded and count == number)
    return series


@pytest.fixture(scope="module")
def notebooks(start_server, open_shared_notebook):
    """Give a front end's notebook, opened once."""
    cells = [*(SETUP.format(size=size) for size in SIZES.values()), LOOP]
    return cache(lambda kind: open_shared_notebook(start_server(*FRONT_ENDS[kind]), cells))


@pytest.fixture
def open_kind(notebooks, use_notebook):
    return lambda kind: use_notebook(notebooks(kind))


@pytest.fixture
def page(open_kind):
    return open_kind("lab")


@pytest.mark.parametrize(
    ("kind", "size", "tries"),
    [
        ("lab", "small", 4),
        ("lab", "large", 2),
        pytest.param("main shell", "small", 2, marks=pytest.mark.slow),
        pytest.param("notebook", "large", 2, marks=pytest.mark.slow),
        *(pytest.param(kind, size, 100, marks=SLOW) for kind in FRONT_ENDS for size in SIZES),
    ],
)
def test_a_cell_that_follows_a_stroke_reads_it(open_kind, kind, size, tries):
    page = open_kind(kind)
    cell = list(SIZES).index(size)
    page.run_cell(cell)
    series = paint(page, SIZES[size], tries, cell=cell)
    series.tell(f"{kind}, {size}")
    assert series.stale == 0
    assert page.errors() == []


def test_a_cell_reads_what_a_bucket_filled_and_what_was_undone(page):
    page.run_cell(1)
    hand = Hand(page, 1, size=SIZES["large"])
    hand.drag((1000, 1000), (3000, 1000), (2000, 3000), (1000, 1000), steps=12)
    wait_ops(page, 1)
    page.page.keyboard.press("g")
    page.execute_after_op(READ)
    hand.drag((2000, 1500))
    assert json.loads(page.executed_after_op())[1] == 2
    assert json.loads(page.execute(CHECK)) == [True, True, "", 2]
    page.execute_after_op(READ)
    page.output(1).get_by_role("button", name="Undo").click()
    assert json.loads(page.executed_after_op())[1] == 1
    assert json.loads(page.execute(CHECK)) == [True, True, "", 1]


def test_a_cell_run_while_the_button_is_down_reads_the_mask_before_and_waits_for_nobody(page):
    page.run_cell(1)
    hand = Hand(page, 1, size=SIZES["large"])
    hand.mouse.move(*hand.at(1000, 1000))
    hand.mouse.down()
    hand.mouse.move(*hand.at(3000, 2000), steps=8)
    waited, count = json.loads(page.execute(READ))
    assert count == 0
    assert waited < 1  # not the time-out; the figure is told
    print(f"with the button down: {1000 * waited:.1f} ms")
    page.execute_after_op(READ)
    hand.mouse.up()
    assert json.loads(page.executed_after_op())[1] == 1


def test_a_cell_that_reads_in_a_loop_follows_the_hand(page):
    page.run_cell(1)
    hand = Hand(page, 1, size=SIZES["large"])
    page.run_cell(2, wait=False)
    for number in range(6):
        hand.drag((500 + 300 * number, 500), (800 + 300 * number, 3500), steps=12)
    page.page.keyboard.press("Shift+v")
    page.wait_text(2, "]")
    most, in_order, count = json.loads(page.text(2))
    print(f"read in a loop: waited {1000 * most:.0f} ms at most")
    assert in_order
    assert count == 7
    assert most < 2
