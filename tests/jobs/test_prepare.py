"""Kept pictures that a power cut or a tidy user took: none goes out as no bytes, and none hides what was made of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.images import read_input, read_mask
from bailian_nb.jobs.job import Job
from bailian_nb.request import Request

from ..world.altered import alter, database
from ..world.resumed import resume, until_it_is
from ..world.world import World, edit

MODEL = "wanx2.1-imageedit"


def masked(prompt: str = "A ceramic rabbit") -> Request:
    mask = Image.new("L", (512, 512))
    mask.paste(255, (100, 100, 200, 200))
    image = read_input(Image.new("RGB", (512, 512), "tan"), specs.get(MODEL).images)
    return Request(
        model=MODEL,
        function="description_edit_with_mask",
        values={"prompt": prompt, "n": 1, "seed": 7},
        images=(image,),
        mask=read_mask(mask, image),
        seed_given=True,
        paste_back=True,
    )


def names(world: World) -> list[str]:
    return sorted(path.name for path in world.out.rglob("*.png"))


def spoil(world: World, job: Job, *, known: bool) -> None:
    """Cut the kept picture of a job short; where it is `known` by its new hash, it is whole and no picture."""
    row = world.journal.row(job.id)
    assert row is not None
    (entry,) = row.request["images"]
    path = world.home / "inputs" / entry["sha256"]
    short = path.read_bytes()[:100]
    if known:
        entry["sha256"] = hashlib.sha256(short).hexdigest()
        alter(world.journal.path, job.id, request=json.dumps(row.request))
    path.with_name(entry["sha256"]).write_bytes(short)


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("known", "note"),
    [(False, "its input picture is gone, so not pasted back"), (True, "not pasted back: .* what the service made")],
)
def test_a_picture_is_saved_as_it_was_served_where_it_cannot_be_pasted_back(
    make_world: Callable[..., World], known: bool, note: str
) -> None:
    first = make_world()
    job = first.job(masked("A ceramic rabbit emulator:latency=30"))
    until_it_is(job, "PENDING", "RUNNING")
    first.die()
    spoil(first, job, known=known)
    second = make_world(clock=first.clock)
    result = resume(second).jobs[0].result(30)
    assert [picture.record.source for picture in result] == ["served"]
    assert names(second) == [result[0].path.name]
    (said,) = (each for each in result.notes if "not pasted back" in each)
    assert re.match(note, said)
    assert not resume(second)


def test_a_picture_without_bytes_is_not_sent(world: World) -> None:
    request = edit()
    job = world.job(replace(request, images=(replace(request.images[0], data=b""),)))
    with pytest.raises(InvalidRequest, match=r"its picture .*is gone; nothing was sent"):
        job.result(20)
    assert world.transport.calls == []
    assert world.journal.recent() == []


@pytest.mark.seldom
@pytest.mark.parametrize("pasted", [True, False])
def test_a_kernel_killed_while_it_pasted_back_leaves_one_served_picture(
    make_world: Callable[..., World], pasted: bool
) -> None:
    first = make_world()
    request = masked()
    job = first.job(request)
    made = job.result(30)[0]
    before = names(first)
    alter(first.journal.path, job.id, state="accepted")
    with database(first.journal.path) as db:
        db.execute("DELETE FROM pictures")
    for picture in request.inputs:
        (first.home / "inputs" / picture.sha256).write_bytes(picture.data)
    if not pasted:
        for path in (made.path, made.path.with_suffix(".json")):
            path.unlink()
    first.die()
    second = make_world(clock=first.clock)
    (again,) = resume(second).jobs[0].result(30)
    assert (again.path, again.raw_path) == (made.path, made.raw_path)
    assert names(second) == before
    assert second.transport.count("GET", "/results") == 0
    (listed,) = second.index.recent()
    assert listed.path == again.path.resolve()
