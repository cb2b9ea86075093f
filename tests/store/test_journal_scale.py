"""What is asked of the journal before a call is sent and when rows are taken up reads no whole table."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from bailian_nb import cli
from bailian_nb.jobs.resume import revive
from bailian_nb.money import ledger
from bailian_nb.session.session import Session
from bailian_nb.store import bulk, input_files, schema
from bailian_nb.store.folders import day_folders
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import Row
from bailian_nb.store.statements import AT_ONCE, PUT_AWAY_SECONDS
from bailian_nb.system.paths import restored

from ..world.written_journal import DAY, NOW, REAL, WrittenJournal


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
    journal.recent(2, only_open=True)
    journal.open_ids()
    bulk.done(written.home, [row.request_key], base_url=REAL, emulator=False)
    ledger.billed(journal.path, {"us"}, NOW)
    journal.durations("wanx2.1-t2i-turbo", None, emulator=False)
    journal.same(row.request_key)
    journal.unfinished(REAL)
    journal.unfinished(REAL, but={"us"})
    journal.row("job001")
    journal.pictures("job001")
    journal.orphans.open_calls(REAL, "wanx2.1-t2i-turbo")
    journal.orphans.empty_calls(REAL, 0.0)
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
        if step in ("SCAN jobs", "SCAN put_away", "SCAN pictures", "SCAN strays")
    }
    assert bare == {}
    assert len(plans) > 6
    open_rows = next(plan for each, plan in plans.items() if "account NOT IN" in each)
    assert any("jobs_by_state" in step for step in open_rows), "open rows are few, and found without the others"
    lost = [plan for each, plan in plans.items() if "+base_url" in each and "stage = " in each]
    assert [any("jobs_by_state" in step for step in plan) for plan in lost] == [True, True], "as are calls without one"


def test_open_rows_are_counted_and_listed_however_much_was_done_since(written, capsys, monkeypatch):
    name = written.add("uncertain", at=NOW - DAY)
    with contextlib.closing(sqlite3.connect(written.journal.path)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
        other = {"id": "'later' || n", "created": "created + n", "request_key": "NULL", "task_id": "NULL"}
        db.execute(
            f"WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 10001)"
            f" INSERT INTO jobs ({', '.join(columns)}) SELECT {', '.join(other.get(each, each) for each in columns)}"
            " FROM jobs, count WHERE id = 'job001'"
        )
        db.commit()
    monkeypatch.setenv("BAILIAN_NB_HOME", str(written.home))
    assert Session(written.home).pending() == 2
    assert [row.id for row in written.journal.recent(1, only_open=True)] == ["job005"]
    assert cli.main(["jobs", "--open", "--json"]) == 0
    assert [row["job"] for row in json.loads(capsys.readouterr().out)] == ["job005", name]


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


def test_a_row_has_all_that_its_class_says(written):
    row = written.journal.row("job001")
    assert set(vars(row)) == {each.name for each in fields(Row)}
    assert row == replace(row, columns={})
    assert (row.state, row.emulator, row.embed, row.fresh) == ("done", False, True, False)
    assert row.columns["owner"] == row.kernel == written.journal.kernel
    assert "columns" not in repr(row)


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


def test_what_ended_long_ago_is_put_away_and_answers_as_before(tmp_path):
    written = WrittenJournal(tmp_path / "home")
    journal, long_ago = written.journal, NOW - PUT_AWAY_SECONDS - DAY
    names = [written.add("done", at=long_ago - number, cost=0.2) for number in range(3)]
    journal.saved(names[0], 0, tmp_path / "a.png", tmp_path / "a.png")
    pending = written.add("accepted", at=long_ago + 1)
    before = [journal.row(name) for name in names]
    spent = written.sum()
    written.add("done", cost=0.4)
    with schema.Database(journal.path).reading() as db:
        assert [row["id"] for row in db.execute("SELECT id FROM jobs ORDER BY created")] == [pending, "job005"]
    assert [journal.row(name) for name in names] == before
    assert [journal.same(row.request_key) for row in before] == [[row] for row in before]
    assert [row.id for row in journal.recent()] == ["job005", pending, *names]
    assert [row.id for row in journal.unfinished(REAL)] == [pending]
    (found,) = bulk.done(written.home, [before[0].request_key], base_url=REAL, emulator=False).values()
    assert found.files == (tmp_path / "a.png",)
    assert (written.sum().cny, written.sum(NOW).cny) == (pytest.approx(spent.cny + 0.4), pytest.approx(0.4))
    assert ledger.billed(journal.path, {"us"}, long_ago - 1) == pytest.approx(0.8)
    journal.close()


def test_one_note_puts_away_no_more_than_it_has_time_for(written):
    request = written.journal.row("job001").request
    with schema.Database(written.journal.path).transaction() as db:
        for number in range(2 * AT_ONCE):
            db.execute(
                "INSERT INTO jobs (id, account, base_url, emulator, region, model, request, out_dir, owner, state,"
                " created, finished) VALUES (?, 'us', ?, 0, 'r', ?, '{}', 'o', '', 'failed', 1.0, 1.0)",
                (f"old{number}", REAL, request["model"]),
            )
    left = []
    for _ in range(3):
        written.add("failed")
        with schema.Database(written.journal.path).reading() as db:
            left.append(db.execute("SELECT COUNT(*) FROM jobs WHERE id LIKE 'old%'").fetchone()[0])
    assert left == [AT_ONCE, 0, 0]


def test_tasks_that_ended_are_added_up_by_the_database(written):
    for _ in range(30):
        written.add("done", cost=0.2)
    written.add("done", cost=0.2, at=ledger.day_start(NOW) - 1)
    found = ledger.read(written.home)
    assert [(each.tasks, each.kind) for each in found] == [(1, "billed"), (34, "billed"), (1, "open")]


def test_kept_inputs_are_swept_once_for_many_open_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(input_files, "SWEEP_SECONDS", 1e9)
    written = WrittenJournal(tmp_path / "home")
    written.journal._kept._swept = -2e9
    pictures = [f"picture {number}".encode() for number in range(40)]
    names = []
    for data in pictures:
        digest = hashlib.sha256(data).hexdigest()
        image = {"sha256": digest, "format": "PNG", "width": 1, "height": 1}
        request = {"model": "m", "function": None, "values": {"p": digest}, "images": [image], "mask": None}
        names.append(written.add("accepted", request=request, inputs={digest: data}))
    seen = asked(written.journal, monkeypatch)
    kept = []
    for name in names:
        written.journal.end(name, "done", at=NOW)
        kept.append(len(list((written.home / "inputs").iterdir())))
    assert kept[-8:] == [7, 6, 5, 4, 3, 2, 1, 0], "with few open rows each goes with its own"
    assert len(set(kept)) < 20, "with many, once for several"
    assert sum("SELECT request FROM jobs" in each for each in seen) == len(set(kept))
    written.journal.close()


def test_the_name_of_this_kernel_is_told_while_the_session_is_busy(tmp_path):
    session = Session(tmp_path)
    told: list[str] = []
    kernel = session.journal.kernel
    with session.exclusively():  # a resume waits within for the loop, which asks for the name
        asking = threading.Thread(target=lambda: told.append(session._accounts.kernel()), daemon=True)
        asking.start()
        asking.join(20)
        assert told == [kernel]
    session.close()
