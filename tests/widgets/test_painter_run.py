"""The Run button and `edit`: what is sent for a painted picture, how the Job stands, and what was refused."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from bailian_nb.errors import MissingApiKey
from bailian_nb.jobs.job import Job
from bailian_nb.widgets import MaskPainter

from .conftest import Page
from .test_painter import stroke


class Editor:
    """Takes edits and gives Jobs that the test moves on."""

    def __init__(self, job: Job | None = None) -> None:
        self.job = job
        self.calls: list[tuple[Any, str, str, dict[str, Any]]] = []

    def edit(self, image: Any, function: str, prompt: str, /, **parameters: Any) -> Job:
        self.calls.append((image, function, prompt, parameters))
        if self.job is None:
            raise MissingApiKey("no API key: <img src=x onerror=alert(1)>")
        return self.job


def test_run_edits_the_picture_where_it_is_painted(picture: Image.Image, make_job: Any) -> None:
    editor = Editor(make_job())
    painter = MaskPainter(picture, actions=editor, options={"seed": 7})
    Page(painter).paint(stroke(10))
    painter.comm.receive({"kind": "run", "prompt": "a straw hat"})
    assert editor.calls == [
        (picture, "description_edit_with_mask", "a straw hat", {"seed": 7, "mask": painter.mask}),
    ]
    assert painter.run["busy"]
    assert painter.run["cancel"]
    assert painter.run["line"] == "wanx2.1-imageedit EMULATOR · queued here"
    editor.job.fail(MissingApiKey("gone"), at=1003.5)
    assert not painter.run["busy"]
    assert painter.run["state"] == "failed"
    assert "gone" in painter.run["detail"]


def test_a_cancel_that_comes_too_late_is_said_until_the_edit_has_ended(
    picture: Image.Image, make_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    painter = MaskPainter(picture, actions=Editor(job), lang="en")
    painter.edit("a straw hat")
    monkeypatch.setattr(job, "cancel", lambda: False)
    painter.comm.receive({"kind": "cancel"})
    assert painter.fault.startswith("too late to cancel")
    job.fail(MissingApiKey("gone"), at=1003.5)
    assert (painter.run["state"], painter.fault) == ("failed", "")


def test_edit_takes_other_functions_and_arguments(picture: Image.Image, make_job: Any) -> None:
    editor = Editor(make_job())
    painter = MaskPainter(picture, actions=editor)
    assert painter.edit("bigger", function="super_resolution", upscale_factor=2) is editor.job
    assert editor.calls[0][1:] == ("super_resolution", "bigger", {"upscale_factor": 2})


def test_what_edit_refuses_is_said_once_where_the_last_edit_said_how_it_stands(
    picture: Image.Image, make_job: Any
) -> None:
    editor = Editor(make_job())
    painter = MaskPainter(picture, actions=editor)
    painter.comm.receive({"kind": "run", "prompt": "a hat"})
    editor.job.fail(MissingApiKey("gone"), at=1003.5)
    editor.job = None
    painter.comm.receive({"kind": "run", "prompt": "a scarf"})
    assert painter.run == {
        "busy": False,
        "state": "failed",
        "line": "MissingApiKey: no API key: <img src=x onerror=alert(1)>",
        "detail": "",
        "cancel": False,
        "prompt": "a scarf",
        "answered": 2,
    }
    assert painter.fault == ""
    with pytest.raises(MissingApiKey):
        painter.edit("a hat")


def test_every_press_is_answered_also_one_that_changes_nothing_else(picture: Image.Image) -> None:
    painter = MaskPainter(picture, actions=Editor())
    for count in (1, 2):
        painter.comm.receive({"kind": "run", "prompt": "a hat"})
        assert painter.run["answered"] == count


def test_an_old_edit_says_nothing_after_a_refusal(picture: Image.Image, make_job: Any) -> None:
    editor = Editor(make_job())
    painter = MaskPainter(picture, actions=editor)
    job = painter.edit("a hat")
    job.fail(MissingApiKey("gone"), at=1003.5)
    editor.job = None
    painter.comm.receive({"kind": "run", "prompt": "a scarf"})
    said = painter.run
    painter._follow(job)  # its last change may come late
    assert painter.run == said


def test_an_edit_that_goes_on_keeps_its_line_when_another_is_refused(picture: Image.Image, make_job: Any) -> None:
    editor = Editor(make_job())
    painter = MaskPainter(picture, actions=editor)
    painter.edit("a hat")
    editor.job = None
    painter.comm.receive({"kind": "run", "prompt": "a scarf"})
    assert painter.run["cancel"]
    assert painter.fault.startswith("MissingApiKey")


def test_what_was_refused_for_its_mask_is_forgotten_with_the_next_stroke(picture: Image.Image) -> None:
    painter = MaskPainter(picture, actions=Editor())
    page = Page(painter)
    painter.comm.receive({"kind": "run", "prompt": "a hat"})
    page.paint(stroke(10))
    assert painter.run["line"] == painter.run["state"] == ""
    assert painter.run["prompt"] == "a hat"
    painter.fault = "drawn differently"
    page.paint(stroke(20))
    assert painter.fault == "drawn differently"  # what is wrong with the painter itself stays


def test_a_page_that_is_loaded_anew_knows_what_was_asked_for(picture: Image.Image, make_job: Any) -> None:
    painter = MaskPainter(picture, actions=Editor(make_job()))
    painter.comm.receive({"kind": "run", "prompt": "一顶草帽"})
    assert painter.run["prompt"] == "一顶草帽"
