"""The history in JupyterLab and Notebook 7 by keys alone, and what of it stays in a saved notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .axe_core import axe, seen_by_axe
from .jupyter import wait_for
from .notebook_page import NotebookPage

MADE = """
%load_ext bailian_nb
import bailian_nb as wan
words = ("red", "green", "blue", "white", "black")
values = {"model": "wan2.2-t2i-flash", "size": "512*512", "seed": 3}
jobs = [wan.t2i(f"a {word} teapot emulator:latency=0", **values) for word in words]
all(job.result() for job in jobs)
"""
SLOW = 'job = wan.t2i("a grey teapot emulator:latency=600", **values)\n%wan jobs'
CELLS = [MADE, "%wan history", SLOW, "%config WanMagics.max_cost_day = 2.0\n%wan cost"]


STARRED = "print([each.record.prompt.removesuffix(' emulator:latency=0') for each in wan.history(starred=True)])"


def keys(page: NotebookPage, *names: str) -> None:
    for name in names:
        page.page.keyboard.press(name)


def sight(page: NotebookPage, view: Locator, name: str) -> None:
    """Let axe look at the gallery in both themes, and keep what is seen."""
    for theme in ("light", "dark"):
        page.theme(theme)
        found = seen_by_axe(page.page)
        page.shot(f"history_{name}_{theme}", view)
        assert found == [], f"{name} {theme}"
    page.theme("light")


def chosen(view: Locator) -> Locator:
    return view.locator("[role=gridcell][tabindex='0']")


@pytest.mark.timeout(300)  # a walk through two pages: 40 s alone, three times that on a machine with a dozen at work
@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_saved_pictures_are_gone_through_by_keys_and_the_table_stays(front_end, open_notebook):
    page = open_notebook(front_end, CELLS, width=1300)
    page.page.evaluate(axe())
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".bn-history")
    expect(view.locator(".bn-cell img[src]")).to_have_count(5, timeout=30_000)
    view.get_by_label("Size of the pictures").hover()
    expect(view.get_by_role("tooltip")).to_have_text("Size of the pictures")
    chosen(view).focus()
    keys(page, "ArrowRight", "s", "t")
    page.page.keyboard.type("cover")
    keys(page, "Enter")
    expect(view.locator(".bn-mark", has_text="★")).to_have_count(1)
    expect(view.get_by_role("combobox", name="Tag")).to_contain_text("cover")
    wait_for("the star", lambda: "['a white teapot']" in page.execute(STARRED))
    sight(page, view, "1300")

    chosen(view).focus()
    keys(page, "Enter", "c", "ArrowLeft")
    expect(view.locator(".bn-large .bn-before img[src]")).to_be_visible()
    expect(view.locator(".bn-large .bn-whole")).to_contain_text("a black teapot")
    keys(page, "g")
    run = view.get_by_role("button", name="Run")
    expect(run).to_be_focused()
    expect(view.locator(".bn-planned")).to_have_text("EMULATOR, nothing billed")
    page.page.set_viewport_size({"width": 900, "height": 900})
    page.shot("history_900_light", view)
    page.page.set_viewport_size({"width": 600, "height": 900})
    sight(page, view, "600")
    page.page.set_viewport_size({"width": 1300, "height": 900})
    run.focus()
    keys(page, "Enter")
    expect(view.locator(".bn-count")).to_have_text("6 pictures", timeout=30_000)

    chosen(view).focus()
    keys(page, "Escape", "Home", " ", "ArrowRight", " ", "Delete")
    expect(view.locator(".bn-count")).to_have_text("4 pictures")
    expect(view.locator(".bn-line")).to_have_text("2 in the bin; Undo brings them back")
    keys(page, "/")
    page.page.keyboard.type("white")
    keys(page, "Enter")
    expect(view.locator(".bn-count")).to_have_text("1 picture")
    keys(page, "z")
    wait_for("all of them", lambda: "6" in page.execute("print(wan.history().total)"))
    assert page.errors() == []

    page.run_cell(2)
    page.run_cell(3)
    jobs = page.output(2).locator(".bn-jobs")
    expect(jobs.locator("tr").nth(1)).to_contain_text("a grey teapot")
    expect(page.output(3).get_by_role("img", name="EMULATOR, nothing billed")).to_be_visible()
    sight(page, jobs, "jobs")
    for theme in ("light", "dark"):
        page.theme(theme)
        page.shot(f"cost_{theme}", page.output(3).locator("svg[role='img']"))
    cancel = jobs.get_by_role("button", name="Cancel job")
    expect(cancel).to_have_count(1)
    cancel.focus()
    keys(page, "Enter")
    expect(jobs.locator(".bn-fault, [data-state='failed']").first).to_be_visible()
    wait_for("the table that stays", lambda: "a grey teapot" in page.text(2))

    saved = page.save()
    outputs = saved.cells[1].outputs
    assert [set(output.data) for output in outputs] == [{"text/html", "text/plain"}] * 2
    assert outputs[0].data["text/html"].count("<img") == 5
    again = page.reopen(fresh_kernel=True)
    expect(again.output(1).locator("table img")).to_have_count(5)
