"""Twins: processes of one home that make the same seeded calls at once; who pays twice?

`python tests/benchmarks/twins.py` prints, for 2 and 4 processes, aligned to a millisecond and not, how many calls were
made, paid, paid twice, and how many ended with an error. Every process must end with the same pictures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
CHILD = """
import json, os, sys, time
import bailian_nb as wan
import bailian_nb.api
calls, start = int(sys.argv[1]), float(sys.argv[2])
while time.time() < start:
    pass
jobs, said = [], []
for seed in range(1, calls + 1):
    try:
        jobs.append(wan.t2i("twins emulator:latency=0.05", model="wanx2.1-t2i-turbo", size="512*512", seed=seed))
    except wan.BailianError as error:
        said.append(f"{type(error).__name__}: {error}")
paths = []
for job in jobs:
    job.wait(600)
    if job.outcome is None:
        said.append(f"{type(job.error).__name__}: {job.error}")
    else:
        paths.append(str(job.outcome[0].path))
print(json.dumps({"paths": paths, "errors": said}))
"""


def twins(processes: int, calls: int, *, apart: float) -> dict[str, Any]:
    """Run it once in a new home; `apart` is how many seconds lie between the starts."""
    with tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("DASHSCOPE_")}
        env |= {"BAILIAN_NB_EMULATOR": "1", "BAILIAN_NB_HOME": f"{folder}/home", "BAILIAN_NB_OUT": f"{folder}/out"}
        start = time.time() + 3.0 * processes
        began = [
            subprocess.Popen(
                [sys.executable, "-c", CHILD, str(calls), str(start + number * apart)],
                env={**env, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]
        told = [json.loads(process.communicate()[0]) for process in began]
        made = Counter(each["seed"] for each in _creates(Path(folder, "home")))
    return {
        "processes": processes,
        "apart": apart,
        "calls": calls * processes,
        "paid": sum(made.values()),
        "twice": sum(count - 1 for count in made.values()),
        "missing": calls - len(made),
        "other pictures": len({tuple(each["paths"]) for each in told}) - 1,
        "errors": sum(len(each["errors"]) for each in told),
        "first error": next((error for each in told for error in each["errors"]), ""),
    }


def _creates(home: Path) -> list[dict[str, Any]]:
    from bailian_nb.emulator import create_app

    async def ask() -> list[dict[str, Any]]:
        transport = httpx.ASGITransport(create_app(home))
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as http:
            found: list[dict[str, Any]] = (await http.get("/emulator/log")).json()["creates"]
            return found

    return asyncio.run(ask())


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--calls", type=int, default=50)
    read.add_argument("--processes", type=int, nargs="*", default=[2, 4])
    given = read.parse_args()
    for processes in given.processes:
        for apart in (0.0, 0.37):
            print(json.dumps(twins(processes, given.calls, apart=apart)), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
