"""A journal that an earlier version wrote: its rows are read as they were, what was open is taken up, never sent."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import Any, get_args

import pytest

import bailian_nb as wan
from bailian_nb.config import EMULATOR_URL
from bailian_nb.errors import SubmitUncertain
from bailian_nb.jobs.job import Job
from bailian_nb.store import schema
from bailian_nb.store.input_files import digests
from bailian_nb.store.journal import OPEN, Row, State
from bailian_nb.store.orphans import Standing

from ..world.emulator_log import created
from ..world.written_before import DATA, MADE_IN, Written

VERSION = 6
"""Of the journal's file, as it was written."""


def version(path: Any) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def opened(written: Written) -> dict[str, Row]:
    """Return the rows of the emulator that are open."""
    return {row.id: row for row in written.session.journal.unfinished(EMULATOR_URL)}


def test_the_files_hold_every_state_and_every_verdict(written: Written) -> None:
    assert version(DATA / "home" / "journal.sqlite") == VERSION
    assert {row["state"] for row in written.said["rows"]} == set(get_args(State))
    with schema.Database(written.home / "journal.sqlite").reading() as db:
        assert {row["verdict"] for row in db.execute("SELECT verdict FROM strays")} == set(get_args(Standing))


def test_every_row_is_read_as_it_was_written(written: Written) -> None:
    rows = {row.id: asdict(row) for row in written.session.journal.recent(100)}
    assert version(written.home / "journal.sqlite") == schema.SCHEMA
    assert len(rows) == len(written.said["rows"])
    for said in written.said["rows"]:
        found = rows[said["id"]]
        found["out_dir"] = f"{MADE_IN}/{written.named(found['out_dir'])}"
        found["owner"] = found.pop("kernel")
        assert {name: found[name] for name in said} == said


def test_the_pictures_of_every_row_that_is_done_are_where_it_says(written: Written) -> None:
    journal = written.session.journal
    done = [row.id for row in journal.recent(100) if row.state == "done" and row.emulator]
    assert len(done) == 6
    for job in done:
        (saved,) = journal.pictures(job).values()
        assert [path.is_file() for path in saved[:2]] == [True, True]
    pasted, raw = journal.pictures(written.job("A red ball"))[0][:2]
    assert pasted.name == raw.name.replace(".png", "_pasted.png")


def test_the_inputs_of_open_rows_are_kept_and_those_kernels_are_gone(written: Written) -> None:
    journal = written.session.journal
    needed = {digest for row in opened(written).values() for digest in digests(row.request)}
    assert len(needed) == 2
    assert all(journal.input_bytes(digest) for digest in needed)
    assert all(journal.claim(row) for row in opened(written).values())


def test_what_was_open_comes_to_its_end_and_nothing_is_sent(written: Written) -> None:
    before = created(written.home)
    rows = opened(written)
    found = wan.resume()
    assert [row.id for row in found.unsent] == [written.job("Hill 3")]
    assert {job.id for job in found.jobs} == set(rows) - {written.job("Hill 3")}
    assert {row.state for row in rows.values()} == set(OPEN)
    apart = written.job("Remove the writing")
    assert [row.id for row, _ in found.unclaimed] == [apart]
    assert not [*found.uncertain, *found.gone, *found.others, *found.alive, *found.faults]
    for job in found.jobs:
        if job.id == apart:
            with pytest.raises(SubmitUncertain, match="set apart already"):
                job.result(60)
        else:
            (picture,) = job.result(60)
            assert picture.record.prompt == rows[job.id].request["values"]["prompt"]
            assert picture.path.is_relative_to(written.folder / "out")
    assert set(opened(written)) == {apart, written.job("Hill 3")}
    ball = next(job for job in found.jobs if job.id == written.job("A blue ball")).result()
    assert (ball[0].record.source, ball[0].record.leak) == ("pasted", 64)
    assert created(written.home) == before


@pytest.mark.seldom
def test_the_task_that_was_set_apart_is_adopted(written: Written) -> None:
    before = created(written.home)
    found = wan.resume()
    ((row, (orphan,)),) = found.unclaimed
    assert written.named(orphan.folder) == "out/unclaimed"
    for job in found.jobs:
        job.wait(60)
    job = next(job for job in wan.resume(adopt=orphan.task_id).jobs if job.id == row.id)
    assert job.result(60)[0].record.task_id == orphan.task_id
    assert created(written.home) == before


@pytest.mark.seldom
def test_what_never_went_out_is_sent_once_and_only_when_it_is_asked_for(written: Written) -> None:
    before = len(created(written.home))
    sent = [job.wait(60) for job in wan.resume(send=True).jobs]
    (job,) = [job for job in sent if job.replaces == written.job("Hill 3")]
    assert len(job.result()) == 1
    assert len(created(written.home)) == before + 1
    assert not wan.resume(send=True).unsent
    assert len(created(written.home)) == before + 1


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("prompt", "model", "sync"),
    [
        ("A bridge", "wan2.2-t2i-plus", False),
        ("Hill 1 emulator:latency=30", "wanx2.1-t2i-plus", False),
        ("A lake emulator:lost=502 emulator:latency=30", "wanx2.1-t2i-turbo", False),
        ("A shop at night", "wan2.6-t2i", True),
    ],
)
def test_the_same_call_goes_on_with_the_row_that_was_left_open(
    written: Written, prompt: str, model: str, sync: bool
) -> None:
    before = created(written.home)
    size = "768*768" if sync else "512*512"
    job: Job = wan.t2i(prompt, model=model, size=size, seed=1, sync=sync)
    assert job.id == written.job(prompt)
    assert job.result(60)[0].record.prompt == prompt
    assert created(written.home) == before
