"""The other side of the chaos: a served emulator, the bad way to it, and a colleague who makes tasks all the time.

A process of its own, so that the second core does this work: `Service` starts it and hears of it, `python -m` with one
JSON argument is it. It says its two addresses on a line and ends with its counts when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from bailian_nb.client import Client
from bailian_nb.config import Secret
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.errors import BailianError

from .chaos_jobs import KEY, OTHER_KEY, FastClock, of_a_colleague
from .chaos_way import BadWay

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How bad it is; seconds are the clock's."""

    home: str
    seed: int = 1
    p: float = 0.2
    same_key: bool = False
    every: float = 6.0
    """Seconds between two tasks of the colleague; 0: there is none."""
    list_delay: float = 0.0
    speed: float = 30.0
    start: float = 0.0
    origin: float = 0.0

    @property
    def clock(self) -> FastClock:
        return FastClock(speed=self.speed, start=self.start, origin=self.origin)


class Service:
    """The process, as seen from ours."""

    def __init__(self, setting: Setting) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.chaos_service", json.dumps(asdict(setting))]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError("the service did not start")
        self.bad_url, self.good_url = json.loads(said)
        self.home = Path(setting.home)

    def log(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(self.good_url.replace("/api/v1", "/emulator/log"), trust_env=False).json()
        return found

    def stop(self) -> dict[str, int]:
        """End it and return what it counted."""
        said, _ = self._process.communicate(timeout=30)
        counts: dict[str, int] = json.loads(said or "{}")
        return counts


async def _serve(setting: Setting) -> None:
    clock = setting.clock
    settings = EmulatorSettings(latency=(1.0, 4.0), limits=False, list_delay=setting.list_delay)
    app = create_app(Path(setting.home), settings, clock=clock.now, sleep=clock.sleep)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            app, log_config=None, log_level="critical", access_log=False, lifespan="off", ws="none", http="h11"
        )
        server = uvicorn.Server(config)
        listener.listen(128)  # from here on calls wait for the server, however long it takes to start
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        way = BadWay(port, p=setting.p, seed=setting.seed, sleep=clock.sleep)
        bad = await way.listen()
        good_url = f"http://127.0.0.1:{port}/api/v1"
        bad_url = f"http://127.0.0.1:{bad.sockets[0].getsockname()[1]}/api/v1"
        colleague = asyncio.ensure_future(_colleague(setting, good_url))
        print(json.dumps([bad_url, good_url]), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        colleague.cancel()
        bad.close()
        await way.close()
        server.should_exit = server.force_exit = True
        await serving
        print(json.dumps(way.counts))


async def _colleague(setting: Setting, url: str) -> None:
    client = Client(base_url=url, key=Secret(KEY if setting.same_key else OTHER_KEY))
    for request in of_a_colleague(setting.seed):
        if not setting.every:
            return
        with contextlib.suppress(BailianError):
            await client.submit(request)
        await setting.clock.sleep(setting.every)


if __name__ == "__main__":
    asyncio.run(_serve(Setting(**json.loads(sys.argv[1]))))
