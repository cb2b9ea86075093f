"""The painter in JupyterLab and Notebook 7: a hand paints, Python has it to the pixel, keys stay inside."""

from __future__ import annotations

import json
import math

import pytest
from playwright.sync_api import expect

from .hand import Hand, bbox, count_ops, wait_ops
from .jupyter import wait_for

SETUP = """
from PIL import Image, ImageDraw
from bailian_nb.widgets import MaskPainter
image = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
ImageDraw.Draw(image).ellipse((200, 120, 440, 360), fill=(200, 140, 60))
painter = MaskPainter(image, keep=False)
painter
"""
LARGER = SETUP.replace("640, 480", "768, 576")  # an edit asks for 512 pixels a side
BLOCKING = "import time\nfor _ in range(100):\n    time.sleep(0.1)\n    if painter.ops: break\nprint(len(painter.ops))"
CELLS = [SETUP, "painter", BLOCKING, LARGER, *["'filler'\n" * 30] * 3]
MATCHES = """
from bailian_nb import Mask
names = {}
exec(painter.as_code(), names)
print(names["mask"] == painter.mask, painter.fault == "", sorted(set(painter.to_image().tobytes())))
"""
IN_BOTH = pytest.mark.parametrize("shared", ["lab", "notebook"], indirect=True)
IN_LAB = pytest.mark.parametrize("shared", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)


@pytest.fixture(scope="module", params=["lab"])
def shared(request, start_server, open_shared_notebook):
    return open_shared_notebook(start_server(request.param), CELLS)


@pytest.fixture
def page(shared, use_notebook):
    """A notebook with a new painter in its first cell."""
    page = use_notebook(shared)
    page.run_cell(0)
    return page


def painted(page):
    return page.execute("print(f'{100 * painter.mask.coverage:.1f} % painted')").strip()


@IN_BOTH
def test_a_stroke_is_in_python_to_the_pixel(page):
    hand = Hand(page)
    hand.drag((200, 200), (420, 260), (320, 330))
    wait_ops(page, 1)
    assert page.execute(MATCHES) == "True True [0, 255]\n"
    assert bbox(page) == pytest.approx([185, 185, 435, 345], abs=2)
    page.shot(f"painter_{page.server.app}_light")
    page.theme("dark")
    page.page.keyboard.press("?")
    page.shot(f"painter_{page.server.app}_dark")
    assert page.foreign == []
    assert page.errors() == []


def test_fifty_strokes_are_undone_and_redone(page):
    hand = Hand(page)
    for number in range(50):
        hand.drag((20 + number * 12, 60 + number % 7 * 50), (30 + number * 12, 90 + number % 7 * 50), steps=2)
    wait_ops(page, 50)
    full = page.execute("print(hash(painter.mask))")
    for _ in range(50):
        page.page.keyboard.press("Control+z")
    wait_ops(page, 0)
    assert bbox(page) is None
    for _ in range(50):
        page.page.keyboard.press("Control+Shift+z")
    wait_ops(page, 50)
    assert page.execute("print(hash(painter.mask))") == full
    assert page.execute(MATCHES) == "True True [0, 255]\n"


def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(page):
    hand = Hand(page)

    def top():
        return hand.stage.bounding_box()["y"]

    hand.mouse.move(*hand.at(320, 240))
    before = top()
    hand.mouse.wheel(0, 120)
    wait_for("the notebook to scroll", lambda: top() < before)
    hand.stage.scroll_into_view_if_needed()  # waits until it stands still
    hand.mouse.move(*hand.at(320, 240))
    before = top()
    page.page.keyboard.down("Control")
    for _ in range(3):
        hand.mouse.wheel(0, -200)
    page.page.keyboard.up("Control")
    hand.mouse.down()
    hand.mouse.move(*hand.at(340, 240), steps=4)
    hand.mouse.up()
    wait_ops(page, 1)
    assert top() == before
    [[first, *_, last]] = json.loads(page.execute("print(json.dumps([op['points'] for op in painter.ops]))"))
    assert abs(first[0] - 320) < 2
    assert last[0] - first[0] < 15  # 20 pixels on the screen are fewer in the picture


def test_two_views_show_one_painting(page):
    page.run_cell(1)
    Hand(page, 0).drag((100, 100), (300, 100))
    wait_ops(page, 1)
    for cell in (0, 1):
        page.output(cell).locator(".bn-status", has_text=painted(page)).wait_for()


def test_a_stroke_reaches_python_while_a_cell_blocks(page):
    Hand(page)
    page.run_cell(2, wait=False)
    Hand(page).drag((100, 100), (300, 100))
    page.wait_text(2, "1", timeout=20)


