"""The makespan of machines that share an account, on a clock that jumps: what the load of this machine cannot change.

Every machine has its journal and its runner, all of them one emulator and one Redis in this process; whenever all wait,
the clock goes on to the next moment at which somebody has something to do. `bench_team` has the same with processes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bailian_nb import specs
from bailian_nb.accounts.team import leases, member
from bailian_nb.emulator.tasks import Store, Task

from ..world.team_world import Machines
from ..world.world import t2i

MACHINES, JOBS = 8, 25


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    for name in ("PATIENCE", "LASTS"):  # who waits or holds says so by a time that does not jump
        monkeypatch.setattr(leases, name, 86400.0)
    monkeypatch.setattr(member, "LASTS", 86400.0)
    found = Machines(tmp_path, monkeypatch)
    yield found
    found.close()


def _tasks(machines: Machines) -> list[Task]:
    (path,) = machines.worlds[0].home.rglob("tasks.sqlite")
    return sorted(Store(path.parent).since(0), key=lambda task: task.created)


def _most(tasks: list[Task], begin: str) -> int:
    edges = sorted([(getattr(task, begin), 1) for task in tasks] + [(task.end, -1) for task in tasks])
    return max(itertools.accumulate(step for _, step in edges))


@pytest.mark.parametrize(
    ("model", "seconds", "over_limit"),
    [
        ("wanx2.1-t2i-turbo", (0.2, 0.6), "429"),
        ("wanx2.1-t2i-turbo", (8.0, 12.0), "429"),
        ("wanx2.1-t2i-turbo", (8.0, 12.0), "queue"),
    ],
)
def test_the_account_is_used_to_its_limits(
    machines: Machines, model: str, seconds: tuple[float, float], over_limit: str
) -> None:
    worlds = [machines.machine(f"owner{number}", latency=seconds, over_limit=over_limit) for number in range(MACHINES)]
    machines.redis.client.hset("bnb:{0123456789abcdef01234567}:life", f"listed:{model}", 1)
    limit = specs.get(model).limit("cn-beijing")
    asked = [
        replace(t2i(), model=model, values={**t2i().values, "size": "512*512", "seed": each}) for each in range(200)
    ]
    began = machines.clock.now()
    jobs = [[world.job(each) for each in asked[number::MACHINES]] for number, world in enumerate(worlds)]
    for each in itertools.chain(*jobs):
        each.wait(600)
    tasks, spans = _tasks(machines), [max(job.finished or 0 for job in own) - began for own in jobs]
    took = sum(task.end - task.start for task in tasks)
    ideal = max((len(tasks) - 1) / limit.submits_per_second + sum(seconds) / 2, took / limit.tasks_at_once)
    posts = worlds[0].transport.count("POST", "/services/")
    print(f"\n{MACHINES} machines of {JOBS} jobs of {seconds[0]:g} to {seconds[1]:g} s, a jumping clock, {over_limit}")
    print(f"  total / ideal {ideal:.1f} s     {max(spans) / ideal:.3f}")
    print(f"  slowest / fastest         {max(spans) / min(spans):.2f}")
    print(f"  creates refused           {posts - len(tasks)}")
    print(f"  most that run at once     {_most(tasks, 'start')}, with those that wait there {_most(tasks, 'created')}")
    assert len(tasks) == MACHINES * JOBS
    assert _most(tasks, "start") <= limit.tasks_at_once
    assert posts - len(tasks) <= 2
    assert max(spans) <= 1.5 * min(spans)
    assert max(spans) <= 1.08 * ideal
