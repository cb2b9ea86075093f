from __future__ import annotations

import pytest

from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.line import read_line, words
from bailian_nb.notebook.template import fill
from bailian_nb.planning.options import option_names, table_options

from ..world.each import each


def problems(line, kind="t2i"):
    return [problem.message for problem in read_line(line, kind).problems]


@each(
    ("line", "expected"),
    [
        ("", []),
        ("  instruct \t photo.jpg  ", ["instruct", "photo.jpg"]),
        ("instruct \"my photo.jpg\" 'two words'", ["instruct", "my photo.jpg", "two words"]),
        ("'he said \"hi\"'", ['he said "hi"']),
        ("“给猫戴上 墨镜” 「换 天空」", ["给猫戴上 墨镜", "换 天空"]),
        ('""', [""]),
        ("don't it's 5\" tall", ["don't", "it's", '5"', "tall"]),
        (r'C:\new\table.png "C:\my files\cat.png"', [r"C:\new\table.png", r"C:\my files\cat.png"]),
        (r"\\server\share\a.png", [r"\\server\share\a.png"]),
        ('--negative="two words"', ["--negative=two words"]),
        ("costs $5, {colour} and 100%", ["costs", "$5,", "{colour}", "and", "100%"]),
    ],
)
def test_words_split_at_blanks_outside_quotes_and_backslashes_are_literal(line, expected):
    assert words(line) == expected


@pytest.mark.parametrize(("line", "quote"), [('"open', '"'), ("it is 'open", "'"), ("“没有结束", "”")])
def test_an_open_quote_is_named(line, quote):
    with pytest.raises(InvalidRequest, match=f"quote is not closed; put {quote} at the end"):
        words(line)


def test_options_may_stand_anywhere_and_keep_the_order_of_the_words():
    read = read_line('--seed 7 style -o out photo.jpg --strength=0.5 "French picture book" --wait', "edit")
    assert read.words == ("style", "photo.jpg", "French picture book")
    assert read.values == {"seed": "7", "strength": "0.5"}
    assert (read.output, read.wait, read.run, read.problems) == ("out", True, False, ())


@pytest.mark.seldom
@pytest.mark.parametrize("kind", ["t2i", "edit"])
def test_every_parameter_of_the_table_is_an_option_in_both_spellings(kind):
    for name, row in table_options(kind).items():
        for spelling in (f"--{name}", f"--{name.replace('_', '-')}"):
            line = spelling if row.type == "bool" else f"{spelling} 1"
            assert read_line(line, kind).values == {name: True if row.type == "bool" else "1"}
            assert f"--{name.replace('_', '-')}" in option_names(kind)


def test_short_spellings():
    read = read_line("-n 2 -m wan2.6-t2i -q -o shops --negative people", "t2i")
    assert (read.values, read.model) == ({"n": "2", "negative_prompt": "people"}, "wan2.6-t2i")
    assert (read.quiet, read.output) == (True, "shops")
    assert read_line("-n4", "t2i").values == {"n": "4"}


@each(
    ("line", "expected"),
    [
        ("--watermark", True),
        ("--no-watermark", False),
        ("--watermark true", True),
        ("--watermark False", False),
        ("--watermark=0", False),
        ("--watermark on", True),
        ("--watermark --seed 3", True),
    ],
)
def test_booleans_as_people_write_them(line, expected):
    assert read_line(line, "t2i").values["watermark"] is expected


def test_a_boolean_takes_no_word_of_the_prompt():
    read = read_line('--watermark "a red door"', "t2i")
    assert (read.words, read.values) == (("a red door",), {"watermark": True})
    assert problems("--watermark=maybe") == ["--watermark must be true or false, got 'maybe'"]


def test_a_quoted_word_is_never_an_option():
    read = read_line('instruct photo.jpg "-n is no option here" --negative "--people"', "edit")
    assert read.words == ("instruct", "photo.jpg", "-n is no option here")
    assert read.values == {"negative_prompt": "--people"}


def test_a_negative_number_is_a_value():
    assert read_line("--strength -0.5", "edit").values == {"strength": "-0.5"}
    assert read_line("-5", "edit").words == ("-5",)


