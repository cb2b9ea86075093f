"""`bailian-nb batch`: its exit codes, what it prints, and that it ends in order however it is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import cli

from ..world.emulator_log import creates

SMALL = ("--size", "768*768")


@pytest.fixture(autouse=True)
def goods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "goods.csv"
    path.write_text("sku,scene\ns1,a shop\ns2,a bakery\n")
    return path


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_all_done_is_0_and_again_costs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["batch", "goods.csv", "--prompt", "{scene} at dusk", "--name", "{sku}_{i}", *SMALL, "--json"]
    assert cli.main([*words, "--csv", "done.csv"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["code"], found["counts"]) == (0, {"SUCCEEDED": 2})
    assert [Path(row["file"]).name for row in found["rows"]] == ["s1_1.png", "s2_1.png"]
    assert "s2_1.png" in Path("done.csv").read_text("utf-8-sig")
    assert cli.main(words) == 0
    assert json.loads(capsys.readouterr().out)["plan"]["cached"] == 2
    assert creates() == 2


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_columns_that_are_called_like_parameters_need_no_option(goods: Path) -> None:
    goods.write_text("prompt,size,seed\na shop,768*768,7\n")
    assert cli.main(["batch", "goods.csv"]) == 0
    Image.new("RGB", (520, 520)).save("a.png")
    assert cli.main(["batch", "a.png", "--function", "style", "--prompt", "Convert to gold", "--out", "gold"]) == 0
    assert len(list(Path("gold").rglob("*.png"))) == 1


@pytest.mark.usefixtures("unlimited")
def test_rows_that_are_left_out_are_named_at_the_end(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goods.write_text("prompt,size\na shop,768*768\na hill,1:99\n")
    assert cli.main(["batch", "goods.csv", "--skip-invalid"]) == 3
    said = capsys.readouterr()
    assert said.out == "1 of 2 done, 1 failed\n"
    assert "row 2 (line 3): size 128*12800 (from 1:99) has " in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["batch"], "SOURCE"),
        (["batch", "nothing.csv"], "there is no file"),
        (
            ["batch", "t2i", "goods.csv", "a {scene}", "--size", "square"],
            "written bailian-nb batch goods.csv --prompt 'a {scene}' ...",
        ),
        (
            ["batch", "edit", "style", "goods.csv", "gold"],
            "written bailian-nb batch goods.csv --function style --prompt gold ...",
        ),
        (["batch", "goods.csv"], "prompt"),
        (["batch", "goods.csv", "--prompt", "{scne}"], "did you mean scene"),
        (["batch", "goods.csv", "--prompt", "{scene}", "--nmae", "x"], "did you mean --name"),
        (["batch", "goods.csv", "--prompt", "{scene}", "--max-cost", "0.1"], "max_cost is 0.1"),
        (["batch", "goods.csv", "--prompt", "{scene}", "--name", "x"], "row 2 (line 3)"),
        (["batch", "goods.csv", "--prompt", "{scene}", "--function", "stile"], "style"),
        (["batch", "goods.csv", "--prompt", "{scene}", "--park", "--share", "7"], "share"),
    ],
)
def test_wrong_input_is_2_and_one_line_each(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert cli.main(words) == 2
    assert said in capsys.readouterr().err
    assert creates() == 0


def test_no_key_is_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BAILIAN_NB_EMULATOR", "0")
    assert cli.main(["batch", "goods.csv", "--prompt", "{scene}"]) == 2
    assert "DASHSCOPE_API_KEY" in capsys.readouterr().err


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_above_the_limit_it_needs_a_word(
    goods: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAILIAN_NB_CONFIRM_ABOVE", "1")
    goods.write_text("scene\n" + "".join(f"a shop {number}\n" for number in range(6)))
    words = ["batch", "goods.csv", "--prompt", "{scene}", *SMALL]
    assert cli.main(words) == 2
    assert creates() == 0
    assert cli.main([*words, "--dry-run"]) == 0
    assert "1.20" in capsys.readouterr().out
    assert cli.main([*words, "--run"]) == 0
    assert creates() == 6


@pytest.mark.usefixtures("unlimited")
def test_some_failed_is_3(goods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goods.write_text("scene\na shop\na shop emulator:fail=DataInspectionFailed\n")
    assert cli.main(["batch", "goods.csv", "--prompt", "{scene}", *SMALL]) == 3
    caught = capsys.readouterr()
    assert "1 of 2 done, 1 failed\n" in caught.out
    assert "DataInspectionFailed" in caught.err


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_a_cap_of_the_day_is_75_and_the_next_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bailian_nb.toml").write_text("max_cost_day = 0.3\n")
    words = ["batch", "goods.csv", "--prompt", "{scene}", *SMALL]
    assert cli.main(words) == 75
    assert "max_cost_day" in capsys.readouterr().err
    assert creates() == 1
    Path("bailian_nb.toml").unlink()
    assert cli.main(words) == 0
    assert creates() == 2


@pytest.mark.seldom
@pytest.mark.usefixtures("unlimited")
def test_parked_in_one_process_and_collected_in_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["batch", "goods.csv", "--prompt", "{scene}", *SMALL]
    assert cli.main([*words, "--park"]) == 0
    assert "collect them by" in capsys.readouterr().err
    assert cli.main([*words, "--collect"]) == 0
    assert creates() == 2


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM")
def test_sigterm_is_75_in_time_and_the_next_run_ends_it(goods: Path, tmp_path: Path) -> None:
    goods.write_text("sku,scene\n" + "".join(f"s{number},a shop {number}\n" for number in range(12)))
    env = {**os.environ, "BAILIAN_NB_EMULATOR_SECONDS": "0.2", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "bailian_nb.cli", "batch", "goods.csv", "--prompt", "{scene}", *SMALL]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 60
        while not list(tmp_path.rglob("*.png")):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        took = time.monotonic() - began
    assert process.returncode == 75, said
    assert "only what is missing is sent" in said
    assert took < 15  # 5 on a machine that does nothing else
    assert "Traceback" not in said
    before = creates()
    assert 1 <= before < 12
