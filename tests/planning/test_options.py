"""One builder for two parsers: what a magic takes, the command line takes, spelled and explained alike."""

from __future__ import annotations

import argparse

import pytest

from bailian_nb import specs
from bailian_nb.planning.options import (
    ALIASES,
    add_options,
    add_parameters,
    call_arguments,
    edit_arguments,
    option_names,
    parameter_values,
    table_options,
    unknown_option,
)
from bailian_nb.texts.help import SWITCHES, TAKING

KINDS: tuple[specs.Kind, ...] = ("t2i", "edit")


def parser(kind: specs.Kind = "edit", lang: str = "en") -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="x", allow_abbrev=False)
    add_options(made, (*TAKING, *SWITCHES), lang=lang)
    add_parameters(made, specs.parameters(kind), lang=lang)
    return made


def test_only_what_the_kind_takes_is_offered() -> None:
    spelled = {kind: {f"--{name.replace('_', '-')}" for name in table_options(kind)} for kind in KINDS}
    for kind, other in (("t2i", "edit"), ("edit", "t2i")):
        offered = set(option_names(kind))  # type: ignore[arg-type]
        assert spelled[kind] <= offered  # type: ignore[index]
        assert not (spelled[other] - spelled[kind]) & offered  # type: ignore[index]
    assert "--negative" in option_names("t2i")
    assert "--strength" not in option_names("t2i")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_offered_is_what_is_read(kind: specs.Kind) -> None:
    known = {spelling for action in parser(kind)._actions for spelling in action.option_strings}
    assert set(option_names(kind)) <= known


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_option_is_explained_and_other_spellings_are_not_listed(lang: str) -> None:
    shown = " ".join(parser(lang=lang).format_help().split())
    for text in (*TAKING.values(), *SWITCHES.values(), *(row.meaning for row in specs.parameters("edit"))):
        assert "".join(text.get(lang).split()) in shown.replace(" ", "")
    for alias in (*ALIASES, "negative_prompt"):
        assert f"--{alias} " not in shown


def test_other_spellings_are_read_all_the_same() -> None:
    for spelling in ("--negative-prompt", "--negative_prompt", "--negative"):
        assert parser().parse_args([spelling, "people"]).negative_prompt == "people"
    for spelling, on in (("--prompt-extend", True), ("--no-prompt_extend", False)):
        assert parser("t2i").parse_args([spelling]).prompt_extend is on


def test_words_of_a_surface_come_before_those_of_all() -> None:
    made = argparse.ArgumentParser()
    add_options(made, ["mask", "fit"], words={"mask": specs.Text("100 % white", "x")})
    assert "100 % white" in made.format_help()
    assert SWITCHES["fit"].en in made.format_help()


@pytest.mark.parametrize(
    ("word", "message", "takes"),
    [
        ("--sede=5", "unknown option --sede, did you mean --seed? See x --help", True),
        ("--wiat", "unknown option --wiat, did you mean --wait? See x --help", False),
    ],
)
def test_an_unknown_option_names_the_nearest_and_whether_that_takes_a_value(
    word: str, message: str, takes: bool
) -> None:
    said, namesake = unknown_option(word, parser(), "x --help")
    assert said == message
    assert namesake is not None
    assert (namesake.nargs != 0) is takes


def test_a_setting_that_is_written_as_an_option_is_told_how_it_is_set() -> None:
    said, namesake = unknown_option("--confirm-above", parser(), "--help")
    told = "%config WanMagics.confirm_above = … in a notebook; see %wan help confirm_above"
    assert said == f"--confirm-above is a setting and no option: {told}"
    assert namesake is not None
    assert namesake.nargs != 0, "its value is no word of the prompt"


def test_with_nothing_near_no_option_is_named() -> None:
    assert unknown_option("--qqqqqq", parser(), "--help") == ("unknown option --qqqqqq. See --help", None)


def test_options_become_the_arguments_of_a_plan() -> None:
    none = parser().parse_args([])
    usual = {"sync": False, "retries": None, "preset": None, "cache": True, "out_dir": None, "embed": None}
    assert call_arguments(none) == {**usual, "a1111": False}
    assert edit_arguments(none) == {"invert": False, "fit": False, "paste_back": None}
    assert parameter_values(none, table_options("edit")) == {}
    line = "--sync --retries 2 --no-cache --out-dir x --no-embed --a1111 --invert --fit --no-paste -n 2 --strength 0.5"
    given = parser().parse_args([*line.split(), "--preset", "ink"])
    asked = {"sync": True, "retries": "2", "preset": "ink", "cache": False, "out_dir": "x", "embed": False}
    assert call_arguments(given) == {**asked, "a1111": True}
    assert edit_arguments(given) == {"invert": True, "fit": True, "paste_back": False}
    assert parameter_values(given, table_options("edit")) == {"n": "2", "strength": "0.5"}
