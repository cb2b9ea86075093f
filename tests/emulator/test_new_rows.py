"""A row that is added to the table works in the emulator with no further word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bailian_nb import specs

OLD = specs.Protocol(
    letter="A",
    path="/services/aigc/text2image/image-synthesis",
    asynchronous=True,
    body="flat",
    input_names=("prompt", "negative_prompt"),
    source="test",
)


@pytest.fixture(autouse=True)
def own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))


def test_an_old_protocol_t2i_model_tells_original_and_extended_prompt(bench: Any) -> None:
    specs.register(replace(specs.get("wan2.6-t2i"), name="wan-old", protocols=(OLD,)))
    body = {
        "model": "wan-old",
        "input": {"prompt": "a sea", "negative_prompt": "people"},
        "parameters": {"n": 1, "size": "768*768"},
    }
    (result,) = bench.finish(bench.submit(OLD.path, body))["output"]["results"]
    assert result["orig_prompt"] == "a sea"
    assert result["actual_prompt"].startswith("a sea, ")
    assert bench.ask("GET", result["url"], key=None).content.startswith(b"\x89PNG")
    body["parameters"] = {"n": 1, "size": "768*768", "prompt_extend": False}
    (result,) = bench.finish(bench.submit(OLD.path, body))["output"]["results"]
    assert set(result) == {"orig_prompt", "url"}


def test_negative_prompt_stands_where_the_protocol_wants_it(bench: Any) -> None:
    specs.register(replace(specs.get("wan2.6-t2i"), name="wan-old", protocols=(OLD,)))
    body = {"model": "wan-old", "input": {"prompt": "a sea"}, "parameters": {"negative_prompt": "people"}}
    assert bench.submit(OLD.path, body).status_code == 400


def test_a_function_without_a_painter_of_its_own_still_changes_the_picture(bench: Any) -> None:
    row = specs.get("wanx2.1-imageedit")
    function = replace(row.functions[1], name="something_new", short="new", parameters=())
    specs.register(replace(row, functions=(*row.functions, function)))
    (data,) = bench.pictures(bench.edit("something_new", "snow"))
    assert bench.opened(data).tobytes() != bench.photo().tobytes()
