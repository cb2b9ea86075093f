"""A service that hangs: every Job says what it waits for, ends as it should, and holds up no other for long."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.client import Client, Timeouts
from bailian_nb.config import Secret
from bailian_nb.errors import SubmitUncertain
from bailian_nb.jobs.job import Job

from ..client.conftest import Act, Raw, RawServer
from ..world.hostile import request
from ..world.world import KEY, World
from .meddler import PICTURE

ID = "0385dc79-5ff8-4d82-bcb6-000000000001"
DRIP = Raw.drip(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.01)
PROCESSING = Raw.drip(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.01)
QUICK = Timeouts(connect=0.3, read=0.3, write=0.3, silent=0.02)
Place = tuple[World, RawServer, dict[str, list[Act]]]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A world whose service acts by kind of call, one act after another, and answers as it should after the last."""
    raw = Raw()
    acts: dict[str, list[Act]] = {"create": [], "list": [], "query": [], "download": []}

    def act(connection: socket.socket) -> None:
        line = server.requests[-1].partition(b"\r\n")[0]
        path = line.split(b" ")[1].partition(b"?")[0]
        kind = "create" if line.startswith(b"POST") else "download" if path.endswith(b".png") else "query"
        kind = "list" if path.endswith(b"/tasks") else kind
        (acts[kind].pop(0) if acts[kind] else honest(kind))(connection)

    def honest(kind: str) -> Act:
        done = {"results": [{"url": f"http://127.0.0.1:{server.port}/x.png?Expires=9999999999"}]}
        answers: dict[str, Any] = {
            "create": {"output": {"task_id": ID, "task_status": "PENDING"}},
            "list": {"data": [], "total": 0},
            "query": {"output": {"task_id": ID, "task_status": "SUCCEEDED", **done}},
        }
        return raw.answer(PICTURE if kind == "download" else json.dumps(answers[kind]).encode())

    server = raw.start(act)
    world = World(tmp_path / "home", tmp_path / "out")
    world.account.client = Client(base_url=server.base_url, key=Secret(KEY), timeouts=QUICK)
    yield world, server, acts
    world.loop.submit(world.account.client.aclose()).result(5)
    world.close()
    raw.stop()


def heard(job: Job, until: Callable[[Job], bool] = lambda job: job.final) -> list[tuple[str, str | None]]:
    """Return the states of a Job with what it said to wait for, one entry for each change."""
    said: list[tuple[str, str | None]] = []
    enough = threading.Event()

    def note(job: Job) -> None:
        state = (job.status, job.why.key if job.why else None)
        if state not in said:
            said.append(state)
        if until(job):
            enough.set()

    job.on_change(note)
    note(job)
    assert enough.wait(20), said
    return said


@pytest.mark.seldom
@pytest.mark.parametrize(("kind", "status"), [("query", "PENDING"), ("download", "SAVING")])
def test_a_job_whose_read_hangs_says_so_and_goes_on(place: Place, kind: str, status: str) -> None:
    world, _, acts = place
    acts[kind] = [Raw.hang, DRIP]
    job = world.job(request())
    said = heard(job)
    assert (status, "wire_answer") in said
    assert job.status == "SUCCEEDED"
    assert job.why is None


@pytest.mark.seldom
@pytest.mark.parametrize(
    "hang",
    [pytest.param(DRIP, marks=pytest.mark.slow), pytest.param(PROCESSING, marks=pytest.mark.slow), Raw.hang],
    ids=["drip", "102", "silence"],
)
def test_a_create_call_that_hangs_is_uncertain_and_the_next_job_goes_out(place: Place, hang: Act) -> None:
    world, server, acts = place
    acts["create"] = [hang]
    first = world.job(request())
    said = heard(first, lambda job: job.status != "QUEUED" and job.status != "SUBMITTING")
    if hang is not PROCESSING:  # which is over before it has become long
        assert ("SUBMITTING", "wire_answer") in said
    second = world.job(request(seed=8))
    assert heard(second)[-1][0] == "SUCCEEDED"
    first.wait(20)
    assert isinstance(first.error, SubmitUncertain)
    assert sum(sent.startswith(b"POST") for sent in server.requests) == 2


def test_a_job_that_is_answered_at_once_says_nothing_of_the_wire(place: Place) -> None:
    world, _, _ = place
    world.account.client._timeouts = Timeouts()
    assert not [why for _, why in heard(world.job(request())) if why and why.startswith("wire_")]