def test_a_stroke_is_exact_on_the_whole_screen_and_in_a_window_of_600_pixels(page):
    hand = Hand(page)
    hand.stage.focus()
    page.page.keyboard.press("f")
    page.page.wait_for_function("() => document.fullscreenElement?.classList.contains('bn-painter')")
    Hand(page).drag((100, 100), (300, 100))
    wait_ops(page, 1)
    first = bbox(page)
    assert first == pytest.approx([85, 85, 315, 115], abs=2)
    hand.stage.focus()
    page.page.keyboard.press("f")
    page.page.wait_for_function("() => document.fullscreenElement === null")
    page.page.set_viewport_size({"width": 600, "height": 900})
    out = page.output(0)
    painter = out.locator(".bn-painter")
    assert painter.evaluate("node => node.scrollWidth <= node.clientWidth")
    page.shot("painter_600", painter)
    Hand(page).drag((100, 400), (300, 400))
    wait_ops(page, 2)
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert bbox(page) == pytest.approx([*first[:3], 415], abs=3)
    assert page.execute(MATCHES) == "True True [0, 255]\n"


def test_wand_bucket_and_edge_are_python_s_to_the_bit(page):
    hand = Hand(page)
    hand.stage.focus()
    page.page.keyboard.press("w")
    hand.drag((320, 240))
    wait_ops(page, 1)
    page.output(0).locator(".bn-status", has_text=painted(page)).wait_for()
    disc = "Mask.like(image).wand(image, 320, 240, tolerance={})"
    assert page.execute(f"from bailian_nb import Mask; print(painter.mask == {disc.format(32)})") == "True\n"
    page.output(0).get_by_label("Tolerance").fill("80")
    wait_for("another tolerance", lambda: page.execute(f"print(painter.mask == {disc.format(80)})") == "True\n")
    page.output(0).get_by_role("button", name="Edge").click()
    page.output(0).get_by_role("button", name="Grow what").click()
    wait_ops(page, 2)
    for px in (12, 20, 7):
        page.output(0).get_by_label("Edge, pixels").first.fill(str(px))
    grown = f"{disc.format(80)}.grow(7)"
    wait_for("the last number", lambda: page.execute(f"print(painter.mask == {grown})") == "True\n")
    assert count_ops(page) == 2
    page.output(0).locator(".bn-status", has_text=painted(page)).wait_for()
    page.shot("painter_wand", page.output(0).locator(".bn-painter"))
    page.output(0).locator(".bn-stage").focus()
    page.page.keyboard.press("g")
    hand = Hand(page)
    hand.drag((20, 20))
    wait_ops(page, 3)
    assert page.execute(MATCHES).split()[:2] == ["True", "True"]
    page.page.keyboard.press("Control+z")
    wait_ops(page, 2)
    page.output(0).locator(".bn-status", has_text=painted(page)).wait_for()
    assert page.errors() == []


def test_the_wand_shows_at_once_what_python_picks_in_a_worker_or_without_one(page):
    def picked_unheard(count):
        """Pick while Python cannot answer; return what the page then shows, and what Python picks."""
        page.execute("painter._lock.acquire()")
        hand.drag((320, 240))
        disc = "Mask.like(image).wand(image, 320, 240)"
        expected = page.execute(f"from bailian_nb import Mask; print(f'{{100 * {disc}.coverage:.1f}} % painted')")
        page.output(0).locator(".bn-status", has_text=expected.strip()).wait_for()
        page.execute("painter._lock.release()")
        wait_ops(page, count)
        assert page.execute(f"print(painter.mask == {disc}, painter.fault == '')") == "True True\n"

    hand = Hand(page)
    hand.stage.focus()
    with page.page.expect_event("worker") as worker:
        page.page.keyboard.press("w")
    assert worker.value.url.startswith("blob:")
    picked_unheard(1)
    page.page.keyboard.press("Control+z")
    wait_ops(page, 0)

    page.page.evaluate(
        "() => { [window.OldWorker, window.Worker] = [Worker, class { constructor() { throw new Error() } }] }"
    )
    try:
        page.run_cell(0)
        hand = Hand(page)
        hand.stage.focus()
        page.page.keyboard.press("w")
        picked_unheard(1)
    finally:
        page.page.evaluate("() => { window.Worker = window.OldWorker }")
    assert page.errors() == []


def test_a_lasso_along_edges_is_built_by_clicks_and_by_a_drag(page):
    inside = "from bailian_nb import Mask; disc = Mask.like(image).ellipse(200, 120, 440, 360)"
    page.execute(inside)

    def off():
        """Return how much of the disc the mask misses or has beside it."""
        return float(page.execute("print(((painter.mask - disc) | (disc - painter.mask)).coverage / disc.coverage)"))

    hand = Hand(page)
    hand.stage.focus()
    page.page.keyboard.press("l")
    page.page.keyboard.press("s")
    for x, y in [(444, 240), (322, 364), (100, 300), (197, 236), (318, 117)]:
        hand.mouse.move(*hand.at(x, y), steps=6)
        hand.drag((x, y))
        if (x, y) == (100, 300):
            page.page.keyboard.press("Backspace")  # that anchor was far from the disc
    page.shot("painter_live_wire", page.output(0).locator(".bn-painter"))
    hand.mouse.move(*hand.at(443, 238), steps=6)
    assert count_ops(page) == 0
    hand.drag((442, 239))  # where it began
    wait_ops(page, 1)
    assert off() < 0.02

    page.page.keyboard.press("Control+z")
    wait_ops(page, 0)
    angles = [k * math.pi / 8 for k in range(17)]
    hand.drag(*[(320 + 124 * math.cos(a), 240 + 124 * math.sin(a)) for a in angles])
    wait_ops(page, 1)
    assert off() < 0.02
    assert page.execute(MATCHES) == "True True [0, 255]\n"
    assert page.errors() == []


