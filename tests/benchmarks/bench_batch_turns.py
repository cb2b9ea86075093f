"""A batch of a thousand rows in one process, and a colleague's single calls in another: two turns at most each.

A turn is a create call of the batch that goes out between the moment at which the colleague's call stands in the queue
and its own; the order is the emulator's. Run as a script, this file is one of the two processes.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(0)
ROWS = int(os.environ.get("ROWS", "1000"))
CALLS = 20
ROOT = Path(__file__).parents[2]
MODEL = "wan2.6-t2i"
TURNS = 2
QUEUED = 0.1
"""Seconds from the call to its ticket, at most: the journal is written before."""


def child(role: str) -> None:
    from bailian_nb import specs

    row = specs.get(MODEL)
    limits = [dataclasses.replace(each, submits_per_second=10.0, tasks_at_once=8) for each in row.limits]
    specs.register(dataclasses.replace(row, limits=tuple(limits)))
    batch() if role == "batch" else colleague()


def batch() -> None:
    import bailian_nb as wan

    rows = [{"scene": f"batch {number}"} for number in range(ROWS)]
    made = wan.batch(rows, prompt="{scene}", size="768*768").run()
    made.wait(3)
    print("runs", flush=True)
    made.wait()
    print(json.dumps({"done": made.progress.done}), flush=True)


def colleague() -> None:
    import bailian_nb as wan

    found = []
    for number in range(CALLS):
        began = time.time()
        job = wan.t2i(f"colleague {number}", model=MODEL, size="768*768", n=1)
        returned = time.time()
        job.wait(120)
        found.append({"task": job.task_id, "began": began, "returned": returned, "ended": time.time()})
        time.sleep(0.2)
    print(json.dumps(found), flush=True)


def start(role: str, folder: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "BAILIAN_NB_HOME": str(folder / "home"), "BAILIAN_NB_OUT": str(folder / role)}
    env |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_EMULATOR_SECONDS": "0.3", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, role]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=folder)


def test_a_colleague_in_another_process_waits_two_turns_at_most(tmp_path: Path) -> None:
    from tests.world.emulator_log import created

    with start("batch", tmp_path) as theirs:
        assert theirs.stdout is not None
        assert theirs.stdout.readline() == "runs\n"
        with start("colleague", tmp_path) as mine:
            calls: list[dict[str, Any]] = json.loads(mine.communicate()[0])
        end = json.loads(theirs.communicate()[0])
    log = created(tmp_path / "home")
    order = [each["task_id"] for each in log]
    at = {each["task_id"]: each["at"] for each in log}
    turns = []
    for call in calls:
        before = log[: order.index(call["task"])]
        turns.append(sum(each["at"] > call["returned"] + QUEUED for each in before))
    waited = sorted(at[call["task"]] - call["began"] for call in calls)
    print(f"\n{ROWS} rows, {CALLS} single calls of another process: turns waited {sorted(turns)}")
    print(f"  seconds until the create call: median {waited[len(waited) // 2]:.2f}, most {waited[-1]:.2f}")
    print(f"  {end['done']} rows done, {len(log)} tasks, load {os.getloadavg()[0]:.1f}")
    assert end["done"] == ROWS
    assert len(log) == ROWS + CALLS
    assert max(turns) <= TURNS


if __name__ == "__main__":
    child(sys.argv[1])
