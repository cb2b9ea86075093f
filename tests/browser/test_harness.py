"""The harness itself: a notebook opens, runs, is interrupted, restarted, saved and opened again, in both front ends."""

from __future__ import annotations

import pytest

from .jupyter import wait_for

HOME = "import os\nprint(os.environ['BAILIAN_NB_HOME'], [name for name in os.environ if name.startswith('DASHSCOPE')])"
SLEEP = "import time\nprint('asleep', flush=True)\ntime.sleep(30)"


@pytest.mark.parametrize("front_end", ["lab", pytest.param("notebook", marks=pytest.mark.slow)], indirect=True)
def test_cells_run_and_print_are_interrupted_and_restarted(front_end, open_notebook, tmp_path):
    page = open_notebook(front_end, ["print('six times seven is', 6 * 7)", "1 / 0", HOME, SLEEP, "'end'"])
    page.run_cell(0)
    assert page.text(0) == "six times seven is 42\n"
    page.run_cell(1)
    assert page.text(1) == "ZeroDivisionError: division by zero\n"
    page.run_cell(3, wait=False)
    page.wait_text(3, "asleep")
    page.interrupt()
    page.wait_text(3, "KeyboardInterrupt")
    page.restart()
    page.set_source(1, "time = __import__('time').sleep(0.3)")
    page.set_source(3, "")
    page.run_all()
    assert page.text(2) == f"{tmp_path / 'home'} []\n"
    assert page.text(4) == "'end'\n"
    assert page.mimes(4) == [{"text/plain"}]
    assert page.foreign == []
    assert page.errors() == []
    page.shot(f"harness_{front_end.app}")


@pytest.mark.slow
def test_saved_outputs_are_there_when_it_is_opened_again(front_end, open_notebook):
    page = open_notebook(front_end, ["x = 7\nx"])
    page.run_cell(0)
    assert page.save().cells[0].outputs[0].data["text/plain"] == "7"
    page = page.reopen(fresh_kernel=True)
    assert page.text(0) == "7\n"
    assert page.trusted
    assert "NameError" in page.execute("print(x)")
    front_end.copy_from_stranger(page.name, "stranger.ipynb")
    page = page.reopen(name="stranger.ipynb")
    assert page.text(0) == "7\n"
    assert not page.trusted


@pytest.mark.slow
def test_themes_zoom_and_pixel_ratio(start_server, open_notebook):
    page = open_notebook(start_server("lab"), ["'look'"], scale=2)
    assert page.page.evaluate("devicePixelRatio") == 2
    page.theme("dark")
    assert page.page.evaluate("document.body.dataset.jpThemeName") == "JupyterLab Dark"
    page.theme("light")
    before = page.cell(0).bounding_box()["height"]
    page.zoom(1.5)
    wait_for("a taller cell", lambda: page.cell(0).bounding_box()["height"] > before)
