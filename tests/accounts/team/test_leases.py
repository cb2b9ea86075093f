"""Places over machines: the limit, the turns, an empty server, one that is away, and processes that stood still."""

from __future__ import annotations

import pytest

from bailian_nb.accounts.team import member as members
from bailian_nb.accounts.team.leases import TeamLeases
from bailian_nb.accounts.team.member import GRACE, LASTS, OURS, PATIENCE, Member

from ...world.team import ACCOUNT, FakeRedis, entered, lane, waits


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    found = FakeRedis(monkeypatch)
    found.warm()
    return found


def test_machines_hold_no_more_places_than_the_limit(redis: FakeRedis) -> None:
    first, second, third = (lane(redis.member()) for _ in range(3))
    leave = entered(first)
    entered(second)
    assert waits(third).elsewhere == 2
    leave()
    entered(third)
    assert waits(first).elsewhere == 2


def test_a_place_that_is_free_calls_who_is_next_and_nobody_else(redis: FakeRedis) -> None:
    holder, first, second = (lane(redis.member(), 1) for _ in range(3))
    calls = redis.client.pubsub()
    calls.subscribe(redis.member().channel)
    leave = entered(holder)
    waits(first)
    waits(second)
    leave()
    messages = [message for _ in range(4) if (message := calls.get_message(timeout=0.05)) is not None]
    assert [message["data"] for message in messages if message["type"] == "message"] == ["running:m k2"]


def test_who_holds_less_comes_first_and_an_owner_with_many_kernels_is_one_owner(redis: FakeRedis) -> None:
    batch, again = lane(redis.member("batch")), lane(redis.member("batch"))
    leave, _ = entered(batch), entered(batch)
    assert waits(again).before == 0
    single = lane(redis.member("single"))
    assert waits(single).before == 0
    assert waits(again).before == 1, "the owner of the first two places waits behind one who has none"
    leave()
    waits(again)
    entered(single)


def test_the_longer_wait_comes_first_among_equals_and_one_ticket_is_drawn_a_place(redis: FakeRedis) -> None:
    busy, modest = lane(redis.member(), 1), lane(redis.member(), 1)
    leave = entered(busy)
    waits(modest)
    assert waits(busy).before == 1
    leave()
    assert waits(busy).before == 1
    entered(modest)


def test_a_kernel_that_waits_no_more_or_was_killed_keeps_nobody_waiting(redis: FakeRedis) -> None:
    holder, quitter, dead, last = (lane(redis.member(), 1) for _ in range(4))
    leave = entered(holder)
    waits(quitter)
    waits(dead)
    assert waits(last).before == 2
    quitter.quit()
    assert waits(last).before == 1
    redis.now += PATIENCE + 1
    holder._member.beat()
    assert waits(last).before == 0
    leave()
    entered(last)


def test_a_grant_whose_answer_was_lost_is_the_same_place_when_asked_again(redis: FakeRedis) -> None:
    one, other = lane(redis.member(), 2), lane(redis.member(), 2)
    real = one._member.server.run

    def run(script: str, keys: list[str], given: list[object]) -> object:
        real(script, keys, given)
        one._member.server.run = real  # type: ignore[method-assign]
        raise members.Away("the answer was lost")

    one._member.server.run = run  # type: ignore[method-assign, assignment]
    assert waits(one).away
    entered(one)
    entered(other)
    assert waits(other).elsewhere == 1


def test_a_new_server_hands_out_nothing_until_all_have_said_what_they_hold(redis: FakeRedis) -> None:
    holder, other = lane(redis.member()), lane(redis.member())
    entered(holder)
    entered(holder)
    redis.lose_data()
    assert 0 < waits(other).cold <= GRACE
    redis.now += GRACE / 2
    holder._member.beat()
    redis.now += GRACE
    found = waits(other)
    assert found.cold == 0
    assert found.elsewhere == 2


def test_a_place_stays_taken_while_its_holder_beats_and_is_late_when_it_does_not(redis: FakeRedis) -> None:
    redis.warm(ACCOUNT, "m")
    holder, other = (lane(redis.member(), 1, listing="listed:m") for _ in range(2))
    entered(holder)
    for _ in range(5):
        redis.now += LASTS - 1
        holder._member.beat()
        assert not waits(other).inquire
    redis.now += LASTS + 1
    found = waits(other)
    assert found.inquire, "the service is asked"
    assert found.elsewhere == 1, "and until it has said so nothing is free"


def test_a_turn_to_create_whose_holder_was_killed_is_free_and_a_holder_that_wakes_up_has_lost_it(
    redis: FakeRedis,
) -> None:
    holder, other = (lane(redis.member(), 1, "creating:m") for _ in range(2))
    entered(holder)
    redis.now += LASTS - 1
    assert waits(other).elsewhere == 1
    redis.now += 2
    entered(other)
    holder._member.beat()
    assert holder.has_lost()
    assert not other.has_lost()


def test_who_stood_still_keeps_its_turn_to_create_where_nobody_else_wanted_it(redis: FakeRedis) -> None:
    holder, other = (lane(redis.member(), 1, "creating:m") for _ in range(2))
    entered(holder)
    redis.now += LASTS + 60
    holder._member.beat()
    assert not holder.has_lost()
    assert waits(other).elsewhere == 1


