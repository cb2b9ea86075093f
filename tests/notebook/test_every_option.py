"""Every option of every magic: it takes `{name}`, refuses an unknown one, and reads what a wide keyboard types.

The cases come from the builder of the options, so that a new option is among them by itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.line import MagicLine, read_line
from bailian_nb.planning.options import add_options, add_parameters, is_text, option_names
from bailian_nb.texts.help import SWITCHES, TAKING

KINDS: tuple[specs.Kind, ...] = ("t2i", "edit")


def actions(kind: specs.Kind) -> dict[str, argparse.Action]:
    """Return every option of a magic of this kind as typed, and what argparse knows of it."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--axis", action="append")
    add_options(parser, (*TAKING, *SWITCHES))
    add_parameters(parser, specs.parameters(kind))
    return {spelling: action for action in parser._actions for spelling in action.option_strings}


CASES = [(kind, spelling, action) for kind in KINDS for spelling, action in actions(kind).items()]
VALUES = [case for case in CASES if case[2].nargs != 0 and case[1] != "--axis"]
TEXTS = [case for case in VALUES if is_text(case[2].dest)]
SWITCHED = [case for case in CASES if case[2].nargs == 0]


def names(cases: list[Any]) -> list[str]:
    return [f"{kind} {spelling}" for kind, spelling, _ in cases]


def read(line: str, kind: specs.Kind, **known: Any) -> MagicLine:
    found = read_line(line, kind, known)
    assert found.problems == ()
    return found


def value(line: MagicLine, name: str) -> Any:
    return line.values.get(name, getattr(line, name, None))


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_that_is_offered_is_among_the_cases(kind: specs.Kind) -> None:
    assert set(option_names(kind)) <= {spelling for each, spelling, _ in CASES if each == kind}


@pytest.mark.matrix
@pytest.mark.parametrize(("kind", "spelling", "action"), VALUES, ids=names(VALUES))
def test_a_value_is_filled_in_whole_and_in_part(kind: specs.Kind, spelling: str, action: argparse.Action) -> None:
    given = "name7" if action.dest == "output" else "7"
    for line in (f"{spelling} {{x}}", f"{spelling}={{x}}", f'{spelling} "{{x}}"', f"{spelling} {given[:-1]}{{y}}"):
        assert str(value(read(line, kind, x=given, y=7), action.dest)) in (given, f"{given}.0")
    assert value(read(f"{spelling} {{x}}", kind, x=None), action.dest) is None


@pytest.mark.parametrize(("kind", "spelling", "action"), TEXTS, ids=names(TEXTS))
def test_a_filled_value_is_never_read_again(kind: specs.Kind, spelling: str, action: argparse.Action) -> None:
    text = '--seed 5 "a" {y}; # '
    read_again = read(f"{spelling} {{x}}", kind, x=text)
    assert value(read_again, action.dest) == text
    assert "seed" not in read_again.values


@pytest.mark.matrix
@pytest.mark.parametrize(("kind", "spelling", "action"), CASES, ids=names(CASES))
def test_an_unknown_name_is_refused(kind: specs.Kind, spelling: str, action: argparse.Action) -> None:
    if spelling == "--raw":
        return  # nothing is filled in then, nor refused
    typed = "seed={town}" if spelling == "--axis" else "{town}"
    with pytest.raises(InvalidRequest, match=r"\{town\} cannot be filled in: there is no variable town\.") as refused:
        read_line(f"{spelling}={typed}", kind, {})
    assert "Write {{town}} to send it as it is, or --raw" in str(refused.value)
    assert len(refused.value.problems) == 1
    if action.nargs != 0 and spelling != "--axis":
        literal = read_line(f"{spelling} x{{{{town}}}}", kind, {})
        assert value(literal, action.dest) in ("x{town}", None)


WHOLE = [False, pytest.param(True, marks=pytest.mark.slow)]


@pytest.mark.matrix
@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize(("kind", "spelling", "action"), VALUES, ids=names(VALUES))
def test_wide_signs_and_long_dashes_are_understood(
    kind: specs.Kind, spelling: str, action: argparse.Action, whole: bool
) -> None:
    """Each way to write the name and each way to write the value, or (`whole`) each with each."""
    name = spelling.lstrip("-")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in spelling)
    typed, meant = ("ｖ７", "v7") if action.dest == "output" else ("７", "7")
    if is_text(action.dest):
        meant = typed
    dashed = [f"—{name}", f"–{name}", f"——{name}", f"\u200b--{name}"] if len(name) > 1 else [f"–{name}", f"－{name}"]
    for number, option in enumerate((spelling, wide, *dashed)):
        lines = f"{option}\u3000{typed}", f"{option}＝{typed}", f"{option} “{typed}”", f"{option} ＂{typed}＂;"
        for line in lines if whole or option == spelling else [lines[number % 4]]:
            assert str(value(read(line, kind), action.dest)) in (meant, f"{meant}.0"), line


