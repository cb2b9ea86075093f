"""One open call of a request over all machines."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from bailian_nb.accounts.team.claims import Claims
from bailian_nb.accounts.team.member import GRACE, LASTS
from bailian_nb.accounts.team.money import TeamMoney
from bailian_nb.accounts.team.server import Away, Cold

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


def copied(redis: FakeRedis, folder: Path) -> tuple[Path, Path]:
    """Return a home that was used, and a copy of it."""
    home, copy = folder / "home", folder / "copy"
    home.mkdir()
    assert redis.member(home=home).machine("m") == "m"
    shutil.copytree(home, copy)
    return home, copy


def test_copies_of_one_home_are_machines_of_their_own(
    redis: FakeRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: redis.now)
    home, copy = copied(redis, tmp_path)
    members = [redis.member(home=each) for each in (home, copy, copy)]
    assert [each.machine("m") for each in members] == ["m", "m.1", "m.1"]
    first, second = (Claims(each, "m") for each in members[:2])
    assert first.take(KEY, "row1", 0) is None
    found = second.take(KEY, "row2", 0)
    assert found is not None
    assert (found.machine, found.row) == ("m", "row1")
    for purse in [TeamMoney(each, "m") for each in members[:2]]:
        purse.tell(purse.period(), 0.2, 0.2)
    assert status_money(redis) == 0.4
    redis.now += 10
    assert [each.machine("m") for each in members] == ["m", "m.1", "m.1"], "however many processes a home has"


def test_a_home_that_comes_back_elsewhere_at_once_is_the_same_machine(
    redis: FakeRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: redis.now)
    home, copy = copied(redis, tmp_path)
    assert redis.member(home=copy).machine("m") == "m", "the first that begins is who goes on"
    assert redis.member(home=home).machine("m") == "m.1"
    copy.rename(tmp_path / "of a pod that came up anew")
    assert redis.member(home=tmp_path / "of a pod that came up anew").machine("m") == "m"
    redis.now += 86400
    assert redis.member(home=home).machine("m") == "m.1"


def test_an_answer_that_was_lost_leaves_the_name(redis: FakeRedis, tmp_path: Path) -> None:
    home = tmp_path
    assert redis.member(home=home).machine("m") == "m"
    member = redis.member(home=home)
    real = member.server.run

    def run(script: str, keys: list[str], given: list[object]) -> object:
        real(script, keys, given)
        raise Away("the answer was lost")

    member.server.run = run  # type: ignore[method-assign, assignment]
    with pytest.raises(Away):
        member.machine("m")
    assert redis.member(home=home).machine("m") == "m"


def test_a_home_that_cannot_be_written_is_said_and_nothing_is_claimed(redis: FakeRedis, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    with pytest.raises(Away, match="directory"):
        Claims(redis.member(home=tmp_path), "m").take(KEY, "row1", 0)


def status_money(redis: FakeRedis) -> float:
    sums = redis.client.hgetall(f"bnb:{{{ACCOUNT}}}:spend")
    return sum(int(each) for name, each in sums.items() if name.startswith("d")) / 1e6
