from __future__ import annotations

import json
from pathlib import Path

import pytest

from bailian_nb import specs
from bailian_nb.session import session as sessions

from .conftest import NOW, SMALL


def test_dry_run_shows_request_cost_and_both_calls_and_sends_nothing(cells, photo):
    sizes = dict(next(row.size for row in specs.parameters("t2i") if row.name == "size").named)
    ran = cells("%%wan_t2i -n 4 --seed 7 --size 16:9 --dry-run -o job\nA lighthouse")
    assert sessions.current().jobs() == []
    assert "job" not in cells.names
    assert ran.value is None
    text = ran.text
    assert '"n": 4' in text
    assert f'"size": "{sizes["16:9"]}"' in text
    assert "CNY 0.80" in text
    assert "wan.t2i('A lighthouse', model='wan2.6-t2i'" in text
    assert "$DASHSCOPE_API_KEY" in text
    ran = cells('%wan_edit style photo.png "French picture book" --dry-run')
    assert "wan.edit('photo.png', 'style', 'French picture book'" in ran.text
    assert sessions.current().jobs() == []


def test_on_the_emulator_the_curl_line_is_one_that_can_be_run_and_says_that_it_is_billed(cells, monkeypatch):
    """The emulator in this process has no address, and a line to a host that nobody can reach teaches nothing."""

    def shown() -> list[str]:
        lines = cells("%wan_t2i 'A lighthouse' --dry-run").text.splitlines()
        (at,) = [number for number, line in enumerate(lines) if line.startswith("curl ")]
        return lines[at - 1 : at + 1]

    head, line = shown()
    assert "from dashscope.aliyuncs.com, which needs a key and bills it" in head
    assert "`bailian-nb emulator` serves one" in head
    assert line.startswith("curl -X POST https://dashscope.aliyuncs.com/api/v1/services/aigc/")
    monkeypatch.setenv("DASHSCOPE_API_REGION", "ap-southeast-1")
    assert "curl -X POST https://dashscope-intl.aliyuncs.com/" in shown()[-1]
    monkeypatch.setenv("DASHSCOPE_API_REGION", "eu-central-1")
    assert "curl -X POST https://dashscope.aliyuncs.com/" in shown()[-1], "it has no host without a workspace"
    monkeypatch.setenv("DASHSCOPE_WORKSPACE_ID", "ws-1")
    assert "curl -X POST https://ws-1.eu-central-1" in shown()[-1]
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:8787/api/v1")
    head, line = shown()
    assert head == "the same with curl"
    assert line.startswith("curl -X POST http://127.0.0.1:8787/")


def test_a_python_call_of_a_dry_run_sends_the_same(cells):
    ran = cells("%%wan_t2i -n 2 --seed 7 --negative 'no \"people\"' --dry-run\nA shop that costs $5, {1: 2}")
    call = next(line for line in ran.text.splitlines() if line.startswith("wan.t2i("))
    cells("import bailian_nb as wan")
    assert cells(f"job = {call}").error is None
    assert cells.names["job"].request.prompt == "A shop that costs $5, {1: 2}"
    assert cells.names["job"].request.values == {
        "prompt": "A shop that costs $5, {1: 2}",
        "n": 2,
        "seed": 7,
        "size": SMALL,
        "negative_prompt": 'no "people"',
    }


def test_a_dry_run_of_an_expand_shows_the_frame(cells, photo):
    ran = cells("%wan_edit expand photo.png 'a park' --to 16:9 --dry-run")
    said = "left_scale 1.4222 right_scale 1.4222: 640x512 becomes 910x512 (16:9)"
    assert said in ran.text
    assert said in ran.html
    assert '"left_scale": 1.4222' in ran.text
    _shown, frame = ran.bundles
    assert set(frame) == {"image/jpeg", "text/plain"}
    assert frame["text/plain"] == "<Frame 640x512 at (135, 0) of 910x512>"
    assert len(cells("%wan_edit style photo.png 'gold leaf' --dry-run").bundles) == 1
    assert sessions.current().jobs() == []


def test_an_expand_above_the_limit_shows_the_frame_with_the_question(cells, photo):
    cells("%config WanMagics.confirm_above = 0.1")
    ran = cells("%wan_edit expand photo.png 'a park' --to 16:9")
    question = {"text/html", "text/plain"}
    assert [set(each) for each in ran.bundles] == [{"image/jpeg", "text/plain"}, question, question]
    assert sessions.current().jobs() == []


