"""Many jobs over a way where every fifth exchange breaks, beside a colleague: nothing is lost, mixed up or paid twice.

`python tests/benchmarks/chaos.py [--jobs 500] [--seed 1]` prints the figures, those of the official SDK on the same way
beside them, and exits 1 when a bar is missed. Part of `make bench`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

SDK_CALLS = 60
SEVERAL = 10
"""From so many jobs on, no answered call at all would be a fault of the measurement."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=500, help="half of them beside a colleague of the same key")
    parser.add_argument("--seed", type=int, default=1, help="of the jobs and of the faults")
    parser.add_argument("--speed", type=float, default=30.0, help="how much faster than ours the clock runs")
    parser.add_argument("--list-delay", type=float, default=2.0, help="seconds until a task shows in the list")
    parser.add_argument("--sdk", type=int, default=SDK_CALLS, help="calls by the official SDK, 0: none")
    args = parser.parse_args()
    # The folder of the tests is no package that an installed file could name.
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.benchmarks import chaos_run, chaos_sdk

    good = True
    for same_key in (False, True):
        print(f"beside a colleague with {'the same key' if same_key else 'another key of the account'}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            outcome = chaos_run.run(
                Path(folder),
                jobs=args.jobs // 2,
                seed=args.seed,
                same_key=same_key,
                speed=args.speed,
                list_delay=args.list_delay,
            )
        print(outcome.table(), flush=True)
        good = good and outcome.count.good and (outcome.count.answered > 0 or outcome.count.calls < SEVERAL)
    if args.sdk:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            print(chaos_sdk.run(Path(folder), jobs=args.sdk, seed=args.seed, speed=args.speed).table())
    print("every bar is held" if good else "A BAR IS MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
