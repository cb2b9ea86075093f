"""The command line, run as a user runs it: pictures on disk, one line for a mistake, and the key in no output."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import cli, specs
from bailian_nb.session import session as sessions

from ..world.plain_pictures import packed

KEY = "sk-made-up-0123456789abcdef"
NOW = "emulator:latency=0"


@dataclass(frozen=True)
class Ran:
    """What one command left."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """Return the one line on stderr of a command that did nothing else."""
        assert (self.code, self.out) == (1, "")
        assert self.err.count("\n") == 1, self.err
        line = self.err.rstrip("\n")
        assert not re.search(r"  |[,;:]{2}|[.,;:] [.,;:]|Traceback", line), line
        return line


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands in this process, as often as wanted."""

    def run(*words: str) -> Ran:
        code = cli.main(words)
        caught = capsys.readouterr()
        assert KEY not in caught.out + caught.err
        return Ran(code, caught.out, caught.err)

    return run


@pytest.fixture(scope="module")
def gradient() -> bytes:
    return packed(Image.radial_gradient("L").resize((520, 560)).convert("RGB"))


@pytest.fixture
def photo(tmp_path: Path, gradient: bytes) -> str:
    path = tmp_path / "photo.png"
    path.write_bytes(gradient)
    return str(path)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def nothing_written(tmp_path: Path) -> None:
    assert files(tmp_path / "home") == []
    assert files(tmp_path / "out") == []


def test_t2i_saves_pictures_and_names_their_files(run: Run, tmp_path: Path) -> None:
    words = ("t2i", f"A flower shop {NOW}", "-n", "2", "--size", "768*768", "--seed", "7", "--no-watermark")
    ran = run(*words)
    assert (ran.code, len(ran.out.splitlines())) == (0, 2)
    for seed, line in zip((7, 8), ran.out.splitlines(), strict=True):
        shown, path = line.split("  ")
        assert shown == f"<Picture wan2.6-t2i 768x768 seed={seed} EMULATOR>"
        assert Path(path).is_relative_to(tmp_path / "out")
        with Image.open(path) as image:
            assert (image.format, image.size) == ("PNG", (768, 768))
        record = wan.Record.from_json(Path(path).with_suffix(".json").read_text(encoding="utf-8"))
        assert (record.seed, record.emulator, record.values["watermark"]) == (seed, True, False)
    told = "size 768*768 has 589824 pixels; the newest page asks for 1638400 or more (model wan2.6-t2i)"
    assert ran.err == f"note: {told}\n"


def test_the_same_t2i_again_comes_from_disk_unless_it_is_told_not_to(run: Run, tmp_path: Path) -> None:
    words = ("t2i", f"A cat {NOW}", "-m", "wan2.5-t2i-preview", "--size", "768x768", "--seed", "3")
    first, again = run(*words), run(*words)
    assert first.out == again.out
    assert run(*words, "--no-cache").out != first.out
    assert len(list((tmp_path / "out").rglob("*.png"))) == 2


def test_edit_takes_the_short_name_and_a_mask(run: Run, photo: str, tmp_path: Path) -> None:
    ran = run("edit", "style", photo, f"French picture book style {NOW}", "--strength", "0.25", "--seed", "1")
    assert ran.out.startswith("<Picture wanx2.1-imageedit style 520x560 seed=1 EMULATOR>  ")
    assert ran.err == ""
    mask = tmp_path / "mask.png"
    wan.Mask.like(photo).rect(10, 10, 90, 90).save(mask)
    ran = run("edit", "inpaint", photo, f"A hat {NOW}", "--mask", str(mask), "--out-dir", str(tmp_path / "elsewhere"))
    assert ran.code == 0
    made = [path.name for path in files(tmp_path / "elsewhere") if path.suffix == ".png"]
    assert len(made) == 2
    assert sum("pasted" in name for name in made) == 1


def test_json_prints_the_records_and_nothing_else(run: Run, photo: str) -> None:
    ran = run("edit", "instruct", photo, f"添加一副墨镜 {NOW}", "--seed", "5", "--json")
    (record,) = json.loads(ran.out)
    assert (record["function"], record["seed"]) == ("description_edit", 5)
    assert record["prompt"].startswith("添加一副墨镜")
    assert "添加" in ran.out, "Chinese is printed as it is"


