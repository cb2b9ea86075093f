"""The viewer of a sweep's grid: what each way to compare puts on the screen, its keys, and one zoom for both."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from .jupyter import wait_for

PHOTO = Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg"
EDGE = 34
"""Pixels at the upper edge in which the names of the two pictures stand."""
SAME = 3
"""How far two looks at one picture are apart at the most; two pictures of a sweep are 10 apart and more."""
STYLES = [
    "%load_ext bailian_nb",
    '%wan_sweep style photo.jpg "Convert to gold leaf" --axis strength=0.2,0.6,1 --seed 7 -o sweep',
]
PROMPTS = [
    "%load_ext bailian_nb",
    '%wan_sweep "A lighthouse at dawn" --axis size=square,16:9 --axis seed=3,4 -o sweep',
]
COUNT_CLOCKS = """() => {
  const [start, stop] = [window.setInterval, window.clearInterval];
  window.bnClocks = new Set();
  window.setInterval = (call, ms, ...more) => {
    const id = start(call, ms, ...more);
    if (ms === 700) window.bnClocks.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    window.bnClocks.delete(id);
    stop(id);
  };
}"""
SIZES = "frame => [...frame.querySelectorAll('img[src]')].map((image) => image.naturalWidth)"
TRANSFORMS = "frame => [...frame.querySelectorAll('img')].map((image) => image.style.transform)"


class Viewer:
    """A finished sweep in the notebook's second cell, as a reader sees and handles it."""

    def __init__(self, page):
        self.page = page
        self.tab = page.page
        self.out = page.output(1)
        self.box = self.out.locator(".bn-viewer")
        self.frame = self.out.locator(".bn-frame")
        self.caption = self.box.locator("> .bn-caption")
        self.note = self.box.locator(".bn-note")

    def cell(self, title):
        return self.out.locator(f'.bn-cell[title="{title}"]')

    def button(self, name):
        return self.out.get_by_role("button", name=name, exact=True)

    def press(self, *keys):
        for key in keys:
            self.tab.keyboard.press(key)

    def mode(self):
        pressed = self.out.locator(".bn-modes [aria-pressed=true]")
        return pressed.inner_text() if pressed.count() else ""

    def compares(self, words):
        wait_for(f"{words!r} under the picture", lambda: self.caption.inner_text().startswith(words))
        wait_for("the large pictures", lambda: min(self.frame.evaluate(SIZES), default=0) > 256)

    def look(self, selector=""):
        """Return what is on the screen there, without the edge that holds the names."""
        place = self.frame.locator(selector) if selector else self.frame
        picture = Image.open(io.BytesIO(place.screenshot(animations="allow"))).convert("RGB")
        return picture.crop((0, EDGE, picture.width, picture.height))

    def alone(self, stop, name):
        """Look at one picture on the slider that scrubs the axis; 0 is the original."""
        self.out.locator(".bn-scrub").fill(str(stop))
        self.compares(name)
        return self.look()

    def transforms(self):
        return self.frame.evaluate(TRANSFORMS)

    def clocks(self):
        return self.tab.evaluate("window.bnClocks.size")


@pytest.fixture
def sweep(open_notebook):
    """Open a notebook, run its sweep to the end, and give its grid."""

    def opened(server, cells, pictures):
        page = open_notebook(server, cells, height=1200)
        page.page.evaluate(COUNT_CLOCKS)
        shutil.copy(PHOTO, (page.server.root / page.name).parent / "photo.jpg")
        page.run_cell(0)
        page.run_cell(1)
        viewer = Viewer(page)
        wait_for("the pictures", lambda: viewer.out.locator(".bn-cell img").count() == pictures, timeout=90)
        page.wait_text(1, f"{pictures} of {pictures}")  # written anew under the live grid, which moves for it
        wait_for("the grid in its place", lambda: viewer.out.locator(".bn-grid").is_visible())
        return viewer

    return opened


def apart(one, other):
    """Return by how much two looks differ on average, 0 to 255, four pixels in one.

    In Notebook 7 the frame moves by part of a pixel with its caption.
    """
    return max(ImageStat.Stat(ImageChops.difference(one.reduce(4), other.reduce(4))).mean)


def half(picture, side):
    middle, width, height = picture.width // 2, picture.width, picture.height
    return picture.crop((0, 0, middle - 4, height) if side == "left" else (middle + 4, 0, width, height))


