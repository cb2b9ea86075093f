"""A kernel that is stopped (SIGSTOP) at some point of its life, beside three others on one account, and goes on later.

`python tests/benchmarks/standstill.py` prints, for each point, how long the others waited at the most for a place, and
whether a task was made twice or a call was left without its picture. With `--holding` it is stopped at the first moment
after that point in which it has the journal or another database of its home locked.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bailian_nb.system.lock_holder import lock_holder  # noqa: E402
from tests.benchmarks.twins import _creates  # noqa: E402

STOPPED = 90.0
"""Seconds for which the kernel stands still."""
LONGEST_WAIT = 75.0
"""Seconds that another one may wait for a place that the service would give."""
LIFE = 8.0
"""Seconds from its first call on in which the kernel that is stopped has something to do."""
NOTHING = "made no task that is billed"
"""What a call is told that was looked for and found not to have been made: it may be run again."""
CHILD = """
import json, sys, time
import bailian_nb as wan
import bailian_nb.api
first, calls, latency = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
prompt = f"a hill emulator:latency={latency}"
jobs = [wan.t2i(prompt, model="wanx2.1-t2i-turbo", size="512*512", seed=first + n) for n in range(calls)]
waits, said, silent = [], [], 0
for job in jobs:
    job.wait(600)
    if job.outcome is None:
        said.append(f"{type(job.error).__name__}: {job.error}")
    elif job.submitted:
        waits.append(job.submitted - job.created)
print(json.dumps({"waits": waits, "errors": said}))
"""


def point(number: int, after: float, holding: bool) -> dict[str, Any]:
    """Stop one of four kernels `after` seconds from its first call on, or as it holds a file, for `STOPPED` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("DASHSCOPE_")}
        env |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_HOME": f"{folder}/home", "BAILIAN_NB_OUT": f"{folder}/out"}
        env["PYTHONPATH"] = str(ROOT)

        def kernel(first: int, calls: int, latency: float) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", CHILD, str(first), str(calls), str(latency)]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            begun = subprocess.Popen(command, env=env, **pipes)
            assert begun.stdout is not None
            begun.stdout.readline()
            return begun

        kernels = [kernel(1, 6, 2.0), *(kernel(100 * other, 2, 0.5) for other in (1, 2, 3))]
        go(kernels[0])
        home = Path(folder, "home")
        time.sleep(after)
        held, end = stop(kernels[0], home), time.monotonic() + LIFE - after
        while holding and held == [] and time.monotonic() < end:
            kernels[0].send_signal(signal.SIGCONT)
            time.sleep(random.uniform(0.001, 0.02))
            held = stop(kernels[0], home)
        waking = threading.Timer(STOPPED, kernels[0].send_signal, [signal.SIGCONT])
        waking.start()
        for other in kernels[1:]:
            go(other)
        told = [json.loads(other.communicate(timeout=400)[0]) for other in kernels[1:]]
        waking.join()
        told.append(json.loads(kernels[0].communicate(timeout=400)[0]))
        made = Counter(each["seed"] for each in _creates(home))
    said = [error for each in told for error in each["errors"]]
    unmade = sum(NOTHING in error for error in said)
    return {
        "point": number,
        "stopped after": round(after, 2),
        "holds": held,
        "longest wait": round(max(wait for each in told[:3] for wait in each["waits"]), 1),
        "twice": sum(count - 1 for count in made.values()),
        "nothing made": unmade,
        "missing": 12 - unmade - len(made),
        "errors": [error for error in said if NOTHING not in error],
    }


def stop(kernel: subprocess.Popen[str], home: Path) -> list[str] | None:
    """Stop a kernel, and return the databases that it has locked, None where it had come to its end."""
    kernel.send_signal(signal.SIGSTOP)
    found = os.waitid(os.P_PID, kernel.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    if found is None or found.si_code == os.CLD_EXITED:
        return None
    files = [*home.rglob("*.sqlite"), home / "owners" / "repair.lock"]
    return [file.name for file in files if lock_holder(file) is not None]


def go(kernel: subprocess.Popen[str]) -> None:
    assert kernel.stdin is not None
    kernel.stdin.write("go\n")
    kernel.stdin.flush()


def main() -> int:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--points", type=int, default=20)
    read.add_argument("--at-once", type=int, default=5)
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--holding", action="store_true")
    given = read.parse_args()
    chance = random.Random(given.seed)
    moments = [chance.uniform(0.05, 6.0) for _ in range(given.points)]
    good = True
    with ThreadPoolExecutor(given.at_once) as pool:
        for found in pool.map(point, range(given.points), moments, [given.holding] * given.points):
            print(json.dumps(found), flush=True)
            good = good and not (found["twice"] or found["missing"] or found["errors"])
            good = good and found["longest wait"] <= LONGEST_WAIT
    print("every bar is held" if good else "A BAR IS MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
