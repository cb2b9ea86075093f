"""What a user of JupyterLab and Notebook 7 sees of the magics: run, interrupt, save, reopen, restart, kill."""

from __future__ import annotations

import json
import os
import re
import signal
import time

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

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
    """Tell whether both outputs are final; the caption comes after the view."""
    if page.mimes(index) not in (STILL, REASON):
        return False
    return not page.outputs(index)[1]["data"]["text/plain"].startswith("<Job")


def check_quiet(page):
    """Nothing went wrong in the page, the server or a kernel, and nobody outside was asked for anything."""
    assert page.errors() == []
    assert page.foreign == []
    log = page.server.log(5000)
    assert "/bailian_nb/" not in log  # no stack of ours; Jupyter Server writes some of its own about closed sockets
    assert [line for line in log.splitlines() if line.startswith("[E ")] == []


def check_the_tale(page):
    """Each cell shows its own pictures and captions, and nothing else does."""
    for index, seeds in SHOWN.items():
        assert page.mimes(index) == STILL, f"cell {index}"
        view, caption = page.outputs(index)
        assert {view["output_type"], caption["output_type"]} == {"display_data"}
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
    expect(page.output(1).locator("img")).to_have_count(1)
    assert "<b>cat</b>" not in page.output(4).inner_html()
    for theme in ("light", "dark") if front_end.app == "lab" else ():
        page.theme(theme)
        for index in (1, 4, 7, 8, 9):
            page.shot(f"cells_{theme}_{index}", page.cell(index))
    check_quiet(page)
    saved = page.save()
    assert "widgets" not in saved.metadata
    assert len(json.dumps(saved)) < 600_000

    page = page.reopen(fresh_kernel=True)
    check_the_tale(page)
    expect(page.output(3).locator("img")).to_have_count(1)
    for index in (*SHOWN, 8):
        assert "Error displaying widget" not in page.output(index).inner_text()
    if front_end.app == "lab":
        front_end.copy_from_stranger(page.name, "stranger.ipynb")
        page = page.reopen(name="stranger.ipynb")
        assert not page.trusted
        expect(page.output(4).locator("img")).to_have_count(1)
        expect(page.output(4)).to_contain_text("seed 7")
        page.shot("cells_stranger")
    check_quiet(page)


CLOCK = """import pathlib, sys, threading, time
import bailian_nb as wan
%load_ext bailian_nb
running, ended = [], []
def end(result):
    running.clear()
    ended.append(time.time())
get_ipython().events.register('pre_run_cell', running.append)
get_ipython().events.register('post_run_cell', end)
def watch():
    'Write down that the main thread waits in a cell, and how many cells have ended before.'
    while True:
        where = sys._current_frames()[threading.main_thread().ident].f_code.co_name
        if running and where in ('wait', 'select'):
            pathlib.Path('waiting').write_text(str(len(ended)))
        time.sleep(0.02)
threading.Thread(target=watch, daemon=True).start()
job = wan.t2i('A shop emulator:latency=120', size='768*768')"""
WAITS = [
    "%wan wait",
    "job.result()",
    "await job",
    "%%wan_t2i --wait --size 768*768 --seed 7 -o shops\nA flower shop emulator:latency=3",
]


def test_an_interrupt_is_heard_at_once_and_the_job_goes_on(start_server, open_notebook):
    page = open_notebook(start_server("lab"), [CLOCK, *WAITS, "await shops"])
    page.run_cell(0)
    for index in range(1, len(WAITS) + 1):
        heard = [interrupt(page, index)]
        if heard[0] > 0.4:
            heard.append(interrupt(page, index))  # the machine may have been busy elsewhere
        assert min(heard) < 0.5, heard
        (line,) = reasons(page, index)
        assert line.startswith("Interrupted: stopped waiting; ")
        assert "go on" in line or "goes on" in line
    page.run_cell(5)
    assert reasons(page, 5) == []
    wait_for("the picture of the cell that was interrupted", lambda: page.mimes(4)[:2] == STILL)
    assert page.execute("print(job.status, shops.status)") == "RUNNING SUCCEEDED\n"
    page.shot("cells_interrupted", page.cell(3))
    check_quiet(page)


def interrupt(page, index):
    """Interrupt a cell once it waits and return after how many seconds it had ended."""
    waiting = (page.server.root / page.name).with_name("waiting")
    before = waiting.read_text() if waiting.exists() else ""
    page.run_cell(index, wait=False)
    wait_for("the cell to wait", lambda: waiting.exists() and waiting.read_text() not in ("", before))
    if "--wait" in page.source(index):
        wait_for("the task that it waits for", lambda: "RUNNING" in page.text(index))
    page.shot(f"cells_waiting_{index}", page.cell(index))
    asked = time.time()
    page.interrupt()
    page.wait_idle(20)
    return float(page.execute("print(ended[-1])")) - asked


def restart(page):
    """Restart the kernel and return how long that took; a machine that is busy otherwise takes its time for any."""
    started = time.monotonic()
    page.restart()
    return time.monotonic() - started


def reasons(page, index):
    """Return the lines that a cell shows of its error."""
    shown = [line for output in page.outputs(index) for line in output.get("traceback", [])]
    return [line for text in shown for line in text.splitlines() if line.strip()]


def test_a_restart_with_jobs_in_flight_is_quick_and_resume_takes_them_up(start_server, open_notebook, tmp_path):
    cells = [
        "%load_ext bailian_nb",
        *(f"%%wan_t2i --size 768*768 --seed {seed} -o job{seed}\nA shop emulator:latency=14" for seed in (1, 2, 3)),
        "%wan resume",
        "import bailian_nb as wan\nprint([len(job.result()) for job in wan.jobs()])",
    ]
    page = open_notebook(start_server("lab"), cells)
    page.run_cell(0)
    idle = restart(page)
    page.run_all(wait=False)
    for index in (1, 2, 3):
        wait_for("a task", lambda index=index: "RUNNING" in page.text(index))
    busy = restart(page)
    # A kernel that hangs is killed by Jupyter after 5 s; a busy machine takes longer for both.
    assert busy < max(3, 2 * idle + 1), f"{busy:.2f} s with jobs in flight, {idle:.2f} s without"
    page.run_cell(0)
    assert "3 job(s) of an earlier kernel are not finished; %wan resume takes them up" in page.text(0)

    # The next kernel dies while it waits for the same tasks; nothing runs at its end.
    page.run_cell(4)
    assert page.text(4).count("resumed") == 3
    os.kill(int(page.execute("import os\nprint(os.getpid())")), signal.SIGKILL)
    wait_for("Jupyter to notice", lambda: "restarting kernel (1/5)" in page.server.log(500))
    page.page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_ready()
    page.run_cell(0)
    assert "3 job(s) of an earlier kernel" in page.text(0)
    page.run_cell(4)
    page.run_cell(5)
    assert page.text(5) == "[1, 1, 1]\n"
    pictures = sorted((tmp_path / "out").rglob("*.png"))
    assert len(pictures) == 3
    assert len({path.name.split("_s")[1] for path in pictures}) == 3
    wait_for("pictures in the cell of %wan resume", lambda: page.mimes(4)[1:] == STILL * 3)
    page.shot("cells_resumed", page.cell(4))
    check_quiet(page)