@pytest.mark.matrix
@pytest.mark.parametrize(("kind", "spelling", "action"), SWITCHED, ids=names(SWITCHED))
def test_a_switch_is_turned_by_a_variable_and_understood_in_wide_signs(
    kind: specs.Kind, spelling: str, action: argparse.Action
) -> None:
    on = read(spelling, kind)
    assert value(on, action.dest) is not spelling.startswith("--no-") or action.dest.startswith("no_")
    off: Any = read(f"{spelling}=false", kind)
    assert value(off, action.dest) is not value(on, action.dest)
    for given, wanted in ((True, on), (False, off), ("yes", on), ("Off", off)):
        if spelling == "--raw":
            break  # nothing is filled in then
        for line in (f"{spelling}={{flag}}", f"{spelling} {{flag}}"):
            assert read(line, kind, flag=given) == wanted
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in spelling)
    for line in (wide, f"{wide}＝ｔｒｕｅ", f"{spelling}＝ｔｒｕｅ", f"–{spelling.lstrip('-')}"):
        assert value(read(line, kind), action.dest) is value(on, action.dest)
    for line in (f"{spelling}=perhaps", f"{spelling}={{flag}}")[: 1 if spelling == "--raw" else 2]:
        assert [problem.message for problem in read_line(line, kind, {"flag": "perhaps"}).problems] == [
            f"{spelling} must be true or false, got 'perhaps'"
        ]


AXES: list[tuple[str, object]] = [
    ("seed={x},{y}", "seed=1,2"),
    ("seed={all}", ("seed", [1, 2])),
    ("strength={x}:{y}:0．5", "strength=1:2:0.5"),
    ("strength＝０：1：０．２５", "strength=0:1:0.25"),
    ("strength=0，0．5，1", "strength=0,0.5,1"),
    ("strength=0、0。5、1", "strength=0,0.5,1"),
    ("ｓｅｅｄ=１", "seed=1"),
    ("negative_prompt=人，车", "negative_prompt=人，车"),
    ("{axis}", "seed=3,4"),
]


@pytest.mark.parametrize(("typed", "meant"), AXES, ids=[typed for typed, _ in AXES])
def test_an_axis_is_filled_in_and_understood(typed: str, meant: object) -> None:
    known: dict[str, Any] = {"x": 1, "y": 2, "all": [1, 2], "axis": "seed=3，4"}
    assert read_line(f"--axis {typed}", "edit", known).axis == (meant,)


def test_a_path_stays_as_it_is_written(tmp_path: Path) -> None:
    found = read("--mask 照片：１.png --out-dir ～／ｐ", "edit")
    assert (found.mask, found.out_dir) == ("照片：１.png", "～／ｐ")


def test_a_prompt_stays_as_it_is_written() -> None:
    found = read("—n１ “１６：９ —— 你好，“世界” 50％；” --negative ‘it’s　５％’", "t2i")
    assert found.words == ("１６：９ —— 你好，“世界” 50％；",)
    assert found.values == {"n": "1", "negative_prompt": "it’s　５％"}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("-n 2\uff0c", {"n": 2}),
        ("-n\uff1a2", {"n": 2}),
        ("-n\uff1a 2\u3002", {"n": 2}),
        ("--seed:7", {"seed": 7}),
        ("--seed 7 \uff0c", {"seed": 7}),
        (
            "--negative\uff1a\u201c\u6a21\u7cca\uff0c\u4f4e\u8d28\u3002\u201d",
            {"negative_prompt": "\u6a21\u7cca\uff0c\u4f4e\u8d28\u3002"},
        ),
        ("--watermark\uff1afalse\uff0c", {"watermark": False}),
        ("--watermark\u3002", {"watermark": True}),
    ],
)
def test_signs_around_an_option_mean_nothing(cells, words, values):
    cells(f"%wan_t2i '\u732b\u3002' -o job {words}")
    request = cells.names["job"].request
    assert request.prompt == "\u732b\u3002"
    assert {name: request.values[name] for name in values} == values


def test_a_sign_behind_a_file_a_function_and_an_axis_means_nothing_and_one_in_a_prompt_stays(cells, photo):
    cells("%wan_edit style\uff0c photo.png\uff0c \u91d1\u7b94\u3002 -o job")
    assert cells.names["job"].request.prompt == "\u91d1\u7b94\u3002"
    cells("%wan_sweep style photo.png 'x' --axis strength\uff1a0\uff0c0.5\uff0c -o grid\uff0c --dry-run\u3002")
    assert cells.names["grid"].axes == {"strength": (0.0, 0.5)}
    assert "write --seed 7" in cells("%wan_t2i 'x' seed\uff1a7").printed
