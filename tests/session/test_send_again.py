"""Sending at last what was never sent: only what is whole, and only what nothing answers without paying."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.errors import SubmitUncertain
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import Row

from ..world.altered import alter
from ..world.emulator_log import creates

pytestmark = pytest.mark.usefixtures("unlimited")

MODEL = {"model": "wan2.2-t2i-flash", "size": "512*512"}


def row_of(name: str) -> Row:
    row = sessions.current().journal.row(name)
    assert row is not None
    return row


def never_sent(job: wan.Job, *, lost: bool = True) -> str:
    """Let the row of a job that has ended say that it was never sent; the pictures are `lost` or stay."""
    pictures = job.result(30)
    columns = {"task_id": None, "submitted": None, "answered": None, "finished": None, "cost": None}
    alter(sessions.current().journal.path, job.id, state="intent", **columns)
    for path in pictures.paths if lost else ():
        path.unlink()
    return job.id


def edited(photo: Path, seed: int = 7) -> wan.Job:
    return wan.edit(photo, "stylization_all", "French picture book style", seed=seed)


def left_edit(photo: Path, content: bytes | None) -> str:
    """Return an edit that was never sent by a kernel that is gone, and whose kept picture is this (None: gone)."""
    job = edited(photo)
    name = never_sent(job)
    sessions.current().close()
    assert job.request is not None
    kept = home() / "inputs" / job.request.images[0].sha256
    if content is not None:
        kept.write_bytes(content)
    return name


@pytest.mark.seldom
@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\nshort"])
def test_an_edit_whose_picture_is_gone_or_short_is_not_sent(photo: Path, content: bytes | None) -> None:
    name = left_edit(photo, content)
    found = wan.resume(send=True)
    assert not found.jobs
    assert [row.id for row in found.unsent] == [name]
    (refused,) = found.refused
    assert f"job {name} was not sent: its picture photo.png is not kept any more, or not whole" in str(refused)
    assert creates() == 1
    again = edited(photo)
    assert len(again.result(30)) == 1
    assert row_of(name).error == f"sent again as {again.id}"
    assert not wan.resume()


def test_one_that_cannot_be_sent_holds_no_other_up(photo: Path) -> None:
    name = left_edit(photo, None)
    other = never_sent(wan.t2i("a hill", seed=7, **MODEL))
    found = wan.resume(send=True)
    assert [row.id for row in found.unsent] == [name]
    (job,) = found.jobs
    assert len(job.result(30)) == 1
    assert row_of(other).error == f"sent again as {job.id}"
    assert creates() == 3


def test_a_call_whose_pictures_are_on_disk_by_now_is_answered_by_them() -> None:
    first = wan.t2i("a hill", seed=7, n=2, **MODEL)
    name = never_sent(first, lost=False)
    sessions.current().close()
    found = wan.resume(send=True)
    (job,) = found.jobs
    assert job.final
    assert job.result().cached
    assert job.result().paths == first.result().paths
    assert not found.unsent
    assert (row_of(name).state, row_of(name).error) == ("canceled", "answered from disk")
    assert not wan.resume()
    assert creates() == 1


def test_a_call_of_which_one_picture_is_missing_is_sent() -> None:
    first = wan.t2i("a hill", seed=7, n=2, **MODEL)
    never_sent(first, lost=False)
    first.result().paths[0].unlink()
    (job,) = wan.resume(send=True).jobs
    assert len(job.result(30)) == 2
    assert creates() == 2


def test_a_call_whose_seed_the_service_drew_is_sent() -> None:
    never_sent(wan.t2i("a hill", **MODEL), lost=False)
    (job,) = wan.resume(send=True).jobs
    assert len(job.result(30)) == 1
    assert creates() == 2


def test_a_call_that_is_on_its_way_here_is_not_sent_beside_it() -> None:
    names = [never_sent(wan.t2i("a hill emulator:latency=0.3", seed=7, cache=False, **MODEL)) for _ in range(2)]
    found = wan.resume(send=True)
    (job,) = found.jobs
    (refused,) = found.refused
    assert f"job {names[1]} was not sent: job {job.id} has the same request and is on its way" in str(refused)
    assert len(job.result(30)) == 1
    (answered,) = wan.resume(send=True).jobs
    assert answered.result().cached
    assert creates() == 3


def test_a_call_that_may_have_been_made_already_is_not_sent_again() -> None:
    lost = wan.t2i("a hill", seed=7, sync=True, size="768*768")
    never_sent(lost)
    name = never_sent(wan.t2i("a hill", seed=7, cache=False, size="768*768"))
    alter(sessions.current().journal.path, lost.id, state="uncertain", submitted=lost.submitted)
    found = wan.resume(send=True)
    assert not found.jobs
    assert [row.id for row in found.unsent] == [name]
    assert isinstance(found.refused[0], SubmitUncertain)
    assert creates() == 2


def test_the_same_synchronous_call_saves_the_answer_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, real = [True], Journal.answered

    def answered(*given: Any, **more: Any) -> None:
        if full:
            raise sqlite3.OperationalError("database or disk is full")
        real(*given, **more)

    monkeypatch.setattr(Journal, "answered", answered)
    values = {"seed": 7, "sync": True, "size": "768*768", "out_dir": tmp_path / "pictures"}
    today = tmp_path / "pictures" / f"{datetime.now().astimezone():%Y-%m-%d}"
    today.parent.mkdir()
    today.write_text("a file where the folder should be")
    with pytest.raises(wan.BailianError, match="known to this kernel alone"):
        wan.t2i("a hill", **values).result(30)
    with pytest.raises(wan.BailianError, match="the journal cannot be used"):
        wan.t2i("a hill", **values)
    full.clear()
    today.unlink()
    assert len(wan.t2i("a hill", **values).result(30)) == 1
    assert creates() == 1
