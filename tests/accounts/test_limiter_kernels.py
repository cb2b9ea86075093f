"""Several kernels share one account's limits: real processes, counted by what they write down, and killed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bailian_nb.accounts.limiter import Limiter
from bailian_nb.specs import Limit
from bailian_nb.system.clock import SystemClock

ROOT = Path(__file__).parents[2]
LIMIT = Limit(region="cn-beijing", submits_per_second=50, tasks_at_once=2)
KERNEL = """
import asyncio, os, sys, time
from pathlib import Path
from bailian_nb.system.clock import SystemClock
from bailian_nb.accounts.limiter import Limiter
from bailian_nb.specs import Limit

LIMIT = Limit(region="cn-beijing", submits_per_second=50, tasks_at_once=2)
slots = Limiter(SystemClock(), Path(sys.argv[1]))

def note(what):
    with open(sys.argv[2], "ab", buffering=0) as log:
        log.write(f"{what} {os.getpid()}\\n".encode())

def say(word):
    print(word, flush=True)

def silent(_):
    return
"""
JOBS = """
async def job():
    await slots.acquire("m", LIMIT, ahead=silent)
    async with slots.creating("m", LIMIT):
        await slots.pace("m", LIMIT, paused=silent)
        note("+create")
        await asyncio.sleep(0.005)
        note("-create")
    note("+task")
    await asyncio.sleep(0.04)
    note("-task")
    slots.release("m")

async def main():
    await asyncio.gather(*(job() for _ in range(10)))

say("ready")
sys.stdin.readline()
asyncio.run(main())
"""
HOLD = """
async def main():
    for _ in range(2):
        await slots.acquire("m", LIMIT, ahead=silent)
    async with slots.creating("m", LIMIT):
        say("holds")
        await asyncio.sleep(60)

asyncio.run(main())
"""
WAIT = """
asyncio.run(slots.acquire("m", LIMIT, ahead=lambda count: say("waits")))
"""
FORK = """
async def main():
    await slots.acquire("m", LIMIT, ahead=silent)
    await slots.acquire("m", LIMIT, ahead=silent)

asyncio.run(main())
if os.fork() == 0:
    sys.stdin.readline()
    os._exit(0)
say("forked")
time.sleep(60)
"""
Start = Callable[[str], subprocess.Popen[str]]


def silent(_: object) -> None:
    return


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    kernels: list[subprocess.Popen[str]] = []

    def begin(source: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            KERNEL + source,
            str(tmp_path / "limits"),
            str(tmp_path / "log"),
        ]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        kernel = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        kernels.append(kernel)
        return kernel

    yield begin
    for kernel in kernels:
        kernel.kill()
        kernel.communicate(timeout=10)


def heard(kernel: subprocess.Popen[str]) -> str:
    assert kernel.stdout is not None
    return kernel.stdout.readline().strip()


def most(lines: list[list[str]], kind: str) -> int:
    count = found = 0
    for what, _ in lines:
        count += {f"+{kind}": 1, f"-{kind}": -1}.get(what, 0)
        found = max(found, count)
    return found


def here(tmp_path: Path) -> Limiter:
    return Limiter(SystemClock(), tmp_path / "limits")


async def within(seconds: float, slots: Limiter, count: int = 1) -> None:
    """Take places and give them back."""
    async with asyncio.timeout(seconds):
        for _ in range(count):
            await slots.acquire("m", LIMIT, ahead=silent)
    for _ in range(count):
        slots.release("m")


def test_two_kernels_never_exceed_the_limits_and_take_turns(start: Start, tmp_path: Path) -> None:
    kernels = [start(JOBS) for _ in range(2)]
    assert [heard(kernel) for kernel in kernels] == ["ready", "ready"]
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    assert [kernel.wait(20) for kernel in kernels] == [0, 0]
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert most(lines, "task") <= 2  # both places are used where the machine is not too busy
    assert most(lines, "create") == 1
    done = [kernel for what, kernel in lines if what == "-task"]
    assert len(done) == 20
    last = {kernel: index for index, kernel in enumerate(done)}
    assert min(last.values()) >= 13, "one kernel is through while the other has hardly begun"


def test_places_of_a_killed_kernel_are_free_at_once(start: Start, tmp_path: Path) -> None:
    kernel = start(HOLD)
    assert heard(kernel) == "holds"

    async def run() -> None:
        slots = here(tmp_path)
        turn = asyncio.ensure_future(within(10, slots, 2))
        async with asyncio.timeout(10):
            while slots.elsewhere("m") < 2:  # noqa: ASYNC110  # the look happens in another thread
                await asyncio.sleep(0.01)
        assert not turn.done()
        kernel.kill()
        begun = time.monotonic()
        await turn
        async with slots.creating("m", LIMIT):
            assert time.monotonic() - begun < 5.0

    asyncio.run(run())


def test_the_ticket_of_a_killed_kernel_blocks_nobody(start: Start, tmp_path: Path) -> None:
    async def run() -> None:
        slots = here(tmp_path)
        for _ in range(2):
            await slots.acquire("m", LIMIT, ahead=silent)
        kernel = start(WAIT)
        assert await asyncio.to_thread(heard, kernel) == "waits"
        turn = asyncio.ensure_future(within(10, slots))
        kernel.kill()
        slots.release("m")
        begun = time.monotonic()
        await turn
        assert time.monotonic() - begun < 5.0

    asyncio.run(run())


@pytest.mark.skipif(sys.platform == "win32", reason="processes do not fork there")
def test_a_child_that_a_dead_kernel_forked_keeps_none_of_its_places(start: Start, tmp_path: Path) -> None:
    kernel = start(FORK)
    assert heard(kernel) == "forked"
    os.kill(kernel.pid, 9)
    kernel.wait(10)
    asyncio.run(within(10, here(tmp_path), 2))
