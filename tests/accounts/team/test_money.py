"""Caps over all machines: reserved before, settled after, told again to a server that forgot; days are Beijing's."""

from __future__ import annotations

import math
import time
from datetime import date, datetime

import pytest

from bailian_nb.accounts.team.member import GRACE, LASTS
from bailian_nb.accounts.team.money import BEIJING, Refused, TeamMoney

from ...world.team import FakeRedis

DAY = {"max_cost_day": 1.0}


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    found = FakeRedis(monkeypatch)
    found.warm()
    return found


def purse(redis: FakeRedis, name: str) -> TeamMoney:
    return TeamMoney(redis.member(), name)


def ends(money: TeamMoney, row: str, total: float, month: float | None = None) -> None:
    """Close a row whose machine has spent so much by its journal."""
    money.tell(money.period(), total, total if month is None else month, closed=[row])


def test_all_machines_together_do_not_pass_a_cap(redis: FakeRedis) -> None:
    first, second = purse(redis, "a"), purse(redis, "b")
    assert first.reserve("r1", 0.4, DAY) is True
    assert second.reserve("r2", 0.4, DAY) is True
    found = second.reserve("r3", 0.4, DAY)
    assert found == Refused(name="max_cost_day", cap=1.0, spent=0.0, way=0.8)
    ends(first, "r1", 0.4)
    found = second.reserve("r3", 0.4, DAY)
    assert found == Refused(name="max_cost_day", cap=1.0, spent=0.4, way=0.4)
    ends(second, "r2", 0.0)  # it failed
    assert second.reserve("r3", 0.4, DAY) is True


