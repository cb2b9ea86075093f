"""Work is never lost: strokes are there after the cell ran again, the kernel restarted, the page was reloaded."""

from __future__ import annotations

import pytest

from .hand import Hand, count_ops, wait_ops
from .jupyter import wait_for
from .test_painter import MATCHES, SETUP, painted

CELLS = [SETUP.replace(", keep=False", ""), "painter"]


@pytest.mark.parametrize("kind", ["lab", pytest.param("notebook", marks=pytest.mark.slow)])
def test_strokes_are_there_whatever_happens_to_cell_kernel_and_page(start_server, open_notebook, kind):
    page = open_notebook(start_server(kind), CELLS)
    page.run_cell(0)
    hand = Hand(page)
    hand.drag((100, 100), (300, 100))
    hand.drag((100, 200), (300, 200))
    wait_ops(page, 2)
    before = page.execute("print(hash(painter.mask))")
    page.run_cell(0)
    page.output(0).locator(".bn-status", has_text="are back: 2").wait_for()
    assert page.execute("print(hash(painter.mask))") == before
    page.shot(f"kept_{kind}", page.output(0).locator(".bn-painter"))

    Hand(page).drag((100, 300), (300, 300))
    wait_ops(page, 3)
    page.restart()  # at once: the kernel writes what it has as it ends
    page.output(0).get_by_text("The kernel is gone").wait_for()
    Hand(page).drag((100, 400), (300, 400))
    page.run_cell(0)
    page.output(0).locator(".bn-status", has_text="steps that the kernel had not got are back: 1").wait_for()
    wait_for("four strokes", lambda: count_ops(page) == 4)
    page.output(0).locator(".bn-status", has_text=painted(page)).wait_for()
    page.shot(f"kept_{kind}_unheard", page.output(0).locator(".bn-painter"))
    Hand(page).stage.focus()
    page.page.keyboard.press("Control+z")
    wait_ops(page, 3)
    assert page.execute(MATCHES) == "True True [0, 255]\n"

    page.save()
    page = page.reopen()
    page.run_cell(1)
    for cell in (0, 1):
        page.output(cell).locator(".bn-status", has_text=painted(page)).wait_for()
    assert count_ops(page) == 3
    assert page.errors() == []
