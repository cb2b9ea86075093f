"""Our side of the chaos: kernels one after another on one disk, each with its session, the first of them killed.

`chaos` and the test of it call `live_through`; what came of it is counted by `chaos_count`.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bailian_nb.jobs.job import Job
from bailian_nb.session.resume import resume
from bailian_nb.session.session import Session
from bailian_nb.system.clock import Clock

from .chaos_jobs import KEY, Wanted

ROUNDS = 8
"""Kernels that resume at the end; what the list does not show in the second of them was never made."""
PATIENCE = 900.0
"""Real seconds for one kernel's jobs."""


class Kernel:
    """One session on `home`; the next one on the same folder finds what it leaves."""

    def __init__(self, home: Path, out: Path, clock: Clock) -> None:
        self.session = Session(home, clock=clock)
        self.out = out
        self.jobs: list[Job] = []

    def send(self, calls: Sequence[Wanted]) -> None:
        for call in calls:
            plan = self.session.plan(
                model=call.model,
                function=call.function,
                values=call.values,
                images=call.images,
                retries=call.retries,
                out_dir=self.out,
            )
            self.jobs.append(self.session.send(plan))

    def wait(self, enough: int | None = None) -> None:
        """Wait until `enough` jobs (all, if not said) have ended."""
        end = time.monotonic() + PATIENCE
        wanted = len(self.jobs) if enough is None else enough
        while (open_ones := [job for job in self.jobs if not job.final]) and len(self.jobs) - len(open_ones) < wanted:
            if time.monotonic() > end:
                raise TimeoutError(f"after {PATIENCE:g} s still open: {open_ones[:5]}")
            open_ones[0].wait(0.05)

    def resume(self) -> int:
        """Take up what is open, send what was never sent, and return how many jobs that makes."""
        found = resume(self.session, send=True)
        self.jobs += found.jobs
        return len(found.jobs)

    def die(self) -> None:
        """End as a killed kernel does: nothing is finished, its connections are cut and its lock is free."""

        async def cut() -> None:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            for account in self.session._accounts.values():
                await account.client.aclose()

        self.session.loop.submit(cut()).result(10)
        self.session._loop.stop()
        self.session._callback_loop.stop()
        self.session.journal.close()

    def close(self) -> None:
        self.session.close()


def live_through(calls: Sequence[Wanted], home: Path, out: Path, url: str, clock: Clock) -> list[Kernel]:
    """Send every call, dying half-way, and resume until a look finds nothing new; returns the kernels."""
    with _environment(
        DASHSCOPE_API_KEY=KEY,
        DASHSCOPE_HTTP_BASE_URL=url,
        BAILIAN_NB_EMULATOR="0",
        BAILIAN_NB_HOME=str(home),
        XDG_CONFIG_HOME=str(home),
    ):
        kernels = [Kernel(home, out, clock)]
        middle = len(calls) // 2
        kernels[0].send(calls[:middle])
        kernels[0].wait(enough=middle // 2)
        kernels[0].die()
        kernels.append(Kernel(home, out, clock))
        kernels[1].resume()
        kernels[1].send(calls[middle:])
        kernels[1].wait()
        kernels[1].close()
        idle = 0
        for _ in range(ROUNDS):
            kernels.append(Kernel(home, out, clock))
            open_ones = kernels[-1].resume()
            kernels[-1].wait()
            kernels[-1].close()
            settled = any(job.status == "SUCCEEDED" for job in kernels[-1].jobs)
            idle = 0 if settled else idle + 1
            if not open_ones or idle == 2:
                break
        return kernels


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
