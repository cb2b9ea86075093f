"""Sending: what a Job says while another create call holds it up, and what becomes of it when its row is gone."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bailian_nb.views.job import describe

from ..world.jumping_clock import until
from ..world.world import World, t2i


class Hanging(Response):
    """An answer that comes late."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(b"", 503)
        self.world, self.seconds = world, seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.world.clock.sleep(self.seconds)
        await super().__call__(scope, receive, send)


def test_a_job_behind_a_create_call_that_hangs_says_so(world: World) -> None:
    def fault(method: str, path: str, count: int) -> Response | None:
        return Hanging(world, 50) if method == "POST" and count == 0 else None

    world.transport.fault = fault
    hangs = world.job(t2i("hangs"))
    until(lambda: hangs.status == "SUBMITTING")
    second, third = world.job(t2i("second", seed=8)), world.job(t2i("third", seed=9))
    until(lambda: all(job.why is not None for job in (second, third)))
    for ahead, job in enumerate((second, third)):
        assert f"one create call of wan2.6-t2i at a time; {ahead} ahead, and one is out" in describe(job, "en")["line"]
    assert {second.status, third.status} == {"QUEUED"}
    assert "wan2.6-t2i 逐个提交,前面还有 0 个未完成" in describe(second, "zh")["line"]
    assert [len(job.result(60)) for job in (second, third)] == [1, 1]
