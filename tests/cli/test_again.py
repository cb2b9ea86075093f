"""`rerun`, `inspect` and `sweep` in a shell: as the magics do, from disk where nothing is changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from bailian_nb import cli
from bailian_nb.session import session as sessions

SMALL = ["--size", "768*768"]
CAT = ["t2i", "A cat emulator:latency=0", *SMALL, "--seed", "7", "--json"]


@pytest.fixture
def record(capsys: pytest.CaptureFixture[str]) -> dict:
    """Return the Record of a picture that was drawn before."""
    assert cli.main(CAT) == 0
    (found,) = json.loads(capsys.readouterr().out)
    return found


def test_a_rerun_comes_from_disk_and_a_change_is_sent(record, capsys):
    assert cli.main(["rerun", record["job_id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [record]
    assert cli.main(["rerun", record["job_id"], "--seed", "8", "--json"]) == 0
    (other,) = json.loads(capsys.readouterr().out)
    assert (other["seed"], other["prompt"]) == (8, record["prompt"])
    assert len(sessions.current().jobs()) == 3


def test_a_rerun_shows_what_it_would_send_and_the_same_in_python(record, capsys):
    assert cli.main(["rerun", record["job_id"], "--seed", "8", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["python"] == f"wan.rerun({record['job_id']!r}, seed=8)"


def test_a_picture_is_inspected_by_its_file_and_by_its_job(record, capsys):
    picture = sessions.current().index.recent(1)[0].path
    for word in (record["job_id"], str(picture)):
        assert cli.main(["inspect", word, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == [record]
    assert cli.main(["inspect", str(picture)]) == 0
    assert "A cat emulator:latency=0" in capsys.readouterr().out
    assert cli.main(["inspect", "nothing"]) == 1
    assert "bailian-nb jobs and bailian-nb history list what there is" in capsys.readouterr().err


@pytest.mark.seldom
def test_a_sweep_leaves_files_a_sheet_and_a_page(tmp_path: Path, capsys):
    sheet, page = tmp_path / "sheet.png", tmp_path / "page.html"
    words = ["sweep", "A {red|blue} cat emulator:latency=0", *SMALL, "--axis", "seed=1,2"]
    assert cli.main([*words, "--sheet", str(sheet), "--html", str(page)]) == 0
    caught = capsys.readouterr()
    assert len(caught.out.splitlines()) == 4
    assert all(Path(line.rpartition("  ")[2]).is_file() for line in caught.out.splitlines())
    with Image.open(sheet) as drawn:
        assert drawn.width > 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(sheet) in caught.err
    assert cli.main([*words, "--json"]) == 0
    cells = json.loads(capsys.readouterr().out)
    assert {(cell["labels"]["seed"], cell["state"]) for cell in cells} == {(1, "SUCCEEDED"), (2, "SUCCEEDED")}
    assert len({cell["file"] for cell in cells}) == 4


def test_a_dear_sweep_waits_for_run_and_a_dry_run_sends_nothing(capsys):
    words = ["sweep", "A cat", "--model", "wan2.7-image-pro", "--axis", "seed=1:20:1"]
    assert cli.main(words) == 1
    assert "is above confirm_above (5.00); nothing was sent. Run it again with --run" in capsys.readouterr().err
    assert cli.main([*words, "--dry-run", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["dry_run"], plan["tasks"], plan["cost"]) == (True, 20, 10.0)
    assert sessions.current().jobs() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "A cat"], "a sweep needs an axis: give a list of values, for example --axis strength=0,0.5,1"),
        (["sweep", "A cat", "--seed", "1:3"], "--seed takes one value; an axis is written --axis seed=1:3"),
        (
            ["sweep", "A cat", "--axis", "seed=1,2", "--seed", "3"],
            "--seed is given, and is an axis, too; leave one of them out",
        ),
        (["sweep", "A cat", "B"], "'B' is too much; put a prompt of several words into quotes"),
        (["sweep", "styl", "cat.png", "x", "--axis", "strength=0,1"], "unknown function styl, did you mean style?"),
        (["sweep", "A cat", "--axis", "seed"], "--axis looks like strength=0:1:0.25 or seed=1,2; got 'seed'"),
    ],
)
def test_a_slip_in_a_sweep_is_one_line(words, said, capsys, monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (512, 512)).save("cat.png")
    assert cli.main(words) == 1
    line = capsys.readouterr().err
    assert line.startswith(f"InvalidRequest: {said}")
    assert line.count("\n") == 1