def test_a_call_is_put_aside_once_however_often_it_is_asked_for(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    for _ in range(5):
        assert money.reserve("r1", 0.9, DAY) is True
    assert redis.client.hlen("bnb:{0123456789abcdef01234567}:open") == 1


def test_a_cap_above_all_money_is_none_and_no_error(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    money.cap(1e308, math.inf)
    assert money.reserve("r1", 1e6, {}) is True


def test_a_total_never_goes_down(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    ends(money, "r1", 0.9)
    ends(money, "r0", 0.3)  # of another kernel, which read its journal before
    assert isinstance(money.reserve("r2", 0.2, DAY), Refused)


def test_the_cap_of_the_team_holds_beside_the_callers_own_and_the_smaller_counts(redis: FakeRedis) -> None:
    first, second = purse(redis, "a"), purse(redis, "b")
    first.cap(0.5, None)
    assert second.reserve("r1", 0.6, {}) == Refused(name="max_cost_day", cap=0.5, spent=0.0, way=0.0)
    assert second.reserve("r1", 0.3, {"max_cost_day": 0.2}) == Refused(name="max_cost_day", cap=0.2, spent=0.0, way=0.0)
    first.cap(None, 2.0)
    assert second.reserve("r1", 0.6, {}) is True
    assert second.reserve("r2", 1.6, {}) == Refused(name="max_cost_month", cap=2.0, spent=0.0, way=0.6)


def test_a_call_without_a_price_is_refused_by_any_cap_and_else_let_through(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    assert money.reserve("r1", None, {}) is True
    assert isinstance(money.reserve("r2", None, DAY), Refused)
    assert money.reserve("r3", None, {"max_cost_day": math.inf}) is not False


def test_a_new_day_begins_at_midnight_in_beijing_and_the_month_goes_on(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    redis.now = datetime(2026, 11, 30, 23, 59, tzinfo=BEIJING).timestamp()
    period = money.period()
    ends(money, "r1", 0.9)
    redis.now += 120
    after = money.period()
    assert after.day == period.day + 1
    assert after.month == period.month + 1
    assert money.reserve("r2", 0.9, DAY) is True
    assert money.reserve("r3", 0.05, {"max_cost_month": 0.95}) is True


@pytest.mark.parametrize("year", [1999, 2024, 2025, 2026, 2027, 2028, 2100])
def test_days_and_months_are_those_of_the_calendar(redis: FakeRedis, year: int) -> None:
    money = purse(redis, "a")
    for month in range(1, 13):
        for day in (1, 15, 28):
            redis.now = datetime(year, month, day, 12, tzinfo=BEIJING).timestamp()
            found = money.period()
            assert found.month == year * 12 + month - 1
            assert found.day == date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()


def test_an_empty_server_is_told_what_every_machine_had_spent_also_those_that_are_off(redis: FakeRedis) -> None:
    off, here = purse(redis, "off"), purse(redis, "here")
    ends(off, "r1", 0.5)
    assert here.reserve("r2", 0.2, DAY) is True
    redis.lose_data()
    assert here.reserve("r3", 0.2, DAY) is False, "nothing is put aside while it gathers"
    here.tell(here.period(), 0.0, 0.0, open={"r2": (0.2, time.time(), False), "r9": (0.9, time.time(), False)})
    redis.now += GRACE + 1
    assert here.reserve("r3", 0.4, DAY) == Refused(name="max_cost_day", cap=1.0, spent=0.5, way=0.2)


def test_the_cap_of_the_team_is_told_again_by_whoever_had_heard_of_it(redis: FakeRedis) -> None:
    operator, here = purse(redis, "operator"), purse(redis, "here")
    operator.cap(0.5, None)
    ends(here, "r0", 0.0)
    redis.lose_data()
    here.tell(here.period(), 0.0, 0.0, open={})
    redis.now += GRACE + 1
    assert isinstance(here.reserve("r1", 0.6, {}), Refused)


def test_what_a_machine_does_not_name_as_open_is_its_own_no_more(redis: FakeRedis) -> None:
    money, other = purse(redis, "a"), purse(redis, "ab")
    money.reserve("r1", 0.5, DAY)
    other.reserve("r1", 0.5, DAY)
    money.tell(money.period(), 0.0, 0.0, open={})
    assert redis.client.hkeys("bnb:{0123456789abcdef01234567}:open") == ["ab r1"]


def test_what_could_not_be_told_while_the_server_was_away_is_told_when_it_is_back(redis: FakeRedis) -> None:
    money = purse(redis, "a")
    redis.away = True
    money._member.tell(lambda: money.tell(money.period(), 0.9, 0.9, open={}))
    redis.away = False
    money._member._beat_again()
    assert purse(redis, "b").reserve("r1", 0.2, DAY) == Refused(name="max_cost_day", cap=1.0, spent=0.9, way=0.0)


def test_each_new_life_of_the_server_is_told_once(redis: FakeRedis) -> None:
    money, told = purse(redis, "a"), list[int]()
    money._member.tell(lambda: told.append(1))
    money.period()
    first = len(told)
    money.period()
    assert len(told) == first
    redis.lose_data()
    money.period()
    assert len(told) == first + 1


CAP = {"max_cost_day": 0.5}


def test_what_a_process_put_aside_and_never_sent_is_free_again_once_it_is_not_heard_of(redis: FakeRedis) -> None:
    killed, other = purse(redis, "a"), purse(redis, "b")
    assert killed.reserve("r1", 0.4, CAP) is True
    redis.now += LASTS - 1
    assert other.reserve("r2", 0.4, CAP) == Refused(name="max_cost_day", cap=0.5, spent=0.0, way=0.4)
    redis.now += 2
    assert other.reserve("r2", 0.4, CAP) is True


def test_what_may_have_been_sent_counts_however_long_its_process_is_gone(redis: FakeRedis) -> None:
    killed, other = purse(redis, "a"), purse(redis, "b")
    assert killed.reserve("r1", 0.4, CAP) is True
    assert killed.sends("r1")
    assert killed.reserve("r1", 0.4, CAP) is True, "refused by the service and asked for again: the first is not undone"
    redis.now += 3600
    assert other.reserve("r2", 0.4, CAP) == Refused(name="max_cost_day", cap=0.5, spent=0.0, way=0.4)


def test_a_process_that_lives_keeps_what_it_put_aside_however_long_its_turn_takes(redis: FakeRedis) -> None:
    living, other = purse(redis, "a"), purse(redis, "b")
    assert living.reserve("r1", 0.4, CAP) is True
    for _ in range(10):
        redis.now += LASTS - 1
        living._member._beat_again()
    assert isinstance(other.reserve("r2", 0.4, CAP), Refused)
    assert living.sends("r1")


def test_a_process_that_stood_still_may_not_send_by_money_that_others_have(redis: FakeRedis) -> None:
    stopped, other = purse(redis, "a"), purse(redis, "b")
    assert stopped.reserve("r1", 0.4, CAP) is True
    redis.now += LASTS + 1
    assert other.reserve("r2", 0.4, CAP) is True
    stopped._member._beat_again()
    assert not stopped.sends("r1")
    assert isinstance(stopped.reserve("r1", 0.4, CAP), Refused)


def test_what_an_empty_server_is_told_is_sent_or_unsent_as_the_journal_says(redis: FakeRedis) -> None:
    money, other = purse(redis, "a"), purse(redis, "b")
    assert money.reserve("r1", 0.1, CAP) is True
    assert money.reserve("r2", 0.3, CAP) is True
    assert money.sends("r2")
    redis.lose_data()
    now = time.time()
    money.tell(money.period(), 0.0, 0.0, open={"r1": (0.1, now, False), "r2": (0.3, now, True)})
    redis.now += LASTS + 1
    assert other.reserve("r3", 0.3, CAP) == Refused(name="max_cost_day", cap=0.5, spent=0.0, way=0.3)
    assert other.reserve("r3", 0.2, CAP) is True


@pytest.mark.parametrize("heard", [True, False])
def test_what_others_have_by_now_is_not_told_to_an_empty_server(redis: FakeRedis, heard: bool) -> None:
    stopped, other = TeamMoney(redis.member(), "a", ticks=lambda: redis.now), purse(redis, "b")
    assert stopped.reserve("r1", 0.4, CAP) is True
    redis.now += LASTS + 1
    assert other.reserve("r2", 0.4, CAP) is True
    assert other.sends("r2")
    if heard:  # else it stood still until the server was empty
        stopped._member._beat_again()
    redis.lose_data()
    now = time.time()
    stopped.tell(stopped.period(), 0.0, 0.0, open={"r1": (0.4, now, False)})
    other.tell(other.period(), 0.0, 0.0, open={"r2": (0.4, now, True)})
    redis.now += GRACE + 1
    assert not stopped.sends("r1")
    assert isinstance(stopped.reserve("r1", 0.4, CAP), Refused)
