"""Faults that were met in use, each as it was met: two processes at once, a locked index, a renamed folder, and more.

What stands elsewhere in the tests is not repeated: here is what takes a whole session, or two of them.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.client import Client
from bailian_nb.config import home
from bailian_nb.errors import AuthenticationError, SubmitUncertain
from bailian_nb.gallery import Index
from bailian_nb.session import session as sessions
from bailian_nb.store.schema import journal_path

from ..world.altered import alter, database
from ..world.emulator_log import creates
from ..world.jumping_clock import until
from .test_cache_open_rows import VALUES, row_of
from .test_follow import another_kernel

ROOT = Path(wan.__file__).parent.parent
TWIN = """
import sys, pathlib, bailian_nb as wan
start = pathlib.Path(sys.argv[1])
while not start.exists():
    pass
print(wan.t2i("a hill", model="wanx2.1-t2i-turbo", size="512*512", seed=5).result(50)[0].path)
"""


def test_two_processes_that_begin_the_same_call_in_the_same_instant_pay_once(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BAILIAN_NB_EMULATOR_SECONDS": "0.5"}
    start = tmp_path / "start"
    given = {"env": env, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    twins = [subprocess.Popen([sys.executable, "-c", TWIN, str(start)], **given) for _ in range(2)]
    start.touch()
    said = [twin.communicate(timeout=60) for twin in twins]
    assert [twin.returncode for twin in twins] == [0, 0], said
    assert len({path for path, _ in said}) == 1
    assert creates() == 1


@contextlib.contextmanager
def locked(index: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(index, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def a_folder(index: Path) -> Iterator[None]:
    index.unlink()
    index.mkdir()
    yield


@contextlib.contextmanager
def stale(index: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(index)) as db, db:
        db.execute("DELETE FROM pictures")
    yield


@pytest.mark.parametrize("fault", [locked, a_folder, stale])
def test_what_is_paid_is_known_whatever_is_the_matter_with_the_index(
    fault: Callable[[Path], contextlib.AbstractContextManager[None]],
) -> None:
    made = wan.t2i("a hill", **VALUES).result(30)
    sessions.current().close()
    began = time.monotonic()
    with fault(home() / "index.sqlite"):
        again = wan.t2i("a hill", **VALUES).result(30)
    assert again.paths == made.paths
    assert time.monotonic() - began < 5
    assert creates() == 1


@pytest.mark.parametrize("index", ["there", "lost"])
def test_pictures_whose_folder_was_renamed_answer_where_they_are(index: str) -> None:
    made = wan.t2i("a hill", **VALUES).result(30)
    folder = made.paths[0].parent
    sessions.current().close()
    moved = folder.rename(folder.with_name("renamed"))
    if index == "lost":
        (home() / "index.sqlite").unlink()
    again = wan.t2i("a hill", **VALUES).result(30)
    assert [path.parent for path in again.paths] == [moved]
    assert creates() == 1


def test_a_slot_that_a_resume_fetched_later_answers_the_same_call() -> None:
    job = wan.t2i("a hill", n=2, **VALUES)
    lost = job.result(30)[1]
    sessions.current().close()
    for path in {lost.path, lost.raw_path, *lost.path.parent.glob(f"{lost.path.stem}.*")}:
        path.unlink(missing_ok=True)  # as where the line broke when it was fetched
    with database(journal_path(home())) as db:
        db.execute("DELETE FROM pictures WHERE slot = 1")
    (home() / "index.sqlite").unlink()
    alter(journal_path(home()), job.id, state="accepted", finished=None, images=0)
    (later,) = wan.resume().jobs
    made = later.result(30)
    assert len(made) == 2
    assert sorted(wan.t2i("a hill", n=2, **VALUES).result(30).paths) == sorted(made.paths)
    assert creates() == 1


def test_a_home_that_was_full_while_a_picture_was_saved_pays_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Index, picture: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as while_full:
        while_full.setattr(Index, "add", full)
        made = wan.t2i("a hill", **VALUES).result(30)
    assert wan.t2i("a hill", **VALUES).result(30).paths == made.paths
    assert creates() == 1


@pytest.mark.seldom
def test_five_hundred_open_rows_are_taken_up_within_a_second_or_so() -> None:
    job = wan.t2i("a hill", **VALUES)
    job.result(30)
    sessions.current().close()
    with database(journal_path(home())) as db:
        (row,) = (dict(each) for each in db.execute("SELECT * FROM jobs").fetchall())
        open_again = {"state": "accepted", "finished": None, "owner": "1-gone", "fresh": 1}
        for number in range(500):
            each = {**row, **open_again, "id": f"row{number:03d}", "task_id": f"t-{number}"}
            db.execute(f"INSERT INTO jobs ({', '.join(each)}) VALUES ({', '.join('?' * len(each))})", [*each.values()])
    began = time.process_time()  # not the machine's, which may have other work
    found = wan.resume()
    took = time.process_time() - began
    assert len(found.jobs) == 500
    assert took < 5, "seconds; about one on most machines"


def test_a_call_whose_kernel_is_refused_its_reads_is_taken_up_by_another_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(self: Client, task_id: str, **_: object) -> None:
        raise AuthenticationError("no such key", code="InvalidApiKey", http_status=401)

    with monkeypatch.context() as while_refused:
        while_refused.setattr(Client, "query", refuse)
        first = wan.t2i("a hill", **VALUES).wait(30)
    assert isinstance(first.error, AuthenticationError)
    with another_kernel():
        second = wan.t2i("a hill", **VALUES)
        assert len(second.result(30)) == 1
        assert second.task_id == first.task_id
    assert creates() == 1


def test_no_word_advises_what_may_pay_twice() -> None:
    """Where the list shows no task, one may come up late: who is told so decides himself."""
    job = wan.t2i("a hill emulator:latency=600", **VALUES)
    until(lambda: job.task_id)
    sessions.current().close()
    with database(home() / "emulator" / "tasks.sqlite") as db:
        db.execute("DELETE FROM tasks")  # the list does not show it yet
    alter(journal_path(home()), job.id, state="submitting", task_id=None, request_id=None, answered=None)
    (again,) = wan.resume().jobs
    with pytest.raises(SubmitUncertain, match="shows no task of it so far") as said:
        again.result(60)
    assert "pays twice where one comes up later" in str(said.value)
    assert "most likely" not in str(said.value)
    assert row_of(job.id).state == "uncertain"