def lower(picture):
    """Return the lower half in a few large pixels, so that looks of different sizes can be compared."""
    top = picture.height - (picture.height + EDGE) // 2
    return picture.crop((0, top, *picture.size)).resize((48, 16), Image.Resampling.BOX)


@pytest.mark.slow
def test_each_way_shows_both_pictures_as_it_says(front_end, sweep):
    viewer = sweep(front_end, STYLES, 3)
    viewer.cell("strength 0.6").click()
    viewer.press("Enter")
    before, after = viewer.alone(0, "original"), viewer.alone(2, "strength 0.6")
    assert apart(before, after) > 10
    viewer.cell("strength 0.6").focus()
    viewer.press("c")
    viewer.compares("original | strength 0.6")
    assert viewer.mode() == "Slider"
    assert apart(half(viewer.look(), "left"), half(before, "left")) < SAME
    assert apart(half(viewer.look(), "right"), half(after, "right")) < SAME
    viewer.page.shot(f"compare_{front_end.app}_slider")
    viewer.press("m")
    assert viewer.mode() == "Side by side"
    left, right = lower(viewer.look(".bn-before")), lower(viewer.look(".bn-after"))
    assert apart(left, lower(before)) < 5 < apart(left, lower(after))
    assert apart(right, lower(after)) < 5 < apart(right, lower(before))
    viewer.page.shot(f"compare_{front_end.app}_side")
    viewer.press("m")
    assert viewer.mode() == "Blink"
    for expected in (before, after, before):
        wait_for("the other picture", lambda expected=expected: apart(viewer.look(), expected) < SAME)
    viewer.press("m")
    assert viewer.mode() == "Difference"
    difference = ImageChops.difference(before, after).point([min(255, 4 * value) for value in range(256)] * 3)
    assert apart(viewer.look(), difference) < 6
    viewer.page.shot(f"compare_{front_end.app}_diff")
    viewer.press("m")
    assert viewer.mode() == "Overlay"
    assert apart(viewer.look(), Image.blend(before, after, 0.5)) < SAME
    viewer.page.shot(f"compare_{front_end.app}_overlay")
    viewer.out.get_by_label("Opacity").fill("100")
    assert apart(viewer.look(), after) < SAME
    viewer.press("m")
    assert viewer.mode() == "Slider"
    assert viewer.page.errors() == []


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_c_m_and_d_are_the_grids_and_a_second_c_compares_two_cells(front_end, sweep):
    viewer = sweep(front_end, STYLES, 3)
    notebook = viewer.tab.locator(".jp-Cell")
    count = notebook.count()
    viewer.cell("strength 0.2").click()
    viewer.press("c")
    viewer.compares("original | strength 0.2")
    viewer.press("ArrowRight")
    viewer.compares("original | strength 0.6")
    viewer.press("c")
    viewer.compares("strength 0.2 | strength 0.6")
    assert viewer.cell("strength 0.2").evaluate("node => node.classList.contains('bn-base')")
    viewer.page.shot(f"compare_{front_end.app}_two_cells")
    viewer.press("d")
    assert viewer.mode() == "Difference"
    viewer.press("d")
    assert viewer.mode() == "Slider"
    viewer.out.locator("select.bn-with").select_option(label="strength 1")
    viewer.compares("strength 1 | strength 0.6")
    viewer.button("Side by side").click()
    viewer.press("d", "d", "m", "m")
    assert viewer.mode() == "Difference"
    assert notebook.count() == count  # D twice would delete a cell, M make it Markdown
    assert "jp-CodeCell" in viewer.page.cell(1).get_attribute("class")
    viewer.press("Escape")
    assert not viewer.box.is_visible()
    assert viewer.cell("strength 0.6").evaluate("node => node === document.activeElement")
    assert viewer.out.locator(".bn-base").count() == 0
    viewer.press("Enter")
    assert viewer.mode() == ""
    assert viewer.page.errors() == []


