"""Models and functions are found by their names; a wrong one is one line with the nearest and with all."""

from __future__ import annotations

import re

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import Function, Model

from ..world.each import each

FUNCTIONS = each(
    ("model", "function"),
    [(model, row) for model in specs.models() for row in model.functions],
    ids=lambda case: f"{case[0].name} {case[1].name}",
)

CHINESE = {
    "stylization_all": "全局风格化",
    "stylization_local": "局部风格化",
    "description_edit": "指令编辑",
    "description_edit_with_mask": "局部重绘",
    "remove_watermark": "去文字水印",
    "expand": "扩图",
    "super_resolution": "图像超分",
    "colorization": "图像上色",
    "doodle": "线稿生图",
    "control_cartoon_feature": "参考卡通形象生图",
}
"""What the Chinese reference calls each function."""


@each(
    ("name", "kind", "line"),
    [
        ("wan2.6-t2", None, "unknown model wan2.6-t2, did you mean wan2.6-t2i? Known: "),
        ("zebra", None, "unknown model zebra. Known: "),
        ("wanx2.1-imageedit", "t2i", "model wanx2.1-imageedit is for edit, not for t2i; use one of wan2.6-t2i"),
        ("wan2.6-t2i", "edit", "model wan2.6-t2i is for t2i, not for edit; use one of wanx2.1-imageedit"),
        (5, None, "model must be a name, got 5. Known: "),
        ([], "t2i", "model must be a name, got []. Known: "),
        ("", "edit", "model must be a name, got ''. Known: wanx2.1-imageedit"),
        ("WAN2.6-T2I", None, "unknown model WAN2.6-T2I, did you mean wan2.6-t2i? Known: "),
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
def test_a_function_is_shown_by_one_name_whichever_is_given(model: Model, function: Function) -> None:
    for name in (function.name, function.short):
        assert specs.short_name(model.name, name) == function.short
    assert specs.short_name(model.name, "gone") == specs.short_name("no-model", "gone") == "gone"


@FUNCTIONS
def test_a_misspelt_function_is_refused_with_the_nearest_and_with_all(model: Model, function: Function) -> None:
    with pytest.raises(InvalidRequest) as refused:
        specs.function_name(model, function.name + "x")
    line = str(refused.value)
    assert line.startswith(f"unknown function {function.name}x, did you mean {function.name}? {model.name} has ")
    assert all(f"{row.short} ({row.name})" in line for row in model.functions)


@FUNCTIONS
def test_a_function_in_capitals_or_by_its_chinese_name_leads_to_it(model: Model, function: Function) -> None:
    assert CHINESE.keys() == {row.name for row in model.functions}
    for word in (function.name.upper(), function.short.title(), CHINESE[function.name]):
        with pytest.raises(InvalidRequest, match=rf"^unknown function {word}, did you mean (\S+)\?") as refused:
            specs.function_name(model, word)
        meant = re.search(r"did you mean (\S+)\?", str(refused.value))
        assert meant is not None
        assert specs.function_name(model, meant[1]) == function.name


@pytest.mark.parametrize("word", ["Put sunglasses on the cat", "pictures/photo.jpg", "把她的头发修改为红色。"])
def test_a_prompt_or_a_path_in_the_place_of_a_function_is_told_the_order(word: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        specs.function_name(specs.get(specs.DEFAULT_EDIT), word)
    line = str(refused.value)
    order = "the order is edit(image, function, prompt). "
    assert line.startswith(f"unknown function {word}; {order}")
    assert "instruct (description_edit)" in line


@pytest.mark.parametrize("name", [5, None, [], b"expand"])
def test_what_is_no_function_name_is_refused(name: object) -> None:
    with pytest.raises(InvalidRequest, match="^" + re.escape(f"function must be a name, got {name!r}; the order is")):
        specs.function_name(specs.get(specs.DEFAULT_EDIT), name)  # type: ignore[arg-type]


def test_a_model_without_functions_refuses_one() -> None:
    with pytest.raises(InvalidRequest, match=r"^wan2\.6-t2i has no functions, got style; the prompt says what to do$"):
        specs.function_name(specs.get(specs.DEFAULT_T2I), "style")


@pytest.mark.parametrize("none", [None, ""])
def test_a_call_is_named_by_its_model_and_by_its_function_where_it_has_one(none: str | None) -> None:
    assert specs.label("wan2.6-t2i", none) == "wan2.6-t2i"
    assert specs.label("wanx2.1-imageedit", "expand") == "wanx2.1-imageedit outpaint"


@pytest.mark.parametrize("typed", ["instruct", "description_edit"])
def test_a_function_is_called_as_users_type_it_whichever_of_its_names_was_given(typed: str) -> None:
    assert specs.short_name("wanx2.1-imageedit", typed) == "instruct"
    assert specs.label("wanx2.1-imageedit", typed) == "wanx2.1-imageedit instruct"


@pytest.mark.parametrize(("model", "function"), [("wanx2.1-imageedit", "sharpen"), ("a-model-of-tomorrow", "style")])
def test_a_name_that_nobody_knows_stays_as_it_is(model: str, function: str) -> None:
    assert specs.short_name(model, function) == function
