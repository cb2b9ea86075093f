"""SIGKILL at fifty points of the life of jobs: the next process saves every billed picture, and pays for none twice.

Run as a module, this file is the nursery: a process with everything imported that forks one life after another, so that
fifty kernels need not import fifty times.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.accounts.account import Account
from bailian_nb.client import Client
from bailian_nb.emulator import answers
from bailian_nb.emulator.tasks import Store
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import resume_rows
from bailian_nb.store.schema import Database

from ..benchmarks.chaos_count import Count, count
from ..world.jumping_clock import JumpingClock
from ..world.lost_calls import old
from ..world.world import World, edit

ROOT = Path(__file__).parents[2]
POINTS, OFTEN = 50, 10
"""Points, and every how many of them is tried each time."""
SEED = 1
WAIT = 60.0
CLOCK = "clock.txt"
"""Keeps the time of death, for no clock of a machine goes on between two lives."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class Nursery:
    """Brings up kernels one after another, each a fork of a process that has everything imported."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.test_sigkill"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def life(self, folder: Path, *, kill_at: int = 0) -> dict[str, Any]:
        """Live on `folder` until the end or until that point; returns how it ended and how many points it saw."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), kill_at]) + "\n")
        self._process.stdin.flush()
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def points(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Return how many points a whole life has."""
    folder = tmp_path_factory.mktemp("whole")
    whole = nursery.life(folder)
    assert whole["signal"] == 0
    found = counted(folder)
    assert (found.good, found.attributed, found.unclaimed, found.answered) == (True, found.billed - 1, 1, 4), found
    return int(whole["points"])


def chosen(number: int) -> Any:
    return pytest.param(number, marks=() if number % OFTEN == SEED else pytest.mark.slow)


@pytest.mark.matrix
@pytest.mark.parametrize("number", [chosen(number) for number in range(POINTS)])
def test_a_kernel_killed_anywhere_loses_nothing_and_pays_nothing_twice(
    nursery: Nursery, points: int, tmp_path: Path, number: int
) -> None:
    dice = random.Random(f"{SEED} {number}")
    first = nursery.life(tmp_path, kill_at=1 + int((number + dice.random()) * points / POINTS))
    if number % 3 == 0:  # the kernel that resumes is killed, too
        nursery.life(tmp_path, kill_at=1 + dice.randrange(points // 2))
    last = nursery.life(tmp_path)
    assert (first["signal"] in (0, signal.SIGKILL), last["signal"]) == (True, 0), (first, last)
    found = counted(tmp_path)
    assert found.good, (first, found)


def counted(folder: Path) -> Count:
    service = folder / "home" / "emulator"
    log = {"creates": answers.logged(reversed(Store(service / "emulator").since(0.0)), clock_of(folder).now())}
    prompts = [request.prompt for request, _ in asked()]
    return count(log, service, folder / "home", folder / "out", prompts)


def clock_of(folder: Path) -> JumpingClock:
    """Return a clock that goes on where the last life on this folder ended."""
    file = folder / CLOCK
    return JumpingClock(float(file.read_text()) if file.exists() else None)


def asked() -> list[tuple[Any, int]]:
    """Return what a life sends, with further tries: two answers are lost, one task fails at first."""
    return [
        (edit("ours, quite usual"), 0),
        (old("ours, two of them", n=2), 0),
        (old("ours, its answer lost emulator:lost=502", seed=8), 0),
        (edit("ours, its answer lost, and no word of whose it is emulator:lost=502", seed=8), 0),
        (old("ours, failing at first emulator:fail=InternalError.Timeout@try=1", seed=9), 1),
    ]


class Fate:
    """Counts the points of a life and ends it at one of them, as no `finally` can notice."""

    def __init__(self, kill_at: int, last_act: Callable[[], object]) -> None:
        self.kill_at, self.last_act = kill_at, last_act
        self._next = itertools.count(1)
        self.seen = 0

    def point(self) -> None:
        self.seen = next(self._next)
        if self.seen == self.kill_at:
            self.last_act()
            os.kill(os.getpid(), signal.SIGKILL)

    def lay(self) -> None:
        """Put points around every transaction, every call to the service, and every step of writing a file."""
        transaction = Database.transaction

        @contextlib.contextmanager
        def around(file: Database) -> Iterator[Any]:
            self.point()
            with transaction(file) as db:
                yield db
                self.point()  # written, and not committed
            self.point()

        Database.transaction = around  # type: ignore[method-assign]
        for name in ("submit", "query", "list_tasks", "download"):
            setattr(Client, name, self._call(getattr(Client, name)))
        for name in ("fsync", "link", "replace", "rename"):
            setattr(os, name, self._step(getattr(os, name)))

    def _call(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        async def around(*args: Any, **kwargs: Any) -> Any:
            self.point()
            answer = await method(*args, **kwargs)
            self.point()
            return answer

        return around

    def _step(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def around(*args: Any, **kwargs: Any) -> Any:
            self.point()
            answer = function(*args, **kwargs)
            self.point()
            return answer

        return around


def live(folder: Path, clock: JumpingClock, fate: Fate) -> None:
    """Be one kernel: send what is to be sent unless an earlier life did, and resume what that one left."""
    first = not (folder / "home" / "journal.sqlite").exists()
    fate.lay()
    world = World(folder / "home", folder / "out", clock)
    world.account = Account.open(
        id="emulator",
        base_url=world.account.base_url,
        region="cn-beijing",
        emulator=True,
        client=world.account.client,
        clock=clock,
        home=world.home,
    )

    def attach(job: Job) -> None:
        job.attach(world.runner, world.callbacks, world.callback_loop)

    if first:
        jobs = [world.job(request, retries=retries) for request, retries in asked()]
    else:
        asked_for = {"known": lambda name: False, "attach": attach}
        jobs = resume_rows(world.journal, world.runner, world.account, clock, **asked_for).jobs
    for job in jobs:
        job.wait(WAIT)
    world.close()


def nurse() -> None:
    """Read one life after another from standard input, fork it, and say how it ended."""
    for line in sys.stdin:
        name, kill_at = json.loads(line)
        folder = Path(name)
        clock = clock_of(folder)
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                fate = Fate(kill_at, lambda folder=folder, clock=clock: (folder / CLOCK).write_text(str(clock.now())))
                live(folder, clock, fate)
                fate.last_act()
                os.write(tell, str(fate.seen).encode())
            finally:  # whatever happens, no child must go on as a second nurse
                if sys.exc_info()[0] is not None:
                    traceback.print_exc()
                os._exit(int(sys.exc_info()[0] is not None))
        _, status = os.waitpid(child, 0)
        os.close(tell)
        seen = os.read(told, 20).decode()
        os.close(told)
        print(json.dumps({"signal": -os.waitstatus_to_exitcode(status), "points": int(seen or 0)}), flush=True)


if __name__ == "__main__":
    nurse()
