"""A host that refuses a picture: what is said of it and what is done about it agree, by the time in its URL."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.client import verdict
from bailian_nb.errors import DownloadError, NetworkError
from bailian_nb.views import cell
from bailian_nb.views.job import describe

from ..world.each import each
from ..world.hostile import request
from ..world.world import World
from .meddler import ALWAYS, Meddler, end, raw
from .table import EXPIRED

NO_TIME = "http://h/x.png?Signature=a"
SOON, LONG_AGO = f"{NO_TIME}&Expires=1800000000", f"{NO_TIME}&Expires=1000000000"


@pytest.fixture
def world(tmp_path: Path) -> Any:
    world = World(tmp_path / "home", tmp_path / "out", latency=(0.0, 0.1))
    yield world
    world.close()


class Refusing:
    """Gives the pictures another URL, and refuses them."""

    def __init__(self, app: Any, expires: Callable[[str], str], body: str, status: int) -> None:
        self.inner = Meddler(app=app, at="query", answer=end("output.results.0.url", expires), times=ALWAYS)
        self.outer = Meddler(app=self.inner, at="download", answer=raw(body, status), times=ALWAYS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.outer(scope, receive, send)


def past(url: str) -> str:
    return re.sub(r"Expires=\d+", "Expires=1000000000", url)


@pytest.mark.parametrize(("status", "body"), [(403, EXPIRED), (403, ""), (404, ""), (410, "gone")])
def test_a_url_that_is_refused_before_its_time_is_tried_again_and_said_to_be_good(
    world: World, status: int, body: str
) -> None:
    world.transport.app = Refusing(world.app, str, body, status)
    job = world.job(request())
    job.wait(10)
    said = said_of(job)
    assert isinstance(job.error, DownloadError)
    assert "good until" in said
    assert "%wan resume tries again" in said
    assert "ended at" not in said
    assert "The key may not" not in said
    row = world.journal.row(job.id)
    assert row is not None
    assert (row.state, job.open_still) == ("accepted", True)


@pytest.mark.parametrize(("status", "body"), [(403, EXPIRED), (404, "")])
def test_a_url_that_is_refused_after_its_time_is_gone_and_nothing_promises_more(
    world: World, status: int, body: str
) -> None:
    world.transport.app = Refusing(world.app, past, body, status)
    job = world.job(request())
    job.wait(10)
    said = said_of(job)
    assert isinstance(job.error, DownloadError)
    assert "ended at 2001-09-0" in said
    assert "resume" not in said
    assert "still there" not in said
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == "expired"


def said_of(job: Any) -> str:
    shown = [str(job.error), *job.notes, *cell.lines(job, "en"), describe(job, "en")["detail"]]
    return " ".join(map(str, shown))


@each(
    ("url", "error", "gone"),
    [
        (SOON, DownloadError("no", http_status=403), False),
        (LONG_AGO, DownloadError("no", http_status=403), True),
        (LONG_AGO, DownloadError("no", http_status=404), True),
        (NO_TIME, DownloadError("no", http_status=403), False),
        (LONG_AGO, DownloadError("no", http_status=503), False),
        (LONG_AGO, DownloadError("no"), False),
        (LONG_AGO, NetworkError("no"), False),
        (LONG_AGO, ValueError("no picture"), False),
    ],
)
def test_only_both_together_mean_that_a_picture_is_gone(url: str, error: Exception, gone: bool) -> None:
    said, is_gone = verdict(url, error, 1_700_000_000.0)
    assert is_gone is gone
    assert ("ended at" in said) is gone
