"""The key, through every way in which a Job can fail: it goes into one header, and is nowhere else."""

from __future__ import annotations

import logging
import pprint
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.responses import Response

from bailian_nb import errors
from bailian_nb.client import Client, curl_line, encode
from bailian_nb.config import Secret
from bailian_nb.jobs.job import Job
from bailian_nb.request import Request
from bailian_nb.views import cell
from bailian_nb.views.job import describe

from ..world.hostile import request
from ..world.jumping_clock import JumpingClock
from ..world.world import KEY, World
from .meddler import ALWAYS, Answer, At, Meddler, put, raw, says
from .traces import leaks, shown_by

ECHO = f"key {KEY} Authorization: Bearer {KEY}"


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """One way to fail, and the error that tells of it."""

    kind: type[errors.BailianError]
    at: At
    answer: Answer
    instead: bool = False
    times: int = ALWAYS


def refused(status: int, code: str) -> Answer:
    return says({"code": code, "message": ECHO, "request_id": ECHO}, status, X_Request_Id=ECHO)


def ended(status: str, code: str = "") -> Answer:
    return says({"output": {"task_status": status, "code": code, "message": ECHO}, "request_id": ECHO})


WAYS = (
    Breakage(kind=errors.AuthenticationError, at="create", answer=refused(401, "InvalidApiKey"), instead=True),
    Breakage(kind=errors.AccessDenied, at="create", answer=refused(403, "AccessDenied"), instead=True),
    Breakage(kind=errors.BillingError, at="create", answer=refused(400, "Arrearage"), instead=True),
    Breakage(kind=errors.ContentRejected, at="create", answer=refused(400, "DataInspectionFailed"), instead=True),
    Breakage(
        kind=errors.InputDownloadFailed,
        at="create",
        answer=refused(400, "InvalidParameter.DataInspection"),
        instead=True,
    ),
    Breakage(kind=errors.RequestRejected, at="create", answer=refused(400, ECHO), instead=True),
    Breakage(kind=errors.RequestRejected, at="create", answer=raw(ECHO, 302, Location=f"http://h/{KEY}"), instead=True),
    Breakage(kind=errors.SubmitUncertain, at="create", answer=refused(500, "InternalError"), instead=True),
    Breakage(kind=errors.SubmitUncertain, at="create", answer=raw(ECHO), instead=True),
    Breakage(kind=errors.TaskFailed, at="query", answer=ended("FAILED", ECHO)),
    Breakage(kind=errors.TaskFailed, at="query", answer=ended("FAILED", "InternalError.Algo")),
    Breakage(kind=errors.TaskCanceled, at="query", answer=ended("CANCELED", ECHO)),
    Breakage(kind=errors.TaskExpired, at="query", answer=ended("UNKNOWN", ECHO)),
    Breakage(kind=errors.AuthenticationError, at="query", answer=refused(401, "InvalidApiKey")),
    Breakage(
        kind=errors.DownloadError, at="query", answer=put("output.results", [{"url": f"ftp://{KEY}.example/{KEY}"}])
    ),
    Breakage(kind=errors.DownloadError, at="download", answer=raw(f"<Error><Code>{ECHO}</Code></Error>", 403)),
    Breakage(kind=errors.DownloadError, at="download", answer=raw(b"", 302, Location=f"http://{KEY}.example/{KEY}")),
)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[], World]]:
    worlds: list[World] = []

    def world() -> World:
        worlds.append(World(tmp_path / "home", tmp_path / "out", JumpingClock(), latency=(0.0, 0.1)))
        return worlds[-1]

    yield world
    for each in worlds:
        each.close()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(errors.BailianError, "show_traceback", True)


def words_of(job: Job, world: World) -> Iterator[str]:
    """Everything that anybody could be shown of a Job, and what a debugger prints of what drives it."""
    error = job.error
    assert error is not None
    yield from (*shown_by(error), *error._render_traceback_())
    for lang in ("en", "zh"):
        yield from (str(describe(job, lang)), *cell.lines(job, lang))
        yield from (*cell.view(job, lang).values(), *cell.caption(job, lang).values())
    yield repr(job)
    drawn = (job, job.request, world.account, world.account.client, world.journal.row(job.id), *vars(job).values())
    yield from map(pprint.pformat, drawn)
    yield from (pprint.pformat(vars(each)) for each in (job, world.account, world.account.client, world.runner))


@pytest.mark.matrix
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.kind.__name__} {way.at}")
def test_no_failure_shows_the_key(
    way: Breakage, make: Callable[[], World], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = make()
    world.transport.app = meddler = Meddler(app=world.app, at=way.at, answer=way.answer, instead=way.instead)
    job = world.job(request())
    job.wait(10)
    assert type(job.error) is way.kind, repr(job.error)
    assert any(f"Bearer {KEY}" == headers.get("authorization") for _, headers in meddler.heard)
    for words in words_of(job, world):
        assert not leaks(KEY, words)
    world.close()
    no_trace(tmp_path, caplog)


def no_trace(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not leaks(KEY, caplog.text)
    for record in caplog.records:
        assert not leaks(KEY, vars(record))
    for path in folder.rglob("*"):
        assert KEY not in path.name
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_a_folder_that_cannot_be_written_shows_no_key(
    make: Callable[[], World], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = make()
    world.out.write_text("a file where the folder should be")
    job = world.job(request())
    job.wait(10)
    assert isinstance(job.error, errors.SaveFailed)
    assert not [words for words in words_of(job, world) if leaks(KEY, words)]
    world.close()
    no_trace(tmp_path, caplog)


@pytest.mark.seldom
def test_a_network_that_is_not_there_shows_no_key(
    make: Callable[[], World], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = make()
    world.account.client = Client(base_url="http://127.0.0.1:9/api/v1", key=Secret(KEY))
    job = world.job(request())
    job.wait(10)
    assert isinstance(job.error, errors.NetworkError)
    assert not [words for words in words_of(job, world) if leaks(KEY, words)]
    world.close()
    no_trace(tmp_path, caplog)


def test_a_fault_of_ours_shows_no_key(
    make: Callable[[], World], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(real: object) -> Response:
        raise ZeroDivisionError(ECHO)

    def prepare() -> Request:
        raise ZeroDivisionError

    world = make()
    world.transport.app = Meddler(app=world.app, at="create", answer=breaks, times=1)
    job = world.job(request(), prepare=prepare)
    job.wait(10)
    assert "fault in bailian_nb" in str(job.error)
    other = world.job(request())
    other.wait(10)
    assert not [words for words in words_of(job, world) if leaks(KEY, words)]
    world.close()
    no_trace(tmp_path, caplog)


def test_a_curl_line_shows_no_key() -> None:
    line = curl_line(encode(request()), "https://dashscope.aliyuncs.com/api/v1")
    assert "$DASHSCOPE_API_KEY" in line
    assert KEY not in line
