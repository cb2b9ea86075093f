"""Cases made from the table: for every parameter what passes, what is refused, and what the refusal says."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy
import pytest

from bailian_nb import specs
from bailian_nb.specs import check

from ..world.each import each
from .places import BASE, PLACES, PROMPTED, Place, clean

EVERYWHERE = each("place", PLACES)
WITH_A_PROMPT = each("place", PROMPTED)
NO_NUMBERS = ("two", "", True, [1], (1, 2), b"1", {}, math.nan, math.inf, "nan", "1,5", 1j, 10**5000, "9" * 500)


@EVERYWHERE
def test_what_must_be_there_is_enough(place: Place) -> None:
    checked = place.check()
    assert (checked.problems, checked.warnings) == ((), ())


@EVERYWHERE
def test_none_means_not_given(place: Place) -> None:
    needed = BASE.get(place.model.name, {})
    rows = place.model.takes(place.function)
    optional = {row.name: None for row in rows if not row.required and row.name not in needed}
    assert optional
    assert place.check(**optional).values == place.good()


@EVERYWHERE
def test_a_number_passes_at_its_bounds(place: Place) -> None:
    for row in place.rows("int", "float"):
        for bound in (row.minimum, row.maximum):
            assert bound is not None
            kind = int if row.type == "int" else float
            for given in (kind(bound), str(kind(bound)), f" {kind(bound)} ", Fraction(bound), float(bound)):
                found = place.passes(row.name, given)
                assert type(found) is kind
                assert found == bound


@EVERYWHERE
def test_a_number_is_refused_just_outside_its_bounds(place: Place) -> None:
    for row in place.rows("int", "float"):
        low, high = row.minimum, row.maximum
        assert low is not None
        assert high is not None
        if row.type == "int":
            bounds, outside = f"{int(low)}-{int(high)}", (int(low) - 1, int(high) + 1)
        else:
            bounds, outside = f"{float(low)}-{float(high)}", (math.nextafter(low, -1e9), math.nextafter(high, 1e9))
        for given in (*outside, str(outside[1]), 1e30):
            allowed = f"lie in {bounds}" if low < high else f"be {int(low)}"
            line = f"{row.name} must {allowed}, got {given} ({place.where})"
            assert place.refusal(row.name, given) == line


@EVERYWHERE
def test_what_is_no_number_is_refused(place: Place) -> None:
    for row in place.rows("int", "float"):
        for given in NO_NUMBERS:
            line = place.refusal(row.name, given)
            assert line.startswith(f"{row.name} must be a {'whole ' if row.type == 'int' else ''}number in ")
            assert ", got " in line


@EVERYWHERE
def test_a_whole_number_is_never_rounded(place: Place) -> None:
    for row in place.rows("int"):
        for given in (1.5, "1.5", Fraction(3, 2)):
            assert "must be a whole number" in place.refusal(row.name, given)


@EVERYWHERE
def test_a_switch_takes_true_and_false_in_their_usual_spellings(place: Place) -> None:
    for row in place.rows("bool"):
        for given in (True, 1, "true", "True", "yes", "on", "1"):
            assert place.passes(row.name, given) is True
        for given in (False, 0, "false", "NO", "off", " 0 "):
            assert place.passes(row.name, given) is False


@EVERYWHERE
def test_a_switch_refuses_anything_else(place: Place) -> None:
    for row in place.rows("bool"):
        for given in ("maybe", "", 2, 1.0, [], "truefalse"):
            line = f"{row.name} must be true or false, got {given!r} ({place.where})"
            assert place.refusal(row.name, given) == line


def test_truth_values_of_numpy_are_switches_and_never_numbers() -> None:
    place = Place(specs.get(specs.DEFAULT_T2I), None)
    assert place.passes("watermark", numpy.True_) is True
    assert place.passes("watermark", numpy.array(False)) is False
    assert place.passes("n", numpy.int64(2)) == place.passes("n", numpy.array(2)) == 2
    for given in (numpy.True_, numpy.array([2]), numpy.array([1, 2])):
        assert place.refusal("n", given).startswith("n must be a whole number in 1-4, got ")


@EVERYWHERE
def test_a_text_passes_at_its_longest_and_is_refused_beyond(place: Place) -> None:
    for row in place.rows("text"):
        longest = row.max_length
        assert longest is not None
        for letter in ("x", "花", "🌸"):
            assert place.passes(row.name, letter * longest) == letter * longest
            line = place.refusal(row.name, letter * (longest + 1))
            assert f"has {longest + 1} characters, {place.where} takes at most {longest}; shorten it" in line


@EVERYWHERE
def test_a_text_that_the_newest_page_cuts_is_sent_with_a_warning(place: Place) -> None:
    for row in place.rows("text"):
        text = "x" * (row.warn_length + 1 if row.warn_length else 10)
        checked = place.check(**{row.name: text})
        assert checked.values[row.name] == text
        assert [problem.parameter for problem in checked.warnings] == ([row.name] if row.warn_length else [])
        assert all(str(row.warn_length) in clean(problem) for problem in checked.warnings)


@EVERYWHERE
def test_what_is_no_text_is_refused(place: Place) -> None:
    for row in place.rows("text"):
        for given in (5, b"a cat", ["a cat"], True):
            assert f"{row.name} must be text, got {given!r}" in place.refusal(row.name, given)


@EVERYWHERE
def test_half_of_a_character_pair_is_refused_since_it_cannot_be_sent(place: Place) -> None:
    for row in place.rows("text"):
        assert "cannot be sent" in place.refusal(row.name, "a \ud83c cat")


@WITH_A_PROMPT
def test_a_prompt_is_kept_to_the_letter(place: Place) -> None:
    text = "  two  spaces\n{brace} $5 %d \\ “引号” "
    assert place.passes("prompt", text) == text


@WITH_A_PROMPT
def test_an_empty_prompt_is_refused_or_warned_about(place: Place) -> None:
    row = next(row for row in place.rows("text") if row.name == "prompt")
    for empty in ("", " \n", "\u200b", "\ufeff\u2060 \u3000\u200e"):
        checked = place.check(prompt=empty)
        told = checked.warnings if row.warn_empty else checked.problems
        assert [clean(problem).split(";")[0].split(":")[0] for problem in told] == ["prompt is empty"]
        assert ("prompt" in checked.values) == row.warn_empty


@WITH_A_PROMPT
def test_a_missing_prompt_is_said(place: Place) -> None:
    (problem,) = check(place.model, place.function, {}).problems
    assert clean(problem).startswith(f"prompt is missing; {place.where} needs it (")


@EVERYWHERE
def test_an_unknown_name_is_refused_with_the_nearest_and_with_all(place: Place) -> None:
    first = place.model.takes(place.function)[0].name
    for row in place.model.takes(place.function):
        wrong = row.name + "s"
        line = place.refusal(wrong, 1)
        assert f"{wrong} is no parameter of {place.where}, did you mean {row.name}? It takes {first}" in line
    assert f"qqq is no parameter of {place.where}. It takes {first}, " in place.refusal("qqq", 1)


def test_a_parameter_of_another_function_is_refused() -> None:
    model = specs.get(specs.DEFAULT_EDIT)
    mine = {function.name: {row.name for row in function.parameters} for function in model.functions}
    for function, own in mine.items():
        for other in set().union(*mine.values()) - own:
            takers = " and ".join(name for name, names in mine.items() if other in names)
            place = Place(model, function)
            line = place.refusal(other, 0.5)
            assert line.startswith(f"{other} is no parameter of {place.where}, but of {takers}. It takes ")


@each(
    ("name", "todo"),
    [
        ("api_key", "DASHSCOPE_API_KEY"),
        ("workspace", "DASHSCOPE_WORKSPACE_ID"),
        ("image", "edit(image"),
        ("images", "several as a list"),
        ("base_image_url", "first argument of edit"),
        ("mask_image_url", "mask="),
        ("function", "edit(image, function, prompt)"),
    ],
)
def test_a_name_of_the_official_sdk_says_where_it_goes_here(name: str, todo: str) -> None:
    line = Place(specs.get(specs.DEFAULT_T2I), None).refusal(name, "sk-1234567890")
    assert line.startswith(f"{name} is no parameter of model wan2.6-t2i: ")
    assert todo in line
    assert "sk-1234567890" not in line


def test_every_problem_is_found_at_once() -> None:
    model = specs.get(specs.DEFAULT_T2I)
    values = {"prompt": "", "n": 9, "seed": "x", "size": "3*3", "watermark": "maybe", "sise": 1}
    found = [problem.parameter for problem in check(model, None, values).problems]
    assert sorted(found) == sorted(values)


def test_a_long_value_does_not_bury_the_line() -> None:
    place = Place(specs.get(specs.DEFAULT_T2I), None)
    assert len(place.refusal("n", "x" * 10_000)) < 200
    assert len(place.refusal("n", ["x"] * 10_000)) < 200


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("number", [0.1, 0.7, 0.123, 1 / 3, 0.0, 1.0, 5e-5])
def test_a_number_of_numpy_is_sent_as_it_is_written(kind: str, number: float) -> None:
    place = next(place for place in PLACES if any(row.name == "strength" for row in place.rows("float")))
    typed = numpy.dtype(kind).type(number)
    for given in (typed, numpy.array(typed), numpy.array([typed])[0]):
        assert place.passes("strength", given) == float(str(typed))