def test_history_lists_the_newest_first_and_finds_words(run: Run) -> None:
    for prompt in ("A red door", "A blue door"):
        run("t2i", f"{prompt} {NOW}", "-m", "wan2.5-t2i-preview", "--size", "768*768", "--seed", "1")
    lines = run("history").out.splitlines()
    assert len(lines) == 2
    assert lines[0].split()[0] >= lines[1].split()[0]  # to the second; within one, the later row comes first
    assert run("history", "red", "door").out.splitlines() == lines[1:]
    assert run("history", "green").out == ""
    assert run("history", "--limit", "1").out.splitlines() == lines[:1]


def test_cost_says_what_was_spent_in_words_and_as_json(run: Run) -> None:
    assert " 0.00" in run("cost").out
    run("t2i", f"A hill {NOW}", "-n", "2", "--seed", "3", "--size", "768*768")
    out = run("cost").out
    assert "EMULATOR, nothing billed" in out
    assert "list price of " in out
    assert re.search(r"^today +2 +0\.40$", out, re.MULTILINE)
    assert "this kernel" not in out
    (found,) = json.loads(run("cost", "--all", "--json").out)
    assert (found["total"]["images"], found["total"]["cny"], found["emulator"]) == (2, 0.4, True)


def test_with_nothing_left_resume_and_history_say_so(run: Run) -> None:
    assert run("resume") == Ran(0, "nothing to resume\n", "")
    assert run("history") == Ran(0, "", "no saved picture found\n")


