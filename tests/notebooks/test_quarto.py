"""What Quarto makes a page of: it runs each cell without its `#|` options, and takes one form of each output.

Quarto itself is on no package index, so nobody here has seen its pages; this holds what it would read.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

PHOTO = Path(__file__).parents[2] / "notebooks" / "photos" / "cat.jpg"
CELLS = {
    "load": "%load_ext bailian_nb\nimport bailian_nb as wan",
    "draw": "#| label: fig-shops\n#| fig-alt: Two shops\n%%wan_t2i -n 2 --seed 7 -o shops\nA shop emulator:latency=0",
    "edit": '#| echo: false\n%wan_edit instruct cat.jpg "A hat emulator:latency=0" --seed 7 -o cat',
    "sweep": '%wan_sweep style cat.jpg "gold leaf emulator:latency=0" --axis strength=0,1 --seed 7 -o grid',
    "grid": "grid",
    "result": "shops.result()",
    "painter": "wan.MaskPainter('cat.jpg')",
    "compare": "wan.compare('cat.jpg', cat)",
    "history": "%wan history",
    "jobs": "wan.jobs()",
    "cost": "wan.cost()",
    "batch": "wan.batch([{'prompt': 'A hill'}]).plan",
}
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
LIVE = ("application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json")
SCRIPT = "application/javascript"
"""The order in which it takes them; a form that is not named is passed over."""
ORDER = {
    "html": (*LIVE, SCRIPT, "text/html", "text/markdown", *PICTURES, "text/plain"),
    "pdf": ("text/markdown", *PICTURES, "text/latex", "application/pdf", "text/html with a table", "text/plain"),
    "docx": ("text/markdown", *PICTURES, "text/html with a table", "text/plain"),
}


def taken(data: nbformat.NotebookNode, page: str) -> str:
    table = "<table" in data.get("text/html", "")
    there = {*data, *(["text/html with a table"] if table else [])}
    return next(form for form in ORDER[page] if form in there)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    folder = tmp_path_factory.mktemp("quarto")
    shutil.copy(PHOTO, folder / "cat.jpg")
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for cell in CELLS.values():
        lines = cell.split("\n")
        while lines[0].startswith("#|"):
            lines.pop(0)
        notebook.cells.append(nbformat.v4.new_code_cell("\n".join(lines)))
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, record_timing=False).execute()
    return notebook


def shown(notebook: nbformat.NotebookNode, name: str) -> list[nbformat.NotebookNode]:
    (cell,) = [cell for key, cell in zip(CELLS, notebook.cells, strict=True) if key == name]
    assert {output.output_type for output in cell.outputs} <= {"display_data", "execute_result"}, cell.outputs
    return list(cell.outputs)


@pytest.mark.seldom
@pytest.mark.parametrize("page", ORDER)
def test_each_cell_is_a_picture_with_words_or_a_table_on_every_page(page: str, executed: nbformat.NotebookNode) -> None:
    pictures = {"draw", "edit", "sweep", "grid", "result", "painter", "compare"}
    for name in CELLS:
        forms = [taken(output.data, page) for output in shown(executed, name)]
        assert not {*LIVE, SCRIPT}.intersection(forms), name
        assert ("image/jpeg" in forms) == (name in pictures), (name, forms)
        if name in ("history", "jobs", "cost", "batch"):
            assert forms == ["text/html" if page == "html" else "text/html with a table"], name


@pytest.mark.seldom
def test_a_picture_says_what_it_shows_and_no_words_are_markup(executed: nbformat.NotebookNode) -> None:
    outputs = [output for name in CELLS for output in shown(executed, name)]
    for output in outputs:
        if "image/jpeg" in output.data:
            assert output.metadata["image/jpeg"]["alt"]
            assert "text/html" not in output.data, "the picture itself is taken, not a page's copy of it"
        assert output.data["text/plain"].strip()
        assert "</" not in output.data["text/plain"]
    assert "<script" not in "".join(output.data.get("text/html", "") for output in outputs)
