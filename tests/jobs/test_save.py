"""Saving where the disk or the index says no: nothing is written twice, and a picture on disk counts."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.responses import Response

from bailian_nb.errors import SaveFailed
from bailian_nb.gallery import index as index_module

from ..world.altered import alter, database
from ..world.resumed import resume
from ..world.world import World, t2i


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        yield


def test_a_job_that_cannot_write_ends_when_none_of_its_downloads_is_on_its_way_any_more(world: World) -> None:
    world.out.write_text("a file where the folder should be")
    world.transport.fault = lambda method, path, count: Response(b"", 503) if "/results" in path and not count else None
    job = world.job(t2i(n=2))
    job.wait(60)
    assert isinstance(job.error, SaveFailed)
    fetched = world.transport.count("GET", "/results")
    world.out.unlink()
    time.sleep(0.2)
    assert world.transport.count("GET", "/results") == fetched == 3
    assert not world.out.exists()
    assert len(resume(world).jobs[0].result(60)) == 2
    assert len(list(world.out.rglob("*.png"))) == 2


def test_a_picture_on_disk_needs_no_index(make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "PATIENCE", 0.05)
    first = make_world()
    job = first.job(t2i())
    paths = job.result(20).paths
    alter(first.journal.path, job.id, state="accepted")
    with database(first.journal.path) as db:
        db.execute("DELETE FROM pictures")
    first.die()
    second = make_world(clock=first.clock)
    with locked(second.index.path):
        again = resume(second).jobs[0].result(20)
    assert again.paths == paths
    assert [note for note in again.notes if "the index cannot be written (database is locked)" in note]


def test_an_index_that_cannot_be_made_costs_no_picture(world: World) -> None:
    world.index.path.parent.mkdir(exist_ok=True)
    world.index.path = world.index.path / "below" / "index.sqlite"
    world.index.path.parent.parent.write_text("a file where a folder should be")
    result = world.job(t2i()).result(20)
    assert result[0].path.exists()
    assert any("the index cannot be written" in note for note in result.notes)
