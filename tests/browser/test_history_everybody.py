"""The gallery with what colleagues have put into the same bucket: switched on, narrowed to one of them, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .axe_core import axe
from .notebook_page import NotebookPage
from .test_history import chosen, keys, sight

MADE = """
%load_ext bailian_nb
import bailian_nb as wan
values = {"model": "wan2.2-t2i-flash", "size": "512*512", "seed": 3, "out_dir": "memory://team/wan"}
%env BAILIAN_NB_OUT=memory://team/wan
%env BAILIAN_NB_OWNER=bert
for word in ("red", "green"):
    wan.t2i(f"a {word} teapot emulator:latency=0", **values).result()
%env BAILIAN_NB_OWNER=anna
import fsspec
store = fsspec.filesystem("memory")
(made,) = wan.t2i("a blue teapot emulator:latency=0", **values).result()
for suffix in ("png", "json"):  # as another machine has carried it up
    old = made.address.removeprefix("memory:/").rpartition(".")[0]
    data = store.cat_file(f"{old}.{suffix}").replace(b"blue", b"BLUE")
    store.pipe_file(f"/team/wan/2026-11-01/of_anna.{suffix}", data)
%env BAILIAN_NB_OWNER=bert
"""
CELLS = [MADE, "%wan history --everybody"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("front_end", ["lab"], indirect=True)
def test_pictures_of_colleagues_are_gone_through_beside_ones_own(front_end, open_notebook) -> None:
    page: NotebookPage = open_notebook(front_end, CELLS, width=1300)
    page.page.evaluate(axe())
    page.run_cell(0)
    page.run_cell(1)
    view = page.output(1).locator(".bn-history")
    expect(view.locator(".bn-count")).to_have_text("4 pictures", timeout=30_000)
    expect(view.locator(".bn-cell img[src]")).to_have_count(4, timeout=30_000)
    sight(page, view, "everybody")
    view.get_by_label("Owner").select_option("anna")
    expect(view.locator(".bn-count")).to_have_text("2 pictures")
    chosen(view).focus()
    keys(page, "ArrowRight", "Delete")
    expect(view).to_contain_text("only who made a picture puts it into the bin: these are of anna")
    page.shot("history_of_anna_light", view)
    view.get_by_label("Owner").select_option("")
    view.get_by_role("button", name="Everybody's").click()
    expect(view.locator(".bn-count")).to_have_text("3 pictures")
