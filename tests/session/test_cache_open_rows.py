"""The same call again while nobody knows how the first one ended: it is taken up or refused, and not paid twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.errors import SubmitUncertain
from bailian_nb.session import session as sessions
from bailian_nb.store.journal import Journal
from bailian_nb.store.schema import journal_path

from ..world.altered import alter, database
from ..world.emulator_log import created, creates
from ..world.jumping_clock import until
from ..world.open_rows import MODEL, VALUES, lost_create, refuse_lists, row_of, write_row

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def other() -> Iterator[Journal]:
    """Another kernel of this home; `close` ends it."""
    journal = Journal(home())
    yield journal
    journal.close()


def test_a_call_whose_kernel_was_killed_while_it_was_out_is_looked_for_and_not_sent_again() -> None:
    job = lost_create()
    again = wan.t2i("a hill emulator:latency=1", **VALUES)
    assert again.id == job.id
    assert len(again.result(30)) == 1
    assert again.task_id == job.task_id
    assert f"goes on with job {job.id}, which has sent the same request before: nothing is sent now" in again.notes
    assert creates() == 1


def test_while_it_is_looked_for_the_same_call_is_the_same_job() -> None:
    lost_create()
    first, second = (wan.t2i("a hill emulator:latency=1", **VALUES) for _ in range(2))
    assert first is second
    assert len(first.result(30)) == 1
    assert creates() == 1


def test_another_seed_or_no_cache_is_another_call() -> None:
    job = lost_create()
    other_seed = wan.t2i("a hill emulator:latency=1", **{**VALUES, "seed": 6})
    drawn = wan.t2i("a hill emulator:latency=1", **{**VALUES, "seed": None})
    uncached = wan.t2i("a hill emulator:latency=1", **VALUES, cache=False)
    for each in (other_seed, drawn, uncached):
        assert len(each.result(30)) == 1
    assert creates() == 4
    assert row_of(job.id).state == "submitting"


def uncertain(monkeypatch: pytest.MonkeyPatch) -> wan.Job:
    """Return a Job of this kernel whose answer was lost and whose task was looked for in vain."""
    refuse_lists(monkeypatch)
    job = wan.t2i("a hill emulator:lost=502@try=1", **VALUES)
    assert isinstance(job.wait(30).error, SubmitUncertain)
    return job


def test_what_was_looked_for_in_vain_is_refused_in_one_line_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = uncertain(monkeypatch)
    with pytest.raises(SubmitUncertain) as caught:
        wan.t2i("a hill emulator:lost=502@try=1", **VALUES)
    line = str(caught.value)
    for words in (f"job {job.id}", "nothing was sent", "`wan.resume()`", f"forget='{job.id}'", "cache=False sends"):
        assert words in line
    assert "\n" not in line
    assert creates() == 1


def test_what_is_refused_is_sent_with_no_cache_and_after_it_was_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    job = uncertain(monkeypatch)
    uncached = wan.t2i("a hill emulator:lost=502@try=1", **VALUES, cache=False)
    assert len(uncached.result(30)) == 1
    for picture in uncached.result():
        picture.path.unlink()
    wan.resume(forget=job.id)
    assert len(wan.t2i("a hill emulator:lost=502@try=1", **VALUES).result(30)) == 1
    assert creates() == 3


@pytest.mark.seldom
def test_a_cell_of_a_sweep_that_is_uncertain_is_left_out_of_the_next_sweep_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse_lists(monkeypatch)

    def sweep(*seeds: int) -> wan.Sweep:
        prompt = "a hill emulator:lost=502@seed=2,try=1"
        return wan.sweep(prompt=prompt, seed=list(seeds), size="768*768", model=MODEL).run().wait(30)

    sweep(1, 2)
    again = sweep(1, 2, 3)
    assert [cell["state"] for cell in again.cells()] == ["SUCCEEDED", "planned", "SUCCEEDED"]
    assert "nothing was sent now" in again.cells()[1]["reason"]
    with pytest.raises(SubmitUncertain):
        sweep(2)
    assert sorted(each["seed"] for each in created()) == [1, 2, 3]


def test_a_task_that_only_the_failed_job_knows_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    out = tmp_path / "pictures"
    with monkeypatch.context() as until_then:
        until_then.setattr(Journal, "accepted", full)
        job = wan.t2i("a hill emulator:latency=1", **VALUES, out_dir=out)
        until(lambda: job.task_id)
        out.write_text("a file in the way")
        assert isinstance(job.wait(30).error, wan.SaveFailed)
        assert row_of(job.id).task_id is None
    out.unlink()
    refuse_lists(monkeypatch)  # nobody needs to ask there
    again = wan.t2i("a hill emulator:latency=1", **VALUES, out_dir=out)
    assert len(again.result(30)) == 1
    assert again.task_id == job.task_id
    assert creates() == 1


def test_a_synchronous_call_that_was_cut_is_refused_for_a_day(other: Journal) -> None:
    write_row(other, "theirs", sync=True)
    other.submitting("theirs", time.time())
    other.close()
    for _ in range(2):
        with pytest.raises(SubmitUncertain, match=r"`wan\.resume\(forget='theirs'\)` gives it up"):
            wan.t2i("a hill", **VALUES)
    assert creates() == 0
    alter(journal_path(home()), "theirs", submitted=time.time() - 25 * 3600)
    assert len(wan.t2i("a hill", **VALUES).result(30)) == 1
    assert row_of("theirs").state == "expired"


def test_a_journal_that_cannot_be_written_is_no_reason_to_pay_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    job = lost_create()
    with monkeypatch.context() as until_then:
        until_then.setattr(Journal, "claim_all", full)
        with pytest.raises(wan.BailianError, match=f"job {job.id} .* disk is full.*nothing was sent now"):
            wan.t2i("a hill emulator:latency=1", **VALUES)
    assert len(wan.t2i("a hill emulator:latency=1", **VALUES).result(30)) == 1
    assert creates() == 1


def test_a_rerun_of_a_call_without_a_seed_is_the_same_call() -> None:
    job = lost_create(seed=None)
    again = wan.rerun(job.id)
    assert again.id == job.id
    assert len(again.result(30)) == 1
    assert creates() == 1


@pytest.mark.parametrize("name", ["same", "intend"])
def test_a_journal_that_cannot_be_used_is_said_in_one_line_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    wan.t2i("a lake", **VALUES).result(30)

    def locked(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Journal, name, locked)
    if name == "intend":
        assert "database is locked" in str(wan.t2i("a hill", **VALUES).wait(30).error)
    else:
        with pytest.raises(wan.BailianError, match=r"\(database is locked\); nothing was sent") as caught:
            wan.t2i("a hill", **VALUES)
        assert "\n" not in str(caught.value)
    assert creates() == 1


@pytest.mark.parametrize("whose", ["a kernel that is gone", "this kernel"])
def test_what_was_never_sent_is_replaced_by_the_same_call_and_goes_out_once(other: Journal, whose: str) -> None:
    write_row(other if whose == "a kernel that is gone" else sessions.current().journal, "unsent")
    other.close()
    job = wan.t2i("a hill", **VALUES)
    assert len(job.result(30)) == 1
    assert (row_of("unsent").state, row_of("unsent").error) == ("canceled", f"sent again as {job.id}")
    found = wan.resume(send=True)
    assert not found.unsent
    assert not found.jobs
    assert creates() == 1


def test_a_call_that_is_refused_for_its_price_takes_no_row_over(other: Journal) -> None:
    write_row(other, "unsent")
    other.close()
    with pytest.raises(wan.BudgetExceeded):
        wan.t2i("a hill", **VALUES, max_cost=0.01)
    assert row_of("unsent").kernel == other.kernel
    assert [row.id for row in wan.resume().unsent] == ["unsent"]


def test_a_sequence_of_which_a_kernel_saved_a_part_before_it_was_killed_is_taken_up() -> None:
    """How many pictures it has nobody knows before its row is closed."""
    call = {"model": "wan2.7-image", "n": 4, "enable_sequential": True, "seed": 5}
    job = wan.t2i("four seasons", **call)
    whole = [picture.record.index for picture in job.result(30)]
    assert len(whole) > 1
    sessions.current().close()
    alter(journal_path(home()), job.id, state="accepted", finished=None)
    with database(journal_path(home())) as db:
        db.execute("DELETE FROM pictures WHERE slot > 0")
    for picture in job.result()[1:]:
        picture.path.unlink()
    again = wan.t2i("four seasons", **call)
    assert [picture.record.index for picture in again.result(30)] == whole
    assert creates() == 1
