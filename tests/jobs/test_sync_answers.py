"""A synchronous call has no task to ask for again: its answer stays in the journal until it is on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import Response

from bailian_nb.client import Answer, Slot
from bailian_nb.errors import DownloadError, SaveFailed

from ..world.resumed import resume
from ..world.world import World, t2i

SYNC = replace(t2i("a hill", n=2), sync=True)


def test_an_answer_that_could_not_be_saved_is_saved_by_the_next_kernel(
    make_world: Callable[..., World], tmp_path: Path
) -> None:
    first = make_world()
    first.out.parent.mkdir(exist_ok=True)
    first.out.write_text("a file where the folder should be")
    job = first.job(SYNC)
    with pytest.raises(SaveFailed, match="nothing is lost for 24 h"):
        job.result(30)
    first.die()
    first.out.unlink()
    second = make_world(clock=first.clock)
    (again,) = resume(second).jobs
    assert again.status == "SAVING" or again.final
    result = again.result(30)
    assert [picture.record.index for picture in result] == [0, 1]
    assert result[0].record.prompt == "a hill"
    assert len(second.log()["creates"]) == 1
    assert not resume(second)
    row = second.journal.row(job.id)
    assert row is not None
    assert (row.state, row.answer) == ("done", None)


def test_pictures_that_cannot_be_fetched_yet_are_fetched_later(make_world: Callable[..., World]) -> None:
    world = make_world()
    world.transport.fault = lambda method, path, count: Response("no picture", 200) if "/results" in path else None
    with pytest.raises(DownloadError, match=r"wan\.resume\(\) tries again"):
        world.job(SYNC).result(60)
    world.transport.fault = lambda method, path, count: None
    assert len(resume(world).jobs[0].result(30)) == 2
    assert len(world.log()["creates"]) == 1


def test_the_urls_of_an_answer_are_shown_by_no_repr(world: World) -> None:
    world.transport.fault = lambda method, path, count: Response("no picture", 200) if "/results" in path else None
    job = world.job(SYNC)
    job.wait(60)
    row = world.journal.row(job.id)
    assert row is not None
    assert row.answer is not None
    assert "/results/" in row.answer
    assert "/results/" not in repr(row)


def test_an_answer_survives_the_journal_whatever_it_says() -> None:
    slots = (Slot(url="https://example.com/a.png?x=1", orig_prompt="山 \ud800"), Slot(code="DataInspectionFailed"))
    answer = Answer(request_id="r", slots=slots, usage={"image_count": 1, "size": None}, message="\x00")
    assert Answer.from_dict(answer.to_dict()) == answer