@pytest.mark.seldom
def test_the_frame_is_said_under_the_picture(cells, photo):
    ran = cells(f"%wan_edit expand photo.png 'a park {NOW}' --to 16:9 --seed 1 --wait")
    assert "left_scale 1.4222 right_scale 1.4222: 640x512 becomes 910x512 (16:9)" in ran.html
    cells("%config WanMagics.lang = 'zh'")
    ran = cells(f"%wan_edit expand photo.png 'a lake {NOW}' --to 16:9 --seed 1 --wait")
    assert "640x512 变为 910x512" in ran.html


@pytest.mark.seldom
def test_the_python_call_names_every_option_that_was_given(cells, photo):
    cells("from bailian_nb import Mask\nMask.like('photo.png').rect(0, 0, 90, 90).save('mask.png')")
    line = "%wan_edit inpaint photo.png 'a hat' --mask mask.png --invert --fit --out-dir there --max-cost 3 --no-paste"
    text = cells(f"{line} --retries 2 --no-cache --dry-run").text
    call = next(line for line in text.splitlines() if line.startswith("wan.edit("))
    for word in ("fit=True", "invert=True", "out_dir='there'", "max_cost=3.0", "retries=2", "cache=False"):
        assert word in call
    assert "paste_back=False" in call
    assert "mask='mask.png'" in call
    cells("import bailian_nb as wan")
    ran = cells(f"job = {call}; job.wait(30)")
    assert ran.error is None, ran.printed
    assert cells.names["job"].status == "SUCCEEDED"
    plain = cells("%wan_edit style photo.png 'gold leaf' --dry-run").text
    assert not any(word in plain for word in ("fit=", "invert=", "out_dir=", "max_cost="))


def call_of(ran):
    return next(line for line in ran.text.splitlines() if line.startswith("wan."))


@pytest.mark.seldom
def test_the_python_call_names_pictures_and_mask_as_the_line_did(cells, photo, tmp_path):
    (tmp_path / "in").mkdir()
    photo.rename(tmp_path / "in" / "photo.png")
    cells("import bailian_nb as wan\nfrom PIL import Image\nmask = wan.Mask.like('in/photo.png').rect(0, 0, 90, 90)")
    cells("pictures = {'cat': Image.open('in/photo.png')}\nboth = ['in/photo.png', pictures['cat']]")
    for line, start in (
        (
            f"%wan_edit style https://example.com/a.png 'gold {NOW}'",
            "wan.edit('https://example.com/a.png', 'style',",
        ),
        (f"%wan_edit style in/photo.png 'gold {NOW}'", "wan.edit('in/photo.png', 'style', 'gold "),
        (f"%wan_edit style {{pictures[cat]}} 'gold {NOW}'", "wan.edit(pictures['cat'], 'style', 'gold "),
        (
            f"%wan_edit inpaint in/photo.png 'a hat {NOW}' --mask mask",
            "wan.edit('in/photo.png', 'inpaint'",
        ),
        (f"%wan_edit -m wan2.5-i2i-preview both 'one {NOW}'", "wan.edit(both, None, 'one "),
        (
            f"%wan_edit -m wan2.5-i2i-preview in/photo.png both 'one {NOW}'",
            "wan.edit(['in/photo.png', *both], None, 'one ",
        ),
    ):
        call = call_of(cells(f"{line} --dry-run --seed 1"))
        assert call.startswith(start)
        job = cells(f"job = {call}").error or cells.names["job"]
        twin = call_of(cells(f"{line} --dry-run --seed 1"))
        assert twin == call
        assert job.request.seed == 1
        job.wait(30)
    assert "mask=mask, " in call_of(cells("%wan_edit inpaint in/photo.png 'a hat' --mask mask --dry-run"))


@pytest.mark.seldom
def test_the_python_call_of_a_rerun_is_a_rerun(cells, photo):
    cells(f"import bailian_nb as wan\n%wan_edit style photo.png 'gold {NOW}' --seed 1 -o job --wait")
    call = call_of(cells("%wan rerun job --strength 0.25 --dry-run"))
    assert call == "wan.rerun(job, strength=0.25)"
    cells(f"again = {call}")
    assert cells.names["again"].request.values == {**cells.names["job"].request.values, "strength": 0.25}
    name = cells.names["job"].id
    assert call_of(cells(f"%wan rerun {name} photo.png --dry-run")) == f"wan.rerun('{name}', image='photo.png')"


