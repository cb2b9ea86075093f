"""The quick look at a journal that is not opened: it must never miss an open row, nor leave a trace."""

from __future__ import annotations

import sqlite3

import pytest

from bailian_nb.store.open_rows import may_have_open_rows
from bailian_nb.store.schema import OPEN, Database, journal_path


def with_row(home, state: str) -> None:
    with Database(journal_path(home)).transaction() as db:
        db.execute(
            "INSERT INTO jobs (id, account, base_url, emulator, region, model, request, out_dir, owner, state, created)"
            " VALUES (?, 'a', 'u', 1, 'r', 'm', '{}', '/', 'k', ?, 1.0)",
            (state, state),
        )


def test_without_a_journal_there_is_none_and_none_is_made(tmp_path):
    assert not may_have_open_rows(tmp_path)
    assert not journal_path(tmp_path).exists()


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_is_seen(tmp_path, state):
    with_row(tmp_path, state)
    assert may_have_open_rows(tmp_path)


def test_rows_that_have_ended_are_quiet(tmp_path):
    for state in ("done", "failed", "canceled", "expired"):
        with_row(tmp_path, state)
    assert not may_have_open_rows(tmp_path)


def test_a_journal_that_cannot_be_read_so_may_have_some(tmp_path):
    journal_path(tmp_path).write_bytes(b"no database")
    assert may_have_open_rows(tmp_path)


def test_one_that_is_being_written_may_have_some(tmp_path):
    with_row(tmp_path, "done")
    with sqlite3.connect(journal_path(tmp_path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert may_have_open_rows(tmp_path)
    db.close()
