from __future__ import annotations

import json

import pytest

from bailian_nb import specs
from bailian_nb.errors import BudgetExceeded, ContentRejected, InvalidRequest, TaskFailed
from bailian_nb.session import session as sessions

from .conftest import NOW

KEY = "sk-0123456789abcdef0123456789abcdef"
HOSTILE = "<img src=x onerror=alert(1)> \x1b[31mred\x1b[0m </pre><script>alert(2)</script>"


def jobs():
    return sessions.current().jobs()


def sent(cells, name="job"):
    return cells.names[name].request


def test_a_cell_returns_at_once_and_binds_its_job(cells):
    ran = cells(f"%%wan_t2i -n 2 --seed 7 -o shops\nA flower shop {NOW}")
    assert cells.names["shops"] is jobs()[0]
    assert ran.error is None
    assert len(ran.outputs) == 2
    assert "image/jpeg" not in ran.outputs[0].bundles[0], "nothing was drawn yet"
    result = cells.names["shops"].result()
    assert [picture.seed for picture in result] == [7, 8]


def test_a_line_magic_returns_its_job_and_shows_it_once(cells, photo):
    ran = cells(f'job = %wan_edit instruct photo.png "Put sunglasses on the cat" --strength 0.5 {NOW}')
    assert isinstance(ran.error, InvalidRequest), "the unquoted words after the prompt are too much"
    ran = cells(f'%wan_edit instruct photo.png "Put sunglasses on the cat {NOW}" --strength 0.5')
    assert ran.value is jobs()[0]
    assert len(ran.outputs) == 2
    ran = cells(f'job = %wan_edit instruct photo.png "Put sunglasses on the cat {NOW}" --strength 0.5')
    assert cells.names["job"] is jobs()[1]
    assert sent(cells).function == "description_edit"
    assert sent(cells).values["strength"] == 0.5


def test_the_variable_stays_bound_when_the_job_fails(cells):
    ran = cells("%%wan_t2i -o broken --wait\nA shop emulator:fail=InternalError.Timeout emulator:latency=0")
    assert isinstance(ran.error, TaskFailed)
    assert cells.names["broken"].status == "FAILED"
    assert cells.names["broken"].error is ran.error


def test_wait_returns_when_the_pictures_are_on_disk(cells):
    ran = cells(f"%%wan_t2i -o job --wait\nA shop {NOW}")
    assert ran.error is None
    assert all(picture.path.exists() for picture in cells.names["job"].outcome)


@pytest.mark.parametrize(
    "body", ["A shop", "  two  spaces  \n\n\tand a tab\n  end ", "$5 \\n { x } 100% ~ !ls ?", "中文,“引号” 😀"]
)
def test_the_body_is_the_prompt_byte_for_byte(cells, body):
    cells(f"%%wan_t2i -o job\n{body}")
    assert sent(cells).prompt == body.strip("\n")


def test_names_that_exist_are_filled_in_and_raw_turns_it_off(cells):
    cells("colour, price = 'red', 5")
    cells("%%wan_t2i -o job\nA {colour} door for $price, {1}, {{colour}}")
    assert sent(cells).prompt == "A red door for $price, {1}, {colour}"
    cells("%%wan_t2i -o job --raw\nA {colour} door, {{colour}}")
    assert sent(cells).prompt == "A {colour} door, {{colour}}"


def test_names_are_filled_into_line_prompts_and_stand_for_pictures(cells, photo):
    cells("colour = 'red'\nfrom PIL import Image\npicture = Image.open('photo.png')")
    cells('%wan_edit instruct picture "Make it {colour}" -o one')
    cells('%wan_edit instruct {picture} "Make it {colour}" -o two')
    assert sent(cells, "one").prompt == "Make it red"
    assert sent(cells, "one").images[0].sha256 == sent(cells, "two").images[0].sha256
    assert (sent(cells, "one").images[0].width, sent(cells, "one").images[0].height) == (640, 512)


def test_an_edit_starts_from_a_job_and_takes_a_mask_by_name(cells, photo):
    cells("import bailian_nb as wan\nmask = wan.Mask.like('photo.png').rect(40, 40, 200, 200)")
    cells(f"%%wan_edit inpaint photo.png --mask mask -o bowl --wait\nA ceramic rabbit {NOW}")
    assert sent(cells, "bowl").function == "description_edit_with_mask"
    picture = cells.names["bowl"].outcome[0]
    assert picture.path != picture.raw_path
    cells(f'%wan_edit style bowl "gold leaf {NOW}" -o gold --wait')
    assert cells.names["gold"].status == "SUCCEEDED"


