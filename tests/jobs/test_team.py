"""Jobs among machines that share an account: one task for one request, one cap, and a Redis that goes and comes."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from bailian_nb.accounts.stores import LeaseLost
from bailian_nb.accounts.team.member import OURS
from bailian_nb.accounts.team.store import TeamStore
from bailian_nb.emulator.tasks import Store, Task
from bailian_nb.errors import BudgetExceeded, DownloadError, SubmitUncertain
from bailian_nb.jobs.job import Job
from bailian_nb.money.budget import Budget
from bailian_nb.request import Request

from ..world.jumping_clock import until
from ..world.team import ACCOUNT, FakeRedis
from ..world.team_world import Machines
from ..world.world import World, refusal, t2i


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    found = Machines(tmp_path, monkeypatch)
    yield found
    found.redis.away = False
    found.close()


def team(world: World) -> TeamStore:
    assert world.account.team is not None
    return world.account.team


def settled(redis: FakeRedis) -> None:
    until(lambda: redis.client.hlen(f"bnb:{{{ACCOUNT}}}:open") == 0)


def test_the_same_request_on_two_machines_is_one_task_and_both_have_the_picture(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    one, other = first.job(t2i(), cost=0.2), second.job(t2i(), cost=0.2)
    assert one.result().paths == other.result().paths
    assert first.transport.count("POST", "/services/") == 1
    assert sorted(job.result().cached for job in (one, other)) == [False, True]
    settled(machines.redis)


def test_who_asks_while_another_machine_makes_it_says_so(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    one = first.job(t2i())
    until(lambda: bool(one.task_id))
    other = second.job(t2i())
    heard = [other.why.key for _ in range(1) if other.why]
    other.on_change(lambda job: heard.append(job.why.key) if job.why else None)
    one.wait()
    other.wait()
    assert "followed_elsewhere" in heard
    assert second.journal.row(other.id).state == "canceled"  # type: ignore[union-attr]


def test_pictures_that_cannot_be_reached_are_said_where_they_are(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    one, other = first.job(t2i()), second.job(t2i())
    found: list[Job] = []

    def hide() -> bool:  # each has a disk of its own
        done = [job for job in (one, other) if job.status == "SUCCEEDED"]
        if done and not found:
            found.extend(done)
            for path in done[0].result().paths:
                shutil.move(path, path.with_suffix(".elsewhere"))
        return bool(found)

    until(hide)
    loser = other if found[0] is one else one
    with pytest.raises(DownloadError, match=r"(anna|bert) has made these pictures on another machine: [^\n]+\.png"):
        loser.result()


def test_pictures_in_a_bucket_that_both_reach_come_from_there(machines: Machines) -> None:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    first, second = (machines.machine(name, bucket="memory://shop/wan") for name in ("anna", "bert"))
    one = first.job(t2i(), cost=0.2)
    until(lambda: bool(one.task_id))
    other = second.job(t2i(), cost=0.2)
    until(lambda: one.final)
    (mine,) = one.result()
    mine.path.rename(mine.path.with_name("on another machine"))
    (theirs,) = other.result()
    assert mine.address == theirs.address
    assert mine.address in {f"memory:/{name}" for name in memory.store}
    assert mine.path != theirs.path, "each machine has a copy of its own"
    assert theirs.path.read_bytes() == mine.path.with_name("on another machine").read_bytes()
    assert first.transport.count("POST", "/services/") == 1
    memory.store.clear()


def test_what_was_made_before_the_call_is_made_anew(machines: Machines) -> None:
    first, second = machines.machine(), machines.machine()
    first.job(t2i()).result()
    settled(machines.redis)
    machines.clock.advance(5)
    second.job(t2i()).result()
    assert first.transport.count("POST", "/services/") == 2


def test_a_machine_that_sent_and_is_gone_is_not_sent_again_in_place_of(machines: Machines) -> None:
    second = machines.machine("bert")
    other = TeamStore(machines.redis.member("anna"), machines.clock, second.account.client, machine="gone")
    key = t2i().identity
    assert key is not None
    assert other.claims.take(key, "row1", 0) is None
    other.claims.mark(key, "row1", "sent")
    machines.clock.advance(60)
    job = second.job(t2i())
    with pytest.raises(SubmitUncertain, match=r"anna on .* has sent the same request and is gone"):
        job.result()
    assert second.transport.count("POST", "/services/") == 0


def test_the_task_of_a_machine_that_is_gone_is_seen_to_its_end_by_who_asks_for_the_same(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    one = first.job(t2i())
    until(lambda: bool(one.task_id))
    task = one.task_id
    first.die()
    machines.clock.advance(30)
    other = second.job(t2i())
    assert len(other.result()) == 1
    assert other.task_id == task
    assert second.transport.count("POST", "/services/") == 1


def test_the_cap_of_the_team_refuses_what_would_pass_it_and_says_by_how_much(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    team(first).money.cap(0.5, None)
    first.job(t2i("one"), cost=0.2).result()
    second.job(t2i("two"), cost=0.2).result()
    settled(machines.redis)
    refused = second.job(t2i("three"), cost=0.2)
    with pytest.raises(BudgetExceeded, match=r"would pass max_cost_day 0\.5 of all machines .*; nothing was sent"):
        refused.result()
    assert first.transport.count("POST", "/services/") == 2
    assert second.journal.row(refused.id).state == "failed"  # type: ignore[union-attr]


def test_a_call_that_waited_past_midnight_counts_for_the_day_in_which_it_is_sent(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    team(first).money.cap(0.3, None)
    machines.clock.advance(86400 - (machines.clock.now() + 8 * 3600) % 86400 - 5)  # just before Beijing's
    held = refusal(429, "Throttling.RateQuota", **{"retry-after": "60"})
    first.transport.fault = lambda method, path, count: held if method == "POST" and count == 0 else None
    jobs = [first.job(t2i("one"), cost=0.2)]
    until(lambda: jobs[0].why is not None and jobs[0].why.key == "throttled")
    machines.clock.advance(10)
    jobs.append(second.job(t2i("two"), cost=0.2))
    for job in jobs:
        job.wait()
    assert sorted(job.status for job in jobs) == ["FAILED", "SUCCEEDED"]
    with pytest.raises(BudgetExceeded, match=r"would pass max_cost_day 0\.3 of all machines"):
        next(job for job in jobs if job.status == "FAILED").result()
    settled(machines.redis)
    day = team(first).money.period().day
    amounts = machines.redis.client.hgetall(f"bnb:{{{ACCOUNT}}}:spend")
    assert sum(int(amount) for name, amount in amounts.items() if name.startswith(f"d{day} ")) == 200_000


def test_the_callers_own_cap_counts_what_other_machines_have_spent(machines: Machines) -> None:
    first, second = machines.machine(), machines.machine()
    first.job(t2i("one"), cost=0.4).result()
    settled(machines.redis)
    ids, caps = second.account.ids, {"max_cost_day": 0.3}
    call = type("Call", (), {"cost": 0.2, "images": 1, "label": "m"})()
    budget = Budget(home=second.home, accounts=ids, call=call, caps=caps, clock=second.clock)
    with pytest.raises(BudgetExceeded, match="of all machines"):
        second.job(t2i("two"), cost=0.2, budget=budget).result()


def test_money_of_a_machine_that_was_killed_before_its_create_call_does_not_block_the_cap(machines: Machines) -> None:
    first, second = machines.machine("anna"), machines.machine("bert")
    team(first).money.cap(0.3, None)
    store, admitted = team(first), threading.Event()

    def never(model: str) -> None:  # its upload takes long, or its turn does: it is killed before its call goes out
        admitted.set()
        raise LeaseLost("not yet")

    store.confirm = never  # type: ignore[method-assign]
    first.job(t2i("one"), cost=0.2)
    assert admitted.wait(10)
    first.die()
    machines.clock.advance(60)
    assert len(second.job(t2i("two"), cost=0.2).result()) == 1


def test_while_redis_is_away_nothing_is_sent_the_job_says_so_and_it_goes_on_by_itself(machines: Machines) -> None:
    world = machines.machine()
    machines.redis.away = True
    job = world.job(t2i())
    until(lambda: job.why is not None and job.why.key == "limits_away")
    assert world.transport.count("POST", "/services/") == 0
    machines.redis.away = False
    assert len(job.result()) == 1


def most_at_once(tasks: list[Task]) -> int:
    edges = sorted([(task.created, 1) for task in tasks] + [(task.end, -1) for task in tasks])
    return max(itertools.accumulate(step for _, step in edges))


def without_seed(prompt: str) -> Request:
    return replace(t2i(prompt), seed_given=False)


@pytest.mark.seldom
def test_a_share_lets_calls_out_while_redis_is_away_and_no_more_of_them_at_once(machines: Machines) -> None:
    world = machines.machine(share=0.4, latency=(30, 30))  # of five tasks at once
    world.job(without_seed("before")).result()
    settled(machines.redis)
    machines.redis.away = True
    machines.clock.advance(OURS + 1)
    jobs = [world.job(without_seed(f"hill {number}")) for number in range(4)]
    for job in jobs:
        job.result()
    tasks = Store(world.home / "emulator" / "emulator").since(0.0)
    assert len(tasks) == 5
    assert most_at_once(tasks) == 2
    machines.redis.away = False
    world.account.team.member._beat_again()  # type: ignore[union-attr]
    spent = machines.redis.client.hgetall(f"bnb:{{{ACCOUNT}}}:spend")
    assert spent, "what went out meanwhile is told"


@pytest.mark.seldom
@pytest.mark.parametrize("why", ["a seed of its own", "a cap of the caller", "a cap of the team", "nothing heard yet"])
def test_a_share_lets_nothing_out_that_may_be_paid_twice_or_pass_a_cap(machines: Machines, why: str) -> None:
    world = machines.machine(share=0.4)
    if why == "a cap of the team":
        team(world).money.cap(100.0, None)
    if why != "nothing heard yet":
        world.job(without_seed("before"), cost=0.2).result()
        settled(machines.redis)
    sent = world.transport.count("POST", "/services/")
    machines.redis.away = True
    machines.clock.advance(OURS + 1)
    call = type("Call", (), {"cost": 0.2, "images": 1, "label": "m"})()
    caps = {"max_cost_day": 100.0}
    own = Budget(home=world.home, accounts=world.account.ids, call=call, caps=caps, clock=world.clock)
    request = t2i("hill") if why == "a seed of its own" else without_seed("hill")
    job = world.job(request, cost=0.2, **({"budget": own} if why == "a cap of the caller" else {}))
    until(lambda: job.why is not None and job.why.key == "limits_away" and job.status == "QUEUED")
    machines.clock.advance(60)
    assert world.transport.count("POST", "/services/") == sent
    machines.redis.away = False
    assert len(job.result()) == 1


def test_what_runs_goes_on_while_redis_is_away(machines: Machines) -> None:
    world = machines.machine()
    job = world.job(t2i())
    until(lambda: bool(job.task_id))
    machines.redis.away = True
    assert len(job.result()) == 1


def test_a_process_that_stood_still_sends_nothing_by_a_place_that_others_have(machines: Machines) -> None:
    world = machines.machine()
    store = team(world)
    stolen: list[int] = []
    confirm = store.confirm

    def after_a_pause(model: str) -> None:
        if not stolen:
            stolen.append(1)
            places = store._running[model]
            machines.redis.client.delete(places.held_key)
            for number in range(places.limit):
                machines.redis.client.zadd(places.held_key, {f"{number} other anna": 10**15})
            store.member._beaten -= OURS * 10
        confirm(model)

    store.confirm = after_a_pause  # type: ignore[method-assign]
    job = world.job(t2i())
    until(lambda: bool(stolen) and job.status == "QUEUED")
    assert world.transport.count("POST", "/services/") == 0
    machines.redis.client.delete(store._running["wan2.6-t2i"].held_key)
    assert len(job.result()) == 1
    assert world.transport.count("POST", "/services/") == 1


def test_neither_key_nor_prompt_stands_in_redis(machines: Machines) -> None:
    world = machines.machine()
    team(world).money.cap(5.0, 50.0)
    world.transport.fault = lambda method, path, count: dumps.append(machines.redis.dump())
    dumps: list[str] = []
    world.job(t2i("a sesquipedalian hill"), cost=0.2).result()
    settled(machines.redis)
    dumps.append(machines.redis.dump())
    together = "\n".join(dumps)
    assert "running:wan2.6-t2i:held" in together
    assert "claim" in together
    assert "sesquipedalian" not in together
    assert "made-up-for-the-tests" not in together
