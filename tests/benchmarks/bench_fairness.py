"""Four kernels share one account: the limits hold by the service's own count, and none of them starves.

Each has 25 jobs for a model of 2 creates a second and 2 tasks at once; one served emulator refuses whatever is above.
Each draws one picture before, so that the history knows how long tasks take: what is measured is the sharing, not the
first guess of when to ask. Run as a script with a number, this file is such a kernel.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailian_nb import specs
from bailian_nb.emulator import EmulatorSettings
from bailian_nb.emulator.serve import serve
from bailian_nb.emulator.tasks import Store, Task

ROOT = Path(__file__).parents[2]
MODEL = "wanx2.1-t2i-turbo"
LIMIT = specs.get(MODEL).limit("cn-beijing")
KERNELS, JOBS = 4, 25
SECONDS = (0.2, 0.6)
"""From start to end of a task: some overlap at the service, and it is the rate of creates that holds the kernels up."""
WINDOW = 0.9
"""What the service counts as a second: it grants a tenth, since no clock and no line is exact."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    ready, stop, urls = threading.Event(), threading.Event(), list[str]()

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    settings = EmulatorSettings(latency=SECONDS, over_limit="429", region="cn-beijing")
    home = tmp_path / "service"
    thread = threading.Thread(
        target=serve, args=(home, 0), kwargs={"settings": settings, "on_ready": on_ready, "stop": stop}
    )
    thread.start()
    assert ready.wait(20)
    yield urls[0]
    stop.set()
    thread.join(20)


def start(number: int, url: str, folder: Path) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name != "BAILIAN_NB_EMULATOR"}
    env |= {"DASHSCOPE_API_KEY": "sk-made-up-0123456789abcdef", "DASHSCOPE_HTTP_BASE_URL": url}
    env |= {"BAILIAN_NB_HOME": str(folder / "home"), "BAILIAN_NB_OUT": str(folder / "out"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, str(number)]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def four_kernels(url: str, folder: Path) -> tuple[float, list[dict[str, Any]]]:
    """Let all begin at once; returns when that was, and what each of them says."""
    kernels = [start(number, url, folder) for number in range(KERNELS)]
    for kernel in kernels:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
    begun = time.time()
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    return begun, [json.loads(kernel.communicate(timeout=300)[0]) for kernel in kernels]


def most_at_once(tasks: list[Task]) -> int:
    edges = sorted([(task.created, 1) for task in tasks] + [(task.end, -1) for task in tasks])
    return max(itertools.accumulate(step for _, step in edges))


def most_in_a_second(tasks: list[Task]) -> int:
    times = sorted(task.created for task in tasks)
    return max(sum(first <= other < first + WINDOW for other in times) for first in times)


def test_four_kernels_share_one_account_fairly(served: str, tmp_path: Path) -> None:
    begun, kernels = four_kernels(served, tmp_path)
    log = httpx.get(served.replace("/api/v1", "/emulator/log"), trust_env=False).json()
    every = Store(tmp_path / "service" / "emulator").since(0.0)
    tasks = [task for task in every if task.created >= begun]

    spans = [max(kernel["ended"]) - begun for kernel in kernels]
    ideal = (len(tasks) - 1) / LIMIT.submits_per_second + sum(SECONDS) / 2
    assert sum(task.end - task.start for task in tasks) / LIMIT.tasks_at_once < ideal
    total, refused = max(spans), log["counters"].get("refused", 0)
    rates = f"{LIMIT.submits_per_second:g} creates a second, {LIMIT.tasks_at_once} tasks at once"
    print(f"\n{KERNELS} kernels of {JOBS} jobs, {MODEL}: {rates}")
    print("  seconds of each kernel    " + "  ".join(f"{span:.1f}" for span in spans))
    print(f"  slowest / fastest         {total / min(spans):.2f}   (at most 1.5)")
    print(f"  total / ideal {ideal:.1f} s     {total / ideal:.3f}  (at most 1.1)")
    print(f"  creates refused           {refused}      (at most 1)")
    print(f"  most tasks at once        {most_at_once(every)}      (at most {LIMIT.tasks_at_once})")
    print(f"  most creates in a second  {most_in_a_second(every)}      (at most {LIMIT.submits_per_second:g})")
    print(f"  load of the machine       {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("  processor seconds         " + "  ".join(f"{kernel['processor']:.1f}" for kernel in kernels))

    assert [kernel["done"] for kernel in kernels] == [JOBS] * KERNELS
    assert len(tasks) == KERNELS * JOBS
    assert most_at_once(every) <= LIMIT.tasks_at_once
    assert most_in_a_second(every) <= LIMIT.submits_per_second
    assert refused <= 1
    assert total <= 1.1 * ideal
    assert total <= 1.5 * min(spans)


def kernel(number: str) -> None:
    """Be a kernel with its jobs: say ready, begin when told, and report."""
    import bailian_nb as wan

    def job(name: str) -> wan.Job:
        return wan.t2i(f"hill {name} of kernel {number}", model=MODEL, size=(512, 512), n=1, seed=1, cache=False)

    job("before").result(60)
    print("ready", flush=True)
    sys.stdin.readline()
    processor = time.process_time()
    jobs = [job(str(index)) for index in range(JOBS)]
    for each in jobs:
        each.wait(300)
        if each.error is not None:
            print(each.error, file=sys.stderr)
    done = sum(each.status == "SUCCEEDED" for each in jobs)
    processor = time.process_time() - processor
    print(json.dumps({"done": done, "ended": [each.finished for each in jobs], "processor": processor}))


if __name__ == "__main__":
    kernel(sys.argv[1])
