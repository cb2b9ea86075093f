"""The Run button in JupyterLab and Notebook 7: a plan, nothing sent, two presses, one create call, pictures."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..world.emulator_log import creates
from .jupyter import wait_for

STILL = [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
ASKED = [{"text/html", "text/plain"}] * 2
CELLS = [
    "%load_ext bailian_nb\n%config WanMagics.confirm_above = 0.1",
    "%%wan_t2i -n 2 --seed 7 --size 768*768 -o shops\nA flower shop <b>emulator:latency=1</b>",
    "shops",
    "%%wan_t2i --seed 8 --size 768*768 -o hills\nHills",
    "shops.result()",
]


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_run_sends_the_plan_once_and_the_card_goes_on(front_end, open_notebook):
    page = open_notebook(front_end, CELLS)
    for index in range(4):
        page.run_cell(index)
    out, other = page.output(1), page.output(2)
    run = out.get_by_role("button", name="Run")
    run.wait_for()
    out.locator(".bn-card").get_by_text("estimate CNY 0.40").wait_for()
    assert page.mimes(1) == ASKED
    page.run_cell(4)
    assert "waits for its Run button and nothing was sent" in page.text(4)
    page.shot(f"run_{front_end.app}_plan", page.cell(1))

    page.execute("get_ipython().run_line_magic('config', 'WanMagics.max_cost_day = 0.1')")
    run.click()
    out.get_by_role("alert").get_by_text("would pass max_cost_day 0.1").wait_for()
    assert creates() == 0
    page.shot(f"run_{front_end.app}_refused", page.cell(1))
    page.execute("get_ipython().run_line_magic('config', 'WanMagics.max_cost_day = 10.0')")
    run.dblclick()
    other.get_by_role("button", name="Run").evaluate_all("found => found.forEach(each => each.click())")
    wait_for("a card that goes on", lambda: run.count() == 0)
    page.shot(f"run_{front_end.app}_running", page.cell(1))
    for index in (1, 2):
        wait_for("two pictures", lambda index=index: page.mimes(index) == STILL)
    expect(page.output(1).locator("img")).to_have_count(1)
    assert creates() == 1
    assert page.text(1).count("seed=") == 2

    # The kernel goes: a button that cannot send says so, and what is saved has none.
    left = page.output(3).get_by_role("button", name="Run")
    left.wait_for()
    if front_end.app == "lab":
        page.theme("dark")
        page.shot("run_lab_dark", page.cell(3))
        page.theme("light")
    page.restart()
    page.output(3).get_by_text("The kernel is gone").wait_for()
    expect(left).to_be_disabled()
    page.shot(f"run_{front_end.app}_gone", page.cell(3))
    saved = page.save()
    assert "widgets" not in saved.metadata
    assert [set(output.data) for output in saved.cells[3].outputs] == ASKED
    assert page.errors() == []
    again = page.reopen_here()
    expect(again.output(3)).to_contain_text("run the cell again with --run")
    assert again.output(3).get_by_role("button").count() == 0
    expect(again.output(1).locator("img")).to_have_count(1)
    again.shot(f"run_{front_end.app}_reopened", again.cell(3))
    assert creates() == 1
    assert again.errors() == []


@pytest.mark.slow
def test_a_cell_run_again_and_a_page_loaded_anew_have_one_button_that_works(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [*CELLS[:2], "old = shops", CELLS[3]])
    for index in (0, 1, 2, 1):
        page.run_cell(index)
    assert page.execute("print(old.status, shops.held)") == "CANCELED True\n"
    run = page.output(1).get_by_role("button", name="Run")
    run.wait_for()
    run.focus()
    page.page.keyboard.press("Enter")
    wait_for("pictures", lambda: page.mimes(1) == STILL)
    page.execute("old.run()")
    assert creates() == 1

    # A page that is loaded anew finds the button of the kernel that lives, and the picture after it.
    page.run_cell(3)
    page.output(3).get_by_role("button", name="Run").wait_for()
    page.save()
    page = page.reopen()
    page.output(3).get_by_role("button", name="Run").click()
    page.output(3).locator("img[src^=blob]").wait_for()
    assert creates() == 2
    page.shot("run_lab_loaded_anew", page.cell(3))
    assert page.errors() == []
