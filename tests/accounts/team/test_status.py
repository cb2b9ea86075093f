"""What an operator sees of a team, and the places that a word of theirs gives back."""

from __future__ import annotations

import json

import pytest

from bailian_nb.accounts.team.member import LASTS
from bailian_nb.accounts.team.status import release, status
from bailian_nb.accounts.team.store import TeamStore
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.specs import Limit
from bailian_nb.system.clock import SystemClock
from bailian_nb.views import team as views

from ...world.team import FakeRedis, entered, waits

MODEL = "wan2.6-t2i"
LIMIT = Limit(region="cn-beijing", submits_per_second=2, tasks_at_once=2)


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    found = FakeRedis(monkeypatch)
    found.warm()
    found.client.hset("bnb:{0123456789abcdef01234567}:life", f"listed:{MODEL}", 1)
    return found


def store(redis: FakeRedis, owner: str) -> TeamStore:
    client = Client(base_url=EMULATOR_URL, key=Secret("sk-made-up-for-the-tests-0001"), app=object())
    return TeamStore(redis.member(owner), SystemClock(), client, machine=f"machine-of-{owner}")


def busy(redis: FakeRedis) -> TeamStore:
    """Let two owners hold places, a third wait, and money be spent; return the third."""
    anna, bert, carl = (store(redis, owner) for owner in ("anna", "bert", "carl"))
    entered(anna.running(MODEL, LIMIT))
    anna.started(MODEL, "task-1")
    entered(bert.running(MODEL, LIMIT))
    carl.running(MODEL, LIMIT)
    waits(carl._running[MODEL])
    entered(carl.creating(MODEL))
    carl.pace(MODEL, LIMIT).throttled(30.0, slow=True)
    period = anna.money.period()
    anna.money.tell(period, 1.5, 20.0)
    bert.money.reserve("r1", 0.25, {})
    carl.money.cap(50.0, None)
    return carl


def test_places_line_pauses_and_money_are_seen(redis: FakeRedis) -> None:
    found = status(busy(redis))
    running = next(lane for lane in found.lanes if lane.kind == "running")
    assert (running.model, running.limit) == (MODEL, 2)
    assert [(place.owner, place.task, place.late) for place in running.places] == [
        ("anna", "task-1", 0),
        ("bert", "", 0),
    ]
    assert [waiter.owner for waiter in running.waiting] == ["carl"]
    creating = next(lane for lane in found.lanes if lane.kind == "creating")
    assert 29 < creating.paused <= 30
    assert creating.slowness == 1.5
    assert (found.day.spent, found.day.way, found.day.cap) == (1.5, 0.25, 50.0)
    assert (found.month.spent, found.month.cap) == (20.0, None)
    assert found.day.owners == {"anna": 1.5, "carl": 0.0}


def test_it_is_shown_as_tables_and_as_json(redis: FakeRedis) -> None:
    found = status(busy(redis))
    text = views.bundle(found, "en")["text/plain"]
    for words in ("2/2", "anna 1; bert 1", "carl 1", "throttled for 30 s", "1.5 times slower", "50.00", "on its way"):
        assert words in text
    assert json.loads(views.as_json(found))["day"]["cap"] == 50.0


def test_nothing_changes_by_looking(redis: FakeRedis) -> None:
    team = busy(redis)
    before = redis.dump()
    status(team)
    assert redis.dump() == before


def test_an_operator_gives_back_late_places_and_by_force_any(redis: FakeRedis) -> None:
    team = busy(redis)
    assert release(team, "anna") == 0, "it is heard of"
    redis.now += LASTS + 1
    assert status(team).lanes[1].places[0].late == pytest.approx(1.0)
    assert "not heard of: 2" in views.bundle(status(team), "en")["text/plain"]
    assert release(team, "anna") == 1
    entered(team._running[MODEL])
    assert release(team, "carl") == 1, "its create place is late, the new one is not"
    assert release(team, "carl", force=True) == 1


def test_who_sets_a_cap_from_a_machine_has_not_spent_its_money(redis: FakeRedis) -> None:
    anna = store(redis, "anna")
    anna.money.tell(anna.money.period(), 1.5, 1.5)
    operator = TeamStore(redis.member("root"), SystemClock(), anna._client, machine="machine-of-anna")
    operator.money.cap(50.0, None)
    assert status(operator).day.owners == {"anna": 1.5}
