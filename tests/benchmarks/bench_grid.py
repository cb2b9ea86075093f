"""A sweep of 108 and of 400 cells in the page: from the slider to the frame, and how often a filling grid draws.

Beside them an empty slider in the same page. Run by `make bench`, with Chromium alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from ..browser.jupyter import Server, wait_for
from ..browser.notebook_page import NotebookPage
from .browser_latency import Measured, Stopwatch, table

SHAPES = [(12, 9), (20, 20)]
MOST = 50.0
"""Milliseconds from the slider's input to the painted frame, for 95 of 100."""
SWEEP = """
import io, threading
from PIL import Image, ImageDraw
from IPython.display import HTML
from bailian_nb.widgets import SweepGrid

noise = Image.merge("RGB", [Image.effect_noise((1024, 1024), spread) for spread in (60, 80, 100)])

def jpeg(side, number):
    image = noise.resize((side, side))
    ImageDraw.Draw(image).rectangle((0, 0, side, side * (number % 50 + 1) // 60), fill=(number * 7 % 255, 90, 120))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()

class Sweep:
    title, emulator, plan = "stylization_all", True, {"images": 0, "tasks": 0}

    def __init__(self, strengths, seeds, state="done"):
        self.axes = {"strength": [round(k / strengths, 3) for k in range(strengths)], "seed": list(range(seeds))}
        self.tell = []
        self.shown = [
            {"id": f"{strength}-{seed}", "labels": {"strength": strength, "seed": seed}, "state": state, "seconds": 4.2}
            for seed in self.axes["seed"] for strength in self.axes["strength"]
        ]
        self.number = {cell["id"]: number for number, cell in enumerate(self.shown)}

    def cells(self):
        return [dict(cell) for cell in self.shown]

    def finish(self):
        for cell in self.shown:
            cell["state"] = "done"
            for tell in self.tell:
                tell(self)

    def thumb(self, cell_id):
        return jpeg(256, self.number[cell_id])

    def large(self, cell_id):
        return jpeg(1024, self.number[cell_id])

    def original(self):
        return jpeg(1024, 0)

    def static_view(self):
        return {"text/plain": "a sweep"}

    def caption(self, lang):
        return {"text/html": "<p>a sweep</p>", "text/plain": "a sweep"}

    def on_change(self, callback):
        self.tell.append(callback)

    run = retry = star = winner = lambda self, *ids: None
"""
EMPTY = """HTML('<input class="bn-bench" type="range" min="0" max="19" style="width:360px">')"""
GRID = "sweep = Sweep({}, {})\nSweepGrid(sweep)"
COUNT = """table => {
  window.bnDraws = { most: 0, now: 0, frames: 0 };
  new MutationObserver(() => { window.bnDraws.now++; }).observe(table, { childList: true, subtree: true });
  const frame = () => {
    const { now } = window.bnDraws;
    window.bnDraws.most = Math.max(window.bnDraws.most, now);
    window.bnDraws.frames += now > 0;
    window.bnDraws.now = 0;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


@pytest.fixture(scope="module")
def page(start_server: Callable[..., Server], open_shared_notebook: Callable[..., NotebookPage]) -> NotebookPage:
    page = open_shared_notebook(start_server("lab"), [SWEEP, EMPTY, *[GRID.format(*shape) for shape in SHAPES]])
    page.run_cell(0)
    page.run_cell(1)
    return page


def scrub(page: NotebookPage, slider: Locator, rounds: int = 3) -> None:
    """Drag a slider's knob from end to end and back."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + 8, y)
    page.page.mouse.down()
    for _ in range(rounds):
        page.page.mouse.move(box["x"] + box["width"] - 8, y, steps=40)
        page.page.mouse.move(box["x"] + 8, y, steps=40)
    page.page.mouse.up()


def row(name: str, measured: Measured) -> tuple[str, int, str, str, str]:
    return name, len(measured.latencies), f"{measured.p50:.1f}", f"{measured.p95:.1f}", f"{measured.longest_task:.0f}"


@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_the_slider_is_followed(page: NotebookPage, number: int) -> None:
    strengths, seeds = SHAPES[number]
    page.run_cell(2 + number)
    grid = page.output(2 + number).locator(".bn-grid")
    first = grid.locator(".bn-cell").first
    wait_for("every thumbnail", lambda: grid.locator(".bn-cell img").count() == strengths * seeds, timeout=120)
    first.dblclick()
    watch = Stopwatch(page, ("input",))
    scrub(page, page.output(1).locator(".bn-bench"))
    empty = watch.take()
    scrub(page, page.output(2 + number).locator(".bn-scrub"))
    ours = watch.take()
    title = f"{strengths * seeds} cells"
    print(f"\n{table([('', 'inputs', 'p50 ms', 'p95 ms', 'longest task ms'), row('empty', empty), row(title, ours)])}")
    assert ours.p95 <= MOST


def test_a_grid_that_fills_is_drawn_once_a_frame(page: NotebookPage) -> None:
    cell = page.add_cell("filling = Sweep(20, 20, 'running')\nSweepGrid(filling)")
    page.run_cell(cell)
    table_node = page.output(cell).locator(".bn-table")
    table_node.wait_for()
    table_node.evaluate(COUNT)
    watch = Stopwatch(page, ())
    page.execute("threading.Thread(target=filling.finish).start()")
    images = page.output(cell).locator(".bn-cell img")
    wait_for("every thumbnail", lambda: images.count() == 400, timeout=120)
    longest = watch.take().longest_task
    draws = page.page.evaluate("() => window.bnDraws")
    often = f"drawn in {draws['frames']} frames, {draws['most']} times in one at most"
    print(f"\n400 cells fill: {often}; longest task {longest:.0f} ms")
    assert draws["most"] <= 1
