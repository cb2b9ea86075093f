"""Lists at the command line: a table to read, and the same rows as JSON and CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bailian_nb import cli, specs
from bailian_nb.session import cancel_row
from bailian_nb.session import session as sessions

from ..world.jumping_clock import until

CAT = ["t2i", "=a cat emulator:latency=0", "--size", "768*768", "--seed", "7"]
TURNS = ["--json", "--csv"]


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]):
    """Run a command that goes well and return what it printed."""

    def run(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert cli.main(list(words)) == code
        return capsys.readouterr().out

    return run


@pytest.mark.seldom
def test_every_list_has_the_same_rows_as_json_and_as_csv(out):
    out(*CAT)
    for command in (["history"], ["jobs"], ["models"], ["models", "wan2.6-t2i"]):
        rows = json.loads(out(*command, "--json"))
        table = list(csv.DictReader(io.StringIO(out(*command, "--csv"))))
        assert rows, command
        assert [list(row) for row in table] == [list(row) for row in rows]
    assert [row["name"] for row in json.loads(out("models", "--json"))] == [row.name for row in specs.models()]


def test_a_spreadsheet_computes_no_prompt(out):
    out(*CAT)
    assert json.loads(out("history", "--json"))[0]["prompt"] == CAT[1]
    (row,) = csv.DictReader(io.StringIO(out("history", "--csv")))
    assert row["prompt"] == f"'{CAT[1]}"


def test_costs_are_rows_as_csv_and_a_list_of_accounts_as_json(out):
    out(*CAT)
    rows = {row["kind"]: row for row in csv.DictReader(io.StringIO(out("cost", "--csv")))}
    assert rows["today"]["images"] == rows["total"]["images"] == "1"
    assert "kernel" not in rows
    assert json.loads(out("cost", "--json"))[0]["today"]["images"] == 1


@pytest.mark.seldom
def test_jobs_of_another_process_are_listed_and_too_late_to_cancel(out, capsys, tmp_path: Path):
    assert out("jobs") == "no jobs yet\n"
    words = [sys.executable, "-m", "bailian_nb", *CAT]
    subprocess.run(words, check=True, capture_output=True)
    (row,) = json.loads(out("jobs", "--json"))
    assert (row["prompt"], row["status"], row["pictures"], row["emulator"]) == (CAT[1], "SUCCEEDED", 1, True)
    assert row["job"] in out("jobs")
    assert out("jobs", "--open") == "no jobs yet\n"
    assert cli.main(["cancel", row["job"]]) == 1
    assert "is SUCCEEDED and cannot be canceled any more" in capsys.readouterr().err


def test_a_job_that_waits_at_the_service_is_canceled_by_its_id(out, capsys):
    session = sessions.current()
    job = session.send(session.plan(model="wan2.6-t2i", values={"prompt": "a cat emulator:pending=60"}))
    until(lambda: job.task_id)
    assert [row["job"] for row in json.loads(out("jobs", "--open", "--json"))] == [job.id]
    assert out("cancel", job.id) == f"job {job.id} is canceled\n"
    assert cli.main(["cancel", "nobody"]) == 1
    assert capsys.readouterr().err == "InvalidRequest: no job is called 'nobody'; `bailian-nb jobs` lists them\n"


@pytest.mark.parametrize("command", [["history"], ["models"], ["jobs"], ["cost"]])
def test_both_at_once_are_refused(command, capsys):
    assert cli.main([*command, *TURNS]) == 1
    assert capsys.readouterr().err == "InvalidRequest: --json and --csv go to the same place; give one of them\n"


def test_a_limit_below_one_names_its_command(capsys):
    assert cli.main(["jobs", "--limit", "0"]) == 1
    assert capsys.readouterr().err.endswith("option --limit is 1 or more, got 0; see bailian-nb jobs --help\n")


def test_what_the_table_knows_is_read_in_a_shell_too(out):
    assert "style (stylization_all)" in out("functions", "style")
    assert "stylization_all" in out("functions")
    assert "wan2.6-t2i" in out("models")
    assert "HTTP 429" in out("help", "429")
    assert out("help").startswith("usage: bailian-nb ")
    assert "BAILIAN_NB_HOME" in out("config")


def test_history_takes_the_filters_of_the_magic(out):
    out(*CAT)
    assert len(json.loads(out("history", "=a", "--model", "wan2.6-t2i", "--json"))) == 1
    assert json.loads(out("history", "--model", "wan2.7-image", "--json")) == []
    assert json.loads(out("history", "--starred", "--json")) == []
    assert json.loads(out("history", "--page", "2", "--json")) == []
    assert json.loads(out("history", "--until", "2000-01-01", "--json")) == []


def test_a_service_that_does_not_answer_a_cancel_is_one_line(out, capsys, monkeypatch: pytest.MonkeyPatch):
    async def never(task_id: str) -> None:
        await asyncio.sleep(3600)

    session = sessions.current()
    job = session.send(session.plan(model="wan2.6-t2i", values={"prompt": "a cat emulator:pending=60"}))
    until(lambda: job.task_id)
    client = session.account(session.target(session.settings()), session.settings()).client
    monkeypatch.setattr(client, "cancel", never)
    monkeypatch.setattr(cancel_row, "SECONDS", 0.05)
    assert cli.main(["cancel", job.id]) == 1
    said = capsys.readouterr().err
    assert "no answer within 0.05 s" in said
    assert f"Whether job {job.id} was canceled is not known" in said