def test_what_was_given_back_while_the_server_was_away_is_told_by_the_next_beat(redis: FakeRedis) -> None:
    holder, other = lane(redis.member(), 1), lane(redis.member(), 1)
    leave = entered(holder)
    redis.away = True
    leave()
    redis.away = False
    assert waits(other).elsewhere == 1
    holder._member.beat()
    entered(other)


def test_a_place_without_a_task_that_others_have_now_is_lost(redis: FakeRedis) -> None:
    paused, other = lane(redis.member(), 1), lane(redis.member(), 1)
    entered(paused)
    redis.client.delete(paused.held_key)  # the service had no task of it, so it was given back
    entered(other)
    paused._member.beat()
    assert paused.has_lost()
    assert paused.snapshot() == []
    assert waits(paused).elsewhere == 1


def test_a_place_with_a_task_is_told_even_above_the_limit(redis: FakeRedis) -> None:
    paused, other = lane(redis.member(), 1), lane(redis.member(), 1)
    entered(paused)
    paused.started("task-1")
    redis.client.delete(paused.held_key)
    entered(other)
    paused._member.beat()
    assert not paused.has_lost()
    assert redis.client.zcard(paused.held_key) == 2, "two tasks run, so two places are taken"


@pytest.mark.parametrize(("share", "limit", "own"), [(0.0, 4, 0), (0.25, 4, 1), (0.5, 4, 2), (0.1, 1, 1)])
def test_while_the_server_is_away_a_process_takes_its_share_and_no_more(
    redis: FakeRedis, share: float, limit: int, own: int
) -> None:
    places = lane(redis.member(share=share), limit)
    redis.away = True
    leaves = [entered(places) for _ in range(own)]
    assert waits(places).away
    for leave in leaves:
        leave()
    redis.away = False
    entered(places)


def test_a_beat_is_fresh_for_less_time_than_a_new_server_hands_out_nothing() -> None:
    assert OURS < GRACE
    assert members.BEAT < OURS
    assert OURS < LASTS


def ahead(member: Member, limit: int = 1) -> TeamLeases:
    places = lane(member, limit)
    places.limit = limit + 1
    return places


def test_machines_have_one_place_more_among_them_for_a_task_that_waits_at_the_service(redis: FakeRedis) -> None:
    first, second, third = (ahead(redis.member()) for _ in range(3))
    entered(first)
    entered(second)
    assert waits(third).elsewhere == 2
    assert waits(lane(redis.member(), 1)).elsewhere == 2, "a call that cannot wait there is not let in either"


def test_a_task_ahead_that_was_refused_to_one_machine_is_sent_by_none(redis: FakeRedis) -> None:
    runs, refused, about_to_send = (ahead(redis.member(), 2) for _ in range(3))
    for places in (runs, refused, about_to_send):
        entered(places)
    runs.started("task-1")
    refused.refuse_ahead(3600.0)
    runs._member.beat(sending=True)
    assert not runs.has_lost(), "its task runs"
    about_to_send._member.beat()
    assert not about_to_send.has_lost()
    about_to_send._member.beat(sending=True)
    assert about_to_send.has_lost()
    assert waits(about_to_send).elsewhere == 2
    assert about_to_send.takes_none_ahead()
    redis.now += 3601
    refused._member.beat()
    runs._member.beat()
    entered(about_to_send)
    assert not about_to_send.takes_none_ahead()


def test_a_process_that_was_killed_while_it_created_keeps_nobody_waiting(redis: FakeRedis) -> None:
    killed, other = (TeamLeases(redis.member(), "creating:m", 1) for _ in range(2))
    entered(killed)
    redis.now += LASTS - 1
    assert waits(other).elsewhere == 1
    redis.now += 2
    entered(other)
    killed._member.beat()
    assert killed.has_lost(), "it only stood still: it sends nothing"


def test_a_place_that_was_granted_late_to_who_asks_no_more_is_taken_back(redis: FakeRedis) -> None:
    asked, other = lane(redis.member(), 1), lane(redis.member(), 1)
    real, held_back = asked._member.server.run, list[tuple[str, list[str], list[object]]]()

    def run(script: str, keys: list[str], given: list[object]) -> object:
        held_back.append((script, keys, given))
        raise members.Away("it stands still")

    asked._member.server.run = run  # type: ignore[method-assign, assignment]
    assert waits(asked).away
    asked._member.server.run = real  # type: ignore[method-assign]
    asked.quit()
    asked._member._beat_again()
    real(*held_back[0])  # it goes on, and does what it was asked
    assert waits(other).elsewhere == 1
    asked._member._beat_again()
    entered(other)


def test_a_place_is_given_back_by_the_name_that_it_was_taken_by(redis: FakeRedis) -> None:
    """At its end a session has closed its journal, and would be told by the name of a new one."""
    names = iter(["first", "second", "third", "fourth"])
    member = Member(redis.server(), ACCOUNT, kernel=lambda: next(names), owner="anna")
    member.begun = True
    places = lane(member, 1)
    entered(places)()
    entered(lane(redis.member(), 1))
