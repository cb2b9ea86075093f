"""Machines that share an account and no loopback: a namespace of the network for each, for Redis and for the service.

Beside `bench_team`, where machines are processes with homes of their own. It takes root and iproute2, and says so where
it has them not.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ..world.team import NO_SERVER, find_server
from . import namespaces
from .bench_team import LIMIT, PRICE, ROOT, SECONDS, Machine, begin, most_at_once, most_in_a_second, tasks_since
from .namespaces import OUTSIDE, PORT, Network
from .team_machine import BEFORE, JOBS

COUNT = 4
REDIS = 6379
DOWN = float(os.environ.get("BAILIAN_NB_TEAM_DOWN", "60"))
"""Seconds for which a link is down: more than a place, money and a claim outlive their process."""
STOPPED = 45.0


class Fleet:
    """Four machines, Redis and the service, each in a namespace of its own."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder
        self.network = Network()
        self.machines: list[Machine] = []
        try:
            self._begin(program)
        except BaseException:
            self.close()
            raise

    def _begin(self, program: str) -> None:
        network, folder = self.network, self.folder
        (folder / "redis").mkdir()
        socket = folder / "redis.socket"
        at = network.add("redis")
        options = ["--bind", at, "--port", str(REDIS), "--protected-mode", "no", "--unixsocket", str(socket)]
        options += ["--dir", str(folder / "redis"), "--save", "", "--appendonly", "yes", "--daemonize", "no"]
        network.start("redis", [program, *options], stdout=subprocess.DEVNULL)
        namespaces.wait_for(socket)
        self.redis = SimpleNamespace(url=f"redis://{at}:{REDIS}/0")
        self.service = network.add("service")
        serve = [sys.executable, namespaces.__file__, "serve", str(folder / "service"), *map(str, SECONDS)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        served = network.start("service", serve, stdout=subprocess.PIPE, text=True, env=env)
        assert served.stdout is not None
        self.url = served.stdout.readline().strip()
        network.line("service", (self.service, OUTSIDE), ("127.0.0.1", PORT))

    def start(self, **more: str) -> list[Machine]:
        for number in range(COUNT):
            name = f"machine{number}"
            self.network.add(name)
            self.network.line(name, ("127.0.0.1", PORT), (self.service, OUTSIDE))
            within = self.network.within(name)
            machine = Machine(number, "jobs", self.url, self.redis, self.folder, within=within, **more)
            self.machines.append(machine)
        return self.machines

    def refused(self) -> int:
        """Ask the service, from where it is reached, how many creates it has refused."""
        ask = f"import httpx; print(httpx.get('http://127.0.0.1:{PORT}/emulator/log', trust_env=False).text)"
        said = subprocess.run(
            [*self.network.within("service"), sys.executable, "-c", ask], capture_output=True, text=True, check=True
        )
        return int(json.loads(said.stdout)["counters"].get("refused", 0))

    def close(self) -> None:
        for each in self.machines:
            each.end()
        self.network.close()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    program, reason = find_server(), namespaces.why_not()
    if program is None or reason:
        pytest.skip(reason or NO_SERVER)
    found = Fleet(tmp_path, program)
    yield found
    found.close()


def told(fleet: Fleet, what: str, begun: float, done: int, expected: int, span: float) -> None:
    """Print what the service and the disks say, and hold the limits against it."""
    every, tasks = tasks_since(fleet.folder, 0.0), tasks_since(fleet.folder, begun)
    saved, refused = len(list(fleet.folder.glob("out*/*/*.png"))), fleet.refused()
    print(f"\n{COUNT} machines of {JOBS} jobs in namespaces of their own, {what}")
    print(f"  seconds                   {span:.1f}")
    print(f"  pictures made             {done} of {expected}")
    print(f"  tasks at the service      {len(tasks)}, each with its own picture on disk: {saved - COUNT * BEFORE}")
    print(f"  most tasks at once        {most_at_once(every)}      (at most {LIMIT.tasks_at_once})")
    print(f"  most creates in a second  {most_in_a_second(every)}      (at most {LIMIT.submits_per_second:g})")
    print(f"  creates refused           {refused}      (at most 2)")
    assert done == expected
    assert len(tasks) == done
    assert saved == len(every)
    assert most_at_once(every) <= LIMIT.tasks_at_once
    assert most_in_a_second(every) <= LIMIT.submits_per_second
    assert refused <= 2


def run(fleet: Fleet, machines: list[Machine], trouble: Callable[[], None]) -> tuple[float, int, float]:
    """Let all begin at once beside the trouble; return when, how many pictures came of it, and how long it took."""
    begun = begin(machines)
    troubled = threading.Thread(target=trouble)
    troubled.start()
    ends = [each.read() for each in machines]
    troubled.join()
    return begun, sum(each["done"] for each in ends), max(max(each["ended"]) for each in ends) - begun


def test_machines_without_a_common_loopback_share_one_account(fleet: Fleet) -> None:
    begun, done, span = run(fleet, fleet.start(), lambda: None)
    told(fleet, "nothing in their way", begun, done, COUNT * JOBS, span)


def test_a_days_cap_holds_over_namespaces(fleet: Fleet) -> None:
    pictures = COUNT * BEFORE + 11
    machines = fleet.start(BAILIAN_NB_MAX_COST_DAY=f"{PRICE * (pictures + 0.5):.3f}")
    begun, done, span = run(fleet, machines, lambda: None)
    told(fleet, f"a cap of {pictures} pictures and a half", begun, done, 11, span)


def test_a_link_that_is_down_for_a_minute_takes_nothing_beyond_the_share(fleet: Fleet) -> None:
    """First the link of one machine, then that of Redis, by which all stand still; no share is set."""
    machines = fleet.start()
    quiet: list[tuple[float, float]] = []

    def trouble() -> None:
        time.sleep(5.0)
        fleet.network.link("machine0", up=False)
        time.sleep(DOWN)
        fleet.network.link("machine0", up=True)
        time.sleep(4.0)
        fleet.network.link("redis", up=False)
        down = time.time()
        time.sleep(DOWN / 4)
        quiet.append((down, time.time()))
        fleet.network.link("redis", up=True)

    begun, done, span = run(fleet, machines, trouble)
    ((down, back),) = quiet
    meanwhile = [task for task in tasks_since(fleet.folder, begun) if down + 8.0 < task.created < back]
    print(f"\nlink of one machine down for {DOWN:g} s, then Redis' for {back - down:.0f} s")
    print(f"  creates while Redis' link was down, from its eighth second on   {len(meanwhile)}      (0)")
    told(fleet, "links down", begun, done, COUNT * JOBS, span)
    assert not meanwhile


def test_a_machine_that_was_stopped_wakes_and_sends_nothing_that_it_no_longer_holds(fleet: Fleet) -> None:
    cap = f"{PRICE * (COUNT * (JOBS + BEFORE) - 6.5):.3f}"
    machines = fleet.start(BAILIAN_NB_MAX_COST_DAY=cap)

    def trouble() -> None:
        for number in (0, 1):
            time.sleep(4.0)
            machines[number].process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED)
        for number in (0, 1):
            machines[number].process.send_signal(signal.SIGCONT)

    begun, done, span = run(fleet, machines, trouble)
    told(fleet, f"two of them stopped for {STOPPED:g} s, under a cap", begun, done, COUNT * JOBS - 7, span)
