"""Late places: free only as far as the service's own state says, whatever a machine that is gone had told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb import specs
from bailian_nb.accounts.stores import LeaseLost
from bailian_nb.accounts.team.member import GRACE, LASTS, OURS
from bailian_nb.accounts.team.money import Refused
from bailian_nb.accounts.team.store import UNSEEN, TeamStore
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.request import Request
from bailian_nb.specs import Limit
from bailian_nb.system.clock import SystemClock

from ...world.team import FakeRedis, entered, waits

MODEL = "wan2.6-t2i"
LIMIT = Limit(region="cn-beijing", submits_per_second=50, tasks_at_once=1)


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> FakeRedis:
    found = FakeRedis(monkeypatch)
    found.warm()
    found.client.hset("bnb:{0123456789abcdef01234567}:life", f"listed:{MODEL}", 1)
    return found


class Service:
    """The emulator, with tasks that take as long as a test wants."""

    def __init__(self, folder: Path, runner: asyncio.Runner) -> None:
        self.now = 1000.0
        self.run = runner.run
        app: Any = create_app(folder, EmulatorSettings(latency=(60, 60)), clock=lambda: self.now)
        self.client = Client(base_url=EMULATOR_URL, key=Secret("sk-made-up-for-the-tests-0001"), app=app)

    def create(self) -> str:
        request = Request(model=MODEL, values={"prompt": "a hill", "n": 1, "size": "768*768", "seed": 7})
        return self.run(self.client.submit(request)).task_id  # type: ignore[union-attr]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with asyncio.Runner() as runner:
        found = Service(tmp_path, runner)
        yield found
        runner.run(found.client.aclose())


def store(redis: FakeRedis, service: Service) -> TeamStore:
    return TeamStore(redis.member(), SystemClock(), service.client, machine="m")


def test_a_late_place_is_free_only_when_the_service_says_that_its_task_has_ended(
    redis: FakeRedis, service: Service
) -> None:
    gone, other = store(redis, service), store(redis, service)
    first, second = gone.running(MODEL, LIMIT), other.running(MODEL, LIMIT)
    entered(first)
    gone.started(MODEL, service.create())
    redis.now += LASTS + UNSEEN + 60
    assert waits(second).inquire
    service.run(other.inquire(MODEL))
    assert waits(second).elsewhere == 1, "its process is gone, its task runs"
    service.now += 120
    service.run(other.inquire(MODEL))
    entered(second)


def test_a_late_place_without_a_task_stays_until_no_late_row_of_the_list_can_be_its_own(
    redis: FakeRedis, service: Service
) -> None:
    gone, other = store(redis, service), store(redis, service)
    entered(gone.running(MODEL, LIMIT))
    second = other.running(MODEL, LIMIT)
    redis.now += LASTS + 1
    service.run(other.inquire(MODEL))
    assert waits(second).elsewhere == 1
    redis.now += UNSEEN
    service.run(other.inquire(MODEL))
    entered(second)


def test_a_task_that_nobody_names_is_taken_to_be_that_of_the_late_place(redis: FakeRedis, service: Service) -> None:
    gone, other = store(redis, service), store(redis, service)
    entered(gone.running(MODEL, LIMIT))
    second = other.running(MODEL, LIMIT)
    service.create()  # its create call went out, and its process was killed before it could say so
    redis.now += LASTS + UNSEEN + 60
    service.run(other.inquire(MODEL))
    assert waits(second).elsewhere == 1
    service.now += 120
    service.run(other.inquire(MODEL))
    entered(second)


def test_an_empty_server_is_told_by_the_service_what_runs(redis: FakeRedis, service: Service) -> None:
    other = store(redis, service)
    places = other.running(MODEL, LIMIT)
    service.create()
    redis.lose_data()
    waits(places)
    redis.now += GRACE + 1
    assert waits(places).inquire
    service.run(other.inquire(MODEL))
    assert waits(places).elsewhere == 1
    service.now += 120
    service.run(other.inquire(MODEL))
    entered(places)


def test_the_place_of_a_task_that_the_service_named_goes_to_who_says_that_it_is_his(
    redis: FakeRedis, service: Service
) -> None:
    owner, other = store(redis, service), store(redis, service)
    places = owner.running(MODEL, LIMIT)
    entered(places)
    redis.lose_data()
    waits(other.running(MODEL, LIMIT))
    redis.now += GRACE + 1
    task = service.create()
    service.run(other.inquire(MODEL))
    owner.started(MODEL, task)
    assert redis.client.zcard(places.held_key) == 1


def test_nothing_is_sent_by_a_place_that_others_have(redis: FakeRedis, service: Service) -> None:
    paused, other = store(redis, service), store(redis, service)
    places = paused.running(MODEL, LIMIT)
    leave = entered(places)
    paused.confirm(MODEL)
    redis.client.delete(places.held_key)
    entered(other.running(MODEL, LIMIT))
    paused.member._beaten -= 60  # it stood still for a minute
    with pytest.raises(LeaseLost):
        paused.confirm(MODEL)
    leave()
    paused.confirm(MODEL)


def test_a_place_is_ours_for_some_seconds_while_the_server_is_away_and_no_longer(
    redis: FakeRedis, service: Service
) -> None:
    held = store(redis, service)
    entered(held.running(MODEL, LIMIT))
    held.confirm(MODEL)
    redis.away = True
    held.member._beaten -= OURS - 1
    held.confirm(MODEL)
    held.member._beaten -= 2
    with pytest.raises(LeaseLost):
        held.confirm(MODEL)


def test_what_runs_and_nobody_names_is_on_its_way_until_it_ends_or_its_machine_is_back(
    redis: FakeRedis, service: Service
) -> None:
    price = specs.get(MODEL).price("cn-beijing")
    assert price is not None
    assert price.cny is not None
    owner, other = store(redis, service), store(redis, service)
    places = owner.running(MODEL, LIMIT)
    entered(places)
    cap = {"max_cost_day": 4 * price.cny + 0.01}
    for back in (True, False):
        redis.lose_data()
        waits(other.running(MODEL, LIMIT))
        redis.now += GRACE + 1
        task = service.create()
        service.run(other.inquire(MODEL))
        refused = other.money.reserve("r1", price.cny, cap)
        assert isinstance(refused, Refused)
        assert refused.way == pytest.approx(4 * price.cny), "the service does not say how many pictures: the most"
        if back:
            owner.started(MODEL, task)
        service.now += 120
        if not back:
            service.run(other.inquire(MODEL))
        assert other.money.reserve("r1", price.cny, cap) is True
        owner.ended(MODEL, task)
