"""Notebooks run without a front end, by the commands that people type, end with pictures and not with 'running'."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from ..world.each import each

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PHOTO = NOTEBOOKS / "photos" / "cat.jpg"
CELLS = [
    "%load_ext bailian_nb",
    "%%wan_t2i -n 2 --seed 7 --size 1024*768 -o shops\nA flower shop with exquisite windows emulator:latency=0.2",
    '%wan_edit description_edit cat.jpg "Put sunglasses on the cat emulator:latency=0.2" --seed 7 -o cat',
    "pictures = [*shops.result(timeout=60), *cat.result(timeout=60)]\nprint(shops.status, cat.status, len(pictures))",
]
COMMANDS = {
    "nbconvert": ["nbconvert", "--to", "notebook", "--execute", "--output", "done.ipynb", "start.ipynb"],
    "papermill": ["papermill", "start.ipynb", "done.ipynb", "--no-progress-bar", "--log-level", "WARNING"],
}
RUN = """
import runpy, sys
sys.modules["rfc3987_syntax"] = None
sys.argv[:] = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""As `python -m`, without two seconds for a grammar of IRIs; see the root conftest.py."""
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def folder(tmp_path):
    shutil.copy(PHOTO, tmp_path / "cat.jpg")
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    nbformat.write(notebook, tmp_path / "start.ipynb")
    return tmp_path


def jupyter(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def views(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output.data for output in cell.outputs if "image/jpeg" in output.get("data", {})]


def captions(cell: nbformat.NotebookNode) -> str:
    return "".join(output.data["text/html"] for output in cell.outputs if "text/html" in output.get("data", {}))


def check(notebook: nbformat.NotebookNode) -> None:
    """Every magic's cell holds its pictures and its caption, and nothing that needs a kernel."""
    draw, edit, wait = notebook.cells[1:]
    assert wait.outputs[0].text == "SUCCEEDED SUCCEEDED 3\n"
    (sheet,), (glasses,) = views(draw), views(edit)
    assert sheet["text/plain"].splitlines() == [
        "<Picture wan2.6-t2i 1024x768 seed=7 EMULATOR>",
        "<Picture wan2.6-t2i 1024x768 seed=8 EMULATOR>",
    ]
    assert glasses["text/plain"] == "<Picture wanx2.1-imageedit instruct 902x600 seed=7 EMULATOR>"
    assert captions(draw).count(".png</") == 2
    assert captions(edit).count(".png</") == 1
    for cell in notebook.cells:
        assert not any(WIDGET in output.get("data", {}) for output in cell.outputs)
    assert "widgets" not in notebook.metadata
    saved = list(Path(os.environ["BAILIAN_NB_OUT"]).rglob("*.png"))
    assert len(saved) == 3
    assert all(path.with_suffix(".json").exists() for path in saved)


@pytest.mark.parametrize("way", ["nbconvert", pytest.param("papermill", marks=pytest.mark.slow)])
@pytest.mark.seldom
def test_a_run_without_a_front_end_ends_with_pictures_and_a_page_of_it_needs_nothing_else(way, folder):
    jupyter(COMMANDS[way], folder)
    done = nbformat.read(folder / "done.ipynb", as_version=4)
    check(done)
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(done)
    assert page.count('src="data:image/jpeg;base64,') == 2
    assert "Loading widget" not in page


@pytest.mark.slow
@pytest.mark.parametrize("way", COMMANDS)
def test_a_cell_that_waits_brings_the_pictures_of_earlier_cells(way, folder, monkeypatch):
    monkeypatch.setenv("BAILIAN_NB_SYNC", "0")  # the magics return at once, as in a front end
    jupyter(COMMANDS[way], folder)
    check(nbformat.read(folder / "done.ipynb", as_version=4))


@each("path", sorted(NOTEBOOKS.rglob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_of_ours_holds_no_widget(path):
    assert "widgets" not in nbformat.read(path, as_version=4).metadata
    assert WIDGET not in path.read_text(encoding="utf-8")
