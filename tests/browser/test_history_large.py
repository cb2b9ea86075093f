"""A hundred thousand saved pictures in a browser: a window of them in the page, asked for as they come into sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .jupyter import wait_for

TOTAL = 100_000
MADE = f"""
%load_ext bailian_nb
import os, pathlib
from PIL import Image
import bailian_nb as wan
from bailian_nb.gallery import Picture, Record
from bailian_nb.session.session import current
index = current().index
index.recent()
base = pathlib.Path(os.environ["BAILIAN_NB_OUT"])
found = []
for k in range({TOTAL}):
    day = base / f"2026-{{1 + k // 12_000:02}}-{{1 + k // 480 % 25:02}}"
    if k % 480 == 0:
        day.mkdir(parents=True, exist_ok=True)
        first = day / "first.png"
        Image.radial_gradient("L").rotate(k / 50).convert("RGB").save(first)
    path = day / f"{{k:06}}.png"
    os.link(first, path)
    made = f"{{day.name}}T{{k // 3600 % 24:02}}:{{k // 60 % 60:02}}:{{k % 60:02}}+00:00"
    model = ("wan2.6-t2i", "wanx2.1-imageedit")[k % 2]
    record = Record(model=model, prompt=f"teapot {{k}}", created=made, job_id=f"j{{k}}", sha256=f"{{k:064}}")
    found.append(Picture(path=path, record=record))
    if len(found) == 5_000:
        index._insert(found, 10)
        found = []
"""
FRAMES = """async grid => {
    const times = [];
    let last = performance.now();
    for (let k = 0; k < 120; k++) {
        grid.scrollTop += 500;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - last);
        last = now;
    }
    return times.sort((a, b) => a - b)[60];
}"""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_hundred_thousand_pictures_are_a_screenful(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [MADE, "%wan history"])
    page.run_cell(0, timeout=300)
    page.run_cell(1, timeout=60)
    view = page.output(1).locator(".bn-history")
    expect(view.locator(".bn-count")).to_have_text("100,000 pictures", timeout=30_000)
    expect(view.locator(".bn-cell img[src]").first).to_be_visible(timeout=30_000)
    assert view.locator("*").count() < 1_500

    view.locator("[role=gridcell][tabindex='0']").focus()
    page.page.keyboard.press("End")
    expect(view.get_by_role("gridcell", selected=True).locator(".bn-name")).to_have_text("teapot 0", timeout=10_000)
    page.page.keyboard.press("Home")
    between = view.locator("[role=grid]").evaluate(FRAMES)
    print(f"median of 120 frames while scrolling: {between:.0f} ms")
    assert between < 200
    page.page.keyboard.press("/")
    page.page.keyboard.type("teapot 99999")
    page.page.keyboard.press("Enter")
    expect(view.locator(".bn-count")).to_have_text("1 picture", timeout=10_000)
    wait_for("its picture", lambda: view.locator(".bn-cell img[src]").count() == 1)
    assert page.errors() == []
