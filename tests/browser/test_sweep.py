"""A sweep in JupyterLab and Notebook 7 over the emulator: cells fill, two fail, retry fills them, the sheet stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ..world.emulator_log import creates
from .jupyter import wait_for

PHOTO = Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg"
PLANTED = "emulator:fail=InternalError.Timeout@strength=0.2,try=1 emulator:fail=DataInspectionFailed@strength=0.6,try=1"
CELLS = [
    "%load_ext bailian_nb",
    f'%wan_sweep style photo.jpg "Convert to gold leaf {PLANTED}" --axis strength=0:0.7:0.1 --seed 7 -o grid',
    "print(sum(path.stat().st_size for job in grid.jobs for path in job.result().paths))",
]


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_a_sweep_fills_keeps_its_failures_retries_and_stays(front_end, open_notebook):
    page = open_notebook(front_end, CELLS)
    shutil.copy(PHOTO, (page.server.root / page.name).parent / "photo.jpg")
    page.run_cell(0)
    page.run_cell(1)
    grid = page.output(1).locator(".bn-grid")
    grid.wait_for()
    wait_for("the sweep's end", lambda: "True" in page.execute("print(grid.final)"), timeout=90)
    failed = grid.locator("[data-state=failed]")
    wait_for("two failed cells", lambda: failed.count() == 2)
    wait_for("six pictures", lambda: grid.locator(".bn-cell img, .bn-cells img").count() >= 6)
    assert "InternalError.Timeout" in grid.inner_text()
    assert "DataInspectionFailed" in grid.inner_text()
    page.shot("sweep_light", page.output(1))
    assert creates() == 8
    page.output(1).get_by_text("Retry failed").click()
    wait_for("the retries' end", lambda: page.execute("print(grid)").count("8 of 8 done") == 1, timeout=60)
    assert creates() == 10
    wait_for("no failed cell", lambda: failed.count() == 0)
    page.theme("dark")
    page.shot("sweep_dark", page.output(1))
    page.theme("light")
    page.run_cell(2)
    pngs = int(page.wait_text(2, "\n"))
    wait_for("the words that stay", lambda: "8 of 8" in page.text(1))
    saved = page.save()
    outputs = saved.cells[1].outputs
    assert [set(output.data) for output in outputs] == [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
    assert len(outputs[0].data["image/jpeg"]) <= 0.05 * pngs * 4 / 3
    assert page.errors() == []
    again = page.reopen_here()
    expect(again.output(1).locator("img")).to_have_count(1)
    expect(again.output(1)).to_contain_text("8 of 8")
    assert "Error displaying widget" not in again.output(1).inner_text()
