"""A test of many cases runs them all and tells each that fails; one that takes more than the case is many tests."""

from __future__ import annotations

import pytest

from .each import each


def test_all_cases_are_run_and_those_that_fail_are_told_by_their_ids() -> None:
    ran: list[int] = []

    @each("number", [1, 2, 3, 4], ids=lambda number: f"case {number}")
    def odd(number: int) -> None:
        """Say so."""
        ran.append(number)
        if number == 4:
            pytest.fail("four")
        assert number % 2

    with pytest.raises(BaseExceptionGroup, match="2 of 4 cases") as caught:
        odd()
    assert ran == [1, 2, 3, 4]
    assert [error.__notes__ for error in caught.value.exceptions] == [["case: case 2"], ["case: case 4"]]
    assert (odd.__name__, odd.__doc__) == ("odd", "Say so.")


def test_cases_of_several_arguments_are_given_by_name() -> None:
    found: list[str] = []
    each(("first", "second"), [("a", "b"), ("c", "d")])(lambda second, first: found.append(first + second))()
    assert found == ["ab", "cd"]


def test_a_test_that_takes_a_fixture_is_one_test_for_each_case() -> None:
    def written(number: int, tmp_path: object) -> None: ...

    (mark,) = each("number", [1, 2])(written).pytestmark
    assert (mark.name, mark.args[:2], mark.kwargs) == ("parametrize", ("number", [1, 2]), {"ids": ["1", "2"]})
