"""The painter in JupyterLab and Notebook 7: a hand paints, Python has it to the pixel, keys stay inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .jupyter import wait_for

SETUP = """
from PIL import Image, ImageDraw
from bailian_nb.widgets import MaskPainter
image = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
ImageDraw.Draw(image).ellipse((200, 120, 440, 360), fill=(200, 140, 60))
painter = MaskPainter(image)
painter
"""
STATE = "import json; print(json.dumps([painter.mask.bbox, len(painter.ops), painter.shown['seq'], painter.fault]))"
MATCHES = """
from bailian_nb import Mask
names = {}
exec(painter.as_code(), names)
print(names["mask"] == painter.mask, painter.fault == "", sorted(set(painter.to_image().tobytes())))
"""


def state(page: Any) -> list[Any]:
    return list(json.loads(page.execute(STATE)))


def ops(page: Any, count: int) -> None:
    """Wait until Python has so many ops, and the page knows it."""
    wait_for(f"{count} ops in Python", lambda: state(page)[1] == count)


class Hand:
    """A mouse at picture coordinates of a painter that shows its whole picture."""

    def __init__(self, page: Any, cell: int = 0, size: tuple[int, int] = (640, 480)) -> None:
        self.page = page
        self.width, self.height = size
        self.mouse = page.page.mouse
        self.stage = page.output(cell).locator(".bn-stage")
        self.stage.wait_for()
        page.page.wait_for_timeout(150)
        self.stage.scroll_into_view_if_needed()

    def at(self, x: float, y: float) -> tuple[float, float]:
        box = self.stage.bounding_box()
        scale = min(box["width"] / self.width, box["height"] / self.height)
        left, top = (
            box["x"] + (box["width"] - self.width * scale) / 2,
            box["y"] + (box["height"] - self.height * scale) / 2,
        )
        return left + x * scale, top + y * scale

    def drag(self, *points: tuple[float, float], steps: int = 8) -> None:
        self.mouse.move(*self.at(*points[0]))
        self.mouse.down()
        for point in points[1:]:
            self.mouse.move(*self.at(*point), steps=steps)
        self.mouse.up()


def test_a_stroke_is_in_python_to_the_pixel(front_end, open_notebook):
    page = open_notebook(front_end, [SETUP])
    page.run_cell(0)
    hand = Hand(page)
    hand.drag((200, 200), (420, 260), (320, 330))
    ops(page, 1)
    assert page.execute(MATCHES) == "True True [0, 255]\n"
    left, top, right, bottom = state(page)[0]
    assert abs(left - 185) <= 2
    assert abs(right - 435) <= 2
    assert abs(top - 185) <= 2
    assert abs(bottom - 345) <= 2
    page.shot(f"painter_{front_end.app}_light")
    page.theme("dark")
    page.page.keyboard.press("?")
    page.shot(f"painter_{front_end.app}_dark")
    assert page.foreign == []
    assert page.errors() == []


def test_fifty_strokes_are_undone_and_redone(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [SETUP])
    page.run_cell(0)
    hand = Hand(page)
    for number in range(50):
        hand.drag((20 + number * 12, 60 + number % 7 * 50), (30 + number * 12, 90 + number % 7 * 50), steps=2)
    ops(page, 50)
    full = page.execute("print(hash(painter.mask))")
    for _ in range(50):
        page.page.keyboard.press("Control+z")
    ops(page, 0)
    assert state(page)[0] is None
    for _ in range(50):
        page.page.keyboard.press("Control+Shift+z")
    ops(page, 50)
    assert page.execute("print(hash(painter.mask))") == full
    assert page.execute(MATCHES) == "True True [0, 255]\n"


@pytest.mark.parametrize(("scale", "zoom"), [(1, 1.25), (1.5, 1), (2, 0.8)])
def test_pixels_are_exact_at_any_zoom(start_server, open_notebook, scale, zoom):
    page = open_notebook(start_server("lab"), [SETUP], scale=scale)
    page.zoom(zoom)
    page.run_cell(0)
    hand = Hand(page)
    hand.stage.focus()
    for _ in range(40):
        page.page.keyboard.press("Shift+[")
    hand.drag((320.5, 240.5))
    ops(page, 1)
    left, top, right, bottom = state(page)[0]
    assert right - left <= 2
    assert abs((left + right) / 2 - 320.5) <= 1.5
    assert abs((top + bottom) / 2 - 240.5) <= 1.5
    assert page.execute(MATCHES) == "True True [0, 255]\n"


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_keys_stay_in_the_painter_and_come_back_after_esc(front_end, open_notebook):
    page = open_notebook(front_end, [SETUP, "'below'"])
    page.run_cell(0)
    hand = Hand(page)
    cells = "() => document.querySelectorAll('.jp-Notebook .jp-Cell').length"
    before = page.page.evaluate(cells)
    hand.drag((100, 100))
    for key in ("b", "x", "e", "d", "d", "a", "Shift+v", "["):
        page.page.keyboard.press(key)  # b, a, dd and x are the notebook's too
    ops(page, 2)
    page.page.keyboard.press("Enter")  # a dab at the pointer, with the eraser
    ops(page, 3)
    prompt = page.output(0).locator("input[type=text]")
    prompt.click()
    page.page.keyboard.type("a bad idea, x")
    assert prompt.input_value() == "a bad idea, x"
    assert page.page.evaluate(cells) == before
    hand.stage.focus()
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("b")  # now it is the notebook's: a new cell
    wait_for("a new cell", lambda: page.page.evaluate(cells) == before + 1)
    assert state(page)[1] == 3


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(start_server, open_notebook):
    page = open_notebook(start_server("lab"), ["1", SETUP, *["'filler'\n" * 30] * 3])
    page.run_cell(1)
    hand = Hand(page, 1)
    hand.mouse.move(*hand.at(320, 240))
    before = hand.stage.bounding_box()["y"]
    hand.mouse.wheel(0, 120)
    wait_for("the notebook to scroll", lambda: hand.stage.bounding_box()["y"] < before)
    page.page.wait_for_timeout(200)
    hand.mouse.move(*hand.at(320, 240))
    before = hand.stage.bounding_box()["y"]
    page.page.keyboard.down("Control")
    for _ in range(3):
        hand.mouse.wheel(0, -200)
    page.page.keyboard.up("Control")
    hand.mouse.down()
    hand.mouse.move(*hand.at(340, 240), steps=4)
    hand.mouse.up()
    ops(page, 1)
    assert hand.stage.bounding_box()["y"] == before
    [[first, *_, last]] = json.loads(page.execute("print(json.dumps([op['points'] for op in painter.ops]))"))
    assert abs(first[0] - 320) < 2
    assert last[0] - first[0] < 15  # 20 pixels on the screen are fewer in the picture


def test_python_changes_what_is_shown_and_a_reopened_page_shows_it(front_end, open_notebook):
    page = open_notebook(front_end, [SETUP])
    page.run_cell(0)
    hand = Hand(page)
    hand.drag((100, 100), (200, 100))
    ops(page, 1)
    page.execute("painter.invert()")
    page.output(0).locator(".bn-status", has_text="9").wait_for()
    page.page.keyboard.press("Control+z")
    ops(page, 1)
    page.save()
    page = page.reopen()
    share = page.execute("print(f'{100 * painter.mask.coverage:.1f} % painted')").strip()
    page.output(0).locator(".bn-status", has_text=share).wait_for()
    hand = Hand(page)
    hand.drag((100, 300), (200, 300))
    ops(page, 2)
    page.page.keyboard.press("Control+z")
    page.page.keyboard.press("Control+z")  # also what was painted before the page was opened
    ops(page, 0)
    page.output(0).locator(".bn-status", has_text="0.0 % painted").wait_for()
    assert page.execute(MATCHES) == "True True [0]\n"


def test_two_views_show_one_painting(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [SETUP, "painter"])
    page.run_all()
    Hand(page, 0).drag((100, 100), (300, 100))
    ops(page, 1)
    share = page.execute("print(f'{100 * painter.mask.coverage:.1f} % painted')").strip()
    for cell in (0, 1):
        page.output(cell).locator(".bn-status", has_text=share).wait_for()


def test_a_stroke_reaches_python_while_a_cell_blocks(start_server, open_notebook):
    waits = "import time\nfor _ in range(100):\n    time.sleep(0.1)\n    if painter.ops: break\nprint(len(painter.ops))"
    page = open_notebook(start_server("lab"), [SETUP, waits])
    page.run_cell(0)
    hand = Hand(page)
    page.run_cell(1, wait=False)
    hand = Hand(page)
    hand.drag((100, 100), (300, 100))
    page.wait_text(1, "1", timeout=20)


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_a_restarted_kernel_is_said_and_nothing_breaks(front_end, open_notebook):
    page = open_notebook(front_end, [SETUP])
    page.run_cell(0)
    hand = Hand(page)
    hand.drag((100, 100), (200, 100))
    ops(page, 1)
    page.restart()
    page.output(0).get_by_text("The kernel is gone").wait_for()
    Hand(page).drag((100, 200), (200, 200))
    assert page.output(0).get_by_role("button", name="Run").is_disabled()
    page.shot(f"painter_{front_end.app}_gone")
    assert page.errors() == []
    page.run_cell(0)
    Hand(page).drag((100, 200), (200, 200))
    ops(page, 1)


def test_run_edits_with_the_mask_on_the_screen(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [SETUP.replace("640, 480", "768, 576")])  # 512 pixels are asked for
    page.run_cell(0)
    hand = Hand(page, size=(768, 576))
    hand.drag((250, 240), (390, 240))
    page.output(0).locator("input[type=text]").fill("A ceramic rabbit holding a ceramic flower")
    page.page.keyboard.press("Enter")
    page.output(0).locator(".bn-results img").wait_for(timeout=30_000)
    assert page.execute("print(painter.job.request.function)") == "description_edit_with_mask\n"
    sent = "from bailian_nb.images import decode\nfrom PIL import ImageChops\n"
    sent += "print(ImageChops.difference(painter.job.request.mask.open(), painter.to_image()).getbbox())"
    assert page.execute(sent) == "None\n"
    page.shot("painter_run")
    page.theme("dark")
    page.shot("painter_run_dark")
