"""`{name}` on a magic's line and in its body: filled in wherever it stands, from where the line runs, or refused."""

from __future__ import annotations

import pytest
from PIL import Image

from bailian_nb.errors import InvalidRequest
from bailian_nb.session import session as sessions

from .conftest import NOW


def sent(cells, name="job"):
    return cells.names[name].request


def test_options_paths_and_parts_of_words_are_filled_in(cells, photo, tmp_path):
    cells("neg, d, s, folder, m, v = 'blurry --n 4', 'my pics', 7, 'in here', 'wan2.6-t2i', 'shops'")
    ran = cells(f"%wan_t2i 'a cat {NOW}' --negative {{neg}} --out-dir {{d}} --seed {{s}} -m {{m}} -n{{s[0]}}")
    assert "s has no [0]" in ran.printed
    ran = cells(
        f"%wan_t2i 'a cat {NOW}' --negative={{neg}} --out-dir {{d}}/{{s}} --seed {{s}} -m {{m}} -o {{v}} --wait"
    )
    assert ran.error is None, ran.printed
    assert sent(cells, "shops").values["negative_prompt"] == "blurry --n 4"
    assert (sent(cells, "shops").values["seed"], sent(cells, "shops").values["n"]) == (7, 1)
    (picture,) = cells.names["shops"].outcome
    assert picture.path.is_relative_to(tmp_path / "my pics" / "7")
    (tmp_path / "in here").mkdir()
    photo.rename(tmp_path / "in here" / "cat.jpg")
    cells("from pathlib import Path\nf, where, what = 'style', Path('in here'), 'gold \"leaf\"'")
    for words in ("{f} {folder}/cat.jpg {what}", '{f} {where}/cat.jpg "{what}"', "{f} \"{where}/cat.jpg\" '{what}'"):
        assert cells(f"%wan_edit {words} -o job").error is None
        assert sent(cells).prompt == 'gold "leaf"'


def test_a_path_picture_mask_painter_and_list_go_in_as_what_they_are(cells, photo, tmp_path):
    cells(f"""
import bailian_nb as wan
from pathlib import Path
from PIL import Image
path = Path('photo.png')
opened = Image.open(path)
mask = wan.Mask.like(path).rect(40, 40, 200, 200)
painter = wan.MaskPainter(path, mask)
made = wan.edit(path, 'style', 'gold leaf {NOW}', seed=1).result()[0]
pictures = [path, opened]
class here: image = opened
""")
    images = {name: len(cells.names["pictures"]) if name == "pictures" else 1 for name in ("path", "made", "opened")}
    for name in images:
        assert cells(f"%wan_edit style {{{name}}} 'x' -o job").error is None
        assert len(sent(cells).images) == 1
    assert cells("%wan_edit style {here.image} 'x' -o job").error is None
    assert cells("%wan_edit -m wan2.5-i2i-preview {pictures} 'x' -o job").error is None
    assert len(sent(cells).images) == 2
    for name in ("mask", "painter"):
        assert cells(f"%wan_edit inpaint {{path}} 'x' --mask {{{name}}} -o {name}_job").error is None
        assert sent(cells, f"{name}_job").mask.sha256 == sent(cells, "mask_job").mask.sha256
    mask = tmp_path / "my mask.png"
    cells.names["mask"].save(mask)
    cells("file = 'my mask'")
    assert cells("%wan_edit inpaint {path} 'x' --mask {file}.png -o job").error is None
    assert sent(cells).mask is not None


def test_numbers_sizes_switches_and_nothing_at_all(cells):
    cells("import numpy as np\nhalf, size, pair, flag, none = np.float32(0.1), '16:9', (1280, 720), False, None")
    cells("%wan_t2i 'x' --size {size} --watermark={flag} --prompt-extend {flag} --seed {none} -o job")
    assert sent(cells).values["size"] == "1280*720" or "*" in sent(cells).values["size"]
    assert (sent(cells).values["watermark"], sent(cells).values["prompt_extend"]) == (False, False)
    assert not sent(cells).seed_given
    cells("%wan_t2i 'x' --size {pair} -o job")
    assert sent(cells).values["size"] == "1280*720"
    Image.new("RGB", (640, 512), "teal").save("photo.png")
    cells("%wan_edit style photo.png 'x' --strength {half} -o job")
    assert sent(cells).values["strength"] == 0.1


