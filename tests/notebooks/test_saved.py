"""Notebooks as an earlier version and this one saved them: they show what they showed, with nothing alive."""

from __future__ import annotations

import re
from html import unescape
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from bailian_nb.widgets import MaskPainter

from ..world.written_before import DATA

OURS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
OLD = DATA / "lab" / "notebook.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
every = pytest.mark.parametrize("path", [OLD, *OURS], ids=lambda path: path.name)


def opened(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def bundles(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output.data for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]


def words(html: str) -> str:
    """Return what a reader sees of it."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


@pytest.mark.matrix
@every
def test_a_page_of_it_has_every_picture_and_caption(path: Path) -> None:
    notebook = opened(path)
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(notebook)
    shown = bundles(notebook)
    pictures = [kind for bundle in shown for kind in bundle if kind.startswith("image/")]
    assert pictures
    small = sum(bundle.get("text/html", "").count('src="data:image/') for bundle in shown)
    assert page.count('src="data:image/') == len(pictures) + small
    read = words(page)
    for bundle in shown:
        assert words(bundle.get("text/html", "")) in read
    assert "Loading widget" not in page


@every
def test_no_output_needs_a_widget(path: Path) -> None:
    assert not [bundle for bundle in bundles(opened(path)) if WIDGET in bundle]


@every
def test_the_classes_that_its_widget_state_names_are_there(path: Path) -> None:
    models = opened(path).metadata.get("widgets", {}).get(STATE, {}).get("state", {}).values()
    for name in {model.state["_anywidget_id"] for model in models if "_anywidget_id" in model.state}:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_an_old_painter_is_the_painter_of_today() -> None:
    state = opened(OLD).metadata.widgets[STATE].state.values()
    named = {model.state["_anywidget_id"] for model in state if "_anywidget_id" in model.state}
    assert f"{MaskPainter.__module__}.{MaskPainter.__name__}" in named


def test_the_old_cells_show_their_pictures_captions_and_question() -> None:
    cells = {cell.source.split()[0]: bundles(nbformat.from_dict({"cells": [cell]})) for cell in opened(OLD).cells}
    for start, what in {
        "%%wan_t2i": "<Job wan2.6-t2i WAITING EMULATOR>",
        "%wan_edit": "<Picture wanx2.1-imageedit description_edit_with_mask 512x512 seed=7 EMULATOR>",
        "painter": "<MaskPainter 512x512 3.1% painted>",
        "grid": "<SweepGrid strength(2): 2 done>",
    }.items():
        assert cells[start][0]["text/plain"].startswith(what)
    assert "nothing is sent before Run is pressed" in cells["%%wan_t2i"][0]["text/html"]
    assert "pasted back" in cells["%wan_edit"][1]["text/html"]
    assert "2 of 2 pictures, 0 failed" in cells["grid"][1]["text/html"]
