"""The history in JupyterLab and Notebook 7 by keys alone, and what of it stays in a saved notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .notebook_page import NotebookPage

MADE = """
%load_ext bailian_nb
import bailian_nb as wan
words = ("red", "green", "blue", "white", "black")
values = {"model": "wan2.2-t2i-flash", "size": "512*512", "seed": 3}
jobs = [wan.t2i(f"a {word} teapot emulator:latency=0", **values) for word in words]
all(job.result() for job in jobs)
"""
CELLS = [MADE, "%wan history", "wan.history('green')"]


def keys(page: NotebookPage, *names: str) -> None:
    for name in names:
        page.page.keyboard.press(name)


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_saved_pictures_are_gone_through_by_keys(front_end, open_notebook):
    page = open_notebook(front_end, CELLS)
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".bn-history")
    expect(view.locator(".bn-cell img[src]")).to_have_count(5, timeout=30_000)
    for width in (600, 900, 1300):
        page.page.set_viewport_size({"width": width, "height": 900})
        page.page.wait_for_timeout(600)
        page.shot(f"history_{width}", view)
        view.locator("[role=gridcell][tabindex='0']").focus()
        keys(page, "Enter")
        page.page.wait_for_timeout(600)
        page.shot(f"history_open_{width}", view)
        keys(page, "Escape")
    page.theme("dark")
    page.page.wait_for_timeout(600)
    view.locator("[role=gridcell][tabindex='0']").focus()
    keys(page, "s", "Enter", "c", "ArrowRight")
    page.page.wait_for_timeout(1000)
    page.shot("history_dark", view)
    keys(page, "g")
    page.page.wait_for_timeout(1500)
    page.shot("history_again", view)
    assert page.errors() == []
