"""Models and functions are found by their names; a wrong one is one line with the nearest and with all."""

from __future__ import annotations

import re

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import Function, Model

FUNCTIONS = pytest.mark.parametrize(
    ("model", "function"),
    [pytest.param(model, row, id=f"{model.name} {row.name}") for model in specs.models() for row in model.functions],
)


@pytest.mark.parametrize(
    ("name", "kind", "line"),
    [
        ("wan2.6-t2", None, "unknown model wan2.6-t2, did you mean wan2.6-t2i? Known: "),
        ("zebra", None, "unknown model zebra. Known: "),
        ("wanx2.1-imageedit", "t2i", "model wanx2.1-imageedit is for edit, not for t2i; use one of wan2.6-t2i"),
        ("wan2.6-t2i", "edit", "model wan2.6-t2i is for t2i, not for edit; use one of wanx2.1-imageedit"),
        (5, None, "model must be a name, got int. Known: "),
        ([], "t2i", "model must be a name, got list. Known: "),
    ],
)
def test_an_unknown_model_is_one_line(name: str, kind: specs.Kind | None, line: str) -> None:
    with pytest.raises(InvalidRequest, match="^" + re.escape(line)):
        specs.get(name, kind)


@FUNCTIONS
def test_a_function_goes_by_both_names(model: Model, function: Function) -> None:
    for name in (function.name, function.short, f" {function.name} "):
        assert specs.function_name(model, name) == function.name


@FUNCTIONS
def test_a_misspelt_function_is_refused_with_the_nearest_and_with_all(model: Model, function: Function) -> None:
    with pytest.raises(InvalidRequest) as refused:
        specs.function_name(model, function.name + "x")
    line = str(refused.value)
    assert line.startswith(f"unknown function {function.name}x, did you mean {function.name}? {model.name} has ")
    assert all(f"{row.name} ({row.short})" in line for row in model.functions)


def test_what_is_no_function_name_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="unknown function 5"):
        specs.function_name(specs.get(specs.DEFAULT_EDIT), 5)  # type: ignore[arg-type]


def test_a_model_without_functions_refuses_one() -> None:
    with pytest.raises(InvalidRequest, match=r"^wan2\.6-t2i has no functions, got style; the prompt says what to do$"):
        specs.function_name(specs.get(specs.DEFAULT_T2I), "style")
