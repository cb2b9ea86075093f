"""One run of the chaos from its beginning to its figures; `chaos` prints them, the test of it holds them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from .chaos_count import Count, count
from .chaos_jobs import FastClock, wanted
from .chaos_kernel import live_through
from .chaos_service import Service, Setting


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run came to."""

    count: Count
    faults: dict[str, int]
    kernels: int
    seconds: float

    def table(self) -> str:
        found = self.count
        kinds = {name.partition(" - ")[0] for name in self.faults if " - " in name}
        broken = {kind: sum(n for name, n in self.faults.items() if name.startswith(f"{kind} - ")) for kind in kinds}
        lines = [
            f"{found.calls} jobs, {self.kernels} kernels, {self.seconds:.1f} s",
            "  broken exchanges   "
            + ", ".join(f"{kind} {broken[kind]} of {self.faults[kind]}" for kind in sorted(broken)),
            f"  service            {found.tasks} tasks of ours, {found.failed_tasks} failed",
            f"  billed pictures    {found.billed}",
            f"  on disk            {found.attributed} attributed, {found.again} of them saved a second time",
            f"  under unclaimed/   {found.unclaimed} of ours, {found.unclaimed_of_others} of the colleague's",
            f"  calls              {found.answered} answered whole, {found.made_nothing} for which nothing was made",
        ]
        share = f"{100 * len(found.asked) / max(found.calls, 1):.1f} %"
        lines += [f"  questions          {len(found.asked)}, {share} of the calls"]
        lines += [f"    {case}" for case in found.asked[:12]]
        bars = {"lost": found.lost, "wrong": found.wrong, "billed twice": found.twice, "other pixels": found.pixels}
        lines += [f"  {name:<18} {len(cases)}   (0)" for name, cases in bars.items()]
        lines += [f"    {name}: {case}" for name, cases in bars.items() for case in cases[:10]]
        return "\n".join(lines)


def run(
    folder: Path,
    *,
    jobs: int,
    seed: int,
    same_key: bool,
    speed: float = 30.0,
    list_delay: float = 0.0,
    every: float = 6.0,
    p: float = 0.2,
) -> Outcome:
    """Live through it below `folder`."""
    began = time.monotonic()
    clock = FastClock(speed=speed)
    service_home, home, out = folder / "service", folder / "home", folder / "out"
    service = Service(
        Setting(
            home=str(service_home),
            seed=seed,
            same_key=same_key,
            every=every,
            p=p,
            list_delay=list_delay,
            speed=speed,
            start=clock.start,
            origin=clock.origin,
        )
    )
    try:
        calls = wanted(jobs, seed)
        kernels = live_through(calls, home, out, service.bad_url, clock)
        log = service.log()
    finally:
        faults = service.stop()
    found = count(log, service_home, home, out, [str(call.values["prompt"]) for call in calls])
    return Outcome(count=found, faults=faults, kernels=len(kernels), seconds=time.monotonic() - began)