def test_doctor_is_content_with_the_emulator(run: Run) -> None:
    ran = run("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "requests go to: EMULATOR inside this process" in ran.out
    assert "FAIL" not in ran.out
    assert "      dashscope.aliyuncs.com\n" in ran.out


def test_a_task_that_fails_is_one_line_with_what_to_do(run: Run, tmp_path: Path) -> None:
    line = run("t2i", f"A cat {NOW} emulator:fail=InternalError.Timeout").line
    assert line.startswith("TaskFailed: InternalError.Timeout: ")
    assert re.search(r"\(request [\w-]+, task [\w-]+\)", line)
    assert line.endswith("not billed.")
    assert list((tmp_path / "out").rglob("*")) == []


def test_a_refused_submit_is_one_line(run: Run) -> None:
    assert run("t2i", f"A cat {NOW} emulator:reject=Arrearage").line.startswith("BillingError: Arrearage: ")


def test_a_picture_that_fails_leaves_the_others_and_its_reason(run: Run, photo: str) -> None:
    ran = run("edit", "style", photo, f"A cat {NOW} emulator:slot=1:InternalError.Timeout", "-n", "2", "--seed", "1")
    assert ran.code == 1
    assert ran.out.startswith("<Picture wanx2.1-imageedit style 520x560 seed=1 EMULATOR>  ")
    assert ran.out.count("\n") == ran.err.count("\n") == 1
    assert ran.err.startswith("picture 2: InternalError.Timeout: the service did not finish in time. ")
    assert ran.err.endswith(". Run it again; a failed picture is not billed.\n")


def test_a_picture_that_fails_without_a_code_is_said_too(run: Run) -> None:
    ran = run("t2i", f"A cat {NOW} emulator:slot=1:InternalError.Timeout", "-n", "2", "--size", "768*768")
    assert ran.code == 1
    line = ran.err.splitlines()[-1]
    assert line.startswith("picture 2: MissingPicture: the service returned 1 of 2 pictures and gave no reason. ")


MISTAKES = [
    ("t2i x -n 9", "n must lie in 1-4, got 9 (model wan2.6-t2i)"),
    ("t2i x --seed -4", "seed must lie in 0-2147483647, got -4 (model wan2.6-t2i)"),
    ("t2i ''", "prompt is empty; model wan2.6-t2i needs one (what to draw, "),
    ("t2i x --model wan2.6-t2", "unknown model wan2.6-t2, did you mean wan2.6-t2i? Known: "),
    ("t2i x --size 3x3", "size 3*3 has 9 pixels, model wan2.6-t2i takes 589824-2073600; try 1280*1280 or 16:9"),
    ("t2i x --retries 99", "retries must be a whole number in 0-10, got '99'"),
    ("t2i x --max-cost nan", "max_cost must be a number of CNY, 0 or more, got 'nan'"),
    ("t2i x --out-dir ~nobody-here/x", "~nobody-here/x names the home of a user who does not exist"),
    ("t2i x --sise 3", "unknown option --sise, did you mean --size? See bailian-nb t2i --help"),
    ("t2i x --strength=1", "unknown option --strength. See bailian-nb t2i --help"),
    ("t2i two words", "'words' is too much; put a prompt of several words into quotes; see bailian-nb t2i --help"),
    ("t2i x --seed", "option --seed needs a value after it; see bailian-nb t2i --help"),
    ("t2i", "the following arguments are required: prompt; see bailian-nb t2i --help"),
    (
        "t2j",
        "unknown command t2j, did you mean t2i? Known: demo, tutorials, t2i, edit, sweep, batch, rerun, inspect, ",
    ),
    ("edit styel PHOTO x", "unknown function styel, did you mean style? wanx2.1-imageedit has "),
    ("edit style no.png x", "image no.png does not exist"),
    ("edit style PHOTO x --strength 1.4", "strength must lie in 0.0-1.0, got 1.4 (function style)"),
    ("edit style PHOTO", "prompt is empty; function style needs one (what to do, "),
    ("edit style", "wanx2.1-imageedit takes FUNCTION IMAGE PROMPT, got 1 of them; see bailian-nb edit --help"),
    ("edit style PHOTO two words", "'words' is too much; put a prompt of several words into quotes; see "),
    ("edit inpaint PHOTO x", "function inpaint needs a mask: give --mask, white where to edit"),
    ("edit style PHOTO x --mask PHOTO", "function style takes no mask; "),
    ("edit -m wan2.7-image style PHOTO x", "wan2.7-image has no functions, got style; the prompt says what to do"),
    ("edit -m wan2.7-image PHOTO PHOTO", "the prompt is missing: "),
    ("edit PHOTO x", "unknown function "),
    ("edit style PHOTO x --sync", "model wanx2.1-imageedit has no synchronous call; leave out --sync"),
    ("edit style PHOTO x --to 16:9", "to is for function outpaint, whose scales it works out; "),
    ("edit expand PHOTO x --to 9:32", "--to 9:32 needs top_scale and bottom_scale of 3.30, allowed are 1.0-2.0; "),
    ("edit expand PHOTO x --to 16:9 --left-scale 2", "--to 16:9 works the scales out, so left_scale cannot be given "),
    ("edit style PHOTO x --dry-run --max-cost x", "max_cost must be a number of CNY, 0 or more, got 'x'"),
    ("history --limit x", "option --limit needs a whole number, got 'x'; see bailian-nb history --help"),
    ("emulator --port 99999", "port 99999 cannot be used: it must lie in 0-65535; --port 0 takes a free one"),
]


@pytest.mark.matrix
@pytest.mark.parametrize(("words", "line"), MISTAKES, ids=[words for words, _ in MISTAKES])
def test_a_mistake_is_one_line_and_leaves_nothing(run: Run, photo: str, tmp_path: Path, words: str, line: str) -> None:
    ran = run(*(photo if word == "PHOTO" else word for word in shlex.split(words)))
    assert ran.line.startswith(f"InvalidRequest: {line}")
    nothing_written(tmp_path)


def test_a_call_above_its_cap_is_one_line_and_sends_nothing(run: Run, tmp_path: Path) -> None:
    line = run("t2i", "x", "--max-cost", "0.1").line
    assert line == ("BudgetExceeded: 1 picture would cost CNY 0.20 by list price, max_cost is 0.1; nothing was sent")
    assert not (tmp_path / "home" / "journal.sqlite").exists()


def test_words_may_stand_behind_options(run: Run, photo: str) -> None:
    ran = run("t2i", "--sync", "--seed", "1", "--size", "768*768", f"A door {NOW}")
    assert ran.out.startswith("<Picture wan2.6-t2i 768x768 seed=1 EMULATOR>  "), ran.err
    assert run("edit", "style", photo, "--strength", "0.5", "--seed", "1", f"gold leaf {NOW}").code == 0
    ran = run("edit", "-m", "wan2.5-i2i-preview", photo, photo, "--seed", "1", f"Both {NOW}", "--size", "768*768")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("<Picture wan2.5-i2i-preview 768x768 seed=1 EMULATOR>  ")


def test_a_dry_run_prints_request_price_and_both_calls_and_sends_nothing(run: Run, photo: str, tmp_path: Path) -> None:
    ran = run("edit", "style", photo, "gold leaf", "--seed", "1", "--strength", "0.5", "--dry-run", "--max-cost", "2")
    assert ran.out.startswith("dry run: nothing was sent. estimate CNY 0.14 ")
    assert '"strength": 0.5' in ran.out
    assert "curl -X POST " in ran.out
    assert f"wan.edit({photo!r}, 'style', 'gold leaf', " in ran.out
    assert ", max_cost=2.0)" in ran.out
    ran = run("t2i", "A door", "-m", "wan2.6-t2i", "--dry-run", "--sync")
    assert "POST /services/aigc/multimodal-generation/generation" in ran.out
    assert "sync=True" in ran.out
    nothing_written(tmp_path)


def test_expand_takes_a_proportion_and_says_the_frame(run: Run, photo: str) -> None:
    said = "left_scale 1.9145 right_scale 1.9145: 520x560 becomes 996x560 (16:9)"
    assert said in run("edit", "expand", photo, "a park", "--to", "16:9", "--dry-run").out
    ran = run("edit", "outpaint", photo, f"a park {NOW}", "--to", "16:9", "--seed", "1")
    assert (ran.code, ran.err) == (0, f"note: {said}\n")
    assert ran.out.startswith("<Picture wanx2.1-imageedit outpaint 996x560 seed=1 EMULATOR>  ")


def test_a_masked_edit_may_be_left_as_it_was_served(run: Run, photo: str, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    wan.Mask.like(photo).rect(10, 10, 90, 90).save(mask)
    ran = run("edit", "inpaint", photo, f"A hat {NOW}", "--mask", str(mask), "--no-paste")
    assert ran.code == 0, ran.err
    made = [path.name for path in files(tmp_path / "out") if path.suffix == ".png"]
    assert len(made) == 1
    assert "pasted" not in made[0]


def test_a_port_that_is_taken_is_one_line(run: Run, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = run("emulator", "--port", str(port)).line
    assert line == f"InvalidRequest: port {port} cannot be used: Address already in use; --port 0 takes a free one"


def test_a_folder_that_cannot_be_made_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "file" / "home"))
    line = run("t2i", f"A cat {NOW}").line
    assert line.startswith(f"InvalidRequest: BAILIAN_NB_HOME cannot be kept in {tmp_path / 'file'}")


def test_without_a_key_and_without_the_emulator_the_variable_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in (None, "0"):
        monkeypatch.delenv("BAILIAN_NB_EMULATOR", raising=False)
        if value:
            monkeypatch.setenv("BAILIAN_NB_EMULATOR", value)
        line = run("t2i", "A cat").line
        assert line.startswith("MissingApiKey: no API key: set DASHSCOPE_API_KEY ")
        assert "BAILIAN_NB_EMULATOR=1" in line
    nothing_written(tmp_path)


def test_help_names_every_parameter_and_every_function(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("t2i", "edit"):
        with pytest.raises(SystemExit) as ended:
            cli.main([kind, "--help"])
        assert ended.value.code == 0
        shown = " ".join(capsys.readouterr().out.split())
        for row in specs.parameters(kind):
            assert f"--{row.name.replace('_', '-')}" in shown
    for row in specs.get(specs.DEFAULT_EDIT).functions:
        assert row.short in shown


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"bailian_nb {wan.__version__}\n"


def test_ctrl_c_is_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise wan.WaitInterrupted("stopped waiting; job abc goes on (RUNNING)")

    monkeypatch.setattr(sessions.Session, "send", interrupted)
    ran = run("t2i", "A cat")
    assert ran.code == 130
    assert ran.err == ("Interrupted: stopped waiting; job abc goes on (RUNNING). Take it up with: bailian-nb resume\n")


def test_prices_prints_the_table_and_compares_a_file_with_it(run: Run, tmp_path: Path) -> None:
    printed = run("prices")
    assert printed.code == 0
    path = tmp_path / "prices.csv"
    path.write_text(printed.out)
    assert run("prices", str(path)) == Ran(0, "nothing differs\n", "")
    path.write_text(printed.out.replace("wanx2.1-imageedit,cn-beijing,0.14", "wanx2.1-imageedit,cn-beijing,0.15"))
    said = "wanx2.1-imageedit cn-beijing cny: the table has 0.14, the file 0.15\n"
    assert run("prices", str(path)) == Ran(1, said, "")
    path.write_bytes(b"\xff\xfe")
    assert "is no UTF-8 text" in run("prices", str(path)).line
    assert "No such file" in run("prices", str(tmp_path / "none.csv")).line


def test_alone_it_shows_what_it_can_do(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([])
    assert end.value.code == 0
    assert "t2i" in capsys.readouterr().out


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "bailian_nb", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("bailian_nb ")
