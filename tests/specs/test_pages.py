"""The rows say what the vendor's pages say: limits of every model, the ten functions, what depends on what."""

from __future__ import annotations

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import Case, Model, check

ROWS = specs.models()
PALETTE = [
    {"hex": "#C2D1E6", "ratio": "50.00%"},
    {"hex": "#112233", "ratio": "25.5%"},
    {"hex": "#ffffff", "ratio": 24.5},
]

T2I_PAGE = {
    "wan2.6-t2i": (2100, 500, "1280*1280", 1440 * 1440, 5),
    "wan2.5-t2i-preview": (2000, 500, "1280*1280", 1440 * 1440, 5),
    "wan2.2-t2i-plus": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wan2.2-t2i-flash": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wanx2.1-t2i-plus": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wanx2.1-t2i-turbo": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wan2.1-t2i-plus": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wan2.1-t2i-turbo": (800, 500, "1024*1024", 1440 * 1440, 2),
    "wanx2.0-t2i-turbo": (800, 500, "1024*1024", 1440 * 1440, 2),
}


@pytest.mark.parametrize("name", T2I_PAGE)
def test_a_model_of_the_text_to_image_page_has_its_limits(name: str) -> None:
    row = specs.get(name, "t2i")
    rows = {each.name: each for each in row.parameters}
    assert row.prompt is not None
    assert rows["size"].size is not None
    found = (row.prompt.max_length, rows["negative_prompt"].max_length, rows["size"].default)
    assert (*found, rows["size"].size.max_pixels, row.limits[0].tasks_at_once) == T2I_PAGE[name]
    assert row.protocol.letter == ("C" if name == "wan2.6-t2i" else "A")
    assert row.images is None


def test_the_edit_model_has_the_ten_functions_of_its_page_and_what_each_takes() -> None:
    scales = {f"{side}_scale": (1.0, 1.0, 2.0) for side in ("top", "bottom", "left", "right")}
    strength = {"strength": (0.5, 0.0, 1.0)}
    page: dict[str, tuple[str, dict[str, tuple[object, ...]]]] = {
        "stylization_all": ("style", strength),
        "stylization_local": ("style-local", {}),
        "description_edit": ("instruct", strength),
        "description_edit_with_mask": ("inpaint", {}),
        "remove_watermark": ("unwatermark", {}),
        "expand": ("outpaint", scales),
        "super_resolution": ("upscale", {"upscale_factor": (1, 1, 4)}),
        "colorization": ("colorize", {}),
        "doodle": ("doodle", {"is_sketch": (False, None, None)}),
        "control_cartoon_feature": ("cartoon", {}),
    }
    found = {
        row.name: (row.short, {each.name: (each.default, each.minimum, each.maximum) for each in row.parameters})
        for row in specs.get("wanx2.1-imageedit").functions
    }
    assert found == page


def test_functions_that_touch_the_rights_of_others_remind_of_it() -> None:
    reminding = {row.name for row in specs.get("wanx2.1-imageedit").functions if row.rights}
    assert reminding == {"remove_watermark", "control_cartoon_feature"}
    assert all(row.tips for row in specs.get("wanx2.1-imageedit").functions)


def test_an_empty_prompt_is_sent_where_the_guide_allows_it() -> None:
    row = specs.get("wanx2.1-imageedit")
    assert {each.name for each in row.functions if each.prompt.warn_empty} == {
        "description_edit_with_mask",
        "colorization",
    }


def test_namesakes_name_each_other() -> None:
    for row in ROWS:
        for region, name in row.namesakes:
            other = specs.get(name)
            assert region in other.regions
            assert region not in row.regions
            assert row.name in dict(other.namesakes).values()


CASES = [pytest.param(model, case, id=f"{model.name} {case.words.en}") for model in ROWS for case in model.cases]


@pytest.mark.parametrize(("model", "case"), CASES)
def test_a_case_asks_and_changes_what_its_model_takes(model: Model, case: Case) -> None:
    rows = {row.name: row for row in model.parameters}
    assert all(rows[name].type == "bool" for name, _ in case.when)
    assert {row.name for row in case.parameters} | {*case.no_effect} | ({case.billed} - {""}) <= set(rows)
    assert case.when or case.pictures is not None
    pictures = None if case.pictures is None else int(case.pictures)
    assert case in model.cases_of(dict(case.when), pictures)
    assert case not in model.cases_of({name: not on for name, on in case.when}, 0 if pictures else 1) or not case.when


def told(model: str, pictures: int | None = None, **values: object) -> tuple[list[str], list[str]]:
    """Return what is refused and what is warned of."""
    checked = check(specs.get(model), None, {"prompt": "a cat", **values}, pictures)
    return [problem.message for problem in checked.problems], [problem.message for problem in checked.warnings]


def test_only_a_set_of_pictures_has_more_than_four() -> None:
    assert told("wan2.7-image", enable_sequential=True, n=12) == ([], [])
    assert told("wan2.7-image", enable_sequential="true", n="12") == ([], [])
    assert told("wan2.7-image", n=5)[0] == ["n must lie in 1-4, got 5 (model wan2.7-image)"]
    (line,) = told("wan2.7-image", enable_sequential=True, n=13)[0]
    assert line == "n must lie in 1-12, got 13 (model wan2.7-image with enable_sequential=true)"


