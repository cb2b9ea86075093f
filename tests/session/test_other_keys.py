"""A key that was rotated, or an account renamed, while a task was open: it is asked for, and nothing is paid twice."""

from __future__ import annotations

import asyncio

import pytest

import bailian_nb as wan
from bailian_nb.config import home
from bailian_nb.errors import SubmitUncertain
from bailian_nb.session import cache, other_keys
from bailian_nb.session import session as sessions
from bailian_nb.store.schema import journal_path

from ..world.altered import alter
from ..world.emulator_log import creates
from ..world.jumping_clock import until
from ..world.open_rows import VALUES, row_of

SLOW = "a hill emulator:latency=300"
"""A task that no stalled machine sees the end of."""


def left_behind(prompt: str = "a hill emulator:latency=1", **columns: object) -> wan.Job:
    """Return the Job of a kernel that ended while its task ran; its row was written under another key."""
    job = wan.t2i(prompt, **VALUES)
    while (row := sessions.current().journal.row(job.id)) is None or row.state != "accepted":
        job.wait(0.02)
    sessions.current().close()
    alter(journal_path(home()), job.id, account="the key before", **columns)
    return job


@pytest.mark.parametrize("fresh", [0, 1], ids=["plain", "no cache"])
def test_the_same_call_takes_up_a_task_that_the_service_knows_by_the_new_key(fresh: int) -> None:
    job = left_behind(fresh=fresh)
    again = wan.t2i("a hill emulator:latency=1", **VALUES)
    assert again.id == job.id
    assert len(again.result(30)) == 1
    assert row_of(job.id).account == "emulator"
    assert creates() == 1


def test_a_service_that_is_not_heard_of_holds_the_call_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> list[object]:
        await asyncio.sleep(3600)
        return []

    left_behind(SLOW)
    monkeypatch.setattr(other_keys, "_known", never)
    monkeypatch.setattr(other_keys, "SLACK", 0.05)
    monkeypatch.setattr(cache, "SECONDS", 0.0)
    monkeypatch.setattr(sessions, "SECONDS", 0.0)
    with pytest.raises(SubmitUncertain, match="with another key or account name"):
        wan.t2i(SLOW, **VALUES)
    assert creates() == 1


def test_a_resume_takes_it_up_too() -> None:
    job = left_behind()
    found = wan.resume()
    assert [each.id for each in found.jobs] == [job.id]
    assert not found.others
    assert len(found.jobs[0].result(30)) == 1
    assert creates() == 1


@pytest.mark.parametrize("columns", [{"task_id": "no-such-task"}, {"state": "uncertain", "task_id": None}])
def test_what_the_new_key_does_not_know_is_held_back_with_two_ways_out(columns: dict[str, object]) -> None:
    job = left_behind(SLOW, **columns)
    with pytest.raises(SubmitUncertain, match=f"job {job.id} .* another key or account name.*nothing was sent") as line:
        wan.t2i(SLOW, **VALUES)
    for way in ("Set that key", "`wan.resume()`", "cache=False"):
        assert way in str(line.value)
    assert "\n" not in str(line.value)
    assert [row.id for row in wan.resume().others] == [job.id]
    assert creates() == 1
    again = wan.t2i(SLOW, **VALUES, cache=False)
    until(lambda: again.task_id)
    assert creates() == 2
