"""The emulator takes the calls that the vendor's pages print, and answers in the shape that they print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PAGES = Path(__file__).parents[1] / "data" / "pages"
CALLS = sorted(path.stem for path in PAGES.glob("*_call.json"))


def page(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def shape(value: Any) -> Any:
    """Return names and types, without values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


@pytest.mark.matrix
@pytest.mark.parametrize("name", CALLS)
def test_a_printed_call_is_taken(bench: Any, name: str) -> None:
    answer = bench.submit(bench.EDIT, {"model": "wanx2.1-imageedit", **page(name)})
    assert answer.status_code == 200, answer.text
    assert bench.finish(answer)["output"]["task_status"] == "SUCCEEDED"


def test_the_first_answer_has_the_printed_shape(bench: Any) -> None:
    assert shape(bench.edit("colorization").json()) == shape(page("edit_guide_03_answer"))


def test_the_answer_to_a_finished_edit_has_the_printed_shape(bench: Any) -> None:
    assert shape(bench.finish(bench.edit("colorization"))) == shape(page("edit_guide_04_answer"))


def test_the_answer_to_a_finished_drawing_has_the_printed_shape(bench: Any) -> None:
    body = {"model": "wan2.5-t2i-preview", "input": {"prompt": "A flower shop"}, "parameters": {"n": 1}}
    found = shape(bench.finish(bench.submit("/services/aigc/text2image/image-synthesis", body)))
    printed = shape(page("t2i_03_answer"))
    times = {"submit_time": "str", "scheduled_time": "str", "end_time": "str"}
    assert found == {**printed, "output": {**printed["output"], **times}}, "this example leaves the times out"
