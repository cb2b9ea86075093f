"""A painter whose cell is run again has the attempts of the one before in its strip, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb.session import session as sessions
from bailian_nb.widgets import MaskPainter, earlier, painter
from bailian_nb.widgets.outputs import outputs

from ..world.jumping_clock import until
from .conftest import Page
from .test_painter import stroke

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(painter, "LOOK_BACK_AFTER", 3600.0)  # it looks back when the tests say so
    monkeypatch.setattr(outputs, "publisher", lambda bundle, display_id, *, update: None)


def shown(given: Any, **more: Any) -> MaskPainter:
    """Return a painter that a page has opened, once it has looked back."""
    made = MaskPainter(given, **more)
    made._ipython_display_()
    made.comm.receive({"kind": "opened"})
    if made._back_soon.cancel():
        made._look_back()
    return made


def edited(given: Any, *prompts: str) -> MaskPainter:
    """Return a painter that has painted and run each of these."""
    made = MaskPainter(given)
    Page(made).paint(stroke(200))
    for prompt in prompts:
        made.edit(prompt, seed=7).result(30)
    until(lambda: len(made.made) == len(prompts))
    return made


def titles(made: MaskPainter) -> list[str]:
    return [attempt["prompt"] for attempt in made.attempts]


def test_a_cell_that_is_run_again_has_the_attempts_of_before_in_front(photo: Path) -> None:
    first = edited(photo, "a hat", "a scarf")
    sessions.close_all()  # another kernel
    again = shown(photo)
    assert titles(again) == ["a hat", "a scarf"]
    assert [attempt["earlier"] for attempt in again.attempts] == [True, True]
    assert [attempt["id"] for attempt in again.attempts] == [attempt["id"] for attempt in first.attempts]
    assert ([each.path for each in again.earlier], again.made) == ([each.path for each in first.made], [])
    Page(again).paint(stroke(100))
    again.edit("a bow", seed=7).result(30)
    until(lambda: len(again.made) == 1)
    assert titles(again) == ["a hat", "a scarf", "a bow"]


@pytest.mark.seldom
def test_an_earlier_attempt_can_be_painted_on_and_its_code_runs_it_again(photo: Path) -> None:
    edited(photo, "a hat")
    again = shown(photo)
    name = again.attempts[0]["id"]
    again.comm.receive({"kind": "code", "id": name})
    ((content, _),) = again.comm.custom("code")
    assert "rerun(" in content["text"], "what was painted for it is not known"
    again.use(again.earlier[0])
    assert again.pictures == {"at": 1, "attempts": ["", name]}


@pytest.mark.seldom
def test_other_pictures_days_and_functions_are_no_attempts(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (512, 512), "green").save(tmp_path / "other.png")
    edited(tmp_path / "other.png", "a hat")
    wan.edit(photo, "instruct", "a hat", seed=7).result(30)
    assert shown(photo).attempts == []
    edited(photo, "a hat")
    assert titles(shown(photo, keep=False)) == []
    assert titles(shown(Image.open(photo).convert("RGB"))) == [], "other bytes are sent of it"
    monkeypatch.setattr(earlier, "LOOKED_BACK", -10.0)
    assert titles(shown(photo)) == []


@pytest.mark.seldom
def test_they_are_bounded_in_number_and_those_whose_files_are_gone_are_left_out(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = edited(photo, "a hat", "a scarf", "a bow", "a tie")
    first.made[2].path.unlink()
    monkeypatch.setattr(earlier, "MOST", 2)
    assert titles(shown(photo)) == ["a scarf", "a tie"]


def test_an_edit_that_is_on_its_way_when_the_cell_is_run_again_comes_to_the_new_painter(photo: Path) -> None:
    first = MaskPainter(photo)
    Page(first).paint(stroke(200))
    job = first.edit("a hat emulator:latency=5", seed=7)
    again = shown(photo)
    job.result(30)
    until(lambda: len(again.made) == 1)
    assert not again.attempts[0]["earlier"]


@pytest.mark.seldom
def test_a_journal_that_cannot_be_read_leaves_the_painter_as_it_is(photo: Path, tmp_path: Path) -> None:
    edited(photo, "a hat")
    path = sessions.current().journal.path
    sessions.close_all()
    path.write_bytes(b"no database")
    assert (shown(photo).attempts, shown(photo).fault) == ([], "")


def test_no_journal_is_made_to_look(photo: Path) -> None:
    again = shown(photo)
    assert again.attempts == []
    assert not list(sessions.current().home.glob("journal*"))
