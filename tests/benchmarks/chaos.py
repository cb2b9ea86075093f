"""Many jobs over a way where exchanges break, alone and beside a colleague: nothing is lost, mixed up or paid twice.

`python tests/benchmarks/chaos.py [--jobs 500] [--seed 1]` prints the figures, those of the official SDK on the same way
beside them, and exits 1 when a bar is missed: what is lost, wrong or billed twice, and how many calls end with a
question to the user. Part of `make bench`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SDK_CALLS = 60
SEVERAL = 10
"""From so many jobs on, no answered call at all would be a fault of the measurement."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How many exchanges break, who else uses the account, and how many calls may end with a question."""

    words: str
    p: float
    every: float = 6.0
    same_key: bool = False
    questions: float


SETTINGS = (
    Setting(words="nobody else on the account, three of ten exchanges break", p=0.3, every=0.0, questions=0.05),
    Setting(words="beside a colleague with another key of the account, every fifth breaks", p=0.2, questions=0.05),
    Setting(words="beside a colleague with the same key, every fifth breaks", p=0.2, same_key=True, questions=0.08),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=500, help="a third of them for each setting")
    parser.add_argument("--seed", type=int, default=1, help="of the jobs and of the faults")
    parser.add_argument("--speed", type=float, default=30.0, help="how much faster than ours the clock runs")
    parser.add_argument("--list-delay", type=float, default=2.0, help="seconds until a task shows in the list")
    parser.add_argument("--sdk", type=int, default=SDK_CALLS, help="calls by the official SDK, 0: none")
    args = parser.parse_args()
    # The folder of the tests is no package that an installed file could name.
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.benchmarks import chaos_run, chaos_sdk

    good = True
    for setting in SETTINGS:
        print(f"{setting.words}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            outcome = chaos_run.run(
                Path(folder),
                jobs=args.jobs // len(SETTINGS),
                seed=args.seed,
                same_key=setting.same_key,
                every=setting.every,
                p=setting.p,
                speed=args.speed,
                list_delay=args.list_delay,
            )
        print(outcome.table(), flush=True)
        found = outcome.count
        print(f"  at most {setting.questions:.0%} of the calls may end with a question", flush=True)
        few = len(found.asked) <= setting.questions * found.calls
        good = good and found.good and ((few and found.answered > 0) or found.calls < SEVERAL)
    if args.sdk:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            print(chaos_sdk.run(Path(folder), jobs=args.sdk, seed=args.seed, speed=args.speed).table())
    print("every bar is held" if good else "A BAR IS MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
