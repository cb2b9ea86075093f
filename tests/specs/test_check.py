"""Cases made from the table: for every parameter what passes, what is refused, and what the refusal says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest, Problem
from bailian_nb.specs import Function, Model, Parameter, SizeRule, check, parse_size

PLACES = [
    (model, function.name if function else None)
    for model in specs.models()
    for function in (model.functions or (None,))
]


def named(place: tuple[Model, str | None]) -> str:
    return " ".join(filter(None, (place[0].name, place[1])))


def rows(*types: str) -> list[object]:
    found = []
    for model, function in PLACES:
        for row in model.takes(function):
            if row.type in types:
                found.append(pytest.param(model, function, row, id=f"{named((model, function))} {row.name}"))
    return found


def where(model: Model, function: str | None) -> str:
    return f"function {function}" if function else f"model {model.name}"


def good(model: Model, function: str | None, **values: object) -> dict[str, object]:
    """Return values that pass, with `values` over them."""
    return {row.name: "a cat" for row in model.takes(function) if row.required} | values


def passes(model: Model, function: str | None, name: str, value: object) -> object:
    checked = check(model, function, good(model, function, **{name: value}))
    assert checked.problems == ()
    return checked.values[name]


def refusal(model: Model, function: str | None, name: str, value: object) -> str:
    """Return the one line that refuses a value, after the checks that hold for every such line."""
    checked = check(model, function, good(model, function, **{name: value}))
    (problem,) = checked.problems
    assert problem.parameter == name
    assert name not in checked.values
    assert where(model, function) in problem.message
    return clean(problem)


def clean(problem: Problem) -> str:
    line = problem.message
    assert line.startswith(problem.parameter)
    assert not re.search(r"[.,;:?!]\s*[.,;:?!]|  |\n|\(\)|None\b|[ .,;:]$", line), line
    assert len(line) < 300
    return line


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_what_must_be_there_is_enough(place: tuple[Model, str | None]) -> None:
    checked = check(*place, good(*place))
    assert (checked.problems, checked.warnings) == ((), ())


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_none_means_not_given(place: tuple[Model, str | None]) -> None:
    optional = {row.name: None for row in place[0].takes(place[1]) if not row.required}
    assert check(*place, good(*place, **optional)).values == good(*place)


@pytest.mark.parametrize(("model", "function", "row"), rows("int", "float"))
def test_a_number_passes_at_its_bounds(model: Model, function: str | None, row: Parameter) -> None:
    for bound in (row.minimum, row.maximum):
        assert bound is not None
        kind = int if row.type == "int" else float
        for given in (kind(bound), str(kind(bound)), f" {kind(bound)} ", Fraction(bound)):
            found = passes(model, function, row.name, given)
            assert type(found) is kind
            assert found == bound


@pytest.mark.parametrize(("model", "function", "row"), rows("int", "float"))
def test_a_number_is_refused_just_outside_its_bounds(model: Model, function: str | None, row: Parameter) -> None:
    low, high = row.minimum, row.maximum
    assert low is not None
    assert high is not None
    bounds = f"{int(low)}-{int(high)}" if row.type == "int" else f"{float(low)}-{float(high)}"
    below, above = (
        (int(low) - 1, int(high) + 1)
        if row.type == "int"
        else (math.nextafter(low, -math.inf), math.nextafter(high, math.inf))
    )
    for given in (below, above, str(above), 1e30):
        line = f"{row.name} must lie in {bounds}, got {given} ({where(model, function)})"
        assert refusal(model, function, row.name, given) == line


NO_NUMBERS = ("two", "", True, [1], (1, 2), b"1", {}, math.nan, math.inf, "nan", "1,5", 1j, 10**5000, "9" * 500)


@pytest.mark.parametrize(("model", "function", "row"), rows("int", "float"))
def test_what_is_no_number_is_refused(model: Model, function: str | None, row: Parameter) -> None:
    for given in NO_NUMBERS:
        line = refusal(model, function, row.name, given)
        assert line.startswith(f"{row.name} must be a {'whole ' if row.type == 'int' else ''}number in ")
        assert ", got " in line


@pytest.mark.parametrize(("model", "function", "row"), rows("int"))
@pytest.mark.parametrize("given", [1.5, "1.5", Fraction(3, 2)])
def test_a_whole_number_is_never_rounded(model: Model, function: str | None, row: Parameter, given: object) -> None:
    assert "must be a whole number" in refusal(model, function, row.name, given)


@pytest.mark.parametrize(("model", "function", "row"), rows("int"))
def test_a_whole_float_is_a_whole_number(model: Model, function: str | None, row: Parameter) -> None:
    assert row.maximum is not None
    assert passes(model, function, row.name, float(row.maximum)) == int(row.maximum)


@pytest.mark.parametrize(("model", "function", "row"), rows("bool"))
def test_a_switch_takes_true_and_false_in_their_usual_spellings(
    model: Model, function: str | None, row: Parameter
) -> None:
    for given in (True, 1, "true", "True", "yes", "on", "1"):
        assert passes(model, function, row.name, given) is True
    for given in (False, 0, "false", "NO", "off", " 0 "):
        assert passes(model, function, row.name, given) is False


@pytest.mark.parametrize(("model", "function", "row"), rows("bool"))
@pytest.mark.parametrize("given", ["maybe", "", 2, 1.0, [], "truefalse"])
def test_a_switch_refuses_anything_else(model: Model, function: str | None, row: Parameter, given: object) -> None:
    line = f"{row.name} must be true or false, got {given!r} ({where(model, function)})"
    assert refusal(model, function, row.name, given) == line


@pytest.mark.parametrize(("model", "function", "row"), rows("text"))
def test_a_text_passes_at_its_longest_and_is_refused_beyond(model: Model, function: str | None, row: Parameter) -> None:
    longest = row.max_length
    assert longest is not None
    for letter in ("x", "花", "🌸"):
        assert passes(model, function, row.name, letter * longest) == letter * longest
        line = refusal(model, function, row.name, letter * (longest + 1))
        assert f"has {longest + 1} characters, {where(model, function)} takes at most {longest}; shorten it" in line


@pytest.mark.parametrize(("model", "function", "row"), rows("text"))
def test_a_text_that_the_newest_page_cuts_is_sent_with_a_warning(
    model: Model, function: str | None, row: Parameter
) -> None:
    text = "x" * (row.warn_length + 1 if row.warn_length else 10)
    checked = check(model, function, good(model, function, **{row.name: text}))
    assert checked.values[row.name] == text
    assert [problem.parameter for problem in checked.warnings] == ([row.name] if row.warn_length else [])


@pytest.mark.parametrize(("model", "function", "row"), rows("text"))
@pytest.mark.parametrize("given", [5, b"a cat", ["a cat"], True])
def test_what_is_no_text_is_refused(model: Model, function: str | None, row: Parameter, given: object) -> None:
    assert f"{row.name} must be text, got {given!r}" in refusal(model, function, row.name, given)


@pytest.mark.parametrize(("model", "function", "row"), rows("text"))
def test_half_of_a_character_pair_is_refused_since_it_cannot_be_sent(
    model: Model, function: str | None, row: Parameter
) -> None:
    assert "cannot be sent" in refusal(model, function, row.name, "a \ud83c cat")


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_prompt_is_kept_to_the_letter(place: tuple[Model, str | None]) -> None:
    text = "  two  spaces\n{brace} $5 %d \\ “引号” "
    assert passes(*place, "prompt", text) == text


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_an_empty_prompt_is_refused_or_warned_about(place: tuple[Model, str | None]) -> None:
    row = next(row for row in place[0].takes(place[1]) if row.name == "prompt")
    for empty in ("", " \n"):
        checked = check(*place, {"prompt": empty})
        told = checked.warnings if row.warn_empty else checked.problems
        assert [clean(problem).split(";")[0].split(":")[0] for problem in told] == ["prompt is empty"]
        assert ("prompt" in checked.values) == row.warn_empty


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_a_missing_prompt_is_said(place: tuple[Model, str | None]) -> None:
    (problem,) = check(*place, {}).problems
    assert clean(problem).startswith(f"prompt is missing; {where(*place)} needs it (")


@pytest.mark.parametrize("place", PLACES, ids=named)
def test_an_unknown_name_is_refused_with_the_nearest_and_with_all(place: tuple[Model, str | None]) -> None:
    for row in place[0].takes(place[1]):
        wrong = row.name + "s"
        line = refusal(*place, wrong, 1)
        assert f"{wrong} is no parameter of {where(*place)}, did you mean {row.name}? It takes prompt" in line
    assert " It takes " in refusal(*place, "qqq", 1)
    assert "did you mean" not in refusal(*place, "qqq", 1)


def test_a_parameter_of_another_function_is_refused() -> None:
    model = specs.get(specs.DEFAULT_EDIT)
    mine = {function.name: {row.name for row in function.parameters} for function in model.functions}
    for function, others in ((name, set().union(*mine.values()) - mine[name]) for name in mine):
        for other in others:
            assert "is no parameter of" in refusal(model, function, other, 0.5)


def test_every_problem_is_found_at_once() -> None:
    model = specs.get(specs.DEFAULT_T2I)
    values = {"prompt": "", "n": 9, "seed": "x", "size": "3*3", "watermark": "maybe", "sise": 1}
    found = [problem.parameter for problem in check(model, None, values).problems]
    assert sorted(found) == sorted(values)


def sized() -> Iterator[object]:
    for model, function in PLACES:
        for row in model.takes(function):
            if row.size is not None:
                yield pytest.param(model, function, row.size, id=f"{named((model, function))}")


SIZED = list(sized())
BY_RATIO = [case for case in SIZED if not case.values[2].max_side]  # type: ignore[attr-defined]
BY_SIDE = [case for case in SIZED if case.values[2].max_side]  # type: ignore[attr-defined]
DOUBTFUL = [case for case in SIZED if case.values[2].warn_below_pixels]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
def test_every_size_with_a_name_passes_without_a_warning(model: Model, function: str | None, rule: SizeRule) -> None:
    for name, size in (*rule.named, (rule.default, rule.default)):
        checked = check(model, function, good(model, function, size=name))
        assert (checked.values["size"], checked.problems, checked.warnings) == (size, (), ())


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
def test_a_size_is_judged_by_its_pixels(model: Model, function: str | None, rule: SizeRule) -> None:
    small, large = math.isqrt(rule.min_pixels), math.isqrt(rule.max_pixels)
    assert small**2 == rule.min_pixels, "the rule's bounds are squares; make this test follow"
    assert large**2 == rule.max_pixels
    for side in (small, large):
        assert passes(model, function, "size", f"{side}*{side}") == f"{side}*{side}"
    for width, height in ((small - 1, small), (large, large + 1)):
        line = refusal(model, function, "size", f"{width}*{height}")
        bounds = f"has {width * height} pixels, {where(model, function)} takes {rule.min_pixels}-{rule.max_pixels}"
        assert line == f"size {width}*{height} {bounds}; try {rule.default} or 16:9"


@pytest.mark.parametrize(("model", "function", "rule"), BY_SIDE)
def test_a_size_is_judged_by_its_sides(model: Model, function: str | None, rule: SizeRule) -> None:
    low, high = rule.min_side, rule.max_side
    assert passes(model, function, "size", f"{low}*{high}") == f"{low}*{high}"
    for size in (f"{low - 1}*{high}", f"{low}*{high + 1}"):
        assert refusal(model, function, "size", size).startswith(f"size {size} has ")


@pytest.mark.parametrize(("model", "function", "rule"), BY_RATIO)
def test_a_size_is_judged_by_its_ratio(model: Model, function: str | None, rule: SizeRule) -> None:
    short = math.isqrt(int(rule.min_pixels / rule.max_ratio)) + 1
    long = int(short * rule.max_ratio)
    for width, height in ((long, short), (short, long)):
        assert passes(model, function, "size", (width, height)) == f"{width}*{height}"
    for width, height in ((long + 1, short), (short, long + 1)):
        line = refusal(model, function, "size", f"{width}x{height}")
        assert re.search(rf"size {width}\*{height} has ratio [0-9.]+, .* takes [0-9.]+-[0-9.]+ \(width/height\)", line)


@pytest.mark.parametrize(("model", "function", "rule"), DOUBTFUL)
def test_a_size_that_the_newest_page_calls_too_small_is_sent_with_a_warning(
    model: Model, function: str | None, rule: SizeRule
) -> None:
    side = math.isqrt(rule.warn_below_pixels) - 1
    checked = check(model, function, good(model, function, size=f"{side}*{side}"))
    assert checked.problems == ()
    assert [str(rule.warn_below_pixels) in clean(problem) for problem in checked.warnings] == [True]


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
def test_every_ratio_in_bounds_gives_a_size_in_bounds(model: Model, function: str | None, rule: SizeRule) -> None:
    for wide in range(1, 41):
        for high in range(1, 41):
            if not rule.min_ratio <= wide / high <= rule.max_ratio:
                continue
            size = passes(model, function, "size", f"{wide}:{high}")
            width, height = map(int, str(size).split("*"))
            assert abs(math.log(width / height / (wide / high))) < 0.05


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
@pytest.mark.parametrize("text", ["1248*1248", "1248x1248", "1248X1248", " 1248 × 1248 ", (1248, 1248), [1248, 1248]])
def test_a_size_may_be_spelled_as_people_do(model: Model, function: str | None, rule: SizeRule, text: object) -> None:
    assert passes(model, function, "size", text) == "1248*1248"


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
@pytest.mark.parametrize(
    "given", ["", "big", "1280", 1280, 1280.5, "1280*", "-1280*1280", "1e3*1e3", (1,), (1, 2, 3), True, "0:1", "1:0"]
)
def test_what_is_no_size_is_refused(model: Model, function: str | None, rule: SizeRule, given: object) -> None:
    line = refusal(model, function, "size", given)
    assert line.startswith("size must look like 1280*1280, 16:9 or one of ")
    assert f"; got {given!r} (" in line


@pytest.mark.parametrize(("model", "function", "rule"), SIZED)
@pytest.mark.parametrize("given", ["0*0", "0*1280", "999999*999999"])
def test_a_size_without_sense_is_refused_by_its_pixels(
    model: Model, function: str | None, rule: SizeRule, given: str
) -> None:
    assert f"size {given} has " in refusal(model, function, "size", given)


def test_a_size_is_none_when_it_cannot_be_read() -> None:
    rule = next(row.size for row in specs.get(specs.DEFAULT_T2I).parameters if row.size)
    assert parse_size("square", rule) == parse_size("1:1", rule) == rule.default
    assert parse_size("a square", rule) is None


def test_a_long_value_does_not_bury_the_line() -> None:
    model = specs.get(specs.DEFAULT_T2I)
    assert len(refusal(model, None, "n", "x" * 10_000)) < 200
    assert len(refusal(model, None, "n", ["x"] * 10_000)) < 200


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


def functions() -> list[object]:
    return [
        pytest.param(model, row, id=f"{model.name} {row.name}") for model in specs.models() for row in model.functions
    ]


@pytest.mark.parametrize(("model", "function"), functions())
def test_a_function_goes_by_both_names(model: Model, function: Function) -> None:
    for name in (function.name, function.short, f" {function.name} "):
        assert specs.function_name(model, name) == function.name


@pytest.mark.parametrize(("model", "function"), functions())
def test_a_misspelt_function_is_refused_with_the_nearest_and_with_all(model: Model, function: Function) -> None:
    with pytest.raises(InvalidRequest) as refused:
        specs.function_name(model, function.name + "x")
    line = str(refused.value)
    assert line.startswith(f"unknown function {function.name}x, did you mean {function.name}? {model.name} has ")
    assert all(f"{row.name} ({row.short})" in line for row in model.functions)


def test_what_is_no_function_name_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="unknown function 5"):
        specs.function_name(specs.get(specs.DEFAULT_EDIT), 5)  # type: ignore[arg-type]
