"""Widgets mounted on their static outputs: what the notebook or the user put there stays, or comes back."""

from __future__ import annotations

from playwright.sync_api import expect

from .jupyter import wait_for

LOAD = "%load_ext bailian_nb\nimport bailian_nb as wan"
PAINTER = """
from PIL import Image
print("said before")
painter = wan.MaskPainter(Image.radial_gradient("L").resize((640, 480)).convert("RGB"), lang="en")
painter
"""
JOB = """
print("said before")
display(Image.new("RGB", (64, 64), "teal"))
job = wan.t2i("A shop emulator:latency=3", seed=7)
job
"""
RESTLESS = """
import itertools
number = itertools.count()
type(painter).caption = lambda self: {"text/html": f"<div>caption {next(number)} $x^2$</div>", "text/plain": "caption"}
for _ in range(20):
    painter.update_static()
"""


def visible(page, cell: int, part: str) -> int:
    return sum(each.is_visible() for each in page.output(cell).locator(part).all())


def test_what_the_cell_showed_before_stays_in_sight(front_end, open_notebook):
    page = open_notebook(front_end, [LOAD, PAINTER, JOB])
    page.run_all()
    page.output(1).locator(".bn-stage").wait_for()
    expect(page.output(1)).to_contain_text("said before")
    assert visible(page, 1, ".jp-RenderedImage img") == 0  # hidden under the live painter
    page.output(2).get_by_role("button", name="Cancel").wait_for()
    page.page.wait_for_timeout(400)
    expect(page.output(2)).to_contain_text("said before")
    assert visible(page, 2, ".jp-RenderedImage img") == 1
    wait_for("both pictures", lambda: visible(page, 2, ".jp-RenderedImage img") == 2)
    assert page.errors() == []


def test_a_painter_is_live_in_every_cell_that_shows_it(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [LOAD, PAINTER, "painter"])
    page.run_all()
    for cell in (1, 2):
        page.output(cell).locator(".bn-stage").wait_for()
    page.execute("painter.fill()")
    for cell in (1, 2):
        page.output(cell).get_by_text("100.0 % painted").wait_for()
    page.run_cell(2)
    page.page.wait_for_timeout(600)
    assert [page.output(cell).locator(".bn-stage").count() for cell in (1, 2)] == [1, 1]


def test_what_was_hidden_comes_back_when_the_widget_goes(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [LOAD, PAINTER, "painter"])
    page.run_all()
    page.output(2).locator(".bn-stage").wait_for()
    assert visible(page, 1, ".jp-RenderedImage img") == 0
    page.execute("painter.freeze()")
    for cell in (1, 2):
        wait_for("the static picture", lambda cell=cell: visible(page, cell, ".jp-RenderedImage img") == 1)
        expect(page.output(cell).locator(".bn-stage")).to_have_count(0)
    page.run_cell(1)
    page.output(1).locator(".bn-stage").wait_for()
    page.execute("painter.close()")
    wait_for("the static picture and its caption", lambda: visible(page, 1, ".jp-RenderedImage img") == 1)
    expect(page.output(1)).to_contain_text("MaskPainter 640x480")
    assert page.errors() == []


def test_outputs_written_anew_under_a_widget_disturb_nobody(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [LOAD, PAINTER, *["'filler'\n" * 40] * 8])
    page.run_all()
    stage = page.output(1).locator(".bn-stage")
    stage.wait_for()
    for turn in range(6):
        page.execute(RESTLESS)
        page.cell(9 if turn % 2 else 1)
        page.theme("dark" if turn % 2 else "light")
    wait_for("the painter", lambda: stage.count() == 1)
    page.execute("painter.close()")
    page.output(1).get_by_text("$x^2$").wait_for()  # words of ours are never set as a formula
    assert page.output(1).locator("mjx-container").count() == 0
    assert page.errors() == []
