"""Every option of every command, as a wide keyboard types it: names, values, long dashes, `true` and `false`."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from bailian_nb.cli import reading
from bailian_nb.cli.refusals import refuse_too_much
from bailian_nb.errors import InvalidRequest
from bailian_nb.planning.options import is_text

PARSERS = reading.make_parser("en")
COMMANDS: dict[str, argparse.ArgumentParser] = PARSERS[1]
WORDS = {"t2i": ["a cat"], "edit": ["style", "cat.jpg", "gold leaf"], "batch": ["rows.csv"], "sweep": ["a cat"]}
WORDS |= {"rerun": ["a.png"], "inspect": ["a.png"], "cancel": ["y4p4v1"]}
TEXTS = ("prompt", "name", "image", "csv", "axis", "sheet", "html", "tag")
"""Templates of a batch, paths, and what the axes of a sweep are read from."""
CASES = [
    (command, spelling, action)
    for command, parser in COMMANDS.items()
    for action in parser._actions
    for spelling in action.option_strings
    if action.dest != "help"
]


@pytest.fixture(autouse=True)
def _one_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one parser read every line: making it takes far longer than reading."""
    monkeypatch.setattr(reading, "make_parser", lambda lang, named: PARSERS)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def read(command: str, *words: str) -> argparse.Namespace:
    return reading.read([command, *words, *WORDS.get(command, [])])


def test_quotes_that_no_shell_knows_are_named() -> None:
    with pytest.raises(
        InvalidRequest, match="'cat”' is too much: a shell does not know the quote “; use \" or '; see "
    ):
        reading.read(["t2i", "“a", "cat”"])
    with pytest.raises(InvalidRequest, match=r"^'size=16:9' is no option in this form; write --size 16:9; see "):
        refuse_too_much(reading.read(["edit", "style", "cat.jpg", "size=16:9"]), [])


@pytest.mark.matrix
@pytest.mark.parametrize(("command", "spelling", "action"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_an_option_is_understood_in_wide_signs_and_with_long_dashes(
    command: str, spelling: str, action: argparse.Action
) -> None:
    name = spelling.lstrip("-")
    dashed = [f"—{name}", f"——{name}", f"–{name}"] if len(name) > 1 else [f"–{name}", f"－{name}"]
    for option in (wide(spelling), *dashed):
        if action.nargs == 0:
            assert read(command, option) == read(command, spelling)
            assert read(command, f"{option}＝ｔｒｕｅ") == read(command, spelling, "true") == read(command, spelling)
            continue
        typed, meant = ("４２９", "429") if action.choices and "429" in action.choices else ("７", "7")
        found: list[Any] = [read(command, f"{option}＝{typed}")]
        found += [read(command, option, value) for value in (typed, f"“{typed}”")] if action.nargs is None else []
        as_typed = action.nargs is not None or is_text(action.dest) or action.dest in TEXTS or command == "demo"
        for given in found[: 1 if as_typed else None]:
            value = getattr(given, action.dest)
            value = value[0] if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else value
            assert str(value) == ("７" if as_typed else meant)


def test_a_prompt_and_words_stay_as_they_are_typed() -> None:
    prompt = "——１６：９ — “你好”，50％"
    assert reading.read(["t2i", prompt, "--negative", "—— 人，车"]).prompt == prompt
    assert reading.read(["t2i", "x", "--negative", "—— 人，车"]).negative_prompt == "—— 人，车"
    assert reading.read(["edit", "style", "照片：１.png", prompt]).words == ["style", "照片：１.png", prompt]