def test_4k_is_for_the_pro_model_from_a_text_alone() -> None:
    assert told("wan2.7-image-pro", 0, size="4k") == ([], [])
    assert told("wan2.7-image-pro", 0, size="4096*4096") == ([], [])
    for model, pictures, more in (
        ("wan2.7-image", 0, {}),
        ("wan2.7-image-pro", 1, {}),
        ("wan2.7-image-pro", 0, {"enable_sequential": True}),
    ):
        assert "one of 1K, 2K, " in told(model, pictures, size="4K", **more)[0][0]
        assert "pixels" in told(model, pictures, size="2048*2049", **more)[0][0]


def test_thinking_is_only_done_for_one_picture_from_a_text() -> None:
    assert told("wan2.7-image", 0, thinking_mode=True) == ([], [])
    assert "no effect with input pictures" in told("wan2.7-image", 2, thinking_mode=True)[1][0]
    assert (
        "no effect with enable_sequential=true"
        in told("wan2.7-image", 0, thinking_mode=True, enable_sequential=True)[1][0]
    )
    assert told("wan2.7-image", 2, thinking_mode=False) == ([], [])


def test_an_interleaved_answer_is_one_with_a_number_of_pictures() -> None:
    assert told("wan2.6-image", 0, enable_interleave=True, n=1, max_images=3) == ([], [])
    assert "n must be 1, got 2" in told("wan2.6-image", 0, enable_interleave=True, n=2)[0][0]
    assert "no effect" in told("wan2.6-image", 1, max_images=3)[1][0]
    row = specs.get("wan2.6-image")
    assert (row.counts({}), row.counts({"enable_interleave": True})) == ((1, 4), (0, 1))
    assert (row.billed({}), row.billed({"enable_interleave": True})) == ("n", "max_images")


def test_a_palette_is_read_in_the_spellings_that_people_use() -> None:
    row = specs.get("wan2.7-image")
    wanted = (
        {"hex": "#C2D1E6", "ratio": "50.00%"},
        {"hex": "#112233", "ratio": "25.50%"},
        {"hex": "#FFFFFF", "ratio": "24.50%"},
    )
    pairs = [(entry["hex"], entry["ratio"]) for entry in PALETTE]
    text = '[["#C2D1E6", "50%"], ["#112233", 25.5], ["#FFFFFF", "24.5%"]]'
    for given in (PALETTE, tuple(pairs), text):
        assert check(row, None, {"prompt": "x", "color_palette": given}).values["color_palette"] == wanted


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (PALETTE[:2], "must hold 3-10 colours, got 2"),
        (PALETTE * 4, "must hold 3-10 colours, got 12"),
        ([*PALETTE, {"hex": "#000000", "ratio": "1%"}], "add up to 100.00%, got 101"),
        ([*PALETTE[:2], {"hex": "red", "ratio": "24.5%"}], "colours like #C2D1E6, got 'red'"),
        ([*PALETTE[:2], {"hex": "#000000", "ratio": "a"}], "ratios like \"25.00%\", got 'a'"),
        ([*PALETTE[:2], {"hex": "#000000"}], "ratios like"),
        ([*PALETTE[:2], "#000000"], "must be a list such as"),
        ("not JSON", "must be a list such as"),
        (7, "must be a list such as"),
    ],
)
def test_a_palette_that_is_none_is_refused(given: object, part: str) -> None:
    (line,) = told("wan2.7-image", color_palette=given)[0]
    assert line.startswith("color_palette must ")
    assert part in line


def test_boxes_are_given_for_each_picture() -> None:
    assert told("wan2.7-image", 2, bbox_list=[[[1, 2, 30, 40], [0, 0, 5, 5]], []]) == ([], [])
    assert told("wan2.7-image", 1, bbox_list="[[[1, 2, 30, 40]]]") == ([], [])


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ([], "one list for each of the 1 input pictures, got 0"),
        ([[], []], "one list for each of the 1 input pictures, got 2"),
        ([[[0, 0, 1, 1]] * 3], "at most 2 boxes a picture, got 3 for picture 1"),
        ([[[0, 0, 1]]], "four whole numbers"),
        ([[[0, 0, 1.5, 2]]], "four whole numbers"),
        ([[[-1, 0, 1, 2]]], "four whole numbers"),
        ([[[5, 0, 5, 2]]], "x1 < x2 and y1 < y2"),
        ([7], "must be a list for each picture"),
        ("[[", "must be a list for each picture"),
        (True, "must be a list for each picture"),
    ],
)
def test_boxes_that_are_none_are_refused(given: object, part: str) -> None:
    (line,) = told("wan2.7-image", 1, bbox_list=given)[0]
    assert line.startswith("bbox_list must ")
    assert part in line


def test_what_a_model_does_not_take_is_named() -> None:
    (line,) = told("wan2.7-image", negative_prompt="people")[0]
    assert line.startswith("negative_prompt is no parameter of model wan2.7-image")
    with pytest.raises(InvalidRequest, match=r"wan2\.5-i2i-preview has no functions, got style"):
        specs.function_name(specs.get("wan2.5-i2i-preview"), "style")


def test_a_model_that_does_both_is_found_under_both_kinds() -> None:
    for kind in ("t2i", "edit"):
        assert specs.get("wan2.7-image", kind).name == "wan2.7-image"  # type: ignore[arg-type]
        assert "wan2.7-image-pro" in {row.name for row in specs.models(kind)}  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="is for edit, not for t2i"):
        specs.get("wan2.5-i2i-preview", "t2i")