def test_a_list_is_an_axis_of_a_sweep(cells, photo):
    cells("import numpy as np\nvalues, seeds, prompts = np.linspace(0, 0.2, 3, dtype='float32'), [1, 2], ['a', 'b']")
    cells("lo, hi = 0, 1")
    line = "%wan_sweep style photo.png {prompts} --axis strength={values} --seed {seeds} -o grid --dry-run"
    assert cells(line).error is None
    assert cells.names["grid"].axes == {"prompt": ("a", "b"), "seed": (1, 2), "strength": (0.0, 0.1, 0.2)}
    cells("%wan_sweep style photo.png 'x' --axis strength={lo}:{hi}:0.5 -o grid --dry-run")
    assert cells.names["grid"].axes == {"strength": (0.0, 0.5, 1.0)}
    said = cells("class thing: pass\n%wan_sweep style photo.png 'x' --axis strength={thing} -o grid --dry-run").printed
    assert said.startswith("InvalidRequest: --axis strength needs a list of values, got <class")


def test_a_filled_value_is_one_word_and_no_option(cells):
    cells("text = '\"quoted\" --seed 9; # no comment {city}'")
    assert cells("%wan_t2i {text} -o job").error is None
    assert sent(cells).prompt == '"quoted" --seed 9; # no comment {city}'
    assert not sent(cells).seed_given


def test_commands_take_names_too(cells):
    cells(f"%wan_t2i 'A shop {NOW}' -o job --wait")
    cells("which = job.id\nwords = 'a shop'")
    assert cells("%wan wait {job}").error is None
    assert cells("%wan wait {which}").error is None
    assert "A shop" in cells("%wan history {words}").text
    assert cells("%wan rerun {job} --seed 8 -o again").error is None
    assert sent(cells, "again").values["seed"] == 8
    assert "{town} cannot be filled in: there is no variable town" in cells("%wan wait {town}").printed


FUNCTION = """
def f(city):
    return get_ipython().run_line_magic("wan_t2i", '"the skyline of {city}, {mood}"')
"""
"""What `%wan_t2i` becomes in a cell, for code that stands inside another."""


def test_names_are_those_of_the_code_that_calls(cells):
    cells("mood = 'dark'\ndef f(city):\n    %wan_t2i \"the skyline of {city}, {mood}\" --seed 1 -o job\n    return job")
    cells("f('Ghent')")
    assert sent(cells).prompt == "the skyline of Ghent, dark"
    cells("city = 'nowhere'\nf('Oslo')")
    assert sent(cells).prompt == "the skyline of Oslo, dark"
    cells("def g(mood):\n    %time %wan_t2i \"{mood} in {city}\" -o job\ng('fog')")
    assert sent(cells).prompt == "fog in nowhere"


def test_a_comprehension_and_an_inner_function_know_the_names_around_them(cells):
    cells(FUNCTION)
    cells(
        "def g(mood):\n    run = get_ipython().run_line_magic\n"
        "    return [run('wan_t2i', '\"{c} {mood}\"') for c in 'ab']\nj = g('fog')"
    )
    assert [job.request.prompt for job in cells.names["j"]] == ["a fog", "b fog"]
    cells("def g(mood):\n    def h(city):\n        %wan_t2i \"{city} {mood}\" -o job\n    h('Rome')\ng('rain')")
    assert sent(cells).prompt == "Rome rain"
    said = cells("def g(hidden):\n    f('Rome')\ng('rain')").printed
    assert "there is no variable mood" in said, "a caller's names are not those of the code"
    cells("def g(where):\n    def h():\n        %wan_t2i \"{where}\" -o job\n    return h\ng('Rome')()")
    assert sent(cells).prompt == "Rome rain"


def test_a_cell_magic_sees_the_notebook(cells):
    cells("city = 'Ghent'")
    assert cells("%%wan_t2i -o job\n{city}").error is None
    assert sent(cells).prompt == "Ghent"
    cells("def f(city):\n    get_ipython().run_cell_magic('wan_t2i', '-o job', '{city}')\nf('Rome')")
    assert sent(cells).prompt == "Rome"


LINES = [
    '%wan_t2i "the skyline of {town}"',
    "%%wan_t2i\nthe skyline of {town}",
    "%wan_edit style {town} 'x'",
    "%wan_edit {town} photo.png 'x'",
    "%wan_edit style {town}/photo.png 'x'",
    "%wan_edit inpaint photo.png 'x' --mask {town}",
    "%wan_sweep style photo.png 'x' --axis strength={town}",
    "%wan_t2i 'x' --seed {town}",
    "%wan_t2i 'x' --watermark={town}",
    "%wan rerun {town}",
    "%wan_t2i 'x' --retries {town} --max-cost 1",
]


