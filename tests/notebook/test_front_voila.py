"""Where a cell waits: not in Voila, whose page shows live widgets although its cells run as nbconvert's do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bailian_nb.notebook.front import NotebookFront


@pytest.mark.parametrize(("software", "waits"), [("voila/0.5.13", False), ("nginx/1.24", True), ("", True)])
def test_a_cell_waits_where_no_page_shows_live_widgets(
    monkeypatch: pytest.MonkeyPatch, software: str, waits: bool
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", software)
    events = SimpleNamespace(register=lambda *_: None)
    shell = SimpleNamespace(kernel=object(), events=events, get_parent=lambda: {"content": {"allow_stdin": False}})
    front = NotebookFront(cast("Any", shell), dict, cast("Any", None))
    assert (front.waits(), front.interactive()) == (waits, not waits)
