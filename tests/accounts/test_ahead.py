"""Tasks that are sent ahead of a running one's end: how many, and for how long none after a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailian_nb.accounts.ahead import REFUSED_SECONDS, Refusals, places
from bailian_nb.accounts.limiter import Limiter
from bailian_nb.specs import Limit

from ..world.still_clock import StillClock


def limit(tasks_at_once: int) -> Limit:
    return Limit(region="cn-beijing", submits_per_second=2, tasks_at_once=tasks_at_once)


def refusals(clock: StillClock, folder: Path | None) -> Refusals:
    return Refusals(clock, folder, pytest.fail)


@pytest.mark.parametrize(("at_once", "more"), [(1, 1), (2, 1), (5, 2), (10, 5)])
def test_few_tasks_wait_at_the_service_for_others_come_behind_them(at_once: int, more: int) -> None:
    assert places(limit(at_once)) == more


@pytest.mark.parametrize("shared", [True, False])
def test_a_refusal_holds_for_a_day_and_for_this_model(shared: bool, tmp_path: Path) -> None:
    clock = StillClock()
    first = refusals(clock, tmp_path if shared else None)
    first.refuse("queued")
    other = refusals(clock, tmp_path) if shared else first
    assert other.holds("queued")
    clock.time += REFUSED_SECONDS + 1
    assert not other.holds("queued")


def test_what_cannot_be_read_of_a_refusal_says_nothing(tmp_path: Path) -> None:
    clock = StillClock()
    first = refusals(clock, tmp_path)
    first.refuse("queued")
    (tmp_path / "queued" / "ahead.refused").write_text("half a num")
    assert first.holds("queued"), "this kernel knows it still"
    assert not refusals(clock, tmp_path).holds("queued")


def test_a_429_of_one_that_was_not_ahead_is_no_refusal_of_waiting() -> None:
    limiter = Limiter(StillClock(), queues=lambda model: True)
    limiter.occupy("m", limit(2))
    limiter._lanes["m"].running.resize(3)
    assert not limiter.refused_ahead("m", limit(2), slow=False)
    limiter.occupy("m", limit(2))
    limiter.occupy("m", limit(2))
    assert limiter.refused_ahead("m", limit(2), slow=False)
    assert limiter.too_many("m", limit(2))
    limiter.release("m")
    assert not limiter.too_many("m", limit(2))
    assert not limiter.refused_ahead("m", limit(2), slow=True), "none is sent ahead any more"