@pytest.mark.slow
def test_blinking_leaves_no_clock_behind(start_server, sweep):
    viewer = sweep(start_server("lab"), STYLES, 3)
    viewer.cell("strength 0.2").click()
    viewer.press("c", "m", "m")
    wait_for("the clock", lambda: viewer.clocks() == 1)
    viewer.button("Swap").click()
    assert viewer.clocks() == 0
    ways = {
        "closed": (lambda: viewer.press("Escape"), lambda: viewer.press("c")),
        "another way": (lambda: viewer.press("m"), lambda: viewer.press("m", "m", "m", "m")),
        "reduced motion": (
            lambda: viewer.tab.emulate_media(reduced_motion="reduce"),
            lambda: viewer.tab.emulate_media(reduced_motion="no-preference"),
        ),
        "out of sight": (
            lambda: viewer.out.evaluate("node => { node.style.display = 'none'; }"),
            lambda: viewer.out.evaluate("node => { node.style.display = ''; }"),
        ),
    }
    viewer.cell("strength 0.2").focus()
    viewer.press("m", "m", "m", "m", "m")
    for why, (ends, starts) in ways.items():
        wait_for(f"the clock before it is {why}", lambda: viewer.clocks() == 1)
        ends()
        wait_for(f"no clock: {why}", lambda: viewer.clocks() == 0)
        starts()
    wait_for("the clock", lambda: viewer.clocks() == 1)
    viewer.page.set_source(1, "None")
    viewer.page.run_cell(1)
    wait_for("no clock: gone", lambda: viewer.clocks() == 0)


@pytest.mark.slow
def test_one_zoom_moves_both_pictures(start_server, sweep):
    viewer = sweep(start_server("lab"), STYLES, 3)
    viewer.cell("strength 0.6").click()
    viewer.press("c", "m")
    viewer.compares("original | strength 0.6")
    viewer.frame.scroll_into_view_if_needed()
    box = viewer.frame.locator(".bn-after").bounding_box()
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5
    viewer.tab.mouse.move(x, y)
    viewer.tab.keyboard.down("Control")
    viewer.tab.mouse.wheel(0, -200)
    viewer.tab.keyboard.up("Control")
    wait_for("the zoom", lambda: "scale" in viewer.transforms()[0])
    one, other = viewer.transforms()
    assert one == other
    seen = viewer.frame.locator(".bn-after img").bounding_box()
    assert (x - seen["x"]) / seen["width"] == pytest.approx(0.75, abs=0.01)  # what lay under the pointer is there still
    assert viewer.frame.bounding_box()["width"] == pytest.approx(2 * box["width"] + 4, abs=1)
    viewer.page.shot("compare_lab_zoomed")
    viewer.tab.mouse.down()
    viewer.tab.mouse.move(x - 30, y - 10, steps=4)
    viewer.tab.mouse.up()
    moved = viewer.frame.locator(".bn-before img").bounding_box()
    after = viewer.frame.locator(".bn-after img").bounding_box()
    assert after["x"] == pytest.approx(seen["x"] - 30, abs=1)
    assert viewer.transforms()[0] == viewer.transforms()[1] != one
    assert moved["width"] == pytest.approx(after["width"], abs=0.01)
    viewer.press("m", "d")
    assert viewer.transforms()[0] == viewer.transforms()[1] != ""
    viewer.press("0")
    assert viewer.transforms() == ["", ""]
    viewer.press("+")
    assert "scale(1.25)" in viewer.transforms()[0]
    viewer.button("Show all of it (0)").click()
    assert viewer.transforms() == ["", ""]
    viewer.tab.set_viewport_size({"width": 1280, "height": 640})
    viewer.frame.hover()
    place = viewer.frame.bounding_box()["y"]
    viewer.tab.mouse.wheel(0, -120)
    wait_for("the notebook to scroll", lambda: viewer.frame.bounding_box()["y"] != place)
    assert viewer.transforms() == ["", ""]


@pytest.mark.slow
def test_without_an_original_two_cells_are_compared_and_other_shapes_are_said(start_server, sweep):
    viewer = sweep(start_server("lab"), PROMPTS, 4)
    viewer.cell("size square, seed 3").click()
    viewer.press("c")
    wait_for("what to do", lambda: viewer.note.inner_text() == "Go to another cell: it is compared with this one.")
    assert viewer.out.locator(".bn-with option").all_inner_texts()[0] == "size square, seed 3"
    viewer.cell("size square, seed 4").click()
    viewer.press("c")
    viewer.compares("size square, seed 3 | size square, seed 4")
    assert viewer.note.inner_text() == ""
    viewer.cell("size 16:9, seed 4").click()
    viewer.compares("size square, seed 3 | size 16:9, seed 4")
    assert "different shapes" in viewer.note.inner_text()
    viewer.press("d")
    assert "no difference to show" in viewer.note.inner_text()
    assert viewer.frame.get_attribute("data-mode") == "side"
    viewer.page.theme("dark")
    viewer.page.shot("compare_lab_other_shapes")
    assert viewer.page.errors() == []
