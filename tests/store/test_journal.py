"""The journal: what it keeps, for whom, and for how long."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.specs import service
from bailian_nb.store import kernels, losses
from bailian_nb.store.journal import Journal
from bailian_nb.store.row import RowLost, SameRequest

from ..world.altered import alter
from ..world.intents import REQUEST, intend


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def test_a_row_walks_from_intent_to_done(journal: Journal) -> None:
    intend(journal)
    states = [journal.recent()[0].state]
    journal.submitting("a", 2.0)
    states.append(journal.recent()[0].state)
    journal.accepted("a", task_id="t", request_id="r")
    states.append(journal.recent()[0].state)
    journal.end("a", "done", at=9.0, images=1, cost=0.2)
    row = journal.row("a")
    assert row is not None
    assert [*states, row.state] == ["intent", "submitting", "accepted", "done"]
    assert (row.task_id, row.submitted, row.finished, row.images, row.cost) == ("t", 2.0, 9.0, 1, 0.2)
    assert row.request["values"]["prompt"] == "花店"


def test_a_refused_create_is_an_intent_again(journal: Journal) -> None:
    intend(journal)
    journal.submitting("a", 2.0)
    journal.refused("a")
    row = journal.row("a")
    assert row is not None
    assert (row.state, row.submitted) == ("intent", None)


def same(journal: Journal, name: str, at: float, *, fresh: bool = False) -> None:
    """Write the intent of one request under different names."""
    journal.intend(
        id=name,
        account="acc",
        base_url="https://x",
        emulator=False,
        region="cn-beijing",
        request=REQUEST,
        out_dir=Path("out"),
        created=at,
        inputs={},
        fresh=fresh,
    )


@pytest.mark.parametrize("finished", [200.0, 50.0], ids=["", "the clock was set back meanwhile"])
def test_what_was_done_after_the_call_looked_for_it_is_not_sent_again(journal: Journal, finished: float) -> None:
    same(journal, "theirs", 99.0)
    journal.submitting("theirs", 99.5)
    journal.end("theirs", "done", at=finished, images=1)
    with pytest.raises(SameRequest) as found:
        same(journal, "ours", 100.0)
    assert found.value.row.id == "theirs"


def test_an_unsent_row_that_asks_nobody_is_in_the_way_only_while_another_kernel_may_send_it(journal: Journal) -> None:
    other = Journal(journal.home)
    same(other, "theirs", 1.0, fresh=True)
    with pytest.raises(SameRequest):
        same(journal, "ours", 2.0)
    other.close()
    same(journal, "ours too", 3.0, fresh=True)
    same(journal, "ours", 4.0)
    assert {row.id: row.state for row in journal.recent()} == dict.fromkeys(("theirs", "ours too", "ours"), "intent")


@pytest.mark.parametrize("sync", [False, True], ids=["a task", "a synchronous answer"])
def test_an_answer_that_comes_once_its_call_was_given_up_and_sent_again_stands_beside_that_one(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, sync: bool
) -> None:
    """Its kernel stood still; it alone knows what was paid for, and its process may end."""
    same(journal, "first", 1.0)
    journal.submitting("first", 2.0)
    other = Journal(journal.home)
    row = other.row("first")
    assert row is not None
    later = kernels.beat_time() + kernels.STALE + 1.0
    with monkeypatch.context() as patch:
        patch.setattr(kernels, "beat_time", lambda: later)
        assert other.give_up(row, at=3.0)
    same(other, "again", 4.0)
    other.submitting("again", 5.0)
    known: dict[str, Any] = {"request_id": "r", "at": 6.0}
    with pytest.raises(RowLost):
        journal.answered("first", {}, **known) if sync else journal.accepted("first", task_id="t", **known)
    found = other.row("first")
    assert found is not None
    assert (found.state, found.kernel, found.task_id) == ("accepted", "", None if sync else "t")
    assert bool(found.answer) is sync
    other.close()


def test_an_unknown_row_is_a_fault_and_changes_nothing(journal: Journal) -> None:
    with pytest.raises(KeyError, match="nobody"):
        journal.submitting("nobody", 1.0)
    assert journal.recent() == []


def test_inputs_are_kept_until_the_last_job_that_needs_them_is_done(journal: Journal, tmp_path: Path) -> None:
    data = b"picture"
    digest = hashlib.sha256(data).hexdigest()
    intend(journal, "a", data)
    intend(journal, "b", data)
    assert journal.input_bytes(digest) == data
    journal.end("a", "done", at=2.0)
    assert journal.input_bytes(digest) == data
    journal.end("b", "failed", at=3.0)
    assert journal.input_bytes(digest) is None


def test_durations_are_those_of_tasks_that_ended_well(journal: Journal) -> None:
    for number, (state, seconds) in enumerate([("done", 5.0), ("failed", 1.0), ("done", 7.0)]):
        intend(journal, str(number), at=float(number))
        journal.submitting(str(number), 100.0)
        journal.end(str(number), state, at=100.0 + seconds)  # type: ignore[arg-type]
    assert sorted(journal.durations("m", None, emulator=False)) == [5.0, 7.0]
    assert journal.durations("m", None, emulator=True) == []


def test_a_living_owner_keeps_its_rows_and_a_dead_one_loses_them(journal: Journal, tmp_path: Path) -> None:
    intend(journal)
    other = Journal(tmp_path)
    row = other.row("a")
    assert row is not None
    assert other.claim(row) is False
    journal.close()
    assert other.claim(row) is True
    assert other.claim(row) is False
    other.close()


@pytest.fixture
def other(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """A kernel that finds the one of `journal` standing still and takes over its call, which is out."""
    intend(journal)
    journal.submitting("a", 2.0)
    other = Journal(tmp_path)
    later = kernels.beat_time() + kernels.STALE + 1.0
    row = other.row("a")
    assert row is not None
    with monkeypatch.context() as patch:
        patch.setattr(kernels, "beat_time", lambda: later)
        assert other.claim(row)
    yield other
    other.close()


def test_a_row_goes_back_to_who_knows_that_nothing_was_made(journal: Journal, other: Journal) -> None:
    other.uncertain("a", "the kernel ended")
    journal.refused("a")
    row = journal.row("a")
    assert row is not None
    assert (row.state, row.kernel, row.submitted, row.broke, row.error) == ("intent", journal.kernel, None, None, None)
    with pytest.raises(RowLost):
        other.own("a", row.base_url, "a-task")
    journal.submitting("a", 9.0)
    journal.confirm("a")


@pytest.mark.parametrize(
    "known",
    [
        lambda other: other.own("a", "http://x", "a-task"),
        lambda other: other.made_nothing("a", at=3.0, error="none"),
        lambda other: other.refused("a"),
        lambda other: (other.refused("a"), other.submitting("a", 4.0)),
    ],
    ids=["its task", "there was none", "it was refused", "it went out again"],
)
def test_a_row_stays_with_who_knows_more_than_that_its_call_went_out(
    known: Callable[[Journal], object], journal: Journal, other: Journal
) -> None:
    known(other)
    before = journal.row("a")
    with pytest.raises(RowLost):
        journal.refused("a")
    assert journal.row("a") == before


def test_the_lock_of_a_killed_process_is_free(journal: Journal, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from bailian_nb.store.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "journal.intend(id='k', account='acc', base_url='http://x', emulator=False, region='r', request="
        "{'model': 'm', 'function': None, 'images': [], 'mask': None}, out_dir=Path('o'), created=1.0, inputs={})\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        row = journal.row("k")
        assert row is not None
        assert journal.claim(row) is False
    finally:
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.communicate()
    assert journal.claim(row) is True


def test_unfinished_rows_are_those_of_one_base_url(journal: Journal) -> None:
    intend(journal, "a")
    intend(journal, "b")
    journal.end("b", "done", at=2.0)
    assert [row.id for row in journal.unfinished("http://x")] == ["a"]
    assert journal.unfinished("http://y") == []


def test_a_lost_call_of_any_key_of_the_same_service_may_own_a_task(journal: Journal) -> None:
    for name in ("ours", "theirs", "elsewhere", "done", "nothing"):
        intend(journal, name)
        journal.submitting(name, 2.0)
        journal.uncertain(name, "the line broke", at=3.0)
    intend(journal, "waits")
    alter(journal.path, "theirs", account="another")
    alter(journal.path, "elsewhere", base_url="http://y")
    journal.end("done", "failed", at=4.0)
    journal.made_nothing("nothing", at=4.0, error="none was shown")
    assert [row.id for row in journal.orphans.open_calls("http://x", "m")] == ["ours", "theirs", "nothing"]


def test_a_loss_is_settled_for_each_account_and_model_apart_once_the_list_shows_all_that_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Journal(tmp_path).close()
    (tmp_path / "journal.sqlite").write_text("no journal any more " * 300)
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "kept").write_bytes(b"x")
    journal = Journal(tmp_path)
    journal.losses.settle("one", "m")
    assert journal.losses.unsettled("one", "m", 0.0), "a moment after it, the list may lack a task"
    monkeypatch.setattr(losses, "LISTED_SECONDS", -1.0)  # it was long ago
    journal.losses.settle("one", "m")
    asked = (("one", "m"), ("two", "m"), ("one", "n"))
    lost = [journal.losses.unsettled(account, model, 0.0) for account, model in asked]
    assert lost == [False, True, True]
    journal.close()


@pytest.mark.parametrize("looks", [True, False])
def test_a_call_that_another_key_has_sent_since_is_not_sent_by_a_kernel_that_stood_still_for_a_day(
    looks: bool, journal: Journal, other: Journal
) -> None:
    """Also where somebody looks for its task, and has it still."""
    if looks:
        other.uncertain("a", "the kernel ended")
    else:
        journal.refused("a")
        journal.submitting("a", 2.0)
    request = {**REQUEST, "values": {**REQUEST["values"], "name": "a"}}
    row = {"account": "a new key", "base_url": "http://x", "emulator": False, "region": "cn-beijing"}
    later = service.KEPT_SECONDS + 10.0
    other.intend(id="b", request=request, out_dir=Path("out"), created=later, inputs={}, **row)
    with pytest.raises(RowLost):
        journal.confirm("a")
    with pytest.raises(RowLost):
        journal.refused("a")
