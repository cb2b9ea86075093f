from __future__ import annotations

import pytest

from bailian_nb import specs
from bailian_nb.images import read_input
from bailian_nb.notebook.completion import Found, candidates
from bailian_nb.notebook.completion import complete as whole
from bailian_nb.notebook.line import read_line as line_of
from bailian_nb.planning import expand
from bailian_nb.session import session as sessions
from bailian_nb.views.help import COMMANDS

from ..world.each import each
from .conftest import NOW

EDIT = specs.get(specs.DEFAULT_EDIT)
RULE = EDIT.images


def test_functions_come_first_in_an_edit():
    found = candidates("%wan_edit ")
    for row in EDIT.functions:
        assert row.name in found
        assert row.short in found
    assert candidates("%wan_edit instr") == ["instruct"]
    assert "instruct" not in candidates("%wan_edit instruct photo.jpg ")


def test_options_of_the_kind_are_offered():
    assert candidates("%%wan_t2i --se") == ["--seed"]
    assert "--strength" in candidates("%wan_edit instruct photo.jpg --")
    assert "--strength" not in candidates("%%wan_t2i --")


def test_values_follow_their_option():
    known = {row.name for row in specs.models("t2i")}
    assert set(candidates("%%wan_t2i -m ")) == known
    assert "wan2.6-t2i" in candidates("%%wan_t2i --model wan2.6-")
    assert "16:9" in candidates("%%wan_t2i -n 2 --size ")
    assert candidates("%%wan_t2i --seed ") == [], "any number: nothing to offer"
    assert "--seed" in candidates("%%wan_t2i --watermark ")


def test_expand_is_offered_proportions():
    found = candidates("%wan_edit expand photo.jpg --to ")
    assert {"16:9", "1:1", "square"} <= set(found)
    assert all(expand.read(word) for word in found)


def test_behind_the_function_stand_files_and_variables_and_options_only_after_a_dash():
    assert candidates("%wan_edit instruct ") == []
    assert candidates("%wan_edit inpaint photo.jpg --mask ") == []
    assert candidates("%wan_edit style photo.jpg -o ") == candidates("%%wan_t2i -o ") == []
    for line in ("%wan_edit style photo.jpg --", "%wan_sweep style photo.jpg --"):
        found = candidates(line)
        assert "--strength" in found
        assert not {"--mask", "--invert", "--to", "--top-scale", "--upscale-factor"} & set(found)
    assert {"--mask", "--invert", "--no-paste"} <= set(candidates("%wan_edit inpaint photo.jpg --"))
    assert {"--to", "--top-scale"} <= set(candidates("%wan_edit expand photo.jpg --"))
    assert "--bbox-list" in candidates("%wan_edit -m wan2.7-image photo.jpg --")
    assert "--strength" not in candidates("%wan_edit -m wan2.7-image photo.jpg --")


def test_a_sweep_is_offered_its_axes():
    assert candidates("%wan_sweep style photo.jpg 'x' --ax") == ["--axis"]
    assert {"strength=", "seed=", "size=", "to="} <= set(candidates("%wan_sweep style photo.jpg --axis "))
    assert candidates("%wan_sweep style photo.jpg --axis stre") == ["strength="]
    assert candidates("%wan_edit style photo.jpg --ax") == []


def test_commands_are_offered_names_and_options():
    assert candidates("%wan fetch ab", lambda: ["abc", "xyz"]) == ["abc"]
    assert candidates("%wan wait abc x", lambda: ["abc", "xyz"]) == ["xyz"]
    assert candidates("%wan cost --") == ["--all", "--json"]
    assert candidates("%wan resume --") == ["--adopt", "--forget", "--send"]
    assert candidates("%wan inspect abc --") == ["--json"]
    assert "--seed" in candidates("%wan rerun abc --")
    assert "stylization_all" in candidates("%wan functions ")
    assert "wan2.6-t2i" in candidates("%wan models wan2.6")


def test_commands_and_topics():
    assert candidates("%wan ") == sorted(name.split()[0] for name in COMMANDS)
    assert candidates("%wan doc") == ["doctor"]
    assert {"style", "stylization_all"} <= set(candidates("%wan help styl"))
    assert all(word.startswith("styl") for word in candidates("%wan help styl"))
    assert candidates("%wan doctor ") == []


