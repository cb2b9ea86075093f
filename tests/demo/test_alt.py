"""An exported page says in words what its pictures show, by each way that the guide names."""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

NAMED = "bailian_nb.demo.alt.AltText"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
WAYS = {
    f"--HTMLExporter.preprocessors={NAMED}": {"preprocessors": [NAMED]},
    "--template classic": {"template_name": "classic"},
}


@pytest.mark.parametrize("option", WAYS)
def test_every_picture_has_its_words_and_nothing_is_missing(option: str, caplog: pytest.LogCaptureFixture) -> None:
    notebook = nbformat.read(NOTEBOOKS / "01_quickstart.ipynb", as_version=4)
    log = logging.getLogger("exported")
    with caplog.at_level(logging.WARNING, "exported"):
        page, _ = HTMLExporter(log=log, **WAYS[option]).from_notebook_node(notebook)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if "metadata" in output]
    pictures = [output for output in shown if "image/jpeg" in output.data]
    assert pictures
    for output in pictures:
        assert output.data["image/jpeg"][:60] in page
        assert f'alt="{output.metadata["image/jpeg"]["alt"]}"' in page
    assert not caplog.records


@pytest.mark.parametrize("page", ["guide/front_ends.md", "zh/front_ends.md"])
def test_the_guide_names_these_ways(page: str) -> None:
    text = (NOTEBOOKS / page).read_text("utf-8")
    assert all(option in text for option in WAYS)


def test_words_are_escaped_and_other_outputs_stay() -> None:
    from bailian_nb.demo.alt import AltText

    output = nbformat.v4.new_output(
        "display_data", {"image/png": "aGk=", "text/plain": "x"}, metadata={"image/png": {"alt": 'a "<b>" &'}}
    )
    bare = nbformat.v4.new_output("display_data", {"image/png": "aGk=", "text/plain": "x"})
    cell = nbformat.v4.new_code_cell(outputs=[output, bare, nbformat.v4.new_output("stream", text="done")])
    cell, _ = AltText().preprocess_cell(cell, {}, 0)
    assert cell.outputs[0].data == {
        "text/html": '<img src="data:image/png;base64,aGk=" alt="a &quot;&lt;b&gt;&quot; &amp;">'
    }
    assert cell.outputs[1] == bare
    assert cell.outputs[2].text == "done"