@pytest.mark.parametrize("line", LINES)
def test_a_name_that_is_not_known_is_refused_in_one_line_before_anything_is_sent(cells, photo, line):
    ran = cells(line)
    assert isinstance(ran.error, InvalidRequest)
    assert ran.printed.count("\n") == 1
    assert "{town} cannot be filled in: there is no variable town. Write {{town}} to send it as it is" in ran.printed
    assert len(ran.error.problems) == 1
    assert sessions.current().jobs() == []


def test_it_is_refused_with_everything_else_that_is_wrong_with_the_line(cells):
    ran = cells('%wan_t2i "{town} and {city.name}" --sede 3 --negative {people}')
    assert [problem.message.partition(" cannot")[0] for problem in ran.error.problems] == [
        "unknown option --sede, did you mean --seed? See --help",
        "--negative-prompt: {people}",
        "{town}",
        "{city.name}",
    ]


def test_it_is_written_literally_with_two_braces_or_raw(cells):
    cells("town = 'Ghent'")
    cells("%wan_t2i 'in {{town}}, {{village}}' -o job")
    assert sent(cells).prompt == "in {town}, {village}"
    cells("%wan_t2i 'in {town}, {{village}}' --negative {town} --raw -o job")
    assert (sent(cells).prompt, sent(cells).values["negative_prompt"]) == ("in {town}, {{village}}", "{town}")
    cells('%%wan_t2i -o job\n{"sky": {"is": [1, {}]}, "of": "{town}"} $5 {0} { a b }')
    assert sent(cells).prompt == '{"sky": {"is": [1, {}]}, "of": "Ghent"} $5 {0} { a b }'


def test_a_file_that_is_called_so_is_the_file(cells, photo, tmp_path):
    photo.rename(tmp_path / "{town}.png")
    assert cells("%wan_edit style {town}.png 'x' -o job").error is None


def test_a_dry_run_shows_the_call_as_it_is_filled_in(cells, photo):
    cells("folder, neg, s = '.', 'blurry', 7\nfrom PIL import Image\npicture = Image.open('photo.png')")
    text = cells("%wan_t2i 'a cat' --negative {neg} --seed {s} --dry-run").text
    assert '"negative_prompt": "blurry"' in text
    assert "seed=7" in text
    assert "wan.edit('./photo.png', 'style', 'x'" in cells("%wan_edit style {folder}/photo.png 'x' --dry-run").text
    assert "wan.edit(picture, 'style', 'x'" in cells("%wan_edit style {picture} 'x' --dry-run").text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "# sketch\nA cat",
            "all of the body is the prompt, '# sketch' too; a comment stands above the %% line, or on it after a #",
        ),
        ("\n  # sketch\nA cat", "'# sketch' too"),
        ("--seed 7\nA cat", "all of the body is the prompt, '--seed 7' too; options stand on the %% line"),
        ("——seed 7\nA cat", "'——seed 7' too; options"),
    ],
)
def test_a_body_is_sent_with_its_comments_and_that_is_said_once(cells, body, said):
    ran = cells(f"%%wan_t2i --seed 7 -o job\n{body} {NOW}")
    assert sent(cells).prompt == f"{body} {NOW}".strip("\n")
    assert said in ran.text
    assert "all of the body" not in cells(f"%%wan_t2i --seed 7 -o job\n{body} {NOW}").text
    cells("%config WanMagics.lang = 'zh'")


@pytest.mark.parametrize(
    "body", ["#1 in the world", "#ff0000 on white", "A cat\n# with a hat", "-- a cat --", "-5 degrees"]
)
def test_other_bodies_are_no_matter(cells, body):
    assert "all of the body" not in cells(f"%%wan_t2i -o job --dry-run\n{body}").text


def test_a_comment_stands_on_the_line_of_the_magic(cells, photo):
    assert cells(f"%%wan_t2i --seed 7 -o job  # sketch, --seed 8\nA cat {NOW}").error is None
    assert (sent(cells).prompt, sent(cells).values["seed"]) == (f"A cat {NOW}", 7)
    assert cells(f"%wan_edit style photo.png 'gold {NOW}' -o job  # sketch").error is None
    assert "all of the body" in cells(f"%%wan_sweep --axis seed=1,2 --dry-run\n# a cat {NOW}").text


