"""What a new kernel takes up, and until when a test waits for it."""

from __future__ import annotations

from collections.abc import Callable

from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import Resumed, resume_rows

from .jumping_clock import until
from .world import World


def resume(world: World, known: Callable[[str], bool] = lambda name: False) -> Resumed:
    def attach(job: Job) -> None:
        job.attach(world.runner, world.callbacks, world.callback_loop)

    return resume_rows(world.journal, world.runner, world.account, world.clock, known=known, attach=attach)


def until_it_is(job: Job, *states: str) -> None:
    until(lambda: job.status in states or job.final)
    assert job.status in states, job
