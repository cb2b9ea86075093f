"""What hands have painted outlives the painter: under the picture's hash, without what cells paint themselves."""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bailian_nb.masks import Mask
from bailian_nb.widgets import MaskPainter, keeper, kept_strokes
from bailian_nb.widgets.outputs import outputs

from .conftest import Page
from .test_painter import shown, stroke
from .test_painter_loop import Bench

numbers = itertools.count()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keeper, "PACE", 3600)  # files are written when the tests say so
    monkeypatch.setattr(outputs, "publisher", lambda bundle, display_id, *, update: None)
    yield tmp_path / "home"
    for each in list(keeper._alive):
        each.flush()


def files(home: Path) -> list[Path]:
    return list((home / "strokes").glob("*"))


def display(painter: MaskPainter) -> Page:
    """Show the painter and return a page that has it."""
    painter._ipython_display_()
    page = Page(painter, f"page {next(numbers)}")
    page.mask = painter.mask
    return page


def end(painter: MaskPainter) -> None:
    painter.close()


def test_a_cell_that_is_run_again_finds_the_strokes(picture: Image.Image) -> None:
    first = MaskPainter(picture, lang="en")
    page = display(first)
    for x in (10, 20, 30):
        page.paint(stroke(x))
    page.send({"op": "undo"})
    end(first)
    again = MaskPainter(picture.copy(), lang="en")
    assert again.mask.coverage == 0  # what the cell does before it shows the painter begins with a blank one
    page = display(again)
    assert again.ops == [stroke(10), stroke(20)]
    assert again.mask == first.mask == shown(again)
    assert again.shown["note"].startswith("steps of ")
    assert " are back: 2; " in again.shown["note"]
    page.paint(stroke(40))
    assert again.shown["note"] == ""
    for _ in range(3):
        again.undo()
    assert again.mask == Mask.like((64, 48))


def test_a_cell_that_is_run_again_at_once_finds_what_was_not_written_yet(picture: Image.Image, home: Path) -> None:
    first = MaskPainter(picture, lang="en")
    display(first).paint(stroke(10))
    assert files(home) == []
    again = MaskPainter(picture.copy(), lang="en")
    display(again)
    assert again.ops == [stroke(10)]


def test_a_kernel_that_ends_keeps_what_was_painted_a_moment_before(picture: Image.Image, home: Path) -> None:
    painter = MaskPainter(picture)
    display(painter).paint(stroke(10))
    assert files(home) == []
    keeper._flush_all()
    assert len(files(home)) == 1
    assert files(home)[0].stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_what_cells_paint_is_painted_by_them_again(picture: Image.Image) -> None:
    def cell() -> tuple[MaskPainter, Page]:
        painter = MaskPainter(picture)
        painter.fill()
        page = display(painter)
        return painter, page

    first, page = cell()
    page.paint(stroke(10, erase=True))
    first.invert()  # a later cell, which is run again, too
    page.mask = first.mask
    page.paint(stroke(30))
    by_hand = (~Mask.like((64, 48)) - Mask.like((64, 48)).stroke([(10, 20), (18, 24.5)], 5.5)).stroke(
        [(30, 20), (38, 24.5)], 5.5
    )
    end(first)
    again, _ = cell()
    assert again.mask == by_hand
    assert [op["op"] for op in again.ops] == ["fill", "stroke", "stroke"]