def test_a_home_is_resolved_wherever_a_path_stands(cells, photo, tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    cells("import bailian_nb as wan\nfrom pathlib import Path\nhome, where = '~', Path('~/photo.png')")
    cells("wan.Mask.like('photo.png').rect(40, 40, 200, 200).save('mask.png')")
    for words in ("~/photo.png", "'~/photo.png'", "{home}/photo.png", "{where}"):
        ran = cells(
            f"%wan_edit inpaint {words} 'a hat {NOW}' --mask ~/mask.png --out-dir ~/pics --seed 1 -o job --wait"
        )
        assert ran.error is None, ran.printed
        assert sent(cells).mask is not None
        assert cells.names["job"].outcome[0].path.is_relative_to(tmp_path / "pics")
    assert "is a pattern, which stands for several files (2 match" in cells("%wan_edit style *.png 'x'").printed


VALUES = """
import os
i, f, name, none, table, numbers, raw, function = 3, 2.5, "cat", None, {"a": 1}, [1, 2], b"x", len
import numpy as np
array, missing = np.arange(3), float("nan")
from PIL import Image
picture = Image.new("RGB", (9, 9))
"""
COMPUTED = (
    *("{i+1}", "{i + 1}", "{-i}", "{1+i}", "{i*2}", "{i,2}", "{not i}", "{i if f else 2}", "{numbers[0]+1}"),
    *("{f:.1f}", "{f:{i}.1f}", "{name!r}", "{name=}", "{name: red}", "{name[0:2]}", "{numbers[i]}"),
    *("{name.upper()}", "{len(numbers)}", "{len('x')}"),
)


@pytest.mark.matrix
@pytest.mark.parametrize("braces", COMPUTED)
def test_what_python_would_compute_is_refused_and_says_how_to_write_it(cells, braces):
    cells(VALUES)
    for line in (f'%wan_t2i "a {braces} b" -o job', f"%%wan_t2i -o job\na {braces} b", f'%wan_t2i "{braces}" -o job'):
        said = cells(line).printed
        assert f"{braces} cannot be filled in" in said
        assert "job" not in cells.names
    written = said.partition("Write ")[2].partition(" to send")[0]
    assert cells(f'%wan_t2i "a {written} b" -o job').error is None
    assert sent(cells).prompt == f"a {braces} b"


def test_a_blank_in_the_braces_and_an_index_that_is_a_name_are_told(cells):
    cells(VALUES)
    assert "write {i}." in cells('%wan_t2i "a { i } b"').printed
    assert "text = f'{numbers[i]}'" in cells('%wan_t2i "a {numbers[i]} b"').printed


@pytest.mark.parametrize("name", ["none", "os", "raw", "function", "array", "missing", "picture", "name.upper"])
def test_a_value_that_is_no_text_is_refused(cells, name):
    cells(VALUES)
    for line in (
        f'%wan_t2i "a {{{name}}} b"',
        f'%wan_t2i "{{{name}}}"',
        f"%wan_t2i {{{name}}}",
        f"%%wan_t2i\n{{{name}}}",
        f'%wan_t2i "x" --out-dir d{{{name}}}',
    ):
        ran = cells(f"{line}")
        assert f"{{{name}}} cannot be filled in: its value is" in ran.printed
        assert not ran.outputs, line


def test_a_list_is_no_prompt_of_one_call(cells):
    cells(VALUES)
    assert "prompt must be text, got [1, 2]" in cells('%wan_t2i "{numbers}"').printed
    assert "prompt must be text" in cells('%wan_t2i "{table}"').printed


@pytest.mark.parametrize(
    "braces", ['{"name": 1}', "{'name': name}", "{1,2}", "{red|blue}", "{name the cat}", "{x+1}", "{}", "{ }", "{f'x'}"]
)
def test_json_and_braces_of_no_known_name_stay(cells, braces):
    cells(VALUES)
    cells(f"%%wan_t2i -o job\na {braces} b")
    assert sent(cells).prompt == f"a {braces} b"


def test_wide_braces_around_a_known_name_are_refused(cells):
    cells(VALUES)
    said = cells('%wan_t2i "a \uff5bname\uff5d b"').printed
    assert said.startswith(
        "InvalidRequest: \uff5bname\uff5d has wide braces, which fill nothing in: write {name}, or --raw"
    )
    for line in ('%wan_t2i "a \uff5bnobody\uff5d b" -o job', '%wan_t2i "a \uff5bname\uff5d b" --raw -o job'):
        assert cells(line).error is None
