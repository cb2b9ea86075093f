"""Widgets mounted on their static outputs: what the notebook or the user put there stays, or comes back."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import expect

from .jupyter import wait_for

LOAD = "%load_ext bailian_nb\nimport bailian_nb as wan"
PAINTER = """
from PIL import Image
print("said before")
painter = wan.MaskPainter(Image.radial_gradient("L").resize((640, 480)).convert("RGB"), lang="en", keep=False)
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
CELLS = [LOAD, PAINTER, "painter", JOB, "'saved by an earlier version'", *["'filler'\n" * 40] * 6]
EARLIER = [
    {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNkAAAAAgABoxmcVgAAAABJRU5ErkJggg=="},
    {"text/html": '<div class="bn-place-0123456789abcdef bn-under-still"><div>MaskPainter 640x480</div></div>'},
]
COUNT_POLLS = """() => {
  const find = document.getElementsByClassName.bind(document);
  window.bnPolls = {};
  document.getElementsByClassName = (name) => {
    window.bnPolls[name] = (window.bnPolls[name] ?? 0) + 1;
    return find(name);
  };
}"""


@pytest.fixture(scope="module", params=["lab"])
def shared(request, start_server, open_shared_notebook):
    saved = [nbformat.v4.new_output("display_data", data=data) for data in EARLIER]
    return open_shared_notebook(start_server(request.param), CELLS, saved={4: saved})


@pytest.fixture
def page(shared, use_notebook):
    """A notebook whose second and third cells show one painter."""
    page = use_notebook(shared)
    for index in (0, 1, 2):
        page.run_cell(index)
    for index in (1, 2):
        page.output(index).locator(".bn-stage").wait_for()
    return page


def visible(page, cell: int, part: str) -> int:
    return sum(each.is_visible() for each in page.output(cell).locator(part).all())


def wait_polls(page, widget: str) -> None:
    """Wait until the page has looked for the widget's anchors twice more, and so has done what it does to them."""
    page.page.evaluate(COUNT_POLLS)
    anchor = page.execute(f"print({widget})").strip()
    wait_for("two polls", lambda: page.page.evaluate("name => window.bnPolls[name] ?? 0", anchor) >= 2)


@pytest.mark.parametrize("shared", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_what_the_cell_showed_before_stays_in_sight(page):
    page.run_cell(3)
    expect(page.output(1)).to_contain_text("said before")
    assert visible(page, 1, ".jp-RenderedImage img") == 0  # hidden under the live painter
    page.output(3).get_by_role("button", name="Cancel").wait_for()
    wait_polls(page, "painter.anchor")
    expect(page.output(3)).to_contain_text("said before")
    assert visible(page, 3, ".jp-RenderedImage img") == 1
    wait_for("both pictures", lambda: visible(page, 3, ".jp-RenderedImage img") == 2)
    assert page.errors() == []


def test_a_painter_is_live_in_every_cell_that_shows_it(page):
    page.execute("painter.fill()")
    for cell in (1, 2):
        page.output(cell).get_by_text("100.0 % painted").wait_for()
    page.run_cell(2)
    wait_polls(page, "painter.anchor")
    assert [page.output(cell).locator(".bn-stage").count() for cell in (1, 2)] == [1, 1]


def test_what_was_hidden_comes_back_when_the_widget_goes(page):
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


def test_what_an_earlier_version_saved_is_shown_as_it_is(page):
    wait_polls(page, "painter.anchor")
    assert visible(page, 4, ".jp-RenderedImage img") == 1
    assert visible(page, 4, ".bn-under-still") == 1
    assert page.output(4).inner_text().strip() == "MaskPainter 640x480"
    assert page.errors() == []


def test_outputs_written_anew_under_a_widget_disturb_nobody(page):
    page.execute("caption = type(painter).caption")
    stage = page.output(1).locator(".bn-stage")
    for turn in range(6):
        page.execute(RESTLESS)
        page.cell(10 if turn % 2 else 1)
        page.theme("dark" if turn % 2 else "light")
    wait_for("the painter", lambda: stage.count() == 1)
    page.execute("painter.close()")
    page.output(1).get_by_text("$x^2$").wait_for()  # words of ours are never set as a formula
    assert page.output(1).locator("mjx-container").count() == 0
    assert page.errors() == []
    page.execute("type(painter).caption = caption")