SEVERAL = [row for row in specs.models("edit") if not row.functions and row.images and row.images.max_count > 1]


@pytest.mark.matrix
@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: row.name)
def test_models_without_functions_take_several_pictures(cells, photo, row):
    cells("from PIL import Image\npictures = [Image.open('photo.png'), 'photo.png']")
    assert cells(f"%wan_edit photo.png photo.png 'Join them' -m {row.name} -o two").error is None
    assert cells(f"%%wan_edit pictures photo.png -m {row.name} -o three\nJoin them").error is None
    assert [len(sent(cells, name).images) for name in ("two", "three")] == [2, 3]
    assert sent(cells, "two").prompt == sent(cells, "three").prompt == "Join them"
    ran = cells(f"%wan_edit photo.png photo.png 'Join them' -m {row.name} --dry-run")
    assert "wan.edit(['photo.png', 'photo.png'], None, 'Join them', model=" in ran.text
    ran = cells(f"%wan_edit {'photo.png ' * (row.images.max_count + 1)} 'Join them' -m {row.name}")
    assert f"takes {row.images.min_count}-{row.images.max_count} pictures" in ran.printed


def test_wrong_options_and_wrong_values_are_one_error(cells, photo):
    ran = cells('%wan_edit instruct photo.png "Change the sky" --strength 1.4 --sede 5')
    assert isinstance(ran.error, InvalidRequest)
    assert [problem.message for problem in ran.error.problems] == [
        "unknown option --sede, did you mean --seed? See --help",
        "strength must lie in 0.0-1.0, got 1.4 (function instruct)",
    ]
    ran = cells("%%wan_t2i one two -n 9 --size 10 -o 1x\nA shop")
    assert len(ran.error.problems) == 4
    ran = cells("%wan_edit instruct photo.png Change the sky --strength 2")
    assert len(ran.error.problems) == 2
    assert jobs() == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%wan_edit", "a function and a picture are needed, for example %wan_edit instruct"),
        ('%wan_edit instrct photo.png "x"', "unknown function instrct, did you mean instruct"),
        ('%wan_edit instruct nothing.png "x"', "nothing.png"),
        ('%wan_edit instruct photo.png "x" --mask photo.png', "takes no mask; inpaint does"),
        ('%wan_edit instruct photo.png "x" --size 16:9', "size is no parameter of function instruct"),
        ('%wan_edit instruct photo.png "x" -m wan2.6-t2i', "model wan2.6-t2i is for t2i, not for edit"),
        ('%wan_t2i "x" -m wan2.6-t2', "unknown model wan2.6-t2, did you mean wan2.6-t2i"),
        ('%wan_t2i "x" --axis seed=1,2', "--axis is for %wan_sweep"),
        ("%wan_t2i two words", 'needs quotes: "two words"'),
        ('%wan_t2i "open', 'put " at the end'),
        ("%wan_t2i", "prompt is empty"),
        ('%wan_t2i "x" --seed', "option --seed needs a value after it"),
    ],
)
def test_a_mistake_is_one_line_without_a_stack(cells, photo, line, message):
    ran = cells(line)
    assert isinstance(ran.error, InvalidRequest)
    lines = ran.printed.strip().splitlines()
    assert len(lines) == 1, ran.printed
    assert lines[0].startswith("InvalidRequest: ")
    assert message in lines[0]
    assert jobs() == []


def test_traceback_shows_the_stack(cells):
    ran = cells('%wan_t2i "x" --size 10 --traceback')
    assert "Traceback" in ran.printed
    assert "magics.py" in ran.printed


def test_max_cost_refuses_a_higher_estimate_before_anything_is_sent(cells):
    ran = cells("%%wan_t2i -n 4 --max-cost 0.5 -o job\nA shop")
    assert isinstance(ran.error, BudgetExceeded)
    assert "CNY 0.80" in ran.printed
    assert "job" not in cells.names
    cells("%config WanMagics.max_cost = 0.1")
    assert isinstance(cells("%%wan_t2i\nA shop").error, BudgetExceeded)
    assert jobs() == []


def test_above_confirm_above_a_front_end_asks_and_run_sends(cells):
    cells("%config WanMagics.confirm_above = 0.5")
    ran = cells("%%wan_t2i -n 4 -o job\nA shop")
    assert ran.error is None
    assert "CNY 0.80" in ran.text
    assert "--run" in ran.text
    assert "nothing was sent" in ran.text
    assert jobs() == []
    assert cells("%%wan_t2i -n 4 -o job --run\nA shop").error is None
    assert jobs() == [cells.names["job"]]


