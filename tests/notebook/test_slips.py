"""Slips in a line: what was meant is said in one complaint, and nothing is sent."""

from __future__ import annotations

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.line import words
from bailian_nb.session import session as sessions

from ..world.each import each
from .conftest import NOW


@each(
    ("line", "word"),
    [
        ('"it\'s a \\"hat\\""', 'it\'s a "hat"'),
        (r'"a \"big\" red hat"', 'a "big" red hat'),
        (r"'the cat\'s hat'", "the cat's hat"),
        (r'"C:\my files\"', "C:\\my files\\"),
        (r'--mask="C:\my files\"', "--mask=C:\\my files\\"),
        (r'"\\server\share\"', "\\\\server\\share\\"),
        (r'"ends with \"', "ends with \\"),
    ],
)
def test_a_quote_behind_a_backslash_is_a_quote_but_ends_a_windows_path(line, word):
    assert words(line) == [word]


def test_a_prompt_with_quotes_reaches_the_request(cells):
    cells(rf'%wan_t2i "a \"big\" hat {NOW}" -o job')
    assert cells.names["job"].request.prompt == f'a "big" hat {NOW}'


SLIPS = [
    ("%wan_sweep styl photo.png 'x' --axis strength=0,1", "unknown function styl, did you mean style?"),
    ("%wan_sweep nonsense photo.png 'x' --axis strength=0,1", "unknown function nonsense"),
    ("%wan_sweep photo.png 'x' --axis strength=0,1", "unknown function photo.png"),
    (
        "%wan_sweep style photo.png 'x' --strength 0，0.5",
        "--strength takes one value; an axis is written --axis strength=0,0.5",
    ),
    ("%wan_sweep style photo.png 'x' --seed 1:8", "--seed takes one value; an axis is written --axis seed=1:8"),
    (
        "%wan_sweep style photo.png 'x' --axis seed=1,2 --seed 3",
        "--seed is given, and is an axis, too; leave one of them out",
    ),
    (
        "%wan_sweep style photo.png 'x' --axis seed=1-8",
        "--axis seed=1-8 means nothing: all between two numbers is seed=1:8, or seed=1:8:STEP",
    ),
    (
        "%wan_sweep style photo.png 'x' --axis strength=0..1",
        "--axis strength=0..1 means nothing: all between two numbers is strength=0:1, or strength=0:1:STEP",
    ),
    (
        "%wan_sweep style photo.png 'x' --axis strength",
        "--axis looks like strength=0:1:0.25 or seed=1,2; got 'strength'",
    ),
    ("%wan_t2i 'x' --watermark maybe", "--watermark must be true or false, got 'maybe'"),
    ("%%wan_t2i --watermark maybe\nx", "--watermark must be true or false, got 'maybe'"),
    ("%wan_t2i x --seed 1 --seed 2", "option --seed is given more than once and takes one value; leave the others out"),
    (
        "%%wan_t2i -m wan2.6-t2i --model wan2.6-t2i\nx",
        "option --model is given more than once and takes one value; leave the others ",
    ),
    ("%wan_t2i x --watermark --watermark false", "option --watermark is given more than once and takes one value"),
    ("%wan history --page 1 --page=2", "option --page is given more than once and takes one value; leave the others"),
    ("%wan rerun x --on a --on b", "option --on is given more than once and takes one value; leave the others out"),
    (
        "%wan_batch edit colorize photo.png x --name a --name b",
        "option --name is given more than once and takes one value",
    ),
    ("%wan_t2i x -m z-image-turbo -n 4", "n must be 1, got 4 (model z-image-turbo)"),
    (
        "%wan_edit instruct photo.png photo.png 'a hat'",
        "wanx2.1-imageedit takes one picture, and photo.png is another; --model wan2.7-image takes several",
    ),
    ("%wan_t2i two words", 'a prompt of several words needs quotes: "two words"'),
    ("%wan_t2i x --mask photo.png", "--mask is for an edit, and no picture goes in here; leave it out"),
    ("%wan_t2i x --keep photo.png", "--keep is for an edit, and no picture goes in here; leave it out"),
    ("%wan_sweep 'x' --keep photo.png --axis seed=1,2", "--keep is for an edit, and no picture goes in here"),
    ("%wan_batch edit colorize photo.png x --axis seed=1,2", "--axis is for %wan_sweep; give one value here"),
    ("%wan_t2i x --fit", "--fit is for an edit, and no picture goes in here; leave it out"),
    ("%wan_t2i x --invert", "--invert is for an edit, and no picture goes in here; leave it out"),
    (
        "%wan_sweep 'x' --no-paste --axis seed=1,2",
        "--no-paste is for an edit, and no picture goes in here; leave it out",
    ),
    ("%wan jobs extra", "%wan jobs takes nothing, got 'extra'; see %wan help"),
    ("%wan doctor extra", "%wan doctor takes nothing, got 'extra'; see %wan help"),
    ("%wan config extra", "%wan config takes nothing, got 'extra'; see %wan help"),
]


