"""Resuming where the disk is full, somebody interrupts, or a cap is in the way: nothing stays that nobody drives."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.runner import Runner
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal

from ..world.altered import alter
from ..world.emulator_log import creates

VALUES = {"model": "wan2.2-t2i-flash", "size": "512*512"}

pytestmark = pytest.mark.usefixtures("unlimited")


def left_behind(count: int, **columns: Any) -> list[str]:
    """Return the jobs of a kernel that ended: each was answered, but its row says what `columns` say."""
    jobs = [wan.t2i("a hill emulator:latency=0", seed=seed, **VALUES) for seed in range(count)]
    journal = sessions.current().journal
    for job in jobs:
        for path in job.result(30).paths:
            path.unlink()  # or they would answer what is sent again
        alter(journal.path, job.id, finished=None, cost=None, task_id=None, **columns)
    sessions.current().close()
    return [job.id for job in jobs]


def once(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, fault: BaseException) -> None:
    """Let one call of a method raise."""
    real = getattr(owner, name)

    def raises(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(owner, name, real)
        raise fault

    monkeypatch.setattr(owner, name, raises)


def driven(job: Job) -> bool:
    return sessions.current().runner.drives(job) or job.final


def test_a_row_that_cannot_be_written_waits_for_the_next_resume_and_holds_no_other_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = left_behind(2, state="submitting")
    once(monkeypatch, Journal, "uncertain", sqlite3.OperationalError("database or disk is full"))
    found = wan.resume()
    assert [row.id for row, _ in found.faults] == names[:1]
    assert "1 that could not be taken up now" in repr(found)
    assert [job.id for job in found.jobs] == names[1:]
    later = wan.resume()
    assert [job.id for job in later.jobs] == names[:1]
    assert all(driven(job) for job in (*found.jobs, *later.jobs))


def test_a_journal_that_cannot_be_read_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    names = left_behind(1, state="submitting")
    once(monkeypatch, Journal, "unfinished", sqlite3.OperationalError("database is locked"))
    with pytest.raises(wan.BailianError, match="cannot use the journal: database is locked; nothing is lost"):
        wan.resume()
    assert [job.id for job in wan.resume().jobs] == names


def test_an_interrupted_call_leaves_no_job_behind_that_nobody_drives(monkeypatch: pytest.MonkeyPatch) -> None:
    once(monkeypatch, Runner, "start", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        wan.t2i("a hill", seed=1, **VALUES)
    assert wan.jobs() == []
    assert len(wan.t2i("a hill", seed=1, **VALUES).result(30)) == 1
    assert creates() == 1


def test_an_interrupted_resume_is_made_good_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    names = left_behind(1, state="submitting")
    once(monkeypatch, Runner, "seek", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        wan.resume()
    assert wan.jobs() == []
    (job,) = wan.resume().jobs
    assert job.id == names[0]
    assert driven(job)


@pytest.mark.seldom
def test_a_cap_stops_what_is_sent_at_last_and_what_went_before_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = left_behind(3, state="intent", submitted=None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bailian_nb.toml").write_text("max_cost_day = 0.3\n")
    found = wan.resume(send=True)  # 0.14 each
    assert len(found.jobs) == 2
    assert [row.id for row in found.unsent] == names[2:]
    (refused,) = found.refused
    assert f"job {names[2]} and those behind it were not sent" in str(refused)
    assert str(refused) in repr(found)
    assert all(len(job.result(30)) == 1 for job in found.jobs)
    assert creates() == 5
    assert [row.id for row in wan.resume().unsent] == names[2:]


def test_what_is_sent_at_last_is_held_against_the_cap_of_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(1, state="intent", submitted=None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bailian_nb.toml").write_text("max_cost = 0.01\n")
    found = wan.resume(send=True)
    assert not found.jobs
    assert "max_cost is 0.01" in str(found.refused[0])
    assert creates() == 1