def test_a_dry_run_for_the_service_says_what_of_the_free_quota_may_count(cells, monkeypatch):
    assert "free quota of a new account" not in cells("%%wan_t2i --dry-run\nA lighthouse").text
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-made-up-0123456789abcdef")
    here = cells("%%wan_t2i --dry-run\nA lighthouse").text
    assert "free quota of a new account: 50 pictures, for 90 days from activation" in here
    monkeypatch.setenv("DASHSCOPE_API_REGION", "ap-southeast-1")
    assert "no free quota in ap-southeast-1: it holds in cn-beijing alone" in cells("%%wan_t2i --dry-run\nA").text


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("%wan_t2i 'a cat' --seed 7", "wan.t2i('a cat'"),
        ("%wan_edit style photo.png 'gold leaf' --seed 7", "wan.edit('photo.png', 'style', 'gold leaf'"),
        ("%wan_edit outpaint photo.png 'a park' --seed 7 --to 16:9", "wan.edit('photo.png', 'outpaint', 'a park'"),
    ],
)
def test_json_of_a_dry_run_is_one_document(cells, photo, line, called):
    ran = cells(f"{line} --dry-run --json")
    found = json.loads(ran.printed)
    assert ran.outputs == []
    assert sessions.current().jobs() == []
    assert found["dry_run"] is True
    assert found["request"]["method"] == "POST"
    assert found["request"]["body"]["parameters"]["seed"] == 7
    assert found["cost"]["images"] == 1
    assert found["cost"]["cny"] > 0
    assert found["python"].startswith(called)
    assert "$DASHSCOPE_API_KEY" in found["curl"]
    assert found["emulator"] is True
    assert found["curl_is_billed"] is True
    assert len(ran.printed) < 6000, "pictures are shortened"


@pytest.mark.parametrize(("option", "named"), [("--a1111", "a1111=True"), ("--no-embed", "embed=False")])
def test_the_call_in_python_writes_the_same_text_into_the_picture(cells, option, named):
    ran = cells(f"%wan_t2i 'A lighthouse' --dry-run {option}")
    (line,) = [line for line in ran.text.splitlines() if line.startswith("wan.t2i(")]
    assert f", {named})" in line


def test_json_of_a_sweep_s_dry_run_is_its_plan(cells, photo):
    ran = cells("%wan_sweep style photo.png 'gold' --axis strength=0,0.5 --axis seed=1,2 --dry-run --json")
    found = json.loads(ran.printed)
    assert (found["dry_run"], found["tasks"], found["images"], found["invalid"]) == (True, 4, 4, [])


@pytest.mark.seldom
def test_json_of_many_calls_is_a_row_for_each(cells, photo, tmp_path, unlimited):
    ran = cells(f"%wan_sweep style photo.png 'gold {NOW}' --axis strength=0,0.5 --json")
    found = json.loads(ran.printed)
    assert [(cell["state"], Path(cell["file"]).is_file()) for cell in found] == [("SUCCEEDED", True)] * 2
    (tmp_path / "rows.csv").write_text(f"scene\na shop {NOW}\n")
    line = "%wan_batch t2i rows.csv '{scene}' --size 768*768 --json"
    found = json.loads(cells(f"{line} --dry-run").printed)
    assert (found["dry_run"], found["tasks"], found["invalid"]) == (True, 1, [])
    (row,) = json.loads(cells(line).printed)
    assert (row["status"], Path(row["file"]).is_file()) == ("SUCCEEDED", True)


@pytest.mark.parametrize(("lang", "said"), [("en", "CNY 0.56 (list price of 2"), ("zh", "¥0.56（按 2")])
def test_a_sweep_s_dry_run_says_what_it_would_cost_by_which_list(cells, photo, lang, said):
    cells(f"%config WanMagics.lang = '{lang}'")
    ran = cells("%wan_sweep style photo.png 'gold' --axis strength=0,0.5 --axis seed=1,2 --dry-run")
    assert said in ran.text
