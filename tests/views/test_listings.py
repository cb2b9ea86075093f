"""Tables of what is there, made of what is handed over: the same for a magic and for anything else that shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bailian_nb.errors import BailianError, BudgetExceeded, TaskFailed
from bailian_nb.gallery import Picture, Record
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.result import Result
from bailian_nb.jobs.resume import Resumed
from bailian_nb.session import session as sessions
from bailian_nb.session.doctor import Finding
from bailian_nb.views import job_table, listings
from bailian_nb.views.tables import Table


def job(name: str = "ab12cd", *, emulator: bool = True, cost: float | None = None) -> Job:
    return Job(id=name, request=None, label="wan2.6-t2i", emulator=emulator, created=100.0, cost=cost)


def rows(bundle: dict[str, str]) -> list[str]:
    """Return the lines under title and heads."""
    return bundle["text/plain"].splitlines()[2:]


def test_a_running_job_is_as_old_as_it_is_now_and_an_ended_one_as_it_was_then() -> None:
    running, ended = job(), job("ef34gh")
    ended.fail(TaskFailed("x", code="InternalError.Timeout"), at=103.0)
    assert [line.split("1970")[0].split() for line in rows(job_table.jobs([running, ended], "en", now=142.0))] == [
        ["ef34gh", "wan2.6-t2i", "FAILED", "InternalError.Timeout", "·", "3", "s"],
        ["ab12cd", "wan2.6-t2i", "QUEUED", "42", "s"],
    ]


def test_an_outcome_is_what_was_saved_or_one_word() -> None:
    saved, failed, ours = job("a", emulator=False), job("b", emulator=False, cost=0.2), job("c", emulator=False)
    saved.succeed(Result([], cost=0.4), at=101.0)
    failed.fail(TaskFailed("x", code="DataInspectionFailed"), at=101.0)
    ours.fail(BailianError("the disk is full"), at=101.0)
    table = job_table.jobs([ours, failed, saved], "en", now=200.0)
    for line, words in zip(
        rows(table), (r"0 saved · 1 s .* 0.40", r"DataInspectionFailed · 1 s .* 0.00", "BailianError"), strict=True
    ):
        assert re.search(words, line)


@pytest.mark.parametrize(("lang", "words"), [("en", "no jobs in this kernel yet"), ("zh", "本内核尚无作业")])
def test_without_jobs_one_sentence_says_so(lang: str, words: str) -> None:
    assert job_table.jobs([], lang, now=0.0)["text/plain"] == words


def test_resume_tells_what_it_sends_from_what_it_found() -> None:
    sent, kept, sought, known = (job(name) for name in "abcd")
    sent.replaces = "old"
    kept.succeed(Result([], cost=0.0, cached=True), at=0.0)
    sought.status = "UNCERTAIN"
    known.task_id = "t-1"
    text = listings.resumed(Resumed(jobs=[sent, kept, sought, known]), "en")["text/plain"]
    for name, words in zip(
        "abcd", ("sent now", "answered from disk", "its task is looked for", "resumed"), strict=True
    ):
        assert re.search(rf"^{name} +wan2.6-t2i +{words}", text, re.MULTILINE), text


def test_what_was_refused_stands_under_what_was_resumed() -> None:
    found = Resumed(jobs=[job()], refused=[BudgetExceeded("max_cost is 0.1", hint="Raise it.")])
    assert rows(listings.resumed(found, "en"))[-1] == "max_cost is 0.1. Raise it."
    assert "nothing to resume" in listings.resumed(Resumed(), "en")["text/plain"]


def test_history_keeps_its_order_and_the_beginning_of_a_prompt(tmp_path: Path) -> None:
    pictures = [
        Picture(
            path=tmp_path / f"{seed}.png",
            record=Record(model="wan2.6-t2i", prompt="x" * 99, seed=seed, size="64x64", emulator=seed == 8),
        )
        for seed in (8, 7)
    ]
    first, second = rows(listings.history(pictures, "en"))
    assert re.search(rf"^{'x' * (listings.PROMPT - 1)}… +wan2.6-t2i +64x64 +8 +EMULATOR +{tmp_path / '8.png'}$", first)
    assert re.search(rf"^{'x' * (listings.PROMPT - 1)}… +wan2.6-t2i +64x64 +7 +{tmp_path / '7.png'}$", second)
    assert listings.history([], "en")["text/plain"] == "no saved picture found"


def test_findings_have_their_sign_and_the_hosts_stand_under_them() -> None:
    found = [Finding(state="ok", name="key", text="sk-...abcd"), Finding(state="fail", name="limits", text="no")]
    lines = rows(listings.findings(found, ["a.example", "*.b.example"], "en"))
    assert [line.split()[0] for line in lines[:2]] == ["✓", "✗"]
    assert lines[2] == (
        "Hosts that a firewall must let through: a.example, *.b.example; "
        "the list is open: other buckets below *.aliyuncs.com may serve pictures any day"
    )


def test_settings_end_with_how_one_is_set() -> None:
    lines = rows(listings.settings({"lang": "en", "n": 2}, "en"))
    assert [line.split() for line in lines[:2]] == [["lang", "en"], ["n", "2"]]
    assert "%config WanMagics.lang" in lines[2]


def test_a_row_of_the_journal_is_said_as_its_job_is() -> None:
    session = sessions.current()
    ended = session.send(session.plan(model="wan2.6-t2i", values={"prompt": "a barn emulator:latency=0"}))
    ended.result()
    row = session.journal.row(ended.id)
    ours = job_table.jobs([ended], "zh", now=200.0)["text/plain"].splitlines()
    theirs = job_table.rows([row], "zh")["text/plain"].splitlines()
    assert ours[1:] == theirs[1:], "only the title has the total"


def test_a_long_id_breaks_where_a_column_is_narrow() -> None:
    running = job()
    running.task_id = "aaff1a28-6e3e-48bb-8eb9-bd487c7d50e9"
    table = job_table.jobs([running], "en", now=142.0)
    assert "aaff1a28-<wbr>6e3e-<wbr>48bb-<wbr>8eb9-<wbr>bd487c7d50e9" in table["text/html"]
    assert running.task_id in table["text/plain"]


def test_chinese_in_a_narrow_table_does_not_stand_one_sign_below_the_other() -> None:
    html = Table(title="", head=("", "提示词"), rows=[("a", "转换成法国绘本风格，色彩柔和"), ("b", "山")]).bundle()[
        "text/html"
    ]
    assert html.count("min-width:9em") == 1
    assert 'min-width:1em"><div align="left">山' in html
    assert '<td style="padding:.5em"><div align="left">a' in html