def test_another_picture_start_name_or_folder_begins_blank(
    picture: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = MaskPainter(picture)
    display(painter).paint(stroke(10))
    end(painter)
    other = picture.copy()
    other.putpixel((0, 0), (1, 2, 3))
    start = Mask.like((64, 48)).rect(0, 0, 5, 5)
    for blank in (MaskPainter(other), MaskPainter(picture, keep="b"), MaskPainter(picture, keep=False)):
        display(blank)
        assert blank.ops == []
    begun = MaskPainter(picture, start)
    display(begun)
    assert begun.mask == start
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    moved = MaskPainter(picture)
    display(moved)
    assert moved.ops == []


def test_a_bucket_from_an_older_page_and_everything_undone(picture: Image.Image, home: Path) -> None:
    painter = MaskPainter(picture)
    page = display(painter)
    page.mask = page.mask.rect(3, 3, 30, 30)
    page.send({"op": "load"})
    end(painter)
    again = MaskPainter(picture)
    page = display(again)
    assert again.mask == Mask.like((64, 48)).rect(3, 3, 30, 30)
    page.send({"op": "undo"})
    assert again.mask.coverage == 0
    end(again)
    assert files(home) == []


def test_strokes_on_an_attempt_are_kept_under_that_picture(
    tmp_path: Path, picture: Image.Image, make_job: Callable[..., Any]
) -> None:
    def begin() -> Bench:
        bench = Bench(tmp_path, picture, make_job)
        display(bench.painter)
        bench.run("hat", "red")
        bench.use("hat-0")
        return bench

    bench = begin()
    bench.page.paint(stroke(10))
    end(bench.painter)
    again = begin()
    assert again.painter.ops == [stroke(10)]
    again.painter.back()
    assert again.painter.ops == []


def test_a_painter_inside_another_widget_finds_them_when_a_page_opens_it(picture: Image.Image) -> None:
    painter = MaskPainter(picture)
    display(painter).paint(stroke(10))
    end(painter)
    inner = MaskPainter(picture)
    inner.comm.receive({"kind": "opened"})
    assert inner.ops == [stroke(10)]
    inner.comm.receive({"kind": "opened"})
    assert inner.ops == [stroke(10)]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[" * 100_000, b'{"ops": [{"op": "load"}], "mask": "", "at": 0}', b'{"ops": 3}']
)
def test_a_damaged_file_is_laid_aside_and_said(
    picture: Image.Image, home: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    painter = MaskPainter(picture)
    display(painter).paint(stroke(10))
    end(painter)
    (file,) = files(home)
    file.write_bytes(damage)
    again = MaskPainter(picture)
    display(again).paint(stroke(20))
    end(again)
    assert again.ops == [stroke(20)]
    assert "laid aside" in caplog.text
    assert sorted(path.suffix for path in files(home)) == [".broken", ".json"]
    assert json.loads(file.read_bytes())["ops"] == [stroke(20)]


def test_a_damaged_file_in_a_folder_that_cannot_be_written_is_passed_over_and_said(
    picture: Image.Image, home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = MaskPainter(picture)
    display(painter).paint(stroke(10))
    end(painter)
    (file,) = files(home)
    file.write_bytes(b"{")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "read-only")

    monkeypatch.setattr(os, "rename", refused)
    monkeypatch.setattr(os, "replace", refused)
    again = MaskPainter(picture)
    display(again)
    assert again.ops == []
    assert "are passed over (JSONDecodeError" in caplog.text
    assert file.name in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_kept_files_that_another_kernel_removes_meanwhile_are_no_fault(
    picture: Image.Image, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_strokes, "_MOST", 1)
    (home / "strokes").mkdir(parents=True)
    for number in range(3):
        (home / "strokes" / f"{number}.json").symlink_to("gone")
    painter = MaskPainter(picture, lang="en")
    page = display(painter)
    page.paint(stroke(10))
    end(painter)
    assert painter.fault == ""
    assert any(not path.is_symlink() for path in files(home))


def test_a_home_that_cannot_be_written_is_said_once_and_painting_goes_on(picture: Image.Image, home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file in the way")
    painter = MaskPainter(picture, lang="en")
    page = display(painter)
    page.paint(stroke(10))
    keeper._flush_all()
    assert painter.fault.startswith("strokes cannot be kept for later")
    painter.fault = ""
    page.paint(stroke(20))
    keeper._flush_all()
    assert painter.fault == ""
    assert painter.mask == page.mask


def test_what_a_kernel_had_heard_before_it_ended_is_known_to_the_next_one(picture: Image.Image) -> None:
    first = MaskPainter(picture)
    assert first.shown["kept"] == ""  # nobody has looked for kept strokes yet
    page = display(first)
    page.paint(stroke(10))
    page.paint(stroke(20))
    end(first)
    again = MaskPainter(picture)
    display(again)
    assert again.shown["kept"] == first.shown["kept"] != ""
    assert again.shown["acks"] == {page.client: 2}
    assert MaskPainter(picture, keep=False).shown["kept"] == ""
