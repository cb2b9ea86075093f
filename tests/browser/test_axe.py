"""Painter, grid, viewer and card as axe sees them, in both themes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from .axe_core import axe, seen_by_axe
from .hand import Hand, wait_ops
from .jupyter import wait_for

PHOTO = Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg"
FAILS = "Gold leaf emulator:fail=InternalError.Timeout@strength=0.6"
CELLS = [
    "%load_ext bailian_nb\nfrom bailian_nb.widgets import MaskPainter",
    "painter = MaskPainter('photo.jpg', keep=False)\npainter",
    '%wan_edit style photo.jpg "Convert to gold leaf emulator:latency=600" -o job',
    f'%wan_sweep style photo.jpg "{FAILS}" --axis strength=0.2,0.6,1 --seed 7 -o sweep',
]


def test_axe_finds_nothing_serious_in_any_widget_and_theme(start_server, open_notebook):
    script = axe()
    page = open_notebook(start_server("lab"), CELLS, height=2200)
    shutil.copy(PHOTO, (page.server.root / page.name).parent / "photo.jpg")
    for cell in range(len(CELLS)):
        page.run_cell(cell)
    Hand(page, 1, size=(902, 600)).drag((300, 200), (500, 300))
    wait_ops(page, 1)
    painter = page.output(1)
    painter.get_by_role("button", name="Edge: grow").click()
    painter.get_by_label("What to draw").fill("Round glasses")
    painter.get_by_label("What to draw").press("Enter")
    painter.get_by_text("Attempt 1 of 1").wait_for(timeout=30_000)
    page.output(2).locator(".bn-card").wait_for()
    grid = page.output(3).locator(".bn-grid")
    wait_for("every picture", lambda: grid.locator(".bn-cell img").count() == 2, timeout=60)
    wait_for("the failure", lambda: grid.locator("[data-state=failed]").count() == 1)
    grid.locator(".bn-cell").first.dblclick()
    page.page.keyboard.press("c")
    page.page.evaluate(script)
    for theme in ("light", "dark"):
        page.theme(theme)
        found = seen_by_axe(page.page)
        page.shot(f"all_{theme}")
        assert found == [], f"{theme}: {json.dumps(found, indent=1)}"
    page.execute("job.cancel()")
