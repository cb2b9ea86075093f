"""The journal's file: what a lock of another program does to those who wait, and what a newer version does."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.store import schema
from bailian_nb.store.schema import SCHEMA, Database, journal_path
from tests.world.stopped import only_linux, stopped


@pytest.fixture
def file(tmp_path: Path) -> Database:
    return Database(journal_path(tmp_path))


@contextlib.contextmanager
def locked(file: Database) -> Iterator[sqlite3.Connection]:
    """Hold the file as another program does."""
    with contextlib.closing(sqlite3.connect(file.path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        yield db
        if db.in_transaction:
            db.execute("ROLLBACK")


@pytest.mark.parametrize("how", ["reading", "transaction"])
def test_a_wait_for_a_locked_file_is_said_and_hears_an_interrupt(
    file: Database, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def interrupt(line: str) -> None:
        heard.append(line)
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    monkeypatch.setattr(schema, "on_wait", interrupt)
    with locked(file), pytest.raises(KeyboardInterrupt), getattr(file, how)():
        pytest.fail("nobody gets in while it is locked")
    assert heard == ["the journal is locked by another program; waiting for it (an interrupt stops that)"]
    with file.transaction() as db:
        db.execute("INSERT INTO losses VALUES (1.0, 'nothing')")
    with file.reading() as db:
        assert db.execute("SELECT what FROM losses").fetchone()[0] == "nothing"


@pytest.mark.parametrize("how", ["reading", "transaction"])
def test_sqlite_itself_waits_for_no_longer_than_a_user_does_for_an_interrupt(file: Database, how: str) -> None:
    """It is deaf meanwhile; half a second is what an interrupt may take."""
    with getattr(file, how)() as db:
        assert db.execute("PRAGMA busy_timeout").fetchone()[0] <= 500


def test_who_waits_gets_in_when_the_lock_goes(file: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    with locked(file) as db:
        monkeypatch.setattr(schema, "on_wait", lambda line: db.execute("ROLLBACK"))
        with file.transaction() as mine:
            mine.execute("INSERT INTO losses VALUES (1.0, 'nothing')")


def test_a_lock_that_never_goes_ends_in_an_error(file: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.0)
    with locked(file), pytest.raises(sqlite3.OperationalError, match="locked"), file.transaction():
        pytest.fail("nobody gets in while it is locked")


def test_a_file_of_a_newer_version_is_refused_and_stays_as_it_is(file: Database) -> None:
    with contextlib.closing(sqlite3.connect(file.path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(BailianError, match=f"of version {SCHEMA + 1}, this bailian_nb knows {SCHEMA}"):
        Database(file.path)


def test_rows_of_an_earlier_version_get_their_keys_and_open_twins_are_outside_the_rule(tmp_path: Path) -> None:
    path = journal_path(tmp_path)
    request = '{"model": "m", "function": null, "values": {"prompt": "x"}, "images": [], "mask": null}'
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for step in schema._VERSIONS[:6]:
            for statement in step:
                db.execute(statement)
        db.execute("PRAGMA user_version = 6")
        for name, state, at in (("a", "accepted", 1.0), ("b", "uncertain", 2.0), ("c", "done", 3.0)):
            columns = "id, account, base_url, emulator, region, model, request, out_dir, owner, state, created"
            values = (name, "us", "u", 0, "r", "m", request, "out", "k", state, at)
            db.execute(f"INSERT INTO jobs ({columns}) VALUES ({', '.join('?' * 11)})", values)
    with Database(path).reading() as db:
        rows = db.execute("SELECT id, request_key, fresh FROM jobs ORDER BY id").fetchall()
    assert len({row["request_key"] for row in rows}) == 1
    assert rows[0]["request_key"]
    assert [(row["id"], row["fresh"]) for row in rows] == [("a", 0), ("b", 1), ("c", 0)]


def test_rows_of_a_base_url_with_a_password_are_found_without_it_and_nothing_of_it_stays(tmp_path: Path) -> None:
    path = journal_path(tmp_path)
    url = "https://user:hush@hush@gate.example/api/v1"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for step in schema._VERSIONS[:7]:
            for statement in step:
                db.execute(statement)
        db.execute("PRAGMA user_version = 7")
        columns = "id, account, base_url, emulator, region, model, request, out_dir, owner, state, created"
        for name in ("a", "b"):
            values = (name, "acc", url, 0, "r", "m", "{}", "out", "", "accepted", 1.0)
            db.execute(f"INSERT INTO jobs ({columns}) VALUES ({', '.join('?' * 11)})", values)
        db.execute("INSERT INTO strays (task_id, base_url, model, first_seen) VALUES ('t', ?, 'm', 1.0)", (url,))
    assert b"hush" in path.read_bytes()
    with Database(path).reading() as db:
        rows = db.execute("SELECT id FROM jobs WHERE base_url = 'https://gate.example/api/v1' ORDER BY id").fetchall()
        assert [row["id"] for row in rows] == ["a", "b"]
        assert [row["task_id"] for row in db.execute("SELECT * FROM strays WHERE base_url NOT LIKE '%@%'")] == ["t"]
    assert b"hush" not in path.read_bytes()


def _add(
    file: Database, id_: str, *, state: str = "intent", account: str = "mine", key: str | None = "a cat", **more: int
) -> None:
    with file.transaction() as db:
        db.execute(
            "INSERT INTO jobs (id, account, base_url, emulator, region, model, request, out_dir, owner, state, created,"
            " request_key, fresh) VALUES (?, ?, 'u', 0, 'r', 'm', '{}', '/', 'k', ?, 1.0, ?, ?)",
            (id_, account, state, key, more.get("fresh", 0)),
        )


@pytest.mark.parametrize("state", schema.OPEN)
def test_the_database_itself_takes_no_second_open_row_of_a_request(file: Database, state: str) -> None:
    _add(file, "first", state=state)
    with pytest.raises(sqlite3.IntegrityError):
        _add(file, "second")
    with file.reading() as db:
        assert [row["id"] for row in db.execute("SELECT id FROM jobs")] == ["first"]


def test_what_is_no_second_open_row_of_a_request_is_taken(file: Database) -> None:
    _add(file, "first")
    _add(file, "of another account", account="yours")
    _add(file, "of another request", key="a dog")
    _add(file, "of none", key=None)
    _add(file, "of none again", key=None)
    _add(file, "asked for anew", fresh=1)
    _add(file, "ended", state="done")
    with file.reading() as db:
        assert db.execute("SELECT count(*) FROM jobs").fetchone()[0] == 7


@only_linux
@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE", "DEFERRED"])
def test_a_kernel_that_is_stopped_while_it_uses_the_journal_holds_nobody_up_and_stays_stopped(
    how: str, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    monkeypatch.setattr(schema, "on_wait", lambda said: pytest.fail(said))
    with stopped(file.path.parent, file.path, how) as kernel:
        with file.transaction() as db:
            db.execute("INSERT INTO losses VALUES (1.0, 'nothing')")
        with file.reading() as db:
            assert db.execute("SELECT what FROM losses").fetchone()[0] == "nothing"
        kernel.again()


@only_linux
@pytest.mark.parametrize("how", ["IMMEDIATE", "DEFERRED"])
def test_another_program_is_left_as_it_is_and_named_be_it_only_a_reader(
    how: str, file: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
    with stopped(file.path.parent, file.path, how, ours=False) as program:

        def let_go(said: str) -> None:
            heard.append(said)
            program.go_on()

        monkeypatch.setattr(schema, "on_wait", let_go)
        with file.transaction() as db:
            db.execute("INSERT INTO losses VALUES (1.0, 'nothing')")
    line = (
        f"the journal is locked by process {program.pid}, which was stopped while it used it; waiting until it goes"
        f" on (`kill -CONT {program.pid}`) or ends (an interrupt stops the waiting)"
    )
    assert heard == [line]


@only_linux
def test_who_holds_it_and_goes_on_is_named(file: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    command = [sys.executable, "-c", HOLDS, str(file.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        def let_go(said: str) -> None:
            heard.append(said)
            holder.communicate(b"\n")

        monkeypatch.setattr(schema, "SAID_AFTER", 0.0)
        monkeypatch.setattr(schema, "on_wait", let_go)
        with file.transaction() as db:
            db.execute("INSERT INTO losses VALUES (1.0, 'nothing')")
    assert heard == [f"the journal is locked by process {holder.pid}; waiting for it (an interrupt stops that)"]


HOLDS = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""
