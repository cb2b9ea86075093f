"""When a task is looked at: one early probe, often where its end is likely, seldom elsewhere."""

from __future__ import annotations

import itertools
import statistics

import pytest

from bailian_nb.jobs.looks import SPARSE, next_delay, next_look, planned, sdk_looks
from bailian_nb.jobs.poll import expected
from bailian_nb.jobs.status import Expected
from bailian_nb.system.clock import backoff


def polls(looks: tuple[float, ...], seconds: float) -> list[float]:
    age, times = 0.0, []
    while age < seconds:
        age += next_delay(age, looks)
        times.append(age)
    return times


def test_a_task_of_fifteen_seconds_is_asked_early_then_near_its_end() -> None:
    times = polls(planned((), 5, 15), 16)
    assert times[0] == pytest.approx(2.0)
    assert 5.0 < times[1] < 6.0
    assert len(times) < 14


def test_the_end_is_seen_soon_where_it_is_expected() -> None:
    times = polls(planned((), 11, 60), 70)
    assert max(later - earlier for earlier, later in itertools.pairwise(times[1:])) <= 3.0


def test_a_late_task_is_asked_ever_more_rarely_but_never_rarer_than_the_cap() -> None:
    looks = planned((), 5, 15)
    assert next_delay(60, looks) < next_delay(200, looks) <= SPARSE
    assert next_delay(80_000, looks) == SPARSE


def test_history_speaks_once_there_is_enough_of_it() -> None:
    assert expected([3.0, 3.0], 11, 60) == Expected(low=11, high=60)
    learned = expected([3.0, 3.1, 3.2, 2.9, 3.0, 3.3], 11, 60)
    assert learned.low >= 2.5
    assert learned.high <= 4.5


def test_every_delay_is_positive() -> None:
    for low, high in ((0.01, 0.02), (0.5, 2), (11, 60)):
        for age in (0, 0.005, 0.5, 1, 10, 59, 90, 1e5):
            assert next_delay(age, planned((), low, high)) > 0


def test_a_clock_that_was_set_back_asks_soon() -> None:
    assert 0 < next_delay(-86_400.0, planned((), 5, 20)) <= 5


def test_faults_without_end_wait_half_a_minute_each() -> None:
    assert all(20 < backoff(faults) < 40 for faults in (6, 1025, 10**6))


def sdk_polls(seconds: float) -> int:
    """Count the queries of the official SDK: its pauses are 1, 1, 2, 2, 2, 4, 4, 4 and then 5 seconds."""
    pauses = itertools.chain((1, 1, 2, 2, 2, 4, 4, 4), itertools.repeat(5))
    age, count = 0, 1
    while age < seconds:
        age, count = age + next(pauses), count + 1
    return count


def test_the_queries_of_the_sdk_are_counted_as_it_makes_them() -> None:
    assert [sdk_looks(number / 7) for number in range(600)] == [sdk_polls(number / 7) for number in range(600)]


@pytest.mark.parametrize(
    ("low", "high", "late"), [(7.0, 9.0, 0.3), (6.0, 10.0, 0.3), (25.0, 35.0, 0.5), (20.0, 40.0, 0.5)]
)
def test_the_end_of_a_known_kind_is_noticed_soon_with_no_more_queries_than_the_sdk(low, high, late):
    looks = planned(tuple(low + (high - low) * number / 39 for number in range(40)), 1, 60)
    tasks = [low + (high - low) * number / 999 for number in range(1000)]
    found = [(polls(looks, seconds), seconds) for seconds in tasks]
    assert statistics.mean(times[-1] - seconds for times, seconds in found) <= late
    assert statistics.mean(len(times) for times, _ in found) <= statistics.mean(map(sdk_polls, tasks))


def mean_notice(history: tuple[float, ...], low: float, high: float) -> tuple[float, float]:
    """Return how late tasks of 11 to 28 seconds are seen to end, and with how many queries, in the mean."""
    looks, tasks = planned(history, low, high), [11 + 17 * number / 199 for number in range(200)]
    found = [(polls(looks, seconds), seconds) for seconds in tasks]
    late = statistics.mean(times[-1] - seconds for times, seconds in found)
    return late, statistics.mean(len(times) for times, _ in found)


def test_one_past_task_tells_more_than_the_table_and_a_hundred_tell_nearly_all():
    table, _ = mean_notice((), 11, 60)
    firsts = [11 + 17 * (number + 0.5) / 20 for number in range(20)]
    late, asked = (statistics.mean(each) for each in zip(*(mean_notice((x,), 11, 60) for x in firsts), strict=True))
    assert late < 0.8 * table
    assert asked <= statistics.mean(map(sdk_polls, firsts))
    whole, _ = mean_notice(tuple(11 + 17 * number / 99 for number in range(100)), 11, 60)
    assert whole <= 0.52, "the best schedule that there is for so many queries: 0.49 s"


@pytest.mark.matrix
@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize("seconds", [0.01, 3.0, 7.0, 11.0, 60.0, 90.0, 4000.0])
def test_few_past_tasks_give_looks_one_after_the_other_wherever_they_lie(count: int, seconds: float) -> None:
    looks = planned((seconds,) * count, 11, 60)
    assert all(earlier < later for earlier, later in itertools.pairwise(looks))
    assert looks[0] > 0
    assert looks[-1] >= seconds


def test_one_that_waits_at_the_service_is_not_asked_for_before_it_can_have_ended():
    wanted = Expected(low=9, high=12)
    assert next_look(0, wanted) == 9
    assert next_look(80_000, wanted) == SPARSE
    assert 0 < next_look(-86_400, Expected(low=0.1, high=0.2)) <= 1
