"""The pace of creates and queries: below the limit over all kernels, slower after throttling, sane at any clock."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path

import pytest

from bailian_nb import specs
from bailian_nb.accounts.rate import LONGEST_BACKLOG, Pace, QueryPace
from bailian_nb.emulator.tasks import Store
from bailian_nb.specs import Limit

from ..world.still_clock import StillClock

LIMIT = Limit(region="cn-beijing", submits_per_second=2, tasks_at_once=2)


def fail(error: OSError) -> None:
    raise error


def silent(_: object) -> None:
    return


def pace(clock: StillClock, path: Path | None = None) -> Pace:
    return Pace(clock, LIMIT, path, fail)


async def times(paces: list[Pace], clock: StillClock) -> list[float]:
    found = []
    for each in paces:
        await each.wait(silent)
        found.append(clock.now())
    return found


def gaps(found: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(found)]


def test_creates_of_all_kernels_keep_below_the_submit_rate(tmp_path: Path) -> None:
    clock = StillClock()
    one, other = (pace(clock, tmp_path / "pace.json") for _ in range(2))
    assert min(gaps(asyncio.run(times([one, one, other, one, other, other], clock)))) >= 0.5


BY_MINUTE = sorted({limit.submits for row in specs.models() for limit in row.limits if limit.window == 60})


@pytest.mark.seldom
@pytest.mark.parametrize("minute", BY_MINUTE)
def test_a_limit_by_the_minute_is_kept_in_any_minute_and_evenly(minute: int, tmp_path: Path) -> None:
    clock = StillClock()
    limit = Limit(region="cn-beijing", submits_per_second=minute / 60, tasks_at_once=2, window=60)
    kernels = [Pace(clock, limit, tmp_path / "pace.json", fail) for _ in range(2)]
    sent = asyncio.run(times([kernels[turn % 2] for turn in range(2 * minute + 3)], clock))
    assert min(gaps(sent)) >= 60 / minute, "a sixtieth of the limit may hold for each second"
    assert max(sum(1 for at in sent if start <= at < start + 60) for start in sent) <= minute
    store = Store(tmp_path / "emulator")
    counted = [store.knock("account", "model", f"body {at}", at, limit) for at in sent]
    assert counted == [1] * len(sent), "the emulator, which counts any 60 seconds, refuses none"


def test_a_long_wait_for_a_turn_is_told_and_a_short_one_is_not() -> None:
    async def told(limit: Limit) -> list[float]:
        clock = StillClock()
        heard: list[float] = []
        lane = Pace(clock, limit, None, fail)
        for _ in range(2):
            await lane.wait(silent, heard.append)
        return heard

    assert asyncio.run(told(LIMIT)) == []
    minute = Limit(region="cn-beijing", submits_per_second=2 / 60, tasks_at_once=2, window=60)
    heard = asyncio.run(told(minute))
    assert heard == [pytest.approx(1000.0 + 30 * 1.04)]


def test_throttling_in_one_kernel_holds_the_others_back(tmp_path: Path) -> None:
    clock = StillClock()
    one, other = (pace(clock, tmp_path / "pace.json") for _ in range(2))
    until = one.throttled(7.0, slow=False)
    heard: list[float] = []
    assert other.paused_until() == until == clock.now() + 7.0
    asyncio.run(other.wait(heard.append))
    assert clock.now() >= until
    assert heard[0] == until


def test_throttling_slows_creates_down_and_they_recover_slowly() -> None:
    async def run() -> None:
        clock = StillClock()
        lane = pace(clock)
        usual = gaps(await times([lane, lane], clock))[0]
        lane.throttled(0.0, slow=False)
        lane.throttled(0.0, slow=False)
        found = []
        for _ in range(60):
            found.append(gaps(await times([lane, lane], clock))[0])
            lane.accepted()
        assert found[0] > 2 * usual
        assert found[0] > found[5] > found[20]
        assert found[-1] == pytest.approx(usual)

    asyncio.run(run())


def test_a_create_that_was_answered_late_keeps_the_next_at_a_distance() -> None:
    async def run() -> None:
        clock = StillClock()
        lane = pace(clock)
        for took in (0.4, 0.1, 0.4, 5.0):
            await lane.wait(silent)
            sent = clock.now()
            clock.time += took
            lane.accepted()
            await lane.wait(silent)
            counted = clock.now() - (sent + took - 0.1)
            assert counted >= 0.5
            assert clock.now() - (sent + took) <= 0.53, "no longer than one gap after the answer"
            clock.time += 0.1
            lane.accepted()

    asyncio.run(run())


@pytest.mark.parametrize(
    "stored",
    [
        {"written": 1000.0, "next": 9e9},
        {"written": 87400.0, "next": 87400.5},
        {"written": 87400.0, "next": 87400.5, "paused_until": 87400.4},
        {"written": 9e9, "next": 9e9, "pause": -3.0, "slowness": 0.0},
    ],
)
def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_one_gap(
    tmp_path: Path, stored: dict[str, float]
) -> None:
    clock = StillClock()
    (tmp_path / "pace.json").write_text(json.dumps(stored))
    begun = clock.now()
    asyncio.run(pace(clock, tmp_path / "pace.json").wait(silent))
    assert clock.now() - begun <= 0.53


def test_a_clock_that_is_set_back_during_the_wait_does_not_prolong_it() -> None:
    class Jumps(StillClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            self.time -= 100.0

    async def run() -> None:
        clock = Jumps()
        lane = pace(clock)
        lane.throttled(3.0, slow=False)
        await lane.wait(silent)
        assert sum(clock.slept) == pytest.approx(3.0)

    asyncio.run(run())


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"next": "soon"}', '{"next": NaN}', '{"other": 1}', "\udcff"])
def test_an_unreadable_file_counts_as_nothing(tmp_path: Path, torn: str) -> None:
    clock = StillClock()
    (tmp_path / "pace.json").write_text(torn, encoding="utf-8", errors="surrogateescape")
    asyncio.run(pace(clock, tmp_path / "pace.json").wait(silent))
    assert clock.slept == []
    assert json.loads((tmp_path / "pace.json").read_text())["next"] > clock.now()


def test_queries_of_all_jobs_stay_below_twenty_a_second() -> None:
    async def run() -> None:
        clock = StillClock()
        reads = QueryPace(clock, 20)
        begun = clock.now()
        for _ in range(41):
            await reads.wait()
        assert clock.now() - begun >= 40 / 20

    asyncio.run(run())


def test_queries_of_all_kernels_together_stay_below_twenty_a_second(tmp_path: Path) -> None:
    async def run() -> None:
        clock = StillClock()
        kernels = [QueryPace(clock, 20, folder=tmp_path, lost=fail) for _ in range(2)]
        begun = clock.now()
        for reads in kernels * 20 + kernels[:1]:
            await reads.wait()
        assert clock.now() - begun >= 40 / 20

    asyncio.run(run())


def test_no_query_is_put_off_for_ever_by_a_strange_file(tmp_path: Path) -> None:
    async def run() -> None:
        clock = StillClock()
        (tmp_path / "queries.json").write_text(json.dumps({"written": 1000.0, "next": 9e9}))
        begun = clock.now()
        await QueryPace(clock, 20, folder=tmp_path, lost=fail).wait()
        assert clock.now() - begun <= LONGEST_BACKLOG

    asyncio.run(run())


def test_where_no_file_can_be_written_queries_keep_their_pace_in_this_kernel(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "file").write_text("where the folder should be")
        clock = StillClock()
        heard: list[OSError] = []
        reads = QueryPace(clock, 20, folder=tmp_path / "file", lost=heard.append)
        begun = clock.now()
        for _ in range(21):
            await reads.wait()
        assert clock.now() - begun >= 1.0
        assert heard

    asyncio.run(run())
