"""`%wan rerun` and `%wan inspect`: pictures, jobs, files and ids, in this kernel and the next one."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.errors import BudgetExceeded, InvalidRequest
from bailian_nb.session import session as sessions

from .conftest import NOW


def sent() -> int:
    """Count the create calls that the journal knows."""
    return len(sessions.current().journal.recent(100))


def next_kernel(cells) -> None:
    sessions.current().close()
    cells("%reload_ext bailian_nb")


def drawn(cells, options: str = "") -> wan.Job:
    cells(f"%%wan_t2i -o job --wait {options}\nA shop {NOW}")
    return cells.names["job"]


@pytest.mark.parametrize("options", ["--seed 7", ""])
def test_unchanged_it_is_answered_from_disk_even_when_the_seed_was_drawn(cells, options):
    first = drawn(cells, options)
    ran = cells("again = %wan rerun job")
    assert ran.error is None, ran.printed
    again = cells.names["again"].result(30)
    assert again.cached
    assert again.paths == first.result().paths
    assert sent() == 1


def test_no_cache_and_a_changed_option_send_again(cells):
    first = drawn(cells, "--seed 7 -n 2")
    cells("%wan rerun job --no-cache -o same --wait")
    cells("%wan rerun job --seed 9 -n 1 -o other --wait")
    same, other = cells.names["same"], cells.names["other"]
    assert sent() == 3
    assert [picture.seed for picture in same.result()] == [7, 8]
    assert [picture.seed for picture in other.result()] == [9]
    assert other.request.prompt == first.request.prompt
    assert other.request.values["size"] == first.request.values["size"]


def test_a_prompt_in_quotes_takes_the_place_of_the_one_that_was_sent(cells):
    first = drawn(cells, "--seed 7")
    for number, prompt in enumerate(("a hat. And a scarf", "一顶帽子，红色", "帽子"), start=2):
        ran = cells(f'%wan rerun job "{prompt}" -o other --wait')
        assert ran.error is None, ran.printed
        assert cells.names["other"].request.prompt == prompt
        assert cells.names["other"].request.seed == first.request.seed
        assert sent() == number
    assert "prompt='帽子'" in cells('%wan rerun job "帽子" --dry-run').text
    for word in ('"missing hat.png"', "帽子", '"hat"'):
        assert "takes no input picture" in str(cells(f"%wan rerun job {word}").error)


def test_a_picture_a_result_and_a_path_are_taken_too(cells):
    job = drawn(cells, "--seed 7")
    cells.names["result"] = job.result()
    for word in ("job[0]", "result", "result[0]", str(job.result()[0].path), job.id, "{result[0]}"):
        cells.names["job"] = job.result() if word == "job[0]" else job
        ran = cells(f"again = %wan rerun {word}")
        assert cells.names["again"].result(30).paths == job.result().paths, ran.printed
    assert sent() == 1


@pytest.mark.seldom
def test_an_edit_of_an_earlier_kernel_finds_its_input_again(cells, photo):
    cells(f'%wan_edit instruct photo.png "Put on a hat {NOW}" --strength 0.4 -o job --wait')
    path = cells.names["job"].result()[0].path
    next_kernel(cells)
    cells(f"%wan rerun {path} --seed 8 -o again --wait")
    request = cells.names["again"].request
    assert (request.function, request.values["strength"], request.seed) == ("description_edit", 0.4, 8)
    assert request.images[0].data == photo.read_bytes()


@pytest.mark.seldom
def test_an_input_that_was_converted_is_converted_the_same_way_again(cells, photo):
    Image.open(photo).resize((640, 512)).convert("P").save("wide.gif")
    cells(f'%wan_edit instruct wide.gif "Put on a hat {NOW}" --fit --seed 3 -o job --wait')
    path = cells.names["job"].result()[0].path
    next_kernel(cells)
    assert cells(f"again = %wan rerun {path}").error is None
    assert cells.names["again"].result(30).cached


def test_an_input_that_is_gone_is_named_and_can_be_given(cells, photo):
    cells(f'%wan_edit instruct photo.png "Put on a hat {NOW}" -o job --wait --seed 3')
    path = cells.names["job"].result()[0].path
    next_kernel(cells)
    photo.rename("elsewhere.png")
    before = sent()
    ran = cells(f"%wan rerun {path} --no-cache")
    assert isinstance(ran.error, InvalidRequest)
    told = r"picture photo\.png that was sent \(640x512, sha256 \w{12}\) is not found any more "
    read_from = re.search(told + r"\(it was read from (.+)\); give it", ran.printed)
    assert read_from[1] == str(photo.absolute()), ran.printed
    assert sent() == before
    assert cells(f"%wan rerun {path} elsewhere.png -o again").error is None
    assert cells.names["again"].result(30).cached, "the same bytes under another name are the same request"


@pytest.mark.seldom
@pytest.mark.parametrize("subject", ["picture", "job id", "Record"])
def test_an_input_that_was_named_from_another_folder_is_found_where_it_was_read(
    subject, cells, photo, tmp_path, monkeypatch
):
    folder = tmp_path / "course" / "照片"
    folder.mkdir(parents=True)
    photo.rename(folder / "cat.png")
    monkeypatch.chdir(folder.parent)
    cells(f'%wan_edit instruct 照片/cat.png "Put on a hat {NOW}" -o job --wait --seed 3 --out-dir {tmp_path / "made"}')
    job = cells.names["job"]
    picture = job.result()[0]
    next_kernel(cells)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    cells.names["record"] = picture.record
    word = {"picture": picture.path, "job id": job.id, "Record": "record"}[subject]
    ran = cells(f"%wan rerun {word} --seed 8 -o again --wait")
    assert ran.error is None, ran.printed
    assert cells.names["again"].request.images[0].data == (folder / "cat.png").read_bytes()


def test_a_picture_gives_away_no_folder_of_the_machine_that_made_it(cells, photo):
    cells(f'%wan_edit instruct photo.png "Put on a hat {NOW}" -o job --wait --seed 3')
    picture = cells.names["job"].result()[0]
    for held in (picture.path.read_bytes(), picture.path.with_suffix(".json").read_bytes()):
        assert str(photo.parent).encode() not in held
        assert b"photo.png" in held


def test_an_input_of_which_no_path_is_known_says_in_which_folders_it_was_looked_for(cells, photo, tmp_path):
    cells(f'%wan_edit instruct photo.png "Put on a hat {NOW}" -o job --wait --seed 3')
    path = cells.names["job"].result()[0].path
    next_kernel(cells)
    photo.unlink()
    sessions.current().journal.row = lambda job: None  # as of a picture that another machine made
    ran = cells(f"%wan rerun {path} --no-cache")
    assert f"(looked for in {tmp_path}, {path.parent}, " in ran.printed
    assert "; give it as %wan rerun PICTURE FILE" in ran.printed


@pytest.mark.seldom
def test_a_mask_of_a_file_is_read_from_it_again_as_it_was_sent(cells, photo, tmp_path, monkeypatch):
    mask = Image.new("RGB", (640, 512))
    mask.paste((255, 255, 255), (10, 10, 200, 200))
    (tmp_path / "masks").mkdir()
    mask.save("masks/m.png")
    cells(f'%wan_edit inpaint photo.png "A rabbit {NOW}" --mask masks/m.png -o job --wait --seed 3 --invert')
    picture = cells.names["job"].result()[0]
    next_kernel(cells)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    ran = cells(f"again = %wan rerun {picture.path}")
    assert ran.error is None, ran.printed
    assert cells.names["again"].result(30).cached


def test_a_masked_edit_goes_with_its_mask(cells, photo):
    cells.names["mask"] = wan.Mask.like((640, 512)).rect(10, 10, 200, 200)
    cells(f'%wan_edit inpaint photo.png "A rabbit {NOW}" --mask mask -o job --wait --seed 3')
    first = cells.names["job"]
    assert first.result()[0].raw_path != first.result()[0].path
    for subject in (first.result()[0].path, first.result()[0].raw_path, first.id):
        assert cells(f"again = %wan rerun {subject}").error is None
        assert cells.names["again"].result(30).cached
    next_kernel(cells)
    assert "the mask that was sent (640x512" in cells(f"%wan rerun {first.result()[0].path}").printed
    assert cells(f"again = %wan rerun {first.result()[0].path} --mask mask").error is None
    assert cells.names["again"].result(30).cached


def test_a_masked_edit_that_was_not_pasted_is_not_pasted_again(cells, photo):
    cells.names["mask"] = wan.Mask.like((640, 512)).rect(10, 10, 200, 200)
    cells(f'%wan_edit inpaint photo.png "A rabbit {NOW}" --mask mask --no-paste -o job --wait --seed 3')
    cells(f"again = %wan rerun {cells.names['job'].result()[0].path}")
    assert cells.names["again"].result(30).cached


def test_a_failed_job_of_an_earlier_kernel_is_sent_again_by_its_id(cells):
    cells(f"%%wan_t2i -o job --wait --seed 7\nemulator:fail=InternalError@try=1 {NOW}")
    job = cells.names["job"]
    assert job.status == "FAILED"
    next_kernel(cells)
    cells(f"%wan rerun {job.id} -o again --wait")
    assert cells.names["again"].result(30)[0].seed == 7


def test_the_money_rule_holds(cells):
    drawn(cells, "--seed 7 -n 2")
    cells("%config WanMagics.confirm_above = 0.3")
    assert cells("%wan rerun job").error is None, "what is on disk asks nobody"
    ran = cells("%wan rerun job --no-cache -o other")
    assert "--run" in ran.text
    assert cells.names["other"].status == "WAITING"
    assert isinstance(cells("%wan rerun job --no-cache --max-cost 0.1 --run").error, BudgetExceeded)
    assert "EMULATOR" not in cells("%wan rerun job --seed 9 --dry-run").text
    assert sent() == 1


def test_a_word_that_is_nothing_is_one_line(cells):
    for line, words in (
        ("%wan rerun", "%wan rerun needs a picture or a job"),
        ("%wan rerun zzzzzz", "'zzzzzz' is no picture file, no variable and no job"),
        ("%wan rerun cells", "'cells' is no picture file"),
        ("%wan inspect", "%wan inspect needs one picture or job, got 0 words"),
    ):
        ran = cells(line)
        assert isinstance(ran.error, InvalidRequest)
        assert words in ran.printed
        assert ran.printed.count("\n") == 1


def test_python_does_the_same(cells, photo):
    job = wan.edit(photo, "instruct", f"a hat {NOW}", seed=3)
    job.result(30)
    assert wan.rerun(job).result(30).cached
    assert wan.rerun(job.result()[0], seed=4, strength=0.2).result(30)[0].record.values["strength"] == 0.2
    with pytest.raises(InvalidRequest, match="did you mean strength"):
        wan.rerun(job, strenght=0.2)
    with pytest.raises(InvalidRequest, match="a picture, its path, a job or its id is needed, got int"):
        wan.rerun(3)


def test_inspect_shows_everything_that_the_record_says(cells, photo):
    cells(f'%wan_edit instruct photo.png "<b>Put on</b> a hat {NOW}" --strength 0.4 --seed 3 -o job --wait')
    picture = cells.names["job"].result()[0]
    record = picture.record
    for word in ("job", cells.names["job"].id, str(picture.path)):
        ran = cells(f"%wan inspect {word}")
        for value in (record.prompt, record.task_id, record.request_id, record.sha256, record.created, "0.4"):
            assert str(value) in ran.text
        assert f"photo.png, 640x512, image/png, sha256 {record.inputs[0]['sha256']}" in ran.text
        assert "EMULATOR" in ran.text
        assert "<b>Put on</b>" not in ran.html
        assert "&lt;b&gt;Put on&lt;/b&gt;" in ran.html
    assert json.loads(cells("%wan inspect job --json").printed)[0] == json.loads(record.to_json())


def test_a_long_prompt_is_shown_whole(cells):
    cells(f"%%wan_t2i -o job --wait --seed 7\n{'flowers ' * 200}the end {NOW}")
    ran = cells("%wan inspect job")
    assert f"the end {NOW}" in ran.text
    assert f"the end {NOW}" in ran.html


def test_inspect_shows_a_job_without_pictures_and_why(cells):
    cells(f"%%wan_t2i -o job --wait --seed 7\nemulator-blocked {NOW}")
    job = cells.names["job"]
    text = cells("%wan inspect job").text
    for value in (job.id, "FAILED", job.task_id, "DataInspectionFailed", "emulator-blocked"):
        assert value in text
    next_kernel(cells)
    assert job.task_id in cells(f"%wan inspect {job.id}").text


def test_a_picture_of_somebody_else_holds_no_record(cells, photo):
    assert "photo.png holds no Record of bailian_nb" in cells("%wan inspect photo.png").printed


def test_a_compare_shows_a_sheet_and_a_caption_with_a_link_to_its_page(cells, photo):
    cells(f'%wan_edit instruct photo.png "Put on a hat {NOW}" --seed 3 -o job --wait --out-dir here')
    ran = cells("job.result()[0].compare('photo.png')")
    assert ran.error is None, ran.printed
    assert [set(bundle) for bundle in ran.bundles] == [{"image/jpeg", "text/plain"}, {"text/html", "text/plain"}]
    assert 'href="here/' in ran.html
    assert "of the pixels differ" in ran.html
    assert "EMULATOR" in ran.html
