"""What a prompt with wildcards stands for, which braces are none, and that no prompt takes for ever."""

from __future__ import annotations

import pytest

from bailian_nb.errors import InvalidRequest
from bailian_nb.planning.wildcards import expand, has_wildcards

from ..world.each import each


@each(
    ("text", "found"),
    [
        ("a {red|blue} {cat|dog}", ["a red cat", "a red dog", "a blue cat", "a blue dog"]),
        ("{a|{b|c}}", ["a", "b", "c"]),
        ("{{a|b}|c}", ["a", "c", "b"]),
        ("a {very |}big cat", ["a very big cat", "a big cat"]),
        ("{a|a|b}", ["a", "b"]),
        ("{红|蓝}伞", ["红伞", "蓝伞"]),
        ("{{a|b}} {x|y}", ["{a|b} x", "{a|b} y"]),
        ("{a|{{b|c}}}", ["a", "{b|c}"]),
    ],
)
def test_every_combination_stands_once(text: str, found: list[str]) -> None:
    assert has_wildcards(text)
    assert expand(text, 10) == found


@each("text", ["a {red} cat", "a | b", "{{a|b}}", '{"sky": {"is": "blue"}}', "} | {", "{a|b"])
def test_other_braces_stay_as_they_are_typed(text: str) -> None:
    assert not has_wildcards(text)
    assert expand(text, 1) == [text]


@pytest.mark.parametrize("text", ["{a|b|c}{d|e}", "{|a}" * 2000, "{a|b}" * 4000, "{" * 9000 + "a|b" + "}" * 9000])
def test_too_many_are_refused_at_once(text: str) -> None:
    if text.startswith("{{"):
        assert len(expand(text, 5)) <= 5
        return
    with pytest.raises(InvalidRequest, match="stand for more than 5 prompts; shorten a group"):
        expand(text, 5)


def test_a_prompt_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at most 20000 characters, got 20005"):
        expand("x" * 20_000 + "{a|b}", 5)
