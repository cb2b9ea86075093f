"""What a user of JupyterLab and Notebook 7 sees of the magics: run, interrupt, save, reopen, restart, kill."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from .jupyter import wait_for

STILL = [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
"""A cell of ours that has ended: the view and the caption, no widget."""
REASON = [{"text/plain"}, {"text/html", "text/plain"}]
TALE = [
    "%load_ext bailian_nb",
    "%%wan_t2i -n 2 --seed 7 --size 768*768 -o shops\nA flower shop with exquisite windows",
    "before = 6 * 7\nbefore",
    "%%wan_t2i --seed 3 --size 16:9 -o hills\n山谷里的小村庄 emulator:latency=2",
    '%wan_edit instruct photo.png "Put sunglasses on the <b>cat</b>" --strength 0.5 --seed 7 -o glasses',
    "print([picture.seed for picture in shops.result()])",
    '%wan_edit style hills "gold leaf" --seed 7 -o gold',
    "%%wan_edit style photo.png -n 2 --seed 5 -o half\ngold leaf emulator:slot=1:DataInspectionFailed",
    "%%wan_t2i --seed 5 --size 768*768 -o none\nA lighthouse emulator:fail=InternalError.Timeout",
    '%wan_edit instruct photo.png "x" --strength 1.4 --sede 5',
    "print('after')",
]
SHOWN = {1: [7, 8], 3: [3], 4: [7], 6: [7], 7: [5]}
WAITS = {
    "%wan wait": "%wan wait slow",
    "result": "job.result()",
    "await": "await job",
    "--wait": None,
}


@pytest.fixture
def open_tale(open_notebook, tmp_path):
    """Open cells with photo.png beside the notebook."""

    def opened(server, cells, **kind):
        photo = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
        ImageDraw.Draw(photo).ellipse((240, 140, 560, 460), fill=(200, 120, 60))
        folder = server.root / tmp_path.name
        folder.mkdir(exist_ok=True)
        photo.save(folder / "photo.png")
        return open_notebook(server, cells, **kind)

    return opened


def frozen(page, index):
    return page.mimes(index) in (STILL, REASON)


def check_the_tale(page):
    """Each cell shows its own pictures and captions, and nothing else does."""
    for index, seeds in SHOWN.items():
        assert page.mimes(index) == STILL, f"cell {index}"
        view, caption = page.outputs(index)
        assert len(view["data"]["image/jpeg"]) * 3 / 4 <= 60_000
        assert [int(seed) for seed in re.findall(r"seed=(\d+)", view["data"]["text/plain"])] == seeds, f"cell {index}"
        for seed in seeds:
            assert f"seed {seed}" in caption["data"]["text/html"]
    assert page.mimes(8) == REASON
    assert "InternalError.Timeout" in page.outputs(8)[1]["data"]["text/html"]
    assert "DataInspectionFailed" in page.outputs(7)[1]["data"]["text/html"]
    assert page.text(2) == "42\n"
    assert page.text(5) == "[7, 8]\n"
    assert page.text(9).startswith("InvalidRequest: unknown option --sede")
    assert "strength must lie in" in page.text(9)
    assert page.text(10) == "after\n"


def test_run_all_save_and_open_again(front_end, open_tale):
    page = open_tale(front_end, TALE)
    page.run_cell(0)
    started = time.monotonic()
    # The ninth cell is wrong on purpose and would end a Run All; it runs by itself.
    wrong = page.source(9)
    page.set_source(9, "")
    page.run_all()
    assert time.monotonic() - started < 20
    page.set_source(9, wrong)
    page.run_cell(9)
    wait_for("every picture", lambda: all(frozen(page, index) for index in (*SHOWN, 8)))
    check_the_tale(page)
    assert page.output(1).locator("img").count() == 1
    assert "<b>cat</b>" not in page.output(4).inner_html()
    for theme in ("light", "dark") if front_end.app == "lab" else ():
        page.theme(theme)
        for index in (1, 4, 7, 8, 9):
            page.shot(f"cells_{theme}_{index}", page.cell(index))
    assert page.foreign == []
    assert page.errors() == []
    saved = page.save()
    assert "widgets" not in saved.metadata
    assert len(json.dumps(saved)) < 600_000

    page = page.reopen(fresh_kernel=True)
    check_the_tale(page)
    assert page.output(3).locator("img").count() == 1
    for index in (*SHOWN, 8):
        assert "Error displaying widget" not in page.output(index).inner_text()
    front_end.copy_from_stranger(page.name, "stranger.ipynb")
    page = page.reopen(name="stranger.ipynb")
    assert not page.trusted
    assert page.output(4).locator("img").count() == 1
    assert "seed 7" in page.output(4).inner_text()
    page.shot(f"cells_stranger_{front_end.app}")
    assert page.errors() == []


def test_an_interrupt_is_heard_at_once_and_the_job_goes_on(start_server, open_notebook):
    clock = (
        "import time\nimport bailian_nb as wan\n%load_ext bailian_nb\nended = []\n"
        "get_ipython().events.register('post_run_cell', lambda result: ended.append(time.time()))"
    )
    slow = "job = wan.t2i('A shop emulator:latency=6', size='768*768')"
    page = open_notebook(
        start_server("lab"),
        [clock, slow, "%wan wait", "job.result()", "await job", f"{slow}\njob.wait().status", "print('end')"],
    )
    page.run_cell(0)
    page.run_cell(1)
    heard = {}
    for index in (2, 3, 4, 5):
        page.run_cell(index, wait=False)
        time.sleep(0.3)
        asked = time.time()
        page.interrupt()
        page.wait_text(index, "Interrupted:", timeout=10)
        page.wait_idle()
        heard[page.source(index)] = float(page.execute("print(ended[-1])")) - asked
        lines = page.text(index).strip().splitlines()
        assert len([line for line in lines if line.strip()]) == 1
    print("interrupts were heard after", {name: round(value, 3) for name, value in heard.items()}, "s")
    assert max(heard.values()) < 0.5
