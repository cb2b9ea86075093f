"""Every hostile answer of the table, through a Job: one clear line, nothing twice, nothing lost, nothing let in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bailian_nb.errors import BailianError
from bailian_nb.jobs.job import Job
from bailian_nb.jobs.resume import resume_rows
from bailian_nb.jobs.status import FINAL
from bailian_nb.store.journal import OPEN
from bailian_nb.views import cell
from bailian_nb.views.job import describe

from ..world.hostile import request
from ..world.jumping_clock import JumpingClock
from ..world.world import KEY, World
from .case import Case
from .meddler import Meddler, headers_of
from .table import CASES, FOUND

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TAGS = {"div", "small", "b", "code"}
SECONDS = 10.0
"""Most that a Job may take here, in seconds of the machine."""


@pytest.fixture
def make(tmp_path: Path) -> Any:
    worlds: list[World] = []

    def world() -> World:
        clock = worlds[0].clock if worlds else JumpingClock()
        worlds.append(World(tmp_path / "home", tmp_path / "out", clock, latency=(0.0, 0.1)))
        return worlds[-1]

    yield world
    for each in worlds:
        each.close()


@pytest.mark.matrix
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile(case: Case, make: Callable[[], World], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = make()
    meddler = Meddler(
        app=world.app,
        at=case.at,
        answer=case.answer,
        times=case.times,
        instead=case.instead,
        lost_create=case.at == "list",
    )
    world.transport.app = meddler
    job = world.job(request())
    job.wait(SECONDS)

    assert job.status in FINAL, f"it hangs: {job!r} {job.why}"
    told = " ".join(
        [str(job.error or ""), *(error.message for error in job.outcome.errors)] if job.outcome else [str(job.error)]
    )
    notes = " ".join(job.outcome.notes if job.outcome else job.notes)
    assert re.search(case.line, f"{told} {notes}"), f"{told!r} {notes!r}"
    assert job.status == "SUCCEEDED" if case.ends == "saved" else type(job.error) is case.ends, repr(job.error)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.state == case.row
    assert meddler.asked["create"] == case.sent
    assert sum(meddler.asked.values()) < 200
    assert not any({"authorization", "cookie"} & set(each) for each in headers_of(meddler, "download"))
    cost = job.cost or 0.0
    assert 0 <= cost <= 0.14 * 5
    check_shown(job)

    world.close()
    if row.state in OPEN and case.pictures:
        again = make()
        (later,) = resume_rows(
            again.journal,
            again.runner,
            again.account,
            again.clock,
            known=lambda name: False,
            attach=lambda job: job.attach(again.runner, again.callbacks, again.callback_loop),
        ).jobs
        assert len(later.result(SECONDS)) == 1
        assert again.transport.count("POST", "/services/") == 0
        again.close()
    check_disk(tmp_path, case.pictures)
    check_log(caplog)


def check_shown(job: Job) -> None:
    """Whatever the service says, a cell and a terminal show harmless lines."""
    caption = cell.caption(job, "en")
    words = describe(job, "zh")
    shown = [repr(job), str(job.error), *cell.lines(job, "en"), words["line"], caption["text/plain"]]
    shown += [repr(error) for error in (job.outcome.errors if job.outcome else ())]
    if isinstance(job.error, BailianError):
        shown += job.error._render_traceback_()
        assert len(str(job.error)) < 1200
    for line in shown:
        line.encode()
        assert "\n" not in line
        assert not CONTROLS.search(line), line
    assert not CONTROLS.search(words["detail"].replace("\n", ""))
    assert len(caption["text/html"]) < 20_000
    tags = _Tags()
    tags.feed(caption["text/html"] + cell.view(job, "en").get("text/html", ""))
    assert set(tags.seen) <= TAGS
    everything = "".join([*shown, caption["text/html"], words["detail"], repr(vars(job)), *job.notes])
    assert KEY not in everything


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag if not attrs or dict(attrs).keys() <= {"class"} else f"{tag} {attrs}")


def check_disk(folder: Path, pictures: int) -> None:
    """All that is on disk has our own names, is in our own folders, and holds no key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        assert path.relative_to(folder).parts[0] in ("home", "out")
        assert KEY.encode() not in path.read_bytes(), path
    saved = [path for path in files if path.is_relative_to(folder / "out") and path.suffix != ".json"]
    assert len(saved) == pictures, saved
    for path in saved:
        name = path.relative_to(folder / "out").as_posix()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{6}_t2i_job001_s7_\d(-\d)?\.(png|jpg|gif)", name)


def check_log(caplog: pytest.LogCaptureFixture) -> None:
    assert KEY not in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("bailian_nb")]
    assert not [record for record in ours if record.exc_info], caplog.text


def test_there_are_many() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(case.line == FOUND for case in CASES) > 10
