"""A batch in JupyterLab and Notebook 7 over the emulator: its live view, its review by keys alone, what stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from .jupyter import wait_for
from .notebook_page import NotebookPage

NOW = "emulator:latency=0"
MADE = f"""
%load_ext bailian_nb
import dataclasses
import bailian_nb as wan
from bailian_nb import specs
row = specs.get("wan2.2-t2i-flash")
limits = tuple(dataclasses.replace(each, submits_per_second=100.0, tasks_at_once=8) for each in row.limits)
specs.register(dataclasses.replace(row, limits=limits))
prompts = [f"a {{word}} teapot {NOW}" for word in ("red", "green", "blue", "white", "black", "grey", "gold")]
prompts += ["a teapot {NOW} emulator:fail=DataInspectionFailed@try=1"]
batch = wan.batch(prompts, model="wan2.2-t2i-flash", size="512*512")
"""
CELLS = [MADE, "batch", "batch.review()"]


def keys(page: NotebookPage, *names: str) -> None:
    for name in names:
        page.page.keyboard.press(name)


def decisions(page: NotebookPage) -> dict[str, Any]:
    told = "import json; print(json.dumps({n: [d.decision, d.reason, d.note] for n, d in batch.decisions.items()}))"
    return dict(json.loads(page.execute(told)))


def focus_first(grid: Locator) -> None:
    """Go to the first cell by the Tab key's own order, as somebody without a pointer does."""
    cell = grid.locator("[role=gridcell][tabindex='0']")
    expect(cell).to_have_count(1)
    cell.focus()


@pytest.mark.timeout(300)  # a walk through two pages: 40 s alone, three times that on a machine with a dozen at work
@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_a_batch_runs_is_reviewed_by_keys_and_stays(front_end, open_notebook):
    page = open_notebook(front_end, CELLS)
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".bn-batch")
    expect(view).to_contain_text("8 rows to send, 8 pictures")
    page.shot("batch_planned_light", view)
    view.get_by_role("button", name="Run").focus()
    keys(page, "Enter")
    expect(view).to_contain_text("7 of 8 done · 1 failed", timeout=60_000)
    expect(view.locator(".bn-failures")).to_contain_text("DataInspectionFailed")
    expect(view.locator(".bn-newest img[src]")).to_have_count(7)
    page.shot("batch_light", view)
    page.theme("dark")
    page.shot("batch_dark", view)
    page.theme("light")
    view.get_by_role("button", name="Retry failed").focus()
    keys(page, "Enter")
    expect(view).to_contain_text("8 of 8 done", timeout=60_000)

    page.run_cell(2)
    grid = page.output(2).locator(".bn-review")
    expect(grid.locator(".bn-cell img[src]")).to_have_count(8, timeout=30_000)
    grid.get_by_role("button", name="All").focus()
    keys(page, "Tab")
    expect(grid.get_by_role("tooltip")).to_have_text("Undecided 8F")
    focus_first(grid)
    keys(page, "a", "a", "r", "2", "r")
    page.page.keyboard.type("logo is cut")
    keys(page, "Enter", "n")
    page.page.keyboard.type("ask Li")
    keys(page, "Enter")
    wait_for("the note", lambda: "ask Li" in str(decisions(page)))
    assert decisions(page) == {
        "1": ["accept", "", ""],
        "2": ["accept", "", ""],
        "3": ["reject", "deformed", ""],
        "4": ["reject", "logo is cut", ""],
        "5": ["", "", "ask Li"],
    }
    page.shot("review_light", grid)
    page.theme("dark")
    page.shot("review_dark", grid)
    page.theme("light")
    focus_first(grid)
    keys(page, "Home", "ArrowRight", "ArrowRight", "u")
    wait_for("taken back", lambda: "3" not in decisions(page))
    keys(page, "Enter")
    expect(grid.locator(".bn-large .bn-after img[src], .bn-large .bn-before img[src]").first).to_be_visible()
    page.shot("review_open_light", grid)
    keys(page, "Escape", "f", "f")
    expect(grid.locator(".bn-filters [aria-pressed=true]")).to_have_text("Accepted 2")
    expect(grid.locator(".bn-cell")).to_have_count(2)
    keys(page, "f")
    expect(grid.locator(".bn-cell")).to_have_count(1)
    grid.get_by_role("button", name="Redo 1 rejected").focus()
    keys(page, "Enter")
    page.page.keyboard.type(" in a studio")
    keys(page, "Enter")
    expect(grid).to_contain_text("1 rows planned anew")
    grid.get_by_role("button", name="Run").focus()
    keys(page, "Enter")
    wait_for("the new picture", lambda: "1" in page.execute("print(len(batch.rows.row(4).earlier))"))
    wait_for("its end", lambda: "True" in page.execute("print(batch.progress.done == 8)"), timeout=60)
    assert "in a studio" in page.execute("print(batch.rows.row(4).prompt)")
    expect(grid.get_by_role("button", name="Undecided 6")).to_be_visible(timeout=15_000)
    wait_for("the words that stay", lambda: "2 accepted, 0 rejected, 6 undecided" in page.text(2))
    saved = page.save()
    for index in (1, 2):
        outputs = saved.cells[index].outputs
        assert [set(output.data) for output in outputs] == [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
        assert len(outputs[0].data["image/jpeg"]) < 150_000
    assert page.errors() == []
    again = page.reopen_here()
    for index in (1, 2):
        expect(again.output(index).locator("img")).to_have_count(1)
        assert "Error displaying widget" not in again.output(index).inner_text()
