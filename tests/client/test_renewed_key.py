"""A temporary key ends in the middle of a task: whoever polls gets another one, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bailian_nb import config
from bailian_nb.client import Client
from bailian_nb.config import EMULATOR_URL, key_source
from bailian_nb.emulator import EmulatorSettings, create_app
from bailian_nb.errors import AuthenticationError, NetworkError

from ..world.world import t2i

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the command of these tests is a shell script")
PARENT = "sk-the-parent-0123456789"


class Service:
    """The emulator under a clock that is set, and a command that prints the key that was minted last."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_764_000_000.0
        self.app = create_app(folder, EmulatorSettings(latency=(1000.0, 1000.0)), clock=lambda: self.now)
        self.printed, self.runs = folder / "key.json", folder / "runs"
        script = folder / "key"
        script.write_text(f"#!/bin/sh\necho >> '{self.runs}'\nexec cat '{self.printed}'\n")
        script.chmod(0o700)
        monkeypatch.setenv("BAILIAN_NB_KEY_COMMAND", str(script))
        monkeypatch.setattr(key_source, "now", lambda: self.now)

    async def _post(self, path: str, key: str) -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://emulator") as http:
            return (await http.post(path, headers={"Authorization": f"Bearer {key}"})).json()

    async def mint(self, *, seconds: int = 60, told: bool = True) -> None:
        """Let the command print a new key from now on, with its end or without."""
        answer = await self._post(f"/api/v1/tokens?expire_in_seconds={seconds}", PARENT)
        self.printed.write_text(json.dumps(answer) if told else answer["token"])

    def client(self) -> Client:
        key = config.find_key()
        assert key is not None
        return Client(base_url=EMULATOR_URL, key=key, app=self.app)

    def count(self) -> int:
        return len(self.runs.read_text().splitlines())

    async def creates(self) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://emulator") as http:
            return len((await http.get("/emulator/log")).json()["creates"])


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    (tmp_path / "emulator").mkdir()
    yield Service(tmp_path / "emulator", monkeypatch)
    key_source._sources.clear()


def run(service: Service, steps: Callable[[Client], Any], **minted: Any) -> None:
    async def go() -> None:
        await service.mint(**minted)
        client = service.client()
        try:
            await steps(client)
        finally:
            await client.aclose()

    asyncio.run(go())


def test_a_poll_renews_the_key_before_it_ends(service: Service) -> None:
    async def steps(client: Client) -> None:
        task = await client.submit(t2i())
        service.now += 55
        await service.mint()
        assert (await client.query(task.task_id)).state == "RUNNING"
        service.now += 30  # the first key is over
        assert (await client.query(task.task_id)).state == "RUNNING"
        assert (service.count(), await service.creates()) == (2, 1)

    run(service, steps)


def test_a_key_that_ends_unannounced_is_renewed_when_it_is_refused(service: Service) -> None:
    async def steps(client: Client) -> None:
        task = await client.submit(t2i())
        service.now += 61
        await service.mint(told=False)
        states = await asyncio.gather(*(client.query(task.task_id) for _ in range(5)))
        assert {answer.state for answer in states} == {"RUNNING"}
        service.now += 61
        await service.mint(told=False)
        again = await client.submit(t2i("another hill"))
        assert again.task_id != task.task_id
        assert (service.count(), await service.creates()) == (3, 2)

    run(service, steps, told=False)


def test_a_poll_that_finds_no_key_may_be_sent_again_and_a_create_was_not_sent(service: Service) -> None:
    async def steps(client: Client) -> None:
        task = await client.submit(t2i())
        service.printed.unlink()
        service.now += 61
        said = "BAILIAN_NB_KEY_COMMAND: the command key ended with exit code 1"
        with pytest.raises(NetworkError, match=said):
            await client.query(task.task_id)
        with pytest.raises(NetworkError, match=said):
            await client.submit(t2i("another hill"))
        assert await service.creates() == 1
        await service.mint()
        assert (await client.query(task.task_id)).state == "RUNNING"

    run(service, steps)


def test_a_key_that_is_refused_for_good_ends_the_call(service: Service) -> None:
    async def steps(client: Client) -> None:
        service.now += 61
        with pytest.raises(AuthenticationError):
            await client.submit(t2i())
        assert service.count() == 2

    run(service, steps, told=False)
