"""How long a journal of 50,000 tasks that are done and 5,000 that are open holds up a first send and a resume."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bailian_nb.config import EMULATOR_URL
from bailian_nb.store.journal import Journal
from bailian_nb.store.request_key import request_key
from bailian_nb.store.schema import Database, journal_path

from ..world.world import t2i
from .speed_table import Row, keep

ROOT = Path(__file__).parents[2]
DONE, OPEN = 50_000, 5_000
ROOM = "Journal"
CODE = """
import json, os, sys, time
from tests.benchmarks.loop_steps import longest_steps
home = os.environ["BAILIAN_NB_HOME"]
import bailian_nb as wan
from bailian_nb.session import session as sessions
os.environ["BAILIAN_NB_HOME"] = home + " warm"
wan.t2i("a hill emulator:latency=0").wait()
os.environ["BAILIAN_NB_HOME"] = home
def seconds(act):
    begun, worked = time.perf_counter(), time.thread_time()
    act()
    return time.perf_counter() - begun, time.thread_time() - worked
steps = longest_steps("bailian_nb-runner")
sent = seconds(lambda: wan.t2i("a cat", seed=1))
steps.clear()
resumed = seconds(wan.resume)
wan.jobs()[-1].cancel()  # it is heard when all of them have begun
print(json.dumps([*sent, *resumed, max(steps)]))
sys.stdout.flush()
os._exit(0)  # nobody waits for five thousand pictures
"""


def fill(home: Path) -> None:
    """Write the rows as a kernel that is gone has left them."""
    Journal(home).close()
    now, request = time.time(), t2i(n=1, seed=1).to_dict()
    with Database(journal_path(home)).transaction() as db:
        for number in range(DONE + OPEN):
            asked = {**request, "values": {**request["values"], "seed": number, "prompt": f"hill {number} " * 6}}
            done, at = number < DONE, now - 5_184_000 + 90 * number
            row = {
                "id": f"old{number:06}",
                "account": "emulator",
                "base_url": EMULATOR_URL,
                "emulator": 1,
                "region": "cn-beijing",
                "model": request["model"],
                "request": json.dumps(asked),
                "out_dir": str(home.parent / "out"),
                "owner": "gone",
                "notebook": "n.ipynb",
                "state": "done" if done else "accepted",
                "created": at,
                "submitted": at,
                "finished": at + 30 if done else None,
                "task_id": f"task-{number}",
                "images": int(done),
                "cost": 0.2 if done else None,
                "estimate": 0.2,
                "request_key": request_key(asked),
            }
            db.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
            path = str(home.parent / "out" / "2026-01-01" / f"{number}.png")
            if done:
                db.execute("INSERT INTO pictures VALUES (?, 0, ?, ?, '')", (row["id"], path, path))


def test_a_full_journal(tmp_path: Path) -> None:
    fill(tmp_path / "home")
    full = (tmp_path / "home" / "journal.sqlite").read_bytes()
    runs = []
    for number in range(5):
        home = tmp_path / f"home {number}"
        home.mkdir(mode=0o700)
        (home / "journal.sqlite").write_bytes(full)
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE", "BAILIAN"))}
        variables |= {"BAILIAN_NB_HOME": str(home), "BAILIAN_NB_EMULATOR": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", CODE]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True, env=variables)
        runs.append(json.loads(done.stdout))
    sent, sending, resumed, resuming, step = (statistics.median(column) for column in zip(*runs, strict=True))
    what = f"first send over {DONE:,} done and {OPEN:,} open rows"
    limit = "the folders of the pictures are read for an index that is not there"
    keep(Row(room=ROOM, what=what, ours=sent, cpu=sending, unit="s", goal=0.2, limit=limit))
    limit = "a Job for each row, whose request is read"
    what = f"resume() of {OPEN:,} open rows"
    keep(Row(room=ROOM, what=what, ours=resumed, cpu=resuming, unit="s", goal=0.5, limit=limit))
    what, limit = f"the runner's loop while {OPEN:,} begin, longest step", "fifty Jobs are begun in one go"
    keep(Row(room=ROOM, what=what, ours=step, unit="ms", goal=20, limit=limit))
