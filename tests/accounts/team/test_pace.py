"""The pace of creates and of queries over machines: one gap for all, one pause for all, by the server's clock."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from bailian_nb.accounts import rate
from bailian_nb.accounts.team.pace import MARGIN, TeamPace, TeamReads

from ...world.limits import TWO_A_SECOND, silent
from ...world.team import FakeRedis


class Clock:
    """A machine's clock that is far off; who sleeps moves the server's."""

    def __init__(self, redis: FakeRedis, off: float) -> None:
        self._redis, self._off = redis, off
        self.slept = 0.0

    def now(self) -> float:
        return self._redis.now + self._off

    async def sleep(self, seconds: float) -> None:
        self._redis.now += seconds
        self.slept += seconds


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    return FakeRedis(monkeypatch)


def paces(redis: FakeRedis) -> list[tuple[TeamPace, Clock]]:
    clocks = [Clock(redis, off) for off in (-3600.0, 0.0, 86400.0)]
    return [(TeamPace(redis.member(), "m", clock, TWO_A_SECOND), clock) for clock in clocks]


def test_creates_of_all_machines_keep_one_distance_whatever_their_clocks_say(redis: FakeRedis) -> None:
    times = []
    for _ in range(3):
        for pace, _ in paces(redis):
            asyncio.run(pace.wait(silent))
            times.append(redis.now)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert min(gaps) >= 0.5
    assert max(gaps) <= 0.5 * MARGIN + 0.002


def sent(pace: TeamPace, redis: FakeRedis, late: float = 0.0, took: float = 0.1) -> float:
    """Send a create that this machine is late with, and that is answered `took` seconds later; return its arrival."""
    asyncio.run(pace.wait(silent))
    redis.now += late
    pace.leaves()
    redis.now += took
    pace.accepted()
    return redis.now - 0.1


@pytest.mark.seldom
def test_what_a_busy_machine_was_late_with_is_caught_up_and_no_second_has_more_than_two(redis: FakeRedis) -> None:
    lanes = [pace for pace, _ in paces(redis)]
    delays = [0.0, 0.2, 0.02, 0.0, 0.15, 0.05, 0.0, 0.0, 0.25, 0.01]
    began = redis.now
    arrivals = [sent(lanes[turn % 3], redis, delay) for turn, delay in enumerate(delays * 10)]
    assert min(after - before for before, after in zip(arrivals, arrivals[2:], strict=False)) > 0.999
    assert (arrivals[-1] - began) / (len(arrivals) / 2) < 1.08, "of 1.02, though each is late by 0.07 s on average"


def test_an_answer_that_came_late_keeps_the_second_next_away_from_the_latest_it_may_have_arrived(
    redis: FakeRedis,
) -> None:
    (pace, _), *_ = paces(redis)
    for took in (0.1, 0.4, 0.1, 5.0, 0.1):
        latest = sent(pace, redis, took=took)
        sent(pace, redis)
        asyncio.run(pace.wait(silent))
        assert redis.now - latest >= 1.0 - 0.03
        pace.accepted()


def test_throttling_holds_all_machines_back_and_slows_them_down(redis: FakeRedis) -> None:
    (first, clock), (second, other), _ = paces(redis)
    asyncio.run(first.wait(silent))
    until = first.throttled(None, slow=True)
    assert until == clock.now() + rate.FIRST_SLOW_PAUSE
    began, heard = redis.now, list[float]()
    asyncio.run(second.wait(heard.append))
    assert redis.now - began >= rate.FIRST_SLOW_PAUSE - 0.01
    assert heard[0] == pytest.approx(began + rate.FIRST_SLOW_PAUSE, abs=0.1)
    assert second.throttled(None, slow=True) == pytest.approx(other.now() + 2 * rate.FIRST_SLOW_PAUSE)
    second.accepted()
    assert second._slowness < rate.BRAKE**2


def test_what_the_service_asks_for_is_waited_for(redis: FakeRedis) -> None:
    (first, _), (second, _), _ = paces(redis)
    asyncio.run(first.wait(silent))
    first.throttled(30.0, slow=False)
    began = redis.now
    asyncio.run(second.wait(silent))
    assert redis.now - began >= 29.9


def test_a_create_waits_for_a_server_that_is_away_and_goes_by_its_share_where_it_has_one(redis: FakeRedis) -> None:
    class Back(Clock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if self.slept > 3:
                redis.away = False

    clock = Back(redis, 0.0)
    redis.away = True
    asyncio.run(TeamPace(redis.member(), "m", clock, TWO_A_SECOND).wait(silent))
    assert 3 < clock.slept < 5
    redis.away = True
    shared = Clock(redis, 0.0)
    asyncio.run(TeamPace(redis.member(share=0.25), "m", shared, TWO_A_SECOND).wait(silent))
    assert shared.slept == pytest.approx(4 * 0.5 * MARGIN)


def test_queries_of_all_machines_stay_below_the_limit_and_go_on_while_the_server_is_away(redis: FakeRedis) -> None:
    clocks = [Clock(redis, off) for off in (0.0, 500.0)]
    reads = [TeamReads(redis.member(), clock, 20) for clock in clocks]
    began = redis.now
    for _ in range(20):
        for each in reads:
            asyncio.run(each.wait())
    assert redis.now - began == pytest.approx(39 * rate.MARGIN / 20, abs=0.05)
    redis.away = True
    asyncio.run(reads[0].wait())
