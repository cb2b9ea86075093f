"""A small world for jobs: the emulator in process, a clock that jumps, and an unreliable way between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from starlette.responses import JSONResponse, Response

from bailian_nb import specs
from bailian_nb.accounts.account import Account
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, Secret
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.gallery import Index
from bailian_nb.images import read_input
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.runner import Runner
from bailian_nb.jobs.save import Saver
from bailian_nb.request import Request
from bailian_nb.store.journal import Journal
from bailian_nb.system.clock import Clock
from bailian_nb.system.loops import CallbackLoop, Callbacks, LoopThread

from .jumping_clock import JumpingClock

KEY = "sk-made-up-for-the-tests-0001"
Fault = Callable[[str, str, int], Any]
"""(method, path, how many such calls came before) -> None to let it through, a Response instead, or "after"."""


class FlakyTransport:
    """An ASGI app that lets calls through to the emulator, or breaks them as a test wishes."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.fault: Fault = lambda method, path, count: None
        self.calls: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method, path = scope["method"], scope["path"]
        kind = "/services/" if "/services/" in path else "/tasks" if "/tasks" in path else "/results"
        count = sum(1 for each in self.calls if each[0] == method and kind in each[1])
        self.calls.append((method, path))
        verdict = self.fault(method, path, count)
        if verdict is None:
            await self.app(scope, receive, send)
        elif isinstance(verdict, Response):
            await verdict(scope, receive, send)
        else:  # let the emulator do its work, then lose the answer

            async def swallow(message: Any) -> None:
                return

            await self.app(scope, receive, swallow)
            await Response("<html>502 Bad Gateway</html>", 502, media_type="text/html")(scope, receive, send)

    def count(self, method: str, part: str) -> int:
        return sum(1 for each in self.calls if each[0] == method and part in each[1])


class World:
    """One kernel's jobs; `again()` is the next kernel on the same disk."""

    def __init__(self, home: Path, out: Path, clock: Clock | None = None, **settings: Any) -> None:
        self.home, self.out = home, out
        self.clock = clock or JumpingClock()
        self.settings = {"latency": (0.5, 1.0), **settings}
        self.app = create_app(
            home / "emulator", EmulatorSettings(**self.settings), clock=self.clock.now, sleep=self.clock.sleep
        )
        self.transport = FlakyTransport(self.app)
        self.journal = Journal(home)
        self.index = Index(home)
        self.loop = LoopThread("test-runner")
        self.callback_loop = CallbackLoop()
        self.callbacks = Callbacks(self.callback_loop)
        self.runner = Runner(
            journal=self.journal,
            clock=self.clock,
            loop=self.loop,
            callbacks=self.callbacks,
            save=Saver(index=self.index, journal=self.journal, clock=self.clock),
        )
        client = Client(base_url=EMULATOR_URL, key=Secret(KEY), app=self.transport)
        self.account = Account.open(
            id="emulator",
            base_url=EMULATOR_URL,
            region="cn-beijing",
            emulator=True,
            client=client,
            clock=self.clock,
        )
        self.number = 0

    def job(self, request: Request, *, cost: float | None = None, **more: Any) -> Job:
        self.number += 1
        job = Job(
            id=f"job{self.number:03d}",
            request=request,
            label=request.model,
            emulator=True,
            created=self.clock.now(),
            cost=cost,
        )
        job.attach(self.runner, self.callbacks, self.callback_loop)
        self.runner.start(job, self.account, folder=self.out, **more)
        return job

    def log(self) -> dict[str, Any]:
        async def ask() -> Any:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://emulator") as http:
                return (await http.get("/emulator/log")).json()

        return asyncio.run(ask())

    def die(self) -> None:
        """End as a killed kernel does: the loop stops where it is, the journal is not closed but its lock is free."""
        self.loop.stop()
        self.callback_loop.stop()
        self.journal.close()

    def again(self) -> World:
        return World(self.home, self.out, self.clock, **self.settings)

    def close(self) -> None:
        self.loop.stop()
        self.callback_loop.stop()
        self.journal.close()


def t2i(prompt: str = "a hill", **values: Any) -> Request:
    return Request(
        model="wan2.6-t2i",
        values={"prompt": prompt, "n": 1, "size": "768*768", "seed": 7, **values},
        seed_given=True,
    )


def edit(prompt: str = "Put sunglasses on the cat", **values: Any) -> Request:
    return Request(
        model="wanx2.1-imageedit",
        function="description_edit",
        values={"prompt": prompt, "n": 1, "seed": 7, **values},
        images=(read_input(Image.new("RGB", (512, 512), "tan"), specs.get("wanx2.1-imageedit").images),),
        seed_given=True,
    )


def refusal(status: int, code: str, message: str = "no", **headers: str) -> Response:
    """Return an answer of the service that says no."""
    return JSONResponse({"code": code, "message": message, "request_id": "r-1"}, status, headers)