@pytest.mark.parametrize(("line", "said"), SLIPS, ids=[line for line, _ in SLIPS])
def test_a_slip_is_one_complaint(cells, photo, line, said):
    ran = cells(line)
    assert isinstance(ran.error, InvalidRequest)
    assert ran.printed.startswith(f"InvalidRequest: {said}")
    assert len(ran.error.problems) == 1
    assert sessions.current().jobs() == []


def test_a_switch_before_the_prompt_takes_no_word_of_it(cells):
    assert cells("%wan_t2i --watermark 'door' -o job").error is None
    assert cells("%wan_t2i --watermark door -o job").error is None
    assert cells.names["job"].request.prompt == "door"


def test_a_sweep_of_which_no_cell_can_be_sent_fails_where_nobody_looks_on(headless, photo):
    line = "%wan_sweep style photo.png 'x' --axis strength=a,b"
    ran = headless(line)
    assert isinstance(ran.error, InvalidRequest)
    assert "no cell can be sent: strength a: " in ran.printed
    assert headless(f"%wan_sweep style photo.png 'x {NOW}' --axis strength=a,0.5").error is None


def test_models_without_functions_are_swept_over_their_pictures(cells, photo):
    cells(f"%wan_sweep -m wan2.5-i2i-preview photo.png 'x {NOW}' --axis seed=1,2 -o grid --dry-run")
    assert cells.names["grid"].plan["tasks"] == 2
    cells(f"%%wan_sweep -m wan2.5-i2i-preview photo.png photo.png --axis seed=1,2 -o grid --dry-run\nx {NOW}")
    assert cells.names["grid"].plan["tasks"] == 2


def test_a_sweep_is_told_what_is_kept(cells, photo):
    with Image.open(photo) as picture:
        cells.names["kept"] = Image.new("L", picture.size)
    cells.names["kept"].paste(255, (100, 100, 300, 300))
    line = f"%wan_sweep background photo.png 'x {NOW}' -m wan2.7-image --axis seed=1,2 -o grid --dry-run"
    cells(f"{line} --keep {{kept}}")
    assert cells.names["grid"].plan["invalid"] == []
    cells(line)
    assert len(cells.names["grid"].plan["invalid"]) == 2


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000"])
def test_a_blank_of_a_page_or_a_wide_keyboard_is_a_blank(blank, cells):
    cells(f"%wan_t2i{blank}'a cat {NOW}'{blank}--seed{blank}3 -o job")
    assert cells.names["job"].request.values["seed"] == 3
    cells(f"found = %wan_t2i{blank}'a cat {NOW}' --seed 4")
    assert cells.names["found"].request.values["seed"] == 4
    body = f"a{blank}cat {NOW}\n%wan{blank}help"
    cells(f"%%wan_t2i{blank}-o job\n{body}")
    assert cells.names["job"].request.prompt == body, "a prompt stays as it is typed"
    cells("%unload_ext bailian_nb")
    assert not [each for each in cells.shell.input_transformers_cleanup if each.__module__.startswith("bailian_nb")]