@each(
    ("line", "message"),
    [
        ("--sede 5", "unknown option --sede, did you mean --seed? See --help"),
        ("--sede=5", "unknown option --sede, did you mean --seed? See --help"),
        ("--wiat", "unknown option --wiat, did you mean --wait? See --help"),
        ("--negativ-prompt x", "unknown option --negativ-prompt, did you mean --negative-prompt? See --help"),
        ("--qqqqqq", "unknown option --qqqqqq. See --help"),
        ("-x", "unknown option -x. See --help"),
        ("-o 7up", "-o needs a variable name, got '7up'"),
        ("-o class", "-o needs a variable name, got 'class'"),
        ("--retries often", "retries must be a whole number in 0-10, got 'often'"),
        ("--max-cost much", "max_cost must be a number of CNY, 0 or more, got 'much'"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_nearest_name(line, message):
    assert problems(line) == [message]


def test_no_cap_at_all_is_written_inf(cells):
    assert "max_cost='inf'" in cells("%wan_t2i 'x' --max-cost inf --dry-run").text


def test_everything_wrong_with_a_line_is_found_at_once():
    read = read_line('instruct --sede 5 photo.jpg --wiat "Change it" -o 7up --retries often', "edit")
    assert len(read.problems) == 4
    assert read.words == ("instruct", "photo.jpg", "Change it"), "the mistyped option took its value"


@pytest.mark.parametrize("line", ["--seed", "-o", "--seed --wait"])
def test_an_option_without_its_value_is_named(line):
    with pytest.raises(InvalidRequest, match=r"^option --?\w+ needs a value after it; see --help$"):
        read_line(line, "t2i")


@pytest.mark.parametrize(
    ("line", "expected"),
    [("--no-cache=yes", True), ("--no-cache=false", False), ("--no-cache false", False), ("--wait=0 --no-cache", True)],
)
def test_every_switch_may_have_its_value(line, expected):
    read = read_line(line, "t2i")
    assert (read.no_cache, read.wait, read.words) == (expected, False, ())
    assert problems("--no-cache=maybe") == ["--no-cache must be true or false, got 'maybe'"]


def test_no_option_is_cut_short():
    assert problems("--stren 0.5", "edit") == ["unknown option --stren, did you mean --strength? See --help"]


class Mute:
    def __str__(self):
        return str(1 / 0)


class Cat:
    name = "Tom"
    kittens = ("one", "two")
    mute = Mute()

    @property
    def broken(self):
        raise ValueError("no")


NAMES = {"colour": "red", "cat": Cat(), "list": ["a", "b"], "table": {"sky": "blue"}, "颜色": "红色", "n": 3}


@each(
    ("prompt", "expected"),
    [
        ("a {colour} door", "a red door"),
        ("{n} {颜色} doors, {cat.name}", "3 红色 doors, Tom"),
        ("{list[0]} {list[-1]} {cat.kittens[1]} {table[sky]} {table['sky']}", "a b two blue blue"),
        ("costs $5 or ${n}, 100% of it, \\n and ~", "costs $5 or $3, 100% of it, \\n and ~"),
        ("{ colour } {colour!r} {colour:>9} {1} {} {cat.name()} {list[0:1]}", None),
        ("one odd { and {colour}", "one odd { and red"),
        ("} odd {colour}", "} odd red"),
        ("{{colour}} {{ }}", "{colour} { }"),
        ("{{{colour}}}", "{red}"),
        ("{{ odd {colour}", "{{ odd red"),
        ('{"style": {"colour": "{colour}", "n": {"is": 1}}}', '{"style": {"colour": "red", "n": {"is": 1}}}'),
        ('{{"style": {{"colour": "{colour}"}}}}', '{"style": {"colour": "red"}}'),
        ('[{"a": 1}, {"b": {}}]', None),
        ("\\frac{1}{2}", None),
    ],
)
def test_names_are_filled_in_and_every_other_brace_stays(prompt, expected):
    assert fill(prompt, NAMES) == (prompt if expected is None else expected)


@each(
    ("name", "why"),
    [
        ("{missing}", "there is no variable missing."),
        ("{colur}", "there is no variable colur, did you mean colour?"),
        ("{cat.nothing}", "cat has no .nothing."),
        ("{cat.kittens[7]}", "cat.kittens has no [7]."),
        ("{list[9]}", "list has no [9]."),
        (
            "{list[x]}",
            "only {name}, {name.attr} and {name[0]} are. Compute it first, text = f'{list[x]}', and write {text}.",
        ),
        ("{colour[0][5]}", "colour[0] has no [5]."),
        ("{cat.broken}", "cat.broken raises ValueError: no."),
        ("{cat.mute}", "writing it raises ZeroDivisionError: division by zero."),
    ],
)
def test_a_name_without_a_value_is_told_and_how_it_is_written_literally(name, why):
    unknown = []
    assert fill(f"a {name} b {{n}}", NAMES, unknown) == f"a {name} b 3"
    assert unknown == [f"{name} cannot be filled in: {why} Write {{{name}}} to send it as it is, or --raw"]
    assert fill(f"a {{{name}}} b", NAMES, unknown) == f"a {name} b"
    assert len(unknown) == 1


def test_a_name_in_wide_letters_is_the_same_name_as_in_python():
    assert fill("{ｃｏｌｏｕｒ}", NAMES) == "red"


def test_what_was_filled_in_is_not_filled_again():
    assert fill("{a}", {"a": "{b} {{c}} $5", "b": "wrong"}) == "{b} {{c}} $5"