@pytest.mark.parametrize("line", ["job = %wan_edit instr", "  %wan_edit instr"])
def test_a_line_magic_may_be_assigned_or_indented(line):
    assert candidates(line) == ["instruct"]


@each("line", ["", "print(", "%time ", "wan_edit instr", "%wan_edit", "%wanted x", "# %wan "])
def test_other_lines_get_nothing(line):
    assert candidates(line) == []


def complete(cells, text):
    # The provisional interface is the one that front ends are served with.
    completer = cells.shell.Completer
    completer.use_jedi = False
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        return [found.text for found in completer.completions(text, len(text))]


def test_ipython_completes_our_lines_and_leaves_others_alone(cells):
    assert complete(cells, "%wan_edit instr") == ["instruct"]
    assert complete(cells, "%%wan_t2i --se") == ["--seed"]
    cells("flower_shop = 1")
    assert "flower_shop" in complete(cells, "flower_sh")
    assert complete(cells, "%%wan_t2i --seed 7\n--se") == [], "the body is a prompt"


def test_variables_stand_for_masks_and_pictures(cells):
    cells("painted_mask = 1")
    assert complete(cells, "%wan_edit inpaint photo.jpg --mask painted_m") == ["painted_mask"]


def test_a_job_is_offered_by_id_and_by_its_variable(cells):
    cells(f"%wan_t2i 'A shop {NOW}' -o my_shop --wait")
    (job,) = sessions.current().jobs()
    assert job.id in complete(cells, "%wan fetch ")
    assert complete(cells, "%wan cancel my_sh") == ["my_shop"]


def test_files_and_variables_stand_behind_the_function(cells, photo):
    cells("my_picture = 1")
    found = complete(cells, "%wan_edit instruct ")
    assert {"my_picture", "photo.png"} <= set(found)
    assert "--seed" not in found
    assert complete(cells, "%wan_edit instruct my_pict") == ["my_picture"]


def test_unloading_takes_completion_back(cells):
    cells("%unload_ext bailian_nb")
    assert "instruct" not in complete(cells, "%wan_edit instr")
    cells("%load_ext bailian_nb")


NAMES = ["my cat.jpg", "cat's.jpg", 'it\'s "it".png', "猫 1.png", "“猫”.webp", "-a.jpg", "{town}.png", "a;.png"]
NAMES += ["a?.png", "plain.JPG", "a\u3000b.png", "\\.png", "#1.png", "# 2.png"]


@pytest.mark.matrix
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_written_as_the_magic_reads_it(cells, photo, name):
    photo.rename(name)
    cells("town = 'Ghent'")
    for opening in ("", '"', "'", "“"):
        for line in ("%wan_edit style ", "%wan_edit -m wan2.5-i2i-preview ", "%wan_edit -m wan2.5-i2i-preview x.png "):
            files = [path for path in whole(f"{line}{opening}").files if not path.endswith("/")]
            assert len(files) == 1, (opening, line)
        read = line_of(f"style {files[0]} x", "edit", cells.names)
        assert [str(word) for word in read.words] == ["style", name, "x"], opening
        here = cells.shell.magics_manager.registry["WanMagics"].here
        assert read_input(here.look(read.words[1]), RULE).width == 640, opening
        assert cells(f"%wan_edit style {files[0]} 'x' --dry-run").error is None, opening


def test_ipython_offers_no_other_spelling_of_a_file(cells, photo):
    photo.rename("my cat.png")
    cells("my_picture = 1")
    assert sorted(complete(cells, "%wan_edit style my")) == ['"my cat.png"', "my_picture"]
    assert complete(cells, '%wan_edit style "my') == ['"my cat.png"']
    assert sorted(complete(cells, "%wan_edit inpaint a.png --mask my")) == ['"my cat.png"', "my_picture"]
    assert '"my cat.png"' in complete(cells, "%wan inspect my")


