"""Create calls whose answers are lost, a colleague on the same account, and what the service and the disk hold then."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from bailian_nb.client import Client, Submitted
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.errors import Throttled
from bailian_nb.gallery import read_record
from bailian_nb.jobs.job import Job
from bailian_nb.reconcile.bounds import ENOUGH
from bailian_nb.request import Request

from .jumping_clock import until
from .world import KEY, World, t2i

OLD_MODEL = "wan2.2-t2i-flash"


def old(prompt: str, **values: Any) -> Request:
    values = {"prompt": prompt, "n": 1, "size": "512*512", "seed": 7, **values}
    return Request(model=OLD_MODEL, values=values, seed_given=True)


def lose_the_first(world: World, *, before: bool = False) -> None:
    """Break the first create call from now on: after the task was made, or before."""
    start = world.transport.count("POST", "/services/")

    def fault(method: str, path: str, count: int) -> Any:
        if method != "POST" or count != start:
            return None
        return Response("<html>502</html>", 502) if before else "after"

    world.transport.fault = fault


def colleague(world: World, request: Request, key: str = KEY) -> str:
    """Make a task of the same account by other means than ours, and return its id."""

    async def create() -> str:
        client = Client(base_url=EMULATOR_URL, key=Secret(key), app=world.app)
        try:
            while True:
                await world.clock.sleep(1.0)  # the service takes one call a second, whoever makes it
                with contextlib.suppress(Throttled):
                    made = await client.submit(request)
                    assert isinstance(made, Submitted)
                    return made.task_id
        finally:
            await client.aclose()

    return asyncio.run(create())


def used_before(world: World, make: Callable[..., Request] = t2i) -> None:
    """Send what shows our key's id, and that nobody else uses that key; a task that fails does as well and is quick."""
    for job in [world.job(make(f"{number} emulator:fail=InternalError", seed=number)) for number in range(ENOUGH)]:
        job.wait(60)


def pass_time(world: World, seconds: float) -> None:
    asyncio.run(world.clock.sleep(seconds))


def until_uncertain(job: Job) -> None:
    until(lambda: job.status == "UNCERTAIN")


def saved(world: World) -> set[str]:
    """Return the tasks of which a picture is on disk."""
    records = [read_record(path) for path in world.out.rglob("*.png")]
    return {record.task_id for record in records if record is not None}


def ours(world: World) -> set[str]:
    others = ("theirs", "emulator:fail")
    tasks = world.log()["creates"]
    return {each["task_id"] for each in tasks if not any(word in each["values"]["prompt"] for word in others)}


class HiddenTasks:
    """Keeps some tasks out of the list, as a service whose list is late does."""

    def __init__(self, world: World) -> None:
        self.app = world.app
        self.hidden: Callable[[str], bool] = lambda task_id: False
        world.transport.app = self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].rstrip("/").endswith("/tasks"):
            await self.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        body = b""

        async def keep(message: Any) -> None:
            nonlocal body
            start.update(message if message["type"] == "http.response.start" else {})
            body += message.get("body", b"")

        await self.app(scope, receive, keep)
        found = json.loads(body)
        found["data"] = [row for row in found["data"] if not self.hidden(row["task_id"])]
        body = json.dumps(found).encode()
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})