def test_run_edits_with_the_mask_on_the_screen(page):
    page.run_cell(3)
    hand = Hand(page, 3, size=(768, 576))
    hand.drag((250, 240), (390, 240))
    page.output(3).get_by_label("What to draw").fill("A ceramic rabbit holding a ceramic flower")
    page.page.keyboard.press("Enter")
    page.output(3).get_by_text("Attempt 1 of 1").wait_for(timeout=30_000)
    assert page.execute("print(painter.job.request.function)") == "description_edit_with_mask\n"
    sent = "from bailian_nb.images import decode\nfrom PIL import ImageChops\n"
    sent += "print(ImageChops.difference(painter.job.request.mask.open(), painter.to_image()).getbbox())"
    assert page.execute(sent) == "None\n"
    page.shot("painter_run")
    page.theme("dark")
    page.shot("painter_run_dark")

    # With nothing painted Run is off, and the one line says why; the attempt stays in the strip.
    page.output(3).get_by_role("button", name="Clear").click()
    expect(page.output(3).get_by_role("button", name="Run")).to_be_disabled()
    expect(page.output(3).locator(".bn-line")).to_have_text("Paint where the picture may change, then Run.")
    expect(page.output(3).locator(".bn-fault")).to_have_text("")
    expect(page.output(3).locator(".bn-tile img")).to_have_count(1)
    page.shot("painter_nothing_painted", page.output(3).locator(".bn-painter"))


@IN_LAB
def test_a_restarted_kernel_is_said_and_nothing_breaks(page):
    hand = Hand(page)
    hand.drag((100, 100), (200, 100))
    wait_ops(page, 1)
    page.restart()
    page.output(0).get_by_text("The kernel is gone").wait_for()
    Hand(page).drag((100, 200), (200, 200))
    assert page.output(0).get_by_role("button", name="Run").is_disabled()
    page.shot(f"painter_{page.server.app}_gone")
    assert page.errors() == []
    page.run_cell(0)
    Hand(page).drag((100, 200), (200, 200))
    wait_ops(page, 1)


@IN_LAB
def test_keys_stay_in_the_painter_and_come_back_after_esc(page):
    hand = Hand(page)
    cells = "() => document.querySelectorAll('.jp-Notebook .jp-Cell').length"
    before = page.page.evaluate(cells)
    hand.drag((100, 100))
    for key in ("b", "x", "e", "d", "d", "a", "Shift+v", "["):
        page.page.keyboard.press(key)  # b, a, dd and x are the notebook's too
    wait_ops(page, 2)
    page.page.keyboard.press("Enter")  # a dab at the pointer, with the eraser
    wait_ops(page, 3)
    prompt = page.output(0).get_by_label("What to draw")
    prompt.click()
    page.page.keyboard.type("a bad idea, x")
    assert prompt.input_value() == "a bad idea, x"
    assert page.page.evaluate(cells) == before
    hand.stage.focus()
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("b")  # now it is the notebook's: a new cell
    wait_for("a new cell", lambda: page.page.evaluate(cells) == before + 1)
    page.page.keyboard.press("d")
    page.page.keyboard.press("d")
    wait_for("no new cell", lambda: page.page.evaluate(cells) == before)
    assert count_ops(page) == 3


@IN_BOTH
def test_ctrl_s_in_the_painter_saves_the_notebook_and_ctrl_a_selects_nothing(page):
    hand = Hand(page)
    hand.drag((100, 100))
    wait_ops(page, 1)
    page.add_cell("'a cell that is not yet saved'")
    hand.stage.focus()
    page.page.keyboard.press("Control+a")
    assert page.page.evaluate("() => String(getSelection())") == ""
    page.page.keyboard.press("Control+s")
    wait_for("the cell on disk", lambda: "not yet saved" in (page.server.root / page.name).read_text("utf-8"))
    assert count_ops(page) == 1


@IN_LAB
def test_python_changes_what_is_shown_and_a_reopened_page_shows_it(page):
    hand = Hand(page)
    hand.drag((100, 100), (200, 100))
    wait_ops(page, 1)
    page.execute("painter.invert()")
    page.output(0).locator(".bn-status", has_text="9").wait_for()
    page.page.keyboard.press("Control+z")
    wait_ops(page, 1)
    page.save()
    page.reopen()
    page.output(0).locator(".bn-status", has_text=painted(page)).wait_for()
    hand = Hand(page)
    hand.drag((100, 300), (200, 300))
    wait_ops(page, 2)
    page.page.keyboard.press("Control+z")
    page.page.keyboard.press("Control+z")  # also what was painted before the page was opened
    wait_ops(page, 0)
    page.output(0).locator(".bn-status", has_text="0.0 % painted").wait_for()
    assert page.execute(MATCHES) == "True True [0]\n"
