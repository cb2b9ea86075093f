"""Axes: which values vary, and in which order the cells come."""

from __future__ import annotations

import numpy as np
import pytest

from bailian_nb.errors import InvalidRequest
from bailian_nb.sweeps import axes

from ..world.each import each


def test_lists_ranges_and_arrays_are_axes_and_single_values_are_not() -> None:
    found, single = axes.split(
        {"strength": [0, 0.5], "seed": range(1, 3), "n": 1, "other": np.array([1.5, 2.5]), "prompt": "a, b"}
    )
    assert found == {"strength": (0, 0.5), "seed": (1, 2), "other": (1.5, 2.5)}
    assert single == {"n": 1, "prompt": "a, b"}


def test_two_numbers_are_one_size_and_a_list_of_sizes_is_an_axis() -> None:
    assert axes.split({"size": (1280, 720)}) == ({}, {"size": (1280, 720)})
    assert axes.split({"size": ["16:9", "square"]})[0] == {"size": ("16:9", "square")}


def test_a_value_given_twice_makes_one_cell() -> None:
    assert axes.split({"seed": [1, 2, 1]})[0] == {"seed": (1, 2)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"seed": []}, "has no values"),
        ({"seed": range(101)}, "101 values"),
        ({"seed": range(50), "strength": [number / 10 for number in range(10)]}, "500 cells"),
    ],
)
def test_an_axis_that_cannot_be_is_refused_in_one_line(values: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        axes.split(values)


def test_the_last_axis_varies_fastest() -> None:
    cells = [cell.labels for cell in axes.grid({"seed": (1, 2), "strength": (0, 1)})]
    assert cells == [
        {"seed": 1, "strength": 0},
        {"seed": 1, "strength": 1},
        {"seed": 2, "strength": 0},
        {"seed": 2, "strength": 1},
    ]


@each(
    ("text", "name", "values"),
    [
        ("strength=0:1:0.25", "strength", [0.0, 0.25, 0.5, 0.75, 1.0]),
        ("strength=0:0.3:0.1", "strength", [0.0, 0.1, 0.2, 0.3]),
        ("strength=1:0:-0.5", "strength", [1.0, 0.5, 0.0]),
        ("seed=1:3", "seed", [1, 2, 3]),
        ("seed=1,2, 5", "seed", [1, 2, 5]),
        ("size=16:9,square", "size", ["16:9", "square"]),
        ("negative-prompt=a,b", "negative_prompt", ["a", "b"]),
    ],
)
def test_axis_options_are_read_as_people_write_them(text: str, name: str, values: list[object]) -> None:
    assert axes.parse(text) == (name, values)


@each("text", ["strength", "strength=", "=1", "strength=0:1:0", "seed=1:0:1", "seed=0:1:0.0001", "a=x:y:z"])
def test_axis_options_that_make_no_sense_are_one_line(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        axes.parse(text)
    assert "\n" not in str(caught.value)
    assert "axis" in str(caught.value)
