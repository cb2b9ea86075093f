"""Kernels that send in the same instant: together they pass no cap. Real processes, counted by what the server made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bailian_nb.config import home
from bailian_nb.emulator.tasks import Store
from bailian_nb.store.journal import Journal

ROOT = Path(__file__).parents[2]
CALLS, WITHIN = 4, 5
KERNEL = """
import json, sys, time
from pathlib import Path
import bailian_nb as wan
from bailian_nb.session import session as sessions

sessions.current().runner
print("ready", flush=True)
while not Path("go").exists():
    time.sleep(0.0002)
said = []
jobs = []
for seed in range(int(sys.argv[1]), int(sys.argv[2])):
    try:
        jobs.append(wan.t2i("A hill emulator:latency=0", model="wan2.5-t2i-preview", size="768*768", seed=seed))
    except wan.BudgetExceeded as error:
        said.append(["refused", str(error), 0.0])
print(json.dumps(said + [[job.wait(30).status, str(job.error or ""), job.cost] for job in jobs]))
"""


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.seldom
def test_kernels_that_send_at_once_pass_no_cap_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bailian_nb.toml").write_text(f"max_cost_day = {0.2 * WITHIN:g}\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    seeds = [[str(first), str(first + CALLS)] for first in range(0, count * CALLS, CALLS)]
    kernels = [
        subprocess.Popen([sys.executable, "-c", KERNEL, *own], env=env, stdout=subprocess.PIPE, text=True)
        for own in seeds
    ]
    try:
        for kernel in kernels:
            assert kernel.stdout is not None
            assert kernel.stdout.readline() == "ready\n"
        Path("go").touch()
        said = [each for kernel in kernels for each in json.loads(kernel.communicate(timeout=60)[0])]
    finally:
        for kernel in kernels:
            kernel.kill()
            kernel.communicate()
    assert len(Store(home() / "emulator").since(0.0)) == WITHIN
    states = Counter(state for state, _, _ in said)
    assert (len(said), states["SUCCEEDED"]) == (count * CALLS, WITHIN)
    left_out = [(reason, cost) for state, reason, cost in said if state != "SUCCEEDED"]
    assert all("would pass max_cost_day 1 by list price" in reason and cost == 0.0 for reason, cost in left_out)
    journal = Journal(home())
    assert [row.state for row in journal.recent()] == ["done"] * WITHIN
    journal.close()