def test_the_question_says_what_the_estimate_is_and_binds_the_variable(cells):
    cells("%config WanMagics.confirm_above = 0.1")
    said = cells("%wan_t2i 'A shop' -o a").text
    dated = specs.get(specs.DEFAULT_T2I).prices_dated
    assert f"CNY 0.20 (list price of {dated}, before free quota and savings plan) is above confirm_above (0.10)" in said
    first = cells.names["a"]
    assert first.status == "WAITING"
    cells("%config WanMagics.lang = 'zh'")
    assert "未计免费额度与优惠" in cells("%wan_t2i 'A shop' -o a").text
    assert cells.names["a"] is not first


def test_above_confirm_above_nobody_is_asked_without_a_front_end(headless):
    headless("%config WanMagics.confirm_above = 0.5")
    ran = headless("%%wan_t2i -n 4\nA shop")
    assert isinstance(ran.error, BudgetExceeded)
    assert jobs() == []


def test_without_a_front_end_the_cell_waits_and_shows_one_final_output(headless):
    ran = headless(f"%%wan_t2i -o job --seed 7\nA shop {NOW}")
    assert headless.names["job"].final
    assert [set(bundle) for bundle in ran.bundles] == [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
    assert all(len(output.bundles) == 1 for output in ran.outputs)


def test_without_a_front_end_a_failure_ends_the_run_with_its_reason_shown(headless):
    ran = headless(f"%%wan_t2i -o job\nemulator-blocked {NOW}")
    assert isinstance(ran.error, (ContentRejected, TaskFailed))
    assert "DataInspectionFailed" in ran.html
    assert headless.names["job"].status == "FAILED"


def test_a_terminal_prints_files_and_reasons(make_cells):
    terminal = make_cells(terminal=True)
    ran = terminal(f"%%wan_t2i -o job\nA shop {NOW}")
    assert ran.outputs == []
    assert str(terminal.names["job"].outcome[0].path) in ran.printed


def test_quiet_shows_no_caption(cells):
    ran = cells(f"%%wan_t2i -q --wait\nA shop {NOW}")
    assert [set(output.data) for output in ran.outputs] == [{"image/jpeg", "text/plain"}]


def test_json_waits_and_prints_the_records(cells):
    ran = cells(f"%%wan_t2i -n 2 --seed 7 --json\n门上的字 {NOW}")
    records = json.loads(ran.printed)
    assert [record["seed"] for record in records] == [7, 8]
    assert records[0]["prompt"] == f"门上的字 {NOW}"


def test_out_dir_and_cache(cells, tmp_path):
    cells(f"%%wan_t2i --seed 7 --out-dir here --wait -o one\nA shop {NOW}")
    assert cells.names["one"].outcome[0].path.is_relative_to(tmp_path / "here")
    cells(f"%%wan_t2i --seed 7 --wait -o two\nA shop {NOW}")
    assert cells.names["two"].outcome.cached
    cells(f"%%wan_t2i --seed 7 --no-cache --wait -o three\nA shop {NOW}")
    assert not cells.names["three"].outcome.cached


def test_the_same_request_from_disk_needs_no_confirmation(cells):
    cells(f"%%wan_t2i --seed 7 --wait -o one\nA shop {NOW}")
    cells("%config WanMagics.confirm_above = 0.1")
    ran = cells(f"%%wan_t2i --seed 7 --wait -o two\nA shop {NOW}")
    assert ran.error is None
    assert cells.names["two"].outcome.cached


@pytest.mark.parametrize("option", ["", "--dry-run", "--max-cost 0.01", "--strength 1"])
def test_a_hostile_prompt_is_escaped_in_every_bundle(cells, option):
    ran = cells(f"%%wan_t2i --wait --negative '{HOSTILE}' {option}\n{HOSTILE} {NOW}")
    bundles = [bundle for output in ran.outputs for bundle in output.bundles]
    for bundle in [*bundles, {"text/plain": ran.printed}]:
        assert "\x1b" not in "".join(bundle.values())
        for tag in ("<img", "<script"):
            assert tag not in bundle.get("text/html", "")


def test_hostile_words_of_errors_are_escaped(cells):
    ran = cells(f"%wan help '{HOSTILE}'")
    assert "\x1b" not in ran.printed
    ran = cells("%%wan_t2i --wait\nA shop emulator:fail=Unknown.Code emulator:latency=0")
    assert "Unknown.Code" in ran.html


def test_chinese(cells):
    cells("%config WanMagics.lang = 'zh'")
    ran = cells(f"%%wan_t2i --wait\n花店 {NOW}")
    assert "模拟，未计费" in ran.html
    assert "试运行" in cells("%%wan_t2i --dry-run\n花店").text
    assert "建议" in cells(f"%%wan_t2i --wait\n违禁测试 {NOW}").html


def test_the_key_is_in_no_bundle(cells, monkeypatch, photo):
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    draw = "%%wan_t2i {}\nA shop emulator:latency=0".format
    for line in (draw("--dry-run"), draw("--wait"), "%wan config", "%wan doctor", "%wan jobs", "%wan history"):
        ran = cells(line)
        shown = [
            text for output in ran.outputs for bundle in output.bundles for text in (*bundle.values(), ran.printed)
        ]
        assert not [text for text in shown if KEY in text or KEY[:12] in text]
    assert "cdef" in cells("%wan config").text, "four characters say which key it is"


def test_without_a_key_and_a_front_end_the_variable_is_named(headless, monkeypatch):
    monkeypatch.delenv("BAILIAN_NB_EMULATOR")
    ran = headless("%%wan_t2i\nA shop")
    assert ran.printed.startswith("MissingApiKey: no API key: set DASHSCOPE_API_KEY")


@pytest.mark.matrix
@pytest.mark.parametrize("row", specs.get(specs.DEFAULT_EDIT).functions, ids=lambda row: row.short)
def test_help_of_a_function_lists_what_it_takes_under_both_names(cells, row):
    text = cells(f"%wan_edit {row.short} --help").text
    assert text == cells(f"%wan help {row.name}").text
    for parameter in specs.parameters("edit"):
        taken = parameter.name in [each.name for each in specs.get(specs.DEFAULT_EDIT).takes(row.name)]
        assert (f"--{parameter.name.replace('_', '-')}" in text.split()) == taken


def test_help_of_the_magics(cells):
    assert "--negative-prompt" in cells("%wan_t2i --help").text
    assert "stylization_all" in cells("%wan_edit --help").text
    assert "did you mean style" in cells("%wan_edit styel --help").printed


def test_a_picture_file_is_never_taken_for_the_prompt(cells, photo):
    said = cells("%wan_edit -m wan2.7-image photo.png photo.png").printed
    assert "InvalidRequest: the prompt is missing: photo.png is a picture file" in said
    said = cells("%wan_edit -m wan2.7-image style photo.png 'gold leaf'").printed
    assert "wan2.7-image has no functions, got style" in said
    assert sessions.current().jobs() == []


def test_a_sweep_over_proportions_is_an_expand_each(cells, photo):
    ran = cells(f"%wan_sweep expand photo.png 'a park {NOW}' --axis to=16:9,1:1 --seed 1 --wait -o grid")
    assert ran.error is None, ran.printed
    sizes = [job.outcome[0].record.size for job in cells.names["grid"].jobs]
    assert sizes == ["910x512", "640x640"]


@pytest.mark.seldom
def test_a_background_is_typed_like_a_function_and_kept_by_a_variable_or_a_file(cells, photo):
    from PIL import Image, ImageDraw

    mask = Image.new("L", (640, 512))
    ImageDraw.Draw(mask).ellipse((180, 120, 460, 400), fill=255)
    mask.save("keep.png")
    cells.names["kept"] = mask
    ran = cells('%wan_edit background photo.png "on a marble table" --keep keep.png --dry-run')
    assert '"model": "wan2.7-image"' in ran.text
    assert "wan.edit('photo.png', 'background'," in ran.text
    assert ", keep='keep.png'" in ran.text
    job = cells(f'%wan_edit background photo.png "on a marble table {NOW}" --keep kept --wait --seed 7').value
    assert job.request.function == "background"
    assert job.request.keeps
    assert "%wan_edit background mug.png" in cells("%wan help background").text
    assert "background" in cells("%wan functions").text
    ran = cells('%wan_edit background photo.png "x"')
    assert "keep is missing: photo.png has no transparency" in ran.printed


def test_a_rerun_on_another_model_says_what_stays_behind_and_compares(cells, photo):
    job = cells(f"%%wan_t2i --negative people --seed 7 --wait\na sea {NOW}").value
    cells.names["old"] = job
    ran = cells("%wan rerun old --on wan2.7-image --size 1K --wait")
    assert ran.value.request.model == "wan2.7-image"
    assert "negative_prompt=people: wan2.7-image has no such parameter" in ran.html
    assert "<Compare wan2.6-t2i" in ran.text
