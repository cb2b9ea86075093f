"""What is asked of the journal before a call is sent and when rows are taken up reads no whole table."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from bailian_nb.jobs.resume import revive
from bailian_nb.store import schema
from bailian_nb.store.folders import day_folders
from bailian_nb.store.journal import Journal
from bailian_nb.system.paths import restored

from ..world.written_journal import NOW, REAL, WrittenJournal


@pytest.fixture
def written(tmp_path) -> Iterator[WrittenJournal]:
    found = WrittenJournal(tmp_path / "home")
    for number in range(4):
        found.add("done", at=NOW - number, cost=0.2)
    found.add("accepted")
    yield found
    found.journal.close()


def asked(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is asked of SQLite from here on."""
    seen: list[str] = []
    real = schema.Database._connect

    def connect(self: schema.Database) -> sqlite3.Connection:
        db = real(self)
        db.set_trace_callback(seen.append)
        return db

    monkeypatch.setattr(schema.Database, "_connect", connect)
    return seen


def test_questions_of_a_journal_use_an_index(written, monkeypatch):
    journal = written.journal
    row = journal.row("job005")
    seen = asked(journal, monkeypatch)
    journal.recent(2)
    journal.durations("wanx2.1-t2i-turbo", None, emulator=False)
    journal.same(row.request_key)
    journal.unfinished(REAL)
    journal.unfinished(REAL, but={"us"})
    journal.row("job001")
    journal.pictures("job001")
    written.add("submitting")
    selects = {
        each for each in seen if each.lstrip().startswith(("SELECT", "UPDATE", "DELETE")) and "sqlite_" not in each
    }
    with contextlib.closing(sqlite3.connect(journal.path)) as db:
        plans = {each: [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {each}")] for each in selects}
    bare = {
        each: step
        for each, plan in plans.items()
        for step in plan
        if step in ("SCAN jobs", "SCAN pictures", "SCAN strays")
    }
    assert bare == {}
    assert len(plans) > 6
    open_rows = next(plan for each, plan in plans.items() if "account NOT IN" in each)
    assert any("jobs_by_state" in step for step in open_rows), "open rows are few, and found without the others"


def test_rows_of_other_accounts_are_found_alone(written):
    written.add("accepted", account="them", at=NOW + 1)
    assert [row.account for row in written.journal.unfinished(REAL, but={"us"})] == ["them"]
    assert [row.account for row in written.journal.unfinished(REAL)] == ["us", "them"]


def test_of_many_pictures_each_folder_is_read_once(tmp_path, monkeypatch):
    written = WrittenJournal(tmp_path / "home")
    (tmp_path / "2026-11-21").mkdir()
    name = written.add("done", cost=0.2)
    for slot in range(50):
        path = tmp_path / f"2026-11-2{slot % 2}" / f"{slot}.png"
        written.journal.saved(name, slot, path, path)
    written.journal.close()
    paths: list[object] = []
    monkeypatch.setattr("bailian_nb.store.folders.restored", lambda value: paths.append(value) or restored(value))
    assert day_folders(tmp_path / "home") == [tmp_path / "2026-11-21", tmp_path / "2026-11-20"]
    assert len(paths) == 3, "two folders of pictures, and the one that was asked for"


def test_a_claim_keeps_what_each_row_holds(tmp_path):
    first = WrittenJournal(tmp_path / "home")
    names = [first.add("accepted") for _ in range(3)]
    rows = [first.journal.row(name) for name in names]
    first.journal.close()
    second = Journal(tmp_path / "home")
    assert second.claim_all(rows) == set(names)
    assert {name: second._known[name]["task_id"] for name in names} == {name: f"t-{name}" for name in names}
    job, _ = revive(second.row(names[0]), second)
    assert (job.id, job.task_id) == (names[0], f"t-{names[0]}")
    second.close()
