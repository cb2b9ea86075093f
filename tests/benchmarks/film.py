"""The README's pictures, made anew in JupyterLab over the emulator: `film.py notebooks/images`.

Writes `painting.webp`, some twenty seconds of painting and running, `grid.jpg`, `quickstart.jpg` and `batch.png`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import FloatRect, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.hand import Hand  # noqa: E402 - the tests are found from here
from tests.browser.jupyter import Server, find_chromium, wait_for  # noqa: E402
from tests.browser.notebook_page import NotebookPage, Tabs, launch, new_context  # noqa: E402

SIZE = (902, 600)
SECONDS, PACE = 20.0, 0.2
MOST_BYTES = 1_500_000
WIDTH = 760
NEWEST = 12  # pictures that the view of a batch shows
CELLS = [
    "import bailian_nb as wan\n%load_ext bailian_nb",
    'painter = wan.MaskPainter("cat.jpg", keep=False)\npainter',
    '%wan_sweep style cat.jpg "Convert to gold leaf" --axis strength=0.2,0.4,0.6,0.8,1 --axis seed=7,8 -o sweep',
]
QUICKSTART = [
    "%load_ext bailian_nb\nimport bailian_nb as wan",
    """%%wan_t2i -n 2 --size square --seed 7
A flower shop with exquisite windows, a beautiful wooden door, flowers on display""",
    '%wan_edit instruct photos/cat.jpg "Put sunglasses on the cat" --strength 0.5 --seed 7',
]
BATCH = [
    """
import csv, dataclasses
import bailian_nb as wan
from bailian_nb import specs
row = specs.get("wan2.2-t2i-flash")
limits = tuple(dataclasses.replace(each, submits_per_second=2.0, tasks_at_once=8) for each in row.limits)
specs.register(dataclasses.replace(row, limits=limits))
things, scenes = ("lamp", "vase", "teapot"), ("a city at dusk", "the sea at noon", "green hills", "flowers at night")
ends = {5: "DataInspectionFailed", 9: "InternalError.Timeout", 17: "DataInspectionFailed", 33: "DataInspectionFailed"}
with open("products.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["sku", "scene"])
    for k in range(1, 101):
        fail = f" emulator:fail={ends[k]}" if k in ends else ""
        writer.writerow([things[k % 3], f"{scenes[k % 4]} emulator:latency=1{fail}"])
batch = wan.batch("products.csv", prompt="A {sku} before {scene}", model="wan2.2-t2i-flash", size="512*512", seed=7)
""",
    "batch",
]
EYES = [[(225, 150), (455, 320)], [(525, 205), (740, 375)]]
BRIDGE = [(440, 235), (480, 228), (540, 255)]


class Film:
    """Takes a picture of the painter every fifth of a second, of its clock and not of the browser's."""

    def __init__(self, take: Callable[[], bytes]) -> None:
        self._take = take
        self.frames: list[Image.Image] = []

    def shoot(self, count: int = 1) -> None:
        for _ in range(count):
            image = Image.open(io.BytesIO(self._take())).convert("RGB")
            height = round(image.height * WIDTH / image.width)
            self.frames.append(image.resize((WIDTH, height), Image.Resampling.LANCZOS))

    def save(self, path: Path) -> None:
        """Write the film, in as good a quality as its size allows."""
        tall = max(frame.height for frame in self.frames)
        frames = [Image.new("RGB", (WIDTH, tall), "white") for _ in self.frames]
        for frame, shot in zip(frames, self.frames, strict=True):
            frame.paste(shot)
        first, *others = frames[: int(SECONDS / PACE)]
        more: dict[str, Any] = {"duration": int(1000 * PACE), "loop": 0, "method": 6, "minimize_size": False}
        for quality in (70, 55, 40, 28, 18):
            first.save(path, "WEBP", save_all=True, append_images=others, quality=quality, **more)
            if path.stat().st_size <= MOST_BYTES:
                return
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}")


def draw(film: Film, hand: Hand, points: Sequence[tuple[float, float]]) -> None:
    hand.mouse.move(*hand.at(*points[0]))
    hand.mouse.down()
    for start, end in pairwise(points):
        for step in range(1, 9):
            part = step / 8
            hand.mouse.move(*hand.at(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part))
            film.shoot()
    hand.mouse.up()
    film.shoot(2)


