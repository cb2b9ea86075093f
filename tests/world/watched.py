"""Many tasks at the emulator that are seen to their ends, and how: for tests and benchmarks of looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bailian_nb.client import Answer, Submitted
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.poll import poll
from bailian_nb.jobs.run import Run
from bailian_nb.jobs.services import Services

from .world import World, t2i


class Watched:
    """Tasks at the emulator, all made at once, and how each was seen to its end."""

    def __init__(self, world: World, model: str, count: int, *, old: float = 0.0) -> None:
        self.world = world
        self.jobs: list[Job] = []
        self.answers: list[Answer] = []
        self.late: list[float] = []
        self._services = Services.of(world.journal, world.clock, world.runner._services.save)
        self._old = old
        world.loop.submit(self._all(model, count)).result(600)

    async def _all(self, model: str, count: int) -> None:
        requests = [replace(t2i(f"hill {number}", seed=number), model=model) for number in range(count)]
        for number, request in enumerate(requests):
            made = await self.world.account.client.submit(request)
            assert isinstance(made, Submitted)
            now = self.world.clock.now()
            job = Job(id=f"job{number}", request=request, label="", emulator=True, created=now, cost=None)
            job.task_id, job.submitted = made.task_id, now
            self.jobs.append(job)
        if self._old:
            self.world.clock.advance(self._old)
        self.watching = [asyncio.ensure_future(self._see(job)) for job in self.jobs]
        await asyncio.wait(self.watching)
        for task in self.watching:
            if not task.cancelled():
                answer, late = task.result()
                self.answers.append(answer)
                self.late.append(late)

    async def _see(self, job: Job) -> tuple[Answer, float]:
        began = self.world.clock.now()
        answer = await poll(Run.of(job, self.world.account, Path()), self._services)
        assert (answer.task_id, answer.state, len(answer.slots)) == (job.task_id, "SUCCEEDED", 1)
        ended = (job.submitted or 0.0) + (answer.waited or 0.0) + (answer.ran or 0.0)
        return answer, self.world.clock.now() - max(ended, began)

    @property
    def lists(self) -> int:
        return sum(call == ("GET", "/api/v1/tasks") for call in self.world.transport.calls)

    @property
    def queries(self) -> int:
        return self.world.transport.count("GET", "/tasks/")