def test_what_is_typed_of_a_file_stays_and_its_quotes_are_closed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "me"))
    for name in ("me/my cat.jpg", "me/dog.png", "my folder/a b.png", "my folder/notes.txt", "plain/c.png", ".h.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    for typed, found in (
        ("my", ['"my folder/']),
        ('"my', ['"my folder/']),
        ('"my folder/', ['"my folder/a b.png"']),
        ("'my folder/a", ["'my folder/a b.png'"]),
        ("“my folder/a", ["“my folder/a b.png”"]),
        ("pl", ["plain/"]),
        ("Pl", ["plain/"]),
        ("plain/", ["plain/c.png"]),
        ("~/", ["~/dog.png", '"~/my cat.jpg"']),
        ('"~/my', ['"~/my cat.jpg"']),
        ("~/my", ['"~/my cat.jpg"']),
        (".h", [".h.png"]),
        ('"my folder/n', ['"my folder/notes.txt"']),
        ("nothing/", []),
    ):
        assert list(whole(f"%wan_edit style {typed}").files) == found, typed
    assert whole("%wan_edit inpaint x.png --mask=plain/") == Found(files=("plain/c.png",), fragment="plain/")
    assert {'"my folder/', "me/", "plain/"} <= set(whole("%wan_t2i 'x' --out-dir ").files)
    assert whole("%wan_t2i 'x' --out-dir plain/").files == ()
    assert whole("%wan inspect plain/").files == ("plain/c.png",)
    assert whole('%wan_edit style plain/c.png "a cat, pl').files == (), "the prompt is no file"
    assert whole("%wan_edit style plain/c.png --strength pl").files == ()


def test_a_quote_that_the_editor_has_closed_is_not_closed_again(cells, photo):
    from IPython.core.completer import provisionalcompleter

    line = '%wan_edit style "pho" --seed 1'
    with provisionalcompleter():
        found = [each.text for each in cells.shell.Completer.completions(line, line.index('" --'))]
    assert found == ['"photo.png']


def test_only_options_that_the_model_takes_are_offered(cells):
    every = {each.name.replace("_", "-") for kind in ("t2i", "edit") for each in specs.parameters(kind)}
    for row in specs.models("t2i"):
        taken = {each.name.replace("_", "-") for each in row.takes(None)} & every
        for model in (f"--model {row.name}", f"-m={row.name}", f"—model＝{row.name}", f"-m {row.name} 'a --cat'"):
            found = {word.removeprefix("--") for word in candidates(f"%wan_t2i {model} --")}
            assert every & found == taken
            assert not {"mask", "invert", "fit", "to", "no-paste"} & found
            assert {"seed", "dry-run", "out-dir", "raw"} <= found
            assert ("negative" in found) is ("negative-prompt" in taken)
    for row in EDIT.functions:
        found = {word.removeprefix("--") for word in candidates(f"%wan_edit {row.short} a.jpg --")}
        assert every & found == {each.name.replace("_", "-") for each in EDIT.takes(row.name)} & every
    cells("%config WanMagics.model = 'wan2.7-image'")
    assert "--negative" not in complete(cells, "%%wan_t2i --neg"), "the model of the settings is meant"
    assert "--negative" in complete(cells, "%%wan_t2i -m wan2.6-t2i --neg")
    assert "--no-watermark" in complete(cells, "%%wan_t2i --no-w")
    assert "--strength" not in candidates("%wan_sweep 'a cat' --")


def test_values_follow_an_equals_sign_too():
    assert "wan2.6-t2i" in candidates("%%wan_t2i --model=wan2.6-")
    assert "16:9" in candidates("%%wan_t2i --size=16")
    assert "16:9" in candidates("%wan_edit expand photo.jpg --to=16")


def test_help_offers_every_topic():
    assert {"InvalidParameter", "InvalidApiKey"} <= set(candidates("%wan help Inv"))
    for word in ("resume", "confirm_above", "strength", "UNCERTAIN", "BudgetExceeded", "DASHSCOPE_API_KEY", "429"):
        assert word in candidates(f"%wan help {word[:2]}")
    assert "--mask" in candidates("%wan help --")
    assert candidates("%wan help resume ") == []


def test_a_background_is_completed_with_what_it_takes() -> None:
    assert "background" in candidates("%wan_edit backg")
    found = candidates("%wan_edit background mug.png --")
    assert "--keep" in found
    assert "--strength" not in found
    assert "--keep" not in candidates("%wan_edit style photo.png --")
    assert candidates("%wan_edit -m wanx-background-generation-v2 --model-version v") == ["v2", "v3"]
    assert "--on" in candidates("%wan rerun job --o")
