"""Ten thousand pictures of a batch in a browser: a window of them in the page, smooth, quick keys, little memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from .axe_core import axe
from .jupyter import wait_for

TOTAL = 10_000


def made(total: int, every: int) -> str:
    """Return a cell that makes a batch of `total` rows, each `every`th of which fails when `fill` is called."""
    return f"""
%load_ext bailian_nb
import os, pathlib, threading, time
from PIL import Image
import bailian_nb as wan
from bailian_nb.batch.slots import Outcome
out = pathlib.Path(os.environ["BAILIAN_NB_OUT"]) / "2026-11-29"
out.mkdir(parents=True)
for k in range(24):
    Image.radial_gradient("L").resize((512, 512)).rotate(15 * k).convert("RGB").save(out / f"base{{k}}.png")
batch = wan.batch([f"teapot {{k}}" for k in range({total})], model="wan2.2-t2i-flash", name="teapot_{{n}}_{{i}}")
files = []
for k in range(1, {total} + 1):
    files.append(str(out / f"teapot_{{k}}_1.png"))
    os.link(out / f"base{{k % 24}}.png", files[-1])
def fill():
    for k, file in enumerate(files, start=1):
        failed = k % {every} == 0
        lost = Outcome(code="DataInspectionFailed", error="Input data may contain inappropriate content.")
        batch._slots.put(k, "FAILED" if failed else "SUCCEEDED", lost if failed else Outcome(files=(file,)))
        batch._feeder.newest.append((k, file))
        if k % 5 == 0:
            batch._tell()
            time.sleep(0.002)
    batch._tell()
"""


CELLS = [
    made(TOTAL, 400),
    "batch",
    "thread = threading.Thread(target=fill); thread.start()",
    "review = batch.review(); review",
]
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
    times.sort((a, b) => a - b);
    return { median: times[60], late: times[114], worst: times[119] };
}"""


def violations(page: Any, selector: str) -> list[str]:
    """Return what axe finds wrong in a part of the page."""
    page.page.locator(selector).first.wait_for(state="attached")  # another theme draws the outputs anew
    page.page.evaluate(axe())
    found = page.page.evaluate("selector => axe.run(selector)", selector)
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("front_end", ["lab", "notebook"], indirect=True)
def test_ten_thousand_pictures_are_a_window_and_stay_smooth(front_end, open_notebook):
    page = open_notebook(front_end, CELLS)
    page.run_cell(0, timeout=180)
    page.run_cell(1)
    view = page.output(1).locator(".bn-batch")
    expect(view).to_contain_text("10,000 rows to send")
    page.run_cell(2)
    expect(view).to_contain_text("9,975 of 10,000 done · 25 failed", timeout=90_000)
    assert view.locator("*").count() < 120
    expect(view.locator(".bn-newest img[src]").first).to_be_visible()
    page.shot("batch_10000", view)
    page.run_cell(3)
    review = page.output(3).locator(".bn-review")
    expect(review.locator(".bn-cell img[src]").first).to_be_visible(timeout=60_000)
    wait_for("a window of pictures", lambda: review.locator(".bn-cell img[src]").count() >= 15)
    grid = review.locator("[role=grid]")
    frames = grid.evaluate(FRAMES)
    nodes = review.locator("*").count()
    heap = page.page.evaluate("() => performance.memory ? performance.memory.usedJSHeapSize / 1048576 : 0")
    print(f"frames {frames}, {nodes} nodes in the review, page heap {heap:.0f} MB")
    assert nodes < 1500
    assert frames["median"] < 100
    expect(grid).to_have_attribute("tabindex", "0")  # its cell is out of sight, and Tab must lead here all the same
    grid.focus()
    page.page.keyboard.press("ArrowRight")
    expect(review.locator("[role=gridcell][tabindex='0']")).to_contain_text("2 · teapot_2_1.png")
    expect(grid).to_have_attribute("tabindex", "-1")
    page.page.keyboard.press("End")
    expect(review.locator("[role=gridcell][aria-selected=true]")).to_contain_text("9999 · teapot_9999_1.png")
    page.page.keyboard.press("Home")
    for _ in range(30):
        page.page.keyboard.press("a")
    told = "import json; print(json.dumps(sorted(batch.decisions)))"
    wait_for("thirty decisions", lambda: json.loads(page.execute(told)) == list(range(1, 31)), timeout=60)
    expect(review.get_by_role("button", name="Accepted 30")).to_be_visible(timeout=30_000)
    memory = page.execute("import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)")
    print(f"kernel {memory} MB")
    assert violations(page, ".bn-batch") == []
    assert violations(page, ".bn-review") == []
    assert page.errors() == []


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_axe_finds_nothing_in_view_and_review(front_end, open_notebook):
    page = open_notebook(front_end, [made(40, 40), "fill(); batch", "batch.review()"])
    page.run_cell(0)
    page.run_cell(1)
    page.run_cell(2)
    review = page.output(2).locator(".bn-review")
    expect(review.locator(".bn-cell img[src]").first).to_be_visible(timeout=30_000)
    review.locator("[role=gridcell]").first.focus()
    page.page.keyboard.press("r")
    page.page.keyboard.press("1")
    page.page.keyboard.press("Enter")
    expect(review.locator(".bn-large")).to_be_visible()
    for theme in ("light", "dark"):
        page.theme(theme)
        assert violations(page, ".bn-batch") == []
        assert violations(page, ".bn-review") == []
