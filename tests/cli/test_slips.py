"""Slips of the hand at the command line: what was meant is said, and nothing is sent, written or paid for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli
from bailian_nb.cli.reading import read
from bailian_nb.session import session as sessions

SLIPS = [
    (["t2i", "x", "--model", ""], "model must be a name, got ''. Known: wan2.6-t2i"),
    (["T2I", "x"], "unknown command T2I, did you mean t2i? Known: demo, tutorials, t2i, edit, sweep, "),
    (["resume", "--send", "nope"], "'nope' is too much; see bailian-nb resume --help"),
    (["t2i", "x", "y"], "'y' is too much; put a prompt of several words into quotes; see bailian-nb t2i --help"),
    (["edit", "扩图", "PHOTO", "x"], "unknown function 扩图, did you mean expand? wanx2.1-imageedit has "),
    (["edit", "PHOTO", "style", "x"], "unknown function "),
    (["edit", "style", "PHOTO", "x", "--invert"], "invert turns a mask over, and function style takes none"),
    (["t2i", "x", "--no-c"], "unknown option --no-c, did you mean --no-cache? See bailian-nb t2i --help"),
    (["t2i", "--", "-a cat", "--dry-run"], "--dry-run stands behind --, where all is text; put options before it"),
    (["t2i", "x", "--seed", "1", "--seed=2"], "option --seed is given more than once and takes one value; leave "),
    (["t2i", "x", "--negative", "a", "--negative-prompt", "b"], "option --negative-prompt is given more than once "),
    (["t2i", "x", "--watermark", "--no-watermark"], "option --no-watermark is given more than once and takes one "),
    (["history", "--limit", "1", "--limit", "2"], "option --limit is given more than once and takes one value; "),
    (["t2i", "x", "--retries", "1.5"], "retries must be a whole number in 0-10, got '1.5'"),
    (["t2i", "x", "--size", "100:1"], "size 12800*128 (from 100:1) has ratio 100, model wan2.6-t2i takes 0.25-4"),
]


@pytest.mark.parametrize(("words", "line"), SLIPS, ids=[" ".join(words) for words, _ in SLIPS])
def test_a_slip_is_one_line(words: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (640, 512), "teal").save(photo)
    assert cli.main([str(photo) if word == "PHOTO" else word for word in words]) == 1
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.startswith(f"InvalidRequest: {line}")
    assert caught.err.count("\n") == 1
    assert sessions.current().jobs() == []


@pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="no folder here that lets an administrator in and takes no file"
)
def test_a_folder_that_takes_no_file_is_refused_before_anything_is_paid_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["t2i", "x emulator:latency=0", "--out-dir", "/proc/self/pictures"]) == 1
    line = capsys.readouterr().err
    assert line.startswith("InvalidRequest: pictures cannot be saved in /proc/self/pictures: /proc/self is no ")
    assert sessions.current().jobs() == []


def test_an_empty_history_says_so_and_its_limit_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history"]) == 0
    caught = capsys.readouterr()
    assert (caught.out, caught.err) == ("", "no saved picture found\n")
    assert cli.main(["history", "--limit", "-1"]) == 1
    line = capsys.readouterr().err
    assert line == "InvalidRequest: option --limit is 1 or more, got -1; see bailian-nb history --help\n"


def test_small_words_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (640, 512), "teal").save(tmp_path / "coffee.jpg")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(wan.InvalidRequest, match=r"image nope\.jpg does not exist in "):
        wan.edit("nope.jpg", "style", "x")
    with pytest.raises(wan.InvalidRequest, match=r"did you mean coffee\.jpg\?"):
        wan.edit("cofee.jpg", "style", "x")
    with pytest.raises(wan.InvalidRequest, match=r"^max_cost is for running the sweep: "):
        wan.sweep("coffee.jpg", "style", "x", strength=[0, 1], max_cost=1)
    monkeypatch.setenv("DASHSCOPE_API_REGION", "cn-bejing")
    with pytest.raises(wan.InvalidRequest, match=r"^DASHSCOPE_API_REGION 'cn-bejing' is unknown, did you mean cn-b"):
        wan.t2i("x")
    assert {"BailianError", "BudgetExceeded", "JobTimeout", "WaitInterrupted"} <= set(dir(wan))
    assert "Problem" not in dir(wan)


def test_a_missing_picture_and_a_note_are_said_in_the_users_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    prompt = "x emulator:latency=0 emulator:slot=1:InternalError.Timeout"
    assert cli.main(["t2i", prompt, "-n", "2", "--size", "768*768", "-m", "wan2.6-t2i"]) == 1
    note, missing = capsys.readouterr().err.splitlines()
    assert note.startswith("提示：size 768*768")
    assert missing.startswith("第 2 张：")
    assert "MissingPicture: " in missing


def test_other_spellings_are_taken_as_in_a_magic(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["t2i", "x", "--dry-run", "-m", "wan2.6-t2i"]
    for spelling in ("--negative", "--negative_prompt", "--negative-prompt"):
        assert cli.main([*words, spelling, "people"]) == 0
        assert '"negative_prompt": "people"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--help"], "由文字生成图片"),
        (["t2i", "--help"], "费用上限（元）"),
        (["edit", "--help"], "蒙版文件：白色为编辑区域"),
        (["resume", "--help"], "同时发送从未发送的作业"),
        (["cost", "--help"], "以JSON格式输出各行"),
    ],
)
def test_help_speaks_the_users_language(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    assert said in _help(words, capsys)
    monkeypatch.setenv("BAILIAN_NB_LANG", "fr")
    assert not re.search("[\u4e00-\u9fff]", _help(["--help"], capsys)), "settings that cannot be read stop no help"


def _help(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 0
    return "".join(capsys.readouterr().out.split())


NAMES = [
    "~x.jpg",
    " lead.jpg",
    "trail.jpg ",
    "q\"uote's.jpg",
    "#a%41?&.jpg",
    "-dash.jpg",
    "--n.jpg",
    "size=1.jpg",
    "n=2",
]
NAMES += [
    "file:a.jpg",
    "data:a.jpg",
    "{x}.jpg",
    "*.jpg",
    "\U0001f600.jpg",
    "e\u0301.jpg",
    "\u732b\uff0c.jpg",
    "\u732b\uff0c",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_a_picture(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (640, 512), "teal").save(tmp_path / name, format="jpeg")
    assert cli.main(["edit", "style", name, "gold leaf", "--seed", "1", "--dry-run"]) == 0
    assert "data:image/jpeg;base64" in capsys.readouterr().out


def test_what_a_wide_keyboard_puts_around_options_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (640, 512), "teal").save("photo.jpg")
    words = "style\uff0c photo.jpg\u3001 x -n\uff1a2 --strength\uff1a0.5\uff0c --seed 7\u3002 --dry-run\u3002"
    assert cli.main(["edit", *words.split(" ")]) == 0
    call = capsys.readouterr().out
    assert "wan.edit('photo.jpg', 'style', 'x', model='wanx2.1-imageedit', strength=0.5, n=2, seed=7)" in call


def test_json_of_a_dry_run_is_one_document_and_an_error_leaves_it_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["t2i", "a cat", "--seed", "7", "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["python"].startswith("wan.t2i('a cat'")
    assert (found["request"]["body"]["parameters"]["seed"], found["cost"]["cny"]) == (7, 0.2)
    assert cli.main(["t2i", "a cat", "-n", "9", "--dry-run", "--json"]) == 1
    assert capsys.readouterr().out == ""


def test_a_switch_may_be_said_twice_and_text_behind_two_dashes_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["t2i", "--dry-run", "--json", "--seed", "1", "--dry-run", "--", "--seed"]) == 0
    assert json.loads(capsys.readouterr().out)["request"]["body"]["input"]["messages"][0]["content"] == [
        {"text": "--seed"}
    ]


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000"])
def test_a_blank_of_a_page_or_a_wide_keyboard_parts_words(blank: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([f"t2i{blank}x", f"--seed{blank}7", "--dry-run", f"--json{blank}"]) == 0
    assert json.loads(capsys.readouterr().out)["request"]["body"]["parameters"]["seed"] == 7


def test_tasks_may_be_adopted_by_several_options() -> None:
    assert read(["resume", "--adopt", "a", "b", "--adopt", "c"]).adopt == ["a", "b", "c"]
