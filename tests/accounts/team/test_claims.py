"""One open call of a request over all machines."""

from __future__ import annotations

import time

import pytest

from bailian_nb.accounts.team.claims import Claims
from bailian_nb.accounts.team.member import GRACE, LASTS
from bailian_nb.accounts.team.money import TeamMoney
from bailian_nb.accounts.team.server import Cold

from ...world.team import ACCOUNT, FakeRedis

KEY = "the hash of a request"


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    found = FakeRedis(monkeypatch)
    found.warm()
    return found


def claims(redis: FakeRedis, machine: str) -> Claims:
    return Claims(redis.member(f"owner-of-{machine}"), machine)


def test_the_second_machine_hears_who_makes_a_request_and_how_far_it_is(redis: FakeRedis) -> None:
    first, second = claims(redis, "a"), claims(redis, "b")
    assert first.take(KEY, "row1", 0) is None
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert (found.owner, found.state, found.row, found.gone) == ("owner-of-a", "claimed", "row1", False)
    assert first.mark(KEY, "row1", "sent", task="task-1")
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert (found.state, found.task) == ("sent", "task-1")
    assert not second.mark(KEY, "row2", "sent"), "who has not claimed it may not send it"


def test_what_came_to_nothing_is_free_and_what_was_made_is_told_to_who_asked_before(redis: FakeRedis) -> None:
    first, second = claims(redis, "a"), claims(redis, "b")
    first.take(KEY, "row1", 0)
    first.mark(KEY, "row1", "")
    assert second.take(KEY, "row2", 0) is None
    second.mark(KEY, "row2", "done", pictures=[("/out/x.png", "/out/x.png", "ab")])
    redis.now += 30
    found = first.take(KEY, "row3", 60)
    assert found is not None
    assert found.pictures == (("/out/x.png", "/out/x.png", "ab"),)
    assert first.take(KEY, "row3", 5) is None, "who asks later wants a new one"


def test_a_machine_that_is_gone_before_it_sent_anything_keeps_no_claim_and_one_that_had_keeps_it(
    redis: FakeRedis,
) -> None:
    first, second = claims(redis, "a"), claims(redis, "b")
    first.take(KEY, "row1", 0)
    first.take("other", "row2", 0)
    first.mark("other", "row2", "sent", task="task-2")
    redis.now += LASTS + 1
    assert second.take(KEY, "row3", 0) is None
    assert not first.mark(KEY, "row1", "sent"), "it woke up, and sends nothing"
    found = second.take("other", "row4", 0)
    assert found is not None
    assert found.gone
    assert found.task == "task-2"


def test_claims_are_told_with_each_beat_also_to_a_server_that_forgot_them(redis: FakeRedis) -> None:
    first, second = claims(redis, "a"), claims(redis, "b")
    first.take(KEY, "row1", 0)
    redis.lose_data()
    first._member._beat_again()
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert found.row == "row1"


def test_no_request_can_be_read_out_of_a_claim(redis: FakeRedis) -> None:
    claims(redis, "a").take(KEY, "row1", 0)
    assert KEY not in redis.dump()


def test_an_empty_server_gives_no_claim_until_all_have_said_what_they_make(redis: FakeRedis) -> None:
    first, second, third = (claims(redis, name) for name in "abc")
    first.take(KEY, "row1", 0)
    first.mark(KEY, "row1", "sent", task="task-1")
    redis.lose_data()
    for _ in range(2):
        with pytest.raises(Cold):
            second.take(KEY, "row2", 0)
    first._member.beat()
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert (found.machine, found.state, found.task) == ("a", "sent", "task-1")
    redis.now += GRACE
    assert third.take("of another request", "row3", 0) is None


def test_copies_of_one_home_are_machines_of_their_own(redis: FakeRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: redis.now)
    members = [redis.member(host=host) for host in ("here", "there", "there")]
    first, second = (Claims(each, "copied") for each in members[:2])
    assert first.take(KEY, "row1", 0) is None
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert (found.machine, found.row) == ("copied", "row1")
    assert [each.machine("copied") for each in members] == ["copied", "copied.1", "copied.1"]
    purses = [TeamMoney(each, "copied") for each in members[:2]]
    for purse in purses:
        purse.tell(purse.period(), 0.2, 0.2)
    assert status_money(redis) == 0.4


def test_a_machine_keeps_its_name_and_a_home_that_was_moved_keeps_that_of_its_place(
    redis: FakeRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: redis.now)
    first, second = redis.member(host="here"), redis.member(host="there")
    assert (first.machine("copied"), second.machine("copied")) == ("copied", "copied.1")
    redis.now += 86400
    assert (second.machine("copied"), first.machine("copied")) == ("copied.1", "copied")
    redis.now += LASTS + 1
    assert redis.member(host="moved").machine("copied") == "copied"
    assert first.machine("copied") == "copied.1", "its name was given away while nothing was heard of it"


def status_money(redis: FakeRedis) -> float:
    sums = redis.client.hgetall(f"bnb:{{{ACCOUNT}}}:spend")
    return sum(int(each) for name, each in sums.items() if name.startswith("d")) / 1e6