def paint_and_run(page: NotebookPage, folder: Path) -> None:
    page.run_cell(1)
    hand = Hand(page, 1, size=SIZE)
    painter = page.output(1).locator(".bn-painter")
    time.sleep(1)  # the picture is decoded
    film = Film(lambda: painter.screenshot(type="png"))
    film.shoot(4)
    draw(film, hand, BRIDGE)
    page.page.keyboard.press("o")
    for eye in EYES:
        draw(film, hand, eye)
    prompt = page.output(1).get_by_label("What to draw")
    prompt.click()
    for word in ("A pair ", "of round ", "golden ", "glasses"):
        page.page.keyboard.type(word)
        film.shoot(2)
    page.output(1).get_by_label("Pictures a run").select_option("2")
    film.shoot(3)
    prompt.focus()
    page.page.keyboard.press("Enter")
    until = time.monotonic() + 30
    while page.output(1).get_by_text("Attempt 1 of 2").count() == 0 and time.monotonic() < until:
        film.shoot()
    film.shoot(10)
    hand.stage.focus()
    page.page.keyboard.press(".")
    film.shoot(10)
    page.page.keyboard.down("h")
    film.shoot(6)
    page.page.keyboard.up("h")
    film.shoot(10)
    film.save(folder / "painting.webp")


def compare(page: NotebookPage, folder: Path) -> None:
    page.run_cell(2)
    grid = page.output(2).locator(".bn-grid")
    wait_for("every picture", lambda: grid.locator(".bn-cell img").count() == 10, timeout=90)
    grid.locator(".bn-cell").nth(3).dblclick()
    page.page.keyboard.press("c")
    page.page.keyboard.press("s")
    time.sleep(2)  # the large pictures have come
    grid.screenshot(path=str(folder / "grid.jpg"), type="jpeg", quality=85)


def prompt_and_edit(page: NotebookPage, folder: Path) -> None:
    page.run_cell(0)
    for cell in (1, 2):
        page.run_cell(cell)
        page.wait_text(cell, "saved EMULATOR", timeout=60)
    time.sleep(2)  # the pictures are decoded
    first, last = page.cell(0).bounding_box(), page.cell(2).bounding_box()
    assert first is not None
    assert last is not None
    top, bottom = first["y"] - 8, last["y"] + last["height"] + 8
    clip: FloatRect = {"x": first["x"], "y": top, "width": first["width"], "height": bottom - top}
    page.page.screenshot(path=str(folder / "quickstart.jpg"), type="jpeg", quality=80, clip=clip)


def many_rows(page: NotebookPage, folder: Path) -> None:
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".bn-batch")
    view.get_by_role("button", name="Run").click()
    page.page.mouse.move(0, 0)  # no button looks pressed
    wait_for("most of it", lambda: 60 <= _done(view.inner_text()) < 90, timeout=120, every=0.05)
    wait_for("the newest", lambda: view.locator(".bn-newest img[src]").count() == NEWEST, timeout=10, every=0.01)
    shot = Image.open(io.BytesIO(view.screenshot(type="png"))).convert("RGB")
    shot.quantize(128, dither=Image.Dither.NONE).save(folder / "batch.png", optimize=True)


def _done(said: str) -> int:
    found = re.search(r"(\d+) of 100 done", said)
    return int(found[1]) if found else 0


WINDOW = {"width": 1250, "height": 1100}
"""Of the window, in CSS pixels."""


def main(folder: Path) -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium found")
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="bailian_nb_film"))
    os.environ |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_HOME": str(work / "home")}
    os.environ.pop("BAILIAN_NB_OUT", None)  # the pictures show where a file lies: in the notebook's own folder
    server = Server("lab", work / "server").start()
    try:
        with sync_playwright() as playwright:
            tabs = Tabs(new_context(launch(playwright, chromium, 1), scale=1))
            server.write("film/film.ipynb", CELLS)
            shutil.copy(ROOT / "notebooks" / "photos" / "cat.jpg", server.root / "film" / "cat.jpg")
            page = NotebookPage(server, tabs, "film/film.ipynb", **WINDOW).open()
            page.run_cell(0)
            paint_and_run(page, folder)
            compare(page, folder)
            page.close()
            photos = server.root / "quick" / "photos"
            photos.mkdir(parents=True)
            shutil.copy(ROOT / "notebooks" / "photos" / "cat.jpg", photos)
            for name, cells, picture in (("quick", QUICKSTART, prompt_and_edit), ("batch", BATCH, many_rows)):
                server.write(f"{name}/{name}.ipynb", cells)
                page = NotebookPage(server, tabs, f"{name}/{name}.ipynb", **WINDOW).open()
                picture(page, folder)
                page.close()
    finally:
        server.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
