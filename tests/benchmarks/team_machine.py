"""A machine of `bench_team`: a process that makes four pictures, says ready, begins when told, and reports."""

from __future__ import annotations

import json
import os
import sys
import time

MODEL = "wanx2.1-t2i-turbo"
WORD = "sesquipedalian"
"""Stands in every prompt, and must stand nowhere in Redis."""
BEFORE = 4
"""Pictures that each makes before: then its history knows when to ask for a task."""
JOBS = int(os.environ.get("BAILIAN_NB_TEAM_JOBS", "25"))


def machine(what: str, number: str) -> None:
    import bailian_nb as wan

    def call(name: str) -> wan.Job:
        prompt = f"{WORD} hill {name} of machine {number}"
        return wan.t2i(prompt, model=MODEL, size=(512, 512), n=1, seed=1, cache=False)

    for each in [call(f"before {index}") for index in range(BEFORE)]:
        each.result(300)
    print(json.dumps("ready"), flush=True)
    sys.stdin.readline()
    if what == "batch":
        rows = [f"{WORD} hill {index}" for index in range(2000)]
        batch = wan.batch(rows, model=MODEL, size=(512, 512), n=1, seed=1)
        batch.run()
        batch.wait()
        return
    if what == "single":
        told = []
        for index in range(6):
            asked = time.time()
            job = call(str(index))
            job.wait(120)
            told.append((asked, job.submitted))
        print(json.dumps(told), flush=True)
        return
    jobs = []
    for index in range(JOBS):
        try:
            jobs.append(call(str(index)))
        except wan.BudgetExceeded as error:  # what this machine has on its way alone would pass the cap
            print(error, file=sys.stderr)
            break
    for each in jobs:
        each.wait(600)
        if each.error is not None:
            print(each.error, file=sys.stderr)
    done = sum(each.status == "SUCCEEDED" for each in jobs)
    print(json.dumps({"done": done, "ended": [each.finished for each in jobs]}), flush=True)


if __name__ == "__main__":
    machine(sys.argv[1], sys.argv[2])
