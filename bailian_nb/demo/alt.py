"""AltText: in the HTML pages of nbconvert, words for what a picture shows. The demo uses it; users name it there."""

from __future__ import annotations

import html
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode


class AltText(Preprocessor):
    """Write each picture whose metadata hold an `alt` as HTML that says it.

    nbconvert's own template, `lab`, reads width and height of a picture's metadata and no `alt`; what it has left out,
    it then warns of.

    Examples
    --------
    `jupyter nbconvert --to html --HTMLExporter.preprocessors=bailian_nb.demo.alt.AltText notebook.ipynb`
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the cell with such pictures as text/html."""
        for output in cell.get("outputs", ()):
            kind = next((kind for kind in output.get("data", ()) if "alt" in output.metadata.get(kind, ())), None)
            if kind is not None:
                alt, data = html.escape(output.metadata[kind]["alt"]), output.data[kind]
                output.data = {"text/html": f'<img src="data:{kind};base64,{data}" alt="{alt}">'}
        return cell, resources
