"""A batch of many rows that is killed again and again: every row once, nothing twice, memory flat.

The emulator counts what was made. Its pictures are flat here, so that what is measured is the batch and not the
drawing. Run as a script, this file is one process of the batch, which is killed or ends; as a benchmark it starts them
and prints a table. `ROWS`, `KILLS` and `SEED` of the environment say how many of which.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(0)  # ten thousand rows take a quarter of an hour
ROWS = int(os.environ.get("ROWS", "1000"))
KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("SEED", "1"))
ROOT = Path(__file__).parents[2]
MODEL = "wan2.6-t2i"
PLAN_SECONDS, PLAN_MB, RUN_MB = 3.0, 300, 250
"""What the plan of ten thousand rows may take, and the process that runs them."""


def child(source: str) -> None:
    """Run the batch to its end, and say how long that took and how much memory."""
    from PIL import Image

    import bailian_nb as wan
    from bailian_nb import specs
    from bailian_nb.emulator import results
    from bailian_nb.images.encode import to_png
    from bailian_nb.session import session as sessions
    from tests.world.jumping_clock import JumpingClock

    row = specs.get(MODEL)
    sized = [
        dataclasses.replace(each, size=dataclasses.replace(each.size, min_pixels=1, warn_below_pixels=0))
        if each.size
        else each
        for each in row.parameters
    ]
    limits = [dataclasses.replace(each, submits_per_second=10_000.0, tasks_at_once=32) for each in row.limits]
    specs.register(dataclasses.replace(row, parameters=tuple(sized), limits=tuple(limits)))
    flat = to_png(Image.new("RGB", (256, 256), "grey"))
    results._drawn = lambda *given, **more: flat
    clock = JumpingClock(
        time.time() + 3600 * int(os.environ["ROUND"])
    )  # a search takes minutes, a run one hour at most
    sessions.new_clock = lambda: clock
    wan.batch(["warm"])  # what is imported is not the plan's
    began, before = time.perf_counter(), _rss()
    batch = wan.batch(source, prompt="{scene}, soft daylight", name="{sku}_{i}", size="256*256")
    plan = batch.plan
    planned, plan_mb = time.perf_counter() - began, _rss()
    _print({"planned": plan["tasks"], "cached": plan["cached"], "seconds": planned, "mb": plan_mb - before})
    began = time.perf_counter()
    batch.on_change(lambda now: _print({"so far": now.progress.done}))
    batch.run().wait()
    lost = batch.progress.counts["UNCERTAIN"]
    if lost:
        batch.retry_failed().wait()
    now = batch.progress
    took = {"seconds": time.perf_counter() - began, "mb": _rss(), "done": now.done, "why": now.why}
    _print({**took, "failed": now.failed, "lost": lost, "cpu": time.process_time()})


def _rss() -> float:
    """Return the most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 2**20)


def _print(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")  # in one piece: two threads say something
    sys.stdout.flush()


def start(source: Path, folder: Path, number: int) -> subprocess.Popen[str]:
    env = {**os.environ, "BAILIAN_NB_HOME": str(folder / "home"), "BAILIAN_NB_OUT": str(folder / "out")}
    env |= {
        "ROUND": str(number),
        "BAILIAN_NB_EMULATOR": "1",
        "BAILIAN_NB_EMULATOR_SECONDS": "0",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, __file__, str(source)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=folder)


def test_rows_are_made_once_however_often_the_process_is_killed(tmp_path: Path) -> None:
    from tests.world.emulator_log import created

    source = tmp_path / "rows.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("sku", "scene"))
        writer.writerows((f"s{number}", f"a shop number {number}") for number in range(1, ROWS + 1))
    chance = random.Random(SEED)
    plans: list[dict[str, Any]] = []
    done_at: list[int] = []
    for number in range(KILLS):
        with start(source, tmp_path, number) as process:
            assert process.stdout is not None
            plans.append(json.loads(process.stdout.readline()))
            left, kills = ROWS - plans[-1]["cached"], KILLS - number
            goal = plans[-1]["cached"] + chance.randrange(1, max(2, 2 * left // (kills + 1)))
            _until(goal, process, chance.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
        done_at.append(_count(tmp_path / "out"))
        print(number + 1, plans[-1], "killed at", done_at[-1], flush=True)
    with start(source, tmp_path, KILLS) as process:
        out, _ = process.communicate()
    lines = [json.loads(line) for line in out.strip().splitlines()]
    plan, end = lines[0], next(line for line in reversed(lines) if "done" in line)
    made = created(tmp_path / "home")
    files = _count(tmp_path / "out")
    first = plans[0] if plans else plan
    told = {"rows": ROWS, "kills": KILLS, "made": len(made), "files": files, "plan s": round(first["seconds"], 2)}
    told |= {"plan MB": round(first["mb"]), "again s": round(plan["seconds"], 2), "run MB": round(end["mb"])}
    told |= {"run s": round(end["seconds"]), "cpu s": round(end["cpu"]), "lost": end["lost"]}
    print("\n" + "".join(f"{head:>9}" for head in told))
    print("".join(f"{value:>9}" for value in told.values()))
    print("killed at", done_at, "files; the last one found", plan["cached"], "on disk and sent", plan["planned"])
    apart = _count(tmp_path / "out" / "unclaimed")  # of rows whose user must say that the task is theirs
    print(f"{apart} pictures are set apart for the user to say whose they are")
    assert end["done"] + apart == ROWS, end
    assert apart <= max(1, KILLS // 10)
    assert files == ROWS
    assert len(made) == ROWS
    assert end["mb"] <= RUN_MB


def _count(out: Path) -> int:
    return sum(1 for _ in out.rglob("*.png")) if out.exists() else 0


def _until(goal: int, process: subprocess.Popen[str], more: float) -> None:
    """Wait until the process says that so many rows are done, and for so many seconds more: it says so now and then."""
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("so far", 0) >= goal:
            time.sleep(more)
            return


@pytest.mark.skipif(ROWS < 10_000, reason="the bounds are those of ten thousand rows: ROWS=10000")
def test_ten_thousand_rows_are_planned_in_time(tmp_path: Path) -> None:
    import bailian_nb as wan

    rows = [{"sku": f"s{number}", "scene": f"a shop number {number}"} for number in range(10_000)]
    wan.batch(["warm"])
    began = time.process_time()
    assert wan.batch(rows, prompt="{scene}", name="{sku}_{i}").plan["tasks"] == 10_000
    assert time.process_time() - began < PLAN_SECONDS


if __name__ == "__main__":
    child(sys.argv[1])
