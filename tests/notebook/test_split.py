"""Words of a line: quotes of any language, what ends a line, and how a text is written to be one word."""

from __future__ import annotations

import pytest

from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.split import as_word, cut, split
from bailian_nb.session import session as sessions

from ..world.each import each

PAIRS = ['""', "''", "“”", "””", "„“", "„”", "‟”", "‘’", "’’", "‚‘", "«»", "»«", "»»", "‹›", "›‹", "「」", "『』", "｢｣"]
PAIRS += ["＂＂", "＇＇", "〝〞", "〝〟", "❝❞", "﹁﹂"]
MIXED = ['“"', '"”', "“＂", '"“', '„"', "‘'", "'’"]


def words(line: str) -> list[str]:
    return [piece.text for piece in split(line)]


@each("pair", [*PAIRS, *MIXED])
def test_a_prompt_in_quotes_of_any_language_is_one_word(pair: str) -> None:
    opening, closing = pair
    for end in ("", ";", " ;", "；", "  # a comment", "; # a comment"):
        assert words(f"x {opening}two words, 5 % -n 2{closing}{end}") == ["x", "two words, 5 % -n 2"]
        assert words(f"{opening}two words{closing} --seed 3{end}") == ["two words", "--seed", "3"]
        assert words(f"--negative={opening}two words{closing}{end}") == ["--negative=two words"]


@each(
    "line",
    [
        '"a""b"',
        "'it''s'",
        "\"a\"'b'",
        'x "say ""hi"" now"',
        '--negative="a""b"',
        "“a”“b”",
        '"a"“b”',
        '"""a"""',
        '"12""',
    ],
)
def test_quotes_side_by_side_are_refused_since_shells_read_them_in_two_ways(line: str) -> None:
    with pytest.raises(InvalidRequest, match=r'^two quotes stand side by side in .*; write \\" for a quote inside'):
        split(line)
    assert cut(line) == ([], "")


@each("pair", PAIRS)
def test_an_open_quote_is_refused_and_the_one_that_is_missing_is_named(pair: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^a quote is not closed; put . at the end of the prompt$"):
        split(f"{pair[0]}two words")


@each(
    ("line", "expected"),
    [
        ("'the cat's hat'", ["the cat's hat"]),
        ("‘the cat’s hat’", ["the cat’s hat"]),
        ("“he said “hi” to me”", ["he said “hi” to me"]),
        ("「他说「你好」吗」 x", ["他说「你好」吗", "x"]),
        ('"他说"你好"吗" x', ['他说"你好"吗', "x"]),
        ('“a cat" --negative “people”', ["a cat", "--negative", "people"]),
        ('"a cat” --negative "people"', ["a cat", "--negative", "people"]),
        ("« un chat »", ["un chat"]),
        ("«\u00a0un chat\u00a0»", ["un chat"]),
        ("“猫”在沙发上", ["“猫”在沙发上"]),
        ("“a cat”--seed 3", ["a cat", "--seed", "3"]),
        ('"a cat"—seed 3', ["a cat", "—seed", "3"]),
        ('"my folder"/cat.jpg x', ["my folder/cat.jpg", "x"]),
        ("{table['a key']} {list[0]}", ["{table['a key']}", "{list[0]}"]),
        ('"a {table["a key"]} b" c', ['a {table["a key"]} b', "c"]),
        ("a\u3000b\u00a0c\u2003d", ["a", "b", "c", "d"]),
        ("\u200ba \ufeffb", ["a", "b"]),
        ("\u00ada \u202ab\u202c \u2066c\u2069", ["a", "b", "c"]),
        ("a;b #ff0000 c#d ;e", ["a;b", "#ff0000", "c#d", ";e"]),
        ("-o o;", ["-o", "o"]),
        ('"a cat"; -o o', ["a cat", "-o", "o"]),
        ('"a", “b”， "c,", d', ["a", "b", "c,", "d"]),
        ("-o o ；； ", ["-o", "o"]),
        ('"a;" ";"', ["a;", ";"]),
        ("# only a comment", []),
        (";", []),
        ("", []),
    ],
)
def test_words(line: str, expected: list[str]) -> None:
    assert words(line) == expected


@each(
    "text",
    [
        *("a.jpg", "my cat.jpg", "it's.jpg", "'a'.jpg", 'a"b.jpg', 'a "b" c', 'it\'s "b" c', "猫 1.jpg", "“猫”.jpg"),
        *("-a.jpg", "—a", "a;", "# b", "a?", "", "C:\\my files\\", "a\u3000b", "«a»", "\\'\" x", "{a b}"),
    ],
)
def test_a_text_is_written_so_that_it_is_one_word(text: str) -> None:
    assert [piece.text for piece in split(f"x {as_word(text)} y")] == ["x", text, "y"]
    assert as_word("cat.jpg") == "cat.jpg"


ODD = [
    ("%wan_t2i a cat", 'a prompt of several words needs quotes: "a cat"'),
    ('%wan_t2i a "hat" cat', "'a' is too much beside the prompt hat; put all of the prompt into one pair of quotes"),
    ('%wan_t2i "a cat" size=16:9', "'size=16:9' is no option in this form; write --size 16:9"),
    ('%wan_t2i "a cat" fit=True', "'fit=True' is no option in this form; write --fit"),
    ('%wan_t2i "a cat" n＝2', "'n＝2' is no option in this form; write -n 2"),
    ("%wan_edit style photo.png strength=0.5", "'strength=0.5' is no option in this form; write --strength 0.5"),
    ('%wan_t2i "a cat" -size 16:9', "unknown option -size, did you mean --size? See --help"),
    (
        '%wan_t2i "a cat" --region singapore --seed 3',
        "--region is a setting and no option: %config WanMagics.region = … in a notebook; see %wan help region",
    ),
    ('%wan_t2i "a cat" —sise 16:9', "unknown option --sise, did you mean --size? See --help"),
    ('%wan_t2i "a cat" and more', "'and' is too much beside the prompt \"a cat\"; put all of the prompt into one pair"),
]


@pytest.mark.parametrize(("line", "said"), ODD, ids=[line for line, _ in ODD])
def test_what_remains_odd_is_refused_with_advice_that_is_right(cells, photo, line, said):
    ran = cells(line)
    assert isinstance(ran.error, InvalidRequest)
    assert ran.printed.startswith(f"InvalidRequest: {said}"), ran.printed
    assert len(ran.error.problems) == 1
    assert sessions.current().jobs() == []


def test_lines_as_they_are_typed_elsewhere(cells):
    for line in (
        '%wan_t2i "a cat" —seed 3 -o o;',
        "%wan_t2i „a cat“ ——seed＝３ –o o",
        "%wan_t2i 「a cat」　－－seed　３　-o o；",
        '%wan_t2i “a cat"--seed 3 -o o  # the first try',
    ):
        assert cells(line).error is None, line
        assert cells.names["o"].request.prompt == "a cat"
        assert cells.names.pop("o").request.values["seed"] == 3
    cells("%%wan_t2i —seed 3 –size 16：9 -o o;\n“a cat”；")
    assert cells.names["o"].request.prompt == "“a cat”；"
    assert "*" in cells.names["o"].request.values["size"]
