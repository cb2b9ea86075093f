"""What an earlier version drew is not drawn again: the same call and an unchanged rerun are answered from its disk."""

from __future__ import annotations

from pathlib import Path

import pytest

import bailian_nb as wan
from bailian_nb.gallery import read_record

from ..world.emulator_log import created
from ..world.written_before import Written

PROMPTS = ("A cat, flat colours", "A red ball", "Remove the text")


def picture(written: Written, prompt: str) -> Path:
    """Return the picture of this prompt, the pasted one of a masked edit."""
    (name,) = [name for name in written.said["history"] if written.said["records"][name]["prompt"] == prompt]
    return written.folder / name


def test_the_same_call_is_answered_from_disk(written: Written) -> None:
    before = created(written.home)
    cat = wan.t2i("A cat, flat colours", model="wan2.2-t2i-flash", size="512*512", seed=2)
    ball = wan.edit("photo.png", "inpaint", "A red ball", mask="mask.png", seed=7)
    for job, prompt in ((cat, "A cat, flat colours"), (ball, "A red ball")):
        assert job.result(30).cached
        assert job.result().paths == [picture(written, prompt)]
    assert created(written.home) == before


@pytest.mark.seldom
@pytest.mark.matrix
@pytest.mark.parametrize("way", ["file", "job", "Record"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_rerun_is_answered_from_disk_and_with_another_seed_sent_once(written: Written, prompt: str, way: str) -> None:
    before = len(created(written.home))
    path = picture(written, prompt)
    record = written.said["records"][written.named(path)]
    subject = {"file": str(path), "job": written.job(prompt), "Record": read_record(path)}[way]
    assert wan.rerun(subject).result(30).paths == [path]
    assert len(created(written.home)) == before
    (other,) = wan.rerun(subject, seed=11).result(60)
    assert (other.seed, other.record.prompt, other.record.source) == (11, prompt, record["source"])
    assert len(created(written.home)) == before + 1


def test_a_sweep_sends_only_the_cells_that_were_never_drawn(written: Written) -> None:
    before = len(created(written.home))
    sweep = wan.sweep("photo.png", "instruct", "A hat", strength=[0.2, 0.5, 0.8], seed=7)
    assert sweep.plan["cached"] == 2
    sweep.run()
    sweep.wait()
    assert len(created(written.home)) == before + 1


def test_an_old_job_that_left_no_picture_is_planned_again_from_its_row(written: Written) -> None:
    before = len(created(written.home))
    job = wan.rerun(written.job("A hat emulator"), prompt="A hat")
    assert job.result(60)[0].record.function == "description_edit"
    assert len(created(written.home)) == before + 1
