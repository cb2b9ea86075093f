"""Machines that share an account by Redis: the limits, a cap and each turn hold, also while Redis dies five times.

Each machine is a process with a home of its own (`team_machine`); one served emulator refuses whatever is above the
limits, and counts.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailian_nb import specs
from bailian_nb.accounts.locks import Wait
from bailian_nb.accounts.team.leases import TeamLeases
from bailian_nb.accounts.team.member import GRACE, Member
from bailian_nb.accounts.team.server import Server
from bailian_nb.emulator import EmulatorSettings
from bailian_nb.emulator.serve import serve
from bailian_nb.emulator.tasks import Store, Task

from ..world.team import NO_SERVER, RealRedis, find_server
from . import team_machine
from .breaking_way import Way
from .team_machine import BEFORE, JOBS, MODEL, WORD

ROOT = Path(__file__).parents[2]
LIMIT = specs.get(MODEL).limit("cn-beijing")
PRICE = specs.get(MODEL).price("cn-beijing").cny  # type: ignore[union-attr]
KEY = "sk-made-up-0123456789abcdef"
MACHINES = int(os.environ.get("BAILIAN_NB_TEAM_MACHINES", "8"))
SECONDS = (0.2, 0.6)
WINDOW = 0.9
"""What the service counts as a second: it grants a tenth, since no clock and no line is exact."""


Start = Callable[..., list["Machine"]]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RealRedis]:
    program = find_server()
    if program is None:
        pytest.skip(NO_SERVER)
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RealRedis(program, folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    ready, stop, urls = threading.Event(), threading.Event(), list[str]()

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    settings = EmulatorSettings(latency=SECONDS, over_limit="429", region="cn-beijing")
    more = {"settings": settings, "on_ready": on_ready, "stop": stop}
    thread = threading.Thread(target=serve, args=(tmp_path / "service", 0), kwargs=more)
    thread.start()
    assert ready.wait(20)
    yield urls[0]
    stop.set()
    thread.join(20)


class Machine:
    """A process with its own home; what its command begins with, such as a namespace, is `within`."""

    def __init__(
        self, number: int, what: str, url: str, redis: Any, folder: Path, *, within: Sequence[str] = (), **more: str
    ) -> None:
        hidden = ("BAILIAN_NB_", "DASHSCOPE_")
        env = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        env |= {"DASHSCOPE_API_KEY": KEY, "DASHSCOPE_HTTP_BASE_URL": url, "BAILIAN_NB_LIMITS": redis.url}
        env |= {"BAILIAN_NB_HOME": str(folder / f"home{number}"), "BAILIAN_NB_OUT": str(folder / f"out{number}")}
        env |= {
            "BAILIAN_NB_OWNER": f"owner{number}",
            "BAILIAN_NB_TEAM_JOBS": str(JOBS),
            "PYTHONPATH": str(ROOT),
            **more,
        }
        command = [*within, sys.executable, team_machine.__file__, what, str(number)]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "a machine ended early"
        return json.loads(line)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()


@pytest.fixture
def start(served: str, redis: RealRedis, tmp_path: Path) -> Iterator[Start]:
    """Start machines of a kind, each with the environment given."""
    started: list[Machine] = []

    def some(count: int, what: str = "jobs", **more: str) -> list[Machine]:
        first = len(started)
        started.extend(Machine(first + number, what, served, redis, tmp_path, **more) for number in range(count))
        return started[first:]

    yield some
    for each in started:
        each.end()


def begin(machines: list[Machine]) -> float:
    """Let all begin at once, when each has made its first pictures."""
    for each in machines:
        assert each.read() == "ready"
    begun = time.time()
    for each in machines:
        each.go()
    return begun


def tasks_since(folder: Path, begun: float) -> list[Task]:
    return [task for task in Store(folder / "service" / "emulator").since(0.0) if task.created >= begun]


def most_at_once(tasks: list[Task]) -> int:
    edges = sorted([(task.created, 1) for task in tasks] + [(task.end, -1) for task in tasks])
    return max(itertools.accumulate(step for _, step in edges))


def most_in_a_second(tasks: list[Task]) -> int:
    times = sorted(task.created for task in tasks)
    return max(sum(first <= other < first + WINDOW for other in times) for first in times)


def refused(url: str) -> int:
    log = httpx.get(url.replace("/api/v1", "/emulator/log"), trust_env=False).json()
    return int(log["counters"].get("refused", 0))


def operations(redis: RealRedis) -> tuple[int, float]:
    """Return how many scripts Redis has run, and the seconds that it took over them."""
    with _client(redis) as client:
        stats = client.info("commandstats")
    ran = stats.get("cmdstat_evalsha", {"calls": 0, "usec": 0})
    return int(ran["calls"]), float(ran["usec"]) / 1e6


def dump(redis: RealRedis) -> str:
    found = []
    with _client(redis) as client:
        for key in client.scan_iter():
            read = {"hash": client.hgetall, "string": client.get, "zset": lambda key: client.zrange(key, 0, -1)}
            read["list"] = lambda key: client.lrange(key, 0, -1)
            kind = client.type(key)
            found.append(f"{key} {read[kind](key) if kind in read else kind}")  # none: it is gone by now
    return "\n".join(found)


def _client(redis: RealRedis) -> Any:
    return Server.open(redis.url)._client


def test_machines_share_one_account_fairly(served: str, redis: RealRedis, start: Start, tmp_path: Path) -> None:
    machines = start(MACHINES)
    begun = begin(machines)
    before = operations(redis)
    dumps = list[str]()
    watching = threading.Event()

    def watch() -> None:
        while not watching.wait(1.0):
            dumps.append(dump(redis))

    watcher = threading.Thread(target=watch)
    watcher.start()
    ends = [each.read() for each in machines]
    watching.set()
    watcher.join()
    ran, busy = (after - early for after, early in zip(operations(redis), before, strict=True))
    every, tasks = tasks_since(tmp_path, 0.0), tasks_since(tmp_path, begun)
    spans = [max(each["ended"]) - begun for each in ends]
    ideal = (len(tasks) - 1) / LIMIT.submits_per_second + sum(SECONDS) / 2
    said, total, count = refused(served), max(spans), len(tasks)
    print(f"\n{MACHINES} machines of {JOBS} jobs, {MODEL}, one Redis")
    print("  seconds of each machine   " + "  ".join(f"{span:.1f}" for span in spans))
    print(f"  slowest / fastest         {total / min(spans):.2f}   (at most 1.5)")
    print(f"  total / ideal {ideal:.1f} s     {total / ideal:.3f}  (at most 1.08)")
    print(f"  creates refused           {said}      (at most 2)")
    print(f"  most tasks at once        {most_at_once(every)}      (at most {LIMIT.tasks_at_once})")
    print(f"  most creates in a second  {most_in_a_second(every)}      (at most {LIMIT.submits_per_second:g})")
    print(f"  operations a job          {ran / count:.1f}, {1000 * busy / count:.2f} ms of Redis")
    print(f"  load of the machine       {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    together = "\n".join(dumps)
    assert len(dumps) > 5
    assert "bnb:{" in together
    assert KEY not in together
    assert KEY[3:] not in together
    assert WORD not in together
    assert [each["done"] for each in ends] == [JOBS] * MACHINES
    assert count == MACHINES * JOBS
    assert most_at_once(every) <= LIMIT.tasks_at_once
    assert most_in_a_second(every) <= LIMIT.submits_per_second
    assert said <= 2
    assert total <= 1.5 * min(spans)
    assert total <= 1.08 * ideal


def test_a_days_cap_is_held_to_the_picture(start: Start, tmp_path: Path) -> None:
    pictures = 4 * BEFORE + 9  # those before, and nine more
    more = {"BAILIAN_NB_MAX_COST_DAY": f"{PRICE * (pictures + 0.5):.3f}"}
    machines = start(4, **more)
    begin(machines)
    done = sum(each.read()["done"] for each in machines)
    assert (done, len(tasks_since(tmp_path, 0.0))) == (9, pictures)
    print(f"\nfour machines, a cap of {pictures} pictures and a half: {pictures} made")


def test_redis_dies_five_times_and_a_machine_is_cut_off(
    served: str, redis: RealRedis, start: Start, tmp_path: Path
) -> None:
    cap = {"BAILIAN_NB_MAX_COST_DAY": f"{PRICE * (MACHINES * (JOBS + BEFORE) - 3.5):.3f}"}
    machines = start(MACHINES, **cap)
    begun = begin(machines)

    def trouble() -> None:
        for number in range(5):
            time.sleep(6.0)
            redis.kill(data=number % 2 == 0)
            time.sleep(2.0)
            redis.start()
            if number == 1:
                machines[0].process.send_signal(signal.SIGSTOP)
            if number == 3:
                machines[0].process.send_signal(signal.SIGCONT)

    troubled = threading.Thread(target=trouble)
    troubled.start()
    ends = [each.read() for each in machines]
    troubled.join()
    every, tasks = tasks_since(tmp_path, 0.0), tasks_since(tmp_path, begun)
    done, saved = sum(each["done"] for each in ends), len(list(tmp_path.glob("out*/*/*.png")))
    span, said = max(max(each["ended"]) for each in ends) - begun, refused(served)
    print(
        f"\n{MACHINES} machines of {JOBS} jobs, Redis killed five times (twice without its data), one machine stopped"
    )
    print(f"  seconds                   {span:.1f}")
    print(f"  pictures made             {done} of {MACHINES * JOBS}, the cap lets {MACHINES * JOBS - 4}")
    print(f"  tasks at the service      {len(tasks)}, each with its own picture on disk: {saved - MACHINES * BEFORE}")
    print(f"  most tasks at once        {most_at_once(every)}      (at most {LIMIT.tasks_at_once})")
    print(f"  most creates in a second  {most_in_a_second(every)}      (at most {LIMIT.submits_per_second:g})")
    print(f"  creates refused           {said}")
    assert done == MACHINES * JOBS - 4
    assert len(tasks) == done
    assert saved == len(every)
    assert most_at_once(every) <= LIMIT.tasks_at_once
    assert most_in_a_second(every) <= LIMIT.submits_per_second


def test_redis_stands_still_and_the_way_to_it_breaks(
    served: str, redis: RealRedis, start: Start, tmp_path: Path
) -> None:
    """Half of the machines reach Redis over a way that is cut and swallows; then Redis stands still for 20 seconds."""
    way = Way(redis.port)
    broken = {"BAILIAN_NB_LIMITS": f"redis://127.0.0.1:{way.port}/0"}
    machines = [*start(MACHINES // 2), *start(MACHINES // 2, **broken)]
    begun = begin(machines)

    def trouble() -> None:
        assert redis._process is not None
        for breaks, seconds in ((way.cut, 5.0), (way.swallow, 8.0), (way.cut, 1.0)):
            time.sleep(5.0)
            breaks()
            time.sleep(seconds)
            way.mend()
        time.sleep(5.0)
        redis._process.send_signal(signal.SIGSTOP)
        time.sleep(20.0)
        redis._process.send_signal(signal.SIGCONT)

    troubled = threading.Thread(target=trouble)
    troubled.start()
    ends = [each.read() for each in machines]
    troubled.join()
    way.close()
    every, tasks = tasks_since(tmp_path, 0.0), tasks_since(tmp_path, begun)
    saved, span = len(list(tmp_path.glob("out*/*/*.png"))), max(max(each["ended"]) for each in ends) - begun
    print(
        f"\n{MACHINES} machines of {JOBS} jobs, the way of half of them cut twice and silent once, Redis still for 20 s"
    )
    print(f"  seconds                   {span:.1f}")
    print(f"  pictures made             {sum(each['done'] for each in ends)} of {MACHINES * JOBS}")
    print(f"  tasks at the service      {len(tasks)}, each with its own picture on disk: {saved - MACHINES * BEFORE}")
    print(f"  most tasks at once        {most_at_once(every)}      (at most {LIMIT.tasks_at_once})")
    print(f"  most creates in a second  {most_in_a_second(every)}      (at most {LIMIT.submits_per_second:g})")
    print(f"  creates refused           {refused(served)}")
    assert [each["done"] for each in ends] == [JOBS] * MACHINES
    assert len(tasks) == MACHINES * JOBS
    assert saved == len(every)
    assert most_at_once(every) <= LIMIT.tasks_at_once
    assert most_in_a_second(every) <= LIMIT.submits_per_second


def test_single_calls_beside_a_batch_wait_two_turns_at_most(start: Start, tmp_path: Path) -> None:
    (batch,) = start(1, "batch")
    assert batch.read() == "ready"
    batch.go()
    (colleague,) = start(1, "single")
    assert colleague.read() == "ready"
    time.sleep(5)
    colleague.go()
    calls = colleague.read()
    batch.end()
    every = tasks_since(tmp_path, 0.0)
    turns = []
    for asked, sent in calls:
        turns.append(sum(asked < task.created < sent - 0.001 for task in every))
    print(f"\na batch of 2000 on one machine, {len(calls)} single calls on another: turns waited {turns} (at most 2)")
    assert max(turns) <= 2


def test_fifty_machines_cost_redis_little(redis: RealRedis) -> None:
    """Fifty members of one account take and give back a place for each of 20 jobs, as fast as they can."""
    machines, jobs = 50, 20
    with _client(redis) as client:
        client.hset("bnb:{0123}:life", mapping={"id": "x", "born": int((time.time() - GRACE - 60) * 1000)})
    ran, cpu = operations(redis)[0], _cpu(redis)
    began = time.monotonic()

    def machine(number: int) -> None:
        member = Member(Server.open(redis.url), "0123", kernel=lambda: f"k{number}", owner=f"o{number}")
        running, creating = TeamLeases(member, "running:m", 10), TeamLeases(member, "creating:m", 1)
        for _ in range(jobs):
            leave = _take(running)
            after = _take(creating)
            member.ask("pace", [member.key("pace", "m")], [1, 60000, 60000])
            member.beat()
            after()
            for _ in range(5):
                member.ask("reads", [member.key("reads")], [50, 60000, 60000])
            leave()
        member.close()

    with ThreadPoolExecutor(machines) as pool:
        list(pool.map(machine, range(machines)))
    done, spent = operations(redis)[0] - ran, _cpu(redis) - cpu
    total = machines * jobs
    print(
        f"\n{machines} machines of {jobs} jobs: {done / total:.1f} operations and {1000 * spent / total:.2f} ms of the"
    )
    print(f"  processor of Redis a job, {spent:.2f} s in all of {time.monotonic() - began:.1f} s")
    assert 1000 * spent / total < 50


def _cpu(redis: RealRedis) -> float:
    with _client(redis) as client:
        found = client.info("cpu")
    return float(found["used_cpu_sys"]) + float(found["used_cpu_user"])


def _take(places: TeamLeases) -> Any:
    called = threading.Event()
    places.notify(called.set)
    while isinstance(found := places.enter(), Wait):
        called.wait(found.again)
        called.clear()
    return found
